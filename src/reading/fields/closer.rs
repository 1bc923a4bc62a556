//! A second look at what could not be read surely: the row at several sizes.
//!
//! A recogniser that takes an 8 for a 6 at one size seldom does at others, so a value counts that most sizes agree on.

use std::collections::BTreeMap;

use crate::geometry::PixelRect;
use crate::reading::excerpt::Place;
use crate::reading::fields::BETWEEN;
use crate::reading::fields::Doubt;
use crate::reading::fields::FIGURE_SURE;
use crate::reading::fields::Field;
use crate::reading::fields::Fields;
use crate::reading::fields::Glimpse;
use crate::reading::fields::NAME_SURE;
use crate::reading::fields::Read;
use crate::reading::fields::plain;

/// How many more readings must agree than agree on any other value.
const LEAD_MIN: usize = 1;

/// Readings that must be this sure besides agreeing, and how sure: figures by hand were taken for others by one sure reading and
/// three of 0.43 and less, print is confirmed at 0.7 and more.
const VOTES_MIN: usize = 2;
const CONFIRMED_MIN: f64 = 0.7;
/// So many readings of a date under a seal that agree may be less sure each: no wrong one was read as often.
const HANZI_DATE_VOTES: usize = 3;
const HANZI_DATE_SURE: f64 = 0.75;
/// Confidence of the least sure character of a Chinese name, in the best of its readings: rare ones are taken for others at 0.89 and less.
const HANZI_NAME_SURE: f64 = 0.9;

/// What a field is made of.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Kind {
    /// Figures, of which a recogniser knows how sure it is.
    Figures,
    /// A name, of which accents and words are lost without a doubt.
    Name,
}

impl Kind {
    /// Readings that must agree, the first one counted. Two of four agreed on one name in eight that was wrong.
    const fn votes(self) -> usize {
        match self {
            Self::Figures => 2,
            Self::Name => 3,
        }
    }
}

/// Least confidence of the best of the readings that agree.
fn least_best(ballots: &[Field], kind: Kind) -> f64 {
    let is_hanzi = ballots[0].written.contains(plain::is_hanzi);
    match kind {
        Kind::Figures if is_hanzi && ballots.len() >= HANZI_DATE_VOTES => HANZI_DATE_SURE,
        Kind::Figures => FIGURE_SURE,
        Kind::Name if is_hanzi => HANZI_NAME_SURE,
        Kind::Name => NAME_SURE,
    }
}

/// The rows of a page that are worth a second look, and what stands there.
#[must_use]
pub fn rows(fields: &Fields, page: u32) -> Vec<(PixelRect, Place)> {
    let mut rows: Vec<(PixelRect, Place)> = Vec::new();
    let places = [
        (&fields.number, Place::Head),
        (&fields.symbol, Place::Head),
        (&fields.date, Place::Head),
        (&fields.issuer, Place::Issuer),
        (&fields.signer, Place::Signature),
    ];
    for (read, place) in places {
        let (own, row) = match read {
            Ok(field) => (field.page, field.row),
            Err(Doubt::Unsure(glimpse)) => (glimpse.page, glimpse.row),
            Err(Doubt::Absent | Doubt::Several(_)) => continue,
        };
        // One that stands in another is seen with it.
        let is_seen = rows.iter().any(|(known, _)| known.overlap(row) > 0);
        if own == page && !is_seen {
            rows.push((row, place));
        }
    }
    rows
}

/// The fields with what second looks settle; `others` are the readings of rows at other sizes.
#[must_use]
pub fn settled(fields: Fields, others: &[Fields]) -> Fields {
    let of = |part: fn(&Fields) -> &Read| others.iter().map(part).collect::<Vec<_>>();
    let vote = |first, part, kind| vote(first, &of(part), kind);
    Fields {
        number: vote(fields.number, |other| &other.number, Kind::Figures),
        symbol: vote(fields.symbol, |other| &other.symbol, Kind::Figures),
        date: vote(fields.date, |other| &other.date, Kind::Figures),
        issuer: vote(fields.issuer, |other| &other.issuer, Kind::Name),
        signer: signers(fields.signer, &of(|other| &other.signer)),
    }
}

/// Whether readings are sure of one date and one issuer.
#[must_use]
pub fn agree(readings: &[Fields]) -> bool {
    let is_one = |part: fn(&Fields) -> &Read| {
        let mut values = readings
            .iter()
            .map(|own| part(own).as_ref().ok().map(|field| &field.value));
        let first = values.next().flatten();
        first.is_some() && values.all(|value| value == first)
    };
    is_one(|own| &own.date) && is_one(|own| &own.issuer)
}

/// Who signed: of several each must be seen once more, and nobody else.
fn signers(first: Read, others: &[&Read]) -> Read {
    let names: Vec<String> = match &first {
        Ok(field) => field.value.split(BETWEEN).map(str::to_owned).collect(),
        Err(_) => Vec::new(),
    };
    if names.len() < 2 {
        return vote(first, others, Kind::Name);
    }
    let seen: Vec<String> = others
        .iter()
        .filter_map(|read| seen(read))
        .map(|field| field.value)
        .collect();
    let is_all = names.iter().all(|name| seen.contains(name));
    let is_else = seen.iter().any(|name| {
        let count = |own: &String| seen.iter().filter(|other| *other == own).count();
        !names.contains(name) && names.iter().any(|own| count(own) <= count(name))
    });
    if is_all && !is_else {
        first
    } else {
        doubted(first)
    }
}

/// The value that most readings agree on, one of them surely, and that no sure one contradicts.
fn vote(first: Read, others: &[&Read], kind: Kind) -> Read {
    if matches!(first, Err(Doubt::Several(_))) {
        return first;
    }
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
    let Some((winner, losers)) = ranked.split_first() else {
        return first;
    };
    let best = |ballots: &[Field]| ballots.iter().map(|own| own.confidence).fold(0.0, f64::max);
    let is_contradicted = losers.iter().any(|ballots| match kind {
        Kind::Figures => ballots.len() + LEAD_MIN > winner.len() || best(ballots) >= FIGURE_SURE,
        // Where an accent is read differently once, it is in doubt; a name that lost a word says nothing.
        Kind::Name => !winner[0].value.contains(&ballots[0].value),
    });
    let second = winner.iter().map(|own| own.confidence);
    let second = second.filter(|own| *own >= CONFIRMED_MIN).count() >= VOTES_MIN;
    let is_enough = second && winner.len() >= kind.votes();
    if !is_enough || best(winner) < least_best(winner, kind) || is_contradicted {
        return doubted(first);
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

/// A field that other readings do not bear out.
fn doubted(read: Read) -> Read {
    let field = read?;
    Err(Doubt::Unsure(Glimpse {
        value: Some(field.value),
        written: field.written,
        page: field.page,
        row: field.row,
        confidence: field.confidence,
    }))
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
            row: glimpse.row,
            confidence: glimpse.confidence,
        }),
        Err(Doubt::Absent | Doubt::Several(_)) => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

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
            row: ROW,
            confidence: 0.95,
        })
    }

    fn voted(first: &Read, others: &[Read]) -> Option<String> {
        of_kind(first, others, Kind::Figures)
    }

    fn of_kind(first: &Read, others: &[Read], kind: Kind) -> Option<String> {
        let others: Vec<&Read> = others.iter().collect();
        let read = vote(first.clone(), &others, kind);
        read.ok().map(|field| field.value)
    }

    #[test]
    fn most_readings_settle_it_if_one_of_them_is_sure() {
        let first = unsure(Some("6"), 0.73);
        assert_eq!(
            voted(&first, &[sure("8"), unsure(Some("8"), 0.75)]).as_deref(),
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
    fn what_is_sure_stays_where_it_is_borne_out_and_nothing_contradicts() {
        assert_eq!(voted(&sure("6"), &[]), None, "nothing bears it out");
        let doubtful = unsure(Some("8"), 0.6);
        assert_eq!(
            voted(&sure("6"), &[doubtful.clone(), sure("6")]).as_deref(),
            Some("6")
        );
        // Another sure reading, or more that are not, leave it open.
        assert_eq!(voted(&sure("6"), &[sure("8")]), None);
        assert_eq!(voted(&sure("6"), &[doubtful.clone(), doubtful]), None);
    }

    #[test]
    fn what_was_not_seen_at_first_may_be_seen_twice() {
        let absent = Err(Doubt::Absent);
        assert_eq!(voted(&absent, &[sure("8")]), None);
        assert_eq!(
            voted(&absent, &[sure("8"), sure("8")]).as_deref(),
            Some("8")
        );
        let several = Err(Doubt::Several(vec!["7".into(), "8".into()]));
        assert_eq!(voted(&several, &[sure("8"), sure("8")]), None);
    }

    #[test]
    fn a_name_must_be_seen_three_times_and_whole() {
        let name = |first, others: &[Read]| of_kind(&sure(first), others, Kind::Name);
        assert_eq!(name("QUYNH", &[]), None);
        assert_eq!(name("QUYNH", &[sure("QUỲNH")]), None);
        let three = [sure("QUỲNH"), sure("QUỲNH"), sure("QUỲNH")];
        assert_eq!(name("QUYNH", &three[1..]), None);
        assert_eq!(name("QUỲNH", &three).as_deref(), Some("QUỲNH"));
        assert_eq!(name("QUYNH", &three), None, "its accent is in doubt");
        assert_eq!(name("PHƯỚC QUỲNH", &three), None, "a word was lost");
        assert_eq!(name("QUỲ", &three).as_deref(), Some("QUỲNH"));
        let both = |others: &[Read]| {
            let others: Vec<&Read> = others.iter().collect();
            signers(sure("Hà Lan; Lê Na"), &others).is_ok()
        };
        assert!(both(&[sure("Lê Na"), sure("Hà Lan")]));
        assert!(!both(&[sure("Lê Na")]) && !both(&[]));
        assert!(!both(&[sure("Lê Na"), sure("Hà Lan"), sure("Hà Lân")]));
    }

    #[test]
    fn what_stands_in_one_row_is_looked_at_once() {
        let nothing = || Err(Doubt::Absent);
        let fields = Fields {
            number: sure("6"),
            symbol: unsure(None, 0.4),
            date: nothing(),
            issuer: nothing(),
            signer: nothing(),
        };
        assert_eq!(rows(&fields, 1), [(ROW, Place::Head)]);
        assert_eq!(rows(&fields, 2), []);
    }
}
