//! What parent and child say to each other: length-prefixed postcard frames.
//!
//! The parent trusts nothing in them: lengths are bounded before a byte is kept, and rasters are
//! checked before they are used.

use std::io::{self, Read, Write};

use serde::{Deserialize, Serialize};

use crate::extraction::{Extraction, Impression, REJECTED_MAX, STRIPS_MAX, Sought, Strip};
use crate::geometry::PixelRect;
use crate::imaging::{ColourMode, Gray};
use crate::ingest;
use crate::ingest::{DpiSource, Note, Overlays, PageError};
use crate::production::Traces;
use crate::reading::FileFacts;
use crate::reading::Layout;
use crate::reading::TextLayer;
use crate::reading::excerpt::EXCERPTS_MAX;
use crate::reading::excerpt::Excerpt;
use crate::reading::marking::MARKINGS_MAX;
use crate::reading::marking::Marking;
use crate::sandbox::{ChildLimits, PageReading};
use crate::units::Dpi;

/// Overlays of a page that are taken from the child: as many as it sends.
const OVERLAYS_MAX: usize = 4_096;

/// What the child is asked to do; the document's bytes follow.
#[derive(Debug, Serialize, Deserialize)]
pub(super) struct Request {
    pub(super) password: Option<String>,
    pub(super) stated_dpi: Option<Dpi>,
    pub(super) sought: Sought,
    pub(super) limits: ingest::Limits,
    pub(super) child: ChildLimits,
    /// Whether the places where number, date and names stand are to be cut out.
    pub(super) excerpts: bool,
    /// Pages before this one, counted from zero, are not read.
    pub(super) first_page: u32,
    /// How many bytes will follow, if that is known: a hint and no promise.
    pub(super) bytes_hint: u64,
}

/// What the child answers.
#[derive(Debug, Serialize, Deserialize)]
pub(super) enum Message {
    /// The child is confined, but for what is named.
    Confined { missing: Vec<String> },
    /// The document is open.
    Opened { pages: u32 },
    /// One page is finished.
    Page(Box<WirePage>),
    /// The document cannot be opened.
    Failed(ingest::Error),
    /// What the file says of itself, behind the last page; or why that is not known.
    Facts(Result<Option<FileFacts>, String>),
    /// All pages are finished.
    Done,
}

/// A [`PageReading`] as it travels.
#[derive(Debug, Serialize, Deserialize)]
pub(super) struct WirePage {
    number: u32,
    width_px: Option<u32>,
    height_px: Option<u32>,
    dpi: Option<Dpi>,
    dpi_source: DpiSource,
    mode: Option<ColourMode>,
    notes: Vec<Note>,
    content: Result<Extraction, PageError>,
    traces: Option<Traces>,
    layout: Option<Layout>,
    overlays: Option<Overlays>,
    text_layer: TextLayer,
    excerpts: Vec<Excerpt>,
    strips: Vec<Strip>,
    markings: Vec<Marking>,
}

impl From<PageReading> for WirePage {
    fn from(page: PageReading) -> Self {
        Self {
            number: page.number,
            width_px: page.width_px,
            height_px: page.height_px,
            dpi: page.dpi,
            dpi_source: page.dpi_source,
            mode: page.mode,
            notes: page.notes,
            content: page.content,
            traces: page.traces,
            layout: page.layout,
            overlays: page.overlays,
            text_layer: page.text_layer,
            excerpts: page.excerpts,
            strips: page.strips,
            markings: page.markings,
        }
    }
}

impl WirePage {
    /// The page, if its rasters are what they say; `None` from a child that is out of order.
    pub(super) fn into_reading(self) -> Option<PageReading> {
        let content = match self.content {
            Ok(mut found) if found.impressions.iter().all(is_sound) => {
                let size = self.width_px.zip(self.height_px)?;
                found.rejected.truncate(REJECTED_MAX);
                found.rejected.retain(|mark| is_within(mark.bbox, size));
                Ok(found)
            }
            Ok(_) => return None,
            Err(error) => Err(error),
        };
        let impressions = content.as_ref().map_or(0, |found| found.impressions.len());
        if !self
            .traces
            .iter()
            .all(|traces| traces.is_sound(impressions))
        {
            return None;
        }
        if !self
            .layout
            .iter()
            .all(|layout| layout.is_sound(impressions))
        {
            return None;
        }
        let size = self.width_px.zip(self.height_px).unwrap_or((0, 0));
        let overlays = self.overlays.map(|mut overlays| {
            overlays.kept.truncate(OVERLAYS_MAX);
            overlays.kept.retain(|kept| is_within(kept.bbox, size));
            overlays
        });
        let is_fit = |excerpt: &Excerpt| excerpt.is_sound(size);
        if self.excerpts.len() > EXCERPTS_MAX || !self.excerpts.iter().all(is_fit) {
            return None;
        }
        if self.strips.len() > STRIPS_MAX || !self.strips.iter().all(|own| is_sound(&own.part)) {
            return None;
        }
        let is_fit = |marking: &Marking| marking.is_sound(size);
        if self.markings.len() > MARKINGS_MAX || !self.markings.iter().all(is_fit) {
            return None;
        }
        Some(PageReading {
            number: self.number,
            width_px: self.width_px,
            height_px: self.height_px,
            dpi: self.dpi,
            dpi_source: self.dpi_source,
            mode: self.mode,
            notes: self.notes,
            content,
            traces: self.traces,
            layout: self.layout,
            overlays,
            text_layer: self.text_layer.bounded(size),
            excerpts: self.excerpts,
            strips: self.strips,
            markings: self.markings,
        })
    }
}

/// The most that a packed page unpacks to: a page that is larger is not packed.
const PACKED_BYTES_MAX: usize = 256 << 20;

impl PageReading {
    /// The page in few bytes, without the words and places that were cut out to be read: about a sixth of its ink, text and
    /// validity. `None` if it is larger than any page should be.
    #[must_use]
    pub fn packed(&self) -> Option<Vec<u8>> {
        let page = Self {
            text_layer: TextLayer::default(),
            excerpts: Vec::new(),
            ..self.clone()
        };
        let bytes = postcard::to_stdvec(&WirePage::from(page)).ok()?;
        if bytes.len() > PACKED_BYTES_MAX {
            return None;
        }
        zstd::bulk::compress(&bytes, zstd::DEFAULT_COMPRESSION_LEVEL).ok()
    }

    /// The page that was packed; `None` of bytes that are none, or of another version of this program.
    #[must_use]
    pub fn unpacked(packed: &[u8]) -> Option<Self> {
        let bytes = zstd::bulk::decompress(packed, PACKED_BYTES_MAX).ok()?;
        let page: WirePage = postcard::from_bytes(&bytes).ok()?;
        page.into_reading()
    }
}

/// Whether the layers hold as many samples as they say.
fn is_sound(impression: &Impression) -> bool {
    let filled = |raster: &Gray| {
        let (width, height) = (raster.width(), raster.height());
        width > 0 && height > 0 && width.checked_mul(height) == Some(raster.samples().len())
    };
    let layers = &impression.layers;
    filled(&layers.ink) && filled(&layers.text) && filled(&layers.validity)
}

/// Whether a rectangle lies on a page of a width and height.
fn is_within(bbox: PixelRect, (width, height): (u32, u32)) -> bool {
    let ends = |start: u32, length: u32, side| start.checked_add(length).is_some_and(|e| e <= side);
    ends(bbox.x, bbox.width, width) && ends(bbox.y, bbox.height, height)
}

/// Writes one frame.
///
/// # Errors
/// Whatever the stream says; a value that is too large for a frame is invalid data.
pub(super) fn send(stream: &mut impl Write, value: &impl Serialize) -> io::Result<()> {
    let invalid = |_| io::Error::from(io::ErrorKind::InvalidData);
    let frame = postcard::to_stdvec(value).map_err(|_| io::ErrorKind::InvalidData)?;
    let length = u32::try_from(frame.len()).map_err(invalid)?;
    stream.write_all(&length.to_le_bytes())?;
    stream.write_all(&frame)?;
    stream.flush()
}

/// Reads one frame of at most `bytes_max` bytes; `None` at the end of the stream.
///
/// Returns the value and the length of the frame.
///
/// # Errors
/// Invalid data if the frame is longer than allowed, cut off, or no such value.
pub(super) fn receive<T: for<'de> Deserialize<'de>>(
    stream: &mut impl Read,
    bytes_max: u64,
) -> io::Result<Option<(T, u64)>> {
    let mut length = [0; 4];
    let got = stream.by_ref().take(4).read(&mut length)?;
    if got == 0 {
        return Ok(None);
    }
    stream.read_exact(&mut length[got..])?;
    let length = u64::from(u32::from_le_bytes(length));
    if length > bytes_max {
        return Err(io::ErrorKind::InvalidData.into());
    }
    // The buffer grows with what arrives, not with what was announced.
    let mut frame = Vec::new();
    stream.by_ref().take(length).read_to_end(&mut frame)?;
    if frame.len() as u64 != length {
        return Err(io::ErrorKind::UnexpectedEof.into());
    }
    let value = postcard::from_bytes(&frame).map_err(|_| io::ErrorKind::InvalidData)?;
    Ok(Some((value, length)))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::extraction::{Rejected, Rejection};
    use crate::ingest::{Overlay, OverlayKind};
    use crate::reading::Word;
    use crate::reading::excerpt::Place;

    fn page() -> PageReading {
        PageReading {
            number: 3,
            width_px: Some(2480),
            height_px: Some(3508),
            dpi: Dpi::new(300.0),
            dpi_source: DpiSource::PageSize,
            mode: Some(ColourMode::Colour),
            notes: vec![Note::TextNotDrawn { characters: 7 }],
            content: Ok(Extraction {
                impressions: Vec::new(),
                likened: Vec::new(),
                rejected: vec![Rejected {
                    bbox: PixelRect {
                        x: 1,
                        y: 2,
                        width: 3,
                        height: 4,
                    },
                    why: Rejection::Empty { coverage: 0.25 },
                }],
            }),
            traces: None,
            layout: None,
            overlays: Some(Overlays::default()),
            text_layer: TextLayer {
                words: vec![Word {
                    text: "Số".to_owned(),
                    bbox: PixelRect {
                        x: 2,
                        y: 4,
                        width: 6,
                        height: 8,
                    },
                    confidence: None,
                }],
                left_out: 5,
            },
            excerpts: Vec::new(),
            strips: Vec::new(),
            markings: Vec::new(),
        }
    }

    #[test]
    fn overlays_and_words_beside_the_page_are_dropped() {
        let mut page = page();
        let kind = OverlayKind::Image;
        let bbox = page.text_layer.words[0].bbox;
        let beside = PixelRect { x: 2479, ..bbox };
        let overlays = page.overlays.as_mut().unwrap();
        overlays.kept = [bbox, beside].map(|bbox| Overlay { kind, bbox }).to_vec();
        page.text_layer.words[0].bbox = beside;
        let received = WirePage::from(page).into_reading().unwrap();
        assert_eq!(received.overlays.unwrap().kept, [Overlay { kind, bbox }]);
        assert_eq!(received.text_layer.words, []);
        assert_eq!(received.text_layer.left_out, 6);
    }

    #[test]
    fn a_page_arrives_as_it_was_sent() {
        let mut stream = Vec::new();
        send(&mut stream, &Message::Page(Box::new(page().into()))).unwrap();
        let (message, length) = receive(&mut stream.as_slice(), 1 << 20).unwrap().unwrap();
        assert_eq!(length + 4, stream.len() as u64);
        let Message::Page(received) = message else {
            panic!("a page was sent");
        };
        assert_eq!(received.into_reading(), Some(page()));
    }

    #[test]
    fn marks_beyond_the_bound_or_beside_the_page_are_dropped() {
        let mut page = page();
        let found = page.content.as_mut().unwrap();
        let sound = found.rejected[0];
        let beside = |x: u32| Rejected {
            bbox: PixelRect { x, ..sound.bbox },
            ..sound
        };
        found.rejected.extend([beside(2478), beside(u32::MAX)]);
        found.rejected.resize(10 * REJECTED_MAX, sound);
        let received = WirePage::from(page).into_reading().unwrap();
        let marks = received.content.unwrap().rejected;
        assert_eq!(marks, vec![sound; REJECTED_MAX - 2]);
    }

    #[test]
    fn a_page_with_an_excerpt_that_is_none_is_refused() {
        let excerpt = |x: u32| Excerpt {
            place: Place::Head,
            bbox: PixelRect {
                x,
                y: 0,
                width: 2400,
                height: 20,
            },
            raster: Gray::filled(2400, 20, 255),
            inked: None,
            dpi: 300,
        };
        let read = |excerpts: Vec<Excerpt>| {
            let page = PageReading { excerpts, ..page() };
            WirePage::from(page).into_reading()
        };
        assert!(read(vec![excerpt(80)]).is_some());
        assert!(read(vec![excerpt(81)]).is_none());
        assert!(read(vec![excerpt(0); EXCERPTS_MAX + 1]).is_none());
        let ragged = Excerpt {
            inked: Some(Gray::filled(2400, 19, 255)),
            ..excerpt(0)
        };
        assert!(read(vec![ragged]).is_none());
    }

    #[test]
    fn announced_lengths_are_not_believed() {
        let mut endless: &[u8] = &[0xff; 64];
        assert!(receive::<Message>(&mut endless, 1 << 20).is_err());
        let mut cut: &[u8] = &[40, 0, 0, 0, 1, 2, 3];
        assert!(receive::<Message>(&mut cut, 1 << 20).is_err());
        let mut none: &[u8] = &[];
        assert!(receive::<Message>(&mut none, 1 << 20).unwrap().is_none());
    }
}
