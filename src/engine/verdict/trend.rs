//! A measured amount along days: whether it grows, by and by or at once, and when it reaches a limit.
//!
//! Comes in: values of one amount, each with its day and uncertainty. Goes out: probabilities and quantiles. Three
//! explanations are weighed against each other: nothing changes, something grows by and by (from some day
//! on, ever faster or slower), or it steps up between two of the days. Each has its prior; noise beyond the
//! stated uncertainties (ink differs from one stamping to the next, either way) is found from
//! the scatter itself, with the tails of Student's distribution and a share of impressions that are odd, so that
//! one of these moves nothing. What the values leave open stays open in the quantiles: all explanations count by their
//! evidence (Hoeting et al., Bayesian model averaging, Statistical Science 14, 1999), summed on a grid around each
//! one's mode.

use nalgebra::Matrix2;
use nalgebra::Vector2;

use crate::verdict::trend::shape::Shape;
use crate::verdict::trend::shape::shapes;

mod shape;

/// Fewest values, and shortest time in days, of which anything is said (chosen: of four values any three lie
/// near a line, and a stamp pad outlasts half a year).
pub const VALUES_MIN: usize = 5;
/// See [`VALUES_MIN`].
pub const DAYS_MIN: f64 = 180.0;
/// Probability from which an amount is said to grow, and to stay.
pub const SURE: f64 = 0.95;
/// Degrees of freedom of the noise: one stamping in thirty is off by three deviations.
const FREEDOM: f64 = 4.0;
/// Student's density of so many degrees at its middle, of deviation 1.
const STUDENT: f64 = 0.375;
/// Share of impressions that are odd, askew or on an uneven bed: off by as much as growth may add, either way, whatever
/// the noise (chosen). Student's tails alone thin out too soon: by them one last impression ten deviations off
/// is a step at 0.95.
const ODD: f64 = 1.0 / 30.0;
/// Factors on the noise's expected deviation that are tried, evenly in the logarithm.
const NOISES: [f64; 7] = [0.1, 0.2, 0.35, 0.6, 1.0, 1.7, 3.0];
/// Days beyond the last value up to which a trend is followed: ten years, the longest that any
/// specimen that was read stays valid twice over.
const AHEAD_DAYS: f64 = 3653.0;
/// The grid around a mode, in deviations.
const NODES: i32 = 7;
const NODE: f64 = 0.5;
/// Days that stand for those between which a step lies.
const DAYS_OF_STEP: usize = 10;
/// Share of the greatest weight below which a node is left out.
const NEGLIGIBLE: f64 = 1e-6;

/// One measured value.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Point {
    /// Days from any first day; points come in their order.
    pub day: f64,
    /// The value.
    pub value: f64,
    /// Its own standard deviation.
    pub deviation: f64,
}

/// What is known of an amount before it is measured, in its own unit.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Expected {
    /// Standard deviation of what a new die shows.
    pub start: f64,
    /// The same of what is added over the time looked at, if something grows.
    pub growth: f64,
    /// The same of what inking does from one impression to the next.
    pub noise: f64,
    /// Whether it can shrink as well.
    pub either_way: bool,
    /// The amount from which it is too much; either way too.
    pub limit: Option<f64>,
    /// How far what is measured and what the limit means may be apart in one die, a share: the same for all
    /// its impressions, so that no scatter tells of it.
    pub limit_share: f64,
}

/// An estimate with the ends of its 90 % interval.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Estimate {
    /// A twentieth lies below.
    pub low: f64,
    /// The median.
    pub middle: f64,
    /// A twentieth lies above.
    pub high: f64,
}

/// What becomes of an amount.
#[derive(Clone, Debug, PartialEq)]
pub struct Trend {
    /// Probability that it grows at all, by and by, and at once.
    pub grows: f64,
    /// Of that, the probability of a step.
    pub steps: f64,
    /// The days between which the step most likely lies.
    pub step_days: Option<(f64, f64)>,
    /// The value on the last day.
    pub level: Estimate,
    /// What was added over the time looked at.
    pub added: Estimate,
    /// What a year adds at the end of that time.
    pub per_year: Estimate,
    /// The day on which the limit is reached, at the quantiles of 90 %: minus infinity before the first
    /// value, infinity where it is not in sight. `None` without a limit.
    pub reaches: Option<Estimate>,
    /// Probability that the limit is reached by the last day.
    pub reached: Option<f64>,
    /// What the values of days between the first and, beyond the last, a third of the time are thought to be.
    pub band: Vec<(f64, Estimate)>,
}

/// Why nothing is said.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum TooLittle {
    /// Fewer values than [`VALUES_MIN`].
    Values,
    /// Less time than [`DAYS_MIN`].
    Time,
}

/// One explanation with its amounts.
#[derive(Clone, Copy, Debug)]
struct Node {
    shape: Shape,
    /// 1, or -1 where it shrinks.
    sign: f64,
    /// Start and growth, growth above 0 either way.
    start: f64,
    growth: f64,
    /// Whether shrinking counts too.
    either_way: bool,
    weight: f64,
}

/// Looks along the days.
///
/// # Errors
/// Says what there is too little of.
///
/// # Panics
/// If a point is not finite, or out of the order of days.
pub fn judge(points: &[Point], expected: Expected) -> Result<Trend, TooLittle> {
    let finite = |point: &Point| point.day.is_finite() && point.value.is_finite();
    assert!(points.iter().all(finite), "points are finite");
    assert!(points.is_sorted_by_key(|p| p.day), "points come in order");
    if points.len() < VALUES_MIN {
        return Err(TooLittle::Values);
    }
    let (first, last) = (points[0].day, points[points.len() - 1].day);
    let days = last - first;
    if days < DAYS_MIN {
        return Err(TooLittle::Time);
    }
    let mut nodes = Vec::new();
    let signs: &[f64] = if expected.either_way {
        &[1.0, -1.0]
    } else {
        &[1.0]
    };
    for &sign in signs {
        let share = 1.0 / signs.len() as f64;
        let own: Vec<Point> = points
            .iter()
            .map(|point| Point {
                day: (point.day - first) / days,
                value: sign * point.value,
                deviation: point.deviation,
            })
            .collect();
        for (shape, prior) in shapes(&own) {
            for noise in NOISES {
                let prior = libm::log(prior * share) - 0.5 * libm::pow(libm::log(noise / 0.7), 2.0);
                let scatter = noise * expected.noise;
                nodes.extend(
                    grid(&own, shape, (scatter, expected), prior).map(|node| Node { sign, ..node }),
                );
            }
        }
    }
    Ok(summed(nodes, (first, days), expected))
}

/// The nodes of one explanation with one noise; their weights are logarithms.
fn grid(
    points: &[Point],
    shape: Shape,
    (scatter, expected): (f64, Expected),
    prior: f64,
) -> impl Iterator<Item = Node> {
    let (mode, spread) = mode(points, shape, (scatter, expected));
    let is_still = shape == Shape::Still;
    let volume = libm::log(NODE * spread[(0, 0)])
        + if is_still {
            0.0
        } else {
            libm::log(NODE * spread[(1, 1)])
        };
    let density = move |start: f64, growth: f64| {
        let mut sum = -0.5 * libm::pow(start / expected.start, 2.0) - libm::log(expected.start);
        if !is_still {
            // Half of a bell: growth has one direction.
            sum +=
                -0.5 * libm::pow(growth / expected.growth, 2.0) - libm::log(0.5 * expected.growth);
            sum -= 0.5 * libm::log(std::f64::consts::TAU);
        }
        sum -= 0.5 * libm::log(std::f64::consts::TAU);
        for point in points {
            let variance = point.deviation * point.deviation + scatter * scatter;
            let miss = point.value - start - growth * shape.at(point.day);
            sum += likelihood(miss, variance, expected.growth);
        }
        sum
    };
    let steps = (-NODES..=NODES).map(|step| NODE * f64::from(step));
    let others: Vec<f64> = if is_still {
        vec![0.0]
    } else {
        steps.clone().collect()
    };
    let nodes: Vec<Node> = steps
        .flat_map(|own| others.iter().map(move |&other| Vector2::new(own, other)))
        .map(|step| mode + spread * step)
        .filter(|amounts| is_still || amounts[1] > 0.0)
        .map(|amounts| Node {
            shape,
            sign: 1.0,
            start: amounts[0],
            growth: amounts[1],
            either_way: expected.either_way,
            weight: prior + volume + density(amounts[0], amounts[1]),
        })
        .collect();
    nodes.into_iter()
}

/// Logarithm of the density of a miss: Student's noise, or an odd impression's.
fn likelihood(miss: f64, variance: f64, odd: f64) -> f64 {
    let noise = libm::log((1.0 - ODD) * STUDENT)
        - 0.5 * libm::log(variance)
        - 0.5 * (FREEDOM + 1.0) * libm::log1p(miss * miss / (FREEDOM * variance));
    let odd_variance = variance + odd * odd;
    let odd = libm::log(ODD)
        - 0.5 * libm::log(std::f64::consts::TAU * odd_variance)
        - 0.5 * miss * miss / odd_variance;
    noise.max(odd) + libm::log1p(libm::exp(-(noise - odd).abs()))
}

/// The likeliest start and growth, by least squares on Student's weights, and the lower factor of their
/// covariance.
fn mode(
    points: &[Point],
    shape: Shape,
    (scatter, expected): (f64, Expected),
) -> (Vector2<f64>, Matrix2<f64>) {
    let prior = Vector2::new(expected.start.powi(-2), expected.growth.powi(-2));
    let mut amounts = Vector2::zeros();
    let mut spread = Matrix2::identity();
    let mut weights = vec![1.0; points.len()];
    for _ in 0..6 {
        let mut normal = Matrix2::from_diagonal(&prior);
        let mut right = Vector2::zeros();
        for (point, weight) in points.iter().zip(&weights) {
            let row = Vector2::new(1.0, shape.at(point.day));
            let precision = weight / (point.deviation * point.deviation + scatter * scatter);
            normal += row * row.transpose() * precision;
            right += row * (precision * point.value);
        }
        if shape == Shape::Still {
            normal[(0, 1)] = 0.0;
            normal[(1, 0)] = 0.0;
            right[1] = 0.0;
        }
        let covariance = normal.try_inverse().unwrap_or_else(Matrix2::identity);
        amounts = covariance * right;
        let factor = covariance.cholesky();
        spread = factor.map_or_else(Matrix2::identity, |factor| factor.l());
        for (point, weight) in points.iter().zip(&mut weights) {
            let variance = point.deviation * point.deviation + scatter * scatter;
            let miss = point.value - amounts[0] - amounts[1] * shape.at(point.day);
            *weight = (FREEDOM + 1.0) / (FREEDOM + miss * miss / variance);
        }
    }
    (amounts, spread)
}

impl Node {
    /// The days on which a limit is reached: several for a step, which is on any day between two alike. Minus
    /// infinity where the start is beyond it, infinity where it is not in sight.
    fn days_reaching(&self, (first, days): (f64, f64), limit: f64) -> [f64; DAYS_OF_STEP] {
        if self.start.abs() >= limit {
            // Of what only grows, a start far below nothing is no excess.
            let beyond = self.start > 0.0 || self.either_way;
            if beyond {
                return [f64::NEG_INFINITY; DAYS_OF_STEP];
            }
        }
        let Some(share) = self.shape.reaches((limit - self.start) / self.growth) else {
            return [f64::INFINITY; DAYS_OF_STEP];
        };
        let (after, by) = self.shape.step().unwrap_or((share, share));
        std::array::from_fn(|part| {
            let between = (part as f64 + 0.5) / DAYS_OF_STEP as f64;
            match first + days * (after + (by - after) * between) {
                day if day > first + days + AHEAD_DAYS => f64::INFINITY,
                day => day,
            }
        })
    }
}

/// Between which shares of the time a step most likely lies.
fn likeliest_step(nodes: &[Node]) -> Option<(f64, f64)> {
    let mut by_step: Vec<((f64, f64), f64)> = Vec::new();
    for node in nodes {
        let Some(step) = node.shape.step() else {
            continue;
        };
        match by_step.iter_mut().find(|(known, _)| *known == step) {
            Some((_, weight)) => *weight += node.weight,
            None => by_step.push((step, node.weight)),
        }
    }
    let likeliest = by_step.into_iter().max_by(|a, b| a.1.total_cmp(&b.1));
    likeliest.map(|(step, _)| step)
}

/// Everything that the nodes say together.
fn summed(mut nodes: Vec<Node>, (first, days): (f64, f64), expected: Expected) -> Trend {
    let most = nodes
        .iter()
        .map(|node| node.weight)
        .fold(f64::NEG_INFINITY, f64::max);
    for node in &mut nodes {
        node.weight = libm::exp(node.weight - most);
    }
    nodes.retain(|node| node.weight > NEGLIGIBLE);
    let weight_of = |is: &dyn Fn(&Node) -> bool| -> f64 {
        nodes
            .iter()
            .filter(|node| is(node))
            .map(|node| node.weight)
            .sum()
    };
    let total = weight_of(&|_| true);
    let growing = weight_of(&|node| node.shape != Shape::Still);
    let stepping = weight_of(&|node| node.shape.step().is_some());
    let quantiles = |value: &dyn Fn(&Node) -> f64| {
        estimate(
            nodes
                .iter()
                .map(|node| (value(node), node.weight))
                .collect(),
            total,
        )
    };
    let value =
        |node: &Node, share: f64| node.sign * (node.start + node.growth * node.shape.at(share));
    let year = 365.25 / days;
    let reached = reached(&nodes, (first, days), expected);
    Trend {
        grows: growing / total,
        steps: stepping / growing.max(f64::MIN_POSITIVE),
        step_days: likeliest_step(&nodes)
            .map(|(after, by)| (first + days * after, first + days * by)),
        level: quantiles(&|node| value(node, 1.0)),
        added: quantiles(&|node| value(node, 1.0) - value(node, 0.0)),
        per_year: quantiles(&|node| value(node, 1.0 + 0.5 * year) - value(node, 1.0 - 0.5 * year)),
        reaches: reached.map(|(day, _)| day),
        reached: reached.map(|(_, probability)| probability),
        band: (0..=24)
            .map(|step| f64::from(step) / 18.0)
            .map(|share| (first + days * share, quantiles(&|node| value(node, share))))
            .collect(),
    }
}

/// The day on which the limit is reached, and the probability that it is by the last one.
fn reached(nodes: &[Node], time: (f64, f64), expected: Expected) -> Option<(Estimate, f64)> {
    let last = time.0 + time.1;
    let (mut all, mut past, mut total) = (Vec::new(), 0.0, 0.0);
    for (limit, share) in limits(expected.limit?, expected.limit_share) {
        for node in nodes {
            let weight = share * node.weight / DAYS_OF_STEP as f64;
            for day in node.days_reaching(time, limit) {
                all.push((day, weight));
                total += weight;
                if day <= last + 1e-6 {
                    past += weight;
                }
            }
        }
    }
    Some((estimate(all, total), past / total))
}

/// Values of an uncertain limit, with their shares of the probability: five over a bell in the logarithm.
fn limits(limit: f64, share: f64) -> [(f64, f64); 5] {
    [
        (-1.6, 0.1),
        (-0.7, 0.24),
        (0.0, 0.32),
        (0.7, 0.24),
        (1.6, 0.1),
    ]
    .map(|(off, probability)| (limit * libm::exp(share * off), probability))
}

/// Weighted quantiles.
fn estimate(mut values: Vec<(f64, f64)>, total: f64) -> Estimate {
    values.sort_by(|a, b| a.0.total_cmp(&b.0));
    let at = |share: f64| {
        let mut below = 0.0;
        for (value, weight) in &values {
            below += weight;
            if below >= share * total {
                return *value;
            }
        }
        values.last().map_or(0.0, |(value, _)| *value)
    };
    Estimate {
        low: at(0.05),
        middle: at(0.5),
        high: at(0.95),
    }
}

#[cfg(test)]
mod tests;
