//! One impression as files: its layers as PGM pictures, and the rest in exact binary.

use serde::Deserialize;
use serde::Serialize;

use crate::extraction::Impression;
use crate::extraction::InkColour;
use crate::extraction::Layers;
use crate::extraction::Outline;
use crate::geometry::PixelRect;
use crate::imaging::ColourMode;
use crate::imaging::Gray;
use crate::report::bundle::Error;
use crate::units::Dpi;

/// Names of the layers.
const LAYERS: [&str; 3] = ["ink.pgm", "text.pgm", "validity.pgm"];
/// Name of the rest.
const FRAME: &str = "frame.postcard";
/// Longest side of a layer, pixels: a seal of 60 mm at 1200 dpi with paper around it.
const SIDE_MAX: usize = 4000;

/// What layers do not tell.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
struct Frame {
    bbox: PixelRect,
    outline: Outline,
    colour: InkColour,
    separable: bool,
    mode: ColourMode,
    dpi: Option<Dpi>,
    origin: (i32, i32),
}

/// The files of an impression, by name.
pub(super) fn files(impression: &Impression) -> Result<Vec<(&'static str, Vec<u8>)>, Error> {
    let layers = &impression.layers;
    let frame = Frame {
        bbox: impression.bbox,
        outline: impression.outline,
        colour: impression.colour,
        separable: impression.separable,
        mode: impression.mode,
        dpi: impression.dpi,
        origin: layers.origin,
    };
    let frame = postcard::to_stdvec(&frame).map_err(|error| Error::Unwritable {
        reason: error.to_string(),
    })?;
    let layers = [&layers.ink, &layers.text, &layers.validity].map(pgm);
    let mut files: Vec<_> = LAYERS.into_iter().zip(layers).collect();
    files.push((FRAME, frame));
    Ok(files)
}

/// The impression of these files in a folder; `read` gives the bytes of a file.
pub(super) fn read<'b>(
    folder: &str,
    read: impl Fn(&str) -> Result<&'b [u8], Error>,
) -> Result<Impression, Error> {
    let named = |name: &str| format!("{folder}/{name}");
    let unreadable = |name: &str, reason: &str| Error::Unreadable {
        name: named(name),
        reason: reason.to_owned(),
    };
    let layer = |name: &str| {
        let bytes = read(&named(name))?;
        layer(bytes).ok_or_else(|| unreadable(name, "it is no plain gray picture of a crop's size"))
    };
    let [ink, text, validity] = LAYERS;
    let (ink, text, validity) = (layer(ink)?, layer(text)?, layer(validity)?);
    let size = |layer: &Gray| (layer.width(), layer.height());
    if size(&ink) != size(&text) || size(&ink) != size(&validity) {
        return Err(Error::Contradiction {
            reason: format!("the layers of {folder} differ in size"),
        });
    }
    let bytes = read(&named(FRAME))?;
    let frame: Frame =
        postcard::from_bytes(bytes).map_err(|error| unreadable(FRAME, &error.to_string()))?;
    if !is_sound(&frame, size(&ink)) {
        return Err(unreadable(FRAME, "its outline does not lie in its crop"));
    }
    Ok(Impression {
        bbox: frame.bbox,
        outline: frame.outline,
        colour: frame.colour,
        separable: frame.separable,
        mode: frame.mode,
        dpi: frame.dpi,
        layers: Layers {
            origin: frame.origin,
            ink,
            text,
            validity,
        },
    })
}

/// Whether the outline is one, and has its centre in a crop of this size.
fn is_sound(frame: &Frame, (width, height): (usize, usize)) -> bool {
    let outline = frame.outline;
    let figures = [
        outline.centre.x,
        outline.centre.y,
        outline.half_width,
        outline.half_height,
        outline.axis_degrees,
    ];
    let is_finite = figures.iter().all(|figure| figure.is_finite());
    let longest = SIDE_MAX as f64;
    let is_side = |half: f64| (1.0..=longest).contains(&half);
    let origin = (f64::from(frame.origin.0), f64::from(frame.origin.1));
    let is_within = (0.0..=width as f64).contains(&(outline.centre.x - origin.0))
        && (0.0..=height as f64).contains(&(outline.centre.y - origin.1));
    let is_dense = frame
        .dpi
        .is_none_or(|dpi| (30.0..=5000.0).contains(&dpi.get()));
    is_finite
        && is_side(outline.half_width)
        && is_side(outline.half_height)
        && is_within
        && is_dense
}

/// A layer as a binary PGM of eight bits.
fn pgm(layer: &Gray) -> Vec<u8> {
    let mut bytes = format!("P5\n{} {}\n255\n", layer.width(), layer.height()).into_bytes();
    bytes.extend_from_slice(layer.samples());
    bytes
}

/// Such a layer again; `None` for any other PGM.
fn layer(bytes: &[u8]) -> Option<Gray> {
    let mut parts = bytes.splitn(4, |byte| *byte == b'\n');
    let mut line = || std::str::from_utf8(parts.next()?).ok();
    (line()? == "P5").then_some(())?;
    let (width, height) = line()?.split_once(' ')?;
    (line()? == "255").then_some(())?;
    let side = |text: &str| {
        let is_plain = text.len() <= 4 && text.bytes().all(|byte| byte.is_ascii_digit());
        let side: usize = text.parse().ok().filter(|_| is_plain)?;
        (1..=SIDE_MAX).contains(&side).then_some(side)
    };
    let (width, height) = (side(width)?, side(height)?);
    Gray::from_samples(width, height, parts.next()?.to_vec())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_layer_comes_back_as_it_was_and_no_other_picture_is_taken_for_one() {
        let own = Gray::from_samples(3, 2, vec![0, 10, 255, 13, 32, 10]).unwrap();
        assert_eq!(layer(&pgm(&own)), Some(own));
        for other in [
            &b"P5\n3 2\n255\nabcde"[..],
            b"P5\n3 2\n255\nabcdefg",
            b"P2\n3 2\n255\nabcdef",
            b"P5\n3 2\n65535\nabcdef",
            b"P5\n99999 99999\n255\n",
            b"P5\n0 2\n255\n",
            b"P5\n-3 2\n255\nabcdef",
            b"P5",
            b"",
        ] {
            assert_eq!(layer(other), None, "{:?}", String::from_utf8_lossy(other));
        }
    }
}
