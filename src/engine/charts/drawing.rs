//! A picture as a list of marks, from which every file format is written alike.
//!
//! Lengths are points, 72 to the inch; the origin is at the top left.

use kurbo::Point;

/// A colour by its red, green and blue.
pub type Colour = [u8; 3];

/// Text, axes and the first of the curves.
pub const BLACK: Colour = [0x1A, 0x1A, 0x1A];
/// Ticks' numbers and remarks: dark enough to be read in print.
pub const GRAY: Colour = [0x55, 0x55, 0x55];
/// The lines of the grid.
pub const PALE: Colour = [0xDD, 0xDD, 0xDD];
/// Behind what the set cannot show.
pub const SHADE: Colour = [0xF0, 0xF0, 0xF0];
/// The paper.
pub const WHITE: Colour = [0xFF, 0xFF, 0xFF];
/// Genuine impressions; told from [`VERMILION`] by every kind of colour vision.
///
/// Source: M. Okabe and K. Ito, Color Universal Design, 2008.
pub const BLUE: Colour = [0x00, 0x72, 0xB2];
/// Forged ones.
pub const VERMILION: Colour = [0xD5, 0x5E, 0x00];

/// Strokes and gaps of a line, in turn; none for a whole one. In black and white print they alone
/// tell curves apart.
pub type Dashes = &'static [f64];

/// A line without gaps.
pub const WHOLE: Dashes = &[];
/// A line of dashes.
pub const DASHED: Dashes = &[7.0, 3.5];
/// A line of dots.
pub const DOTTED: Dashes = &[1.5, 3.0];

/// How a line is drawn.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Pen {
    /// Its colour.
    pub colour: Colour,
    /// Its width.
    pub width: f64,
    /// Its strokes and gaps.
    pub dashes: Dashes,
}

impl Pen {
    /// A whole line.
    #[must_use]
    pub const fn whole(colour: Colour, width: f64) -> Self {
        Self {
            colour,
            width,
            dashes: WHOLE,
        }
    }

    /// A dashed line.
    #[must_use]
    pub const fn dashed(colour: Colour, width: f64) -> Self {
        Self {
            colour,
            width,
            dashes: DASHED,
        }
    }

    /// A dotted line.
    #[must_use]
    pub const fn dotted(colour: Colour, width: f64) -> Self {
        Self {
            colour,
            width,
            dashes: DOTTED,
        }
    }
}

/// Which part of a text stands at its place.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Anchor {
    /// Its begin.
    Start,
    /// Its middle.
    Middle,
    /// Its end.
    End,
}

/// Some words.
#[derive(Clone, Debug, PartialEq)]
pub struct Text {
    /// Where, on the baseline.
    pub at: Point,
    /// The words.
    pub words: String,
    /// Height of the letters, as fonts state it.
    pub size: f64,
    /// Which part of it stands there.
    pub anchor: Anchor,
    /// Whether the letters are bold.
    pub bold: bool,
    /// Whether it reads upwards instead of to the right.
    pub upwards: bool,
    /// Its colour.
    pub colour: Colour,
}

/// One thing drawn.
#[derive(Clone, Debug, PartialEq)]
pub enum Mark {
    /// A line through points.
    Line {
        /// The points.
        points: Vec<Point>,
        /// How it is drawn.
        pen: Pen,
    },
    /// A filled rectangle, by two opposite corners.
    Area {
        /// The corners.
        corners: [Point; 2],
        /// Its colour.
        fill: Colour,
    },
    /// A filled disc with a white rim.
    Disc {
        /// Its middle.
        middle: Point,
        /// Its radius.
        radius: f64,
        /// Its colour.
        fill: Colour,
    },
    /// Some words.
    Text(Text),
}

/// A picture.
#[derive(Clone, Debug, PartialEq)]
pub struct Drawing {
    /// Its width.
    pub width: f64,
    /// Its height.
    pub height: f64,
    /// What it shows, for those who cannot see it.
    pub title: String,
    /// What is drawn, from the bottom up.
    pub marks: Vec<Mark>,
}

impl Drawing {
    /// A sheet of white paper.
    #[must_use]
    pub fn new(width: f64, height: f64, title: &str) -> Self {
        let corners = [Point::ORIGIN, Point::new(width, height)];
        Self {
            width,
            height,
            title: title.to_owned(),
            marks: vec![Mark::Area {
                corners,
                fill: WHITE,
            }],
        }
    }

    /// Draws a line.
    pub fn line(&mut self, points: Vec<Point>, pen: Pen) {
        self.marks.push(Mark::Line { points, pen });
    }

    /// Writes words of a size, starting, centred or ending at a place.
    pub fn text(&mut self, at: Point, (words, size): (&str, f64), anchor: Anchor, colour: Colour) {
        self.marks.push(Mark::Text(Text {
            at,
            words: words.to_owned(),
            size,
            anchor,
            bold: false,
            upwards: false,
            colour,
        }));
    }
}
