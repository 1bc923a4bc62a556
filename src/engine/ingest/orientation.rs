//! The eight ways in which a picture can lie, and the copy that sets it upright.

use crate::geometry::Affine;

/// Side of the square blocks in which a picture is turned: both the rows read and the rows written
/// of a block stay in the first-level cache.
const BLOCK: usize = 32;

/// How the stored picture must be turned or mirrored to stand upright, in the numbering of EXIF
/// (tag 0x0112).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Orientation {
    /// 1: as stored.
    Upright,
    /// 2: mirrored left to right.
    Mirrored,
    /// 3: turned by half a turn.
    HalfTurn,
    /// 4: mirrored top to bottom.
    Flipped,
    /// 5: mirrored along the main diagonal.
    Transposed,
    /// 6: to be turned a quarter clockwise.
    QuarterTurn,
    /// 7: mirrored along the other diagonal.
    Transversed,
    /// 8: to be turned a quarter counter-clockwise.
    ThreeQuarterTurn,
}

impl Orientation {
    /// The orientation that an EXIF or TIFF tag states; anything unknown is upright.
    pub(crate) const fn from_exif(value: u64) -> Self {
        match value {
            2 => Self::Mirrored,
            3 => Self::HalfTurn,
            4 => Self::Flipped,
            5 => Self::Transposed,
            6 => Self::QuarterTurn,
            7 => Self::Transversed,
            8 => Self::ThreeQuarterTurn,
            _ => Self::Upright,
        }
    }

    /// The orientation that a transform from stored pixels to the y-down page performs; `None` if
    /// it shears or turns by anything but quarter turns (to within a thousandth).
    pub(crate) fn from_transform(page_from_image: Affine) -> Option<Self> {
        let [a, b, c, d, _, _] = page_from_image.as_coeffs();
        let straight = b.abs() < 1e-3 * a.abs() && c.abs() < 1e-3 * d.abs();
        let turned = a.abs() < 1e-3 * b.abs() && d.abs() < 1e-3 * c.abs();
        match (straight, turned) {
            (true, _) => Some(match (a > 0.0, d > 0.0) {
                (true, true) => Self::Upright,
                (false, true) => Self::Mirrored,
                (false, false) => Self::HalfTurn,
                (true, false) => Self::Flipped,
            }),
            (_, true) => Some(match (b > 0.0, c > 0.0) {
                (true, true) => Self::Transposed,
                (true, false) => Self::QuarterTurn,
                (false, false) => Self::Transversed,
                (false, true) => Self::ThreeQuarterTurn,
            }),
            (false, false) => None,
        }
    }

    /// Whether width and height change places.
    pub(crate) const fn swaps_sides(self) -> bool {
        matches!(
            self,
            Self::Transposed | Self::QuarterTurn | Self::Transversed | Self::ThreeQuarterTurn
        )
    }

    /// Where the pixel that ends at `(x, y)` of the upright picture is stored, in a stored picture
    /// of `width` by `height`.
    const fn stored(self, x: usize, y: usize, width: usize, height: usize) -> (usize, usize) {
        match self {
            Self::Upright => (x, y),
            Self::Mirrored => (width - 1 - x, y),
            Self::HalfTurn => (width - 1 - x, height - 1 - y),
            Self::Flipped => (x, height - 1 - y),
            Self::Transposed => (y, x),
            Self::QuarterTurn => (y, height - 1 - x),
            Self::Transversed => (width - 1 - y, height - 1 - x),
            Self::ThreeQuarterTurn => (width - 1 - y, x),
        }
    }
}

/// Sets interleaved samples of `N` channels upright.
///
/// Returns the upright width, height and samples; nothing is copied if the picture stands upright.
pub(crate) fn upright<const N: usize>(
    samples: Vec<u8>,
    width: usize,
    height: usize,
    orientation: Orientation,
) -> (usize, usize, Vec<u8>) {
    debug_assert_eq!(
        samples.len(),
        N * width * height,
        "samples fill the picture"
    );
    if orientation == Orientation::Upright {
        return (width, height, samples);
    }
    let (wide, high) = if orientation.swaps_sides() {
        (height, width)
    } else {
        (width, height)
    };
    let (pixels, _) = samples.as_chunks::<N>();
    let mut turned = vec![0; samples.len()];
    let (out, _) = turned.as_chunks_mut::<N>();
    for top in (0..high).step_by(BLOCK) {
        for left in (0..wide).step_by(BLOCK) {
            for y in top..(top + BLOCK).min(high) {
                for x in left..(left + BLOCK).min(wide) {
                    let (from_x, from_y) = orientation.stored(x, y, width, height);
                    out[y * wide + x] = pixels[from_y * width + from_x];
                }
            }
        }
    }
    (wide, high, turned)
}

#[cfg(test)]
#[expect(
    clippy::cast_possible_truncation,
    reason = "the samples of small pictures made here"
)]
mod tests {
    use super::*;

    const ALL: [Orientation; 8] = [
        Orientation::Upright,
        Orientation::Mirrored,
        Orientation::HalfTurn,
        Orientation::Flipped,
        Orientation::Transposed,
        Orientation::QuarterTurn,
        Orientation::Transversed,
        Orientation::ThreeQuarterTurn,
    ];

    #[test]
    fn a_quarter_turn_puts_the_left_edge_on_top() {
        // a b c      d a
        // d e f  ->  e b
        //            f c
        let (width, height, turned) =
            upright::<1>(b"abcdef".to_vec(), 3, 2, Orientation::QuarterTurn);
        assert_eq!((width, height, turned.as_slice()), (2, 3, &b"daebfc"[..]));
    }

    #[test]
    fn exif_numbers_name_all_orientations_once() {
        for (number, orientation) in (1..).zip(ALL) {
            assert_eq!(Orientation::from_exif(number), orientation);
        }
        assert_eq!(Orientation::from_exif(0), Orientation::Upright);
        assert_eq!(Orientation::from_exif(9), Orientation::Upright);
    }

    #[test]
    fn a_transform_is_read_as_the_orientation_that_moves_pixels_alike() {
        for orientation in ALL {
            // Stored 3 x 2: the transform is found from where three stored pixels end.
            let (wide, high) = if orientation.swaps_sides() {
                (2, 3)
            } else {
                (3, 2)
            };
            let mut ends = [(0.0, 0.0); 3];
            for (y, x) in (0..high).flat_map(|y| (0..wide).map(move |x| (y, x))) {
                match orientation.stored(x, y, 3, 2) {
                    (0, 0) => ends[0] = (f64::from(x as u32), f64::from(y as u32)),
                    (1, 0) => ends[1] = (f64::from(x as u32), f64::from(y as u32)),
                    (0, 1) => ends[2] = (f64::from(x as u32), f64::from(y as u32)),
                    _ => {}
                }
            }
            let [origin, right, down] = ends;
            let affine = Affine::new([
                right.0 - origin.0,
                right.1 - origin.1,
                down.0 - origin.0,
                down.1 - origin.1,
                origin.0,
                origin.1,
            ]);
            assert_eq!(Orientation::from_transform(affine), Some(orientation));
        }
    }

    #[test]
    fn a_slanted_picture_has_no_orientation() {
        let slanted = Affine::new([0.24, 0.01, -0.01, 0.24, 0.0, 0.0]);
        assert_eq!(Orientation::from_transform(slanted), None);
    }

    #[test]
    fn large_pictures_turn_back_to_themselves() {
        let (width, height) = (70, 41);
        let samples: Vec<u8> = (0..3 * width * height).map(|i| (i % 251) as u8).collect();
        let (wide, high, turned) =
            upright::<3>(samples.clone(), width, height, Orientation::QuarterTurn);
        let (_, _, back) = upright::<3>(turned, wide, high, Orientation::ThreeQuarterTurn);
        assert_eq!(back, samples);
    }
}
