//! Findings of each kind, made as the rules make them, told in languages other than their own.

use std::collections::BTreeMap;
use std::collections::BTreeSet;

use jiff::civil::Date;
use jiff::civil::date;

use crate::geometry::PixelRect;
use crate::ingest::Note;
use crate::ingest::Overlay;
use crate::ingest::OverlayKind;
use crate::reading::FileFacts;
use crate::reading::Scripts;
use crate::reading::SignatureClaim;
use crate::reading::marking::Lines;
use crate::registry::Event;
use crate::registry::Life;
use crate::registry::Particulars;
use crate::registry::Recorded;
use crate::registry::Records;
use crate::registry::UseRegister;
use crate::registry::sheet;
use crate::registry::use_register::Sought;
use crate::registry::use_register::records_of;
use crate::report::findings::tests::unread::failures;
use crate::report::findings::tests::unread::unread;
use crate::report::findings::told;
use crate::rules::Finding;
use crate::rules::RuleSet;
use crate::rules::Scene;
use crate::rules::document;
use crate::rules::file;
use crate::rules::issuer;
use crate::rules::straddling;
use crate::rules::use_of_seal;
use crate::rules::validity;
use crate::straddling::Amount;
use crate::straddling::Fault;
use crate::words::Language;

/// Words without which an English sentence is hardly written, and which the other languages do not have.
const ENGLISH: [&str; 16] = [
    "a", "and", "are", "be", "but", "by", "cannot", "is", "it", "not", "of", "or", "that", "the",
    "was", "which",
];

/// The English words of a line in another language.
pub(super) fn english(line: &str) -> Vec<&str> {
    let words = line.split(|letter: char| !letter.is_alphanumeric());
    words.filter(|word| ENGLISH.contains(word)).collect()
}

fn vietnam(date: Option<Date>) -> Scene<'static> {
    Scene {
        jurisdiction: Some("VN"),
        ..Scene::unknown(date, RuleSet::shipped())
    }
}

/// What pages and files show.
fn seen() -> Vec<Finding> {
    let notes = [
        Note::ImageDoubtful,
        Note::TextNotDrawn { characters: 3 },
        Note::FontNotKnown,
    ];
    let frames = [
        Lines::Single,
        Lines::Unclear,
        Lines::Double,
        Lines::Unmeasured,
    ];
    let failures = failures();
    let whys = failures.iter().map(|failure| (None, Some(failure)));
    let known: Vec<_> = whys.chain([(Some("MẬT"), None), (None, None)]).collect();
    let frames = frames.into_iter().flat_map(|lines| {
        let size = Some((30.0, 8.0));
        let known = known.iter();
        known.map(move |(mark, why)| document::perhaps_secret(2, *mark, (lines, *why, size)))
    });
    let facts = |covers_whole_file| FileFacts {
        revisions: 2,
        signatures: 1,
        signature_claims: vec![SignatureClaim {
            covers_whole_file,
            ..SignatureClaim::default()
        }],
        embedded_files: 1,
        embedded_names: vec!["data.xml".to_owned()],
        scripts: Scripts {
            java_scripts: 1,
            launches: 1,
            open_action: Some("JavaScript".to_owned()),
            ..Scripts::default()
        },
        stamps: 1,
        ..FileFacts::default()
    };
    let facts = [Some(true), Some(false), None].map(facts);
    let bbox = PixelRect {
        x: 1,
        y: 1,
        width: 9,
        height: 9,
    };
    let kinds = [
        OverlayKind::Image,
        OverlayKind::Stamp,
        OverlayKind::Signature,
    ];
    let fields = ["symbol", "issuer", "signer"];
    let mut found: Vec<Finding> = notes.map(|note| document::page_note(2, note)).into();
    found.extend(frames);
    found.extend(facts.iter().filter_map(file::facts));
    found.extend(kinds.map(|kind| file::own_image(Overlay { kind, bbox })));
    found.extend(fields.map(|field| file::field_differs(2, field, ("12", "13"))));
    found.push(document::no_seal(2, vietnam(None)));
    found.push(document::secret(2, "MẬT"));
    let faults = [
        (Fault::MissingBetween(2, 3), Some(Amount::Gap(6.5))),
        (Fault::MissingBefore(2), Some(Amount::Gap(6.5))),
        (Fault::MissingAfter(2), Some(Amount::Gap(6.5))),
        (Fault::Without(2), None),
        (Fault::Foreign(2), Some(Amount::Height(12.0))),
        (Fault::Swapped(2, 3), Some(Amount::Before(7.0))),
    ];
    found.extend(straddling::findings(&faults, 6, vietnam(None)));
    found
}

/// Rows of registers, with hardly anything in them as it should be.
const ROWS: [(&str, &str); 6] = [
    (
        "use",
        "seal=S1; register=work; entry_no=7; used_at=2023-06-05 10:00; approver=Li; custodian=Li; \
         reviewed_at=2023-06-05 11:00; major=yes; publicity_ended_on=2023-06-06; stamped_by=Ma; permit=P1; \
         matter=kinship; received_at=2023-06-04; appraised_at=2023-06-03",
    ),
    (
        "use",
        "seal=S1; register=work; entry_no=7; used_at=2023-06-25; major=yes; place=Market; matter=residence; \
         number=12; symbol=CV; dated=2023-06-24; \
         sha256=aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa",
    ),
    (
        "permit",
        "seal=S1; permit=P1; holder=Lan; out_at=2023-06-05 09:00; returned_at=2023-06-05 12:00",
    ),
    ("archive", "seal=S1; year=2023; archived_on=2023-12-31"),
    (
        "matter",
        "applies_to=*; list=national; matter=kinship; sign=negative",
    ),
    (
        "matter",
        "applies_to=*; list=city; matter=income; sign=positive",
    ),
];

/// The digest in the rows.
const DIGEST: &str = "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa";

fn records(rows: &[(&str, &str)]) -> Records {
    let rows: Vec<(&str, Vec<(&str, &str)>)> = rows
        .iter()
        .map(|(kind, columns)| {
            let columns = columns.split("; ").filter_map(|pair| pair.split_once('='));
            (*kind, columns.collect())
        })
        .collect();
    let rows: Vec<(&str, &[(&str, &str)])> = rows
        .iter()
        .map(|(kind, columns)| (*kind, columns.as_slice()))
        .collect();
    records_of(&rows)
}

/// What is held against uses of a seal.
fn uses() -> Vec<Finding> {
    let register = UseRegister::of(&records(&ROWS));
    let stated = Particulars {
        organisation: "某村村民委员会".to_owned(),
        jurisdiction: Some("CN".to_owned()),
        place: Some("Centre".to_owned()),
        ..Particulars::default()
    };
    let of = |sought: Sought<'_>| {
        let scene = Scene::stated(&stated, sought.date, RuleSet::shipped());
        let subject = use_of_seal::Subject::of(("S1", &stated), &register, scene).unwrap();
        subject.of_document(sought).0
    };
    let unknown = Sought {
        number: Some("99"),
        symbol: Some("CV"),
        date: Some(date(2023, 6, 15)),
        ..Sought::default()
    };
    let differing = Sought {
        sha256: Some(DIGEST),
        number: Some("13"),
        symbol: Some("TB"),
        date: Some(date(2023, 6, 23)),
    };
    let scene = Scene::stated(&stated, None, RuleSet::shipped());
    let subject = use_of_seal::Subject::of(("S1", &stated), &register, scene).unwrap();
    let own = subject.uses.uses.iter();
    let mut found: Vec<Finding> = own.clone().flat_map(|own| subject.of_entry(own)).collect();
    found.extend(own.map(|own| use_of_seal::copies_exceeded(&own.value, 3, scene)));
    found.extend(of(unknown));
    found.extend(of(differing));
    found
}

/// What is held against the use of seals that were lost, whose bodies were renamed or ended.
fn lives() -> Vec<Finding> {
    let stated = Particulars {
        organisation: "UBND xã Cũ".to_owned(),
        jurisdiction: Some("VN".to_owned()),
        registered_on: Some(date(2018, 3, 1)),
        notified_on: Some(date(2018, 3, 10)),
        ..Particulars::default()
    };
    let body = records(&[
        ("body", "body=B1; level=commune"),
        ("name", "body=B1; name=UBND xã Cũ; from=2000-01-01"),
        ("name", "body=B1; name=UBND xã Mới; from=2022-07-01"),
        ("body_event", "body=B1; event=merged; on=2023-01-01"),
    ]);
    let lost = sheet::events::read(b"seal,event,on\nS1,reported_lost,2024-05-21\n").unwrap();
    let lost = [lost.entries[0].event.clone()];
    let of = |body: Vec<Recorded>, events: &[Event], on: Option<Date>| {
        let own = events.iter().map(|event| event.recorded("S1"));
        let records = Records::of(own.chain(body));
        let life = Life::of(&records, ("S1", &stated), events);
        let seal = validity::Subject {
            id: "S1",
            organisation: &stated.organisation,
            life: &life,
        };
        validity::findings(seal, vietnam(on), None)
    };
    let days = [
        Some(date(2018, 2, 1)),
        Some(date(2018, 3, 5)),
        Some(date(2024, 5, 2)),
        Some(date(2024, 5, 21)),
        Some(date(2024, 6, 1)),
        None,
    ];
    let of_seal = days.map(|on| of(Vec::new(), &lost, on));
    let days = [date(2022, 7, 1), date(2022, 7, 2), date(2023, 1, 2)];
    let of_body = days.map(|on| of(body.standing().cloned().collect(), &[], Some(on)));
    of_seal.into_iter().chain(of_body).flatten().collect()
}

/// What is said of issuers on documents of a body that was renamed.
fn issuers() -> Vec<Finding> {
    let stated = Particulars {
        organisation: "UBND xã Cũ".to_owned(),
        body: Some("B1".to_owned()),
        ..Particulars::default()
    };
    let records = records(&[
        ("body", "body=B1; level=commune"),
        ("name", "body=B1; name=UBND xã Cũ; from=2000-01-01"),
        ("name", "body=B1; name=UBND xã Mới; from=2022-07-01"),
    ]);
    let life = Life::of(&records, ("S1", &stated), &[]);
    let said = |printed, on| {
        let bearing = issuer::bearing(printed, &life, on)?;
        bearing.finding(("S1", printed), on)
    };
    let found = [
        said("ỦY BAN NHÂN DÂN XÃ CŨ", date(2023, 1, 2)),
        said("ỦY BAN NHÂN DÂN XÃ MỚI", date(2021, 1, 2)),
        said("SỞ NỘI VỤ", date(2023, 1, 2)),
    ];
    found.into_iter().flatten().collect()
}

fn made() -> Vec<Finding> {
    let all = [unread(), seen(), uses(), lives(), issuers()];
    all.into_iter().flatten().collect()
}

#[test]
fn nothing_in_english_is_needed_to_tell_a_finding_in_vietnamese_or_chinese() {
    for finding in made() {
        for language in [Language::Vietnamese, Language::Chinese] {
            let told = told(&finding, language);
            let line = told.line();
            assert_ne!(told.title, finding.code, "{language:?}");
            let english = english(&line);
            assert!(english.is_empty(), "{language:?}: {english:?} in {line}");
            for (name, value) in &told.figures {
                let is_code = |text: &str| text.contains('_');
                assert!(!is_code(name), "{}: {name} has no word", finding.code);
                assert!(!is_code(value), "{}: {name}: {value}", finding.code);
            }
        }
    }
}

#[test]
fn figures_tell_apart_what_sentences_tell_apart() {
    for language in [Language::Vietnamese, Language::Chinese] {
        let mut sentences: BTreeMap<String, BTreeSet<String>> = BTreeMap::new();
        for finding in made() {
            let line = format!("{} {}", finding.code, told(&finding, language).line());
            sentences.entry(line).or_default().insert(finding.message);
        }
        assert!(sentences.len() > 50, "only {sentences:#?}");
        for (line, sentences) in sentences {
            assert_eq!(sentences.len(), 1, "{line} stands for {sentences:#?}");
        }
    }
}

#[test]
fn findings_of_many_kinds_are_made_here() {
    let made = made();
    let codes: BTreeSet<&str> = made.iter().map(|finding| finding.code.as_str()).collect();
    let of_use = crate::rules::CODES.iter().copied();
    let of_use = of_use.filter(|code| code.starts_with("use."));
    let others = [
        "document.file_facts",
        "document.issuer_of_other_time",
        "document.issuer_unlike",
        "document.no_seal",
        "document.not_processed",
        "document.text_differs",
        "document.unreadable",
        "page.image_doubtful",
        "page.secret_marking_unread",
        "page.text_not_drawn",
        "page.unreadable",
        "placement.straddling_incomplete",
        "placement.straddling_sheets",
        "seal.body_ended",
        "seal.invalid_on_date",
        "seal.name_stale",
        "seal.status_changed_date_unproven",
    ];
    let missing: Vec<&str> = of_use
        .chain(others)
        .filter(|code| !codes.contains(code))
        .collect();
    assert!(missing.is_empty(), "{missing:?} are not made");
}
