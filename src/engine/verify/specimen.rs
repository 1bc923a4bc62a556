//! A scan of a specimen to the one impression that it bears.

use thiserror::Error;

use crate::extraction::Impression;
use crate::extraction::Shape;
use crate::extraction::Sought;
use crate::sandbox;
use crate::units::Dpi;

/// Why a scan is no specimen.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
pub enum Error {
    /// It could not be decoded.
    #[error(
        "the specimen cannot be read: {reason}; give a PNG, JPEG, TIFF, BMP, WebP or PDF scan of it"
    )]
    Unreadable {
        /// Why not.
        reason: String,
    },
    /// A limit stopped it.
    #[error("the specimen was not processed: {reason}; crop the scan to the impression")]
    NotProcessed {
        /// Which limit.
        reason: String,
    },
    /// It bears none.
    #[error(
        "no seal was found on the specimen ({rejected} marks looked at); \
         scan one clear impression on white paper in colour; \
         a stamp without outline has the shape `other`"
    )]
    NoSeal {
        /// Marks that were looked at and left.
        rejected: usize,
    },
    /// It bears more than one.
    #[error(
        "{found} seals were found on the specimen; crop it to one impression \
         and give each a row of its own"
    )]
    SeveralSeals {
        /// How many.
        found: usize,
    },
    /// Nothing says how large it is.
    #[error(
        "the specimen has no resolution; fill in `specimen_dpi` (the scanner's setting, such as 300)"
    )]
    NoResolution,
}

impl Error {
    /// Which it is, for programs.
    #[must_use]
    pub const fn code(&self) -> &'static str {
        match self {
            Self::Unreadable { .. } => "unreadable",
            Self::NotProcessed { .. } => "not_processed",
            Self::NoSeal { .. } => "no_seal",
            Self::SeveralSeals { .. } => "several_seals",
            Self::NoResolution => "no_resolution",
        }
    }
}

/// Finds the impression in a specimen's scan.
///
/// `stated_dpi` outranks the file's own resolution. Where the stated shape is [`Shape::Other`] and no
/// outline is found, the ink that stands together on the sheet is the impression.
///
/// # Errors
/// Unless it can be decoded, has a resolution, and bears exactly one seal.
pub fn read(
    source: sandbox::Source<'_>,
    stated_dpi: Option<f64>,
    shape: Option<Shape>,
    options: &sandbox::Options,
) -> Result<Impression, Error> {
    let options = sandbox::Options {
        stated_dpi: stated_dpi.and_then(Dpi::new),
        sought: match shape {
            Some(Shape::Other) => Sought::Specimen,
            Some(Shape::Round | Shape::Oval | Shape::Rectangle | Shape::Triangle) | None => {
                Sought::Framed
            }
        },
        ..options.clone()
    };
    let reading = sandbox::read(source, &options);
    match reading.outcome {
        sandbox::Outcome::Unreadable { reason } => return Err(Error::Unreadable { reason }),
        sandbox::Outcome::NotProcessed { reason } => return Err(Error::NotProcessed { reason }),
        sandbox::Outcome::Read => {}
    }
    let mut impressions = Vec::new();
    let mut rejected = 0;
    for page in reading.pages {
        let extraction = page.content.map_err(|error| Error::Unreadable {
            reason: error.to_string(),
        })?;
        // How many seals there are cannot be said of a sheet of unknown size.
        if page.dpi.is_none() {
            return Err(Error::NoResolution);
        }
        impressions.extend(extraction.impressions);
        rejected += extraction.rejected.len();
    }
    let found = impressions.len();
    match impressions.pop() {
        None => Err(Error::NoSeal { rejected }),
        Some(impression) if found == 1 => Ok(impression),
        Some(_) => Err(Error::SeveralSeals { found }),
    }
}
