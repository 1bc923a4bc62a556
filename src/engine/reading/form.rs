//! Fields of a form: leaders of dots or dashes, and rules behind a label, with ink standing on them or not.
//!
//! A leader is long and thin, where letters are not, and what is written on it stands directly above. What was typed instead of its
//! first part stands before it, so that a leader shorter than the words before it is what a filled field leaves over.

use serde::Deserialize;
use serde::Serialize;

use crate::extraction::Impression;
use crate::extraction::Work;
use crate::imaging::Mask;
use crate::imaging::components;
use crate::reading::lines::Print;
use crate::reading::thin::Runs;
use crate::units::floor_index;

/// Density from which ink may be of a leader: half that of print.
const FAINT_MIN: f32 = 0.11;
/// Gap between the dots of a leader at most, millimetres: those of typed full stops are 1 mm apart.
const DOTS_MM: f64 = 1.6;
/// Height of a leader at most, millimetres.
const THIN_MM: f64 = 0.9;
/// Length at least of a run along a row, and of a leader, millimetres: dates have shorter ones ("ngày … tháng …").
const LENGTH_MM: (f64, f64) = (3.5, 15.0);
/// Where writing on a leader stands above it, millimetres.
const ABOVE_MM: (f64, f64) = (0.6, 2.8);
/// Length of a leader that bears writing, at least, millimetres: more than a speck, less than a word.
const WRITTEN_MM: f64 = 2.0;
/// Length of a label at least, millimetres.
const LABEL_MM: f64 = 4.0;
/// Blanks between the words of a label, at most, millimetres: what is written behind it stands further off.
const WORD_MM: f64 = 1.8;
/// Blanks between what stands before a leader and the leader, at most, millimetres.
const BLANK_MM: f64 = 4.0;
/// Share that the leader has of label and leader, at least, if nothing was written before it (chosen: labels are shorter than
/// their fields).
const SHARE_MIN: f64 = 0.55;
/// Share of its columns that a rule fills; dots and dashes fill less.
const SOLID_MIN: f64 = 0.9;
/// How much the steps between dots differ at most, as a share of their mean: a pixel of the search is a quarter of a step.
const UNEVEN_MAX: f64 = 0.35;
/// Where below a leader the paper is bare, millimetres, but for a share of its length.
const BELOW_MM: [f64; 2] = [1.4, 2.4];
const BELOW_MAX: f64 = 0.25;
/// Length of what ends a row behind a leader, millimetres, if the row is one of a table of contents.
const NUMBER_MM: f64 = 9.0;
/// Pieces of leaders that are looked at.
const LEADERS_MAX: usize = 2_000;

/// The fields of a page that can be seen.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct FormFields {
    /// How many there are.
    pub count: u32,
    /// How many of them stand empty.
    pub empty: u32,
}

/// A leader on a map.
#[derive(Clone, Copy, Debug)]
struct Leader {
    left: usize,
    right: usize,
    /// Its first row at its left end, and at its right.
    top: (usize, usize),
}

impl FormFields {
    /// Finds the fields of a page among its dark ink; `print` is what of it is surely print.
    #[must_use]
    pub(super) fn of(work: &Work, print: &Print, impressions: &[Impression]) -> Self {
        // A leader's line is thinner than a pixel of the search, and pale where it lies between two.
        let mut faint = work.dark.map(|density| density > FAINT_MIN);
        for impression in impressions {
            for (x, y) in print
                .scale
                .within(impression, (faint.width(), faint.height()))
            {
                faint.row_mut(y)[x] = false;
            }
        }
        Self::on(&faint, &print.ink, print.scale.per_mm)
    }

    /// The same, leaders among the faint ink.
    fn on(faint: &Mask, ink: &Mask, per_mm: f64) -> Self {
        let leaders = leaders(faint, per_mm);
        let mut found = Self::default();
        for leader in &leaders {
            // What stands before it on its row, up to the leader before that.
            let before = leaders.iter().filter(|other| {
                other.right <= leader.left && other.top.1.abs_diff(leader.top.0) as f64 <= per_mm
            });
            let from = before.map(|other| other.right).max().unwrap_or(0);
            let Some(is_empty) = leader.is_empty((faint, ink), from, per_mm) else {
                continue;
            };
            found.count += 1;
            found.empty += u32::from(is_empty);
        }
        found
    }
}

/// The leaders of a map.
fn leaders(ink: &Mask, per_mm: f64) -> Vec<Leader> {
    let pixels = |mm: f64| floor_index(mm * per_mm);
    let runs = Runs {
        least: pixels(LENGTH_MM.0),
        gap: pixels(DOTS_MM),
        thick: pixels(THIN_MM).max(2),
    };
    let pieces = components(&runs.of(ink));
    let long = pieces.into_iter().filter(|piece| {
        let (width, height) = (f64::from(piece.bbox.width), f64::from(piece.bbox.height));
        width >= LENGTH_MM.0 * per_mm && height <= 2.0 * THIN_MM * per_mm + 0.05 * width
    });
    let mut pieces: Vec<Leader> = long
        .take(LEADERS_MAX)
        .map(|piece| {
            let (left, right) = (piece.bbox.x as usize, piece.bbox.right() as usize);
            let row = |column: usize| {
                let mut runs = piece.runs.iter();
                let own = runs.find(|run| (run.1..run.2).contains(&column));
                own.map_or(piece.bbox.y as usize, |run| run.0)
            };
            Leader {
                left,
                right,
                top: (row(left), row(right - 1)),
            }
        })
        .collect();
    pieces.sort_by_key(|piece| (piece.left, piece.top.0));
    // A leader that lies askew falls to pieces where it goes from one row to the next.
    let mut whole: Vec<Leader> = Vec::new();
    for piece in pieces {
        let before = whole.iter_mut().find(|own| {
            piece.left + 2 >= own.right
                && piece.left <= own.right + pixels(DOTS_MM)
                && own.top.1.abs_diff(piece.top.0) <= pixels(0.5 * THIN_MM)
        });
        match before {
            Some(own) => (own.right, own.top.1) = (piece.right.max(own.right), piece.top.1),
            None => whole.push(piece),
        }
    }
    whole.retain(|own| (own.right - own.left) as f64 >= LENGTH_MM.1 * per_mm);
    whole
}

impl Leader {
    /// Its first row in a column.
    fn row(&self, column: usize) -> usize {
        let share = (column - self.left) as f64 / (self.right - self.left) as f64;
        floor_index((1.0 - share) * self.top.0 as f64 + share * self.top.1 as f64 + 0.5)
    }

    /// Whether its columns bear ink.
    fn columns(&self, ink: &Mask, per_mm: f64) -> impl Iterator<Item = bool> {
        let thin = floor_index(THIN_MM * per_mm);
        (self.left..self.right).map(move |x| {
            let row = self.row(x);
            (row..=row + thin).any(|y| y < ink.height() && ink.at(x, y))
        })
    }

    /// From the start of each of its dots to the next; none of a rule.
    fn steps(&self, ink: &Mask, per_mm: f64) -> Vec<f64> {
        let columns: Vec<bool> = self.columns(ink, per_mm).collect();
        let bare = columns.iter().filter(|inked| !**inked).count();
        if (bare as f64) < (1.0 - SOLID_MIN) * columns.len() as f64 {
            return Vec::new();
        }
        let starts: Vec<usize> = (1..columns.len())
            .filter(|&x| columns[x] && !columns[x - 1])
            .collect();
        starts
            .windows(2)
            .map(|pair| (pair[1] - pair[0]) as f64)
            .collect()
    }

    /// Whether it is a rule, or of dots as far apart as one another: feet and accents of letters are not.
    fn is_even(&self, ink: &Mask, per_mm: f64) -> bool {
        let steps = self.steps(ink, per_mm);
        if steps.len() < 3 {
            return true;
        }
        let mean = steps.iter().sum::<f64>() / steps.len() as f64;
        let spread = steps.iter().map(|step| (step - mean) * (step - mean));
        let spread = libm::sqrt(spread.sum::<f64>() / steps.len() as f64);
        spread <= UNEVEN_MAX * mean
    }

    /// Whether ink stands close below much of it, as below a row of accents or the edge of a picture.
    fn has_ink_below(&self, ink: &Mask, per_mm: f64) -> bool {
        let [near, far] = BELOW_MM.map(|mm| floor_index(mm * per_mm));
        let below = (self.left..self.right).filter(|&x| {
            let row = self.row(x);
            (row + near..=row + far).any(|y| y < ink.height() && ink.at(x, y))
        });
        below.count() as f64 > BELOW_MAX * (self.right - self.left) as f64
    }

    /// Whether nothing was written on it, nor before it from a column on; `None` if it is no field: a rule without a label, or
    /// the row of a table of contents.
    fn is_empty(&self, (faint, ink): (&Mask, &Mask), from: usize, per_mm: f64) -> Option<bool> {
        let pixels = |mm: f64| floor_index(mm * per_mm);
        let (near, far) = (pixels(ABOVE_MM.0).max(2), pixels(ABOVE_MM.1));
        let inked = |column: usize, row: usize, (first, last): (usize, usize)| {
            (first..=last).any(|up| row >= up && ink.at(column, row - up))
        };
        if !self.is_even(faint, per_mm) || self.has_ink_below(ink, per_mm) {
            return None;
        }
        let above: Vec<bool> = (self.left..self.right)
            .map(|x| inked(x, self.row(x), (near, far)))
            .collect();
        // The feet of its label may have run into it: up to the first blank, what stands above it is the label.
        let own = run_of(0..above.len(), |x| above[x], pixels(WORD_MM));
        let band = (0, far);
        let blank = pixels(BLANK_MM);
        let label = run_of(
            (from..self.left).rev(),
            |x| inked(x, self.top.0, band),
            blank,
        );
        if self.steps(faint, per_mm).is_empty() && !is_labelled((label, own), above.len(), per_mm) {
            return None;
        }
        let behind = (self.right..ink.width()).take(pixels(6.0 * NUMBER_MM));
        let behind = run_of(behind, |x| inked(x, self.top.1, band), blank);
        if behind > 0 && behind <= pixels(NUMBER_MM) && (label + own) as f64 >= LABEL_MM * per_mm {
            return None;
        }
        let written = above[own..].iter().filter(|written| **written).count();
        if written as f64 >= WRITTEN_MM * per_mm {
            return Some(false);
        }
        let (length, label) = ((above.len() - own) as f64, (label + own) as f64);
        Some(length >= SHARE_MIN * (length + label))
    }
}

/// Whether a rule of a length has a label: before it, or with its feet in its first part. What stands above most of a rule is
/// underlined.
fn is_labelled((before, own): (usize, usize), length: usize, per_mm: f64) -> bool {
    let least = LABEL_MM * per_mm;
    before as f64 >= least || (own as f64 >= least && 2 * own <= length)
}

/// How far ink goes on along columns, blanks of up to so many columns in it; 0 where it does not begin within as many.
fn run_of(
    columns: impl Iterator<Item = usize>,
    inked: impl Fn(usize) -> bool,
    blank: usize,
) -> usize {
    let (mut length, mut last) = (0, 0);
    for (index, column) in columns.enumerate() {
        if inked(column) {
            last = index + 1;
            length = last;
        } else if index - last >= blank {
            break;
        }
    }
    length
}

#[cfg(test)]
mod tests {
    use super::*;

    const PER_MM: f64 = 4.0;

    fn found(ink: &Mask) -> FormFields {
        FormFields::on(ink, ink, PER_MM)
    }

    /// Rows of a label and a leader of dots, and on some of them something written.
    fn form(rows: usize, written: impl Fn(usize) -> bool) -> Mask {
        let mut ink = Mask::filled(800, 1100, false);
        for row in 0..rows {
            let y = 100 + 40 * row;
            let mut bar = |x: usize, top: usize, width: usize, height: usize| {
                for y in top..top + height {
                    ink.row_mut(y)[x..x + width].fill(true);
                }
            };
            for letter in 0..12 {
                bar(100 + 8 * letter, y - 10, 4, 11);
            }
            for dot in 0..90 {
                bar(205 + 4 * dot, y, 2, 2);
            }
            if written(row) {
                for letter in 0..14 {
                    bar(230 + 9 * letter, y - 9, 4, 10);
                }
            }
        }
        ink
    }

    #[test]
    fn fields_are_counted_with_and_without_what_was_written_on_them() {
        let fields = |written: fn(usize) -> bool| found(&form(10, written));
        assert_eq!(
            fields(|_| false),
            FormFields {
                count: 10,
                empty: 10
            }
        );
        let half = fields(|row| row % 2 == 0);
        assert_eq!(half.empty, 5, "{half:?}");
        assert_eq!(fields(|_| true).empty, 0);
    }

    #[test]
    fn text_rules_and_tables_of_contents_are_no_fields() {
        let mut text = Mask::filled(800, 1100, false);
        for row in 0..20 {
            for letter in 0..70 {
                for y in 100 + 30 * row..110 + 30 * row {
                    text.row_mut(y)[100 + 8 * letter..104 + 8 * letter].fill(true);
                }
            }
        }
        text.row_mut(900)[100..600].fill(true);
        assert_eq!(found(&text).count, 0);
        let mut contents = form(10, |_| false);
        for row in 0..10 {
            for y in 91 + 40 * row..101 + 40 * row {
                contents.row_mut(y)[572..580].fill(true);
            }
        }
        assert_eq!(found(&contents).count, 0);
    }
}
