//! PDF: the scan itself where a page is one full-page image, a rendering where it is not.
//!
//! Each page is first interpreted without decoding anything ([`survey`]), which costs a twentieth
//! of a millisecond on a scan and says what stands on the page. One opaque image over the whole
//! page is then decoded and taken as it is ([`native`]); anything else is drawn ([`render`]).
//! hayro leaves out what it cannot decode and says so, at best, in a warning: [`integrity`] looks
//! for what went missing from the file, [`images`] and [`coded`] for pictures that are not whole.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use hayro_interpret::InterpreterSettings;
use hayro_interpret::InterpreterWarning;
use hayro_syntax::DecryptionError;
use hayro_syntax::LoadPdfError;
use hayro_syntax::Pdf;
use hayro_syntax::PdfData;
use hayro_syntax::object::dict::keys::USER_UNIT;
use hayro_syntax::page::Page as PdfPage;

use crate::ingest::error::{Damage, Error, Format, PageError, Reason};
use crate::ingest::limits::Limits;
use crate::ingest::pdf::survey::{Plan, Survey};
use crate::ingest::{Note, Page};

mod coded;
mod images;
mod integrity;
mod jbig2;
mod jpx;
mod lettering;
mod native;
mod overlays;
mod render;
mod survey;
mod tree;

/// After so many pages the parsed file is dropped and parsed again, because hayro keeps the content
/// stream of every page it has seen. Parsing costs some 5 ms.
const PAGES_PER_PARSE: u32 = 32;

/// How far from its end a whole PDF file bears its end marker, in bytes: Acrobat's own tolerance
/// (ISO 32000-1, annex H.3.4.4).
const END_MARKER_WITHIN: usize = 1024;

/// Points in an inch.
const POINTS_PER_INCH: f64 = 72.0;

/// An opened PDF.
pub(crate) struct Reader {
    bytes: PdfData,
    password: String,
    pdf: Pdf,
    /// Where each page stands among those that hayro found.
    places: Vec<Option<usize>>,
    pages_since_parse: u32,
}

impl Reader {
    /// Parses the file's structure.
    ///
    /// # Errors
    /// [`Error`] if it is damaged, encrypted, without pages or over the limit.
    pub(crate) fn open(
        bytes: PdfData,
        password: Option<&str>,
        limits: &Limits,
    ) -> Result<Self, Error> {
        let (pdf, password) = unlock(&bytes, password)?;
        let is_cut_off = is_cut_off(bytes.as_ref());
        let places = tree::places(&pdf, is_cut_off, limits.pages_max as usize);
        if pdf.pages().is_empty() {
            return Err(if is_cut_off {
                truncated(&bytes)
            } else {
                Error::NoPages {
                    format: Format::Pdf,
                }
            });
        }
        let found = pdf.pages().len().max(places.len()) as u64;
        if found > u64::from(limits.pages_max) {
            return Err(Error::TooManyPages {
                found,
                max: u64::from(limits.pages_max),
            });
        }
        Ok(Self {
            bytes,
            password,
            pdf,
            places,
            pages_since_parse: 0,
        })
    }

    /// The file's structure.
    pub(crate) const fn structure(&self) -> &Pdf {
        &self.pdf
    }

    pub(crate) const fn page_count(&self) -> usize {
        self.places.len()
    }

    /// Decodes one page.
    ///
    /// # Errors
    /// [`PageError`] if the page, or anything on it, cannot be decoded.
    pub(crate) fn page(
        &mut self,
        index: usize,
        number: u32,
        limits: &Limits,
    ) -> Result<Page, PageError> {
        if self.pages_since_parse == PAGES_PER_PARSE {
            self.pdf = Pdf::new_with_password(self.bytes.clone(), &self.password)
                .map_err(|_| PageError::unreadable(number, Reason::NotParsedAgain))?;
            self.pages_since_parse = 0;
        }
        self.pages_since_parse += 1;
        let place = self.places.get(index).copied().flatten();
        let page = place.and_then(|place| self.pdf.pages().get(place));
        let page = page.ok_or_else(|| PageError::unreadable(number, Reason::PageGone))?;
        integrity::check_content(page, number)?;
        let survey = survey::survey(page, number, limits)?;
        if survey.is_empty() {
            integrity::check_blank(page, number)?;
        }
        let mut notes = text_notes(page, &survey);
        if survey.is_empty() && !notes.is_empty() {
            return Err(PageError::unreadable(number, Reason::TextNotDrawn));
        }
        let native = match survey.plan() {
            Plan::Native { draw } => native::page(page, draw, number)?,
            Plan::Render => None,
        };
        let (taken, is_drawn) = match native {
            Some(taken) => (taken, false),
            None => (render::page(page, number, &survey, limits)?, true),
        };
        notes.extend(&taken.notes);
        let size = (taken.image.width(), taken.image.height());
        let objects = Some(survey.objects(page, size, is_drawn));
        Ok(Page {
            notes,
            objects,
            ..taken
        })
    }
}

/// What is not shown of the page's visible text.
fn text_notes(page: &PdfPage<'_>, survey: &Survey) -> Vec<Note> {
    let mut notes = Vec::new();
    let characters = survey.characters_missing();
    if characters > 0 {
        notes.push(Note::TextNotDrawn { characters });
    }
    // hayro draws nothing of some text in such a font, and does not say of which.
    if survey.has_unknown_font() && integrity::has_text(page) {
        notes.push(Note::FontNotKnown);
    }
    notes
}

/// The page's unit in points (ISO 32000-1, 8.3.2.3): 1 unless the page is larger than PDF's own
/// bounds. hayro leaves it to its caller.
fn user_unit(page: &PdfPage<'_>) -> f64 {
    let unit = page.raw().get::<f64>(USER_UNIT).unwrap_or(1.0);
    if (1e-3..=1e4).contains(&unit) {
        unit
    } else {
        1.0
    }
}

/// Opens the file with the password or with none.
fn unlock(bytes: &PdfData, password: Option<&str>) -> Result<(Pdf, String), Error> {
    let mut error = LoadPdfError::Invalid;
    let tried = [password.unwrap_or_default(), ""];
    let attempts = if tried[0].is_empty() { 1 } else { 2 };
    for candidate in &tried[..attempts] {
        match Pdf::new_with_password(bytes.clone(), candidate) {
            Ok(pdf) => return Ok((pdf, (*candidate).to_owned())),
            Err(cause) => error = cause,
        }
    }
    Err(match error {
        LoadPdfError::Decryption(DecryptionError::PasswordProtected) if attempts == 2 => {
            Error::WrongPassword
        }
        LoadPdfError::Decryption(DecryptionError::PasswordProtected) => Error::Encrypted,
        LoadPdfError::Decryption(DecryptionError::UnsupportedAlgorithm) => {
            Error::UnsupportedEncryption
        }
        LoadPdfError::Decryption(
            DecryptionError::MissingIDEntry | DecryptionError::InvalidEncryption,
        ) => Error::Damaged {
            format: Format::Pdf,
            detail: Damage::EncryptionIncomplete,
        },
        LoadPdfError::Invalid if is_cut_off(bytes.as_ref()) => truncated(bytes),
        LoadPdfError::Invalid => Error::Damaged {
            format: Format::Pdf,
            detail: Damage::NoPageList,
        },
    })
}

fn truncated(bytes: &PdfData) -> Error {
    Error::Truncated {
        format: Format::Pdf,
        bytes: bytes.as_ref().len() as u64,
    }
}

/// Whether the file lacks its end marker.
fn is_cut_off(bytes: &[u8]) -> bool {
    let tail = &bytes[bytes.len().saturating_sub(END_MARKER_WITHIN)..];
    !tail.windows(5).any(|window| window == b"%%EOF")
}

/// Remembers what hayro says that it left out.
#[derive(Clone, Default)]
struct Failures {
    image: Arc<AtomicBool>,
    font: Arc<AtomicBool>,
}

impl Failures {
    /// Settings that report to this memory.
    fn settings(&self) -> InterpreterSettings {
        let own = self.clone();
        InterpreterSettings {
            warning_sink: Arc::new(move |warning| {
                if matches!(warning, InterpreterWarning::ImageDecodeFailure) {
                    own.image.store(true, Ordering::Relaxed);
                } else if matches!(warning, InterpreterWarning::UnsupportedFont) {
                    own.font.store(true, Ordering::Relaxed);
                }
            }),
            ..InterpreterSettings::default()
        }
    }

    /// Whether an image could not be decoded.
    fn has_image(&self) -> bool {
        self.image.load(Ordering::Relaxed)
    }

    /// Whether a font could not be used.
    fn has_font(&self) -> bool {
        self.font.load(Ordering::Relaxed)
    }
}

#[cfg(test)]
#[expect(
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    reason = "the samples and places of small pictures made here"
)]
mod tests;
