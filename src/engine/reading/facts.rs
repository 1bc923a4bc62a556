//! Facts of the file: how often it was changed, and what it carries beside its pages.
//!
//! Everything here is what the file says of itself. Names, programs and times are claims, and
//! signatures are seen and not verified. What is read comes from the structure that was parsed to
//! reach the pages, and no stream is decoded for it.

use hayro_syntax::Pdf;
use serde::{Deserialize, Serialize};

mod revisions;
mod text;
mod walk;

use text::clean;

/// Revisions, signatures and names of embedded files that are kept, of each the first so many; all
/// are counted.
const LISTED_MAX: usize = 20;

/// Characters of a name, a program's name or a time.
const CHARACTERS_MAX: usize = 120;

/// What a PDF says of itself.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct FileFacts {
    /// How often the file was saved: once, and once more for each change that was added at its end.
    /// Whoever changes a file can also write it anew, which leaves one revision.
    pub revisions: u32,
    /// Where each revision ends, in bytes, the oldest first.
    pub revision_ends_bytes: Vec<u64>,
    /// Signatures in it.
    pub signatures: u32,
    /// What they say of themselves; none was verified.
    pub signature_claims: Vec<SignatureClaim>,
    /// Files embedded in it.
    pub embedded_files: u32,
    /// The names of embedded files.
    pub embedded_names: Vec<String>,
    /// Programs in it.
    pub scripts: Scripts,
    /// Annotations of the kind stamp on its pages.
    pub stamps: u32,
    /// The program that made the PDF, as it says.
    pub producer: Option<String>,
    /// The program that made the document, as it says.
    pub creator: Option<String>,
    /// When it was made, as it says: ISO 8601, or the file's own words.
    pub created: Option<String>,
    /// When it was last changed, as it says.
    pub modified: Option<String>,
    /// Whether there was more to look through than is looked through.
    pub is_incomplete: bool,
}

/// What a signature says of itself.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct SignatureClaim {
    /// The name of its field.
    pub field: Option<String>,
    /// Who signed.
    pub signer: Option<String>,
    /// When.
    pub signed_at: Option<String>,
    /// How, in the names of ISO 32000-2, table 260: `adbe.pkcs7.detached`, `ETSI.RFC3161`, …
    pub kind: Option<String>,
    /// Whether it stands for every byte of the file but its own; `None` where it does not say which.
    pub covers_whole_file: Option<bool>,
    /// Where the bytes that it stands for end.
    pub covered_end_bytes: Option<u64>,
}

/// What a viewer may run.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Scripts {
    /// Scripts in JavaScript.
    pub java_scripts: u32,
    /// Actions that start a program or open another file.
    pub launches: u32,
    /// The action that is run when the document is opened, by its name; `None` for one that only
    /// turns to a page.
    pub open_action: Option<String>,
    /// Actions that are run at an event.
    pub event_actions: u32,
}

impl FileFacts {
    /// The facts of a PDF.
    #[must_use]
    pub fn of(pdf: &Pdf) -> Self {
        let mut facts = walk::walk(pdf);
        let revisions = revisions::ends(pdf.data().as_ref());
        facts.revisions = u32::try_from(revisions.len()).unwrap_or(u32::MAX).max(1);
        facts.revision_ends_bytes = revisions;
        let metadata = pdf.metadata();
        let own = |bytes: &Option<Box<[u8]>>| clean(&text::decoded(bytes.as_deref()?));
        facts.producer = own(&metadata.producer);
        facts.creator = own(&metadata.creator);
        facts.created = metadata.creation_date.map(text::time);
        facts.modified = metadata.modification_date.map(text::time);
        facts.bounded()
    }

    /// The same facts with lists and texts within their bounds, whoever wrote them.
    #[must_use]
    pub fn bounded(mut self) -> Self {
        self.revision_ends_bytes.truncate(LISTED_MAX);
        self.signature_claims.truncate(LISTED_MAX);
        self.embedded_names.truncate(LISTED_MAX);
        for claim in &mut self.signature_claims {
            let texts = [
                &mut claim.field,
                &mut claim.signer,
                &mut claim.signed_at,
                &mut claim.kind,
            ];
            texts.into_iter().for_each(bound);
        }
        for name in &mut self.embedded_names {
            *name = clean(name).unwrap_or_default();
        }
        let texts = [
            &mut self.producer,
            &mut self.creator,
            &mut self.created,
            &mut self.modified,
            &mut self.scripts.open_action,
        ];
        texts.into_iter().for_each(bound);
        self
    }

    /// Whether there is anything that a person should see: a file as a scanner makes it has nothing.
    #[must_use]
    pub fn is_noteworthy(&self) -> bool {
        let scripts = &self.scripts;
        self.revisions > 1
            || self.signatures > 0
            || self.embedded_files > 0
            || self.stamps > 0
            || scripts.java_scripts > 0
            || scripts.launches > 0
            || scripts.open_action.is_some()
    }
}

fn bound(text: &mut Option<String>) {
    *text = text.take().and_then(|text| clean(&text));
}

#[cfg(test)]
mod tests;
