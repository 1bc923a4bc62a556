//! What was found on a document's pages, in few bytes: enough to examine it anew without its scan.
//!
//! Each impression is kept at the page's own scale, its ink, the text over it and how far each pixel can be trusted, with what
//! else a page's examination asks for: traces of printing, strips at the edges, layout, marks. A new specimen, another policy
//! and a new die of the watch list are then asked of the same ink that the first examination saw.

use std::fmt;

use jiff::civil::Date;
use serde::{Deserialize, Serialize};

use crate::extraction::Impression;
use crate::geometry::PixelRect;
use crate::ingest::Stop;
use crate::reading::FileFacts;
use crate::registry::Register;
use crate::rules::RuleSet;
use crate::rules::Why;
use crate::sandbox::Outcome;
use crate::sandbox::PageReading;
use crate::sandbox::Reading;
use crate::verdict::Policy;
use crate::verify::Examination;
use crate::verify::Examined;
use crate::verify::Examiner;
use crate::verify::Seals;
use crate::verify::dated::Said;
use crate::verify::fields::Fields;
use crate::verify::fields::Given;

/// Packed pages of one document, at most: some hundreds of impressions (chosen). Of a document with more none are kept.
const BYTES_MAX: usize = 32 << 20;

/// Number of this form of crops: raised with every change of what is packed, since the bytes do not name their fields.
const FORM: u32 = 2;

/// A document's pages, packed one by one.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub(super) struct Packed {
    pages: Vec<Vec<u8>>,
    bytes: usize,
    /// Whether an edge bears what may be part of a seal across several sheets.
    has_strips: bool,
}

impl Packed {
    /// With one more page; `None` if they are too many.
    pub(super) fn with(mut self, page: &PageReading) -> Option<Self> {
        let packed = page.packed()?;
        self.bytes += packed.len();
        self.has_strips |= !page.strips.is_empty();
        self.pages.push(packed);
        (self.bytes <= BYTES_MAX).then_some(self)
    }
}

/// What was asked of a document, but for the register.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
struct Asked {
    claim: Option<String>,
    seals: Seals,
    date: Option<Date>,
    given: Option<Given>,
}

/// How a document was read.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
struct Head {
    sha256: Option<String>,
    bytes: u64,
    page_count: Option<u32>,
    outcome: Outcome,
    facts: Result<Option<FileFacts>, Stop>,
}

/// A document's pages and what they were examined for.
#[derive(Clone, PartialEq, Serialize, Deserialize)]
pub struct Crops {
    /// [`FORM`].
    form: u32,
    head: Head,
    asked: Asked,
    /// What it says of itself, and where the file's text differs from the picture, as JSON: their form leaves fields out.
    said: Option<String>,
    /// Whether it was examined by the date that it bears.
    is_dated: bool,
    pages: Packed,
}

impl fmt::Debug for Crops {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "Crops({} bytes)", self.pages.bytes)
    }
}

impl Crops {
    pub(super) fn new(
        reading: &Reading,
        pages: Packed,
        (said, is_dated): (Option<&Said>, bool),
        examination: &Examination<'_>,
    ) -> Self {
        let seals = &examination.register.seals;
        Self {
            form: FORM,
            head: Head {
                sha256: reading.sha256.clone(),
                bytes: reading.bytes,
                page_count: reading.page_count,
                outcome: reading.outcome.clone(),
                facts: reading.facts.clone(),
            },
            asked: Asked {
                claim: examination.claim.map(|claim| seals[claim].id.clone()),
                seals: examination.seals,
                date: examination.date,
                given: examination.given.cloned(),
            },
            said: said.and_then(|said| serde_json::to_string(said).ok()),
            is_dated,
            pages,
        }
    }

    /// The crops as bytes.
    ///
    /// # Panics
    /// Never: they are plain values.
    #[must_use]
    pub fn to_bytes(&self) -> Vec<u8> {
        postcard::to_stdvec(self).expect("crops are plain values")
    }

    /// The crops that these bytes are; `None` if they are of another form.
    #[must_use]
    pub fn from_bytes(bytes: &[u8]) -> Option<Self> {
        let (form, _) = postcard::take_from_bytes::<u32>(bytes).ok()?;
        if form != FORM {
            return None;
        }
        postcard::from_bytes(bytes).ok()
    }

    /// Bytes that the pages take.
    #[must_use]
    pub const fn bytes(&self) -> usize {
        self.pages.bytes
    }

    /// Whether an edge bears what may be part of a seal across several sheets.
    #[must_use]
    pub const fn has_strips(&self) -> bool {
        self.pages.has_strips
    }

    /// The impression of a page whose box is most like this one (x, y, width, height); `None` if there is none there, as of one
    /// that was joined from several sheets, or the crops are of another version of this program.
    #[must_use]
    pub fn impression(&self, page: u32, bbox_px: [u32; 4]) -> Option<Impression> {
        let [x, y, width, height] = bbox_px;
        let wanted = PixelRect {
            x,
            y,
            width,
            height,
        };
        let mut pages = self.pages.pages.iter();
        let reading = pages.find_map(|packed| {
            let reading = PageReading::unpacked(packed)?;
            (reading.number == page).then_some(reading)
        })?;
        let found = reading.content.ok()?.impressions;
        let shared = found.into_iter().map(|own| (wanted.overlap(own.bbox), own));
        let best = shared.max_by_key(|(shared, _)| *shared);
        best.filter(|(shared, _)| *shared > 0).map(|(_, own)| own)
    }

    /// What the document says of itself, if that is known; `None` if it is of another version of this program.
    fn said(&self) -> Option<Option<Said>> {
        match &self.said {
            Some(said) => serde_json::from_str(said).ok().map(Some),
            None => Some(None),
        }
    }

    /// The same, for a document of which fields and a date are known better than by reading; `None` if the crops are of another
    /// version of this program.
    #[must_use]
    pub fn corrected(mut self, (given, date): (&Given, Option<Date>)) -> Option<Self> {
        let is_given = *given != Given::default() || date.is_some();
        // Where nothing was read, what is given stands alone.
        let unread =
            || is_given.then(|| (Fields::unread(&Why::not_asked(), (None, None)), Vec::new()));
        let said = self.said()?.or_else(unread);
        let said =
            said.map(|(fields, differences): Said| (fields.corrected((given, date)), differences));
        self.said = said.and_then(|said| serde_json::to_string(&said).ok());
        self.asked.date = date.or(self.asked.date);
        Some(self)
    }

    /// The document, named `path` in its report, examined as it was before, under this register, policy and rules; `None` if
    /// the crops are of another version of this program, or the seal that it was said to bear is in the register no more.
    ///
    /// Cost: that of comparing its impressions; nothing is read or searched for.
    #[must_use]
    pub fn examined(
        &self,
        path: &str,
        (register, policy, rules): (&Register, &Policy, &RuleSet),
    ) -> Option<Examined> {
        let claim = match &self.asked.claim {
            Some(id) => Some(register.position(id)?),
            None => None,
        };
        let said = self.said()?;
        let examination = Examination {
            register,
            policy,
            rules,
            claim,
            seals: self.asked.seals,
            date: self.asked.date,
            given: self.asked.given.as_ref(),
        };
        let mut examiner = Examiner::new(&examination);
        let (fields, differences) = said.unzip();
        if let Some(date) = fields.as_ref().and_then(Fields::date)
            && self.is_dated
        {
            examiner.read_date(date);
        }
        examiner.fields = fields;
        let mut impressions = Vec::new();
        for page in &self.pages.pages {
            impressions.extend(examiner.page(PageReading::unpacked(page)?));
        }
        examiner.findings.extend(differences.unwrap_or_default());
        let head = self.head.clone();
        let reading = Reading {
            sha256: head.sha256,
            bytes: head.bytes,
            page_count: head.page_count,
            pages: Vec::new(),
            outcome: head.outcome,
            facts: head.facts,
            unconfined: Vec::new(),
            error: None,
        };
        Some(examiner.finish(path, &reading, impressions))
    }
}
