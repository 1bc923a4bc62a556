//! What was seen of a document beyond the fields of its report, for people: full measurements, and
//! marks that were looked at and are no seals.

use std::cmp::Reverse;

use crate::extraction::Rejected;
use crate::extraction::Rejection;
use crate::measurement::Measurements;
use crate::units::Dpi;

/// Marks that are kept of one document.
pub const MARKS_MAX: usize = 20;

/// How much larger than another a mark may be that counts as the same.
const ALIKE: u64 = 6;

/// What the report's fields do not hold.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Details {
    /// What was measured on each impression, in the order of the report's.
    pub measurements: Vec<Measurements>,
    /// Marks that are no seals.
    pub marks: Marks,
}

/// One mark that is no seal.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Mark {
    /// Number of its page.
    pub page: u32,
    /// Resolution of the page, where known.
    pub dpi: Option<Dpi>,
    /// Where it stands, and why it is none.
    pub rejected: Rejected,
}

/// The marks of one document that tell most, however many pages it has: at most [`MARKS_MAX`].
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Marks {
    kept: Vec<Mark>,
    left_out: usize,
}

impl Marks {
    /// The marks, by page, then top to bottom.
    #[must_use]
    pub fn in_order(&self) -> Vec<Mark> {
        let mut marks = self.kept.clone();
        marks.sort_by_key(|mark| (mark.page, mark.rejected.bbox.y, mark.rejected.bbox.x));
        marks
    }

    /// How many more there are.
    #[must_use]
    pub const fn left_out(&self) -> usize {
        self.left_out
    }

    /// Adds what was rejected on a page. One place counts once, with what tells most of it.
    pub(super) fn add(&mut self, page: u32, dpi: Option<Dpi>, rejected: &[Rejected]) {
        let mut own: Vec<Mark> = Vec::new();
        let marks = rejected.iter().map(|&rejected| Mark {
            page,
            dpi,
            rejected,
        });
        for mark in marks {
            match own.iter_mut().find(|known| share_a_place(known, &mark)) {
                Some(known) if weight(&mark) < weight(known) => *known = mark,
                Some(_) => {}
                None => own.push(mark),
            }
        }
        self.kept.append(&mut own);
        self.kept.sort_by_key(weight);
        self.left_out += self.kept.len().saturating_sub(MARKS_MAX);
        self.kept.truncate(MARKS_MAX);
    }
}

/// Whether two marks of one page are mostly the same ink: one covers the other by half, and is not
/// so much larger that the other stands in it as a mark of its own.
fn share_a_place(one: &Mark, other: &Mark) -> bool {
    let (a, b) = (one.rejected.bbox, other.rejected.bbox);
    let (small, large) = (area(one).min(area(other)), area(one).max(area(other)));
    2 * a.overlap(b) > small && large < ALIKE * small
}

fn area(mark: &Mark) -> u64 {
    mark.rejected.bbox.area()
}

/// What tells most comes first: the nearer a mark came to being a seal; among equals the larger.
fn weight(mark: &Mark) -> (u8, Reverse<u64>) {
    let rank = match mark.rejected.why {
        Rejection::Printed => 0,
        Rejection::Size { .. } => 1,
        Rejection::Filled { .. } => 2,
        Rejection::Empty { .. } => 3,
        Rejection::Table => 4,
        Rejection::OutlineIncomplete { .. } => 5,
        Rejection::NoOutline => 6,
    };
    (rank, Reverse(area(mark)))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::geometry::PixelRect;

    fn rejected(x: u32, side: u32, why: Rejection) -> Rejected {
        let bbox = PixelRect {
            x,
            y: 10,
            width: side,
            height: side,
        };
        Rejected { bbox, why }
    }

    #[test]
    fn a_place_counts_once_with_the_reason_that_tells_most() {
        let mut marks = Marks::default();
        let found = [
            rejected(400, 100, Rejection::Table),
            rejected(10, 100, Rejection::NoOutline),
            rejected(12, 98, Rejection::Printed),
        ];
        marks.add(1, None, &found);
        let reasons: Vec<_> = marks.in_order().iter().map(|m| m.rejected.why).collect();
        assert_eq!(reasons, [Rejection::Printed, Rejection::Table]);
        assert_eq!(marks.left_out(), 0);
    }

    #[test]
    fn pieces_of_a_heading_count_with_it_and_a_mark_in_a_large_frame_by_itself() {
        let mut marks = Marks::default();
        let found = [
            rejected(10, 200, Rejection::Table),
            rejected(30, 100, Rejection::NoOutline),
            rejected(500, 600, Rejection::Table),
            rejected(700, 100, Rejection::OutlineIncomplete { coverage: 0.5 }),
        ];
        marks.add(1, None, &found);
        let reasons: Vec<_> = marks.in_order().iter().map(|m| m.rejected.why).collect();
        assert_eq!(reasons.len(), 3, "{reasons:?}");
        assert!(!reasons.contains(&Rejection::NoOutline));
    }

    #[test]
    fn many_pages_leave_a_bounded_number_and_the_rest_is_counted() {
        let mut marks = Marks::default();
        for page in 1..=50 {
            let why = match page {
                40 => Rejection::Printed,
                _ => Rejection::NoOutline,
            };
            marks.add(page, None, &[rejected(10, 50, why)]);
        }
        let kept = marks.in_order();
        assert_eq!(kept.len(), MARKS_MAX);
        assert_eq!(marks.left_out(), 50 - MARKS_MAX);
        assert!(kept.iter().any(|mark| mark.page == 40));
    }
}
