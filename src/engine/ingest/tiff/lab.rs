//! Pictures in the CIE's L*a*b* of 1976, as some scanners write them (TIFF 6.0, section 23).

/// The D50 white of L*a*b* in print and scanning (ICC.1, 6.3.4.3).
const WHITE: [f64; 3] = [0.9642, 1.0, 0.8249];

/// XYZ at D50 to linear sRGB, adapted by Bradford's method (IEC 61966-2-1 with ICC.1, annex E).
const RGB_FROM_XYZ: [[f64; 3]; 3] = [
    [3.133_856_1, -1.616_866_7, -0.490_614_6],
    [-0.978_768_4, 1.916_141_5, 0.033_454_0],
    [0.071_945_3, -0.228_991_4, 1.405_242_7],
];

/// Steps of linear light for which sRGB's curve is kept: fine enough for the steepest part of it, in
/// which a step of a sample is 1/3295 of the range.
const CURVE_STEPS: usize = 8192;

/// How a* and b* are stored.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Lab {
    /// As signed bytes: the CIE's kind.
    Signed,
    /// With 128 added: the ICC's kind.
    Offset,
}

/// Converts stored L*a*b* to sRGB.
pub(super) fn converter(stored: Lab) -> impl Fn([u8; 3]) -> [u8; 3] {
    let curve: Vec<u8> = (0..=CURVE_STEPS).map(|step| encoded(share(step))).collect();
    move |[lightness, a, b]| {
        let centred = |sample: u8| match stored {
            Lab::Signed => f64::from(sample.cast_signed()),
            Lab::Offset => f64::from(sample) - 128.0,
        };
        let y = (f64::from(lightness) * 100.0 / 255.0 + 16.0) / 116.0;
        let xyz = [y + centred(a) / 500.0, y, y - centred(b) / 200.0];
        let [x, y, z] = [0, 1, 2].map(|axis| WHITE[axis] * uncurved(xyz[axis]));
        RGB_FROM_XYZ.map(|row| curve[step(row[0] * x + row[1] * y + row[2] * z)])
    }
}

/// The inverse of the CIE's cube-root curve.
fn uncurved(value: f64) -> f64 {
    const KNEE: f64 = 6.0 / 29.0;
    if value > KNEE {
        value * value * value
    } else {
        3.0 * KNEE * KNEE * (value - 4.0 / 29.0)
    }
}

/// sRGB's curve (IEC 61966-2-1), to a sample.
fn encoded(linear: f64) -> u8 {
    let value = if linear <= 0.003_130_8 {
        12.92 * linear
    } else {
        1.055 * libm::pow(linear, 1.0 / 2.4) - 0.055
    };
    to_sample((value * 255.0).round().clamp(0.0, 255.0))
}

#[expect(
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    reason = "rounded and clamped to a sample by the caller"
)]
fn to_sample(value: f64) -> u8 {
    value as u8
}

#[expect(clippy::cast_precision_loss, reason = "a small table's index")]
fn share(step: usize) -> f64 {
    step as f64 / CURVE_STEPS as f64
}

#[expect(
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    clippy::cast_precision_loss,
    reason = "clamped to the table"
)]
fn step(linear: f64) -> usize {
    (linear.clamp(0.0, 1.0) * CURVE_STEPS as f64).round() as usize
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn neutral_lightness_is_gray_and_a_red_seal_is_red() {
        let signed = converter(Lab::Signed);
        assert_eq!(signed([255, 0, 0]), [255; 3]);
        assert_eq!(signed([0, 0, 0]), [0; 3]);
        let [r, g, b] = signed([128, 0, 0]);
        assert!(r.abs_diff(g) <= 1 && g.abs_diff(b) <= 1, "{r} {g} {b}");
        // L* 50.2 is sRGB 119.6 (IEC 61966-2-1 and CIE 15).
        assert!(g.abs_diff(120) <= 1, "{g}");
        // sRGB (255, 0, 0) is L* 54.3, a* 80.8, b* 69.9 at D50.
        let [r, g, b] = signed([138, 81, 70]);
        assert!(r >= 253 && g <= 8 && b <= 8, "{r} {g} {b}");
    }

    #[test]
    fn the_two_ways_of_storing_say_the_same() {
        let (signed, offset) = (converter(Lab::Signed), converter(Lab::Offset));
        for sample in 0..=255_u8 {
            let moved = sample.wrapping_add(128);
            assert_eq!(signed([150, sample, 9]), offset([150, moved, 137]));
        }
    }
}
