//! Judgements of comparisons that are made up: what each step of the scale asks for, and what is said with it.

use super::*;
use crate::matching::Axis;
use crate::matching::Measure;
use crate::matching::Slip;
use crate::measurement::Measured;
use crate::verdict::reweighing::Given;

const TRACED: &str = "traced_die_not_excluded";

/// Which way a part stands off its place, and text off its own.
const MOVED: Displacement = Displacement {
    at_px: (4.0, 5.0),
    right_mm: 0.08,
    down_mm: -0.06,
    covariance_mm2: [1e-4, 0.0, 1e-4],
};
const TURNED: TextBand = TextBand {
    turn_deg: Measured {
        value: -0.3,
        uncertainty: 0.1,
    },
    stretch_percent: None,
};

/// A whole impression whose measurements each say so much, above 0 for another die.
fn comparison(log_odds: f64, specimens: u32) -> Comparison {
    let axes = [
        Axis::RingRadiusMm,
        Axis::RingWidthMm,
        Axis::MotifTurnDeg,
        Axis::TextSpacingMm,
        Axis::GlyphDisplacementMm,
        Axis::GlyphShape,
    ];
    let measure = |axis| Measure {
        visibility: Some(0.9),
        log_odds: Some(log_odds),
        at_px: vec![(4.0, 5.0)],
        displacements: vec![MOVED],
        text_band: Some(TURNED),
        ..Measure::new(axis, 0.1, 0.01)
    };
    Comparison {
        specimens,
        parts_share: 1.0,
        usable_area: 1.0,
        measures: axes.map(measure).to_vec(),
        inked: [Some(1.0); 8],
        ..Comparison::default()
    }
}

fn judged(mode: ColourMode, log_odds: f64, specimens: u32) -> Judgement {
    let comparison = comparison(log_odds, specimens);
    judge(
        &Impression::bare(mode),
        Some(&comparison),
        &Policy::default(),
    )
}

fn has(judgement: &Judgement, caveat: &str) -> bool {
    judgement.caveats.iter().any(|own| own == caveat)
}

#[test]
fn a_traced_die_is_never_excluded_where_the_conclusion_is_consistent() {
    let same = judged(ColourMode::Colour, -20.0, 3);
    assert_eq!(same.conclusion, Conclusion::Consistent);
    let leans = judged(ColourMode::Gray, -20.0, 3);
    assert_eq!(leans.conclusion, Conclusion::LeansConsistent);
    let other = judged(ColourMode::Colour, 20.0, 3);
    assert_eq!(other.conclusion, Conclusion::Different);
    assert!(has(&same, TRACED) && has(&leans, TRACED) && !has(&other, TRACED));
    assert!(has(&same.of_copy(), TRACED));
}

#[test]
fn gray_and_bitonal_scans_lean_and_say_so() {
    for (mode, caveat) in [
        (ColourMode::Gray, "gray_scan"),
        (ColourMode::Bitonal, "bitonal_scan"),
    ] {
        let (same, other) = (judged(mode, -20.0, 3), judged(mode, 20.0, 3));
        assert_eq!(same.conclusion, Conclusion::LeansConsistent);
        assert_eq!(other.conclusion, Conclusion::LeansDifferent);
        assert!(has(&same, caveat) && has(&other, caveat));
    }
}

#[test]
fn against_one_specimen_nothing_is_called_different() {
    let one = judged(ColourMode::Colour, 20.0, 1);
    assert_eq!(one.conclusion, Conclusion::LeansDifferent);
    assert!(has(&one, ONE_SPECIMEN));
    assert!(!has(&judged(ColourMode::Colour, 20.0, 3), ONE_SPECIMEN));
}

#[test]
fn a_ratio_goes_no_further_than_what_it_is_capped_at_which_is_told() {
    for log_odds in [-1e6, 1e6] {
        let own = judged(ColourMode::Colour, log_odds, 3);
        let ratio = own.log10_lr.unwrap();
        assert!(own.log10_lr_floor < 0.0 && own.log10_lr_cap > 0.0);
        assert!(ratio >= own.log10_lr_floor && ratio <= own.log10_lr_cap);
        assert_eq!(ratio > 0.0, log_odds < 0.0);
        assert_eq!(own.evidence.len(), 6);
        assert!(own.evidence.iter().all(|own| !own.at_px.is_empty()));
        assert!(own.evidence.iter().all(|own| own.displacements == [MOVED]));
        assert!(own.evidence.iter().all(|own| own.text_band == Some(TURNED)));
        assert!(own.evidence.iter().all(|own| own.visibility == Some(0.9)));
    }
}

#[test]
fn what_cannot_be_examined_says_what_is_lacking() {
    let policy = Policy::default();
    let none = judge(&Impression::bare(ColourMode::Colour), None, &policy);
    assert_eq!(none.conclusion, Conclusion::NotExaminable);
    assert!(has(&none, "not_alignable") && none.lacking.is_none());
    let of = |own: &Comparison| judge(&Impression::bare(ColourMode::Colour), Some(own), &policy);
    let mut hidden = comparison(20.0, 3);
    hidden.parts_share = PARTS_SHARE_MIN - 0.01;
    hidden.inked[2] = None;
    let hidden = of(&hidden);
    assert_eq!(hidden.conclusion, Conclusion::NotExaminable);
    assert_eq!(hidden.log10_lr, None, "not enough to tell is no accusation");
    assert_eq!(hidden.lacking.unwrap().hidden, [2]);
    let mut light = comparison(20.0, 3);
    light.missing_ink = MISSING_MAX + 0.01;
    light.inked[5] = Some(0.1);
    let light = of(&light);
    assert!(has(&light, "too_little_ink"));
    assert_eq!(light.lacking.unwrap().bare, [5]);
}

#[test]
fn what_a_printer_or_several_sheets_made_tells_less() {
    let other = || judged(ColourMode::Colour, 20.0, 3);
    assert_eq!(other().of_copy().conclusion, Conclusion::LeansDifferent);
    let parts = other().of_parts();
    assert_eq!(parts.conclusion, Conclusion::Undecided);
    assert_eq!(parts.condition, Condition::Unknown);
    assert!(has(&parts, "joined_from_parts"));
}

fn policies() -> [Policy; 3] {
    let other = |name: &str, [consistent, leans, against, different]: [f64; 4]| Policy {
        name: name.to_owned(),
        consistent_log10_lr_min: consistent,
        leans_consistent_log10_lr_min: leans,
        leans_different_log10_lr_max: against,
        different_log10_lr_max: different,
    };
    [
        Policy::default(),
        other("strict", [1.2, 0.5, -0.6, -2.0]),
        other("loose", [0.3, 0.1, -0.1, -0.4]),
    ]
}

fn given(mode: ColourMode, specimens: u32) -> Given {
    Given {
        mode,
        specimens,
        has_rivals: false,
        rounding: 0.0,
    }
}

#[test]
fn what_is_weighed_by_another_policy_comes_to_what_judging_by_it_does() {
    let modes = [ColourMode::Colour, ColourMode::Gray, ColourMode::Bitonal];
    let (mut weighed, mut changed, mut asked) = (0, 0, 0);
    for mode in modes {
        for (specimens, step) in [(1, -40..40), (3, -40..40)]
            .into_iter()
            .flat_map(|(n, steps)| steps.map(move |step| (n, f64::from(step) / 20.0)))
        {
            let own = comparison(step, specimens);
            let by = |policy: &Policy| judge(&Impression::bare(mode), Some(&own), policy);
            for [before, now] in [[0, 1], [0, 2], [1, 2], [2, 0]] {
                let policies = policies();
                let (first, then) = (by(&policies[before]), by(&policies[now]));
                for is_copy in [false, true] {
                    let of = |own: &Judgement| match is_copy {
                        true => own.clone().of_copy(),
                        false => own.clone(),
                    };
                    match of(&first).reweighed(given(mode, specimens), &policies[now]) {
                        Some(own) => {
                            weighed += 1;
                            changed += usize::from(own.conclusion != first.conclusion);
                            assert_eq!(own, of(&then), "{mode:?} {step} {specimens}");
                        }
                        None => {
                            asked += 1;
                            let sides = [&first, &then].map(|own| own.conclusion.is_against());
                            assert_ne!(sides[0], sides[1], "{mode:?} {step} {specimens}");
                        }
                    }
                }
            }
        }
    }
    assert!(
        changed > 100 && asked > 10 && weighed > 4 * asked,
        "{weighed} {changed} {asked}"
    );
}

#[test]
fn what_only_the_ink_can_tell_is_asked_of_it() {
    let [default, strict, loose] = policies();
    let of = |ratio: f64| Judgement {
        log10_lr: Some(ratio),
        ..judged(ColourMode::Colour, -20.0, 3)
    };
    let colour = given(ColourMode::Colour, 3);
    let undecided = Judgement {
        conclusion: Conclusion::Undecided,
        caveats: Vec::new(),
        ..of(0.15)
    };
    let rivals = Given {
        has_rivals: true,
        ..colour
    };
    assert!(
        undecided
            .clone()
            .reweighed(colour, &loose)
            .unwrap()
            .conclusion
            .is_for()
    );
    assert_eq!(
        undecided.reweighed(rivals, &loose),
        None,
        "a twin may agree as well"
    );
    // A twin that was found stays one, and says nothing where the ratio is for neither.
    let twin = of(0.4).of_near_twin();
    let still = twin.clone().reweighed(rivals, &default).unwrap();
    assert_eq!(still.conclusion, Conclusion::Undecided);
    assert!(has(&still, reweighing::NEAR_TWIN));
    let none = twin.reweighed(rivals, &strict).unwrap();
    assert_eq!(
        (none.conclusion, none.caveats.len()),
        (Conclusion::Undecided, 0)
    );
    let better = of(0.9).of_better_twin();
    let still = better.reweighed(rivals, &strict).unwrap();
    assert_eq!(still.conclusion, Conclusion::LeansDifferent);
    // What was rounded lies on either side of the threshold.
    let rounded = Given {
        rounding: 0.005,
        ..colour
    };
    assert_eq!(of(1.2).reweighed(rounded, &strict), None);
    assert!(of(1.21).reweighed(rounded, &strict).is_some());
    let slip = Slip {
        by_mm: 0.8,
        direction_deg: 10.0,
        share: 0.5,
        over_one: 0.3,
        over_others: 0.2,
    };
    assert_eq!(
        judged(ColourMode::Colour, 20.0, 3)
            .of_slip(slip)
            .reweighed(colour, &loose),
        None
    );
    // Nobody was asked of what could not be examined.
    let bare = judge(&Impression::bare(ColourMode::Colour), None, &default);
    assert_eq!(bare.clone().reweighed(colour, &loose), Some(bare));
}
