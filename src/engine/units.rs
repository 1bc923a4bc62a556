//! Physical and raster units, and the only conversions between them.
//!
//! Every value is finite by construction; [`Dpi`] is positive as well.

use serde::{Deserialize, Serialize};

/// Millimetres in an inch, exactly.
pub const MM_PER_INCH: f64 = 25.4;

/// Sides of a page at least, millimetres: A5 across, less what a scanner cuts. What is smaller is a slip, or a cutting of a page or of a seal:
/// it has no letterhead, and whether the page was bare nobody can tell.
pub const PAGE_MM_MIN: f64 = 140.0;

/// Declares a finite scalar with a unit.
macro_rules! unit {
    ($(#[$doc:meta])* $name:ident, $valid:expr) => {
        $(#[$doc])*
        #[derive(Clone, Copy, Debug, PartialEq, PartialOrd, Serialize, Deserialize)]
        #[serde(try_from = "f64", into = "f64")]
        pub struct $name(f64);

        impl $name {
            /// Wraps a value in this unit; `None` if it is not a legal one.
            #[must_use]
            pub fn new(value: f64) -> Option<Self> {
                let valid: fn(f64) -> bool = $valid;
                valid(value).then_some(Self(value))
            }

            /// The bare number in this unit.
            #[must_use]
            pub const fn get(self) -> f64 {
                self.0
            }
        }

        impl TryFrom<f64> for $name {
            type Error = OutOfRange;

            fn try_from(value: f64) -> Result<Self, OutOfRange> {
                Self::new(value).ok_or(OutOfRange { unit: stringify!($name), value })
            }
        }

        impl From<$name> for f64 {
            fn from(value: $name) -> Self {
                value.0
            }
        }
    };
}

/// A number that its unit does not allow.
#[derive(Clone, Copy, Debug, PartialEq, thiserror::Error)]
#[error("{value} is no legal value in {unit}")]
pub struct OutOfRange {
    unit: &'static str,
    value: f64,
}

unit!(
    /// A length on a raster, in pixels.
    Pixels,
    f64::is_finite
);
unit!(
    /// A length on paper, in millimetres.
    Millimetres,
    f64::is_finite
);
unit!(
    /// An angle in degrees, clockwise positive on a y-down raster.
    Degrees,
    f64::is_finite
);
unit!(
    /// A resolution in pixels per inch: finite and positive.
    Dpi,
    |value| value.is_finite() && value > 0.0
);

impl Pixels {
    /// The length on paper of this many pixels.
    #[must_use]
    pub fn to_millimetres(self, dpi: Dpi) -> Millimetres {
        Millimetres(self.0 * MM_PER_INCH / dpi.0)
    }
}

impl Millimetres {
    /// The length on the raster of this many millimetres.
    #[must_use]
    pub fn to_pixels(self, dpi: Dpi) -> Pixels {
        Pixels(self.0 * dpi.0 / MM_PER_INCH)
    }
}

impl Dpi {
    /// Pixels in a millimetre.
    #[must_use]
    pub fn pixels_per_mm(self) -> f64 {
        self.0 / MM_PER_INCH
    }
}

impl Degrees {
    /// The angle in radians.
    #[must_use]
    pub fn to_radians(self) -> f64 {
        self.0.to_radians()
    }
}

/// The whole number at or below `value`, 0 for anything below it and for what is not a number; at
/// most what 32 bits hold, which is more than any raster has samples.
#[inline]
#[must_use]
#[expect(
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    reason = "a cast from float saturates, which is what is meant"
)]
pub fn floor_index(value: f64) -> usize {
    // To 32 bits first: a cast to 64 takes three times as many instructions.
    value as u32 as usize
}

/// The whole number nearest to `value`.
#[must_use]
#[expect(
    clippy::cast_possible_truncation,
    reason = "a cast from float saturates, which is what is meant"
)]
pub fn round_i32(value: f64) -> i32 {
    value.round() as i32
}

/// The value at single precision.
#[must_use]
#[expect(
    clippy::cast_possible_truncation,
    reason = "rounding to single precision is what is meant"
)]
pub const fn single(value: f64) -> f32 {
    value as f32
}

/// A level from 0 to 255: `share` of 255, rounded, saturated at both ends.
#[inline(always)]
#[must_use]
#[expect(
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    reason = "a cast from float saturates, which is what is meant"
)]
pub fn level(share: f32) -> u8 {
    (share * 255.0 + 0.5) as u8
}

/// A pixel count or coordinate as stored; saturates at the type's end.
#[must_use]
pub fn stored(index: usize) -> u32 {
    u32::try_from(index).unwrap_or(u32::MAX)
}

/// A raster coordinate as a signed one; saturates at the type's end.
#[must_use]
pub fn signed(index: usize) -> i32 {
    i32::try_from(index).unwrap_or(i32::MAX)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_inch_is_as_many_pixels_as_the_resolution_says() {
        let dpi = Dpi::new(300.0).unwrap();
        let length = Millimetres::new(25.4).unwrap().to_pixels(dpi);
        assert!((length.get() - 300.0).abs() < 1e-9);
        assert!((length.to_millimetres(dpi).get() - 25.4).abs() < 1e-12);
    }

    #[test]
    fn values_that_are_not_finite_do_not_enter() {
        assert_eq!(Pixels::new(f64::NAN), None);
        assert_eq!(Dpi::new(0.0), None);
        assert!(serde_json::from_str::<Dpi>("-3.0").is_err());
    }
}
