//! Trends of values whose course is known.

use super::*;

const GONE: Expected = Expected {
    start: 1.0,
    growth: 4.0,
    noise: 0.4,
    either_way: false,
    limit: Some(2.0),
    limit_share: 0.0,
};

/// Noise of either sign that sums to nothing.
const NOISE: [f64; 12] = [
    0.3, -0.2, 0.1, -0.4, 0.2, 0.3, -0.3, 0.1, -0.1, 0.4, -0.3, -0.1,
];

/// Twelve values over three years, as `value` says of shares of that time.
fn points(value: impl Fn(f64) -> f64) -> Vec<Point> {
    let point = |(number, noise): (usize, f64)| {
        let share = number as f64 / 11.0;
        Point {
            day: 5000.0 + 1100.0 * share,
            value: value(share) + noise,
            deviation: 0.2,
        }
    };
    NOISE.into_iter().enumerate().map(point).collect()
}

#[test]
fn a_growth_is_told_from_none_and_the_day_of_its_limit_lies_in_its_interval() {
    let still = judge(&points(|_| 0.3), GONE).unwrap();
    assert!(still.grows < 0.5, "{still:?}");
    assert!(still.reached.unwrap() < 0.05, "{still:?}");
    assert!(still.reaches.unwrap().middle.is_infinite());
    let grows = judge(&points(|share| 5.0 * share), GONE).unwrap();
    assert!(grows.grows > SURE && grows.steps < 0.3, "{grows:?}");
    let reaches = grows.reaches.unwrap();
    let day = 5000.0 + 1100.0 * 0.4;
    assert!((reaches.low..reaches.high).contains(&day), "{reaches:?}");
    assert!(reaches.high - reaches.low < 400.0, "{reaches:?}");
    assert!(grows.reached.unwrap() > 0.99);
    assert!((grows.level.middle - 5.0).abs() < 0.5, "{grows:?}");
    assert!(grows.per_year.low > 0.0, "{grows:?}");
}

#[test]
fn a_limit_ahead_is_given_from_the_earliest_day_on() {
    let trend = judge(&points(|share| 1.5 * share), GONE).unwrap();
    let reaches = trend.reaches.unwrap();
    assert!(reaches.low > 5700.0 && reaches.high > 6100.0, "{reaches:?}");
    assert!(trend.reached.unwrap() < 0.3, "{trend:?}");
}

#[test]
fn a_step_is_told_from_a_growth_by_and_by_with_the_days_around_it() {
    let step = |share: f64| if share > 0.5 { 4.0 } else { 0.0 };
    let trend = judge(&points(step), GONE).unwrap();
    assert!(trend.grows > SURE && trend.steps > 0.8, "{trend:?}");
    let (after, by) = trend.step_days.unwrap();
    assert!(after < 5550.0 && by > 5550.0 && by - after < 101.0);
    let reaches = trend.reaches.unwrap();
    assert!(
        reaches.low >= after - 1.0 && reaches.high <= by + 1.0,
        "{reaches:?}"
    );
    assert!(reaches.high - reaches.low > 70.0, "any day between them");
}

#[test]
fn one_odd_impression_and_noise_of_either_sign_are_no_growth() {
    let odd = judge(&points(|share| if share > 0.99 { 4.0 } else { 0.2 }), GONE).unwrap();
    assert!(odd.grows < SURE, "{odd:?}");
    let mut loud = points(|_| 0.5);
    for (point, noise) in loud.iter_mut().zip(NOISE) {
        point.value += 4.0 * noise;
    }
    let loud = judge(&loud, GONE).unwrap();
    assert!(loud.grows < 0.8, "{loud:?}");
}

#[test]
fn what_shrinks_reaches_the_limit_below_where_that_counts() {
    let either = Expected {
        either_way: true,
        ..GONE
    };
    let trend = judge(&points(|share| -5.0 * share), either).unwrap();
    assert!(trend.grows > SURE && trend.level.high < -4.0, "{trend:?}");
    assert!(trend.reached.unwrap() > 0.99, "{trend:?}");
    let one_way = judge(&points(|share| -5.0 * share), GONE).unwrap();
    assert!(one_way.grows < 0.3, "{one_way:?}");
}

#[test]
fn few_values_and_a_short_time_are_too_little() {
    let all = points(|share| 5.0 * share);
    assert_eq!(judge(&all[..4], GONE), Err(TooLittle::Values));
    let mut short = all;
    for point in &mut short {
        point.day *= 0.1;
    }
    assert_eq!(judge(&short, GONE), Err(TooLittle::Time));
}
