//! Classes of comparisons that calibration keeps apart, from all of them down to one kind of scan of
//! one inking against so many specimens.
//!
//! Each class lies within the one above it: all, then what the pixels can tell, then the inking, then the
//! number of specimens, then the resolution. What little a class shows by itself is drawn towards the
//! class above. Chosen, of eight orders, among those of least cost over the calibration seals, six folds.

use serde::{Deserialize, Serialize};

use crate::imaging::ColourMode;
use crate::units::Dpi;

/// A class; a field that is `None` is not kept apart, and then none after it is.
#[derive(
    Clone, Copy, Debug, Default, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize,
)]
#[serde(deny_unknown_fields)]
pub struct Class {
    /// What the pixels can tell.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub mode: Option<ColourMode>,
    /// How well the impression was inked.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub inking: Option<Inking>,
    /// With how many specimens the seal was enrolled.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub specimens: Option<Enrolment>,
    /// How finely the page was scanned.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub resolution: Option<Resolution>,
}

/// How finely a page was scanned: the usual settings of scanners, halved between.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Resolution {
    /// Below 175 dpi.
    Coarse,
    /// From 175 to 250 dpi.
    Medium,
    /// From 250 dpi.
    Fine,
}

/// How many specimens a seal was enrolled with.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Enrolment {
    /// One.
    One,
    /// Two.
    Two,
    /// Three or more.
    Several,
}

/// How well an impression was inked.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Inking {
    /// As offices ink.
    Normal,
    /// With much of the drawing missing.
    Light,
}

/// Share of the drawing that is missing from which an impression is a light one. Measured on drawn
/// seals: of those inked as usual, one in twenty lacks more.
const LIGHT_MISSING_MIN: f64 = 0.25;

impl Class {
    /// The classes of a comparison, the widest first; without a resolution it has none of the narrowest.
    #[must_use]
    pub fn path(mode: ColourMode, dpi: Option<Dpi>, specimens: u32, missing_ink: f64) -> Vec<Self> {
        let all = Self::default();
        let of_mode = Self {
            mode: Some(mode),
            ..all
        };
        let of_inking = Self {
            inking: Some(Inking::of(missing_ink)),
            ..of_mode
        };
        let of_enrolment = Self {
            specimens: Some(Enrolment::of(specimens)),
            ..of_inking
        };
        let of_resolution = dpi.map(|dpi| Self {
            resolution: Some(Resolution::of(dpi)),
            ..of_enrolment
        });
        let wider = [all, of_mode, of_inking, of_enrolment];
        wider.into_iter().chain(of_resolution).collect()
    }

    /// The class above; `None` above all.
    #[must_use]
    pub fn parent(self) -> Option<Self> {
        let mut wider = self;
        let narrowest = wider.resolution.take().is_some()
            || wider.specimens.take().is_some()
            || wider.inking.take().is_some()
            || wider.mode.take().is_some();
        narrowest.then_some(wider)
    }
}

impl Resolution {
    fn of(dpi: Dpi) -> Self {
        match dpi.get() {
            dpi if dpi < 175.0 => Self::Coarse,
            dpi if dpi < 250.0 => Self::Medium,
            _ => Self::Fine,
        }
    }
}

impl Enrolment {
    const fn of(specimens: u32) -> Self {
        match specimens {
            0 | 1 => Self::One,
            2 => Self::Two,
            _ => Self::Several,
        }
    }
}

impl Inking {
    fn of(missing_ink: f64) -> Self {
        if missing_ink < LIGHT_MISSING_MIN {
            Self::Normal
        } else {
            Self::Light
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_class_of_a_path_lies_within_the_one_before() {
        let path = Class::path(ColourMode::Gray, Dpi::new(200.0), 3, 0.5);
        let above: Vec<Option<Class>> = path.iter().map(|class| class.parent()).collect();
        let before: Vec<Option<Class>> = std::iter::once(None)
            .chain(path.iter().copied().map(Some))
            .take(path.len())
            .collect();
        assert_eq!(above, before);
        assert_eq!(path[2].inking, Some(Inking::Light));
        assert_eq!(path[4].resolution, Some(Resolution::Medium));
    }

    #[test]
    fn a_scan_without_a_resolution_has_none_of_the_narrowest_classes() {
        let path = Class::path(ColourMode::Gray, None, 3, 0.1);
        assert_eq!(path.len(), 4);
        assert!(path.iter().all(|class| class.resolution.is_none()));
    }
}
