//! Drawn seals as a register, and the whole way of a file through it.

use std::path::PathBuf;

use antin_engine::extraction::Extraction;
use antin_engine::extraction::extract;
use antin_engine::ingest;
use antin_engine::ingest::Limits;
use antin_engine::ingest::Page;
use antin_engine::matching::Specimen;
use antin_engine::registry::Life;
use antin_engine::registry::Particulars;
use antin_engine::registry::Records;
use antin_engine::registry::Register;
use antin_engine::registry::RegisteredSeal;
use antin_engine::registry::SpecimenImage;
use antin_engine::rules::RuleSet;
use antin_engine::sandbox::Options;
use antin_engine::sandbox::Outcome;
use antin_engine::sandbox::Reading;
use antin_engine::sandbox::read_in_process;
use antin_engine::verdict::Policy;
use antin_engine::verify;
use antin_engine::verify::Examination;
use antin_engine::verify::Seals;
use jiff::civil::date;
use sha2::Digest;
use sha2::Sha256;

use crate::drawing;
use crate::drawing::Drawn;

/// A register of the seals on these sheets, one each: `S1` and so on.
pub(crate) fn register(sheets: &[Drawn]) -> Register {
    let mut register = Register::default();
    register.seals = sheets
        .iter()
        .enumerate()
        .map(|(index, sheet)| seal(format!("S{}", index + 1), *sheet))
        .collect();
    register
}

fn seal(id: String, sheet: Drawn) -> RegisteredSeal {
    let impressions = found(sheet).impressions;
    let specimen = Specimen::enrol(&impressions).expect("the drawn seal is found");
    let particulars = Particulars {
        organisation: "One".to_owned(),
        registered_on: Some(date(2010, 1, 1)),
        jurisdiction: Some("VN".to_owned()),
        ..Particulars::default()
    };
    RegisteredSeal {
        version: 1,
        life: Life::of(&Records::default(), (&id, &particulars), &[]),
        id,
        particulars,
        specimen,
        images: vec![SpecimenImage {
            sha256: "drawn".to_owned(),
            stated_dpi: None,
            impression: impressions[0].clone(),
        }],
    }
}

/// What is found on a drawn sheet.
pub(crate) fn found(what: Drawn) -> Extraction {
    extract(&decode(&drawing::page_jpeg(what)))
}

/// Opens and reads a file as the program does, without the child process around it.
pub(crate) fn decode(bytes: &[u8]) -> Page {
    let document = ingest::open(bytes.to_vec(), None, &Limits::default());
    document.expect("drawn here").page(0).expect("drawn here")
}

/// All that the program does with a file of one page, in one process: its digest, all that is read of the page, its seals compared with the
/// register's and judged, and the report as it is handed on. Returns the impressions reported and the report's bytes.
pub(crate) fn report(bytes: &[u8], register: &Register, claim: Option<usize>) -> (usize, usize) {
    let digest = Sha256::digest(bytes);
    let pages = read_in_process(bytes.to_vec(), &Options::new(PathBuf::new()));
    let reading = Reading {
        sha256: Some(digest.iter().map(|byte| format!("{byte:02x}")).collect()),
        bytes: bytes.len() as u64,
        page_count: Some(1),
        pages: pages.expect("drawn here"),
        outcome: Outcome::Read,
        facts: Ok(None),
        unconfined: Vec::new(),
        error: None,
    };
    let examination = Examination {
        register,
        policy: &Policy::default(),
        rules: RuleSet::shipped(),
        claim,
        seals: Seals::Optional,
        date: Some(date(2020, 1, 1)),
        given: None,
    };
    let report = verify::examine("drawn", reading, &examination).report;
    let text = serde_json::to_string(&report).expect("a report is plain data");
    (report.impressions.len(), text.len())
}
