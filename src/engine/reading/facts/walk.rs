//! What a PDF carries: signatures, embedded files, scripts, stamps.
//!
//! Every file may be hostile: trees are walked with a bound on their depth and on all that is looked
//! at together, so that loops and bombs end.

use std::ops::ControlFlow;

use hayro_syntax::Pdf;
use hayro_syntax::object::Array;
use hayro_syntax::object::Dict;
use hayro_syntax::object::Name;
use hayro_syntax::object::Object;
use hayro_syntax::object::String as PdfString;
use hayro_syntax::object::dict::keys::{
    AA, ACRO_FORM, ANNOTS, EMBEDDED_FILES, FIELDS, FT, JAVA_SCRIPT, KIDS, NAMES, OPEN_ACTION, SIG,
    SUB_FILTER, SUBTYPE,
};

use crate::reading::facts::LISTED_MAX;
use crate::reading::facts::text::clean;
use crate::reading::facts::text::decoded;
use crate::reading::facts::text::written_time;
use crate::reading::facts::{FileFacts, SignatureClaim};

/// Dictionaries that are looked at. Chosen: a form of hundreds of fields has some thousands.
const LOOKED_AT_MAX: u32 = 20_000;

/// Depth of trees and of chains of actions.
const DEPTH_MAX: u32 = 32;

/// Looks through the file's dictionaries.
pub(super) fn walk(pdf: &Pdf) -> FileFacts {
    let mut walk = Walk {
        bytes: pdf.data().as_ref(),
        facts: FileFacts::default(),
        left: LOOKED_AT_MAX,
    };
    // A walk that is cut short has said so.
    let _ = walk.file(pdf);
    walk.facts
}

/// Goes on, or ends because too much was looked at.
type Step = ControlFlow<()>;

struct Walk<'a> {
    bytes: &'a [u8],
    facts: FileFacts,
    left: u32,
}

impl<'a> Walk<'a> {
    fn file(&mut self, pdf: &'a Pdf) -> Step {
        let xref = pdf.xref();
        if let Some(catalog) = xref.get::<Dict<'a>>(xref.root_id()) {
            self.catalog(&catalog)?;
        }
        for page in pdf.pages().iter() {
            self.look()?;
            let page = page.raw();
            self.events(page)?;
            let annotations = page.get::<Array<'_>>(ANNOTS);
            for annotation in annotations.iter().flat_map(Array::iter::<Dict<'_>>) {
                self.look()?;
                self.annotation(&annotation)?;
            }
        }
        Step::Continue(())
    }

    fn catalog(&mut self, catalog: &Dict<'_>) -> Step {
        // Signatures first: they are few, and weigh most.
        if let Some(form) = catalog.get::<Dict<'_>>(ACRO_FORM) {
            let fields = form.get::<Array<'_>>(FIELDS);
            for field in fields.iter().flat_map(Array::iter::<Dict<'_>>) {
                self.field(&field, false, 0)?;
            }
        }
        if let Some(action) = catalog.get::<Dict<'_>>(OPEN_ACTION) {
            let kind = action.get::<Name<'_>>(b"S");
            let kind = kind.and_then(|kind| clean(&decoded(&kind)));
            self.facts.scripts.open_action = kind.filter(|kind| kind != "GoTo");
            self.action(&action, 0)?;
        }
        self.events(catalog)?;
        if let Some(names) = catalog.get::<Dict<'_>>(NAMES) {
            if let Some(files) = names.get::<Dict<'_>>(EMBEDDED_FILES) {
                self.names(&files, &mut Self::embedded, 0)?;
            }
            if let Some(scripts) = names.get::<Dict<'_>>(JAVA_SCRIPT) {
                self.names(&scripts, &mut |walk, _, action| walk.action(action, 0), 0)?;
            }
        }
        Step::Continue(())
    }

    /// One more thing is looked at.
    fn look(&mut self) -> Step {
        match self.left.checked_sub(1) {
            Some(left) => {
                self.left = left;
                Step::Continue(())
            }
            None => {
                self.facts.is_incomplete = true;
                Step::Break(())
            }
        }
    }

    /// Walks a tree of names (ISO 32000-1, 7.9.6) and hands on each name with what it stands for.
    fn names(
        &mut self,
        node: &Dict<'_>,
        found: &mut dyn FnMut(&mut Self, &[u8], &Dict<'_>) -> Step,
        depth: u32,
    ) -> Step {
        self.look()?;
        if depth > DEPTH_MAX {
            self.facts.is_incomplete = true;
            return Step::Continue(());
        }
        if let Some(leaves) = node.get::<Array<'_>>(NAMES) {
            let mut leaves = leaves.flex_iter();
            while let Some(name) = leaves.next::<PdfString<'_>>() {
                self.look()?;
                let Some(value) = leaves.next::<Dict<'_>>() else {
                    break;
                };
                found(self, name.as_bytes(), &value)?;
            }
        }
        let kids = node.get::<Array<'_>>(KIDS);
        for kid in kids.iter().flat_map(Array::iter::<Dict<'_>>) {
            self.names(&kid, found, depth + 1)?;
        }
        Step::Continue(())
    }

    fn embedded(&mut self, key: &[u8], file: &Dict<'_>) -> Step {
        self.facts.embedded_files = self.facts.embedded_files.saturating_add(1);
        if self.facts.embedded_names.len() < LISTED_MAX {
            let own = |key| file.get::<PdfString<'_>>(key);
            let name = own(b"UF".as_slice()).or_else(|| own(b"F".as_slice()));
            let name = name.map_or_else(|| decoded(key), |name| decoded(&name));
            self.facts.embedded_names.extend(clean(&name));
        }
        Step::Continue(())
    }

    fn annotation(&mut self, annotation: &Dict<'_>) -> Step {
        if let Some(action) = annotation.get::<Dict<'_>>(b"A") {
            self.action(&action, 0)?;
        }
        self.events(annotation)?;
        match annotation.get::<Name<'_>>(SUBTYPE).as_deref() {
            Some(b"Stamp") => self.facts.stamps = self.facts.stamps.saturating_add(1),
            Some(b"FileAttachment") => {
                if let Some(file) = annotation.get::<Dict<'_>>(b"FS") {
                    self.embedded(b"", &file)?;
                }
            }
            Some(_) | None => {}
        }
        Step::Continue(())
    }

    /// Actions that are run at an event.
    fn events(&mut self, owner: &Dict<'_>) -> Step {
        let Some(events) = owner.get::<Dict<'_>>(AA) else {
            return Step::Continue(());
        };
        for key in events.keys() {
            self.look()?;
            if let Some(action) = events.get::<Dict<'_>>(&*key) {
                let count = &mut self.facts.scripts.event_actions;
                *count = count.saturating_add(1);
                self.action(&action, 0)?;
            }
        }
        Step::Continue(())
    }

    /// An action and those that follow it.
    fn action(&mut self, action: &Dict<'_>, depth: u32) -> Step {
        self.look()?;
        let scripts = &mut self.facts.scripts;
        match action.get::<Name<'_>>(b"S").as_deref() {
            Some(b"JavaScript") => scripts.java_scripts = scripts.java_scripts.saturating_add(1),
            Some(b"Launch") => scripts.launches = scripts.launches.saturating_add(1),
            Some(_) | None => {}
        }
        if depth > DEPTH_MAX {
            self.facts.is_incomplete = true;
            return Step::Continue(());
        }
        match action.get::<Object<'_>>(b"Next") {
            Some(Object::Dict(next)) => self.action(&next, depth + 1),
            Some(Object::Array(next)) => next
                .iter::<Dict<'_>>()
                .try_for_each(|next| self.action(&next, depth + 1)),
            Some(_) | None => Step::Continue(()),
        }
    }

    /// A field of a form and those below it; `is_signature` if the field above says so.
    fn field(&mut self, field: &Dict<'_>, is_signature: bool, depth: u32) -> Step {
        self.look()?;
        if depth > DEPTH_MAX {
            self.facts.is_incomplete = true;
            return Step::Continue(());
        }
        let kind = field.get::<Name<'_>>(FT);
        let is_signature = kind.map_or(is_signature, |kind| &*kind == SIG);
        if is_signature && let Some(signature) = field.get::<Dict<'_>>(b"V") {
            self.facts.signatures = self.facts.signatures.saturating_add(1);
            if self.facts.signature_claims.len() < LISTED_MAX {
                let claim = self.claim(field, &signature);
                self.facts.signature_claims.push(claim);
            }
        }
        // What stands on a page is looked at there.
        if field.get::<Name<'_>>(SUBTYPE).is_none() {
            self.events(field)?;
        }
        let kids = field.get::<Array<'_>>(KIDS);
        for kid in kids.iter().flat_map(Array::iter::<Dict<'_>>) {
            self.field(&kid, is_signature, depth + 1)?;
        }
        Step::Continue(())
    }

    fn claim(&self, field: &Dict<'_>, signature: &Dict<'_>) -> SignatureClaim {
        let text = |dict: &Dict<'_>, key: &[u8]| {
            let text = dict.get::<PdfString<'_>>(key)?;
            clean(&decoded(&text))
        };
        let kind = signature.get::<Name<'_>>(SUB_FILTER);
        let range = signature.get::<Array<'_>>(b"ByteRange").and_then(|range| {
            // More than one gap is not what the standard allows, and hides something.
            let numbers: Vec<i64> = range.iter::<i64>().take(5).collect();
            let numbers: [i64; 4] = numbers.try_into().ok()?;
            let [start, first, from, length] = numbers.map(|number| u64::try_from(number).ok());
            Some([start?, first?, from?, length?])
        });
        SignatureClaim {
            field: text(field, b"T"),
            signer: text(signature, b"Name"),
            signed_at: text(signature, b"M").map(|time| written_time(&time)),
            kind: kind.and_then(|kind| clean(&decoded(&kind))),
            covers_whole_file: range.map(|range| covers(self.bytes, range)),
            covered_end_bytes: range.map(|[_, _, from, length]| from.saturating_add(length)),
        }
    }
}

/// Whether two ranges of bytes leave out nothing but one hexadecimal string, which holds the signature,
/// and blanks behind the end.
fn covers(bytes: &[u8], [start, first, from, length]: [u64; 4]) -> bool {
    let place = |at: u64| usize::try_from(at).ok();
    let gap = place(first).zip(place(from));
    let gap = gap.and_then(|(first, from)| bytes.get(first..from));
    let is_string = match gap {
        Some([b'<', inner @ .., b'>']) => inner
            .iter()
            .all(|byte| byte.is_ascii_hexdigit() || byte.is_ascii_whitespace()),
        Some(_) | None => false,
    };
    let rest = from.checked_add(length).and_then(place);
    let rest = rest.and_then(|end| bytes.get(end..));
    let is_whole = rest.is_some_and(|rest| rest.iter().all(u8::is_ascii_whitespace));
    start == 0 && is_string && is_whole
}
