//! A JPEG whose data are sound: its small picture, and its parts as they are asked for.

use std::ops::Range;

use zune_jpeg::JpegDecoder;
use zune_jpeg::zune_core::bytestream::ZCursor;
use zune_jpeg::zune_core::colorspace::ColorSpace;
use zune_jpeg::zune_core::options::DecoderOptions;

use super::cut;
use super::frame::{Picture, marker};
use super::overview::{Mark, Overview, reached};
use super::scan::{Coded, Frame};
use crate::imaging::Planes;
use crate::units::stored;

/// Factors that a small picture may have: below, it is hardly smaller; above, a unit is.
const FACTORS: Range<usize> = 2..17;

/// A sound JPEG in one pass of sequential coding.
#[derive(Debug)]
pub(crate) struct Source {
    picture: Picture,
    /// Tables, as they stand in front of the frame of a part.
    head: Vec<u8>,
    /// The segments of frame and scan.
    frame: Vec<u8>,
    scan: Vec<u8>,
    coded: Coded,
    marks: Vec<Mark>,
}

/// Columns and rows, in pixels.
pub(crate) type Place = (Range<usize>, Range<usize>);

impl Source {
    /// Goes through a JPEG; gives its small picture, of which a sample is the mean of `factor` by
    /// `factor` pixels, and the units that may bear colour, row by row. `None` for what is not sound, and for what is not coded in one pass of eight bits
    /// with one component or three.
    pub(crate) fn read(bytes: &[u8], factor: usize) -> Option<(Self, Planes, Vec<Place>)> {
        if !FACTORS.contains(&factor) {
            return None;
        }
        let mut source = Self {
            picture: Picture::default(),
            head: vec![0xff, 0xd8],
            frame: Vec::new(),
            scan: Vec::new(),
            coded: Coded::default(),
            marks: Vec::new(),
        };
        let at = source.read_head(bytes)?;
        let frame = source.picture.frame.as_ref()?;
        let named = frame.components.iter().map(|part| part.id);
        if frame.progressive || frame.precision != 8 || named.eq(*b"RGB") {
            return None;
        }
        source.coded = Coded::read(bytes, at);
        let mut next = source.coded.next?;
        if marker(bytes, &mut next)?.0 != 0xd9 {
            return None;
        }
        let (across, down) = frame.most();
        let (planes, coloured) = match reached(across.max(down), factor) {
            _ if (across, down) == (1, 1) => source.sum_up::<4>(factor),
            ..=8 => source.sum_up::<8>(factor),
            9..=12 => source.sum_up::<12>(factor),
            _ => None,
        }?;
        Some((source, planes, coloured))
    }

    /// Reads the segments up to the data, whose place is given.
    fn read_head(&mut self, bytes: &[u8]) -> Option<usize> {
        let mut at = 2;
        while let Some((kind, segment)) = marker(bytes, &mut at) {
            match kind {
                0xda => {
                    self.scan = segment.to_vec();
                    return Some(at);
                }
                0xc0 | 0xc1 if self.frame.is_empty() => self.frame = segment.to_vec(),
                // Another frame, or one that is coded in another way.
                0xc0..=0xc3 | 0xc5..=0xcf => return None,
                // Codes of coefficients are kept, and those of means are written anew.
                0xc4 => push(&mut self.head, 0xc4, &codes_of_coefficients(segment)?),
                0xdb => push(&mut self.head, kind, segment),
                // Adobe's says what the components mean.
                0xee if is_of_other_colours(segment) => return None,
                _ => {}
            }
            self.picture.read(kind, segment, None)?;
        }
        None
    }

    fn sum_up<const N: usize>(&mut self, factor: usize) -> Option<(Planes, Vec<Place>)> {
        let frame = self.picture.frame.as_ref()?;
        let scan = self.picture.scan_of(&self.scan)?;
        let in_order = scan.parts.iter().map(|part| part.component);
        if !in_order.eq(0..frame.components.len()) {
            return None;
        }
        let mut overview = Overview::<N>::new(frame, &self.picture.steps, factor)?;
        scan.check(&self.coded, &mut [], &mut overview).ok()?;
        overview.finish();
        let (width, height) = unit_size(frame);
        let across = frame.units().0;
        let place = |unit: &usize| {
            let (x, y) = (unit % across, unit / across);
            let columns = x * width..((x + 1) * width).min(frame.width);
            (columns, y * height..((y + 1) * height).min(frame.height))
        };
        let coloured = overview.coloured.iter().map(place).collect();
        self.marks = overview.marks;
        let mut planes = overview.planes;
        let planes = match planes.len() {
            3 => Planes::Colour(planes.try_into().ok()?),
            _ => Planes::Gray(planes.pop()?),
        };
        Some((planes, coloured))
    }

    /// Width and height in pixels.
    pub(crate) fn size(&self) -> (usize, usize) {
        let frame = self.picture.frame.as_ref();
        frame.map_or((0, 0), |frame| (frame.width, frame.height))
    }

    /// The samples of some columns and rows, interleaved where the picture has three components: those
    /// that decoding all of it gives. `None` if there are no such columns and rows.
    pub(crate) fn part(&self, columns: Range<usize>, rows: Range<usize>) -> Option<Vec<u8>> {
        let frame = self.picture.frame.as_ref()?;
        let scan = self.picture.scan_of(&self.scan)?;
        let (width, height) = unit_size(frame);
        let (across, down) = scan.units();
        // One unit more on each side, whose samples decoders mix in.
        let around = |span: &Range<usize>, side: usize, count: usize| {
            let end = (span.end.div_ceil(side) + 1).min(count);
            (span.start / side).saturating_sub(1)..end
        };
        let units = (around(&columns, width, across), around(&rows, height, down));
        let (left, top) = (units.0.start * width, units.1.start * height);
        let size = (
            (units.0.end * width).min(frame.width).checked_sub(left)?,
            (units.1.end * height).min(frame.height).checked_sub(top)?,
        );
        let mut bytes = self.head.clone();
        let mut own = self.frame.clone();
        own.get_mut(1..5)?.copy_from_slice(&sides(size)?);
        push(&mut bytes, 0xc0, &own);
        bytes.extend(cut::MEAN_CODES);
        let mut header = self.scan.clone();
        for named in header
            .get_mut(1..=2 * scan.parts.len())?
            .chunks_exact_mut(2)
        {
            named[1] &= 15;
        }
        push(&mut bytes, 0xda, &header);
        bytes.extend(cut::codes(&scan, &self.coded, &self.marks, units)?);
        bytes.extend([0xff, 0xd9]);

        let channels = scan.parts.len();
        let samples = decoded(&bytes, channels)?;
        let stride = channels * size.0;
        let inner = channels * (columns.start - left)..channels * (columns.end - left);
        let lines = samples.chunks_exact(stride);
        let mut part = Vec::with_capacity(inner.len() * rows.len());
        for line in lines.skip(rows.start - top).take(rows.len()) {
            part.extend_from_slice(line.get(inner.clone())?);
        }
        (part.len() == inner.len() * rows.len()).then_some(part)
    }
}

/// Pixels of a unit, across and down.
fn unit_size(frame: &Frame) -> (usize, usize) {
    let (across, down) = frame.most();
    (8 * across, 8 * down)
}

/// Whether Adobe's segment says that the components are not luminance and two of chroma.
fn is_of_other_colours(segment: &[u8]) -> bool {
    segment.starts_with(b"Adobe") && segment.get(11) != Some(&1)
}

/// Height and width as a frame states them (T.81, B.2.2).
fn sides((width, height): (usize, usize)) -> Option<[u8; 4]> {
    let [a, b] = u16::try_from(height).ok()?.to_be_bytes();
    let [c, d] = u16::try_from(width).ok()?.to_be_bytes();
    Some([a, b, c, d])
}

fn push(bytes: &mut Vec<u8>, kind: u8, segment: &[u8]) {
    let [.., high, low] = stored(segment.len() + 2).to_be_bytes();
    bytes.extend([0xff, kind, high, low]);
    bytes.extend_from_slice(segment);
}

/// The tables of a segment that are not for means (B.2.4.2).
fn codes_of_coefficients(mut segment: &[u8]) -> Option<Vec<u8>> {
    let mut kept = Vec::new();
    while let Some(counts) = segment.get(1..17) {
        let total: usize = counts.iter().map(|count| usize::from(*count)).sum();
        let (table, rest) = segment.split_at_checked(17 + total)?;
        if table[0] >> 4 == 1 {
            kept.extend_from_slice(table);
        }
        segment = rest;
    }
    Some(kept)
}

/// The samples of a JPEG made here.
fn decoded(bytes: &[u8], channels: usize) -> Option<Vec<u8>> {
    let space = match channels {
        1 => ColorSpace::Luma,
        _ => ColorSpace::RGB,
    };
    let options = DecoderOptions::default()
        .set_max_width(usize::MAX)
        .set_max_height(usize::MAX)
        .jpeg_set_out_colorspace(space);
    let mut decoder = JpegDecoder::new_with_options(ZCursor::new(bytes), options);
    decoder.decode().ok()
}
