//! Values on a line, with noise, and what explains them.

use super::*;

/// Thirty values on a line through zero of the given slope, with noise of alternating sign.
fn line(slope: f64, noise: f64) -> Regression {
    let place = |i: usize| i as f64 / 15.0 - 1.0;
    let noise = |i: usize| if i.is_multiple_of(2) { noise } else { -noise };
    let values = (0..30).map(|i| slope * place(i) + noise(i)).collect();
    Regression::new(
        values,
        vec![0.01 * 0.01; 30],
        (0..30).collect(),
        &[1.0; 30],
        &[0.5],
    )
}

fn slope_column() -> Column {
    Column {
        entries: (0..30).map(|i| i as f64 / 15.0 - 1.0).collect(),
        deviation: 0.3,
    }
}

#[test]
fn the_preferred_column_is_the_one_of_the_highest_glance() {
    let regression = line(0.2, 0.01);
    let base = regression.base().unwrap();
    let columns: Vec<Column> = (0..20)
        .map(|k| Column {
            entries: (0..30).map(|i| f64::from((i * k) % 7) - 3.0).collect(),
            deviation: 0.1 + 0.01 * f64::from(k),
        })
        .chain([slope_column()])
        .collect();
    let glance = |column: &Column| regression.glance(&base, std::slice::from_ref(column));
    let gains: Vec<f64> = columns.iter().filter_map(glance).collect();
    let most = gains.iter().copied().fold(f64::NEG_INFINITY, f64::max);
    let (number, gain) = regression.preferred(&base, &columns).unwrap();
    assert!((gain - most).abs() < 1e-9, "{gain} {most}");
    assert!((gains[number] - most).abs() < 1e-9, "{gains:?}");
}

#[test]
fn a_column_that_explains_the_values_gains_evidence_and_its_amount_is_found() {
    let regression = line(0.2, 0.01);
    let base = regression.base().unwrap();
    let fit = regression.with(&base, &[slope_column()]).unwrap();
    assert!(fit.evidence > base.evidence + 10.0, "{}", fit.evidence);
    assert!((fit.amounts[0] - 0.2).abs() < 0.01, "{:?}", fit.amounts);
    assert!(fit.deviations[0] < 0.02, "{:?}", fit.deviations);
}

#[test]
fn amounts_of_two_columns_covary_and_a_sum_of_them_is_known_by_their_covariance() {
    let regression = line(0.2, 0.01);
    let base = regression.base().unwrap();
    let bent = Column {
        entries: slope_column().entries.iter().map(|x| x * x * x).collect(),
        deviation: 0.3,
    };
    let fit = regression.with(&base, &[slope_column(), bent]).unwrap();
    for (k, deviation) in fit.deviations.iter().enumerate() {
        let own = fit.covariance[(k, k)];
        assert!((own - deviation * deviation).abs() < 1e-12, "{own}");
    }
    let mixed = fit.covariance[(0, 1)];
    assert!(
        mixed < 0.0,
        "what the one explains the other need not: {mixed}"
    );
    assert!((mixed - fit.covariance[(1, 0)]).abs() < 1e-12, "{mixed}");
    let (end, deviation) = fit.sum(&[1.0, 1.0]);
    let both = libm::hypot(fit.deviations[0], fit.deviations[1]);
    assert!((end - 0.2).abs() < 0.02, "{end}");
    assert!(deviation > 0.0 && deviation < both, "{deviation} {both}");
}

#[test]
fn a_column_that_explains_nothing_costs_evidence() {
    let regression = line(0.0, 0.01);
    let base = regression.base().unwrap();
    let fit = regression.with(&base, &[slope_column()]).unwrap();
    assert!(fit.evidence < base.evidence, "{}", fit.evidence);
    let glance = regression.glance(&base, &[slope_column()]).unwrap();
    assert!(glance < 0.0, "{glance}");
}

#[test]
fn noisy_values_raise_the_common_scale_instead_of_speaking_for_a_column() {
    let quiet = line(0.0, 0.01).base().unwrap();
    let loud = line(0.0, 0.05).base().unwrap();
    assert!(
        loud.scale > 4.0 * quiet.scale,
        "{} {}",
        loud.scale,
        quiet.scale
    );
}

#[test]
fn noise_widens_an_amount_once() {
    // Five times the noise that was expected: what is known of the slope is what plain least squares would say.
    let regression = line(0.2, 0.05);
    let base = regression.base().unwrap();
    let fit = regression.with(&base, &[slope_column()]).unwrap();
    let squares = slope_column()
        .entries
        .into_iter()
        .map(|entry| entry * entry);
    let plain = 0.05 / libm::sqrt(squares.sum::<f64>());
    let (_, told) = fit.sum(&[1.0]);
    assert!(told > 0.5 * plain && told < 2.0 * plain, "{told} {plain}");
    assert!((told - fit.deviations[0]).abs() < 1e-12, "{told}");
}

#[test]
fn one_wild_part_does_not_move_the_amounts() {
    let mut regression = line(0.2, 0.01);
    regression.values[3] = 2.0;
    let base = regression.base().unwrap();
    let fit = regression.with(&base, &[slope_column()]).unwrap();
    assert!((fit.amounts[0] - 0.2).abs() < 0.02, "{:?}", fit.amounts);
}

#[test]
fn more_noise_on_scattered_values_gains_evidence() {
    let mut regression = line(0.0, 0.01);
    for (i, value) in regression.values.iter_mut().enumerate().skip(15) {
        *value = if i % 4 < 2 { 0.06 } else { -0.05 };
    }
    let base = regression.base().unwrap();
    let mut extra = vec![0.0; 30];
    extra[15..].fill(0.05 * 0.05);
    let noisier = regression.noisier(&base, &extra).unwrap();
    assert!(noisier > base.evidence, "{}", noisier);
    let calm = line(0.0, 0.01);
    let base = calm.base().unwrap();
    let noisier = calm.noisier(&base, &extra).unwrap();
    assert!(noisier < base.evidence, "{}", noisier);
}
