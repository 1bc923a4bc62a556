//! Places to look at, drawn on an overlay: circles around points and lines along the outline, each with the number of what
//! was measured there.
//!
//! What speaks for the registered die is broken and green, what speaks against it whole and violet, so that they are told
//! apart in print without colours too.

use crate::extraction::Outline;
use crate::geometry::Point;
use crate::geometry::Vec2;
use crate::report::picture::Frame;
use crate::units::floor_index;

/// What is measured at a place speaks for another die or for damage: violet.
pub(super) const AGAINST: [f64; 3] = [0.48, 0.12, 0.64];
/// It speaks for the registered die: green.
pub(super) const FOR: [f64; 3] = [0.0, 0.47, 0.24];
/// What numbers stand on.
const PAPER: [f64; 3] = [1.0, 1.0, 1.0];

/// Radius of circles and width of all lines, as shares of the picture's half side.
pub(super) const CIRCLE: (f64, f64) = (0.07, 0.012);
/// How much wider circles of what speaks for the die are: both are seen where they have one middle.
const WIDER: f64 = 0.02;
/// Breaks of a circle and of a line around the whole picture, and the drawn share of each.
const BREAKS: (f64, f64) = (14.0, 72.0);
const DRAWN: f64 = 0.62;

/// What is measured at a place speaks for this.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Speaks {
    /// The registered die.
    For,
    /// Another die, or damage.
    Against,
}

/// How a place is shown.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Form {
    /// By a circle around a point of the page.
    Around(Point),
    /// By a line along the outline.
    Along {
        /// At this share of the way from the centre to the outer edge.
        share: f64,
        /// Where its number stands, radians from the page's right, clockwise.
        direction: f64,
    },
}

/// A place to look at.
#[derive(Clone, Debug, PartialEq)]
pub struct Place {
    /// Numbers of what was measured there, as the report lists it; none of damage.
    pub numbers: Vec<usize>,
    /// What it speaks for.
    pub speaks: Speaks,
    /// How it is shown.
    pub form: Form,
}

const fn colour(speaks: Speaks) -> [f64; 3] {
    match speaks {
        Speaks::For => FOR,
        Speaks::Against => AGAINST,
    }
}

/// Tells the colour of places at a position of a picture, from -1 to 1 across and down; nothing where there is none.
pub(super) fn painter(
    places: &[Place],
    frame: Frame,
    outline: &Outline,
) -> impl Fn(f64, f64) -> Option<[f64; 3]> + use<> {
    let (mut circles, mut lines, mut labels) = (Vec::new(), Vec::new(), Vec::new());
    for place in places {
        let number = match place.form {
            Form::Around(point) => {
                let middle = on_picture(point, frame);
                circles.push((middle, place.speaks));
                beside(middle, place.speaks)
            }
            Form::Along { share, direction } => {
                lines.push((share, place.speaks));
                let at = on_picture(outline.point(share, direction), frame);
                // Outside, so that no ink of the border is hidden.
                let outwards = if share > 1.0 { 0.055 } else { 0.0 };
                at + Vec2::new(libm::cos(direction), libm::sin(direction)) * outwards
            }
        };
        labels.extend(Label::new(&place.numbers, number, place.speaks));
    }
    let reader = outline.reader();
    move |x, y| {
        let at = Point::new(x, y);
        let label = labels.iter().find_map(|label| label.colour(at));
        let circle = || {
            let on = circles
                .iter()
                .find(|(middle, speaks)| on_circle(at - *middle, *speaks));
            on.map(|(_, speaks)| colour(*speaks))
        };
        let line = || {
            if lines.is_empty() {
                return None;
            }
            let page = frame.page(x, y);
            let (distance, edge) = reader(page);
            let turn = turn(page - frame.centre);
            let on = lines.iter().find(|(share, speaks)| {
                let off = (distance - share * edge).abs() / frame.reach;
                off < 0.5 * CIRCLE.1 && is_drawn(*speaks, turn * BREAKS.1)
            });
            on.map(|(_, speaks)| colour(*speaks))
        };
        label.or_else(circle).or_else(line)
    }
}

/// Whether a place off a circle's middle lies on the circle.
fn on_circle(arm: Vec2, speaks: Speaks) -> bool {
    let radius = match speaks {
        Speaks::For => CIRCLE.0 + WIDER,
        Speaks::Against => CIRCLE.0,
    };
    (arm.hypot() - radius).abs() < 0.5 * CIRCLE.1 && is_drawn(speaks, turn(arm) * BREAKS.0)
}

/// Direction of a vector as a share of a whole turn, 0 to 1.
fn turn(arm: Vec2) -> f64 {
    libm::atan2(arm.y, arm.x) / std::f64::consts::TAU + 0.5
}

/// Whether a line is drawn after so many breaks.
fn is_drawn(speaks: Speaks, breaks: f64) -> bool {
    match speaks {
        Speaks::For => breaks - breaks.floor() < DRAWN,
        Speaks::Against => true,
    }
}

/// Where a point of the page stands on the picture.
fn on_picture(point: Point, frame: Frame) -> Point {
    ((point - frame.centre) / frame.reach).to_point()
}

/// Where the number of a circle stands: of what speaks for the die on its left, else on its right, but within the picture.
fn beside(middle: Point, speaks: Speaks) -> Point {
    let reach = CIRCLE.0 + 0.05;
    let side = match speaks {
        Speaks::For if middle.x > -0.75 => -reach,
        Speaks::Against if middle.x > 0.75 => -reach,
        Speaks::For | Speaks::Against => reach,
    };
    middle + Vec2::new(side, -CIRCLE.0)
}

/// Side of a cell of a digit, as a share of the picture's half side; columns and rows of a digit.
const CELL: f64 = 1.0 / 60.0;
const COLUMNS: usize = 3;
const ROWS: usize = 5;
/// The digits by their rows, from the top: a bit a column, the left one highest.
const DIGITS: [[u8; ROWS]; 10] = [
    [7, 5, 5, 5, 7],
    [2, 6, 2, 2, 7],
    [7, 1, 7, 4, 7],
    [7, 1, 7, 1, 7],
    [5, 5, 7, 1, 1],
    [7, 4, 7, 1, 7],
    [7, 4, 7, 5, 7],
    [7, 1, 2, 2, 2],
    [7, 5, 7, 5, 7],
    [7, 5, 7, 1, 7],
];

/// Numbers on a picture.
struct Label {
    /// Digits, and blanks between numbers.
    text: String,
    /// The left upper corner.
    corner: Point,
    /// Width in cells.
    cells: f64,
    speaks: Speaks,
}

impl Label {
    /// Numbers around a place; nothing where there are none.
    fn new(numbers: &[usize], middle: Point, speaks: Speaks) -> Option<Self> {
        let text: Vec<String> = numbers.iter().map(usize::to_string).collect();
        let text = text.join(" ");
        let cells = ((COLUMNS + 1) * text.len()).checked_sub(1)? as f64;
        let half = Vec2::new(0.5 * cells * CELL, 0.5 * ROWS as f64 * CELL);
        // Within the picture, its rim of paper included.
        let within = |at: f64, half: f64| {
            let most = (1.0 - half - 2.0 * CELL).max(0.0);
            at.clamp(-most, most)
        };
        let middle = Point::new(within(middle.x, half.x), within(middle.y, half.y));
        Some(Self {
            text,
            corner: middle - half,
            cells,
            speaks,
        })
    }

    fn colour(&self, at: Point) -> Option<[f64; 3]> {
        let off = (at - self.corner) / CELL;
        let is_within = |at: f64, most: f64, rim: f64| (-rim..most + rim).contains(&at);
        let is_on =
            |rim: f64| is_within(off.x, self.cells, rim) && is_within(off.y, ROWS as f64, rim);
        let has_ink = || is_on(0.0) && self.has_ink(floor_index(off.x), floor_index(off.y));
        is_on(1.0).then(|| {
            if has_ink() {
                colour(self.speaks)
            } else {
                PAPER
            }
        })
    }

    fn has_ink(&self, column: usize, row: usize) -> bool {
        let letter = self.text.as_bytes().get(column / (COLUMNS + 1));
        let digit = letter.and_then(|letter| letter.checked_sub(b'0'));
        let rows = digit.and_then(|digit| DIGITS.get(usize::from(digit)));
        let bits = rows.and_then(|rows| rows.get(row)).copied().unwrap_or(0);
        let column = column % (COLUMNS + 1);
        column < COLUMNS && (bits >> (COLUMNS - 1 - column)) & 1 == 1
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_number_is_drawn_digit_by_digit_on_paper_and_stays_within_the_picture() {
        let label = Label::new(&[1, 10], Point::new(0.99, -0.99), Speaks::For).unwrap();
        assert_eq!(label.text, "1 10");
        let at = |column: f64, row: f64| {
            label.colour(label.corner + Vec2::new(column + 0.5, row + 0.5) * CELL)
        };
        // The foot of the 1 is broad, the blank bears nothing, the 0 is hollow.
        assert_eq!(
            [0.0, 1.0, 2.0].map(|column| at(column, 4.0)),
            [Some(FOR); 3]
        );
        assert_eq!(
            [4.0, 5.0, 6.0].map(|column| at(column, 4.0)),
            [Some(PAPER); 3]
        );
        assert_eq!(
            [12.0, 13.0, 14.0].map(|column| at(column, 2.0)),
            [Some(FOR), Some(PAPER), Some(FOR)]
        );
        assert_eq!(at(-0.8, 0.0), Some(PAPER));
        assert_eq!(at(-2.0, 0.0), None);
        let end = label.corner + Vec2::new(label.cells, 0.0) * CELL;
        assert!(end.x < 1.0 && label.corner.y > -1.0, "{end:?}");
        assert!(Label::new(&[], Point::ZERO, Speaks::For).is_none());
    }
}
