//! Untrusted documents, read in a child process that can be killed.
//!
//! Decoders of PDF and of pictures are large, and some files make them loop or ask for all memory.
//! So ingest and extraction of one document run in one child: the same executable, started with a
//! hidden argument, with an empty environment, limits on memory and time, and no way to open a file
//! or a connection. The document's bytes come to it through a pipe, its pages go back through
//! another, one message each. Whatever happens to the child costs that document its verdict and
//! nothing else.
//!
//! ```text
//! parent                                  child
//!   digest while sending  -- stdin  -->     confine itself, read request and bytes
//!   clock, counts bytes   <-- stdout --     Opened, Page, Page, ... Done
//! ```

use std::ops::ControlFlow;
use std::path::{Path, PathBuf};
use std::time::Duration;

use serde::{Deserialize, Serialize};

use crate::extraction::Extraction;
use crate::extraction::Sought;
use crate::extraction::Strip;
use crate::imaging::ColourMode;
use crate::ingest;
use crate::ingest::{DpiSource, Note, Overlays, PageError};
use crate::production::Traces;
use crate::reading::FileFacts;
use crate::reading::Layout;
use crate::reading::TextLayer;
use crate::reading::excerpt::Excerpt;
use crate::reading::marking::Marking;
use crate::units::Dpi;

pub mod archive;
mod child;
mod confinement;
mod guard;
pub mod marks;
mod message;
pub mod page_picture;
mod painter;
mod recogniser;
pub mod recognition;
mod supply;
mod tsv;
mod unpacker;
mod watch;

pub use child::child_main;
pub use painter::painter_main;
pub use recogniser::recogniser_main;
pub use unpacker::unpacker_main;

use marks::Marks;
use recognition::Recognition;

/// First argument that makes the executable a reader's child: `main` must then call
/// [`child_main`] and nothing else.
pub const CHILD_ARGUMENT: &str = "__read";

/// First argument that makes the executable a painter's child: `main` must then call [`painter_main`] and nothing else.
pub const PAINTER_ARGUMENT: &str = "__draw";

/// First argument that makes the executable a recogniser's child: `main` must then call
/// [`recogniser_main`] and nothing else.
pub const RECOGNISER_ARGUMENT: &str = "__recognise";

/// First argument that makes the executable an unpacker's child: `main` must then call
/// [`unpacker_main`] and nothing else.
pub const ARCHIVE_ARGUMENT: &str = "__unpack";

/// Where a document comes from.
#[derive(Clone, Copy, Debug)]
pub enum Source<'a> {
    /// A file.
    Path(&'a Path),
    /// Bytes in memory.
    Bytes(&'a [u8]),
}

/// How documents are read.
#[derive(Clone, Debug)]
pub struct Options {
    /// The program that is started as the child: this one, unless a test or a bench runs it.
    pub executable: PathBuf,
    /// Password for encrypted documents.
    pub password: Option<String>,
    /// The resolution of every page, where the caller knows it better than the file.
    pub stated_dpi: Option<Dpi>,
    /// What is looked for beside seals with an outline.
    pub sought: Sought,
    /// What reads the places where number, date and names stand; they are cut out only if something does.
    pub recognition: Recognition,
    /// What reads the frames that may be marks of secrecy, whether or not anything else is read.
    pub marks: Marks,
    /// Limits on the document.
    pub limits: ingest::Limits,
    /// Limits on the child.
    pub child: ChildLimits,
}

impl Options {
    /// The default limits, no password, no recognition, and nothing that reads marks of secrecy.
    #[must_use]
    pub fn new(executable: PathBuf) -> Self {
        Self {
            executable,
            password: None,
            stated_dpi: None,
            sought: Sought::default(),
            recognition: Recognition::Off,
            marks: Marks::default(),
            limits: ingest::Limits::default(),
            child: ChildLimits::default(),
        }
    }
}

/// What a child may use up.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ChildLimits {
    /// Address space beyond the document's own bytes. The default, 1.5 GiB, holds the largest
    /// image that [`ingest::Limits`] admits, decoded, three times over.
    pub memory_bytes_max: u64,
    /// CPU time for each page, summed over the document. The default, 20 s, is twenty times what
    /// the slowest kind of scan takes (JPEG 2000 at 300 dpi).
    pub cpu_seconds_per_page: u64,
    /// CPU time for the document, however many pages it has: an hour.
    pub cpu_seconds_max: u64,
    /// Time on the clock for one page: 60 s, for machines that have other work.
    pub wall_per_page: Duration,
    /// Time on the clock for the document: two hours.
    pub wall_max: Duration,
    /// Bytes that the child may send back: 4 GiB, since pages can be passed on one at a time.
    pub output_bytes_max: u64,
}

impl Default for ChildLimits {
    fn default() -> Self {
        Self {
            memory_bytes_max: 3 << 29,
            cpu_seconds_per_page: 20,
            cpu_seconds_max: 3_600,
            wall_per_page: Duration::from_secs(60),
            wall_max: Duration::from_secs(7_200),
            output_bytes_max: 4 << 30,
        }
    }
}

/// What was read of a document.
#[derive(Clone, Debug, PartialEq)]
pub struct Reading {
    /// SHA-256 of the document's bytes in hexadecimal; `None` if they could not be read.
    pub sha256: Option<String>,
    /// Bytes of the document, as far as they could be read.
    pub bytes: u64,
    /// Pages of the document, where they could be counted.
    pub page_count: Option<u32>,
    /// Pages in order, those that could not be read included.
    pub pages: Vec<PageReading>,
    /// How the reading ended.
    pub outcome: Outcome,
    /// What the file says of itself: none in formats that say nothing; the reason where it could not be
    /// looked through, which takes nothing from its pages.
    pub facts: Result<Option<FileFacts>, ingest::Stop>,
    /// What the system could not take away from the child; empty where confinement is complete.
    pub unconfined: Vec<String>,
    /// Why the document could not be read, or not to its end; `None` where it was.
    pub error: Option<ingest::Error>,
}

/// What was read of a page.
#[derive(Clone, Debug, PartialEq)]
pub struct PageReading {
    /// Counted from one.
    pub number: u32,
    /// Width in pixels, if the page could be read.
    pub width_px: Option<u32>,
    /// Height in pixels, if the page could be read.
    pub height_px: Option<u32>,
    /// Resolution, where it is known.
    pub dpi: Option<Dpi>,
    /// Where the resolution comes from.
    pub dpi_source: DpiSource,
    /// What the pixels can tell.
    pub mode: Option<ColourMode>,
    /// What is not as it should be, though the page could be read.
    pub notes: Vec<Note>,
    /// What was found, or why the page could not be read.
    pub content: Result<Extraction, PageError>,
    /// What the page's own pixels say of how its impressions came there; none without impressions.
    pub traces: Option<Traces>,
    /// How the page is filled, if it could be read.
    pub layout: Option<Layout>,
    /// What lies over the page's picture; none in files that hold pictures alone.
    pub overlays: Option<Overlays>,
    /// The words that the file gives for the page.
    pub text_layer: TextLayer,
    /// The places where number, date and names may stand, if they are wanted.
    pub excerpts: Vec<Excerpt>,
    /// What may be parts of seals set across several sheets; none in documents of one page.
    pub strips: Vec<Strip>,
    /// Frames that may be marks of secrecy or urgency, with what was read in them.
    pub markings: Vec<Marking>,
}

impl PageReading {
    /// A page that could not be read.
    #[must_use]
    pub const fn failed(number: u32, error: PageError) -> Self {
        Self {
            number,
            width_px: None,
            height_px: None,
            dpi: None,
            dpi_source: DpiSource::Unknown,
            mode: None,
            notes: Vec::new(),
            content: Err(error),
            traces: None,
            layout: None,
            overlays: None,
            text_layer: TextLayer {
                words: Vec::new(),
                left_out: 0,
            },
            excerpts: Vec::new(),
            strips: Vec::new(),
            markings: Vec::new(),
        }
    }
}

/// How the reading of a document ended.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Outcome {
    /// Every page was looked at; single pages may still be unreadable.
    Read,
    /// It is no document that can be read: trying again is of no use.
    Unreadable {
        /// What is wrong and what to do.
        reason: String,
    },
    /// A limit was hit or the child failed: it can be tried again, with other limits.
    NotProcessed {
        /// What happened.
        reason: String,
    },
}

/// Reads a document in a child process and keeps all its pages.
///
/// Safe to call from many threads; each call starts a child of its own.
#[must_use]
pub fn read(source: Source<'_>, options: &Options) -> Reading {
    let mut pages = Vec::new();
    let reading = read_each(source, options, &mut |page| {
        pages.push(page);
        ControlFlow::Continue(())
    });
    Reading { pages, ..reading }
}

/// Reads a document in a child process and passes on each page as it is finished, so that the
/// memory of the caller does not grow with the document, until it wants no more: then the child is ended. `pages` of
/// the result is empty.
#[must_use]
pub fn read_each(
    source: Source<'_>,
    options: &Options,
    on_page: &mut dyn FnMut(PageReading) -> ControlFlow<()>,
) -> Reading {
    watch::read_each(source, options, &mut |mut page| {
        for marking in &mut page.markings {
            options.marks.read(marking);
        }
        on_page(page)
    })
}

/// Reads a document in this very process: for benches and tests on trusted bytes only.
///
/// # Errors
/// [`ingest::Error`] if the document cannot be opened.
pub fn read_in_process(
    bytes: Vec<u8>,
    options: &Options,
) -> Result<Vec<PageReading>, ingest::Error> {
    let mut document = ingest::open(bytes, options.password.as_deref(), &options.limits)?;
    let count = document.page_count();
    Ok((0..count)
        .map(|index| {
            let wanted = child::Wanted {
                stated_dpi: options.stated_dpi,
                sought: &options.sought,
                excerpts: options.recognition.by().is_some(),
            };
            child::read_page(&mut document, index, wanted)
        })
        .collect())
}
