//! Page to impressions: candidates by ink and by geometry, each with its ink kept apart from text.

mod content;
mod cut;
mod edges;
mod ellipse;
mod evidence;
mod figure;
mod finds;
mod frames;
pub(crate) mod inks;
mod inspect;
mod isolate;
mod judge;
mod light;
mod likeness;
mod objections;
mod outline;
mod paper;
mod printed;
mod regions;
mod rings;
mod search;
mod sides;
mod tables;
mod unframed;
mod votes;

pub use edges::Edge;
pub use edges::STRIPS_MAX;
pub use edges::Strip;
pub use edges::strips;
pub use figure::Figure;
pub use figure::Sought;
pub use outline::Outline;
pub use paper::Hue;
pub use paper::Work;
pub use paper::prepare;
pub use search::REJECTED_MAX;
pub use search::extract;
pub use search::seek;
pub use search::seek_on;

use serde::{Deserialize, Serialize};

use crate::geometry::PixelRect;
#[cfg(test)]
use crate::geometry::Point;
use crate::imaging::{ColourMode, Gray};
use crate::units::Dpi;

/// Difference of an ellipse's axes over their mean below which it is a circle that a scan or a hand squeezed, and its axis tells no turn: the
/// narrowest registered oval differs by a fifth.
pub const ROUND_MAX: f64 = 0.09;

/// The outline family of a seal.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Shape {
    /// A circle.
    Round,
    /// An ellipse.
    Oval,
    /// A rectangle or square.
    Rectangle,
    /// A triangle.
    Triangle,
    /// Anything else: a stamp without outline, with the box around its ink for one.
    Other,
}

/// The colour of a seal's ink.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum InkColour {
    /// Red, the colour that the law of Vietnam and China asks of official seals.
    Red,
    /// Blue.
    Blue,
    /// Black or gray, seen on a colour scan.
    Black,
    /// Violet.
    Violet,
    /// Another hue.
    Other,
    /// The scan cannot tell.
    Unknown,
}

impl InkColour {
    /// Whether it is one that black print is not.
    #[must_use]
    pub const fn is_bright(self) -> bool {
        match self {
            Self::Red | Self::Blue | Self::Violet | Self::Other => true,
            Self::Black | Self::Unknown => false,
        }
    }
}

/// The three layers of one impression, at the page's own resolution.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Layers {
    /// Page pixels of the crop's top-left corner; may be negative where the page cuts the seal.
    pub origin: (i32, i32),
    /// The seal's ink, 0 none to 255 full.
    pub ink: Gray,
    /// Text, signature and other marks, 0 none to 255 full.
    pub text: Gray,
    /// Where the ink layer can be trusted, 0 (hidden) to 255.
    pub validity: Gray,
}

/// One stamped mark found on a page.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Impression {
    /// Bounding box of the outline, clipped to the page.
    pub bbox: PixelRect,
    /// The outline as found.
    pub outline: Outline,
    /// Colour of the ink.
    pub colour: InkColour,
    /// Whether ink could be told from text and signature.
    pub separable: bool,
    /// What the scan's pixels can tell.
    pub mode: ColourMode,
    /// The page's resolution, where known.
    pub dpi: Option<Dpi>,
    /// Ink, text and validity.
    pub layers: Layers,
}

#[cfg(test)]
impl Impression {
    /// A round one of 36 by 36 pixels without ink, all of it seen, to make others of.
    pub(crate) fn bare(mode: ColourMode) -> Self {
        let layer = |value| Gray::filled(40, 40, value);
        Self {
            bbox: PixelRect {
                x: 0,
                y: 0,
                width: 40,
                height: 40,
            },
            outline: Outline {
                shape: Shape::Round,
                centre: Point::new(20.0, 20.0),
                half_width: 18.0,
                half_height: 18.0,
                axis_degrees: 0.0,
            },
            colour: InkColour::Red,
            separable: mode == ColourMode::Colour,
            mode,
            dpi: Dpi::new(300.0),
            layers: Layers {
                origin: (0, 0),
                ink: layer(0),
                text: layer(0),
                validity: layer(255),
            },
        }
    }

    /// Two lines of letters of their own pattern, 30 by 12 mm at 254 dpi, without an outline of their own.
    pub(crate) fn lettered(pattern: usize, shape: Shape) -> Self {
        let mut ink = Gray::filled(340, 160, 0);
        for y in 0..120 {
            for x in 0..300 {
                let (column, row) = (x / 30, y / 60);
                let (u, v) = (x % 30 / 8, y % 60 / 8);
                let bit = ((column * 31 + row * 17 + pattern) * 2_654_435_761) >> (3 + v * 3 + u);
                if u < 3 && v < 5 && bit & 1 == 1 {
                    ink.row_mut(y + 20)[x + 20] = 255;
                }
            }
        }
        Self {
            bbox: PixelRect {
                x: 20,
                y: 20,
                width: 300,
                height: 120,
            },
            outline: Outline {
                shape,
                centre: Point::new(170.0, 80.0),
                half_width: 150.0,
                half_height: 60.0,
                axis_degrees: 0.0,
            },
            dpi: Dpi::new(254.0),
            layers: Layers {
                origin: (0, 0),
                text: ink.map(|_| 0),
                validity: ink.map(|_| 255),
                ink,
            },
            ..Self::bare(ColourMode::Colour)
        }
    }
}

/// Why a candidate is no seal.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Rejection {
    /// Too little of the outline bears ink.
    OutlineIncomplete {
        /// Share of the outline that bears ink.
        coverage: f64,
    },
    /// Smaller or larger than any seal.
    Size {
        /// Width in millimetres.
        width_mm: f64,
        /// Height in millimetres.
        height_mm: f64,
    },
    /// Nothing that looks like text or a motif stands inside.
    Empty {
        /// Share of the inside that bears ink.
        coverage: f64,
    },
    /// A filled area rather than a drawing.
    Filled {
        /// Share of the inside that bears ink.
        coverage: f64,
    },
    /// Part of a table, or a ruled box.
    Table,
    /// No closed outline: a heading, a line of text, a signature.
    NoOutline,
    /// Print that looks like a seal: a logo in the letterhead, letters of a heading.
    Printed,
}

/// A candidate that was looked at and left.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct Rejected {
    /// Where it stands, in page pixels.
    pub bbox: PixelRect,
    /// Why it is no seal.
    pub why: Rejection,
}

/// What was found on one page.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Extraction {
    /// Impressions, top to bottom, then left to right.
    pub impressions: Vec<Impression>,
    /// Positions of the impressions whose outline was not found, but proposed by a registered seal's drawing.
    pub likened: Vec<usize>,
    /// Candidates that are no seal, with the reason.
    pub rejected: Vec<Rejected>,
}
