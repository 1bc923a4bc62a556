//! What reports of readings made here say.

use super::*;
use crate::ingest::PageError;
use crate::registry::Register;
use crate::verdict::Policy;

fn page(number: u32, error: Option<PageError>) -> PageReading {
    match error {
        Some(error) => PageReading::failed(number, error),
        None => PageReading {
            width_px: Some(600),
            height_px: Some(800),
            content: Ok(crate::extraction::Extraction::default()),
            ..PageReading::failed(number, PageError::unreadable(number, ""))
        },
    }
}

fn slow(number: u32) -> Option<PageError> {
    let reason = "took longer than 60 s".to_owned();
    Some(PageError::NotProcessed { number, reason })
}

fn report(pages: Vec<PageReading>, outcome: sandbox::Outcome) -> Report {
    let reading = Reading {
        sha256: None,
        bytes: 0,
        page_count: u32::try_from(pages.len()).ok().filter(|count| *count > 0),
        pages,
        outcome,
        facts: Ok(None),
        unconfined: Vec::new(),
    };
    let policy = Policy::default();
    let examination = Examination {
        register: &Register::default(),
        policy: &policy,
        claim: None,
        seals: Seals::Optional,
        date: None,
        given: None,
    };
    examine("a.pdf", reading, &examination).report
}

fn codes(report: &Report) -> Vec<&str> {
    let findings = report.findings.iter();
    findings.map(|finding| finding.code.as_str()).collect()
}

#[test]
fn what_was_not_measured_of_an_unreadable_page_or_document_is_null() {
    let broken = PageError::unreadable(1, "no picture");
    let read = report(vec![page(1, Some(broken))], sandbox::Outcome::Read);
    let value = serde_json::to_value(&read).unwrap();
    assert_eq!(value["document"]["pages"], 1);
    for name in ["width_px", "height_px", "dpi", "colour", "text_coverage"] {
        assert!(value["pages"][0][name].is_null(), "{name}");
    }
    let reason = "not a PDF".to_owned();
    let unknown = report(Vec::new(), sandbox::Outcome::Unreadable { reason });
    let value = serde_json::to_value(&unknown).unwrap();
    assert!(value["document"]["pages"].is_null());
}

#[test]
fn pages_that_a_limit_stopped_are_named_once_beside_those_that_do_not_decode() {
    let broken = PageError::unreadable(3, "no picture");
    let pages = vec![
        page(1, None),
        page(2, slow(2)),
        page(3, Some(broken)),
        page(4, slow(4)),
    ];
    let reason = "page 2: took longer than 60 s".to_owned();
    let report = report(pages, sandbox::Outcome::NotProcessed { reason });
    assert_eq!(report.outcome, Outcome::NotProcessed);
    assert_eq!(
        codes(&report),
        ["page.unreadable", "document.not_processed"]
    );
    assert_eq!(report.findings[0].page, Some(3));
    let stopped = &report.findings[1];
    assert_eq!(stopped.values["stopped_pages"], serde_json::json!([2, 4]));
    assert!(
        stopped.message.contains("2 pages in all"),
        "{}",
        stopped.message
    );
    assert!(report.pages[3].reason.is_some());
}

#[test]
fn a_page_over_a_limit_is_a_warning_where_the_others_were_looked_at() {
    let large = PageError::TooLarge {
        number: 2,
        width: 20_000,
        height: 20_000,
        pixels_max: 1,
    };
    let both = vec![page(1, None), page(2, Some(large.clone()))];
    let some = report(both, sandbox::Outcome::Read);
    assert_eq!(some.outcome, Outcome::Review);
    assert_eq!(codes(&some), ["page.unreadable"]);
    let none = report(vec![page(2, Some(large))], sandbox::Outcome::Read);
    assert_eq!(none.outcome, Outcome::NotProcessed);
    assert_eq!(codes(&none), ["document.not_processed"]);
    assert_eq!(none.findings[0].page, Some(2));
}
