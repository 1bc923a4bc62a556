//! A second look at what is to be known surely: each row at several sizes.
//!
//! A recogniser that takes an 8 for a 6 at one size seldom does at others, so a value counts that nearly all sizes agree on. Of names
//! each word is voted on by itself, since accents are lost here and there and hardly twice in one word.

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
use crate::reading::fields::names;
use crate::reading::fields::phrases;
use crate::reading::fields::plain::differs_over_i;
use crate::reading::fields::plain::has_lost_marks;
use crate::reading::fields::plain::is_hanzi;
use crate::reading::fields::plain::lacks_marks;
use crate::reading::fields::plain::squeezed;

/// Readings that must agree, at least.
const VOTES_MIN: usize = 3;
/// Tries at a row for each of the readings of figures that must agree: slanting rows are tried twice as often.
const TRIES_A_VOTE: usize = 3;
/// Of figures, the share of all readings' confidence that agrees: chosen on 61 printed dates and 54 with figures by hand at 300 dpi
/// (seeds 8101 and 8102), of which it let no wrong one pass.
const FIGURES_SHARE: f64 = 0.75;
/// How many readings of figures must be how sure: figures by hand were taken for others by one sure reading and three of 0.43 and
/// less, print is confirmed at 0.7 and more.
const CONFIRMED: usize = 2;
const CONFIRMED_MIN: f64 = 0.7;
/// So sure must the best reading of a Chinese date be: under seals none that was wrong was read three times.
const HANZI_DATE_SURE: f64 = 0.75;
/// Share of the readings that agree on each word of a name; less is enough where all others lost some of its marks. Chosen on 171 names
/// at 300 dpi (seeds 8101 and 8102), of which no wrong one passed but those that a typeface itself draws without a mark.
const WORD_SHARE: f64 = 0.8;
const MARKED_SHARE: f64 = 0.6;
/// Share of the readings of a place that agree on each Chinese character, where heading and signature must agree besides, and one of
/// them be sure of all.
const HANZI_SHARE: f64 = 0.6;
/// Readings that must nearly all agree on a Chinese name that is read at one place alone, and how sure they are of its least sure character
/// on the whole: a rare one is taken for another by all sizes alike, at 0.7.
const ALONE_VOTES: usize = 5;
const ALONE_SURE: f64 = 0.85;
/// Capitals with circumflex and hook: a grave accent beside the circumflex is taken for a hook at all sizes in some typefaces.
const HOOKED: [char; 3] = ['Ể', 'Ổ', 'Ẩ'];
/// Words of bodies' names that are hooked, and would be no words with a grave accent.
const HOOKED_USUAL: [&str; 17] = [
    "CỔ", "TỔ", "TỔNG", "THỂ", "BIỂN", "ĐIỂM", "KIỂM", "HIỂM", "TRIỂN", "CHUYỂN", "PHẨM", "THẨM",
    "KHẨU", "PHỔ", "ĐỔI", "THỔ", "BỔ",
];

/// A second look at a row.
#[derive(Clone, Debug, PartialEq)]
pub struct Look {
    /// The place that it lies in: a heading or a signature.
    pub place: Place,
    /// What is read there.
    pub fields: Fields,
}

/// What a field is made of.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Kind {
    /// Figures, of which a recogniser knows how sure it is.
    Figures,
    /// A body's name, of which accents and words are lost without a doubt.
    Body,
    /// A person's, the same.
    Person,
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

/// The fields with what second looks settle; the looks are at other sizes.
#[must_use]
pub fn settled(fields: Fields, looks: &[Look]) -> Fields {
    let of = |part: fn(&Fields) -> &Read| {
        let reads = looks.iter().map(|look| part(&look.fields));
        reads.collect::<Vec<_>>()
    };
    let vote = |first, part, kind| vote(first, &of(part), kind);
    let is_chinese = |read: &&Read| seen(read).is_some_and(|own| own.value.contains(is_hanzi));
    let issuer = if of(|own| &own.issuer).iter().any(is_chinese) {
        chinese_name(fields.issuer, looks)
    } else {
        vote(fields.issuer, |other| &other.issuer, Kind::Body)
    };
    Fields {
        number: vote(fields.number, |other| &other.number, Kind::Figures),
        symbol: vote(fields.symbol, |other| &other.symbol, Kind::Figures),
        date: glimpsed(
            vote(fields.date, |other| &other.date, Kind::Figures),
            &of(|own| &own.date),
        ),
        issuer,
        signer: signers(fields.signer, &of(|other| &other.signer)),
    }
}

/// Who signed: of several each must be seen as often as one alone, and nobody else.
fn signers(first: Read, others: &[&Read]) -> Read {
    let names: Vec<String> = match &first {
        Ok(field) => field.value.split(BETWEEN).map(str::to_owned).collect(),
        Err(_) => Vec::new(),
    };
    if names.len() < 2 {
        return vote(first, others, Kind::Person);
    }
    let seen: Vec<String> = others
        .iter()
        .filter_map(|read| seen(read))
        .map(|field| field.value)
        .collect();
    let is_confirmed = |name: &String| {
        let plain = squeezed(name);
        let alike = || seen.iter().filter(|other| squeezed(other) == plain);
        let same = alike().filter(|other| *other == name).count();
        same >= VOTES_MIN && same as f64 >= WORD_SHARE * alike().count() as f64
    };
    let known = seen.iter().filter(|own| names.contains(own)).count();
    if names.iter().all(is_confirmed) && known as f64 >= WORD_SHARE * seen.len() as f64 {
        first
    } else {
        doubted(first)
    }
}

/// The value that nearly all readings agree on, one of them surely.
fn vote(first: Read, others: &[&Read], kind: Kind) -> Read {
    if matches!(first, Err(Doubt::Several(_))) {
        return first;
    }
    let ballots = std::iter::once(&first).chain(others.iter().copied());
    let tries = ballots
        .clone()
        .filter(|own| !matches!(own, Err(Doubt::Absent)));
    let votes_min = VOTES_MIN.max(tries.count() / TRIES_A_VOTE);
    let ballots: Vec<Field> = ballots.filter_map(seen).collect();
    let chosen = match kind {
        Kind::Figures => figures(&ballots, votes_min),
        Kind::Body => name(&ballots, phrases::is_misspelt),
        Kind::Person => name(&ballots, |_| false),
    };
    chosen.map_or_else(|| doubted(first), Ok)
}

/// Figures that so many readings agree on at least.
fn figures(ballots: &[Field], votes_min: usize) -> Option<Field> {
    let mut by_value: BTreeMap<&str, Vec<&Field>> = BTreeMap::new();
    for ballot in ballots {
        by_value.entry(&ballot.value).or_default().push(ballot);
    }
    let winner = by_value.into_values().max_by_key(Vec::len)?;
    let confirmed = winner.iter().filter(|own| own.confidence >= CONFIRMED_MIN);
    let least_best = if winner[0].written.contains(is_hanzi) {
        HANZI_DATE_SURE
    } else {
        FIGURE_SURE
    };
    let sum = |own: &mut dyn Iterator<Item = &Field>| own.map(|own| own.confidence).sum::<f64>();
    let (agreed, all) = (sum(&mut winner.iter().copied()), sum(&mut ballots.iter()));
    let is_agreed = winner.len() >= votes_min
        && confirmed.count() >= CONFIRMED
        && agreed >= FIGURES_SHARE * all;
    let confidence = agreed / winner.len() as f64;
    surest(winner.into_iter())
        .filter(|surest| is_agreed && surest.confidence >= least_best)
        .map(|surest| Field {
            confidence,
            ..surest
        })
}

/// A name each word of which readings agree on, and that one of them has as a whole: what is put together of several nobody read.
fn name(ballots: &[Field], is_misspelt: impl Fn(&[String]) -> bool) -> Option<Field> {
    let units = |own: &Field| own.value.split(' ').map(str::to_owned).collect();
    let (value, voters) = agreed(ballots.iter(), units, is_word)?;
    let is_doubtful = |word: &String| {
        lacks_marks(word) || word.contains(HOOKED) && !HOOKED_USUAL.contains(&word.as_str())
    };
    if value.iter().any(is_doubtful) || is_misspelt(&value) {
        return None;
    }
    let value = value.join(" ");
    let confidence = voters.iter().map(|own| own.confidence).sum::<f64>() / voters.len() as f64;
    surest(voters.into_iter().filter(|own| own.value == value))
        .filter(|surest| surest.confidence >= NAME_SURE)
        .map(|surest| Field {
            confidence,
            ..surest
        })
}

/// Whether a word of a name is what was read: where all that differ lost some of its marks fewer need to agree, and where one has
/// more marks the others may have lost them. The dot of a bold i looks like a hook or an accent, so that more marks over it prove nothing.
fn is_word(word: &str, read: &[&str]) -> bool {
    let others = || read.iter().filter(|own| **own != word);
    let share = 1.0 - others().count() as f64 / read.len() as f64;
    let least = if others().all(|own| has_lost_marks(own, word) && !differs_over_i(own, word)) {
        MARKED_SHARE
    } else {
        WORD_SHARE
    };
    share >= least && !others().any(|own| has_lost_marks(word, own))
}

/// Whether a Chinese character is what was read.
fn is_character(own: &str, read: &[&str]) -> bool {
    let same = read.iter().filter(|other| **other == own).count();
    same as f64 >= HANZI_SHARE * read.len() as f64
}

/// The units of which each is agreed on by the readings with as many units as most have, and these readings.
fn agreed<'a>(
    ballots: impl Iterator<Item = &'a Field>,
    units: impl Fn(&Field) -> Vec<String>,
    is_agreed: impl Fn(&str, &[&str]) -> bool,
) -> Option<(Vec<String>, Vec<&'a Field>)> {
    let mut by_length: BTreeMap<usize, Vec<(Vec<String>, &Field)>> = BTreeMap::new();
    for ballot in ballots {
        let own = units(ballot);
        by_length.entry(own.len()).or_default().push((own, ballot));
    }
    let all: usize = by_length.values().map(Vec::len).sum();
    let (length, voters) = by_length.into_iter().max_by_key(|(_, own)| own.len())?;
    if voters.len() < VOTES_MIN || 2 * voters.len() <= all {
        return None;
    }
    let unit = |at: usize| {
        let read: Vec<&str> = voters.iter().map(|(own, _)| own[at].as_str()).collect();
        let count = |unit: &str| read.iter().filter(|own| **own == unit).count();
        let unit = *read.iter().max_by_key(|own| count(own))?;
        (count(unit) >= VOTES_MIN && is_agreed(unit, &read)).then(|| unit.to_owned())
    };
    let value = (0..length).map(unit).collect::<Option<Vec<String>>>()?;
    Some((value, voters.into_iter().map(|(_, own)| own).collect()))
}

/// A Chinese name: heading and signature, which are of different typefaces, must agree; or all readings of one of them, surely.
fn chinese_name(first: Read, looks: &[Look]) -> Read {
    let at = |place: Place| {
        let own = looks.iter().filter(|look| look.place == place);
        let ballots: Vec<Field> = own.filter_map(|look| seen(&look.fields.issuer)).collect();
        ballots
    };
    let (heading, signature) = (at(Place::Head), at(Place::Signature));
    let characters = |own: &Field| own.value.chars().map(String::from).collect();
    let of = |ballots: &[Field]| {
        let (value, _) = agreed(ballots.iter(), characters, is_character)?;
        Some(value.concat()).filter(|name| names::is_body(name))
    };
    let same = |ballots: &[Field], value: &str| {
        let own = ballots.iter().filter(|own| own.value == value);
        own.map(|own| own.confidence).collect::<Vec<f64>>()
    };
    let sure = |ballots: &[Field]| {
        let value = of(ballots)?;
        let own = same(ballots, &value);
        let is_most = own.len() as f64 >= WORD_SHARE * ballots.len() as f64;
        let is_sure = own.iter().sum::<f64>() >= ALONE_SURE * own.len() as f64;
        (own.len() >= ALONE_VOTES && is_most && is_sure).then_some(value)
    };
    let value = match (of(&heading), of(&signature)) {
        (Some(above), Some(below)) if above == below => {
            let all = [same(&heading, &above), same(&signature, &above)].concat();
            let best = all.into_iter().fold(0.0, f64::max);
            (best >= NAME_SURE).then_some(above)
        }
        (Some(_), Some(_)) => None,
        _ => sure(&heading).or_else(|| sure(&signature)),
    };
    let own = heading.iter().chain(&signature);
    let own: Vec<&Field> = own
        .filter(|own| Some(&own.value) == value.as_ref())
        .collect();
    let sum: f64 = own.iter().map(|own| own.confidence).sum();
    let confidence = sum / own.len().max(1) as f64;
    surest(own.into_iter())
        .map(|surest| Field {
            confidence,
            ..surest
        })
        .map_or_else(|| doubted(first), Ok)
}

/// The reading that is surest.
fn surest<'a>(ballots: impl Iterator<Item = &'a Field>) -> Option<Field> {
    ballots
        .max_by(|a, b| a.confidence.total_cmp(&b.confidence))
        .cloned()
}

/// A field of which nothing was seen at first, and something by second looks that do not settle it: whoever reads it by eye is told
/// where it stands.
fn glimpsed(read: Read, others: &[&Read]) -> Read {
    if read != Err(Doubt::Absent) {
        return read;
    }
    let ballots: Vec<Field> = others.iter().filter_map(|other| seen(other)).collect();
    surest(ballots.iter()).map_or(read, |field| doubted(Ok(field)))
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
mod tests;
