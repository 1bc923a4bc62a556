//! Fonts for printed reports: found on the system, never carried in the binary.

use std::fmt;
use std::path::Path;
use std::sync::Arc;

use krilla::text::Font;
use krilla::text::Tag;
use skrifa::FontRef;
use skrifa::MetadataProvider;
use skrifa::instance::Size;
use thiserror::Error;

/// Debian's packages that bring the fonts wished for most.
pub const DEBIAN_PACKAGES: [&str; 2] = ["fonts-noto-core", "fonts-noto-cjk"];

/// Families for Latin letters with all that Vietnamese needs, the best first.
const LATIN: &[&str] = &[
    "Noto Sans",
    "DejaVu Sans",
    "Liberation Sans",
    "Arimo",
    "Roboto",
    "Open Sans",
    "Segoe UI",
    "Helvetica Neue",
    "Arial",
    "FreeSans",
];

/// Families for Hanzi in the shapes of the mainland, the best first.
const HANZI: &[&str] = &[
    "Noto Sans CJK SC",
    "Noto Sans SC",
    "Source Han Sans SC",
    "Source Han Sans CN",
    "Microsoft YaHei",
    "PingFang SC",
    "WenQuanYi Micro Hei",
    "WenQuanYi Zen Hei",
    "SimHei",
];

/// Letters that a font must have to be taken: those of Vietnamese that fonts lack most.
const LATIN_SAMPLE: &str = "ABCxyz019ĂÂĐÊÔƠƯăâđêôơưẠảấệỗợữỵỹ±×°²";
/// The same of Hanzi.
const HANZI_SAMPLE: &str = "印章备案核验与不符，。（）";

/// Why there are no fonts for a printed report.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
pub enum Error {
    /// None has the letters of Vietnamese.
    #[error(
        "no font with the letters of Vietnamese is on this system, so no PDF can be written: install Debian's package {}, or \
         any of {}",
        DEBIAN_PACKAGES[0],
        LATIN.join(", ")
    )]
    NoLatin,
    /// None has Hanzi.
    #[error(
        "no font with Chinese characters is on this system, so no PDF can be written: install Debian's package {}, or any of {}",
        DEBIAN_PACKAGES[1],
        HANZI.join(", ")
    )]
    NoHanzi,
}

/// The fonts of a printed report.
#[derive(Clone, Debug)]
pub struct Fonts {
    regular: Face,
    bold: Face,
    hanzi: Face,
    hanzi_bold: Face,
}

/// How heavy letters are.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Weight {
    Regular,
    Bold,
}

/// One font.
#[derive(Clone)]
pub(super) struct Face {
    /// The family's name.
    pub(super) family: String,
    /// For drawing.
    pub(super) font: Font,
    data: Arc<Vec<u8>>,
    index: u32,
    wght: f32,
}

impl Fonts {
    /// Looks for fonts where the system keeps them.
    ///
    /// # Errors
    /// If there is none with the letters of Vietnamese, or none with Hanzi.
    pub fn of_system() -> Result<Self, Error> {
        let mut known = fontdb::Database::new();
        known.load_system_fonts();
        Self::among(&known)
    }

    /// Looks for fonts in a folder and those in it.
    ///
    /// # Errors
    /// As [`Fonts::of_system`].
    pub fn of_folder(folder: &Path) -> Result<Self, Error> {
        let mut known = fontdb::Database::new();
        known.load_fonts_dir(folder);
        Self::among(&known)
    }

    fn among(known: &fontdb::Database) -> Result<Self, Error> {
        let found = |families, sample| {
            let regular = best(known, families, (Weight::Regular, sample))?;
            // Headings in regular weight are better than none.
            let own = [regular.family.as_str()];
            let bold = best(known, &own, (Weight::Bold, sample));
            Some((bold.unwrap_or_else(|| regular.clone()), regular))
        };
        let (bold, regular) = found(LATIN, LATIN_SAMPLE).ok_or(Error::NoLatin)?;
        let (hanzi_bold, hanzi) = found(HANZI, HANZI_SAMPLE).ok_or(Error::NoHanzi)?;
        Ok(Self {
            regular,
            bold,
            hanzi,
            hanzi_bold,
        })
    }

    /// Names of the families, Latin and Hanzi.
    #[must_use]
    pub fn families(&self) -> [&str; 2] {
        [&self.regular.family, &self.hanzi.family]
    }

    /// The faces of a weight, in the order in which a letter is looked for.
    pub(super) const fn faces(&self, weight: Weight) -> [&Face; 2] {
        match weight {
            Weight::Regular => [&self.regular, &self.hanzi],
            Weight::Bold => [&self.bold, &self.hanzi_bold],
        }
    }
}

impl Face {
    fn new(family: &str, (data, index): (Vec<u8>, u32), weight: Weight) -> Option<Self> {
        let data = Arc::new(data);
        let wght = match weight {
            Weight::Regular => 400.0,
            Weight::Bold => 700.0,
        };
        // Of a variable font the weight is an axis; others have none, and stay what they are.
        let axes = [(Tag::new(b"wght"), wght)];
        let font = Font::new_variable(Arc::clone(&data).into(), index, &axes)?;
        Some(Self {
            family: family.to_owned(),
            font,
            data,
            index,
            wght,
        })
    }

    /// Reads the font's tables.
    pub(super) fn tables(&self) -> Option<Tables<'_>> {
        let font = FontRef::from_index(&self.data, self.index).ok()?;
        let location = font.axes().location([("wght", self.wght)]);
        let per_em = f32::from(font.metrics(Size::unscaled(), &location).units_per_em);
        Some(Tables {
            font,
            wght: self.wght,
            per_em,
        })
    }
}

/// The tables of a font, for looking up letters.
pub(super) struct Tables<'a> {
    font: FontRef<'a>,
    wght: f32,
    per_em: f32,
}

impl Tables<'_> {
    /// The glyph of a letter and its advance in ems; `None` where the font has no such letter.
    pub(super) fn glyph(&self, letter: char) -> Option<(u32, f32)> {
        let glyph = self.font.charmap().map(letter)?;
        let location = self.font.axes().location([("wght", self.wght)]);
        let advances = self.font.glyph_metrics(Size::unscaled(), &location);
        Some((glyph.to_u32(), advances.advance_width(glyph)? / self.per_em))
    }
}

impl fmt::Debug for Face {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter
            .debug_struct("Face")
            .field("family", &self.family)
            .field("index", &self.index)
            .finish_non_exhaustive()
    }
}

/// The first family that is there and has all the letters of the sample.
fn best(
    known: &fontdb::Database,
    families: &[&str],
    (weight, sample): (Weight, &str),
) -> Option<Face> {
    families.iter().find_map(|family| {
        let wanted = match weight {
            Weight::Regular => fontdb::Weight::NORMAL,
            Weight::Bold => fontdb::Weight::BOLD,
        };
        let query = fontdb::Query {
            families: &[fontdb::Family::Name(family)],
            weight: wanted,
            ..fontdb::Query::default()
        };
        let id = known.query(&query)?;
        let read = |data: &[u8], index| (data.to_vec(), index);
        let face = Face::new(family, known.with_face_data(id, read)?, weight)?;
        let tables = face.tables()?;
        let has_all = sample.chars().all(|letter| tables.glyph(letter).is_some());
        has_all.then_some(face)
    })
}
