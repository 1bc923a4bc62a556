//! A second look at what could not be read surely: the row at several sizes.
//!
//! A recogniser that takes an 8 for a 6 at one size seldom does at others, so a value counts that most sizes agree on.

use std::collections::BTreeMap;

use crate::geometry::PixelRect;
use crate::reading::fields::Doubt;
use crate::reading::fields::FIGURE_SURE;
use crate::reading::fields::Field;
use crate::reading::fields::Fields;
use crate::reading::fields::Read;

/// Readings that must agree, the first one counted.
const VOTES_MIN: usize = 2;
/// How many more there must be of them than of any other.
const LEAD_MIN: usize = 1;

/// The rows of a page that are worth a second look: those of number, symbol and date.
#[must_use]
pub fn rows(fields: &Fields, page: u32) -> Vec<PixelRect> {
    let mut rows: Vec<PixelRect> = Vec::new();
    for read in [&fields.number, &fields.symbol, &fields.date] {
        if let Err(Doubt::Unsure(glimpse)) = read
            && glimpse.page == page
            && !rows.contains(&glimpse.row)
        {
            rows.push(glimpse.row);
        }
    }
    rows
}

/// The fields with what second looks settle; `others` are the readings of rows at other sizes.
#[must_use]
pub fn settled(fields: Fields, others: &[Fields]) -> Fields {
    let of = |part: fn(&Fields) -> &Read| others.iter().map(part).collect::<Vec<_>>();
    Fields {
        number: vote(fields.number, &of(|other| &other.number)),
        symbol: vote(fields.symbol, &of(|other| &other.symbol)),
        date: vote(fields.date, &of(|other| &other.date)),
        ..fields
    }
}

/// The value that most readings agree on, one of them surely, and that no sure one contradicts.
fn vote(first: Read, others: &[&Read]) -> Read {
    let Err(Doubt::Unsure(_)) = &first else {
        return first;
    };
    let ballots = std::iter::once(&first).chain(others.iter().copied());
    let mut by_value: BTreeMap<String, Vec<Field>> = BTreeMap::new();
    for ballot in ballots.filter_map(seen) {
        by_value
            .entry(ballot.value.clone())
            .or_default()
            .push(ballot);
    }
    let mut ranked: Vec<Vec<Field>> = by_value.into_values().collect();
    ranked.sort_by_key(|ballots| std::cmp::Reverse(ballots.len()));
    let best = |ballots: &[Field]| ballots.iter().map(|own| own.confidence).fold(0.0, f64::max);
    let (winner, losers) = match ranked.split_first() {
        Some((winner, losers)) => (winner, losers),
        None => return first,
    };
    let is_contradicted = losers
        .iter()
        .any(|ballots| ballots.len() + LEAD_MIN > winner.len() || best(ballots) >= FIGURE_SURE);
    if winner.len() < VOTES_MIN || best(winner) < FIGURE_SURE || is_contradicted {
        return first;
    }
    let sum: f64 = winner.iter().map(|own| own.confidence).sum();
    let surest = winner
        .iter()
        .max_by(|a, b| a.confidence.total_cmp(&b.confidence));
    match surest {
        Some(surest) => Ok(Field {
            confidence: sum / winner.len() as f64,
            ..surest.clone()
        }),
        None => first,
    }
}

/// What a reading says, sure or not.
fn seen(read: &Read) -> Option<Field> {
    match read {
        Ok(field) => Some(field.clone()),
        Err(Doubt::Unsure(glimpse)) => Some(Field {
            value: glimpse.value.clone()?,
            written: glimpse.written.clone(),
            page: glimpse.page,
            bbox: glimpse.row,
            confidence: glimpse.confidence,
        }),
        Err(Doubt::Absent | Doubt::Several(_)) => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::reading::fields::Glimpse;

    const ROW: PixelRect = PixelRect {
        x: 10,
        y: 20,
        width: 300,
        height: 30,
    };

    fn unsure(value: Option<&str>, confidence: f64) -> Read {
        Err(Doubt::Unsure(Glimpse {
            value: value.map(str::to_owned),
            written: String::new(),
            page: 1,
            row: ROW,
            confidence,
        }))
    }

    fn sure(value: &str) -> Read {
        Ok(Field {
            value: value.to_owned(),
            written: String::new(),
            page: 1,
            bbox: ROW,
            confidence: 0.95,
        })
    }

    fn voted(first: &Read, others: &[Read]) -> Option<String> {
        let others: Vec<&Read> = others.iter().collect();
        vote(first.clone(), &others).ok().map(|field| field.value)
    }

    #[test]
    fn most_readings_settle_it_if_one_of_them_is_sure() {
        let first = unsure(Some("6"), 0.73);
        assert_eq!(
            voted(&first, &[sure("8"), unsure(Some("8"), 0.7)]).as_deref(),
            Some("8")
        );
        // One reading is not enough, nor are several that are unsure, nor is a draw.
        assert_eq!(voted(&first, &[sure("8")]), None);
        assert_eq!(
            voted(&first, &[unsure(Some("8"), 0.8), unsure(Some("8"), 0.7)]),
            None
        );
        assert_eq!(
            voted(&first, &[sure("8"), sure("8"), unsure(Some("6"), 0.8)]),
            None
        );
        // Another sure reading contradicts, however many there are.
        assert_eq!(voted(&first, &[sure("8"), sure("8"), sure("3")]), None);
        assert_eq!(voted(&unsure(None, 0.2), &[unsure(None, 0.9)]), None);
    }

    #[test]
    fn what_is_sure_or_absent_stays() {
        assert_eq!(
            voted(&sure("6"), &[sure("8"), sure("8")]).as_deref(),
            Some("6")
        );
        assert_eq!(voted(&Err(Doubt::Absent), &[sure("8"), sure("8")]), None);
    }
}
