//! The report of one document: field names are the contract's, and stay.
//!
//! Numbers are rounded when the report is made, so that its text does not depend on the last bits.
//! What could not be measured is null, never zero.

use jiff::civil::Date;
use serde::{Deserialize, Serialize};

use crate::extraction::InkColour;
use crate::extraction::Shape;
use crate::imaging::ColourMode;
use crate::ingest::DpiSource;
use crate::matching::Axis;
use crate::matching::Displacement;
use crate::matching::Harm;
use crate::matching::TextBand;
use crate::placement::Role;
use crate::reading::FileFacts;
use crate::registry::Status;
use crate::rules::Cause;
use crate::rules::Finding;
use crate::verdict::Conclusion;
use crate::verdict::Condition;
use crate::verify::fields::Fields;

/// Name and version of this form of report.
pub const SCHEMA: &str = "antin.report/1";

/// Name and version of the engine.
pub const ENGINE: &str = concat!("antin ", env!("CARGO_PKG_VERSION"));

/// Everything found out about one document.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Report {
    /// [`SCHEMA`].
    pub schema: String,
    /// [`ENGINE`].
    pub engine: String,
    /// Name and version of the thresholds.
    pub policy: String,
    /// Name and version of the rules that findings cite; empty in reports of before there were others.
    #[serde(default)]
    pub rules: String,
    /// The register that was compared with.
    pub register: RegisterState,
    /// The document.
    pub document: Document,
    /// What it comes to.
    pub outcome: Outcome,
    /// Its pages, in order.
    pub pages: Vec<Page>,
    /// The impressions found, in order of pages, then top to bottom.
    pub impressions: Vec<Impression>,
    /// What an inspector should know, the gravest first.
    pub findings: Vec<Finding>,
}

impl Report {
    /// Whether it is a verdict: what a limit stopped can be tried again, and is none.
    #[must_use]
    pub const fn is_final(&self) -> bool {
        match self.outcome {
            Outcome::Pass
            | Outcome::Review
            | Outcome::Flag
            | Outcome::Unreadable
            | Outcome::Stopped => true,
            Outcome::NotProcessed => false,
        }
    }

    /// Whether its pages were looked at, so that its seals are judged.
    #[must_use]
    pub const fn has_verdict(&self) -> bool {
        match self.outcome {
            Outcome::Pass | Outcome::Review | Outcome::Flag => true,
            Outcome::Unreadable | Outcome::Stopped | Outcome::NotProcessed => false,
        }
    }
}

/// The state of the register.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct RegisterState {
    /// Its revision.
    pub revision: u64,
}

/// The document as a file.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Document {
    /// The path as given.
    pub path: String,
    /// Digest of its bytes, where they could be read.
    pub sha256: Option<String>,
    /// How many pages it has, where they could be counted.
    pub pages: Option<u32>,
    /// Why it is unreadable, stopped or not processed.
    pub reason: Option<String>,
    /// Its date.
    pub date: DocumentDate,
    /// What the file says of itself: claims, none of them verified; null for pictures.
    #[serde(default)]
    pub facts: Option<FileFacts>,
    /// Why that is not known.
    #[serde(default)]
    pub facts_reason: Option<String>,
    /// The same by a code and its figures; `None` in reports of before there was one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub facts_cause: Option<Cause>,
    /// What it says of itself; null where it was not asked.
    #[serde(default)]
    pub fields: Option<Fields>,
}

/// A document's date and what speaks for it.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct DocumentDate {
    /// The date that it bears or is said to bear.
    pub claimed: Option<Date>,
    /// Who says so.
    pub source: DateSource,
    /// The day by which it is proved to have existed.
    pub not_after: Option<Date>,
    /// What proves it.
    pub proof: Option<String>,
    /// The entry of a register of use, where that is what proves it; `None` in reports of before it was told.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub entry: Option<ProvingEntry>,
    /// The proof that was given, where the register has an earlier one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub given: Option<GivenProof>,
}

/// The entry of a register of use that proves by when a document existed.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ProvingEntry {
    /// The seal whose use it tells of.
    pub seal: String,
    /// The register, by its name in files: `work`, `certificate` or `centre`.
    pub register: String,
    /// Its number there.
    pub entry_no: String,
}

/// A proof that was given with a document.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct GivenProof {
    /// The day by which it is proved to have existed.
    pub not_after: Date,
    /// What proves it.
    pub proof: Option<String>,
}

/// Where a document's date comes from.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum DateSource {
    /// The command line.
    Argument,
    /// The document itself, as it was recognised: a claim, and no proof.
    Ocr,
    /// The register of use, which has an entry for the document.
    RegisterOfUse,
    /// Nowhere.
    Unknown,
}

/// What a document comes to.
#[derive(
    Clone,
    Copy,
    Debug,
    PartialEq,
    Eq,
    PartialOrd,
    Ord,
    Hash,
    Serialize,
    Deserialize,
    utoipa::ToSchema,
)]
#[serde(rename_all = "snake_case")]
pub enum Outcome {
    /// Nothing to look at.
    Pass,
    /// A person should look.
    Review,
    /// A rule is violated.
    Flag,
    /// It could not be decoded.
    Unreadable,
    /// A secrecy marking stopped the work.
    Stopped,
    /// A limit stopped the work; it can be tried again.
    NotProcessed,
}

/// One page.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Page {
    /// Counted from one.
    pub number: u32,
    /// Width as scanned, where the page could be decoded.
    pub width_px: Option<u32>,
    /// Height as scanned, where the page could be decoded.
    pub height_px: Option<u32>,
    /// Resolution.
    pub dpi: Option<f64>,
    /// Where the resolution comes from.
    pub dpi_source: DpiSource,
    /// What its pixels can tell.
    pub colour: Option<ColourMode>,
    /// Whether it could be decoded.
    pub readable: bool,
    /// Why not.
    pub reason: Option<String>,
    /// Share of the page that bears text.
    pub text_coverage: Option<f64>,
    /// Its marks of urgency, and those that may be of secrecy.
    #[serde(default)]
    pub marks: Vec<Mark>,
}

/// Words in a frame that the law knows by size and border.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Mark {
    /// What it stands for.
    pub kind: MarkKind,
    /// Its words, as the law writes them; null where they could not be read.
    pub text: Option<String>,
    /// Its box: x, y, width, height.
    pub bbox_px: [u32; 4],
    /// Its width to the outer edge.
    pub width_mm: Option<f64>,
    /// Its height to the outer edge.
    pub height_mm: Option<f64>,
}

/// What a mark stands for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum MarkKind {
    /// Urgency.
    Urgency,
    /// What is no longer secret.
    Declassified,
    /// Secrecy perhaps: either its words or its border could not be made out.
    Unsure,
}

/// One impression of a seal.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Impression {
    /// Number of its page.
    pub page: u32,
    /// Bounding box: x, y, width, height.
    pub bbox_px: [u32; 4],
    /// Centre: x, y.
    pub centre_px: [f64; 2],
    /// Shape and size.
    pub outline: Outline,
    /// The ink.
    pub ink: Ink,
    /// Registered seals compared with, best first.
    pub candidates: Vec<Candidate>,
    /// The claim, else the best candidate of the same design, else null.
    pub seal: Option<String>,
    /// The comparison with that seal.
    pub comparison: Option<Comparison>,
    /// Step of the scale.
    pub conclusion: Conclusion,
    /// State of the die.
    pub condition: Condition,
    /// Stamped or printed.
    pub production: Production,
    /// State of the seal on the document's date.
    pub status_on_date: Status,
    /// Where it stands.
    pub placement: Placement,
    /// Whether it stands in an image or annotation of its own that the file lays over the page; null in
    /// files that hold pictures alone, and where there are too many to look at.
    #[serde(default)]
    pub own_image: Option<bool>,
    /// The parts that it was joined from, where it stands across the edges of several sheets; its place is then
    /// told on the page of the first, whose edge it may lie beyond.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub slices: Vec<Slice>,
}

/// The part of an impression that one sheet bears.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct Slice {
    /// Number of its page.
    pub page: u32,
    /// Bounding box of its ink: x, y, width, height.
    pub bbox_px: [u32; 4],
    /// Where it begins on the seal, from its middle, on the side of the first sheet below 0.
    pub from_mm: f64,
    /// Where it ends.
    pub to_mm: f64,
    /// Correlation of its ink with the registered drawing.
    pub correlation: f64,
}

/// Shape and size on paper.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct Outline {
    /// Outline family.
    pub shape: Shape,
    /// Outer edge along the seal's own x axis.
    pub width_mm: Option<f64>,
    /// Outer edge along the seal's own y axis.
    pub height_mm: Option<f64>,
    /// One standard deviation of both.
    pub uncertainty_mm: Option<f64>,
    /// The outer ring's centre line.
    pub centre_line_mm: Option<f64>,
    /// (long - short) / mean.
    pub ellipticity: Option<f64>,
    /// Turn against the page's upright; a round seal's is its drawing's against the specimen.
    pub rotation_deg: Option<f64>,
}

/// The ink of an impression.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct Ink {
    /// Its colour.
    pub colour: InkColour,
    /// Share of the seal's own drawing that bears ink.
    pub coverage: Option<f64>,
    /// Whether it could be told from text and signature.
    pub separable: bool,
}

/// A registered seal that was compared with.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Candidate {
    /// The seal's identifier.
    pub seal: String,
    /// Above 0 speaks for the same die.
    pub log10_lr: Option<f64>,
}

/// The comparison behind a conclusion.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Comparison {
    /// Above 0 speaks for the same die.
    pub log10_lr: Option<f64>,
    /// What the calibration supports at most.
    pub log10_lr_cap: f64,
    /// What it supports at least, below 0.
    pub log10_lr_floor: f64,
    /// Share of the usable area that agrees.
    pub agreement: f64,
    /// Share of the specimen's ink that is missing.
    pub missing_ink: f64,
    /// Share of the impression's ink that the specimen lacks.
    pub extra_ink: Option<f64>,
    /// Median displacement of the drawing's parts.
    pub displacement_mm: f64,
    /// Impression over specimen.
    pub scale: Option<f64>,
    /// Turn against the specimen.
    pub rotation_deg: f64,
    /// Share of the specimen's ink area that could be examined.
    pub usable_area: f64,
    /// The measurements behind the ratio.
    pub evidence: Vec<Evidence>,
    /// What to keep in mind, as stable codes.
    pub caveats: Vec<String>,
    /// What speaks for damage of the die, the most telling first.
    #[serde(default)]
    pub damage: Vec<Damage>,
    /// How the die slipped on the paper, where that leaves the conclusion open; else null.
    #[serde(default)]
    pub slip: Option<Slip>,
}

#[cfg(test)]
impl Comparison {
    /// One that says nothing, to make others of.
    pub(crate) const fn bare() -> Self {
        Self {
            log10_lr: None,
            log10_lr_cap: 1.0,
            log10_lr_floor: -1.0,
            agreement: 1.0,
            missing_ink: 0.0,
            extra_ink: None,
            displacement_mm: 0.0,
            scale: Some(1.0),
            rotation_deg: 0.0,
            usable_area: 1.0,
            evidence: Vec::new(),
            caveats: Vec::new(),
            damage: Vec::new(),
            slip: None,
        }
    }
}

/// A second strike of the die, or a drag, beside the first.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct Slip {
    /// How far from the stronger strike.
    pub by_mm: f64,
    /// Which way on the page: degrees clockwise from the page's right.
    pub direction_deg: f64,
    /// Its ink over that of the stronger strike.
    pub share: f64,
}

/// One kind of damage that the impression shows.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Damage {
    /// Which, ending in the unit of its amount.
    pub harm: Harm,
    /// The amount.
    pub value: f64,
    /// One standard deviation.
    pub uncertainty: f64,
    /// Where it was seen: x, y on the page.
    pub at_px: Vec<[f64; 2]>,
}

/// One measurement behind a likelihood ratio.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Evidence {
    /// Its name, ending in its unit.
    pub axis: Axis,
    /// Its value.
    pub value: f64,
    /// One standard deviation.
    pub uncertainty: f64,
    /// Share of the specimen's ink that it rests on that could be seen: what text, a pen or an edge hides is not
    /// known, and not absent. `None` in reports of before it was told.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub visibility: Option<f64>,
    /// Its share of the ratio; null where the policy does not weigh it by itself.
    pub log10_lr: Option<f64>,
    /// Where it was seen: x, y on the page.
    pub at_px: Vec<[f64; 2]>,
    /// Which way the figure in the middle, the group or the letters that stand off furthest lie off the specimen's places.
    /// Empty of other axes, and in reports of before it was told.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub displacements: Vec<Displacement>,
    /// Which way the text around the face is turned and drawn out; of its spacing alone.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub text_band: Option<TextBand>,
}

/// Stamped or printed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Production {
    /// Something shows that it was printed, or set on the scan by a program.
    Printed,
    /// Cannot tell. Nothing in a scan proves wet ink, so that none is ever called stamped.
    Undetermined,
}

/// Where an impression stands.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct Placement {
    /// What it stands there for.
    pub role: Role,
    /// Share of the signature inside the outline.
    pub signature_overlap: Option<f64>,
    /// Standard uncertainty of the share.
    pub overlap_uncertainty: Option<f64>,
    /// The signature's box: left, top, width, height; of what is seen beside the seal, where the share is not known.
    pub signature_px: Option<[u32; 4]>,
    /// How far the signature's middle lies right of the seal's, as a share of half the signature's width: above 0 where the seal stands
    /// on its left, as Vietnamese law asks.
    #[serde(default)]
    pub signature_aside: Option<f64>,
    /// Whether it stands on print; null where its ink cannot be told from print.
    #[serde(default)]
    pub over_print: Option<bool>,
    /// Paper between its top and the next line of print above it, below 0 where it lies over that line's height.
    #[serde(default)]
    pub text_above_mm: Option<f64>,
}
