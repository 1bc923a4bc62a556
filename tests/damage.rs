//! Drawn dies, sound and damaged, through the whole engine: which of them are seen as damaged, and which only seem so, by the scanner's
//! feed or for want of ink.

use std::fs;
use std::path::Path;

use antin::evaluation::truth;
use antin::evaluation::truth::Label;
use antin::extraction::Impression;
use antin::matching;
use antin::matching::Comparison;
use antin::matching::Harm;
use antin::matching::Specimen;
use antin::registry::Life;
use antin::registry::Particulars;
use antin::registry::Register;
use antin::registry::RegisteredSeal;
use antin::registry::SpecimenImage;
use antin::report::findings::told;
use antin::rules::Finding;
use antin::rules::RuleSet;
use antin::sandbox;
use antin::sandbox::Options as Reading;
use antin::sandbox::PageReading;
use antin::synthesis::deformation::Damage;
use antin::synthesis::fonts::FONT_DIRECTORY;
use antin::synthesis::fonts::Fonts;
use antin::synthesis::forgery::Strength;
use antin::synthesis::ink::Pad;
use antin::synthesis::scan::Mode;
use antin::synthesis::scan::Scanner;
use antin::synthesis::set;
use antin::synthesis::set::Content;
use antin::synthesis::set::Options;
use antin::verdict;
use antin::verdict::Conclusion;
use antin::verdict::Condition;
use antin::verdict::Judgement;
use antin::verdict::Policy;
use antin::verify;
use antin::verify::Examination;
use antin::verify::Report;
use antin::verify::Seals;
use antin::words::Language;

#[path = "damage/press.rs"]
mod press;

fn impressions(path: &Path) -> Vec<Impression> {
    let options = Reading::new("unused".into());
    let pages = sandbox::read_in_process(fs::read(path).unwrap(), &options).unwrap();
    let found = pages.into_iter().filter_map(|page| page.content.ok());
    found.flat_map(|content| content.impressions).collect()
}

/// One seal, seven sound impressions and one of each kind of damage, 300 dpi in colour.
#[test]
fn most_damaged_dies_are_seen_and_sound_ones_are_not_called_damaged() {
    let folder = tempfile::tempdir().unwrap();
    let options = Options {
        seals: 1,
        documents_per_seal: 14,
        specimens: 3,
        conditions: vec!["c300".to_owned()],
        strength: Strength::Graded,
        content: Content::Damage,
        seed: 4401,
    };
    let fonts = Fonts::load(Path::new(FONT_DIRECTORY)).unwrap();
    set::write(folder.path(), &options, &fonts, &|_, _| {}).unwrap();
    let specimen = |number| {
        let name = format!("specimens/S001-{number}.png");
        impressions(&folder.path().join(name)).remove(0)
    };
    let specimen = Specimen::enrol(&[specimen(1), specimen(2), specimen(3)]).unwrap();
    let lines = fs::read_to_string(folder.path().join("truth.jsonl")).unwrap();
    let (mut seen, mut falsely, mut accused) = (Vec::new(), Vec::new(), Vec::new());
    for line in truth::parse(&lines).unwrap() {
        let found = impressions(&folder.path().join(&line.document));
        let kind = line.field("deformation").unwrap_or_default();
        let Some(impression) = found.first() else {
            continue;
        };
        let comparison = matching::compare(impression, &specimen);
        let judgement = verdict::judge(impression, comparison.as_ref(), &Policy::default());
        let called = matches!(
            judgement.condition,
            Condition::Deformed | Condition::Damaged | Condition::Worn
        );
        match line.label {
            Label::Deformed if called => {
                assert!(!judgement.damage.is_empty(), "{kind} has its measurement");
                seen.push(kind.clone());
            }
            Label::Genuine if called => falsely.push(line.document.clone()),
            Label::Genuine
            | Label::Deformed
            | Label::Forged
            | Label::Unregistered
            | Label::None => {}
        }
        if line.label == Label::Deformed && judgement.conclusion == Conclusion::Different {
            accused.push(kind);
        }
    }
    assert!(seen.len() >= 5, "seen: {seen:?}");
    assert!(falsely.is_empty(), "called damaged: {falsely:?}");
    assert!(accused.len() <= 1, "called another die: {accused:?}");
}

/// The comparison of the one impression on pages with a specimen, and what it amounts to.
fn judged(pages: Vec<PageReading>, specimen: &Specimen) -> (Comparison, Judgement) {
    let found = press::found(pages);
    assert_eq!(found.len(), 1, "one impression was drawn");
    let comparison = matching::compare(&found[0], specimen);
    let judgement = verdict::judge(&found[0], comparison.as_ref(), &Policy::default());
    (comparison.unwrap(), judgement)
}

/// The kinds that are surest, drawn strongly, on scans without colour, against specimens in colour.
#[test]
fn a_stretched_and_a_swollen_die_are_told_in_gray_and_in_1_bit_and_a_sound_one_is_not() {
    let sound = press::face();
    let specimen = Specimen::enrol(&press::specimens(&sound)).unwrap();
    let dies = [
        (Damage::Stretched, Harm::StretchedPercent, 3.5),
        (Damage::Swollen, Harm::SwollenPercent, 7.0),
    ];
    let damaged = dies.map(|(kind, harm, least)| {
        let (face, by) = press::damaged(&sound, kind);
        assert!(by >= least, "{} by {by} %", kind.word());
        (face, harm)
    });
    for mode in [Mode::Gray, Mode::Bitonal] {
        let scanner = press::scanner(mode);
        let of = |face, number| {
            let pages = press::pages(face, &press::pad(), &scanner, number);
            judged(pages, &specimen).1
        };
        let told = of(&sound, 4);
        assert_eq!(told.condition, Condition::Sound, "{mode:?}: {told:?}");
        assert!(!told.conclusion.is_against(), "{mode:?}: {told:?}");
        for (face, harm) in &damaged {
            let told = of(face, 5);
            let is_named = told.damage.iter().any(|symptom| symptom.harm == *harm);
            assert!(is_named, "{mode:?}: {harm:?} not among {told:?}");
            assert_eq!(told.condition, Condition::Deformed, "{mode:?}: {told:?}");
        }
    }
}

/// A feed that runs slow or fast makes an ellipse of a circle, along one axis of the page, as a stretched die does: by up to one
/// percent that is a scanner's. The die gives nowhere, so all that is measured is the feed's.
#[test]
fn a_sound_die_under_a_scanner_whose_feed_is_off_is_neither_deformed_nor_another() {
    let sound = press::face();
    let specimen = Specimen::enrol(&press::specimens(&sound)).unwrap();
    let feeds = [
        (0.0, 0.003),
        (0.006, 0.0),
        (0.0, 0.006),
        (0.0, 0.01),
        (0.0, -0.01),
    ];
    for (number, stretch) in (4..).zip(feeds) {
        let scanner = Scanner {
            stretch,
            ..press::scanner(Mode::Colour)
        };
        let pages = press::pages(&sound, &press::pad(), &scanner, number);
        let (comparison, told) = judged(pages, &specimen);
        let (drawn, found) = (stretch.0 - stretch.1, comparison.anisotropy);
        assert!(
            (found - f64::abs(drawn)).abs() < 0.003,
            "{stretch:?}: {found} of the feed was measured"
        );
        assert_eq!(told.condition, Condition::Sound, "{stretch:?}: {told:?}");
        assert!(!told.conclusion.is_against(), "{stretch:?}: {told:?}");
    }
}

/// A register of one seal.
fn register(specimens: Vec<Impression>) -> Register {
    let specimen = Specimen::enrol(&specimens).unwrap();
    let image = |impression| SpecimenImage {
        sha256: "drawn".to_owned(),
        stated_dpi: None,
        impression,
    };
    let mut register = Register::default();
    register.seals.push(RegisteredSeal {
        id: "S1".to_owned(),
        version: 1,
        particulars: Particulars::default(),
        life: Life::default(),
        images: specimens.into_iter().map(image).collect(),
        specimen,
    });
    register
}

/// The report of pages that are said to bear the register's seal.
fn reported(pages: Vec<PageReading>, register: &Register) -> Report {
    let reading = sandbox::Reading {
        sha256: None,
        bytes: 0,
        page_count: Some(1),
        pages,
        outcome: sandbox::Outcome::Read,
        facts: Ok(None),
        unconfined: Vec::new(),
        error: None,
    };
    let policy = Policy::default();
    let examination = Examination {
        register,
        policy: &policy,
        rules: RuleSet::shipped(),
        claim: Some(0),
        seals: Seals::Optional,
        date: None,
        given: None,
    };
    verify::examine("drawn", reading, &examination).report
}

/// What a report says is missing of an impression that cannot be examined.
fn lacking(report: &Report) -> &Finding {
    let mut findings = report.findings.iter();
    let own = findings.find(|finding| finding.code == "seal.not_examinable");
    own.unwrap_or_else(|| panic!("not said what is missing: {:?}", report.findings))
}

/// Pads with too little ink, or pressed on the left side alone.
fn starved() -> [(&'static str, Pad); 6] {
    let one_sided = |dryness| Pad {
        tilt: (1.5, 0.0, 0.0),
        dryness,
        ..press::pad()
    };
    let dry = |dryness| Pad {
        grain: (0.3, 0.25),
        dryness,
        ..press::pad()
    };
    let pale = press::pad().density.map(|density| 0.3 * density);
    [
        (
            "pale",
            Pad {
                density: pale,
                ..press::pad()
            },
        ),
        ("dry", dry(0.9)),
        ("drier", dry(1.1)),
        ("hardly any ink", dry(1.3)),
        ("the right half without ink", one_sided(0.85)),
        ("the right two thirds without ink", one_sided(1.4)),
    ]
}

/// What is found of impressions that are short of ink is never said to be of a deformed die or of another one; where it is too little to
/// say anything, it is said what is missing.
#[test]
fn an_impression_short_of_ink_is_neither_deformed_nor_of_another_die() {
    let sound = press::face();
    let register = register(press::specimens(&sound));
    let scanner = press::scanner(Mode::Colour);
    let mut found = Vec::new();
    for (number, (how, pad)) in (4..).zip(starved()) {
        let report = reported(press::pages(&sound, &pad, &scanner, number), &register);
        for own in &report.impressions {
            found.push((how, own.conclusion, own.condition));
            if own.conclusion == Conclusion::NotExaminable {
                let finding = lacking(&report);
                assert!(
                    finding.values.contains_key("parts_share"),
                    "{how}: {finding:?}"
                );
            }
        }
    }
    let is_accused = |(_, conclusion, condition): &&(&str, Conclusion, Condition)| {
        *conclusion == Conclusion::Different || *condition == Condition::Deformed
    };
    let accused: Vec<_> = found.iter().filter(is_accused).collect();
    assert!(accused.is_empty(), "accused: {accused:?}");
    let is_found = |name: &str| found.iter().any(|(how, ..)| *how == name);
    assert!(is_found("pale") && is_found("dry"), "only {found:?}");
}

/// The pages with no more than a share of the first impression's ink, all of it at the left.
fn bared(mut pages: Vec<PageReading>, share: f64) -> Vec<PageReading> {
    let content = pages[0].content.as_mut().unwrap();
    let ink = &mut content.impressions[0].layers.ink;
    let mut columns = vec![0.0; ink.width()];
    for y in 0..ink.height() {
        for (sum, value) in columns.iter_mut().zip(ink.row(y)) {
            *sum += f64::from(*value);
        }
    }
    let kept = share * columns.iter().sum::<f64>();
    let mut sum = 0.0;
    let from = columns.iter().position(|own| {
        sum += own;
        sum > kept
    });
    for y in 0..ink.height() {
        ink.row_mut(y)[from.unwrap_or(0)..].fill(0);
    }
    pages
}

/// Of a sound impression all but a seventh of the ink, and then all of it, is taken away after its outline was found: what is missing stands in
/// the report, in each language.
#[test]
fn what_an_impression_lacks_is_named_in_its_report_in_each_language() {
    let sound = press::face();
    let register = register(press::specimens(&sound));
    let scanner = press::scanner(Mode::Colour);
    let whole = press::pages(&sound, &press::pad(), &scanner, 4);
    for share in [0.15, 0.0] {
        let report = reported(bared(whole.clone(), share), &register);
        assert_eq!(report.impressions.len(), 1, "{share}: {report:?}");
        let own = &report.impressions[0];
        assert_eq!(
            own.conclusion,
            Conclusion::NotExaminable,
            "{share}: {own:?}"
        );
        assert_eq!(own.condition, Condition::Unknown, "{share}: {own:?}");
        let finding = lacking(&report);
        match &own.comparison {
            Some(comparison) => {
                let bare = finding.values["bare_sectors"].as_array().unwrap();
                assert!(
                    bare.iter().any(|sector| sector == "right"),
                    "{share}: {finding:?}"
                );
                assert!(comparison.missing_ink > 0.6, "{share}: {comparison:?}");
            }
            None => assert_eq!(finding.values["trouble"], "not_alignable"),
        }
        for language in Language::ALL {
            let line = told(finding, language).line();
            assert!(line.contains('%') || own.comparison.is_none(), "{line}");
            assert!(line.len() > 80, "{line}");
        }
    }
}
