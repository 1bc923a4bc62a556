//! The typefaces that synthesis draws with: Debian's packages under open licences, found by file
//! name, never part of this repository.

use std::collections::BTreeMap;
use std::collections::BTreeSet;
use std::fs;
use std::path::Path;
use std::path::PathBuf;

use kurbo::BezPath;
use kurbo::Shape;
use skrifa::FontRef;
use skrifa::MetadataProvider;
use skrifa::instance::LocationRef;
use skrifa::instance::Size;
use skrifa::outline::DrawSettings;
use skrifa::outline::OutlinePen;

/// Where Debian's packages put their fonts.
pub const FONT_DIRECTORY: &str = "/usr/share/fonts";

/// The Debian packages that synthesis needs, about 18 MB to fetch.
///
/// Licences: Croscore (Arimo, Tinos), Apache-2.0; `DejaVu`, Bitstream Vera's; `FreeFont`, GPL with the
/// font exception; Roboto and Open Sans, Apache-2.0; Libertine, OFL; Carlito, OFL; EB Garamond,
/// OFL; the two Arphic fonts, Arphic Public License; `WenQuanYi` Micro Hei, Apache-2.0 or GPL with
/// the font exception.
pub const DEBIAN_PACKAGES: [&str; 11] = [
    "fonts-croscore",
    "fonts-dejavu-core",
    "fonts-dejavu-extra",
    "fonts-freefont-ttf",
    "fonts-roboto-unhinted",
    "fonts-open-sans",
    "fonts-linuxlibertine",
    "fonts-crosextra-carlito",
    "fonts-arphic-gbsn00lp",
    "fonts-arphic-gkai00mp",
    "fonts-wqy-microhei",
];

/// Every letter that Vietnamese text needs beside ASCII.
pub const VIETNAMESE: &str = "ÀÁÂÃÈÉÊÌÍÒÓÔÕÙÚÝàáâãèéêìíòóôõùúýĂăĐđĨĩŨũƠơƯưẠạẢảẤấẦầẨẩẪẫẬậẮắẰằẲẳẴẵẶặẸẹẺẻẼẽẾếỀềỂểỄễỆệỈỉỊịỌọỎỏỐốỒồỔổỖỗỘộỚớỜờỞởỠỡỢợỤụỦủỨứỪừỬửỮữỰựỲỳỴỵỶỷỸỹ";

/// Why the typefaces could not be had.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// Files are not installed.
    #[error("synthesis needs fonts that are not under {}: install Debian's packages {}", directory.display(), packages.join(" "))]
    Missing {
        /// Where they were looked for.
        directory: PathBuf,
        /// The packages that bring them.
        packages: Vec<String>,
    },
    /// A file is there and cannot be used.
    #[error("the font {} of Debian's package {package} cannot be used: {reason}", path.display())]
    Unusable {
        /// The file.
        path: PathBuf,
        /// Its package.
        package: &'static str,
        /// What is wrong with it.
        reason: String,
    },
}

/// What a typeface looks like; faces of one class may stand in for each other.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Class {
    /// Sans serif, upright, regular weight.
    Sans,
    /// Sans serif, bold.
    SansBold,
    /// Sans serif, narrow.
    Narrow,
    /// Serif, regular weight.
    Serif,
    /// Serif, bold.
    SerifBold,
    /// Italic of any kind, for pages only.
    Italic,
    /// Chinese.
    Hanzi,
}

/// A typeface by its place in [`Fonts`].
pub type FaceId = usize;

/// File, package and class of each typeface.
const FACES: [(&str, &str, Class); 32] = [
    ("Arimo-Regular.ttf", "fonts-croscore", Class::Sans),
    ("DejaVuSans.ttf", "fonts-dejavu-core", Class::Sans),
    ("FreeSans.ttf", "fonts-freefont-ttf", Class::Sans),
    ("Roboto-Regular.ttf", "fonts-roboto-unhinted", Class::Sans),
    ("OpenSans-Regular.ttf", "fonts-open-sans", Class::Sans),
    (
        "Carlito-Regular.ttf",
        "fonts-crosextra-carlito",
        Class::Sans,
    ),
    ("LinBiolinum_R.otf", "fonts-linuxlibertine", Class::Sans),
    ("Arimo-Bold.ttf", "fonts-croscore", Class::SansBold),
    ("DejaVuSans-Bold.ttf", "fonts-dejavu-core", Class::SansBold),
    ("FreeSansBold.ttf", "fonts-freefont-ttf", Class::SansBold),
    ("Roboto-Bold.ttf", "fonts-roboto-unhinted", Class::SansBold),
    ("OpenSans-Bold.ttf", "fonts-open-sans", Class::SansBold),
    (
        "Carlito-Bold.ttf",
        "fonts-crosextra-carlito",
        Class::SansBold,
    ),
    ("OpenSans-CondBold.ttf", "fonts-open-sans", Class::Narrow),
    (
        "DejaVuSansCondensed.ttf",
        "fonts-dejavu-extra",
        Class::Narrow,
    ),
    (
        "RobotoCondensed-Regular.ttf",
        "fonts-roboto-unhinted",
        Class::Narrow,
    ),
    ("Tinos-Regular.ttf", "fonts-croscore", Class::Serif),
    ("DejaVuSerif.ttf", "fonts-dejavu-core", Class::Serif),
    ("FreeSerif.ttf", "fonts-freefont-ttf", Class::Serif),
    ("LinLibertine_R.otf", "fonts-linuxlibertine", Class::Serif),
    ("Tinos-Bold.ttf", "fonts-croscore", Class::SerifBold),
    (
        "DejaVuSerif-Bold.ttf",
        "fonts-dejavu-core",
        Class::SerifBold,
    ),
    ("FreeSerifBold.ttf", "fonts-freefont-ttf", Class::SerifBold),
    (
        "LinLibertine_RB.otf",
        "fonts-linuxlibertine",
        Class::SerifBold,
    ),
    (
        "DejaVuSerifCondensed-Bold.ttf",
        "fonts-dejavu-extra",
        Class::SerifBold,
    ),
    ("Tinos-Italic.ttf", "fonts-croscore", Class::Italic),
    ("Arimo-Italic.ttf", "fonts-croscore", Class::Italic),
    ("FreeSerifItalic.ttf", "fonts-freefont-ttf", Class::Italic),
    ("LinLibertine_RI.otf", "fonts-linuxlibertine", Class::Italic),
    ("gbsn00lp.ttf", "fonts-arphic-gbsn00lp", Class::Hanzi),
    ("gkai00mp.ttf", "fonts-arphic-gkai00mp", Class::Hanzi),
    ("wqy-microhei.ttc", "fonts-wqy-microhei", Class::Hanzi),
];

/// The typefaces, loaded.
#[derive(Debug)]
pub struct Fonts {
    faces: Vec<Typeface>,
}

#[derive(Debug)]
struct Typeface {
    class: Class,
    bytes: Vec<u8>,
    capital_height: f64,
}

/// One letter with a capital's height as its unit, y downwards, the baseline at zero.
#[derive(Clone, Debug)]
pub struct Glyph {
    /// The outline.
    pub path: BezPath,
    /// The distance to the next letter's origin.
    pub advance: f64,
}

impl Fonts {
    /// Loads every typeface from the files under `directory`.
    ///
    /// # Errors
    /// [`Error::Missing`] names all Debian packages whose files are not there;
    /// [`Error::Unusable`] names a file that is damaged or lacks a letter.
    pub fn load(directory: &Path) -> Result<Self, Error> {
        let found = files_by_name(directory);
        let mut missing = BTreeSet::new();
        let mut faces = Vec::with_capacity(FACES.len());
        for (name, package, class) in FACES {
            let Some(path) = found.get(name) else {
                missing.insert(package.to_owned());
                continue;
            };
            let typeface = fs::read(path)
                .map_err(|error| error.to_string())
                .and_then(|bytes| Typeface::new(bytes, class))
                .map_err(|reason| Error::Unusable {
                    path: path.clone(),
                    package,
                    reason,
                })?;
            faces.push(typeface);
        }
        if missing.is_empty() {
            Ok(Self { faces })
        } else {
            Err(Error::Missing {
                directory: directory.to_owned(),
                packages: missing.into_iter().collect(),
            })
        }
    }

    /// All typefaces of one class.
    #[must_use]
    pub fn of_class(&self, class: Class) -> Vec<FaceId> {
        let faces = self.faces.iter().enumerate();
        faces
            .filter(|(_, face)| face.class == class)
            .map(|(id, _)| id)
            .collect()
    }

    /// The class of a typeface.
    #[must_use]
    pub fn class(&self, face: FaceId) -> Class {
        self.faces[face].class
    }

    /// The file name of a typeface, by which truth names it.
    #[must_use]
    pub fn name(&self, face: FaceId) -> &'static str {
        FACES[face].0
    }

    /// One letter of a typeface; a letter that it lacks is an empty glyph of half a capital's width.
    #[must_use]
    pub fn glyph(&self, face: FaceId, letter: char) -> Glyph {
        let typeface = &self.faces[face];
        typeface.glyph(letter).unwrap_or(Glyph {
            path: BezPath::new(),
            advance: 0.5,
        })
    }
}

impl Typeface {
    fn new(bytes: Vec<u8>, class: Class) -> Result<Self, String> {
        let mut typeface = Self {
            class,
            bytes,
            capital_height: 1.0,
        };
        let sample = if class == Class::Hanzi { '国' } else { 'H' };
        let glyph = typeface.glyph(sample).ok_or("it is damaged")?;
        typeface.capital_height = glyph.path.bounding_box().height();
        let needed = if class == Class::Hanzi {
            ""
        } else {
            VIETNAMESE
        };
        match needed
            .chars()
            .find(|letter| typeface.glyph(*letter).is_none())
        {
            Some(letter) => Err(format!("it lacks the letter {letter}")),
            None => Ok(typeface),
        }
    }

    fn glyph(&self, letter: char) -> Option<Glyph> {
        let font = FontRef::from_index(&self.bytes, 0).ok()?;
        let id = font.charmap().map(letter)?;
        let metrics = font.glyph_metrics(Size::unscaled(), LocationRef::default());
        let scale = 1.0 / self.capital_height;
        let mut pen = Pen {
            path: BezPath::new(),
            scale,
        };
        let settings = DrawSettings::unhinted(Size::unscaled(), LocationRef::default());
        font.outline_glyphs()
            .get(id)?
            .draw(settings, &mut pen)
            .ok()?;
        Some(Glyph {
            path: pen.path,
            advance: f64::from(metrics.advance_width(id)?) * scale,
        })
    }
}

/// Takes a glyph's outline, scaled, with y turned downwards.
struct Pen {
    path: BezPath,
    scale: f64,
}

impl Pen {
    fn at(&self, x: f32, y: f32) -> (f64, f64) {
        (f64::from(x) * self.scale, -f64::from(y) * self.scale)
    }
}

impl OutlinePen for Pen {
    fn move_to(&mut self, x: f32, y: f32) {
        self.path.move_to(self.at(x, y));
    }

    fn line_to(&mut self, x: f32, y: f32) {
        self.path.line_to(self.at(x, y));
    }

    fn quad_to(&mut self, cx0: f32, cy0: f32, x: f32, y: f32) {
        self.path.quad_to(self.at(cx0, cy0), self.at(x, y));
    }

    fn curve_to(&mut self, cx0: f32, cy0: f32, cx1: f32, cy1: f32, x: f32, y: f32) {
        self.path
            .curve_to(self.at(cx0, cy0), self.at(cx1, cy1), self.at(x, y));
    }

    fn close(&mut self) {
        self.path.close_path();
    }
}

/// Every file under a directory by its name; a directory that cannot be read holds none.
fn files_by_name(directory: &Path) -> BTreeMap<String, PathBuf> {
    let mut found = BTreeMap::new();
    let mut pending = vec![directory.to_owned()];
    while let Some(directory) = pending.pop() {
        let Ok(entries) = fs::read_dir(directory) else {
            continue;
        };
        for entry in entries.flatten() {
            let path = entry.path();
            if path.is_dir() {
                pending.push(path);
            } else if let Some(name) = path.file_name().and_then(|name| name.to_str()) {
                found.insert(name.to_owned(), path.clone());
            }
        }
    }
    found
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_missing_font_is_named_by_its_debian_package() {
        let empty = tempfile::tempdir().unwrap();
        let message = Fonts::load(empty.path()).unwrap_err().to_string();
        assert!(message.contains("install Debian's packages"), "{message}");
        for package in DEBIAN_PACKAGES {
            assert!(message.contains(package), "{message}");
        }
    }

    #[test]
    fn every_package_in_the_list_brings_a_face_that_is_used() {
        for package in DEBIAN_PACKAGES {
            assert!(FACES.iter().any(|face| face.1 == package), "{package}");
        }
        assert!(FACES.iter().all(|face| DEBIAN_PACKAGES.contains(&face.1)));
    }
}
