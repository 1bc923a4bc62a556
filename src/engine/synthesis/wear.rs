//! The wear of a die over years: what of its face still prints on a day, and when it leaves tolerance.
//!
//! Rubber rubs off where it is pressed most, often at one side of the rim, and unevenly. Corners round, printing
//! faces flatten and print broader, and lines break where they are thin and the rubber is weak, thin ones
//! first. Rubber swells in oily ink or shrinks. Or a piece breaks out on a day. Inking is drawn anew
//! at every stamping and is no part of this.

use jiff::Span;
use jiff::civil::Date;
use kurbo::Vec2;
use serde_json::Map;
use serde_json::Value;

use crate::imaging::Density;
use crate::matching::Harm;
use crate::synthesis::catalogue::Seal;
use crate::synthesis::chance::Chance;
use crate::synthesis::deformation::half_extent;
use crate::synthesis::deformation::moved;
use crate::synthesis::deformation::repaint;
use crate::synthesis::deformation::rim_point;
use crate::synthesis::die::FACE_PX_PER_MM;
use crate::synthesis::noise::smooth_field;
use crate::synthesis::raster::blur;
use crate::synthesis::raster::floor_index;
use crate::synthesis::raster::signed_distance;
use crate::synthesis::raster::single;
use crate::verdict::SIZE_TOLERANCE_MM;
use crate::verdict::limit;

/// Side of the places whose loss is counted, face samples: 0.42 mm.
const PLACE: usize = 10;
/// Share of a place that is drawn from which it counts, and share of its drawing below which it is gone.
const DRAWN_MIN: f32 = 0.1;
const GONE_BELOW: f32 = 0.5;
/// Reach within which the thickness of a line is taken, face samples.
const REACH: usize = 8;

/// What becomes of a die.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Course {
    /// Nothing that shows.
    Sound,
    /// It wears by and by.
    Gradual,
    /// A piece breaks out on a day.
    Sudden,
}

impl Course {
    /// The word that truth uses.
    #[must_use]
    pub const fn word(self) -> &'static str {
        match self {
            Self::Sound => "none",
            Self::Gradual => "gradual",
            Self::Sudden => "sudden",
        }
    }
}

/// The courses of a set's seals in turn: two in five stay sound.
const TURNS: [Course; 5] = [
    Course::Gradual,
    Course::Sound,
    Course::Sudden,
    Course::Sound,
    Course::Gradual,
];

/// The life of one die.
#[derive(Clone, Debug)]
pub struct Life {
    /// What becomes of it.
    pub course: Course,
    /// The day of its first use.
    first: Option<Date>,
    /// Days from the first use to the last.
    days: f64,
    /// Share of the drawing that is worn through at the end.
    goal: f64,
    /// Power of time by which wear goes on.
    power: f64,
    /// Millimetres at the end: rounding of corners, and what every edge prints further out.
    rounding_mm: f64,
    broader_mm: f64,
    /// Growth of the whole at the end, a share.
    growth: f64,
    /// When a piece breaks out, as a share of the days.
    blow: f64,
    /// What of the die is drawn: where it is pressed most, where it is weak, which piece breaks out.
    chance: Chance,
}

impl Life {
    /// The life of a registered seal's die: the same for a seed.
    #[must_use]
    pub fn of(seal: &Seal, seed: u64) -> Self {
        let digits = seal.id.trim_start_matches(|c: char| !c.is_ascii_digit());
        let number: usize = digits.parse().unwrap_or(0);
        let course = TURNS[(number + TURNS.len() - 1) % TURNS.len()];
        let mut chance = Chance::new(seed, &format!("life {}", seal.id), 0);
        let swells = chance.happens(0.3);
        let growth = chance.sign()
            * if swells {
                chance.between(0.01, 0.025)
            } else {
                chance.between(0.0, 0.004)
            };
        let worn = course == Course::Gradual;
        Self {
            course,
            first: seal.registered_on.parse().ok(),
            days: chance.between(700.0, 2600.0),
            goal: match course {
                Course::Sound => 0.0,
                Course::Gradual => chance.scaled(0.012, 0.09),
                Course::Sudden => 0.001,
            },
            power: chance.scaled(0.7, 2.2),
            rounding_mm: if worn {
                chance.between(0.03, 0.11)
            } else {
                0.02
            },
            broader_mm: if worn { chance.between(0.0, 0.05) } else { 0.0 },
            growth: if worn { growth } else { 0.1 * growth },
            blow: chance.between(0.3, 0.75),
            chance,
        }
    }

    /// How far wear has gone after so many days, 0 new to 1 at the end.
    fn clock(&self, days: f64) -> f64 {
        libm::pow((days / self.days).max(0.0), self.power)
    }

    /// Days from the first use on, of thousandths of its years of use.
    #[must_use]
    pub fn days_at(&self, share: u16) -> f64 {
        self.days * f64::from(share) / 1000.0
    }

    /// The date of a share of its years of use, in thousandths; `None` beyond what a calendar holds.
    #[must_use]
    pub fn date(&self, share: u16) -> Option<Date> {
        self.day(self.days_at(share))
    }

    fn day(&self, days: f64) -> Option<Date> {
        let days = i64::try_from(floor_index(days)).ok()?;
        self.first?.checked_add(Span::new().days(days)).ok()
    }

    /// The die as new, ready to wear.
    #[must_use]
    pub fn begin<'a>(&'a self, face: &'a Density) -> Wearing<'a> {
        let mut chance = self.chance.clone();
        let rub = rubbing(face, &mut chance);
        let mut known: Vec<f32> = face
            .samples()
            .iter()
            .zip(rub.samples())
            .filter_map(|(drawn, rub)| (*drawn > 0.5).then_some(*rub))
            .collect();
        known.sort_by(f32::total_cmp);
        let place = floor_index((1.0 - self.goal) * known.len() as f64);
        let bound = known.get(place).copied().unwrap_or(f32::INFINITY);
        Wearing {
            life: self,
            face,
            rub,
            bound,
            chance,
        }
    }

    /// The first day on which an amount reaches its bound; `None` if it does not up to the end.
    fn first_day(&self, reaches: impl Fn(f64) -> bool) -> Option<f64> {
        if !reaches(self.days) {
            return None;
        }
        let (mut before, mut by) = (0.0, self.days);
        while by - before > 1.0 {
            let middle = 0.5 * (before + by);
            if reaches(middle) {
                by = middle;
            } else {
                before = middle;
            }
        }
        Some(by)
    }
}

/// A new face and where it will wear.
#[derive(Clone, Debug)]
pub struct Wearing<'a> {
    life: &'a Life,
    face: &'a Density,
    /// How soon each place is rubbed through, and from which value on that is so at the end.
    rub: Density,
    bound: f32,
    /// What breaks out.
    chance: Chance,
}

impl Wearing<'_> {
    /// The face after so many days, and its size over the new one's.
    #[must_use]
    pub fn face(&self, days: f64) -> (Density, f64) {
        let life = self.life;
        let clock = life.clock(days);
        let sigma = life.rounding_mm * clock * FACE_PX_PER_MM;
        let mut rounded = self.face.clone();
        blur(&mut rounded, sigma, sigma);
        let crisp = single((2.5 * sigma).max(1.0));
        let rounded = rounded.map(|value| ((value - 0.5) * crisp + 0.5).clamp(0.0, 1.0));
        let broader = single(life.broader_mm * clock * FACE_PX_PER_MM);
        let mut aged = signed_distance(&rounded);
        let samples = aged.samples_mut().iter_mut();
        samples.for_each(|value| *value = (0.5 + broader - *value).clamp(0.0, 1.0));
        self.wear_through(&mut aged, days);
        let scale = 1.0 + life.growth * clock;
        (moved(&aged, |p| p / scale), scale)
    }

    /// Takes away what no longer prints.
    fn wear_through(&self, face: &mut Density, days: f64) {
        let clock = single(self.life.clock(days));
        for (value, rub) in face.samples_mut().iter_mut().zip(self.rub.samples()) {
            let broken = ((rub * clock / self.bound - 1.0) * 6.0 + 0.5).clamp(0.0, 1.0);
            *value *= 1.0 - broken;
        }
        if self.life.course == Course::Sudden && days >= self.life.blow * self.life.days {
            break_out(face, &mut self.chance.clone());
        }
    }

    /// Share of the drawing in places that print less than half of what they did, percent.
    #[must_use]
    pub fn missing_percent(&self, days: f64) -> f64 {
        let mut aged = self.face.clone();
        self.wear_through(&mut aged, days);
        missing_percent(self.face, &aged)
    }

    /// What truth says of an impression of the day: amounts, and the days on which the die leaves tolerance.
    #[must_use]
    pub fn truth(&self, seal: &Seal, share: u16) -> Map<String, Value> {
        let life = self.life;
        let days = life.days_at(share);
        let clock = life.clock(days);
        let (rx, ry) = seal.die.half_size();
        let growth = (rx + ry) * life.growth;
        let missing = limit(Harm::WornPercent);
        let worn_through = life.first_day(|days| self.missing_percent(days) >= missing);
        let outgrown = life.first_day(|days| growth.abs() * life.clock(days) >= SIZE_TOLERANCE_MM);
        let day = |days: Option<f64>| {
            let day = days.and_then(|days| life.day(days));
            day.map_or(Value::Null, |day| day.to_string().into())
        };
        let thousandth = |value: f64| Value::from((value * 1000.0).round() / 1000.0 + 0.0);
        let amounts = [
            ("course", life.course.word().into()),
            ("dated", day(Some(days))),
            ("missing_percent", thousandth(self.missing_percent(days))),
            ("line_width_mm", thousandth(2.0 * life.broader_mm * clock)),
            ("size_mm", thousandth(growth * clock)),
            ("missing_from", day(worn_through)),
            ("size_from", day(outgrown)),
        ];
        let named = amounts.map(|(name, value)| (name.to_owned(), value));
        named.into_iter().collect()
    }
}

/// How soon each place is rubbed through: where it is pressed, by how thin and how weak it is.
fn rubbing(face: &Density, chance: &mut Chance) -> Density {
    let (width, height) = (face.width(), face.height());
    let half = half_extent(face);
    let side = rim_point(half, 1.0, chance).normalize();
    let lean = chance.between(0.0, 1.5);
    let patches = smooth_field(width, height, 4.0 * FACE_PX_PER_MM, chance);
    let weak = smooth_field(width, height, 0.7 * FACE_PX_PER_MM, chance);
    let thickness = widest_near(&signed_distance(face).map(|distance| -distance));
    let middle = Vec2::new(width as f64, height as f64) / 2.0;
    let mut out = Density::filled(width, height, 0.0);
    for y in 0..height {
        for (x, value) in out.row_mut(y).iter_mut().enumerate() {
            let at = y * width + x;
            let place = (Vec2::new(x as f64, y as f64) - middle) / FACE_PX_PER_MM;
            let towards = place.dot(side).max(0.0) * place.hypot() / half.x.max(half.y).powi(2);
            let pressed = 1.0 + lean * towards;
            let uneven = 0.35 * patches.samples()[at] + 0.5 * weak.samples()[at];
            let half_width = f64::from(thickness.samples()[at].max(1.2)) / FACE_PX_PER_MM;
            let thin = libm::pow(0.3 / half_width, 1.2);
            *value = single(pressed * thin) * libm::expf(uneven);
        }
    }
    out
}

/// The largest value within [`REACH`] samples each way.
fn widest_near(map: &Density) -> Density {
    let widest = |line: &[f32], at: usize| {
        let (from, to) = (at.saturating_sub(REACH), (at + REACH + 1).min(line.len()));
        line[from..to].iter().copied().fold(f32::MIN, f32::max)
    };
    let (width, height) = (map.width(), map.height());
    let mut across = map.clone();
    for y in 0..height {
        for (x, value) in across.row_mut(y).iter_mut().enumerate() {
            *value = widest(map.row(y), x);
        }
    }
    let mut out = across.clone();
    for x in 0..width {
        let column: Vec<f32> = (0..height).map(|y| across.at(x, y)).collect();
        for y in 0..height {
            out.row_mut(y)[x] = widest(&column, y);
        }
    }
    out
}

/// Takes a piece out of the face, at the rim or further in.
fn break_out(face: &mut Density, chance: &mut Chance) {
    let half = half_extent(face);
    let share = chance.between(0.6, 1.03);
    let spot = rim_point(half, share, chance);
    let radius = chance.between(0.14, 0.3) * half.x.min(half.y);
    let (lobes, phase) = (chance.between(2.0, 5.0), chance.between(0.0, 6.0));
    repaint(
        face,
        |p, value| {
            let from = p - spot;
            let edge = radius * (1.0 + 0.2 * libm::sin(lobes * from.atan2() + phase));
            let inside = ((edge - from.hypot()) * FACE_PX_PER_MM + 0.5).clamp(0.0, 1.0);
            value * (1.0 - single(inside))
        },
        None,
    );
}

/// Share of the drawing in places that print less than half of what they did, percent.
fn missing_percent(new: &Density, aged: &Density) -> f64 {
    let (columns, rows) = (new.width() / PLACE, new.height() / PLACE);
    let mut drawn = vec![[0.0_f32; 2]; columns * rows];
    for y in 0..rows * PLACE {
        let lines = new.row(y).iter().zip(aged.row(y));
        for (x, (new, aged)) in lines.enumerate().take(columns * PLACE) {
            let place = &mut drawn[y / PLACE * columns + x / PLACE];
            place[0] += new;
            place[1] += aged.min(*new);
        }
    }
    let least = DRAWN_MIN * single((PLACE * PLACE) as f64);
    drawn.retain(|[new, _]| *new >= least);
    let total: f32 = drawn.iter().map(|[new, _]| new).sum();
    let gone = drawn.iter().filter(|[new, aged]| *aged < GONE_BELOW * new);
    100.0 * f64::from(gone.map(|[new, _]| new).sum::<f32>() / total.max(1.0))
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Lines 0.2 and 0.9 mm wide on 16 mm.
    fn lines() -> Density {
        let side = floor_index(20.0 * FACE_PX_PER_MM);
        let mut face = Density::filled(side, side, 0.0);
        for (y, x) in (48..side - 48).flat_map(|y| (48..side - 48).map(move |x| (y, x))) {
            let is_thin = x < side / 2 && y % 24 < 5;
            let is_broad = x >= side / 2 && y % 48 < 22;
            face.row_mut(y)[x] = f32::from(u8::from(is_thin || is_broad));
        }
        face
    }

    fn life(course: Course, goal: f64) -> Life {
        Life {
            course,
            first: None,
            days: 1000.0,
            goal,
            power: 1.0,
            rounding_mm: 0.05,
            broader_mm: 0.03,
            growth: 0.01,
            blow: 0.5,
            chance: Chance::new(3, "life", 0),
        }
    }

    #[test]
    fn wear_grows_by_and_by_to_its_goal_and_breaks_thin_lines_first() {
        let (face, life) = (lines(), life(Course::Gradual, 0.05));
        let wearing = life.begin(&face);
        let amounts = [0.0, 400.0, 700.0, 1000.0].map(|days| wearing.missing_percent(days));
        assert!(amounts[0] < 0.05, "{amounts:?}");
        assert!(amounts.is_sorted(), "{amounts:?}");
        assert!((2.5..7.5).contains(&amounts[3]), "{amounts:?}");
        // Edges that print further out would make up for what thin lines lose.
        let narrow = Life {
            broader_mm: 0.0,
            growth: 0.0,
            ..life.clone()
        };
        let (worn, _) = narrow.begin(&face).face(1000.0);
        let middle = face.width() / 2;
        let ink = |map: &Density, thin: bool| -> f32 {
            let rows = (0..map.height()).map(|y| match thin {
                true => map.row(y)[..middle].iter().sum::<f32>(),
                false => map.row(y)[middle..].iter().sum::<f32>(),
            });
            rows.sum()
        };
        let left = |thin| ink(&worn, thin) / ink(&face, thin);
        assert!(left(true) < left(false), "{} {}", left(true), left(false));
        assert!(left(true) < 0.95, "{}", left(true));
        let (broad, scale) = wearing.face(1000.0);
        assert!((scale - 1.01).abs() < 1e-9, "{scale}");
        assert!(ink(&broad, true) > 1.1 * ink(&worn, true));
    }

    #[test]
    fn a_piece_breaks_out_on_its_day_and_a_sound_die_stays_whole() {
        let face = lines();
        let life_of_one = life(Course::Sudden, 0.001);
        let sudden = life_of_one.begin(&face);
        let (before, after) = (sudden.missing_percent(499.0), sudden.missing_percent(500.0));
        assert!(after > before + 1.0, "{before} {after}");
        let day = life_of_one.first_day(|days| sudden.missing_percent(days) >= 1.0);
        assert!(day.is_some_and(|day| (day - 500.0).abs() < 2.0), "{day:?}");
        let sound = life(Course::Sound, 0.0);
        assert!(sound.begin(&face).missing_percent(1000.0) < 0.3);
    }
}
