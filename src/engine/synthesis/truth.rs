//! What is known of each impression of a set, in the contract's format of a labelled set.

use serde::Serialize;
use serde_json::Map;
use serde_json::Value;

use crate::matching::Harm;
use crate::synthesis::hardship::Hardship;
use crate::synthesis::page::Letter;
use crate::synthesis::placement::Stand;
use crate::verdict::limit;

/// One line of `truth.jsonl`; what does not apply is left out.
#[derive(Clone, Debug, Serialize)]
pub struct Truth {
    /// Path of the document, relative to the set's folder.
    pub document: String,
    /// What the impression is.
    pub label: Label,
    /// The registered seal that it is, or pretends to be.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub seal: Option<String>,
    /// The page, counted from 1.
    pub page: u32,
    /// Place and size on the scan; none on a page without a seal.
    #[serde(flatten)]
    pub place: Option<Place>,
    /// The condition of the scan.
    pub condition: String,
    /// How it was inked, where not as an office inks.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub inking: Option<String>,
    /// What else made the page hard to read.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub hardship: Option<String>,
    /// How much the page says, where not a usual letter: `short`, `bare`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub filling: Option<String>,
    /// The scan's resolution; a camera's at the seal.
    pub dpi: u32,
    /// By how much the scanner stretched the sheet across and along the feed, percent, longer positive; none of a camera.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub feed_percent: Option<[f64; 2]>,
    /// The kind of forgery.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub forgery: Option<String>,
    /// The die that made it, where it is in no register.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub die: Option<String>,
    /// The amounts of a forgery.
    #[serde(skip_serializing_if = "Map::is_empty")]
    pub forgery_detail: Map<String, Value>,
    /// The damage of a die.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub deformation: Option<String>,
    /// The amount of the damage.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub deformation_detail: Option<String>,
    /// The document's date.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub dated: Option<String>,
    /// How far the die is worn on that day, and the days on which it leaves tolerance, null where it
    /// does not up to its last.
    #[serde(skip_serializing_if = "Map::is_empty")]
    pub wear: Map<String, Value>,
    /// The stamp or box of the size of a mark of secrecy or urgency.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub marking: Option<&'static str>,
    /// What its file holds beside the scan.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub addition: Option<&'static str>,
    /// What on a page without a seal might be taken for one.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub decoy: Option<String>,
    /// The document of whose impression this is a copy, pasted or printed.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub pasted_from: Option<String>,
    /// The document whose very sheet was scanned once more.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub rescan_of: Option<String>,
    /// Its part of a seal that stands across the edges of several sheets: what was done to them afterwards, the stamp, how
    /// many sheets it has, and where on the seal the part begins and ends, millimetres from its middle.
    #[serde(skip_serializing_if = "Map::is_empty")]
    pub straddling: Map<String, Value>,
    /// The printer that made this copy of an impression.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub printed: Option<String>,
    /// What the letter says of itself.
    pub letter: Letter,
    /// Whether a signature crosses the seal.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub signed_over: Option<bool>,
    /// What it stands for on its page, in the report's words: `signature`, `hanging`, `page`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub role: Option<&'static str>,
    /// Whether it stands beside the issuer's name and the date, of Chinese letters whose custom is to set it over both.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub off_date: Option<bool>,
    /// Share of the convex hull of its signature that the seal covers.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub signature_overlap: Option<f64>,
    /// The contract's word for the seal's shape.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub shape: Option<String>,
    /// What its border's lines are like: `broad`, `medium`, `thin`, `touching`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub lines: Option<String>,
    /// The colour of its ink.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub ink: Option<String>,
}

impl Truth {
    /// Tells what it stands for, and which share of its signature it covers; one at the head, or beside issuer and date, stands at
    /// none.
    pub(super) fn tell_place(&mut self, stand: Stand, overlap: Option<f64>) {
        let is_usual = stand == Stand::Usual;
        let covered = overlap.filter(|_| is_usual);
        let role = match covered {
            _ if stand == Stand::Hung => "hanging",
            Some(share) if share > 0.0 => "signature",
            Some(_) | None => "page",
        };
        self.off_date = (stand == Stand::Aside).then_some(true);
        // What else befell the page may change it; a feed moves no seal.
        let hardship = self.hardship.as_deref();
        let may_differ = hardship.is_some_and(|word| word != Hardship::Feed.word());
        self.role = (!may_differ).then_some(role);
        self.signed_over = self.signed_over.map(|signed| signed && is_usual);
        self.signature_overlap = covered;
    }

    /// Tells of a die's damage and wear; one beyond what is tolerated is no longer as registered.
    pub(super) fn tell_damage(&mut self, damage: Option<String>, mut wear: Map<String, Value>) {
        self.deformation_detail = damage;
        let dated = wear.remove("dated");
        self.dated = dated.and_then(|day| day.as_str().map(str::to_owned));
        let gone = wear.get("missing_percent").and_then(Value::as_f64);
        if gone.is_some_and(|gone| gone >= limit(Harm::WornPercent)) {
            self.label = Label::Deformed;
            self.deformation = Some("worn".to_owned());
        }
        self.wear = wear;
    }
}

/// The truths of one letter, with what it says of itself and what its file holds beside the scan.
pub(super) fn of_letter(
    truths: Vec<Truth>,
    letter: &Letter,
    addition: Option<&'static str>,
) -> Vec<Truth> {
    let told = truths.into_iter().map(|truth| Truth {
        letter: letter.clone(),
        addition,
        ..truth
    });
    told.collect()
}

/// What an impression is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Label {
    /// The seal's own die made it.
    Genuine,
    /// Another die that poses as the seal made it.
    Forged,
    /// The seal's own die made it, damaged.
    Deformed,
    /// A seal made it that is not in the register.
    Unregistered,
    /// There is no seal on the page.
    None,
}

/// Where an impression stands on the scan: pixels, origin top left.
#[derive(Clone, Copy, Debug, PartialEq, Serialize)]
pub struct Place {
    /// The die's middle.
    pub centre_px: [f64; 2],
    /// The die's outer edge along its own x and y: as the scanner stretched it, before rubber gave and ink spread.
    pub radius_px: [f64; 2],
    /// Its turn, degrees clockwise.
    pub rotation_deg: f64,
}
