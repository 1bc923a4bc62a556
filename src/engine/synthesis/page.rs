//! Pages of invented letters: heading, number, lines of text, tables, a name to sign over.

mod decoy;
mod figures;
mod filling;
mod heading;
mod letter;
mod line;
mod over;
mod running;
mod signature;
mod signer;
mod soiling;
mod words;

use kurbo::Affine;
use kurbo::BezPath;
use kurbo::Point;

use crate::reading::Hull;
use crate::synthesis::chance::Chance;
use crate::synthesis::fonts::Class;
use crate::synthesis::fonts::FaceId;
use crate::synthesis::fonts::Fonts;
use crate::synthesis::lettering::Style;
use crate::synthesis::lettering::natural_width;
use crate::synthesis::lettering::straight;
use crate::synthesis::motif::line;
use crate::synthesis::motif::polygon;
use crate::synthesis::names;
use crate::synthesis::names::Body;
use crate::synthesis::placement;

pub use decoy::DECOYS;
pub use decoy::Decoy;
pub use decoy::HEAD_DECOYS;
pub use filling::Filling;
pub use letter::Letter;
pub use line::Line;
pub use over::black_mass;
pub use over::red_heading;
pub use running::running;
pub use signer::Signer;
pub use soiling::reverse;
pub use soiling::soil;

/// A page before any seal, in millimetres.
#[derive(Clone, Debug)]
pub struct Page {
    /// Width and height of the paper.
    pub size: (f64, f64),
    /// What is on it: paths and the optical densities of their ink.
    pub prints: Vec<(Vec<BezPath>, [f32; 3])>,
    /// Where signers sign: the middle of each signature and half its width.
    pub signers: Vec<Signer>,
    /// The hull of each signer's signature; none on pages that are not signed.
    pub signatures: Vec<Hull>,
    /// What it says of itself.
    pub letter: Letter,
    /// The lines of number and date, where they are printed.
    pub lines: Vec<Line>,
}

/// What a page is to hold.
#[derive(Clone, Copy, Debug)]
pub struct Content<'a> {
    /// Whose letter it is.
    pub body: &'a Body,
    /// How many sign it.
    pub signers: usize,
    /// Half an A4 sheet instead of a whole one.
    pub small: bool,
    /// How much it says.
    pub filling: Filling,
    /// Whether pens cross the seals.
    pub signed: bool,
    /// Things that are no seals and look like some.
    pub decoys: &'a [Decoy],
}

/// Lays out a page.
#[must_use]
pub fn compose(content: Content<'_>, fonts: &Fonts, chance: &mut Chance) -> Page {
    let size = if content.small {
        (210.0, 148.0)
    } else {
        (210.0, 297.0)
    };
    let mut layout = Layout::new(fonts, content, size, chance);
    if content.body.chinese {
        layout.chinese_letter();
    } else {
        layout.vietnamese_letter();
    }
    for decoy in content.decoys {
        layout.decoy(*decoy);
    }
    layout.page
}

/// A page being laid out.
struct Layout<'a> {
    fonts: &'a Fonts,
    chance: &'a mut Chance,
    content: Content<'a>,
    page: Page,
    black: Vec<BezPath>,
    regular: FaceId,
    bold: FaceId,
    italic: FaceId,
    /// Height of a capital of the running text.
    capital: f64,
    y: f64,
}

impl<'a> Layout<'a> {
    fn new(
        fonts: &'a Fonts,
        content: Content<'a>,
        size: (f64, f64),
        chance: &'a mut Chance,
    ) -> Self {
        let serif = chance.happens(0.7);
        let face = |class, chance: &mut Chance| *chance.pick(&fonts.of_class(class));
        let regular = if content.body.chinese {
            Class::Hanzi
        } else if serif {
            Class::Serif
        } else {
            Class::Sans
        };
        let bold = match (content.body.chinese, serif) {
            (true, _) => Class::Hanzi,
            (false, true) => Class::SerifBold,
            (false, false) => Class::SansBold,
        };
        let regular = face(regular, chance);
        let bold = face(bold, chance);
        let italic = face(Class::Italic, chance);
        let capital = if content.body.chinese {
            chance.between(3.6, 4.8)
        } else {
            chance.between(2.5, 3.4)
        };
        Self {
            fonts,
            content,
            page: Page {
                size,
                prints: Vec::new(),
                signers: Vec::new(),
                signatures: Vec::new(),
                letter: Letter::default(),
                lines: Vec::new(),
            },
            black: Vec::new(),
            regular,
            bold,
            italic,
            capital,
            y: 18.0,
            chance,
        }
    }

    fn vietnamese_letter(&mut self) {
        let capital = self.capital;
        let body = self.content.body.clone();
        let (left, right) = (self.page.size.0 * 0.3, self.page.size.0 * 0.7);
        self.centred(
            &body.above,
            (left, 18.0),
            (self.regular, capital * 0.9),
            78.0,
        );
        self.centred(
            &format!("{} {}", body.kind, body.own),
            (left, 24.0),
            (self.bold, capital * 0.9),
            78.0,
        );
        self.rule((left - 16.0, 27.0), (left + 16.0, 27.0), 0.25);
        self.centred(
            words::MOTTO.0,
            (right, 18.0),
            (self.bold, capital * 0.9),
            92.0,
        );
        self.centred(words::MOTTO.1, (right, 24.0), (self.bold, capital), 80.0);
        self.rule((right - 26.0, 27.0), (right + 26.0, 27.0), 0.25);
        let letter = &mut self.page.letter;
        letter.issuer = Some(format!("{} {}", body.kind, body.own));
        letter.language = Some("vietnamese".to_owned());
        if !self.content.filling.is_written() {
            self.y = self.chance.between(40.0, self.page.size.1 * 0.55);
            self.signature_row(&words::OFFICES);
            return self.finish();
        }
        self.number_and_date((left, right));
        self.y = 46.0;
        let title = *self.chance.pick(&words::TITLES);
        self.centred(
            title,
            (self.page.size.0 / 2.0, self.y),
            (self.bold, capital * 1.25),
            160.0,
        );
        self.y += 10.0;
        let room = self.page.size.1 - if self.content.small { 52.0 } else { 78.0 };
        let end = if self.content.small {
            room
        } else {
            self.chance.between(room * 0.62, room)
        };
        let filling = self.content.filling;
        let end = filling.end((self.y, end), 2.2 * capital, self.chance);
        self.paragraphs(end);
        self.signature_row(&words::OFFICES);
        self.recipients();
        self.finish();
    }

    fn chinese_letter(&mut self) {
        let capital = self.capital;
        let body = self.content.body.clone();
        let middle = self.page.size.0 / 2.0;
        self.centred(
            &body.name,
            (middle, 26.0),
            (self.bold, capital * 1.4),
            160.0,
        );
        self.rule((25.0, 32.0), (self.page.size.0 - 25.0, 32.0), 0.4);
        self.heading_number(middle);
        self.y = 60.0;
        let filling = self.content.filling;
        if filling.is_written() {
            let title = *self.chance.pick(&words::HANZI_TITLES);
            self.centred(title, (middle, 46.0), (self.bold, capital * 1.2), 160.0);
            let room = self.page.size.1 - if self.content.small { 45.0 } else { 60.0 };
            let end = if self.content.small {
                room
            } else {
                self.chance.between(room * 0.5, room)
            };
            let end = filling.end((self.y, end), 2.2 * capital, self.chance);
            self.paragraphs(end);
        }
        let letter = &mut self.page.letter;
        letter.issuer = Some(body.name.clone());
        letter.language = Some("chinese".to_owned());
        let signers = self.content.signers.max(1);
        for signer in 0..signers {
            let x = self.page.size.0 * if signer == 0 { 0.7 } else { 0.28 };
            let y = self.y + 14.0;
            let longest = signer::NAME_MM;
            self.centred(&body.name, (x, y), (self.regular, capital), longest);
            let (date, day) = self.hanzi_date();
            self.page.letter.tell_date(signer, day);
            self.centred(&date, (x, y + capital * 2.0), (self.regular, capital), 70.0);
            self.page.signers.push(Signer {
                middle: Point::new(x, y + capital),
                half_width: self.chance.between(14.0, 24.0),
                over_date: true,
            });
        }
        self.finish();
    }

    /// Running text down to the height `end`, sometimes with a table in it.
    fn paragraphs(&mut self, end: f64) {
        if let Some(blanks) = self.content.filling.blanks() {
            return self.form(blanks, end);
        }
        let pitch = self.capital * self.chance.between(1.9, 2.5);
        let (left, right) = (28.0, self.page.size.0 - self.chance.between(15.0, 22.0));
        let table_at = self
            .chance
            .happens(0.3)
            .then(|| self.chance.between(self.y, end));
        let mut indented = true;
        while self.y < end {
            if table_at.is_some_and(|at| at < self.y && at > self.y - pitch) && end - self.y > 40.0
            {
                self.table((left, right));
            }
            let start = if indented { left + 10.0 } else { left };
            let (text, last) = self.text_line(right - start);
            let text = if indented { capitalised(&text) } else { text };
            let style = Style {
                face: self.regular,
                capital_mm: self.capital,
                stretch: 1.0,
            };
            let natural = natural_width(self.fonts, style, &text);
            let extent = if last {
                natural
            } else {
                (right - start).min(natural * 1.12)
            };
            let path = straight(self.fonts, style, &text, extent);
            self.black
                .push(Affine::translate((start + extent / 2.0, self.y)) * path);
            self.y += pitch * if last { 1.25 } else { 1.0 };
            indented = last;
        }
    }

    /// Words that fill a line, and whether it ends a paragraph.
    fn text_line(&mut self, width: f64) -> (String, bool) {
        let style = Style {
            face: self.regular,
            capital_mm: self.capital,
            stretch: 1.0,
        };
        let last = self.chance.happens(0.22);
        let width = if last {
            width * self.chance.between(0.2, 0.9)
        } else {
            width
        };
        let mut text = String::new();
        loop {
            // A comma now and then, as running text has.
            if text.len() > 12 && !self.content.body.chinese && self.chance.happens(0.06) {
                text.push(',');
            }
            let word = words::word(self.content.body.chinese, self.chance);
            let longer = if text.is_empty() || self.content.body.chinese {
                format!("{text}{word}")
            } else {
                format!("{text} {word}")
            };
            if natural_width(self.fonts, style, &longer) > width {
                break;
            }
            text = longer;
        }
        if last && !self.content.body.chinese {
            text.push('.');
        }
        (text, last)
    }

    /// A ruled table with short entries.
    fn table(&mut self, (left, right): (f64, f64)) {
        let (rows, columns) = (3 + self.chance.index(4), 2 + self.chance.index(4));
        let row_height = self.capital * 2.2;
        let top = self.y;
        let column_width = (right - left) / columns as f64;
        let weight = self.chance.between(0.2, 0.4);
        for row in 0..=rows {
            let y = top + row as f64 * row_height;
            self.rule((left, y), (right, y), weight);
        }
        let bottom = top + rows as f64 * row_height;
        for column in 0..=columns {
            let x = left + column as f64 * column_width;
            self.rule((x, top), (x, bottom), weight);
        }
        for row in 0..rows {
            for column in 0..columns {
                let word = words::word(self.content.body.chinese, self.chance).to_owned();
                let x = left + (column as f64 + 0.5) * column_width;
                let y = top + (row as f64 + 0.68) * row_height;
                self.centred(
                    &word,
                    (x, y),
                    (self.regular, self.capital * 0.9),
                    column_width - 3.0,
                );
            }
        }
        self.y = bottom + self.capital * 2.5;
    }

    /// Offices, room for signatures, and names.
    fn signature_row(&mut self, offices: &[&str]) {
        let signers = self.content.signers.max(1);
        let top = self.y + 4.0;
        for signer in 0..signers {
            let x = self.page.size.0 * if signer == 0 { 0.72 } else { 0.3 };
            let office = *self.chance.pick(offices);
            self.centred(office, (x, top), (self.bold, self.capital), 70.0);
            let room = self.chance.between(24.0, 31.0);
            let name = names::person(self.chance);
            self.centred(&name, (x, top + room), (self.bold, self.capital), 60.0);
            self.page.letter.signers.push(name);
            self.page.signers.push(Signer {
                middle: Point::new(x, top + room * 0.52),
                half_width: self.chance.between(13.0, 24.0),
                over_date: false,
            });
        }
    }

    /// The small list of who gets the letter.
    fn recipients(&mut self) {
        if self.content.signers > 1 || self.chance.happens(0.3) {
            return;
        }
        let small = self.capital * 0.8;
        let (left, top) = (28.0, self.y + 4.0);
        for row in 0..4 {
            let text = if row == 0 {
                "Nơi nhận:".to_owned()
            } else {
                format!("- {};", words::word(false, self.chance))
            };
            let face = if row == 0 { self.italic } else { self.regular };
            let style = Style {
                face,
                capital_mm: small,
                stretch: 1.0,
            };
            let width = natural_width(self.fonts, style, &text);
            let path = straight(self.fonts, style, &text, width);
            let y = top + f64::from(row) * small * 1.9;
            self.black
                .push(Affine::translate((left + width / 2.0, y)) * path);
        }
    }

    /// A line of text about `x`, on the baseline `y`, narrowed to `longest`; gives how long it is.
    fn centred(
        &mut self,
        text: &str,
        (x, y): (f64, f64),
        (face, capital): (FaceId, f64),
        longest: f64,
    ) -> f64 {
        let mut style = Style {
            face,
            capital_mm: capital,
            stretch: 1.0,
        };
        let natural = natural_width(self.fonts, style, text);
        if natural > longest {
            style.stretch = (longest / natural).max(0.6);
        }
        let extent = natural_width(self.fonts, style, text);
        let path = straight(self.fonts, style, text, extent);
        self.black.push(Affine::translate((x, y)) * path);
        extent
    }

    fn rule(&mut self, from: (f64, f64), to: (f64, f64), weight: f64) {
        let mut path = BezPath::new();
        path.move_to(from);
        path.line_to(to);
        self.black.push(line(&path, weight));
    }

    /// Prints what is black, and signs.
    fn finish(&mut self) {
        let dark = self.chance.between32(0.9, 1.6);
        self.page
            .prints
            .push((std::mem::take(&mut self.black), [dark, dark, dark * 0.98]));
        if self.content.signed {
            for signer in self.page.signers.clone() {
                let strokes = signature::draw(signer.middle, signer.half_width, self.chance);
                let pen = signature::pen(self.chance);
                self.page.signatures.extend(placement::hull(&strokes));
                self.page.prints.push((strokes, pen));
            }
        }
    }
}

/// The text with a capital first letter.
fn capitalised(text: &str) -> String {
    let mut letters = text.chars();
    let first = letters.next().map(char::to_uppercase);
    first.into_iter().flatten().chain(letters).collect()
}

/// A rectangle by its corners.
fn rectangle(left: f64, top: f64, right: f64, bottom: f64) -> BezPath {
    polygon([(left, top), (right, top), (right, bottom), (left, bottom)].map(Point::from))
}
