//! What reports of readings made here say.

use std::time::Duration;

use super::*;
use crate::geometry::PixelRect;
use crate::ingest::PageError;
use crate::ingest::Reason;
use crate::ingest::Stop;
use crate::reading::Failure;
use crate::reading::marking::Lines;
use crate::reading::marking::Marking;
use crate::reading::marking::Unread;
use crate::reading::marking::Wording;
use crate::registry::Register;
use crate::rules::RuleSet;
use crate::verdict::Policy;

fn page(number: u32, error: Option<PageError>) -> PageReading {
    match error {
        Some(error) => PageReading::failed(number, error),
        None => PageReading {
            width_px: Some(600),
            height_px: Some(800),
            content: Ok(crate::extraction::Extraction::default()),
            ..PageReading::failed(number, PageError::unreadable(number, Reason::PageGone))
        },
    }
}

fn slow(number: u32) -> Option<PageError> {
    let after = Duration::from_secs(60);
    let reason = Stop::TookLonger { after };
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
        error: None,
    };
    let policy = Policy::default();
    let examination = Examination {
        register: &Register::default(),
        policy: &policy,
        rules: RuleSet::shipped(),
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
    let broken = PageError::unreadable(1, Reason::ImageNotDecoded);
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
    let broken = PageError::unreadable(3, Reason::ImageNotDecoded);
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

/// A page with a frame of a border that says something.
fn marked(number: u32, lines: Lines, said: Result<Wording, Unread>) -> PageReading {
    let mut page = page(number, None);
    page.dpi = crate::units::Dpi::new(300.0);
    page.markings.push(Marking {
        bbox: PixelRect {
            x: 100,
            y: 100,
            width: 354,
            height: 94,
        },
        size_mm: (30.0, 8.0),
        lines,
        is_plain: true,
        is_coloured: true,
        raster: crate::imaging::Gray::filled(60, 30, 255),
        dpi: 305,
        said,
    });
    page
}

#[test]
fn s3_06_a_mark_of_secrecy_stops_the_document() {
    let secret = marked(3, Lines::Double, Ok(Wording::Secret("TỐI MẬT")));
    let broken = PageError::unreadable(1, Reason::ImageNotDecoded);
    let pages = vec![page(1, Some(broken)), page(2, None), secret, page(4, None)];
    let report = report(pages, sandbox::Outcome::Read);
    assert_eq!(report.outcome, Outcome::Stopped);
    assert_eq!(codes(&report), ["page.secret_marking"]);
    assert_eq!(report.findings[0].severity, rules::Severity::Violation);
    assert_eq!(report.findings[0].page, Some(3));
    assert!(report.pages.is_empty() && report.impressions.is_empty());
    assert_eq!(report.document.pages, None);
    let reason = report.document.reason.unwrap();
    assert!(reason.contains("TỐI MẬT"), "{reason}");
}

#[test]
fn words_alone_and_borders_alone_ask_for_a_person() {
    let of = |lines, said| report(vec![marked(1, lines, said)], sandbox::Outcome::Read);
    let single = of(Lines::Single, Ok(Wording::Secret("MẬT")));
    let unread = of(Lines::Double, Ok(Wording::Unreadable));
    let missing = of(Lines::Double, Err(Unread::Failed(Failure::NoRecogniser)));
    let sketched = of(Lines::Unmeasured, Ok(Wording::Secret("MẬT")));
    let nothing = of(Lines::Unmeasured, Ok(Wording::Unreadable));
    let worn = of(Lines::Unclear, Ok(Wording::Unreadable));
    let urgent = of(Lines::Single, Ok(Wording::Unreadable));
    let some = [&unread, &missing, &nothing, &worn, &urgent];
    for report in some.into_iter().chain([&single, &sketched]) {
        assert_eq!(report.outcome, Outcome::Review);
        assert_eq!(codes(report), ["page.secret_marking_unread"]);
        assert_eq!(report.pages[0].marks[0].kind, report::MarkKind::Unsure);
    }
    assert!(missing.findings[0].message.contains("nothing was there"));
    assert!(single.findings[0].message.contains("not double"));
    assert!(sketched.findings[0].message.contains("cannot be made out"));
    assert!(nothing.findings[0].message.contains("has the size of"));
}

#[test]
fn what_may_be_a_cell_of_a_table_is_no_frame_without_its_words() {
    let said = |lines, is_coloured| {
        let mut page = marked(1, lines, Ok(Wording::Unreadable));
        page.markings[0].is_plain = false;
        page.markings[0].is_coloured = is_coloured;
        report(vec![page], sandbox::Outcome::Read).findings.len()
    };
    assert_eq!(said(Lines::Double, false), 0);
    assert_eq!(said(Lines::Unclear, false), 0);
    assert_eq!(said(Lines::Single, true), 0);
    assert_eq!(said(Lines::Double, true), 0, "lines within a seal");
    assert_eq!(said(Lines::Unmeasured, true), 1);
}

#[test]
fn other_words_and_marks_of_urgency_are_no_finding() {
    for (lines, said) in [
        (Lines::Double, Wording::Other),
        (Lines::Single, Wording::Other),
        (Lines::Single, Wording::Urgent("KHẨN")),
        (Lines::Double, Wording::Declassified("GIẢI MẬT")),
        (Lines::Unmeasured, Wording::Other),
        (Lines::Unmeasured, Wording::Urgent("KHẨN")),
    ] {
        let report = report(vec![marked(1, lines, Ok(said))], sandbox::Outcome::Read);
        assert_eq!(report.outcome, Outcome::Pass, "{said:?}");
        let marks = &report.pages[0].marks;
        let texts: Vec<_> = marks.iter().map(|mark| mark.text.as_deref()).collect();
        match said {
            Wording::Urgent(text) | Wording::Declassified(text) => assert_eq!(texts, [Some(text)]),
            Wording::Secret(_) | Wording::Other | Wording::Unreadable => assert!(texts.is_empty()),
        }
    }
}
