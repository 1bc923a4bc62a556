//! Excerpts below one another on one sheet, so that a recogniser starts once.

use crate::geometry::PixelRect;
use crate::imaging::Gray;
use crate::reading::Word;
use crate::reading::excerpt::Excerpt;
use crate::reading::excerpt::Headings;
use crate::reading::fields::Passage;

/// Rows of paper between excerpts.
const GAP: usize = 40;

/// Several excerpts as one picture.
#[derive(Clone, Debug)]
pub struct Sheet<'a> {
    excerpts: &'a [Excerpt],
    /// The picture.
    pub raster: Gray,
    /// Its resolution, pixels per inch.
    pub dpi: u32,
}

impl<'a> Sheet<'a> {
    /// Lays excerpts below one another, with or without coloured headings; `None` if there are none.
    #[must_use]
    pub fn of(excerpts: &'a [Excerpt], headings: Headings) -> Option<Self> {
        let first = excerpts.first()?;
        let rasters = || excerpts.iter().map(|excerpt| excerpt.shown(headings));
        let width = rasters().map(Gray::width).max()?;
        let height = rasters().map(|raster| raster.height() + GAP).sum();
        // Paper beside them is as bright as theirs: an edge would be taken for a rule.
        let mut raster = Gray::filled(width, height, first.raster.middle());
        let mut y = 0;
        for own in rasters() {
            for row in 0..own.height() {
                raster.row_mut(y + row)[..own.width()].copy_from_slice(own.row(row));
            }
            y += own.height() + GAP;
        }
        Some(Self {
            excerpts,
            raster,
            dpi: first.dpi,
        })
    }

    /// The words of each excerpt of a page, at their places on it. What lies across two excerpts belongs to none.
    #[must_use]
    pub fn passages(&self, page: u32, words: &[Word]) -> Vec<Passage> {
        let mut top = 0;
        let mut passages = Vec::new();
        for excerpt in self.excerpts {
            let (width, height) = (excerpt.raster.width(), excerpt.raster.height());
            let own = words.iter().filter_map(|word| {
                let bbox = word.bbox;
                let is_within = bbox.y as usize >= top
                    && bbox.bottom() as usize <= top + height
                    && bbox.right() as usize <= width;
                let y = bbox.y.checked_sub(u32::try_from(top).ok()?)?;
                is_within.then(|| Word {
                    bbox: excerpt.on_page(PixelRect { y, ..bbox }),
                    ..word.clone()
                })
            });
            passages.push(Passage {
                place: excerpt.place,
                page,
                bbox: excerpt.bbox,
                words: own.collect(),
            });
            top += height + GAP;
        }
        passages
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::reading::excerpt::Place;

    fn excerpt(place: Place, (x, y): (u32, u32), side: u32) -> Excerpt {
        let pixels = side as usize / 2;
        Excerpt {
            place,
            bbox: PixelRect {
                x,
                y,
                width: side,
                height: side,
            },
            raster: Gray::filled(pixels, pixels, 240),
            inked: None,
            dpi: 300,
        }
    }

    #[test]
    fn words_go_back_to_where_they_stand_on_the_page() {
        let excerpts = [
            excerpt(Place::Head, (0, 0), 400),
            excerpt(Place::Signature, (1000, 2000), 200),
        ];
        let sheet = Sheet::of(&excerpts, Headings::Black).unwrap();
        assert_eq!((sheet.raster.width(), sheet.raster.height()), (200, 380));
        let word = |y| Word {
            text: "Hai".to_owned(),
            bbox: PixelRect {
                x: 10,
                y,
                width: 30,
                height: 12,
            },
            confidence: Some(0.9),
        };
        let passages = sheet.passages(3, &[word(20), word(195), word(250)]);
        assert_eq!(passages.len(), 2);
        let [head, signature] = [0, 1].map(|index: usize| &passages[index].words);
        assert_eq!((head.len(), signature.len()), (1, 1));
        let at = |word: &Word| (word.bbox.x, word.bbox.y, word.bbox.width, word.bbox.height);
        assert_eq!(at(&head[0]), (20, 40, 60, 24));
        assert_eq!(at(&signature[0]), (1020, 2020, 60, 24));
    }
}
