use super::cap::Judged;
use super::*;
use crate::evaluation::measured::Line;
use crate::evaluation::measured::Measured;
use crate::evaluation::truth;
use crate::imaging::ColourMode;
use crate::matching::Axis;
use crate::matching::Comparison;
use crate::matching::Measure;

/// Two impressions of each seal, one genuine and one forged in one of two ways, each against one and
/// three specimens; `gray_offset` moves what gray scans read.
fn set(seals: usize, gray_offset: f64) -> Set {
    let mut chance = fastrand::Rng::with_seed(7);
    let mut noise = move || (0..4).map(|_| chance.f64() - 0.5).sum::<f64>() * 3.0;
    let mut lines = Vec::new();
    for seal in 0..seals {
        for label in ["genuine", "forged"] {
            let gray = seal % 2 == 0;
            let offset = if gray { gray_offset } else { 0.0 };
            let truth = format!(
                r#"{{"document":"{label}{seal}","label":"{label}","seal":"S{seal}","seed":3}}"#
            );
            let truth = truth::parse(&truth).unwrap().remove(0);
            let moved = (label == "forged").then_some(seal / 2 % 2);
            let mut read = |way: usize| {
                let centre = if moved == Some(way) { 9.0 } else { -2.0 };
                centre + noise() + offset
            };
            let readings = [read(0), read(1)];
            for specimens in [1, 3] {
                let comparison = comparison(readings, specimens);
                let measured = Measured {
                    specimens,
                    mode: if gray {
                        ColourMode::Gray
                    } else {
                        ColourMode::Colour
                    },
                    dpi: Some(300.0),
                    comparison: Some(comparison),
                };
                let truth = truth.clone();
                lines.push(Line { truth, measured });
            }
        }
    }
    Set {
        name: "drawn".to_owned(),
        lines,
    }
}

fn comparison(readings: [f64; 2], specimens: u32) -> Comparison {
    let axes = [Axis::RingRadiusMm, Axis::RingWidthMm];
    let measure = |(axis, reading)| Measure {
        log_odds: Some(reading),
        ..Measure::new(axis, 0.0, 0.01)
    };
    Comparison {
        specimens,
        parts_share: 1.0,
        measures: axes.into_iter().zip(readings).map(measure).collect(),
        ..Comparison::default()
    }
}

fn row(rows: &[Row], class: Class) -> &Row {
    rows.iter().find(|row| row.class == class).unwrap()
}

#[test]
fn fewer_than_a_hundred_seals_or_one_kind_alone_give_no_calibration() {
    let few = fit(&[set(99, 0.0)]).unwrap_err();
    assert_eq!(few, Error::TooFewSeals { found: 99 });
    let mut one_sided = set(120, 0.0);
    one_sided
        .lines
        .retain(|line| line.truth.label == truth::Label::Genuine);
    let one_sided = fit(&[one_sided]).unwrap_err();
    assert!(matches!(one_sided, Error::OneSided { forged: 0, .. }));
}

#[test]
fn the_same_measurements_give_the_same_file_and_it_is_good() {
    let [a, b] = [0, 1].map(|_| fit(&[set(120, 0.0)]).unwrap().calibration);
    let text = serde_json::to_string(&a).unwrap();
    assert_eq!(text, serde_json::to_string(&b).unwrap());
    assert_eq!(Calibration::parse(&text).unwrap(), a);
    assert!(a.has_seen(3) && !a.has_seen(4));
    let own = &a.sets[0];
    assert_eq!((own.seals, own.genuine, own.forged), (120, 120, 120));
}

#[test]
fn seals_that_were_not_seen_are_told_apart_and_the_ratios_cost_little_more_than_their_order() {
    let fitted = fit(&[set(240, 0.0)]).unwrap();
    let all = row(&fitted.held_out, Class::default());
    assert_eq!((all.genuine, all.forged), (480, 480));
    assert!(all.eer.unwrap() < 0.02, "{all:?}");
    assert!(all.cllr.unwrap() - all.cllr_min.unwrap() < 0.05, "{all:?}");
    let fresh = check(&fitted.calibration, &[set(50, 0.0)]);
    assert!(
        row(&fresh, Class::default()).cllr.unwrap() < 0.1,
        "{fresh:?}"
    );
}

#[test]
fn a_class_that_reads_otherwise_is_corrected_and_one_of_few_seals_hardly() {
    let gray = Class {
        mode: Some(ColourMode::Gray),
        ..Class::default()
    };
    let scored = |gray_seals: usize| -> Vec<Scored> {
        let mut all = Vec::new();
        for seal in 0..200 {
            for forged in [false, true] {
                let is_gray = seal < gray_seals;
                let spread = (seal % 10) as f64 * 0.5 - 2.25;
                let odds = if forged { 1.5 + spread } else { spread - 1.5 };
                let path = [Class::default(), gray];
                all.push(Scored {
                    seal,
                    forged,
                    fullest: true,
                    odds: odds + if is_gray { 2.0 } else { 0.0 },
                    path: path[..1 + usize::from(is_gray)].to_vec(),
                });
            }
        }
        all
    };
    let shift = |gray_seals| {
        let corrections = classes::corrections(&scored(gray_seals));
        let own = corrections.iter().find(|own| own.class == gray);
        own.unwrap().shift
    };
    assert!(shift(100) < -0.25, "{}", shift(100));
    assert!(shift(3).abs() < 0.4 && shift(3) < 0.0, "{}", shift(3));
}

#[test]
fn seals_wholly_apart_support_about_their_number_and_one_that_misleads_less() {
    let mut trials: Vec<Judged> = (0..100)
        .flat_map(|seal| {
            [false, true].map(|forged| Judged {
                seal,
                forged,
                log10_lr: if forged { -4.0 } else { 4.0 },
            })
        })
        .collect();
    let apart = cap::supported(&trials);
    assert!(
        (apart.0 + 2.0).abs() < 0.01 && (apart.1 - 2.0).abs() < 0.01,
        "{apart:?}"
    );
    trials[1].log10_lr = 4.0;
    let misled = cap::supported(&trials);
    assert!((misled.1 - libm::log10(50.0)).abs() < 0.02, "{misled:?}");
}
