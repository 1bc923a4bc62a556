//! Whether wear along dates was seen where it is, and the day on which a die leaves tolerance.
//!
//! A line of the set states under `wear` the `course` of its seal's die (`none`, `gradual`, `sudden`), and for each quantity
//! the day from which it is out of tolerance (`missing_from`, `size_from`; null up to the die's last day).

use std::collections::BTreeMap;

use jiff::civil::Date;
use serde::{Deserialize, Serialize};

use crate::evaluation::truth::Truth;

/// Share of the drawing that is gone at last, percent, from which a wearing die should be seen: half of
/// what is tolerated.
const SHOWN_MIN: f64 = 1.0;

/// What was said of one seal and quantity.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct ObservedWear {
    /// Whether it was said to grow.
    pub grows: bool,
    /// Whether the tolerance was said to be left by the last impression.
    pub passed: bool,
    /// The likeliest day of leaving it, and the ends of its interval.
    pub on: Option<Date>,
    /// See `on`: open where it may be before the first impression.
    pub not_before: Option<Date>,
    /// See `on`: open where it is not in sight.
    pub not_after: Option<Date>,
}

/// What was said of one seal; `None` where there was too little.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct ObservedTrend {
    /// The seal.
    pub seal: String,
    /// The day of its last impression that counts.
    pub last: Option<Date>,
    /// Of what is gone.
    pub missing: Option<ObservedWear>,
    /// Of the size.
    pub size: Option<ObservedWear>,
}

/// Figures over the seals of a set.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct WearFigures {
    /// Seals with dated impressions.
    pub seals: usize,
    /// Of them, those of which enough impressions counted.
    pub followed: usize,
    /// Of these, wearing ones with at least 1 % of the drawing gone at last, and those said to wear.
    pub wearing: usize,
    /// See `wearing`.
    pub wearing_called: usize,
    /// Sound ones, and those said to wear or grow.
    pub sound: usize,
    /// See `sound`.
    pub sound_called: usize,
    /// Of all followed, those whose die is out of a tolerance by the last impression, and those said so.
    pub out: usize,
    /// See `out`.
    pub out_called: usize,
    /// Of those that are within both, those said to be out.
    pub within: usize,
    /// See `within`.
    pub within_called: usize,
    /// Days by which the likeliest day is late (below 0 early), where truth and program both give one.
    pub day_errors: Vec<i32>,
    /// Days of truth that were given an interval, and those that lie in it.
    pub days: usize,
    /// See `days`.
    pub days_covered: usize,
}

/// Counts; `None` where no line states wear.
#[must_use]
pub fn figures(lines: &[Truth], observed: &[ObservedTrend]) -> Option<WearFigures> {
    let mut by_seal: BTreeMap<&str, Vec<&Truth>> = BTreeMap::new();
    for line in lines.iter().filter(|line| stated(line, "course").is_some()) {
        by_seal.entry(line.seal.as_deref()?).or_default().push(line);
    }
    if by_seal.is_empty() {
        return None;
    }
    let mut figures = WearFigures::default();
    for (seal, own) in by_seal {
        figures.seals += 1;
        let said = observed.iter().find(|observed| observed.seal == seal);
        if let Some((said, missing)) = said.and_then(|said| Some((said, said.missing?))) {
            figures.add(&own, said, missing);
        }
    }
    Some(figures)
}

/// A field of what a line says of wear.
fn stated<'a>(line: &'a Truth, name: &str) -> Option<&'a serde_json::Value> {
    let value = line.others.get("wear")?.get(name)?;
    (!value.is_null()).then_some(value)
}

impl WearFigures {
    fn add(&mut self, lines: &[&Truth], said: &ObservedTrend, missing: ObservedWear) {
        self.followed += 1;
        let course = stated(lines[0], "course").and_then(|course| course.as_str());
        let gone = |line: &&Truth| stated(line, "missing_percent").and_then(|gone| gone.as_f64());
        let at_last = lines.iter().filter_map(gone).fold(0.0, f64::max);
        let grows = missing.grows || said.size.is_some_and(|size| size.grows);
        if course == Some("none") {
            self.sound += 1;
            self.sound_called += usize::from(grows);
        } else if at_last >= SHOWN_MIN {
            self.wearing += 1;
            self.wearing_called += usize::from(missing.grows);
        }
        let day = |name: &str| -> Option<Date> { stated(lines[0], name)?.as_str()?.parse().ok() };
        let (missing_from, size_from) = (day("missing_from"), day("size_from"));
        let is_past = |day: Option<Date>| day.zip(said.last).is_some_and(|(day, last)| day <= last);
        let called = missing.passed || said.size.is_some_and(|size| size.passed);
        if is_past(missing_from) || is_past(size_from) {
            self.out += 1;
            self.out_called += usize::from(called);
        } else {
            self.within += 1;
            self.within_called += usize::from(called);
        }
        for (from, said) in [(missing_from, Some(missing)), (size_from, said.size)] {
            let Some((from, said)) = from.zip(said) else {
                continue;
            };
            self.days += 1;
            let covers = said.not_before.is_none_or(|day| day <= from)
                && said.not_after.is_none_or(|day| from <= day);
            self.days_covered += usize::from(covers);
            self.day_errors
                .extend(said.on.map(|on| (on - from).get_days()));
        }
        self.day_errors.sort_unstable();
    }

    /// The figures in a sentence.
    #[must_use]
    pub fn line(&self) -> String {
        let error = self.day_error_median();
        let error = error.map_or_else(String::new, |days| {
            format!(
                ", the likeliest day is off by {days} days at the median of {}",
                self.day_errors.len()
            )
        });
        format!(
            "Wear along dates: {} of {} seals followed; called where the die wears {} of {}, where it is sound {} of {}; said to be out \
             of tolerance {} of {} that are, {} of {} that are not; the day lies in its 90 % interval for {} of {}{error}",
            self.followed,
            self.seals,
            self.wearing_called,
            self.wearing,
            self.sound_called,
            self.sound,
            self.out_called,
            self.out,
            self.within_called,
            self.within,
            self.days_covered,
            self.days,
        )
    }

    /// Median of how far the likeliest day is off, either way.
    #[must_use]
    pub fn day_error_median(&self) -> Option<i32> {
        let mut off: Vec<i32> = self.day_errors.iter().map(|error| error.abs()).collect();
        off.sort_unstable();
        off.get(off.len() / 2).copied()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::evaluation::truth;
    use jiff::civil::date;

    fn lines() -> Vec<Truth> {
        let line = |seal: &str, course: &str, gone: f64, from: &str| {
            format!(
                "{{\"document\":\"{seal}.pdf\",\"label\":\"genuine\",\"seal\":\"{seal}\",\"wear\":{{\"course\":\"{course}\",\"missing_percent\":{gone},\"missing_from\":{from},\"size_from\":null}}}}\n"
            )
        };
        let set = line("S1", "gradual", 3.0, "\"2020-06-01\"") + &line("S2", "none", 0.0, "null");
        truth::parse(&set).unwrap()
    }

    fn said(seal: &str, grows: bool, not_after: Option<Date>) -> ObservedTrend {
        ObservedTrend {
            seal: seal.to_owned(),
            last: Some(date(2021, 1, 1)),
            missing: Some(ObservedWear {
                grows,
                passed: grows,
                on: grows.then_some(date(2020, 6, 11)),
                not_before: grows.then_some(date(2020, 4, 1)),
                not_after,
            }),
            size: None,
        }
    }

    #[test]
    fn a_day_within_its_interval_and_a_sound_die_left_alone_are_right() {
        let observed = [
            said("S1", true, Some(date(2020, 8, 1))),
            said("S2", false, None),
        ];
        let figures = figures(&lines(), &observed).unwrap();
        assert_eq!((figures.wearing, figures.wearing_called), (1, 1));
        assert_eq!((figures.sound, figures.sound_called), (1, 0));
        assert_eq!((figures.out, figures.out_called), (1, 1));
        assert_eq!((figures.days, figures.days_covered), (1, 1));
        assert_eq!(figures.day_error_median(), Some(10));
    }

    #[test]
    fn a_day_outside_its_interval_and_a_sound_die_called_worn_are_wrong() {
        let observed = [
            said("S1", true, Some(date(2020, 5, 1))),
            said("S2", true, None),
        ];
        let figures = figures(&lines(), &observed).unwrap();
        assert_eq!(figures.days_covered, 0);
        assert_eq!((figures.sound_called, figures.within_called), (1, 1));
        assert!(super::figures(&lines()[..0], &observed).is_none());
    }
}
