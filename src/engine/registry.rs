//! The register: seals, their specimens and their dated events, and a seal's state on a date.
//!
//! A seal is one physical object: two copies of one design are two seals. [`Register`] is a
//! snapshot of one revision as a value; where it is kept is no concern of this module, and
//! [`sheet`] reads the files that people fill in.

use std::borrow::Cow;
use std::sync::OnceLock;

use jiff::civil::Date;
use rayon::prelude::*;
use serde::{Deserialize, Serialize};

use crate::extraction::Impression;
use crate::extraction::Layers;
use crate::extraction::Shape;
use crate::identification::Code;
use crate::identification::Gallery;
use crate::matching::Specimen;
use crate::units::Dpi;
use crate::units::MM_PER_INCH;
use crate::units::level;

pub mod admission;
pub mod archive;
pub mod body;
pub mod certificate;
pub mod clock;
pub mod consistency;
pub mod correction;
pub mod custody;
pub mod entry;
pub mod event;
pub mod holiday;
pub mod inspection;
pub mod issue;
pub mod kind;
pub mod notice;
pub mod office;
pub mod permit;
pub mod records;
pub mod review;
pub mod roll;
pub mod sheet;
pub mod status;
#[cfg(test)]
mod tests;
pub mod told;
pub mod use_register;
pub mod watch;

pub use entry::Entry;
pub use entry::Recorded;
pub use event::Event;
pub use event::EventKind;
pub use records::Records;
pub use roll::Lives;
pub use roll::Roll;
pub use status::Life;
pub use status::Status;
pub use told::Reason;
pub use told::Told;
pub use use_register::UseRegister;
pub use watch::WatchedDie;

/// What the register states about a seal; every field may be unknown but the organisation.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct Particulars {
    /// The body that owns the seal, under the name that the seal bears.
    pub organisation: String,
    /// Outline family as registered.
    pub shape: Option<Shape>,
    /// Width of the outer edge as registered, in millimetres.
    pub width_mm: Option<f64>,
    /// Height of the outer edge as registered, in millimetres.
    pub height_mm: Option<f64>,
    /// Name of the class profile that the seal should follow.
    pub profile: Option<String>,
    /// Country or region whose rules apply, such as `VN` or `CN`.
    pub jurisdiction: Option<String>,
    /// Which copy of the design this object is.
    pub copy_no: Option<String>,
    /// Number of the certificate of specimen registration.
    pub certificate_no: Option<String>,
    /// The registering authority.
    pub authority: Option<String>,
    /// The day of registration.
    pub registered_on: Option<Date>,
    /// The day on which its use was notified.
    pub notified_on: Option<Date>,
    /// Where the seal may be used.
    pub place: Option<String>,
    /// Identifier of the body that owns it.
    pub body: Option<String>,
    /// What kind of seal it is, such as wet or embossed.
    pub kind: Option<String>,
}

/// One reference impression of a seal, by the digest of its file.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct SpecimenImage {
    /// SHA-256 of the file, in lower-case hexadecimal.
    pub sha256: String,
    /// The stated resolution, which outranks the file's own.
    pub stated_dpi: Option<f64>,
    /// The impression found in it, at the resolution that counts.
    pub impression: Impression,
}

/// One physical seal as the register knows it.
#[derive(Clone, Debug, PartialEq)]
pub struct RegisteredSeal {
    /// The seal's identifier in the register.
    pub id: String,
    /// Counted from one; every change of the particulars is a new version.
    pub version: u32,
    /// What is stated about it.
    pub particulars: Particulars,
    /// What stands of its life.
    pub life: Life,
    /// The reference impressions, at least one.
    pub images: Vec<SpecimenImage>,
    /// The reference impressions fused.
    pub specimen: Specimen,
}

impl RegisteredSeal {
    /// The seal's state on `date`; [`Status::Unknown`] where the date is not known.
    #[must_use]
    pub fn status_on(&self, date: Option<Date>) -> Status {
        self.life.on(date).status
    }

    /// The registered outline family, else that of the first specimen.
    ///
    /// # Panics
    /// If the seal has no specimen, which no register holds.
    #[must_use]
    pub fn shape(&self) -> Shape {
        self.particulars
            .shape
            .unwrap_or(self.first_impression().outline.shape)
    }

    /// What stands for the seal in pictures beside an impression: the drawing that impressions are compared with, where it was
    /// fused from several specimens; else the one specimen.
    ///
    /// # Panics
    /// If the seal has no specimen, which no register holds.
    #[must_use]
    pub fn drawing(&self) -> Cow<'_, Impression> {
        let first = self.first_impression();
        if self.specimen.count < 2 {
            return Cow::Borrowed(first);
        }
        let ink = self.specimen.picture();
        let (_, validity, outline) = self.specimen.layers();
        Cow::Owned(Impression {
            bbox: outline.bbox((ink.width(), ink.height())),
            outline: *outline,
            dpi: Dpi::new(self.specimen.samples_per_mm() * MM_PER_INCH),
            layers: Layers {
                origin: (0, 0),
                text: ink.map(|_| 0),
                validity: validity.map(level),
                ink,
            },
            ..*first
        })
    }

    /// The reference impression that the seal was registered by first.
    ///
    /// # Panics
    /// If the seal has no specimen, which no register holds.
    #[must_use]
    pub fn first_impression(&self) -> &Impression {
        let image = self.images.first();
        &image.expect("a registered seal has a specimen").impression
    }
}

#[cfg(test)]
impl RegisteredSeal {
    /// One of which nothing is stated, with these specimens.
    pub(crate) fn bare(id: &str, specimens: &[Impression]) -> Self {
        let image = |impression: &Impression| SpecimenImage {
            sha256: String::new(),
            stated_dpi: None,
            impression: impression.clone(),
        };
        Self {
            id: id.to_owned(),
            version: 1,
            particulars: Particulars::default(),
            life: Life::default(),
            images: specimens.iter().map(image).collect(),
            specimen: Specimen::enrol(specimens).unwrap(),
        }
    }
}

/// One revision of the register.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Register {
    /// Grows by one with every import that changes anything.
    pub revision: u64,
    /// All seals, in the order in which they were first registered.
    pub seals: Vec<RegisteredSeal>,
    /// The entries of all registers, events of seals among them.
    pub records: Records,
    /// Dies known to be counterfeit, by name.
    pub watched: Vec<WatchedDie>,
    codes: Codes,
    uses: Uses,
}

/// The seals' codes, kept from the first search: they follow from the specimens, so they are not
/// compared.
#[derive(Clone, Debug, Default)]
struct Codes(OnceLock<Gallery>);

impl PartialEq for Codes {
    fn eq(&self, _: &Self) -> bool {
        true
    }
}

/// The registers of use, kept from the first look: they follow from the records.
#[derive(Clone, Debug, Default)]
struct Uses(OnceLock<UseRegister>);

impl PartialEq for Uses {
    fn eq(&self, _: &Self) -> bool {
        true
    }
}

impl Register {
    /// The registers of use, made when first asked for.
    #[must_use]
    pub fn use_register(&self) -> &UseRegister {
        self.uses.0.get_or_init(|| UseRegister::of(&self.records))
    }

    /// The codes of the specimens, in the order of the seals: made when first asked for, for the seals
    /// that the register then has.
    #[must_use]
    pub fn gallery(&self) -> &Gallery {
        self.codes.0.get_or_init(|| {
            let seals = self.seals.par_iter();
            let codes: Vec<Code> = seals
                .map(|seal| Code::of_specimen(&seal.specimen))
                .collect();
            codes.into_iter().collect()
        })
    }

    /// The position of the seal with this identifier.
    #[must_use]
    pub fn position(&self, id: &str) -> Option<usize> {
        self.seals.iter().position(|seal| seal.id == id)
    }
}
