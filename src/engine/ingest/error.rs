//! What can be wrong with a document or with one of its pages, in words that say what to do.

use std::fmt;

use serde::{Deserialize, Serialize};

use crate::ingest::obstacle::Obstacle;
use crate::ingest::stop::Stop;

/// A kind of file that can be read.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub enum Format {
    /// Portable Document Format.
    Pdf,
    /// Portable Network Graphics.
    Png,
    /// JPEG, also known as JFIF.
    Jpeg,
    /// Tagged Image File Format, of one or more pages.
    Tiff,
    /// Windows bitmap.
    Bmp,
    /// `WebP`.
    WebP,
}

impl fmt::Display for Format {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Pdf => "PDF",
            Self::Png => "PNG",
            Self::Jpeg => "JPEG",
            Self::Tiff => "TIFF",
            Self::Bmp => "BMP",
            Self::WebP => "WebP",
        })
    }
}

/// What is damaged of a file whose structure cannot be followed.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error, Serialize, Deserialize)]
pub enum Damage {
    /// What a PDF says of its encryption.
    #[error("its encryption dictionary is incomplete")]
    EncryptionIncomplete,
    /// What a PDF says of its pages.
    #[error("no list of pages can be found in it")]
    NoPageList,
    /// Something else, in a decoder's own words.
    #[error("{0}")]
    Said(String),
}

/// Why a document as a whole cannot be read.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error, Serialize, Deserialize)]
pub enum Error {
    /// The file has no bytes.
    #[error("the file is empty (0 bytes): copy or scan it again")]
    Empty,
    /// The bytes begin like no known kind of file.
    #[error(
        "not a PDF, PNG, JPEG, TIFF, BMP or WebP file (it begins with {begins}): convert it to one of these"
    )]
    NotRecognised {
        /// The first bytes, printable where they can be.
        begins: String,
    },
    /// The file ends before its contents do.
    #[error("the {format} file is cut off after {bytes} bytes: copy or scan it again")]
    Truncated {
        /// What the file begins as.
        format: Format,
        /// How many bytes there are.
        bytes: u64,
    },
    /// The file is whole, but its structure cannot be followed.
    #[error("the {format} file is damaged ({detail}): copy or scan it again")]
    Damaged {
        /// What the file begins as.
        format: Format,
        /// What is damaged.
        detail: Damage,
    },
    /// A password is needed and none was given.
    #[error(
        "the PDF is encrypted and needs a password: give it with --password, or save the PDF without one"
    )]
    Encrypted,
    /// A password was given, and it does not open the file.
    #[error("the given password does not open the encrypted PDF: check the password")]
    WrongPassword,
    /// Encryption that the reader does not know.
    #[error("the PDF is encrypted in a way that is not supported: save it without encryption")]
    UnsupportedEncryption,
    /// The document is intact and has no page.
    #[error("the {format} file has no pages: check that the right file was given")]
    NoPages {
        /// What kind of file it is.
        format: Format,
    },
    /// More pages than the limit allows.
    #[error("the document has {found} pages, more than the limit of {max}: split it")]
    TooManyPages {
        /// Pages in the document.
        found: u64,
        /// The limit.
        max: u64,
    },
    /// More bytes than the limit allows.
    #[error("the file has {bytes} bytes, more than the limit of {max}: split it")]
    TooLarge {
        /// Bytes of the file.
        bytes: u64,
        /// The limit.
        max: u64,
    },
    /// Its bytes cannot be had.
    #[error("{0}")]
    NotOpened(Obstacle),
    /// A limit stopped its reader, or the reader failed: it can be tried again.
    #[error("{}", stopped(*page, stop))]
    Stopped {
        /// The page that was read then, counted from one; `None` of what is not a page's.
        page: Option<u32>,
        /// What happened.
        stop: Stop,
    },
}

impl Error {
    /// Whether a limit or a failed reader is the reason, and nothing about the document itself.
    #[must_use]
    pub const fn is_limit(&self) -> bool {
        matches!(
            self,
            Self::TooManyPages { .. } | Self::TooLarge { .. } | Self::Stopped { .. }
        )
    }

    /// Pages of the document, where the error knows them.
    #[must_use]
    pub fn pages(&self) -> Option<u32> {
        match self {
            Self::NoPages { .. } => Some(0),
            Self::TooManyPages { found, .. } => u32::try_from(*found).ok(),
            Self::Empty
            | Self::NotRecognised { .. }
            | Self::Truncated { .. }
            | Self::Damaged { .. }
            | Self::Encrypted
            | Self::WrongPassword
            | Self::UnsupportedEncryption
            | Self::TooLarge { .. }
            | Self::NotOpened(_)
            | Self::Stopped { .. } => None,
        }
    }
}

/// Why one page cannot be read; the other pages of its document are not concerned.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error, Serialize, Deserialize)]
pub enum PageError {
    /// The page's contents cannot be decoded, wholly or in part.
    #[error("page {number}: {reason}")]
    Unreadable {
        /// Counted from one.
        number: u32,
        /// What is wrong.
        reason: Reason,
    },
    /// An image that is larger than the limit, refused before it was decoded.
    #[error(
        "page {number}: an image of {width} x {height} pixels is larger than the limit of {pixels_max} pixels: scan it at a lower resolution"
    )]
    TooLarge {
        /// Counted from one.
        number: u32,
        /// Stated width in pixels.
        width: u64,
        /// Stated height in pixels.
        height: u64,
        /// The limit.
        pixels_max: u64,
    },
    /// A limit on time or memory was hit, or the reader failed: the page can be tried again.
    #[error("page {number}: {reason}")]
    NotProcessed {
        /// Counted from one.
        number: u32,
        /// What happened.
        reason: Stop,
    },
    /// There is no such page.
    #[error("page {number} does not exist: the document has {pages}")]
    Missing {
        /// The page asked for, counted from one.
        number: u32,
        /// Pages of the document.
        pages: u32,
    },
}

/// What keeps a page from being shown whole.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error, Serialize, Deserialize)]
pub enum Reason {
    /// An image whose data end before its last row.
    #[error("the data of an image on the page end early, {}: scan or copy it again", held(*rows, *of))]
    ImageEndsEarly {
        /// Rows from the top that the data hold, where the coding goes row by row.
        rows: Option<u32>,
        /// Rows that the image is stated to have.
        of: u32,
    },
    /// An image whose data cannot be what an encoder wrote, though a decoder makes a picture of them.
    #[error("the data of an image on the page are damaged, {}: scan or copy it again", shows(*rows, *of))]
    ImageDamaged {
        /// Rows in front of the place where the damage shows, which may begin above it.
        rows: Option<u32>,
        /// Rows that the image is stated to have.
        of: u32,
    },
    /// An image, or its mask, of which nothing can be decoded.
    #[error("an image on the page cannot be decoded: scan it again, or save it in another format")]
    ImageNotDecoded,
    /// A page that bears text alone, in fonts that are neither in the file nor known.
    #[error(
        "the text of the page cannot be drawn, because its fonts are not in the file: save it with its fonts embedded, or scan a print of it"
    )]
    TextNotDrawn,
    /// A picture that its decoder gives up on.
    #[error("the {format} picture is cut off or damaged ({said}): copy or scan it again")]
    PictureBroken {
        /// What kind of file it is.
        format: Format,
        /// What the decoder said.
        said: String,
    },
    /// A picture without a pixel.
    #[error("the {format} picture is empty")]
    PictureEmpty {
        /// What kind of file it is.
        format: Format,
    },
    /// A TIFF that its decoder gives up on.
    #[error(
        "the TIFF picture does not decode ({said}): scan it again, or save it in another format"
    )]
    TiffNotDecoded {
        /// What the decoder said.
        said: String,
    },
    /// A TIFF that is shorter than it says.
    #[error("the TIFF picture has fewer samples than pixels")]
    TiffTooShort,
    /// A TIFF of samples that are not known.
    #[error("TIFF pictures of the kind {kind} are not supported: save it as RGB or gray")]
    TiffKind {
        /// What its samples are.
        kind: String,
    },
    /// A PDF whose structure could be followed once, and then no more.
    #[error("the file does not parse again")]
    NotParsedAgain,
    /// A page that the file names and does not hold.
    #[error(
        "the page is missing from the file, which names more pages than it holds: copy or scan it again"
    )]
    PageGone,
    /// An image without a size.
    #[error("an image on the page does not say how large it is: scan it again")]
    ImageWithoutSize,
    /// A page whose instructions are lost.
    #[error(
        "the page's content is missing from the file or cannot be decoded: copy or scan it again"
    )]
    ContentGone,
    /// An image or drawing that the page refers to and the file does not hold.
    #[error("an image or drawing of the page is missing from the file: copy or scan it again")]
    ObjectGone,
    /// A drawing whose instructions are lost.
    #[error("a drawing of the page cannot be decoded: save or scan it again")]
    DrawingNotDecoded,
    /// An annotation of which nothing can be drawn.
    #[error(
        "the appearance of an annotation is missing from the file or cannot be decoded: copy or save it again"
    )]
    AnnotationGone,
    /// A page that nothing is drawn on, though it refers to an image.
    #[error("the page refers to an image that is hidden or cannot be shown: scan a print of it")]
    ImageHidden,
    /// A page that the reader failed on.
    #[error("the reader failed on this page ({said})")]
    ReaderFailed {
        /// What it said last.
        said: String,
    },
}

/// What was being read, and what ended that.
fn stopped(page: Option<u32>, stop: &Stop) -> String {
    match (page, stop) {
        (Some(page), _) => format!("page {page}: {stop}"),
        (None, Stop::FileChanged | Stop::NotStarted { .. }) => stop.to_string(),
        (None, _) => format!("opening the document: {stop}"),
    }
}

/// How much of an image there is.
fn held(rows: Option<u32>, of: u32) -> String {
    match rows {
        Some(rows) => format!("after {rows} of {of} rows"),
        None => format!("before all of its {of} rows are complete"),
    }
}

/// Where damage shows.
fn shows(rows: Option<u32>, of: u32) -> String {
    match rows {
        Some(rows) => format!("as it shows below row {rows} of {of}"),
        None => format!("somewhere in its {of} rows"),
    }
}

impl PageError {
    /// An unreadable page with its reason.
    pub(crate) const fn unreadable(number: u32, reason: Reason) -> Self {
        Self::Unreadable { number, reason }
    }
}
