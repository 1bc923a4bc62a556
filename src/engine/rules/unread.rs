//! Why a document or a page could not be read: in a sentence, and by a code with its figures.

use serde_json::Value;

use crate::ingest::Error;
use crate::ingest::PageError;
use crate::ingest::Reason;
use crate::rules::Finding;

/// Why something could not be read.
#[derive(Clone, Debug, PartialEq)]
pub struct Why {
    /// In English, without a full stop.
    pub sentence: String,
    code: &'static str,
    figures: Vec<(&'static str, Value)>,
}

impl Why {
    /// What is wrong with a document.
    #[must_use]
    pub fn of(error: &Error) -> Self {
        let (code, figures): (_, Vec<(_, Value)>) = match error {
            Error::Empty => ("empty", Vec::new()),
            Error::NotRecognised { begins } => (
                "not_recognised",
                vec![("begins_with", begins.as_str().into())],
            ),
            Error::Truncated { format, bytes } => (
                "truncated",
                vec![
                    ("format", format.to_string().into()),
                    ("bytes", (*bytes).into()),
                ],
            ),
            Error::Damaged { format, detail } => (
                "damaged",
                vec![
                    ("format", format.to_string().into()),
                    ("detail", detail.as_str().into()),
                ],
            ),
            Error::Encrypted => ("encrypted", Vec::new()),
            Error::WrongPassword => ("wrong_password", Vec::new()),
            Error::UnsupportedEncryption => ("unsupported_encryption", Vec::new()),
            Error::NoPages { format } => ("no_pages", vec![("format", format.to_string().into())]),
            Error::TooManyPages { found, max } => (
                "too_many_pages",
                vec![("pages", (*found).into()), ("pages_max", (*max).into())],
            ),
            Error::TooLarge { bytes, max } => (
                "too_large",
                vec![("bytes", (*bytes).into()), ("bytes_max", (*max).into())],
            ),
        };
        Self {
            sentence: error.to_string(),
            code,
            figures,
        }
    }

    /// What is wrong with a page; the sentence does not name it.
    #[must_use]
    pub fn of_page(error: &PageError, sentence: &str) -> Self {
        let said = || vec![("detail", Value::from(sentence))];
        let (code, figures): (_, Vec<(_, Value)>) = match error {
            PageError::Unreadable { reason, .. } => match reason {
                Reason::ImageEndsEarly { rows, of } => ("image_ends_early", of_rows(*rows, *of)),
                Reason::ImageDamaged { rows, of } => ("image_damaged", of_rows(*rows, *of)),
                Reason::ImageNotDecoded => ("image_not_decoded", Vec::new()),
                Reason::TextNotDrawn => ("text_not_drawn", Vec::new()),
                Reason::Other(_) => ("not_decoded", said()),
            },
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
            PageError::NotProcessed { .. } => (READER_STOPPED, said()),
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
        Self::quoted("not_opened", sentence)
    }

    /// The reader hit a limit or failed.
    #[must_use]
    pub fn reader_stopped(sentence: &str) -> Self {
        Self::quoted(READER_STOPPED, sentence)
    }

    fn quoted(code: &'static str, sentence: &str) -> Self {
        Self {
            sentence: sentence.to_owned(),
            code,
            figures: vec![("detail", sentence.into())],
        }
    }

    /// The finding with the reason, and the figures behind that.
    pub(super) fn told(&self, finding: Finding) -> Finding {
        let figures = self.figures.iter().cloned();
        let finding = finding.value("reason", self.code);
        figures.fold(finding, |finding, (name, value)| finding.value(name, value))
    }
}

/// Code of what can be tried again with more time or memory.
const READER_STOPPED: &str = "reader_stopped";

/// Rows of an image that are there, where they are known, and rows that it is stated to have.
fn of_rows(rows: Option<u32>, of: u32) -> Vec<(&'static str, Value)> {
    let whole = rows.map(|rows| ("rows_whole", Value::from(rows)));
    let stated = ("rows_stated", Value::from(of));
    whole.into_iter().chain([stated]).collect()
}
