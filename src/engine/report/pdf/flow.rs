//! Blocks laid out one below the other on as many pages as they need: what stands where, before anything is drawn.

use crate::report::pdf::fonts::Weight;
use crate::report::pdf::setting::Colour;
use crate::report::pdf::setting::Setting;
use crate::report::pdf::setting::Style;
use crate::report::picture::Picture;

/// Width and height of a page, points: A4.
pub(super) const PAGE: (f32, f32) = (595.28, 841.89);
/// Left and right margin.
pub(super) const SIDE: f32 = 48.0;
const TOP: f32 = 46.0;
/// Where the text of a page ends; the foot stands below.
const BOTTOM: f32 = PAGE.1 - 58.0;
/// Width of the text.
pub(super) const WIDTH: f32 = PAGE.0 - 2.0 * SIDE;

const INK: Colour = [0x1c, 0x1e, 0x21];
const PALE: Colour = [0x56, 0x5b, 0x63];
const RULE: Colour = [0xdc, 0xdf, 0xe4];

pub(super) const TITLE: Style = Style {
    size: 17.0,
    weight: Weight::Bold,
    colour: INK,
};
pub(super) const HEAD: Style = Style {
    size: 12.0,
    ..TITLE
};
pub(super) const LABEL: Style = Style { size: 9.5, ..TITLE };
pub(super) const BODY: Style = Style {
    weight: Weight::Regular,
    ..LABEL
};
pub(super) const SMALL: Style = Style {
    size: 8.0,
    weight: Weight::Regular,
    colour: PALE,
};

/// What stands on a page.
#[derive(Clone, Debug)]
pub(super) enum Mark<'a> {
    /// A line of text; the point is its baseline's beginning.
    Text {
        at: (f32, f32),
        text: String,
        style: Style,
    },
    /// A filled rectangle: left, top, width, height.
    Area { place: [f32; 4], colour: Colour },
    /// A square picture with this corner and side.
    Picture {
        at: (f32, f32),
        side: f32,
        picture: &'a Picture,
    },
}

/// Pages in the making.
pub(super) struct Flow<'a> {
    setting: &'a Setting<'a>,
    pages: Vec<Vec<Mark<'a>>>,
    y: f32,
}

/// A picture with what stands below it.
#[derive(Debug)]
pub(super) struct Plate<'a> {
    pub(super) picture: &'a Picture,
    pub(super) caption: String,
    /// Colours and their meanings.
    pub(super) legend: Vec<(Colour, &'static str)>,
}

impl<'a> Flow<'a> {
    pub(super) fn new(setting: &'a Setting<'a>) -> Self {
        Self {
            setting,
            pages: vec![Vec::new()],
            y: TOP,
        }
    }

    pub(super) fn finish(self) -> Vec<Vec<Mark<'a>>> {
        self.pages
    }

    /// Leaves room, but not at a page's top.
    pub(super) fn gap(&mut self, height: f32) {
        if self.y > TOP {
            self.y += height;
        }
    }

    /// Begins another page unless this much fits on the present one.
    pub(super) fn keep(&mut self, height: f32) {
        if self.y + height > BOTTOM && self.y > TOP {
            self.pages.push(Vec::new());
            self.y = TOP;
        }
    }

    /// A heading, never at a page's foot alone.
    pub(super) fn heading(&mut self, text: &str, style: Style) {
        self.gap(0.9 * style.size);
        self.keep(style.line() + 60.0);
        self.paragraph(text, style);
        self.y += 0.25 * style.size;
    }

    /// A paragraph as wide as the page's text.
    pub(super) fn paragraph(&mut self, text: &str, style: Style) {
        self.block(text, style, (SIDE, WIDTH));
    }

    /// A paragraph between `left` and `left + width`.
    pub(super) fn block(&mut self, text: &str, style: Style, (left, width): (f32, f32)) {
        for line in self.setting.lines(text, style, width) {
            self.keep(style.line());
            self.line(left, line, style);
            self.y += style.line();
        }
    }

    /// A paragraph on a gray ground with a bar at its left.
    pub(super) fn notice(&mut self, text: &str, style: Style) {
        let lines = self.setting.lines(text, style, WIDTH - 24.0);
        let height = style.line() * count(lines.len()) + 10.0;
        self.keep(height);
        let top = self.y;
        self.area([SIDE, top, WIDTH, height], [0xf4, 0xf5, 0xf7]);
        self.area([SIDE, top, 3.0, height], PALE);
        self.y += 5.0;
        for line in lines {
            self.line(SIDE + 14.0, line, style);
            self.y += style.line();
        }
        self.y = top + height;
    }

    /// A colourful word, and a paragraph beside it; nothing of it is parted from its first lines.
    pub(super) fn entry(&mut self, (label, colour): (&str, Colour), text: &str, style: Style) {
        let label_style = Style { colour, ..LABEL };
        let indent = self.setting.width(label, label_style) + 8.0;
        self.keep(2.0 * style.line());
        self.line(SIDE, label.to_owned(), label_style);
        self.block(text, style, (SIDE + indent, WIDTH - indent));
    }

    /// Rows of cells with these shares of the width; the first column is a row's name.
    pub(super) fn table(&mut self, rows: &[Vec<String>], shares: &[f32]) {
        for row in rows {
            let cells: Vec<(Style, Vec<String>)> = row
                .iter()
                .zip(shares)
                .enumerate()
                .map(|(column, (text, share))| {
                    let style = if column == 0 { NAME } else { BODY };
                    let lines = self.setting.lines(text, style, share * WIDTH - 8.0);
                    (style, lines)
                })
                .collect();
            let most = cells.iter().map(|(_, lines)| lines.len()).max();
            let most = most.unwrap_or_default();
            // What is longer than a page goes on on the next, line by line.
            self.keep(BODY.line() * count(most.min(12)) + 4.0);
            for index in 0..most {
                self.keep(BODY.line());
                let mut left = SIDE;
                for ((style, lines), share) in cells.iter().zip(shares) {
                    if let Some(line) = lines.get(index) {
                        self.line(left, line.clone(), *style);
                    }
                    left += share * WIDTH;
                }
                self.y += BODY.line();
            }
            self.area([SIDE, self.y + 1.0, WIDTH, 0.5], RULE);
            self.y += 3.0;
        }
    }

    /// Pictures side by side with their captions.
    pub(super) fn plates(&mut self, plates: &[Plate<'a>]) {
        const ROOM: f32 = 10.0;
        // Always as wide as four, so that pictures of one report compare.
        let side = (WIDTH - 3.0 * ROOM) / 4.0;
        let captions: Vec<Vec<String>> = plates
            .iter()
            .map(|plate| self.setting.lines(&plate.caption, SMALL, side))
            .collect();
        let legends: Vec<Vec<(Colour, Vec<String>)>> = plates
            .iter()
            .map(|plate| {
                let entries = plate.legend.iter();
                entries
                    .map(|(colour, text)| (*colour, self.setting.lines(text, SMALL, side - 11.0)))
                    .collect()
            })
            .collect();
        let depth = captions.iter().zip(&legends).map(|(caption, legend)| {
            let below: usize = legend.iter().map(|(_, lines)| lines.len()).sum();
            caption.len() + below
        });
        let depth = depth.max().unwrap_or_default();
        let height = side + 4.0 + SMALL.line() * count(depth);
        self.keep(height);
        let top = self.y;
        for (index, plate) in plates.iter().enumerate() {
            let left = SIDE + (side + ROOM) * count(index);
            self.area([left - 0.5, top - 0.5, side + 1.0, side + 1.0], RULE);
            self.push(Mark::Picture {
                at: (left, top),
                side,
                picture: plate.picture,
            });
            self.y = top + side + 4.0;
            for line in &captions[index] {
                self.line(left, line.clone(), SMALL);
                self.y += SMALL.line();
            }
            for (colour, lines) in &legends[index] {
                self.area([left, self.y + 2.2, 7.0, 7.0], *colour);
                for line in lines {
                    self.line(left + 11.0, line.clone(), SMALL);
                    self.y += SMALL.line();
                }
            }
        }
        self.y = top + height;
    }

    fn line(&mut self, left: f32, text: String, style: Style) {
        let at = (left, self.y + style.rise());
        self.push(Mark::Text { at, text, style });
    }

    fn area(&mut self, place: [f32; 4], colour: Colour) {
        self.push(Mark::Area { place, colour });
    }

    fn push(&mut self, mark: Mark<'a>) {
        let page = self.pages.last_mut().expect("pages begin with one");
        page.push(mark);
    }
}

/// The name of a table's row.
const NAME: Style = Style {
    colour: PALE,
    ..BODY
};

fn count(number: usize) -> f32 {
    f32::from(u16::try_from(number).unwrap_or(u16::MAX))
}
