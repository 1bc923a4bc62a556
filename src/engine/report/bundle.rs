//! An examination as one file that can be computed again: a zip with the report, the crops of its impressions, the specimens
//! that they were compared with, and the versions of what made it.
//!
//! The scan is not in it, only its digest. Layers are plain gray pictures (PGM), so that no decoder stands between the
//! bytes and what is computed; what a layer cannot tell (outline, resolution, place) stands beside them in exact binary. The
//! same examination gives the same bytes.

use std::io::Cursor;
use std::io::Write;

use serde::Deserialize;
use serde::Serialize;
use sha2::Digest;
use sha2::Sha256;
use zip::ZipWriter;
use zip::write::SimpleFileOptions;

use crate::registry::Particulars;
use crate::registry::Register;
use crate::registry::RegisteredSeal;
use crate::report::picture::Picture;
use crate::verify::Examined;

pub mod check;
mod crop;
mod error;
mod read;

pub use error::Error;
pub use read::Bundle;

/// Name and version of this form of bundle.
pub const SCHEMA: &str = "antin.bundle/1";

/// Name of the entry that lists the others.
const MANIFEST: &str = "bundle.json";
/// Name of the report.
const REPORT: &str = "report.json";
/// Name of the list of seals.
const SEALS: &str = "seals.json";

/// Impressions of one document that are kept with their crops; one with more is no letter.
pub const IMPRESSIONS_MAX: usize = 100;
/// Seals that are kept.
const SEALS_MAX: usize = 64;
/// Specimens of one seal.
const SPECIMENS_MAX: usize = 32;

/// What the bundle is of, and what is in it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Manifest {
    /// [`SCHEMA`].
    pub schema: String,
    /// The engine that examined the document.
    pub engine: String,
    /// The thresholds.
    pub policy: String,
    /// The rules.
    pub rules: String,
    /// The register's revision.
    pub register_revision: u64,
    /// Digest of the scan, which is not in the bundle.
    pub document_sha256: Option<String>,
    /// The seal that the document was said to bear.
    pub claim: Option<String>,
    /// Impressions whose crops are here, of those in the report.
    pub impressions: usize,
    /// All other entries.
    pub files: Vec<Entry>,
}

/// One entry of a bundle.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Entry {
    /// Its name.
    pub name: String,
    /// Digest of its bytes.
    pub sha256: String,
}

/// A seal of the bundle.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
struct KeptSeal {
    id: String,
    version: u32,
    particulars: Particulars,
    specimens: Vec<KeptSpecimen>,
}

/// A specimen by its file, whose crop stands beside.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
struct KeptSpecimen {
    sha256: String,
    stated_dpi: Option<f64>,
}

/// Writes the bundle of a document that was examined with pictures; `claim` is the seal that it was said to bear.
///
/// # Errors
/// If what is to be written cannot be put into words, which no report is known to cause.
pub fn write(
    examined: &Examined,
    register: &Register,
    claim: Option<&str>,
) -> Result<Vec<u8>, Error> {
    let report = &examined.report;
    let mut zip = Packer::new();
    zip.add(REPORT, &json(report)?)?;
    let impressions = examined.impressions.iter().take(IMPRESSIONS_MAX);
    for (index, impression) in impressions.clone().enumerate() {
        let folder = format!("impressions/{}", index + 1);
        for (name, bytes) in crop::files(impression)? {
            zip.add(&format!("{folder}/{name}"), &bytes)?;
        }
        let picture = Picture::of(impression).to_png();
        zip.add(&format!("{folder}/picture.png"), &picture)?;
    }
    let seals = compared(examined, register);
    let kept: Vec<KeptSeal> = seals.iter().map(|seal| KeptSeal::of(seal)).collect();
    zip.add(SEALS, &json(&kept)?)?;
    for (number, seal) in seals.iter().enumerate() {
        for (index, image) in seal.images.iter().take(SPECIMENS_MAX).enumerate() {
            let folder = specimen_folder(number, index);
            for (name, bytes) in crop::files(&image.impression)? {
                zip.add(&format!("{folder}/{name}"), &bytes)?;
            }
        }
    }
    let manifest = Manifest {
        schema: SCHEMA.to_owned(),
        engine: report.engine.clone(),
        policy: report.policy.clone(),
        rules: report.rules.clone(),
        register_revision: report.register.revision,
        document_sha256: report.document.sha256.clone(),
        claim: claim.map(str::to_owned),
        impressions: impressions.len(),
        files: std::mem::take(&mut zip.entries),
    };
    zip.add(MANIFEST, &json(&manifest)?)?;
    zip.finish()
}

/// The seals that the document's impressions were compared with, in the register's order.
fn compared<'a>(examined: &Examined, register: &'a Register) -> Vec<&'a RegisteredSeal> {
    let records = &examined.report.impressions;
    let is_compared = |seal: &&RegisteredSeal| {
        let mut candidates = records.iter().flat_map(|record| &record.candidates);
        candidates.any(|candidate| candidate.seal == seal.id)
    };
    let seals = register.seals.iter().filter(is_compared);
    seals.take(SEALS_MAX).collect()
}

impl KeptSeal {
    fn of(seal: &RegisteredSeal) -> Self {
        let specimens = seal.images.iter().take(SPECIMENS_MAX);
        Self {
            id: seal.id.clone(),
            version: seal.version,
            particulars: seal.particulars.clone(),
            specimens: specimens
                .map(|image| KeptSpecimen {
                    sha256: image.sha256.clone(),
                    stated_dpi: image.stated_dpi,
                })
                .collect(),
        }
    }
}

/// The folder of a specimen; both numbers count from zero.
fn specimen_folder(seal: usize, specimen: usize) -> String {
    format!("seals/{}/{}", seal + 1, specimen + 1)
}

fn json(value: &impl Serialize) -> Result<Vec<u8>, Error> {
    serde_json::to_vec_pretty(value).map_err(|error| Error::Unwritable {
        reason: error.to_string(),
    })
}

/// Digest of bytes in lower-case hexadecimal.
fn digest(bytes: &[u8]) -> String {
    let digest = Sha256::digest(bytes);
    digest.iter().map(|byte| format!("{byte:02x}")).collect()
}

/// A zip in the making.
struct Packer {
    zip: ZipWriter<Cursor<Vec<u8>>>,
    entries: Vec<Entry>,
}

impl Packer {
    fn new() -> Self {
        Self {
            zip: ZipWriter::new(Cursor::new(Vec::new())),
            entries: Vec::new(),
        }
    }

    fn add(&mut self, name: &str, bytes: &[u8]) -> Result<(), Error> {
        let failed = |reason: String| Error::Unwritable { reason };
        // Entries have no time of their own, so that the same examination gives the same file.
        let options = SimpleFileOptions::default();
        let begun = self.zip.start_file(name, options);
        begun.map_err(|error| failed(error.to_string()))?;
        let written = self.zip.write_all(bytes);
        written.map_err(|error| failed(error.to_string()))?;
        self.entries.push(Entry {
            name: name.to_owned(),
            sha256: digest(bytes),
        });
        Ok(())
    }

    fn finish(self) -> Result<Vec<u8>, Error> {
        let finished = self.zip.finish().map_err(|error| Error::Unwritable {
            reason: error.to_string(),
        })?;
        Ok(finished.into_inner())
    }
}
