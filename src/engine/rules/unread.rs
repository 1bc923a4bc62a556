//! Why a document, a page or a field could not be read: in a sentence, and by a code with its figures.

use std::time::Duration;

use serde::Deserialize;
use serde::Serialize;
use serde_json::Map;
use serde_json::Value;

use crate::ingest::Damage;
use crate::ingest::Error;
use crate::ingest::Format;
use crate::ingest::Obstacle;
use crate::ingest::PageError;
use crate::ingest::Reason;
use crate::ingest::Stop;
use crate::reading::Failure;
use crate::reading::fields::Doubt;
use crate::rules::Finding;

/// Figures by their names.
type Figures = Vec<(&'static str, Value)>;

/// A code, and the figures behind it.
type Coded = (&'static str, Figures);

/// Code of a field of which nothing was seen.
pub const NOT_FOUND: &str = "not_found";

/// Code of what can be tried again with more time or memory.
const READER_STOPPED: &str = "reader_stopped";

/// Code of a file whose bytes cannot be had.
const NOT_OPENED: &str = "not_opened";

/// Code of what the reader panicked on.
const READER_FAILED: &str = "reader_failed";

/// Why something could not be read.
#[derive(Clone, Debug, PartialEq)]
pub struct Why {
    /// In English, without a full stop.
    pub sentence: String,
    code: &'static str,
    figures: Figures,
}

/// Why something is not known, as reports hold it beside the English sentence.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Cause {
    /// A code that stays.
    pub code: String,
    /// The figures behind it; what programs and systems said is `quoted`.
    pub values: Map<String, Value>,
}

impl Why {
    /// What is wrong with a document.
    #[must_use]
    pub fn of(error: &Error) -> Self {
        let sentence = error.to_string();
        let (code, figures): Coded = match error {
            Error::Empty => ("empty", Vec::new()),
            Error::NotRecognised { begins } => (
                "not_recognised",
                vec![("begins_with", begins.as_str().into())],
            ),
            Error::Truncated { format, bytes } => (
                "truncated",
                vec![named(*format), ("bytes", (*bytes).into())],
            ),
            Error::Damaged { format, detail } => {
                let said = vec![named(*format), ("detail", detail.to_string().into())];
                ("damaged", with_trouble(said, of_damage(detail)))
            }
            Error::Encrypted => ("encrypted", Vec::new()),
            Error::WrongPassword => ("wrong_password", Vec::new()),
            Error::UnsupportedEncryption => ("unsupported_encryption", Vec::new()),
            Error::NoPages { format } => ("no_pages", vec![named(*format)]),
            Error::TooManyPages { found, max } => (
                "too_many_pages",
                vec![("pages", (*found).into()), ("pages_max", (*max).into())],
            ),
            Error::TooLarge { bytes, max } => (
                "too_large",
                vec![("bytes", (*bytes).into()), ("bytes_max", (*max).into())],
            ),
            Error::NotOpened(obstacle) => (
                NOT_OPENED,
                with_trouble(detail(&sentence), Some(of_obstacle(obstacle))),
            ),
            Error::Stopped { page, stop } => {
                let mut figures = with_trouble(detail(&sentence), Some(of_stop(stop)));
                figures.extend(page.map(|page| ("at_page", Value::from(page))));
                (READER_STOPPED, figures)
            }
        };
        Self {
            sentence,
            code,
            figures,
        }
    }

    /// What is wrong with a page; the sentence does not name it.
    #[must_use]
    pub fn of_page(error: &PageError, sentence: &str) -> Self {
        let (code, figures): Coded = match error {
            PageError::Unreadable { reason, .. } => of_reason(reason, sentence),
            PageError::TooLarge {
                width,
                height,
                pixels_max,
                ..
            } => (
                "image_too_large",
                vec![
                    ("width_px", (*width).into()),
                    ("height_px", (*height).into()),
                    ("pixels_max", (*pixels_max).into()),
                ],
            ),
            PageError::NotProcessed { reason, .. } => (
                READER_STOPPED,
                with_trouble(detail(sentence), Some(of_stop(reason))),
            ),
            PageError::Missing { pages, .. } => ("no_such_page", vec![("pages", (*pages).into())]),
        };
        Self {
            sentence: sentence.to_owned(),
            code,
            figures,
        }
    }

    /// Nothing in the document is a page.
    #[must_use]
    pub fn no_pages() -> Self {
        Self {
            sentence: "it has no pages".to_owned(),
            code: "no_pages",
            figures: Vec::new(),
        }
    }

    /// The file could not be opened, or not read to its end.
    #[must_use]
    pub fn not_opened(sentence: &str) -> Self {
        Self {
            sentence: sentence.to_owned(),
            code: NOT_OPENED,
            figures: detail(sentence),
        }
    }

    /// The reader hit a limit or failed.
    #[must_use]
    pub fn reader_stopped(sentence: &str) -> Self {
        Self {
            sentence: sentence.to_owned(),
            code: READER_STOPPED,
            figures: detail(sentence),
        }
    }

    /// What ended a reader.
    #[must_use]
    pub fn of_stop(stop: &Stop) -> Self {
        Self::particular(stop.to_string(), of_stop(stop))
    }

    /// Why print was not recognised.
    #[must_use]
    pub fn of_recognition(failure: &Failure) -> Self {
        Self::particular(failure.to_string(), of_failure(failure))
    }

    /// Why a field is not known.
    #[must_use]
    pub fn of_field(doubt: &Doubt) -> Self {
        match doubt {
            Doubt::Absent => Self::particular(
                "not found where it usually stands".to_owned(),
                (NOT_FOUND, Vec::new()),
            ),
            Doubt::Unsure(_) => Self::particular(
                "found, but not read surely enough".to_owned(),
                ("unsure", Vec::new()),
            ),
            Doubt::Several(values) => Self::particular(
                format!("several that differ: {}", values.join(", ")),
                ("several", vec![("found_values", values.as_slice().into())]),
            ),
        }
    }

    /// Nobody asked for it.
    #[must_use]
    pub fn not_asked() -> Self {
        Self::particular(
            "not looked for: --ocr auto does".to_owned(),
            ("not_asked", Vec::new()),
        )
    }

    fn particular(sentence: String, (code, figures): Coded) -> Self {
        Self {
            sentence,
            code,
            figures,
        }
    }

    /// The code and its figures, as reports hold them.
    #[must_use]
    pub fn cause(&self) -> Cause {
        let figures = self.figures.iter();
        Cause {
            code: self.code.to_owned(),
            values: figures
                .map(|(name, value)| ((*name).to_owned(), value.clone()))
                .collect(),
        }
    }

    /// The finding with the reason, and the figures behind that.
    pub(super) fn told(&self, finding: Finding) -> Finding {
        self.behind(finding.value("reason", self.code))
    }

    /// The finding with what kept something from being read, in the words of the program and by its code.
    pub(super) fn noted(&self, finding: Finding) -> Finding {
        let finding = finding.value("detail", self.sentence.as_str());
        self.behind(finding.value("trouble", self.code))
    }

    fn behind(&self, finding: Finding) -> Finding {
        let figures = self.figures.iter().cloned();
        figures.fold(finding, |finding, (name, value)| finding.value(name, value))
    }
}

/// The English sentence, for programs and for readers of what has no code of its own.
fn detail(sentence: &str) -> Figures {
    vec![("detail", sentence.into())]
}

/// What was said in front, and by its code what the trouble is, where that is known.
fn with_trouble(mut figures: Figures, trouble: Option<Coded>) -> Figures {
    if let Some((code, own)) = trouble {
        figures.push(("trouble", code.into()));
        figures.extend(own);
    }
    figures
}

/// The kind of file.
fn named(format: Format) -> (&'static str, Value) {
    ("format", format.to_string().into())
}

/// What a library or the system said, in its own words.
fn quoted(said: &str) -> Figures {
    vec![("quoted", said.into())]
}

/// How long it was waited for, in tenths of a second.
fn waited(after: Duration) -> Figures {
    let seconds = (10.0 * after.as_secs_f64()).round() / 10.0;
    vec![("waited_s", seconds.into())]
}

/// Rows of an image that are there, where they are known, and rows that it is stated to have.
fn of_rows(rows: Option<u32>, of: u32) -> Figures {
    let whole = rows.map(|rows| ("rows_whole", Value::from(rows)));
    let stated = ("rows_stated", Value::from(of));
    whole.into_iter().chain([stated]).collect()
}

/// `None` of what only a decoder's own words tell.
fn of_damage(damage: &Damage) -> Option<Coded> {
    match damage {
        Damage::EncryptionIncomplete => Some(("encryption_incomplete", Vec::new())),
        Damage::NoPageList => Some(("no_page_list", Vec::new())),
        Damage::Said(_) => None,
    }
}

fn of_obstacle(obstacle: &Obstacle) -> Coded {
    match obstacle {
        Obstacle::Folder => ("folder", Vec::new()),
        Obstacle::NoRegularFile => ("no_regular_file", Vec::new()),
        Obstacle::NoSuchFile => ("no_such_file", Vec::new()),
        Obstacle::NoPermission => ("no_permission", Vec::new()),
        Obstacle::NotOpened { said } => ("cannot_be_opened", quoted(said)),
        Obstacle::NotReadOn { said } => ("cannot_be_read_on", quoted(said)),
    }
}

fn of_stop(stop: &Stop) -> Coded {
    match stop {
        Stop::TookLonger { after } => ("took_longer", waited(*after)),
        Stop::Memory => ("memory", Vec::new()),
        Stop::NestedTooDeeply => ("nested_too_deeply", Vec::new()),
        Stop::CpuTime => ("cpu_time", Vec::new()),
        Stop::Signal { signal } => ("reader_killed", vec![("signal", (*signal).into())]),
        Stop::Ended { said } => ("reader_ended", quoted(said)),
        Stop::Panicked { said } => (READER_FAILED, quoted(said)),
        Stop::OutOfOrder => ("answer_out_of_order", Vec::new()),
        Stop::Garbled => ("answer_garbled", Vec::new()),
        Stop::Lost { said } => ("reader_lost", quoted(said)),
        Stop::NotStarted { reader, said } => {
            let mut figures = vec![("program", Value::from(reader.as_str()))];
            figures.extend(quoted(said));
            ("reader_not_started", figures)
        }
        Stop::FileChanged => ("file_changed", Vec::new()),
        Stop::EarlierPages => ("earlier_pages", Vec::new()),
        Stop::NotToTheEnd => ("not_to_the_end", Vec::new()),
    }
}

/// The reason by the code of its kind, and what is particular to it.
fn of_reason(reason: &Reason, sentence: &str) -> Coded {
    let trouble: Coded = match reason {
        Reason::ImageEndsEarly { rows, of } => return ("image_ends_early", of_rows(*rows, *of)),
        Reason::ImageDamaged { rows, of } => return ("image_damaged", of_rows(*rows, *of)),
        Reason::ImageNotDecoded => return ("image_not_decoded", Vec::new()),
        Reason::TextNotDrawn => return ("text_not_drawn", Vec::new()),
        Reason::PictureBroken { format, said } => {
            let mut figures = vec![named(*format)];
            figures.extend(quoted(said));
            ("picture_broken", figures)
        }
        Reason::PictureEmpty { format } => ("picture_empty", vec![named(*format)]),
        Reason::TiffNotDecoded { said } => ("tiff_not_decoded", quoted(said)),
        Reason::TiffTooShort => ("tiff_too_short", Vec::new()),
        Reason::TiffKind { kind } => ("tiff_kind", vec![("samples", kind.as_str().into())]),
        Reason::NotParsedAgain => ("not_parsed_again", Vec::new()),
        Reason::PageGone => ("page_gone", Vec::new()),
        Reason::ImageWithoutSize => ("image_without_size", Vec::new()),
        Reason::ContentGone => ("content_gone", Vec::new()),
        Reason::ObjectGone => ("object_gone", Vec::new()),
        Reason::DrawingNotDecoded => ("drawing_not_decoded", Vec::new()),
        Reason::AnnotationGone => ("annotation_gone", Vec::new()),
        Reason::ImageHidden => ("image_hidden", Vec::new()),
        Reason::ReaderFailed { said } => (READER_FAILED, quoted(said)),
    };
    ("not_decoded", with_trouble(detail(sentence), Some(trouble)))
}

fn of_failure(failure: &Failure) -> Coded {
    match failure {
        Failure::NoRecogniser => ("no_recogniser", Vec::new()),
        Failure::NoProgram { named } => ("no_program", vec![("program", named.as_str().into())]),
        Failure::NoData { packages } => (
            "no_language_data",
            vec![("packages", packages.as_slice().into())],
        ),
        Failure::NoVietnamese { package } => (
            "no_vietnamese_data",
            vec![("packages", [*package].as_slice().into())],
        ),
        Failure::NothingToRead => ("nothing_to_read", Vec::new()),
        Failure::NotStored { said } => ("not_stored", quoted(said)),
        Failure::NotStarted { said } => ("recogniser_not_started", quoted(said)),
        Failure::TookLonger { after } => ("recogniser_took_longer", waited(*after)),
        Failure::TooMuch => ("recogniser_floods", Vec::new()),
        Failure::Lost { said } => ("recogniser_lost", quoted(said)),
        Failure::Failed { said } => ("recogniser_failed", quoted(said)),
    }
}
