//! Numbers as they stand in a report.

/// Positions in pixels: a tenth of a pixel.
pub(crate) const PIXEL_DIGITS: i32 = 1;
/// Lengths in millimetres, and their uncertainty: a thousandth, far below any scanner's own error.
pub(crate) const MM_DIGITS: i32 = 3;
/// Variances in square millimetres: far below that of any length that a scan shows.
pub(crate) const MM2_DIGITS: i32 = 8;
/// Angles in degrees.
pub(crate) const DEGREE_DIGITS: i32 = 2;
/// Shares and ratios.
pub(crate) const SHARE_DIGITS: i32 = 4;
/// Likelihood ratios, in powers of ten.
pub(crate) const LR_DIGITS: i32 = 2;
/// Evidence of any unit.
pub(crate) const EVIDENCE_DIGITS: i32 = 4;

/// `value` to `digits` decimal places; `None` if it is not finite.
pub(crate) fn finite(value: f64, digits: i32) -> Option<f64> {
    value.is_finite().then(|| rounded(value, digits))
}

/// `value` to `digits` decimal places, without a negative zero; 0 stands for what is not finite,
/// which no comparison yields.
pub(crate) fn rounded(value: f64, digits: i32) -> f64 {
    debug_assert!(value.is_finite(), "a report holds finite numbers");
    let scale = 10_f64.powi(digits);
    let result = (value * scale).round() / scale;
    if result.is_finite() {
        result + 0.0
    } else {
        0.0
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_keep_their_digits_and_never_read_minus_zero() {
        assert_eq!(rounded(35.123_456, 3).to_string(), "35.123");
        assert_eq!(rounded(-0.000_01, 3).to_string(), "0");
        assert_eq!(finite(f64::NAN, 3), None);
    }
}
