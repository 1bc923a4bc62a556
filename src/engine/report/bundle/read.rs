//! A bundle's bytes to what it holds. Every byte is hostile: names, sizes and numbers have limits, and nothing is unpacked to
//! a disk.

use std::collections::BTreeMap;
use std::collections::BTreeSet;
use std::io::Read;
use std::io::Seek;

use serde::de::DeserializeOwned;
use zip::ZipArchive;

use crate::extraction::Impression;
use crate::matching::Specimen;
use crate::registry::Life;
use crate::registry::Register;
use crate::registry::RegisteredSeal;
use crate::registry::SpecimenImage;
use crate::report::bundle::Error;
use crate::report::bundle::IMPRESSIONS_MAX;
use crate::report::bundle::KeptSeal;
use crate::report::bundle::MANIFEST;
use crate::report::bundle::Manifest;
use crate::report::bundle::REPORT;
use crate::report::bundle::SCHEMA;
use crate::report::bundle::SEALS;
use crate::report::bundle::SEALS_MAX;
use crate::report::bundle::SPECIMENS_MAX;
use crate::report::bundle::crop;
use crate::report::bundle::digest;
use crate::report::bundle::specimen_folder;
use crate::verify::Report;

/// Entries that a bundle may have.
const ENTRIES_MAX: usize = 12_000;
/// Bytes of one entry, unpacked: a layer of the largest crop.
const ENTRY_BYTES_MAX: u64 = 17 << 20;
/// Bytes of all entries, unpacked.
const BYTES_MAX: u64 = 768 << 20;
/// Bytes of an entry's name.
const NAME_BYTES_MAX: usize = 80;

/// What a bundle holds.
#[derive(Debug)]
pub struct Bundle {
    /// What it says of itself.
    pub manifest: Manifest,
    /// The report.
    pub report: Report,
    /// The impressions whose crops are in it, in the report's order.
    pub impressions: Vec<Impression>,
    /// The seals that they were compared with, and nothing of their lives.
    pub register: Register,
    /// Entries that are not what the manifest says.
    pub altered: Vec<String>,
}

impl Bundle {
    /// Reads a bundle.
    ///
    /// # Errors
    /// If it is none, passes a limit, lacks a part, holds what no bundle holds, or contradicts itself. Entries that were changed
    /// and can still be read are no error, but named.
    pub fn read(source: impl Read + Seek) -> Result<Self, Error> {
        let entries = unpacked(source)?;
        let bytes = |name: &str| {
            let bytes = entries.get(name).map(Vec::as_slice);
            bytes.ok_or_else(|| Error::Missing {
                name: name.to_owned(),
            })
        };
        let manifest: Manifest = parsed(MANIFEST, bytes(MANIFEST)?)?;
        if manifest.schema != SCHEMA {
            return Err(Error::OtherForm {
                found: manifest.schema,
            });
        }
        let report: Report = parsed(REPORT, bytes(REPORT)?)?;
        let seals: Vec<KeptSeal> = parsed(SEALS, bytes(SEALS)?)?;
        let altered = altered(&manifest, &entries)?;
        let records = report.impressions.len();
        if manifest.impressions > IMPRESSIONS_MAX || manifest.impressions > records {
            return Err(Error::Contradiction {
                reason: format!("{} crops of {records} impressions", manifest.impressions),
            });
        }
        let impressions = (1..=manifest.impressions)
            .map(|number| crop::read(&format!("impressions/{number}"), bytes))
            .collect::<Result<_, _>>()?;
        let mut register = Register::default();
        register.revision = manifest.register_revision;
        if seals.len() > SEALS_MAX {
            let reason = format!("{} seals, at most {SEALS_MAX}", seals.len());
            return Err(Error::Contradiction { reason });
        }
        for (number, seal) in seals.into_iter().enumerate() {
            register.seals.push(enrolled(number, seal, bytes)?);
        }
        Ok(Self {
            manifest,
            report,
            impressions,
            register,
            altered,
        })
    }
}

/// All entries, by name.
fn unpacked(source: impl Read + Seek) -> Result<BTreeMap<String, Vec<u8>>, Error> {
    let mut zip = ZipArchive::new(source).map_err(|error| Error::NoZip {
        reason: error.to_string(),
    })?;
    if zip.len() > ENTRIES_MAX {
        return Err(Error::TooManyEntries {
            found: zip.len(),
            max: ENTRIES_MAX,
        });
    }
    let mut entries = BTreeMap::new();
    let mut left = BYTES_MAX;
    for index in 0..zip.len() {
        let entry = zip.by_index(index).map_err(|error| Error::NoZip {
            reason: error.to_string(),
        })?;
        let name = entry.name().map_err(|error| Error::NoZip {
            reason: error.to_string(),
        })?;
        let name = name.into_owned();
        if !entry.is_file() || !is_plain(&name) {
            return Err(Error::UnexpectedEntry { name });
        }
        // What the zip says of sizes is a claim: what comes out is counted.
        let max_bytes = ENTRY_BYTES_MAX.min(left);
        let mut bytes = Vec::new();
        let read = entry.take(max_bytes + 1).read_to_end(&mut bytes);
        read.map_err(|error| Error::Unreadable {
            name: name.clone(),
            reason: error.to_string(),
        })?;
        let length = bytes.len() as u64;
        if length > max_bytes {
            return Err(Error::TooLarge { name, max_bytes });
        }
        left -= length;
        if entries.insert(name.clone(), bytes).is_some() {
            return Err(Error::UnexpectedEntry { name });
        }
    }
    Ok(entries)
}

/// Whether a name is of the kind that bundles have: folders and files of plain letters, from the bundle's root.
fn is_plain(name: &str) -> bool {
    let is_part = |part: &str| {
        let mut letters = part.bytes();
        let is_letter = |b: u8| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'.';
        !part.is_empty() && !part.starts_with('.') && letters.all(is_letter)
    };
    name.len() <= NAME_BYTES_MAX && name.split('/').all(is_part)
}

/// Entries that differ from the manifest's digests; an entry that is not listed, or listed and not there, is an error.
fn altered(manifest: &Manifest, entries: &BTreeMap<String, Vec<u8>>) -> Result<Vec<String>, Error> {
    let listed: BTreeSet<&str> = manifest
        .files
        .iter()
        .map(|file| file.name.as_str())
        .collect();
    let known = |name: &&String| listed.contains(name.as_str()) || name.as_str() == MANIFEST;
    if let Some(name) = entries.keys().find(|name| !known(name)) {
        return Err(Error::UnexpectedEntry { name: name.clone() });
    }
    let mut altered = Vec::new();
    for file in &manifest.files {
        let bytes = entries.get(&file.name).ok_or_else(|| Error::Missing {
            name: file.name.clone(),
        })?;
        if digest(bytes) != file.sha256 {
            altered.push(file.name.clone());
        }
    }
    Ok(altered)
}

fn parsed<T: DeserializeOwned>(name: &str, bytes: &[u8]) -> Result<T, Error> {
    serde_json::from_slice(bytes).map_err(|error| Error::Unreadable {
        name: name.to_owned(),
        reason: error.to_string(),
    })
}

/// A seal with its specimens enrolled as the register did.
fn enrolled<'b>(
    number: usize,
    seal: KeptSeal,
    bytes: impl Fn(&str) -> Result<&'b [u8], Error> + Copy,
) -> Result<RegisteredSeal, Error> {
    let contradiction = |reason: String| Error::Contradiction { reason };
    if seal.specimens.len() > SPECIMENS_MAX {
        let reason = format!("seal {} has {} specimens", number + 1, seal.specimens.len());
        return Err(contradiction(reason));
    }
    let mut images = Vec::new();
    for (index, specimen) in seal.specimens.into_iter().enumerate() {
        images.push(SpecimenImage {
            sha256: specimen.sha256,
            stated_dpi: specimen.stated_dpi,
            impression: crop::read(&specimen_folder(number, index), bytes)?,
        });
    }
    let impressions: Vec<Impression> = images.iter().map(|i| i.impression.clone()).collect();
    let specimen = std::panic::catch_unwind(|| Specimen::enrol(&impressions));
    let specimen = specimen
        .map_err(|_| contradiction(format!("the specimens of seal {} are none", number + 1)))?
        .map_err(|error| contradiction(format!("seal {}: {error}", number + 1)))?;
    Ok(RegisteredSeal {
        id: seal.id,
        version: seal.version,
        particulars: seal.particulars,
        life: Life::default(),
        images,
        specimen,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_plain_names_from_the_bundle_s_root_are_taken() {
        for name in [
            "bundle.json",
            "seals/1/2/ink.pgm",
            "impressions/12/frame.postcard",
        ] {
            assert!(is_plain(name), "{name}");
        }
        for name in [
            "../bundle.json",
            "/etc/passwd",
            "a//b",
            "a/",
            "a\\b",
            "C:x",
            "a/../b",
            ".hidden",
            "",
            "ä",
            "a\u{0}",
        ] {
            assert!(!is_plain(name), "{name}");
        }
        assert!(!is_plain(&"a".repeat(NAME_BYTES_MAX + 1)));
    }
}
