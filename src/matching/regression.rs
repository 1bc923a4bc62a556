//! Robust Bayesian regression: which of two explanations of measured shifts the data support, and
//! by how much.
//!
//! Values are a linear sum of columns with Gaussian priors, plus noise. The noise of each part is
//! Student-distributed around its own variance, and one common factor makes a bad impression's
//! noise larger everywhere, so that neither a smudged letter nor a poor stamping speaks for another
//! die. Explanations are compared by the Laplace approximation of their log evidence (Tierney
//! and Kadane 1986); the modes are found by expectation maximisation over the Student weights (Lange,
//! Little and Taylor 1989).

use nalgebra::DMatrix;
use nalgebra::DVector;

/// Degrees of freedom of a part's noise.
const PART_FREEDOM: f64 = 3.0;
/// Weight of the prior, in values, that holds the common factor of the noise near one.
const SCALE_PRIOR: f64 = 4.0;
/// Rounds of expectation maximisation from nothing, and from a neighbouring explanation.
const ROUNDS: usize = 5;
const ROUNDS_AGAIN: usize = 3;

/// Measured values, their variances, and the columns that any impression of the die may need.
#[derive(Clone, Debug)]
pub(super) struct Regression {
    values: Vec<f64>,
    variances: Vec<f64>,
    /// The part that each value belongs to; a part's values share one weight.
    parts: Vec<usize>,
    /// How many values each part has.
    sizes: Vec<f64>,
    /// One row a value, columns multiplied by their prior standard deviations.
    rows: Vec<f64>,
    deviations: Vec<f64>,
    width: usize,
}

/// Columns added by an explanation, with the standard deviation of their amounts.
#[derive(Clone, Debug)]
pub(super) struct Column {
    /// The column, one entry a value.
    pub entries: Vec<f64>,
    /// Prior standard deviation of its amount.
    pub deviation: f64,
}

/// An explanation fitted.
#[derive(Clone, Debug)]
pub(super) struct Fit {
    /// Natural log of the evidence, up to what all explanations of the same values share.
    pub evidence: f64,
    /// Amounts of the columns that any impression may need.
    pub common: Vec<f64>,
    /// Amounts of the added columns.
    pub amounts: Vec<f64>,
    /// Standard deviations of the amounts, in the same order.
    pub deviations: Vec<f64>,
    /// Weight of each value, 0 to about 2.
    weights: Vec<f64>,
    /// Common factor of the variances.
    pub scale: f64,
    factor: DMatrix<f64>,
    half: DVector<f64>,
}

impl Regression {
    /// `rows` is row by row, one entry a column; `deviations` are the columns' prior standard deviations.
    ///
    /// # Panics
    /// If the lengths do not agree.
    pub(super) fn new(
        values: Vec<f64>,
        variances: Vec<f64>,
        parts: Vec<usize>,
        mut rows: Vec<f64>,
        deviations: &[f64],
    ) -> Self {
        let width = deviations.len();
        assert_eq!(rows.len(), values.len() * width, "one row a value");
        assert_eq!(values.len(), variances.len(), "one variance a value");
        assert_eq!(values.len(), parts.len(), "one part a value");
        for row in rows.chunks_exact_mut(width) {
            for (entry, deviation) in row.iter_mut().zip(deviations) {
                *entry *= deviation;
            }
        }
        let count = parts.iter().max().map_or(0, |&last| last + 1);
        let mut sizes = vec![0.0; count];
        for &part in &parts {
            sizes[part] += 1.0;
        }
        Self {
            values,
            variances,
            parts,
            sizes,
            rows,
            deviations: deviations.to_vec(),
            width,
        }
    }

    /// The impression explained by the registered die alone; `None` if the system is singular.
    pub(super) fn base(&self) -> Option<Fit> {
        let weights = vec![1.0; self.values.len()];
        self.climb(&[], &self.variances, (weights, 1.0), ROUNDS)
    }

    /// The impression explained with more noise on some values.
    pub(super) fn noisier(&self, base: &Fit, extra: &[f64]) -> Option<Fit> {
        let variances: Vec<f64> = self
            .variances
            .iter()
            .zip(extra)
            .map(|(variance, extra)| variance + extra)
            .collect();
        let start = (base.weights.clone(), base.scale);
        self.climb(&[], &variances, start, ROUNDS_AGAIN)
    }

    /// The impression explained with more columns.
    pub(super) fn with(&self, base: &Fit, columns: &[Column]) -> Option<Fit> {
        let start = (base.weights.clone(), base.scale);
        self.climb(columns, &self.variances, start, ROUNDS_AGAIN)
    }

    /// What more columns add to the evidence while weights and noise stay those of the base: cheap,
    /// and low where a part that they explain had lost its weight.
    pub(super) fn glance(&self, base: &Fit, columns: &[Column]) -> Option<f64> {
        let count = columns.len();
        let width = self.width;
        // Base columns against added ones, added ones against each other and against the values.
        let mut cross = DMatrix::<f64>::zeros(width, count);
        let mut square = DMatrix::<f64>::identity(count, count);
        let mut right = DVector::<f64>::zeros(count);
        let rows = self.rows.chunks_exact(width);
        for (i, row) in rows.enumerate() {
            if columns.iter().all(|column| column.entries[i] == 0.0) {
                continue;
            }
            let weight = base.weights[i] / (self.variances[i] * base.scale);
            for (a, column) in columns.iter().enumerate() {
                let entry = weight * column.entries[i] * column.deviation;
                right[a] += entry * self.values[i];
                for (sum, own) in cross.column_mut(a).iter_mut().zip(row) {
                    *sum += entry * own;
                }
                for (b, other) in columns.iter().enumerate() {
                    square[(a, b)] += entry * other.entries[i] * other.deviation;
                }
            }
        }
        let solved = base.factor.solve_lower_triangular(&cross)?;
        let reduced = square - solved.transpose() * &solved;
        let right = right - solved.transpose() * &base.half;
        let factor = reduced.cholesky()?;
        let log_det: f64 = factor
            .l_dirty()
            .diagonal()
            .iter()
            .map(|d| libm::log(*d))
            .sum();
        Some(0.5 * right.dot(&factor.solve(&right)) - log_det)
    }

    /// Finds the mode and its evidence.
    fn climb(
        &self,
        columns: &[Column],
        variances: &[f64],
        (mut weights, mut scale): (Vec<f64>, f64),
        rounds: usize,
    ) -> Option<Fit> {
        let (rows, width) = self.widened(columns);
        let mut found = None;
        let mut squares = vec![0.0; self.values.len()];
        for _ in 0..rounds {
            let (factor, half) =
                self.system(&rows, width, |i| weights[i] / (variances[i] * scale))?;
            let scaled = factor.tr_solve_lower_triangular(&half)?;
            for ((square, row), i) in squares.iter_mut().zip(rows.chunks_exact(width)).zip(0..) {
                let predicted: f64 = row.iter().zip(&scaled).map(|(a, b)| a * b).sum();
                let miss = self.values[i] - predicted;
                *square = miss * miss / variances[i];
            }
            let by_part = self.by_part(&squares);
            for (weight, &part) in weights.iter_mut().zip(&self.parts) {
                let size = self.sizes[part];
                *weight = (PART_FREEDOM + size) / (PART_FREEDOM + by_part[part] / scale);
            }
            let weighted: f64 = weights.iter().zip(&squares).map(|(w, s)| w * s).sum();
            scale = (SCALE_PRIOR + weighted) / (SCALE_PRIOR + self.values.len() as f64);
            found = Some((factor, half, scaled));
        }
        let (factor, half, scaled) = found?;
        let fit = self.likelihood(&squares, variances, scale);
        let log_det: f64 = factor.diagonal().iter().map(|d| libm::log(*d)).sum();
        let evidence = fit - 0.5 * scaled.norm_squared() - log_det;
        let (amounts, deviations) = self.amounts(&factor, &scaled, columns);
        let common = scaled.iter().zip(&self.deviations);
        Some(Fit {
            evidence,
            common: common.map(|(amount, own)| amount * own).collect(),
            amounts,
            deviations,
            weights,
            scale,
            factor,
            half,
        })
    }

    /// Rows with the added columns behind, and their width.
    fn widened(&self, columns: &[Column]) -> (Vec<f64>, usize) {
        if columns.is_empty() {
            return (self.rows.clone(), self.width);
        }
        let width = self.width + columns.len();
        let mut rows = Vec::with_capacity(self.values.len() * width);
        for (i, row) in self.rows.chunks_exact(self.width).enumerate() {
            rows.extend_from_slice(row);
            rows.extend(columns.iter().map(|c| c.entries[i] * c.deviation));
        }
        (rows, width)
    }

    /// Cholesky factor of the normal matrix, and the right side divided by it.
    fn system(
        &self,
        rows: &[f64],
        width: usize,
        weight: impl Fn(usize) -> f64,
    ) -> Option<(DMatrix<f64>, DVector<f64>)> {
        let mut normal = DMatrix::<f64>::identity(width, width);
        let mut right = DVector::<f64>::zeros(width);
        for (i, row) in rows.chunks_exact(width).enumerate() {
            let weight = weight(i);
            for (k, &entry) in row.iter().enumerate() {
                let entry = entry * weight;
                right[k] += entry * self.values[i];
                // Lower triangle, column by column: contiguous.
                let column = &mut normal.as_mut_slice()[k * width + k..(k + 1) * width];
                for (sum, other) in column.iter_mut().zip(&row[k..]) {
                    *sum += entry * other;
                }
            }
        }
        let factor = normal.cholesky()?.unpack();
        let half = factor.solve_lower_triangular(&right)?;
        Some((factor, half))
    }

    fn by_part(&self, squares: &[f64]) -> Vec<f64> {
        let mut sums = vec![0.0; self.sizes.len()];
        for (&part, square) in self.parts.iter().zip(squares) {
            sums[part] += square;
        }
        sums
    }

    /// Log of the Student densities of all parts, and of the prior of the noise's common factor.
    fn likelihood(&self, squares: &[f64], variances: &[f64], scale: f64) -> f64 {
        let by_part = self.by_part(squares);
        let tails: f64 = by_part
            .iter()
            .zip(&self.sizes)
            .filter(|(_, size)| **size > 0.0)
            .map(|(sum, size)| {
                0.5 * (PART_FREEDOM + size) * libm::log1p(sum / scale / PART_FREEDOM)
            })
            .sum();
        let widths: f64 = variances
            .iter()
            .map(|variance| 0.5 * libm::log(variance * scale))
            .sum();
        -tails - widths - 0.5 * SCALE_PRIOR * (libm::log(scale) + 1.0 / scale)
    }

    /// Amounts and their standard deviations in the columns' own units: of the added columns only.
    fn amounts(
        &self,
        factor: &DMatrix<f64>,
        scaled: &DVector<f64>,
        columns: &[Column],
    ) -> (Vec<f64>, Vec<f64>) {
        let mut deviations = Vec::with_capacity(columns.len());
        for (k, column) in columns.iter().enumerate() {
            let mut unit = DVector::<f64>::zeros(scaled.len());
            unit[self.width + k] = 1.0;
            let spread = factor
                .solve_lower_triangular(&unit)
                .map_or(0.0, |solved| solved.norm());
            deviations.push(column.deviation * spread);
        }
        let added = scaled.iter().skip(self.width).zip(columns);
        let amounts = added.map(|(amount, column)| amount * column.deviation);
        (amounts.collect(), deviations)
    }
}

#[cfg(test)]
mod tests {
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
            vec![1.0; 30],
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
    fn a_column_that_explains_the_values_gains_evidence_and_its_amount_is_found() {
        let regression = line(0.2, 0.01);
        let base = regression.base().unwrap();
        let fit = regression.with(&base, &[slope_column()]).unwrap();
        assert!(fit.evidence > base.evidence + 10.0, "{}", fit.evidence);
        assert!((fit.amounts[0] - 0.2).abs() < 0.01, "{:?}", fit.amounts);
        assert!(fit.deviations[0] < 0.02, "{:?}", fit.deviations);
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
        assert!(noisier.evidence > base.evidence, "{}", noisier.evidence);
        let calm = line(0.0, 0.01);
        let base = calm.base().unwrap();
        let noisier = calm.noisier(&base, &extra).unwrap();
        assert!(noisier.evidence < base.evidence, "{}", noisier.evidence);
    }
}
