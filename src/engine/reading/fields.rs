//! Number, symbol, date, issuer and signer of a document, from the words of the places where they stand.
//!
//! Vietnamese letters have them as Decree 30/2020 lays them out: issuer and `Số: 12/QĐ-UBND` at the top left, place
//! and `ngày 05 tháng 9 năm 2024` at the top right, the signer's name below the signature. Chinese ones have
//! them as GB/T 9704 does: the issuer as the heading, `青政发〔2024〕5号` below it, issuer and date at the end, under the seal.
//!
//! A field that is read wrongly does more harm than one that is not read, so whatever is in doubt is left out, with
//! what was seen there.

use crate::geometry::PixelRect;
use crate::reading::Word;
use crate::reading::excerpt::Place;

pub mod closer;
mod date;
mod names;
mod number;
mod phrases;
pub(crate) mod plain;
mod rows;

use rows::Row;

/// Least confidence of every word that holds a figure or a symbol. Measured on pages of seeds 7101 and 7102 and four real
/// scans: print is read at 0.87 and more, figures written by hand into forms at 0.8 and less.
const FIGURE_SURE: f64 = 0.85;
/// Least mean confidence of the words of a name; single ones may be less sure (chosen).
const NAME_SURE: f64 = 0.8;
/// Least confidence of each word of a name (chosen: below, about every second one is wrong).
const NAME_WORD_SURE: f64 = 0.5;

/// What separates several signers.
const BETWEEN: &str = "; ";

/// The words of one place on a page.
#[derive(Clone, Debug, PartialEq)]
pub struct Passage {
    /// What stands there.
    pub place: Place,
    /// The page, counted from one.
    pub page: u32,
    /// Where the place lies, in pixels of the page as scanned; the head of a page is as wide as the page.
    pub bbox: PixelRect,
    /// Its words.
    pub words: Vec<Word>,
}

/// A field as it was read.
#[derive(Clone, Debug, PartialEq)]
pub struct Field {
    /// What it says; a date as in 2024-05-21, which no calendar was asked about yet.
    pub value: String,
    /// The words that say it, as they were read.
    pub written: String,
    /// Its page, counted from one.
    pub page: u32,
    /// Where it stands, in pixels of the page as scanned.
    pub bbox: PixelRect,
    /// The whole row or rows that it stands in.
    pub row: PixelRect,
    /// How sure the recogniser is of the least sure word that counts, 0 to 1.
    pub confidence: f64,
}

/// What was seen of a field that could not be read surely.
#[derive(Clone, Debug, PartialEq)]
pub struct Glimpse {
    /// What it may say.
    pub value: Option<String>,
    /// The words as they were read.
    pub written: String,
    /// Their page, counted from one.
    pub page: u32,
    /// The whole row that they stand in, in pixels of the page as scanned.
    pub row: PixelRect,
    /// How sure the recogniser is of the least sure word that counts, 0 to 1.
    pub confidence: f64,
}

/// Why a field is not known.
#[derive(Clone, Debug, PartialEq)]
pub enum Doubt {
    /// Nothing of the kind was seen.
    Absent,
    /// Something was, but it could not be read surely.
    Unsure(Glimpse),
    /// Several were, and they differ.
    Several(Vec<String>),
}

/// A field, or why it is not known.
pub type Read = Result<Field, Doubt>;

/// What a document says of itself.
#[derive(Clone, Debug, PartialEq)]
pub struct Fields {
    /// Its number.
    pub number: Read,
    /// Its symbol, which follows the number, or stands before it in Chinese ones.
    pub symbol: Read,
    /// Its date.
    pub date: Read,
    /// The body that issued it.
    pub issuer: Read,
    /// Who signed it; several from left to right, with semicolons.
    pub signer: Read,
}

/// A reading that may be unsure.
#[derive(Clone, Debug)]
enum Seen {
    Sure(Field),
    Unsure(Glimpse),
}

/// Reads the fields of a document from its places, in the order of the document.
#[must_use]
pub fn read(passages: &[Passage]) -> Fields {
    let lined: Vec<(&Passage, Vec<Row<'_>>)> = passages
        .iter()
        .map(|passage| (passage, rows::rows(&passage.words)))
        .collect();
    let heads = || {
        let is_head = |(passage, _): &&(&Passage, Vec<Row<'_>>)| passage.place == Place::Head;
        lined.iter().filter(is_head)
    };
    let (mut numbers, mut symbols, mut issuers) = (Vec::new(), Vec::new(), Vec::new());
    for (passage, rows) in heads() {
        let found = number::find(passage, rows);
        issuers.extend(names::issuer(
            passage,
            rows,
            found.as_ref().map(|found| found.row),
        ));
        if let Some(found) = found {
            numbers.push(found.number);
            symbols.extend(found.symbol);
        }
    }
    let mut dates = Vec::new();
    let mut signers = Vec::new();
    for (passage, rows) in &lined {
        if passage.place == Place::Issuer {
            issuers.extend(names::issuer_alone(passage, rows));
            continue;
        }
        // A date at the head stands for the whole document.
        if dates.is_empty() || passage.place == Place::Head {
            dates.extend(rows.iter().filter_map(|row| date::of_row(passage, row)));
        }
        if passage.place == Place::Signature {
            signers.extend(names::signer(passage, rows));
            if !issuers.iter().any(|seen| matches!(seen, Seen::Sure(_))) {
                issuers.extend(names::issuer_signing(passage, rows));
            }
        }
    }
    Fields {
        number: one(numbers),
        symbol: one(symbols),
        date: one(dates),
        issuer: first_sure(issuers),
        signer: names::together(signers),
    }
}

/// The one value that all readings agree on: one that is unsure may be another.
fn one(seen: Vec<Seen>) -> Read {
    let mut fields = all_sure(seen)?;
    if fields.len() > 1 {
        let values = fields.into_iter().map(|field| field.value);
        return Err(Doubt::Several(values.collect()));
    }
    fields.pop().ok_or(Doubt::Absent)
}

/// Every value once, if all are sure.
fn all_sure(seen: Vec<Seen>) -> Result<Vec<Field>, Doubt> {
    let mut fields: Vec<Field> = Vec::new();
    for seen in seen {
        match seen {
            Seen::Unsure(glimpse) => return Err(Doubt::Unsure(glimpse)),
            Seen::Sure(field) if fields.iter().any(|known| known.value == field.value) => {}
            Seen::Sure(field) => fields.push(field),
        }
    }
    Ok(fields)
}

/// The first value that is sure.
fn first_sure(seen: Vec<Seen>) -> Read {
    let mut doubt = Doubt::Absent;
    for seen in seen {
        match seen {
            Seen::Sure(field) => return Ok(field),
            Seen::Unsure(glimpse) if doubt == Doubt::Absent => doubt = Doubt::Unsure(glimpse),
            Seen::Unsure(_) => {}
        }
    }
    Err(doubt)
}

#[cfg(test)]
mod tests;
