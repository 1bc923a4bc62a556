//! The light that ink keeps back, and how much of a pixel ink covers by it.

/// How much of a pixel ink of the density `full` covers where the pixel's density is `od`: 0 to 1, more
/// where ink lies thicker.
///
/// Optics blur light, not density, so it is the light kept back that falls by half at an edge: by density
/// a dark line would seem wider than a pale one, and the more so the blurrier the scan (measured on
/// drawn and on foreign impressions: a third of the noise of a line's width).
#[inline(always)]
pub(super) fn covered(od: f32, full: f32) -> f32 {
    (1.0 - let_through(od)) / (1.0 - let_through(full))
}

/// The light that a density lets through, to single precision: in lines, where a call would cost more.
#[inline(always)]
fn let_through(od: f32) -> f32 {
    // Added to a number far below it, leaves the nearest whole number in its last bits.
    const WHOLE: f32 = 12_582_912.0;
    let halvings = od.min(30.0) * std::f32::consts::LOG2_10;
    let shifted = halvings + WHOLE;
    let rest = (shifted - WHOLE - halvings) * std::f32::consts::LN_2;
    let series = [1.0 / 120.0, 1.0 / 24.0, 1.0 / 6.0, 0.5, 1.0, 1.0];
    let power = series
        .into_iter()
        .fold(1.0 / 720.0, |sum, term| sum * rest + term);
    let whole = shifted.to_bits().wrapping_sub(WHOLE.to_bits());
    power * f32::from_bits(127_u32.wrapping_sub(whole) << 23)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn light_falls_by_a_power_of_ten_a_density() {
        for step in 0..3000_u16 {
            let od = f32::from(step) / 1000.0;
            let exact = libm::powf(10.0, -od);
            let off = (let_through(od) - exact).abs() / exact;
            assert!(off < 1e-6, "{od}: {off}");
        }
    }

    #[test]
    fn an_edge_lies_where_half_the_light_is_kept_back() {
        // Paper lets all through, full ink of this density a fifth: halfway are six tenths.
        let (full, half) = (-libm::log10f(0.2), -libm::log10f(0.6));
        assert!((covered(half, full) - 0.5).abs() < 1e-6);
        assert!(covered(0.0, full).abs() < 1e-6);
    }
}
