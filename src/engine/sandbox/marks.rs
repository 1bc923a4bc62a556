//! Reading of frames that may be marks of secrecy or urgency, by a tesseract that is looked for when the first frame is found.

use std::path::Path;
use std::path::PathBuf;
use std::sync::Arc;
use std::sync::OnceLock;

use crate::geometry::Affine;
use crate::imaging::Gray;
use crate::imaging::shrink_gray;
use crate::imaging::warp;
use crate::reading::Failure;
use crate::reading::marking::Marking;
use crate::reading::marking::Unread;
use crate::reading::marking::Wording;
use crate::sandbox::recognition::Language;
use crate::sandbox::recognition::Layout;
use crate::sandbox::recognition::Recogniser;
use crate::sandbox::recognition::Recognition;
use crate::units::level;

/// How words are looked at that were not known at the first look: at so many times the size, over so many, as a line or as a word.
const LOOKS: [((usize, usize), Layout); 4] = [
    ((1, 1), Layout::Line),
    ((2, 3), Layout::Line),
    ((1, 1), Layout::Word),
    ((1, 2), Layout::Line),
];

/// What reads frames.
#[derive(Clone, Debug, Default)]
pub struct Marks {
    /// The programs to look for: this one, tesseract, and the folder of its language data; nothing reads without.
    programs: Option<(PathBuf, PathBuf, Option<PathBuf>)>,
    /// What was found of them, kept for all documents.
    found: Arc<OnceLock<Recognition>>,
}

impl Marks {
    /// Those that a tesseract reads, if it can be used: `executable` is this program, and `data` the folder of tesseract's
    /// language data where it is not its own. Nothing is started before there is a frame.
    #[must_use]
    pub fn by(executable: &Path, tesseract: &Path, data: Option<&Path>) -> Self {
        Self {
            programs: Some((
                executable.to_owned(),
                tesseract.to_owned(),
                data.map(Path::to_owned),
            )),
            found: Arc::default(),
        }
    }

    /// Those that nothing reads, and why.
    #[must_use]
    pub fn unread(reason: Failure) -> Self {
        Self {
            programs: None,
            found: Arc::new(OnceLock::from(Recognition::Missing { reason })),
        }
    }

    /// Reads the words of a frame, or notes why they cannot be.
    pub fn read(&self, marking: &mut Marking) {
        let recognition = self.found.get_or_init(|| match &self.programs {
            Some((executable, tesseract, data)) => {
                Recognition::of(executable, tesseract, data.as_deref())
            }
            None => Recognition::Off,
        });
        marking.said = match recognition {
            Recognition::Off => Err(Unread::Failed(Failure::NoRecogniser)),
            Recognition::Missing { reason } => Err(Unread::Failed(reason.clone())),
            Recognition::By(recogniser) => said(marking, recogniser).map_err(Unread::Failed),
        };
    }
}

/// What a frame says: at the first look at which it is a mark, else at the first of all.
fn said(marking: &Marking, recogniser: &Recogniser) -> Result<Wording, Failure> {
    let language = Language::Vietnamese;
    if !recogniser.languages().contains(&language) {
        let package = language.package();
        return Err(Failure::NoVietnamese { package });
    }
    let mut first = None;
    for (size, layout) in LOOKS {
        let picture = sized(&marking.raster, size);
        let words = recogniser.words_of(&picture, marking.dpi, (language, layout))?;
        let wording = Wording::of(&words);
        match wording {
            Wording::Secret(_) | Wording::Declassified(_) | Wording::Urgent(_) => {
                return Ok(wording);
            }
            Wording::Other | Wording::Unreadable => {
                first.get_or_insert(wording);
            }
        }
    }
    Ok(first.unwrap_or(Wording::Unreadable))
}

/// A picture at another size.
fn sized(raster: &Gray, (times, over): (usize, usize)) -> Gray {
    if times == over {
        return raster.clone();
    }
    let side = |side: usize| (side * times).next_multiple_of(over).max(over);
    let target = (side(raster.width()), side(raster.height()));
    let wide = warp(raster, Affine::scale(1.0 / times as f64), target, 255.0);
    shrink_gray(&wide.map(|shade| level(shade / 255.0)), over)
}
