//! Printed frames of the sizes of marks of secrecy and urgency: boxes, cells of tables, room for a photograph.

use kurbo::BezPath;
use kurbo::Point;

use crate::synthesis::frame::Frame;
use crate::synthesis::motif;
use crate::synthesis::page::Layout;
use crate::synthesis::page::decoy::PRINTED_RED;
use crate::synthesis::page::rectangle;

/// Widths of the frames, millimetres; all are 8 mm high.
const WIDTHS_MM: [f64; 3] = [20.0, 30.0, 40.0];
const HEIGHT_MM: f64 = 8.0;

impl Layout<'_> {
    /// Prints a frame; stamps are pressed later.
    pub(super) fn framed(&mut self, frame: Frame) {
        let width = *self.chance.pick(&WIDTHS_MM);
        let weight = self.chance.between(0.2, 0.5);
        let (left, top) = (
            self.chance.between(22.0, 60.0),
            self.chance.between(36.0, self.page.size.1 - 60.0),
        );
        let mut rules = Vec::new();
        match frame {
            Frame::Box => {
                rules.push(boxed((left, top), (width, HEIGHT_MM), weight));
                self.worded((left + 0.5 * width, top), width);
            }
            Frame::Cells | Frame::DoubleCells => {
                let (columns, rows) = (1 + self.chance.index(4), 1 + self.chance.index(4));
                for cell in 0..columns * rows {
                    let x = left + width * (cell % columns) as f64;
                    let y = top + HEIGHT_MM * (cell / columns) as f64;
                    rules.push(boxed((x, y), (width, HEIGHT_MM), weight));
                    if frame == Frame::DoubleCells {
                        let inner = (width - 2.8, HEIGHT_MM - 2.8);
                        rules.push(boxed((x + 1.4, y + 1.4), inner, weight));
                    }
                    if self.chance.happens(0.7) {
                        self.worded((x + 0.5 * width, y), width);
                    }
                }
            }
            Frame::Photograph => rules.push(boxed((left, top), (30.0, 40.0), weight)),
            Frame::TopSecret
            | Frame::HighlySecret
            | Frame::Secret
            | Frame::Declassified
            | Frame::Flash
            | Frame::VeryUrgent
            | Frame::Urgent
            | Frame::Receipt
            | Frame::OtherDouble
            | Frame::OtherSingle => return,
        }
        let ink = if self.chance.happens(0.3) {
            PRINTED_RED
        } else {
            [1.2; 3]
        };
        self.page.prints.push((rules, ink));
        self.print_words();
    }

    /// A word in the middle of a box.
    fn worded(&mut self, (x, top): (f64, f64), width: f64) {
        let words = Frame::words(self.chance);
        let capital = self.chance.between(2.2, 3.0);
        let y = top + 0.5 * (HEIGHT_MM + capital);
        self.centred(words, (x, y), (self.bold, capital), width - 4.0);
    }

    /// Prints words that were laid out after the letter.
    fn print_words(&mut self) {
        let words = std::mem::take(&mut self.black);
        self.page.prints.push((words, [1.2; 3]));
    }
}

/// A box by its upper left corner and its size to the outer edges.
fn boxed((x, y): (f64, f64), (width, height): (f64, f64), weight: f64) -> BezPath {
    let half = 0.5 * weight;
    let corner = Point::new(x + width - half, y + height - half);
    motif::line(&rectangle(x + half, y + half, corner.x, corner.y), weight)
}
