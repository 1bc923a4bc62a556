//! Print that looks like a seal: a logo in the letterhead, letters of a heading.
//!
//! No one sign tells print from a stamp, so a logo is one only where several come together.

use crate::extraction::Shape;
use crate::extraction::finds::Found;
use crate::extraction::finds::Layer;
use crate::extraction::frames;
use crate::extraction::isolate::differs_from_pen;
use crate::extraction::paper::Hue;
use crate::extraction::paper::hue_distance;
use crate::geometry::Point;
use crate::geometry::Vec2;
use crate::imaging::Density;
use crate::imaging::sample;
use crate::units::PAGE_MM_MIN;
use crate::units::floor_index;

/// Height of the zone that a letterhead takes, millimetres: the head and margin of a formal letter.
const LETTERHEAD_MM: f64 = 50.0;
/// Smallest round official seal of Vietnam and China, less what a photograph may be off.
const ROUND_MM_MIN: f64 = 34.0 * 0.96;
/// The faintest tenth of a printed border over its strongest: thin lines lose up to half of their
/// density to where they fall on the raster and to its compression.
const EVEN: f32 = 0.5;
/// Density beside a border over its own, up to which nothing stands over it.
const BESIDE_MAX: f32 = 0.3;
/// Least share of the page at a logo's height that bears print: one line of letters bears more.
const PRINT_MIN: f64 = 0.01;
/// Angle between hues, radians, from which they are two inks: edges of one ink turn by less in JPEG.
const OTHER_HUE_MIN: f64 = 1.05;
/// Chroma that counts, optical density: twice what a hue's layer holds at least.
const OTHER_INK: f32 = 0.15;
/// Least share of the inside that a second colour takes, over that of the first.
const OTHER_MIN: f64 = 0.3;
/// Share of the paper around that it takes as well, over that of the inside, at most.
const OTHER_OUTSIDE_MAX: f64 = 0.25;
/// Shares of the radius, inside and outside of an outline, between which ink crosses it, and directions
/// in which it must: the width of a letter's stroke.
const CROSSING: ([f64; 3], [f64; 3]) = ([0.86, 0.9, 0.94], [1.06, 1.1, 1.14]);
const CROSSED_MIN: usize = 3;
/// Directions read around an outline.
const DIRECTIONS: usize = 120;
/// Samples along a side.
const SIDE_SAMPLES: usize = 80;
/// Most of a frame's side that may bear ink at some depth behind it: a frame's margin is bare but
/// for what crosses it.
const MARGIN_MAX: f64 = 0.35;
/// The same in the letterhead, where headings stand: thin stems cover a fifth of their row.
const MARGIN_MAX_HEAD: f64 = 0.2;

/// Whether a find is a printed logo: small, whole and even, beside the print of a letterhead.
pub(super) fn is_logo(map: &Density, dark: &Density, find: &Found, per_mm: Option<f64>) -> bool {
    let Some(per_mm) = per_mm else {
        return false;
    };
    let outline = &find.outline;
    outline.shape == Shape::Round
        && is_in_letterhead(map, find, Some(per_mm))
        && 2.0 * outline.half_width.max(outline.half_height) < ROUND_MM_MIN * per_mm
        && is_whole_and_even(map, find)
        && stands_beside_print(dark, find)
}

/// Whether a find holds another colour that is its own: a stamp has one ink, and what lies over it
/// or under it, a highlighter's stroke, the tint of a form, goes on outside.
pub(super) fn is_many_coloured(map: &Density, hues: &[Hue], find: &Found) -> bool {
    let Layer::Hue(own) = find.layer else {
        return false;
    };
    // Pens cross seals, and another office's stamp may.
    let others = hues
        .iter()
        .filter(|hue| hue_distance(hue.angle, own) > OTHER_HUE_MIN && differs_from_pen(hue.angle));
    others
        .map(|hue| (inked(&hue.chroma, find), &hue.chroma))
        .any(|((other, beyond), chroma)| {
            // Counted last: most pages have one colour.
            other > OTHER_OUTSIDE_MAX.recip() * beyond
                && other > OTHER_MIN * inked(map, find).0
                && !runs_through(chroma, find)
        })
}

/// Whether a colour crosses the outline of a find: letters that a seal was stamped over go on outside
/// it, however little of them does, and no logo's colours cross each other.
fn runs_through(chroma: &Density, find: &Found) -> bool {
    let outline = &find.outline;
    let rays = outline.rays(DIRECTIONS).into_iter();
    let crossed = rays.filter(|(unit, reach)| {
        let bears = |share: f64| {
            let point = outline.centre + *unit * (share * reach);
            sample(chroma, point.x, point.y, 0.0) > OTHER_INK
        };
        CROSSING.0.into_iter().any(bears) && CROSSING.1.into_iter().any(bears)
    });
    crossed.count() >= CROSSED_MIN
}

/// Shares of the inside of a find and of the paper around it, to twice its area, that bear a colour.
fn inked(chroma: &Density, find: &Found) -> (f64, f64) {
    let outline = &find.outline;
    let reach = 1.5 * outline.half_width.max(outline.half_height);
    let span = |middle: f64, size: usize| {
        let first = floor_index((middle - reach).max(0.0)).min(size);
        first..floor_index(middle + reach + 1.0).min(size)
    };
    let (mut inside, mut around) = ((0_usize, 0_usize), (0_usize, 0_usize));
    for y in span(outline.centre.y, chroma.height()) {
        for x in span(outline.centre.x, chroma.width()) {
            let arm = Point::new(x as f64 + 0.5, y as f64 + 0.5) - outline.centre;
            let share = arm.hypot() / outline.radius_at(libm::atan2(arm.y, arm.x));
            let place = match share {
                ..1.0 => &mut inside,
                // The border's own blur belongs to neither.
                1.1..1.5 => &mut around,
                _ => continue,
            };
            place.0 += usize::from(chroma.at(x, y) > OTHER_INK);
            place.1 += 1;
        }
    }
    let share = |(hits, area): (usize, usize)| hits as f64 / area.max(1) as f64;
    (share(inside), share(around))
}

/// Whether a border is drawn in all directions, as densely everywhere, where nothing stands beside
/// it that may be over it as well.
fn is_whole_and_even(map: &Density, find: &Found) -> bool {
    let outline = &find.outline;
    let mut peaks: Vec<f32> = outline
        .rays(DIRECTIONS)
        .into_iter()
        .filter_map(|(unit, reach)| {
            let at = |shift: f64| {
                let point = outline.centre + unit * (reach + shift);
                sample(map, point.x, point.y, 0.0)
            };
            let peak = (-4..=1).map(|s| at(f64::from(s))).fold(0.0, f32::max);
            let clear = at(2.5).max(at(4.0)) < BESIDE_MAX * peak.max(find.layer.least());
            clear.then_some(peak)
        })
        .collect();
    peaks.sort_by(f32::total_cmp);
    let at = |share: usize| peaks.get(peaks.len() * share / 10).copied().unwrap_or(0.0);
    at(1) > EVEN * at(9).max(1e-6)
}

/// Whether print stands at the height of a find: a logo is part of a letterhead, while a sheet of
/// specimens bears stamps alone.
fn stands_beside_print(dark: &Density, find: &Found) -> bool {
    let outline = &find.outline;
    let (top, bottom) = (
        floor_index((outline.centre.y - outline.half_height).max(0.0)),
        floor_index(outline.centre.y + outline.half_height).min(dark.height()),
    );
    let least = Layer::Dark.least();
    let (mut inked, mut area) = (0_usize, 0_usize);
    for y in top..bottom {
        for (x, &value) in dark.row(y).iter().enumerate() {
            if (x as f64 - outline.centre.x).abs() > 1.1 * outline.half_width {
                area += 1;
                inked += usize::from(value > least);
            }
        }
    }
    inked as f64 > PRINT_MIN * area as f64
}

/// Whether a find lies wholly in the head of a page, whose size must be known.
fn is_in_letterhead(map: &Density, find: &Found, per_mm: Option<f64>) -> bool {
    let outline = &find.outline;
    let (across, down) = frames::axes(outline);
    let (a, b) = (outline.half_width * across.y, outline.half_height * down.y);
    let below = match outline.shape {
        Shape::Round | Shape::Oval => libm::hypot(a, b),
        Shape::Rectangle | Shape::Triangle | Shape::Other => a.abs() + b.abs(),
    };
    let lowest = outline.centre.y + below;
    per_mm.is_some_and(|per_mm| {
        map.height() as f64 > PAGE_MM_MIN * per_mm && lowest < LETTERHEAD_MM * per_mm
    })
}

/// Whether a side of a rectangle is the edge of a row of letters: their stems begin at it, while a
/// frame's side has a bare margin behind it.
pub(super) fn is_lettered(map: &Density, find: &Found, level: f32, per_mm: Option<f64>) -> bool {
    let most = if is_in_letterhead(map, find, per_mm) {
        MARGIN_MAX_HEAD
    } else {
        MARGIN_MAX
    };
    find.outline.shape == Shape::Rectangle && least_margin(map, find, level) > most
}

/// The largest, over the sides, of the least share of ink at any depth behind a side.
fn least_margin(map: &Density, find: &Found, level: f32) -> f64 {
    let outline = &find.outline;
    let (across, down) = frames::axes(outline);
    let (a, b) = (outline.half_width, outline.half_height);
    let share = |normal: Vec2, distance: f64, (along, half): (Vec2, f64)| {
        let hits = (0..SIDE_SAMPLES).filter(|&i| {
            let place = ((i as f64 + 0.5) / SIDE_SAMPLES as f64 - 0.5) * 1.8 * half;
            let point = outline.centre + along * place + normal * distance;
            sample(map, point.x, point.y, 0.0) >= level
        });
        hits.count() as f64 / SIDE_SAMPLES as f64
    };
    let sides = [
        (across, a, (down, b)),
        (-across, a, (down, b)),
        (down, b, (across, a)),
        (-down, b, (across, a)),
    ];
    let margin = |&(normal, distance, along): &(Vec2, f64, (Vec2, f64))| {
        (2..20)
            .map(|step| 0.5 * f64::from(step))
            .take_while(|depth| *depth < 0.6 * distance)
            .map(|depth| share(normal, distance - depth, along))
            .fold(1.0, f64::min)
    };
    sides.iter().map(margin).fold(0.0, f64::max)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::extraction::Outline;
    use crate::extraction::inspect::Reading;
    use crate::imaging::Raster;

    const PER_MM: f64 = 2.0;

    fn find(shape: Shape, centre: (f64, f64), half: (f64, f64)) -> Found {
        Found {
            outline: Outline {
                shape,
                centre: Point::new(centre.0, centre.1),
                half_width: half.0,
                half_height: half.1,
                axis_degrees: 0.0,
            },
            reading: Reading {
                outline: 1.0,
                clear: 1.0,
            },
            layer: Layer::Dark,
        }
    }

    /// A page of A4 with an even ring and, if so, a line of print beside it.
    fn page(find: &Found, print: bool) -> Density {
        let mut map = Raster::filled(420, 594, 0.0_f32);
        for y in 0..594 {
            for x in 0..420 {
                let arm = Point::new(x as f64 + 0.5, y as f64 + 0.5) - find.outline.centre;
                if (find.outline.half_width - 3.0..find.outline.half_width).contains(&arm.hypot()) {
                    map.row_mut(y)[x] = 0.5;
                }
            }
        }
        if print {
            let line = floor_index(find.outline.centre.y);
            for y in line..line + 4 {
                (200..400).step_by(3).for_each(|x| map.row_mut(y)[x] = 0.8);
            }
        }
        map
    }

    fn logo(map: &Density, find: &Found, per_mm: Option<f64>) -> bool {
        is_logo(map, map, find, per_mm)
    }

    #[test]
    fn a_small_even_ring_in_the_letterhead_is_a_logo() {
        let ring = find(Shape::Round, (60.0, 50.0), (24.0, 24.0));
        assert!(logo(&page(&ring, true), &ring, Some(PER_MM)));
        assert!(
            !logo(&page(&ring, true), &ring, None),
            "its size is unknown"
        );
        assert!(
            !logo(&page(&ring, false), &ring, Some(PER_MM)),
            "it stands alone, as on a sheet of specimens"
        );
    }

    #[test]
    fn a_ring_is_no_logo_further_down_or_of_a_seals_size_or_uneven_or_on_a_slip() {
        let lower = find(Shape::Round, (60.0, 90.0), (24.0, 24.0));
        assert!(!logo(&page(&lower, true), &lower, Some(PER_MM)));
        let official = find(Shape::Round, (60.0, 50.0), (35.0, 35.0));
        assert!(!logo(&page(&official, true), &official, Some(PER_MM)));
        let small = find(Shape::Round, (60.0, 50.0), (24.0, 24.0));
        let mut uneven = page(&small, true);
        (0..60).for_each(|y| uneven.row_mut(y)[..50].iter_mut().for_each(|d| *d *= 0.4));
        assert!(!logo(&uneven, &small, Some(PER_MM)));
        assert!(!logo(&page(&small, true), &small, Some(3.0 * PER_MM)));
    }

    #[test]
    fn a_second_colour_of_its_own_makes_a_logo_and_a_tint_or_a_pen_does_not() {
        let mut ring = find(Shape::Round, (60.0, 300.0), (40.0, 40.0));
        ring.layer = Layer::Hue(0.0);
        let patch = |reach: f64| {
            let mut map = Raster::filled(420, 594, 0.0_f32);
            for y in 0..594 {
                for x in 0..420 {
                    let arm = Point::new(x as f64 + 0.5, y as f64 + 0.5) - ring.outline.centre;
                    if arm.hypot() < reach {
                        map.row_mut(y)[x] = 0.4;
                    }
                }
            }
            map
        };
        let green = 2.0 * std::f64::consts::FRAC_PI_3;
        let many = |angle: f64, reach: f64| {
            let map = page(&ring, false);
            let other = Hue {
                angle,
                chroma: patch(reach),
            };
            is_many_coloured(&map, &[other], &ring)
        };
        assert!(many(green, 20.0));
        assert!(!many(green, 5.0), "a speck");
        assert!(!many(green, 90.0), "the tint of the form");
        assert!(!many(-green, 20.0), "a pen's stroke");
        let heading = |top: usize, right: usize| {
            let mut chroma = patch(0.0);
            (top..top + 24).for_each(|y| chroma.row_mut(y)[30..right].fill(0.4));
            let other = Hue {
                angle: green,
                chroma,
            };
            is_many_coloured(&page(&ring, false), &[other], &ring)
        };
        assert!(heading(285, 90), "within the ring");
        assert!(!heading(285, 108), "a heading runs on outside");
        assert!(!many(0.6, 20.0), "its own ink, shifted by coding");
    }

    #[test]
    fn the_turn_of_a_circle_does_not_move_it_out_of_the_letterhead() {
        let mut ring = find(Shape::Round, (60.0, 70.0), (24.0, 24.0));
        ring.outline.axis_degrees = 80.0;
        assert!(logo(&page(&ring, true), &ring, Some(PER_MM)));
    }

    #[test]
    fn stems_behind_a_side_make_a_row_of_letters_and_a_bare_margin_does_not() {
        let frame = find(Shape::Rectangle, (200.0, 300.0), (80.0, 30.0));
        let mut map = Raster::filled(420, 594, 0.0_f32);
        for y in [270, 271, 328, 329] {
            map.row_mut(y)[120..280].fill(0.8);
        }
        for y in 270..330 {
            map.row_mut(y)[120..122].fill(0.8);
            map.row_mut(y)[278..280].fill(0.8);
        }
        assert!(!is_lettered(&map, &frame, 0.4, None));
        for y in 270..318 {
            for x in (124..276).step_by(10) {
                map.row_mut(y)[x..x + 4].fill(0.8);
            }
        }
        assert!(is_lettered(&map, &frame, 0.4, None));
    }
}
