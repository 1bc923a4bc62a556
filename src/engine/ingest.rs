//! Bytes to a document and its pages, one at a time.
//!
//! The kind of file is told from its content, never from its name. A page is decoded when it is
//! asked for and nothing of it is kept, so that memory does not grow with the number of pages.
//! What cannot be decoded is an error with its reason, never an empty page; what is missing beside
//! the pictures of a page is a [`Note`].
//!
//! Resolutions are believed with care: 72 and 96 dpi are what cameras, screens and careless
//! converters write, and count only where the page then has the size of a sheet of paper; below 50
//! and above 2400 dpi nothing is believed. Pages whose pixels are not square (a fax of 204 x 98
//! dpi) are stretched to the finer of the two.

use std::fmt;

use hayro_syntax::PdfData;
use serde::{Deserialize, Serialize};

use crate::units::Dpi;

mod ccitt;
mod density;
#[cfg(test)]
mod encode;
mod error;
mod format;
mod held;
mod jpeg;
mod limits;
mod objects;
mod obstacle;
mod orientation;
mod pdf;
mod picture;
mod raster;
mod resolution;
mod stop;
mod tiff;
mod tone;

pub use error::Damage;
pub use error::Error;
pub use error::Format;
pub use error::PageError;
pub use error::Reason;
pub use limits::Limits;
pub use objects::Objects;
pub use objects::Overlay;
pub use objects::OverlayKind;
pub use objects::Overlays;
pub use obstacle::Obstacle;
pub use picture::Coded;
pub use picture::Picture;
pub use picture::search_factor;
pub use stop::Stop;

/// Where a page's resolution comes from.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum DpiSource {
    /// The file states it for this image.
    Stated,
    /// The image's pixels over the page's size.
    PageSize,
    /// Derived from a seal of known size.
    SealScale,
    /// Not known.
    Unknown,
}

/// One page as scanned: upright, cropped, at its own resolution, with square pixels.
#[derive(Clone, Debug)]
pub struct Page {
    /// Counted from one.
    pub number: u32,
    /// The picture.
    pub image: Picture,
    /// Resolution, where it is known.
    pub dpi: Option<Dpi>,
    /// Where the resolution comes from.
    pub dpi_source: DpiSource,
    /// What is not as it should be, though the page can be read.
    pub notes: Vec<Note>,
    /// What the file sets on it as objects of its own; `None` in files that hold pictures alone.
    pub objects: Option<Objects>,
}

/// What is not as it should be on a page that can be read.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Note {
    /// Characters that are not in the picture, because their fonts are neither in the file nor known.
    TextNotDrawn {
        /// How many, spaces not counted.
        characters: u32,
    },
    /// An image with more data than its pixels need: its encoder left them there, or it is damaged.
    ImageDoubtful,
    /// Text in a font that cannot be used: it is missing, or stands there in another font.
    FontNotKnown,
}

/// A document whose structure was read; its pages are decoded one at a time.
pub struct Document {
    format: Format,
    bytes: PdfData,
    limits: Limits,
    pages: Pages,
}

/// How the pages of a document are reached.
enum Pages {
    Pdf(pdf::Reader),
    /// Directories of a TIFF file.
    Directories(Vec<usize>),
    /// The file is one picture.
    Picture,
}

impl fmt::Debug for Document {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Document")
            .field("format", &self.format)
            .field("pages", &self.page_count())
            .finish_non_exhaustive()
    }
}

/// Reads the structure of a document; no page is decoded yet.
///
/// `password` opens an encrypted PDF; the empty password is tried in any case.
///
/// # Errors
/// [`Error`] says what is wrong with the document as a whole, and what to do.
pub fn open(
    bytes: impl AsRef<[u8]> + Send + Sync + 'static,
    password: Option<&str>,
    limits: &Limits,
) -> Result<Document, Error> {
    let bytes = PdfData::from(std::sync::Arc::new(bytes));
    let size = bytes.as_ref().len() as u64;
    if size > limits.bytes_max {
        return Err(Error::TooLarge {
            bytes: size,
            max: limits.bytes_max,
        });
    }
    let format = format::recognise(bytes.as_ref())?;
    let pages = match format {
        Format::Pdf => Pages::Pdf(pdf::Reader::open(bytes.clone(), password, limits)?),
        Format::Tiff => Pages::Directories(tiff::pages(bytes.as_ref(), limits)?),
        Format::Png | Format::Jpeg | Format::Bmp | Format::WebP => {
            raster::check(format, bytes.as_ref())?;
            Pages::Picture
        }
    };
    Ok(Document {
        format,
        bytes,
        limits: *limits,
        pages,
    })
}

impl Document {
    /// What kind of file the document is.
    #[must_use]
    pub const fn format(&self) -> Format {
        self.format
    }

    /// The structure of a PDF; `None` for other files.
    pub(crate) const fn pdf(&self) -> Option<&hayro_syntax::Pdf> {
        match &self.pages {
            Pages::Pdf(reader) => Some(reader.structure()),
            Pages::Directories(_) | Pages::Picture => None,
        }
    }

    /// Number of pages, at least one.
    #[must_use]
    pub fn page_count(&self) -> usize {
        match &self.pages {
            Pages::Pdf(reader) => reader.page_count(),
            Pages::Directories(directories) => directories.len(),
            Pages::Picture => 1,
        }
    }

    /// Decodes one page, counted from zero.
    ///
    /// # Errors
    /// [`PageError`] if there is no such page, if it is too large, or if anything that stands on it
    /// cannot be decoded.
    pub fn page(&mut self, index: usize) -> Result<Page, PageError> {
        let count = self.page_count();
        let number = u32::try_from(index).unwrap_or(u32::MAX).saturating_add(1);
        if index >= count {
            return Err(PageError::Missing {
                number,
                pages: u32::try_from(count).unwrap_or(u32::MAX),
            });
        }
        match &mut self.pages {
            Pages::Pdf(reader) => reader.page(index, number, &self.limits),
            Pages::Directories(directories) => tiff::page(
                self.bytes.as_ref(),
                directories[index],
                number,
                &self.limits,
            ),
            Pages::Picture => raster::page(self.format, self.bytes.as_ref(), &self.limits),
        }
    }
}
