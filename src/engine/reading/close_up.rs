//! Closer looks at what an excerpt shows: rows by themselves, cleaned of what stands around them, and the lines under a seal, at
//! several sizes each. A recogniser that errs at one size seldom errs alike at others.

use std::ops::Range;

use crate::geometry::Affine;
use crate::geometry::PixelRect;
use crate::imaging::Component;
use crate::imaging::Gray;
use crate::imaging::PageImage;
use crate::imaging::components;
use crate::imaging::shrink_gray;
use crate::imaging::warp;
use crate::reading::excerpt::Excerpt;
use crate::reading::excerpt::Headings;
use crate::reading::excerpt::Place;
use crate::reading::excerpt::SIGNATURE_MM;
use crate::reading::excerpt::brightened;
use crate::reading::excerpt::ceiling;
use crate::units::floor_index;
use crate::units::level;
use crate::units::stored;

/// Paper about a row that is looked at more closely, over its height: accents and tails lie in it.
const MARGIN: f64 = 0.5;
/// Fewer pixels than these show no print.
const CLOSE_UP_MIN: usize = 8;
/// Resolution from which on print is read at smaller sizes too: measured on dates in italics, of which an 8 is taken for a 6 or
/// an S at 300 dpi, but not at 180.
const FINE_DPI: f64 = 240.0;
/// Sizes of close-ups: so many times, over so many (chosen).
const FINE_SIZES: [(usize, usize); 6] = [(3, 5), (3, 4), (1, 1), (5, 4), (3, 2), (2, 1)];
const COARSE_SIZES: [(usize, usize); 6] = [(4, 5), (1, 1), (5, 4), (8, 5), (2, 1), (5, 2)];

/// Sizes of the same of a slanting row as it stands: what was read at first is of its own size.
const SLANTED_SIZES: [(usize, usize); 4] = [(3, 5), (3, 4), (3, 2), (2, 1)];
/// Columns that a slanting row's letters lean by over a row, as they are tried, and from which on they slant: figures in italics are
/// taken for others (2 for 3, 8 for 6) that are not when they are set upright.
const SLANTS: [f64; 9] = [-0.06, 0.0, 0.06, 0.1, 0.14, 0.18, 0.22, 0.26, 0.3];
const SLANTED_MIN: f64 = 0.1;

/// Brightness over that of paper below which ink is that of neighbouring lines and rules (chosen: paper's grain lies above).
const INK_SHARE: f64 = 0.75;
/// What reaches in from a neighbouring line is lower than this share of the row's height.
const REST_HEIGHT_MAX: f64 = 0.5;
/// Rules are wider than this, over the row's height, and lower than that.
const RULE_WIDTH_MIN: f64 = 2.0;
const RULE_HEIGHT_MAX: f64 = 0.35;
/// Pixels about ink that are taken away with it: its soft edge.
const EDGE: usize = 2;

/// Sizes of renderings.
const FINE_RENDERINGS: [(usize, usize); 3] = [(1, 1), (3, 4), (3, 5)];
const COARSE_RENDERINGS: [(usize, usize); 3] = [(1, 1), (5, 4), (3, 2)];
/// How far above and below a seal's centre issuer and date stand: a little below it (GB/T 9704).
const RENDERED_MM: [f64; 2] = [17.0, 23.0];
/// Brightness over that of paper that counts as white in the dark half of renderings: print is darker than a seal in shades of gray.
const DARK_SHARE: f64 = 0.5;

impl Excerpt {
    /// A rectangle of the page at several sizes, a little wider than it is, without what reaches in from around it; none of what
    /// is not within the excerpt.
    #[must_use]
    pub fn close_ups(&self, (on_page, place): (PixelRect, Place), headings: Headings) -> Vec<Self> {
        let scale = self.raster.width() as f64 / f64::from(self.bbox.width);
        let margin = MARGIN * f64::from(on_page.height);
        let span = |start: u32, length: u32, from: u32, side: usize| {
            let first = (f64::from(start) - f64::from(from) - margin) * scale;
            let last = (f64::from(start) + f64::from(length) - f64::from(from) + margin) * scale;
            floor_index(first.max(0.0))..ceiling(last.max(0.0)).min(side)
        };
        let columns = span(on_page.x, on_page.width, self.bbox.x, self.raster.width());
        let rows = span(on_page.y, on_page.height, self.bbox.y, self.raster.height());
        if columns.len() < CLOSE_UP_MIN || rows.len() < CLOSE_UP_MIN {
            return Vec::new();
        }
        let own = |range: &Range<usize>| (stored(range.start), stored(range.len()));
        let ((x, width), (y, height)) = (own(&columns), own(&rows));
        let bbox = self.on_page(PixelRect {
            x,
            y,
            width,
            height,
        });
        let part = PageImage::Gray(self.shown(headings).clone()).part(columns, rows);
        let PageImage::Gray(part) = part else {
            return Vec::new();
        };
        let part = cleaned(part, f64::from(on_page.height) * scale);
        let sizes = if f64::from(self.dpi) >= FINE_DPI {
            FINE_SIZES
        } else {
            COARSE_SIZES
        };
        let sized = |part: &Gray, size: (usize, usize)| Self {
            place,
            bbox,
            raster: scaled(part, size),
            inked: None,
            dpi: self.dpi,
        };
        let slant = slant(&part);
        if slant < SLANTED_MIN {
            return sizes.map(|size| sized(&part, size)).to_vec();
        }
        let upright = upright(&part, slant);
        let as_it_stands = SLANTED_SIZES.map(|size| sized(&part, size));
        let set_upright = sizes.map(|size| sized(&upright, size));
        as_it_stands.into_iter().chain(set_upright).collect()
    }

    /// The lines that stand under a seal, at several sizes and contrasts: none is read best in all cases. Those of a seal so near the
    /// upper edge of the page that its place is cut off lie lower, and may be missed.
    #[must_use]
    pub fn renderings(&self) -> Vec<Self> {
        let mm = f64::from(self.dpi) / 25.4;
        let rows = floor_index((SIGNATURE_MM[2] - RENDERED_MM[0]) * mm)
            ..ceiling((SIGNATURE_MM[2] + RENDERED_MM[1]) * mm).min(self.raster.height());
        if rows.len() < CLOSE_UP_MIN {
            return Vec::new();
        }
        let (y, height) = (stored(rows.start), stored(rows.len()));
        let width = stored(self.raster.width());
        let bbox = self.on_page(PixelRect {
            x: 0,
            y,
            width,
            height,
        });
        let columns = 0..self.raster.width();
        let PageImage::Gray(own) = PageImage::Gray(self.raster.clone()).part(columns, rows) else {
            return Vec::new();
        };
        let dark = brightened(&own, DARK_SHARE);
        let sizes = if f64::from(self.dpi) >= FINE_DPI {
            FINE_RENDERINGS
        } else {
            COARSE_RENDERINGS
        };
        let each = [&own, &dark].into_iter().flat_map(|own| {
            sizes.map(|size| Self {
                place: self.place,
                bbox,
                raster: scaled(own, size),
                inked: None,
                dpi: self.dpi,
            })
        });
        each.collect()
    }
}

/// A picture so many times as large, over so many.
fn scaled(picture: &Gray, (times, over): (usize, usize)) -> Gray {
    if times == over {
        return picture.clone();
    }
    let side = |side: usize| (side * times).next_multiple_of(over).max(over);
    let target = (side(picture.width()), side(picture.height()));
    let wide = warp(picture, Affine::scale(1.0 / times as f64), target, 255.0);
    shrink_gray(&wide.map(|shade| level(shade / 255.0)), over)
}

/// How far the letters of a row lean to the right, columns a row: where its ink falls into the fewest columns.
fn slant(part: &Gray) -> f64 {
    let dark = INK_SHARE * f64::from(part.middle());
    let (width, height) = (part.width(), part.height());
    let reach = floor_index(height as f64 * 0.3) + 2;
    let gathered = |slant: f64| {
        let mut columns = vec![0.0_f64; width + 2 * reach];
        for y in 0..height {
            let shift = reach as f64 - slant * (0.5 * height as f64 - y as f64);
            for (x, sample) in part.row(y).iter().enumerate() {
                if f64::from(*sample) < dark {
                    columns[floor_index(x as f64 + shift)] += 1.0;
                }
            }
        }
        columns.iter().map(|count| count * count).sum::<f64>()
    };
    let best = SLANTS.into_iter().map(|slant| (gathered(slant), slant));
    let best = best.max_by(|a, b| a.0.total_cmp(&b.0));
    // Where the middle shade is ink, nothing is gathered at any slant.
    let leaning = best.filter(|(sum, _)| *sum > gathered(0.0));
    leaning.map_or(0.0, |(_, slant)| slant)
}

/// A row whose leaning letters are set upright, as large as it was.
fn upright(part: &Gray, slant: f64) -> Gray {
    let middle = 0.5 * part.height() as f64;
    // A row above the middle is taken from further right.
    let from_upright = Affine::new([1.0, 0.0, -slant, 1.0, slant * middle, 0.0]);
    let size = (part.width(), part.height());
    let paper = f32::from(part.middle());
    warp(part, from_upright, size, paper).map(|shade| level(shade / 255.0))
}

/// A row without rests of the lines above and below it, and without rules; `height` is the row's own.
fn cleaned(mut part: Gray, height: f64) -> Gray {
    let paper = part.middle();
    let dark = INK_SHARE * f64::from(paper);
    let (width, rows) = (part.width(), part.height());
    let is_around = |ink: &Component| {
        let (across, down) = (f64::from(ink.bbox.width), f64::from(ink.bbox.height));
        let touches = ink.bbox.y == 0 || ink.bbox.bottom() as usize == rows;
        touches && down < REST_HEIGHT_MAX * height
            || across > RULE_WIDTH_MIN * height && down < RULE_HEIGHT_MAX * height
    };
    let ink = part.map(|sample| f64::from(sample) < dark);
    for component in components(&ink).iter().filter(|ink| is_around(ink)) {
        for &(y, start, end) in &component.runs {
            for y in y.saturating_sub(EDGE)..(y + EDGE + 1).min(rows) {
                let columns = start.saturating_sub(EDGE)..(end + EDGE).min(width);
                part.row_mut(y)[columns].fill(paper);
            }
        }
    }
    part
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn close_ups_show_the_same_place_at_other_sizes() {
        let mut raster = Gray::filled(2480, 1039, 230);
        for y in 0..175 {
            raster.row_mut(y)[..1240].fill(20);
        }
        let head = Excerpt {
            place: Place::Head,
            bbox: PixelRect {
                x: 0,
                y: 0,
                width: 2480,
                height: 1039,
            },
            raster,
            inked: None,
            dpi: 300,
        };
        let row = PixelRect {
            x: 1000,
            y: 100,
            width: 400,
            height: 40,
        };
        let close_ups = head.close_ups((row, Place::Head), Headings::Black);
        let widths: Vec<usize> = close_ups.iter().map(|own| own.raster.width()).collect();
        assert_eq!(widths, [264, 330, 440, 550, 660, 880]);
        for own in &close_ups {
            assert_eq!(own.bbox.x, 980);
            // The black corner ends at column 1240, a little beyond the middle.
            let end = own.raster.width() * 26 / 44;
            assert!(own.raster.at(end - 3, 5) < 60 && own.raster.at(end + 3, 5) > 200);
        }
        let beside = PixelRect { y: 3000, ..row };
        assert!(
            head.close_ups((beside, Place::Head), Headings::Black)
                .is_empty()
        );
    }

    #[test]
    fn leaning_strokes_are_set_upright_and_upright_ones_are_left() {
        let drawn = |lean: f64| {
            let mut part = Gray::filled(300, 60, 240);
            for y in 10..50 {
                let shift = floor_index(20.0 + lean * (50 - y) as f64);
                for stroke in 0..10 {
                    part.row_mut(y)[25 * stroke + shift..25 * stroke + shift + 5].fill(20);
                }
            }
            part
        };
        assert!(slant(&drawn(0.0)).abs() < SLANTED_MIN);
        let leaning = drawn(0.2);
        let found = slant(&leaning);
        assert!((found - 0.2).abs() < 0.05, "{found}");
        assert!(slant(&upright(&leaning, found)).abs() < SLANTED_MIN);
    }

    #[test]
    fn rests_of_other_lines_and_rules_are_taken_away_and_letters_are_not() {
        let mut part = Gray::filled(200, 60, 240);
        let mut draw = |columns: std::ops::Range<usize>, rows: std::ops::Range<usize>| {
            for y in rows {
                part.row_mut(y)[columns.clone()].fill(20);
            }
        };
        draw(20..40, 0..6);
        draw(20..30, 18..42);
        draw(60..64, 46..50);
        draw(50..150, 52..54);
        let clean = cleaned(part, 30.0);
        assert_eq!((clean.at(30, 3), clean.at(100, 53)), (240, 240));
        assert_eq!(
            (clean.at(25, 30), clean.at(62, 48)),
            (20, 20),
            "a letter and a dot below one"
        );
    }
}
