//! Drawn dies, sound and damaged, through the whole engine: which of them are seen as damaged.

use std::fs;
use std::path::Path;

use antin::evaluation::truth;
use antin::evaluation::truth::Label;
use antin::extraction::Impression;
use antin::matching;
use antin::matching::Specimen;
use antin::sandbox;
use antin::sandbox::Options as Reading;
use antin::synthesis::fonts::FONT_DIRECTORY;
use antin::synthesis::fonts::Fonts;
use antin::synthesis::forgery::Strength;
use antin::synthesis::set;
use antin::synthesis::set::Content;
use antin::synthesis::set::Options;
use antin::verdict;
use antin::verdict::Conclusion;
use antin::verdict::Condition;
use antin::verdict::Policy;

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
