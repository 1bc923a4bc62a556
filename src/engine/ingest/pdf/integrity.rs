//! What hayro leaves out in silence: streams that are missing or do not decode.
//!
//! A viewer shows what it can; a verifier must not take a page for empty because its scan is lost.
//! So everything that the page's content refers to has to be there.

use std::collections::BTreeSet;

use hayro_interpret::CacheKey;
use hayro_interpret::hayro_syntax::content::TypedIter;
use hayro_interpret::hayro_syntax::content::ops::TypedInstruction;
use hayro_interpret::hayro_syntax::object::dict::keys::{
    ANNOTS, AP, BBOX, CONTENTS, F, FORM, HEIGHT, IMAGE, N, RESOURCES, SUBTYPE, WIDTH,
};
use hayro_interpret::hayro_syntax::object::{
    Array, Dict, Name, Null, Object, Stream, String as PdfString,
};
use hayro_interpret::hayro_syntax::page::{Page, Resources};

use crate::ingest::error::PageError;
use crate::ingest::error::Reason;

/// Forms looked into: a page of a real file refers to some dozens.
const FORMS_MAX: usize = 10_000;

/// Depth to which forms are followed: hayro's own bound.
const DEPTH_MAX: u32 = 50;

/// Flags of an annotation that is hidden, or not to be viewed (ISO 32000-1, table 165).
const NOT_SHOWN_FLAGS: u32 = 2 | 32;

/// Text rendering modes that paint nothing (ISO 32000-1, table 106).
const INVISIBLE_MODES: [i64; 2] = [3, 7];

/// Checks that the page's content, and what it refers to, is in the file.
///
/// # Errors
/// [`PageError::Unreadable`] naming what is missing.
pub(super) fn check_content(page: &Page<'_>, number: u32) -> Result<(), PageError> {
    check_streams(page)
        .and_then(|()| check_annotations(page, &mut Forms::default()))
        .and_then(|()| {
            let mut forms = Forms::default();
            forms.check(page.typed_operations(), page.resources(), 0)
        })
        .map_err(|reason| PageError::unreadable(number, reason))
}

/// Checks that a page on which nothing was drawn is meant to be blank.
///
/// # Errors
/// [`PageError::Unreadable`] if its content refers to an image.
pub(super) fn check_blank(page: &Page<'_>, number: u32) -> Result<(), PageError> {
    let mut forms = Forms::default();
    match forms.check(page.typed_operations(), page.resources(), 0) {
        Ok(()) if forms.images => Err(PageError::unreadable(number, Reason::ImageHidden)),
        Ok(()) => Ok(()),
        Err(reason) => Err(PageError::unreadable(number, reason)),
    }
}

/// Whether the page's content shows text that is not spaces and not invisible.
pub(super) fn has_text(page: &Page<'_>) -> bool {
    let mut forms = Forms::default();
    // What is missing was said before.
    let _ = forms.check(page.typed_operations(), page.resources(), 0);
    forms.text
}

/// Every content stream must be there and decode; no content at all is a blank page.
fn check_streams(page: &Page<'_>) -> Result<(), Reason> {
    let dict = page.raw();
    let whole = if let Some(parts) = dict.get::<Array<'_>>(CONTENTS) {
        let stated = parts.raw_iter().count();
        let streams = parts.iter::<Object<'_>>().filter_map(Object::into_stream);
        streams.filter(|part| part.decoded_data().is_ok()).count() == stated
    } else if dict.get::<Null>(CONTENTS).is_some() && dict.get_ref(CONTENTS).is_none() {
        true
    } else {
        !dict.contains_key(CONTENTS) || page.page_stream().is_some()
    };
    whole.then_some(()).ok_or(Reason::ContentGone)
}

/// An annotation that is shown, and whose appearance is lost or cannot be drawn, may have been a stamp.
fn check_annotations(page: &Page<'_>, forms: &mut Forms) -> Result<(), Reason> {
    let annotations = page.raw().get::<Array<'_>>(ANNOTS);
    let annotations = annotations.iter().flat_map(Array::iter::<Dict<'_>>);
    for annotation in annotations {
        let flags = annotation.get::<u32>(F).unwrap_or(0);
        let appearances = annotation.get::<Dict<'_>>(AP);
        let Some(appearances) = appearances.filter(|_| flags & NOT_SHOWN_FLAGS == 0) else {
            continue;
        };
        match appearances.get::<Object<'_>>(N) {
            None if appearances.contains_key(N) => return Err(Reason::AnnotationGone),
            Some(Object::Stream(form)) => forms
                .check_form(&form, page.resources(), 0)
                .map_err(|_| Reason::AnnotationGone)?,
            // One appearance for each state of a box to tick, where none may be meant.
            Some(_) | None => {}
        }
    }
    Ok(())
}

/// Whether an instruction shows a character that is not a space.
fn shows_text(instruction: &TypedInstruction<'_, '_>) -> bool {
    let is_text =
        |text: &PdfString<'_>| text.as_bytes().iter().any(|byte| !matches!(byte, 0 | b' '));
    if let TypedInstruction::ShowText(shown) = instruction {
        is_text(shown.0)
    } else if let TypedInstruction::NextLineAndShowText(shown) = instruction {
        is_text(shown.0)
    } else if let TypedInstruction::ShowTextWithParameters(shown) = instruction {
        is_text(shown.2)
    } else if let TypedInstruction::ShowTexts(shown) = instruction {
        let strings = shown.0.iter::<Object<'_>>();
        strings
            .filter_map(Object::into_string)
            .any(|text| is_text(&text))
    } else {
        false
    }
}

/// Follows a page's content into its forms, each form once.
#[derive(Default)]
struct Forms {
    looked_into: BTreeSet<u128>,
    images: bool,
    text: bool,
}

impl Forms {
    fn check(
        &mut self,
        mut content: TypedIter<'_>,
        resources: &Resources<'_>,
        depth: u32,
    ) -> Result<(), Reason> {
        let mut visible = true;
        while let Some(instruction) = content.next() {
            self.images |= matches!(instruction, TypedInstruction::InlineImage(_));
            if let TypedInstruction::TextRenderingMode(mode) = &instruction {
                visible = !INVISIBLE_MODES.contains(&mode.0.as_i64());
            }
            self.text |= visible && shows_text(&instruction);
            let TypedInstruction::XObject(object) = instruction else {
                continue;
            };
            match resources.get_x_object(object.0) {
                Some(stream) => self.check_object(&stream, resources, depth)?,
                None if resources.x_objects.contains_key(object.0) => {
                    return Err(Reason::ObjectGone);
                }
                // A name that the page does not define is the producer's slip, not a loss.
                None => {}
            }
        }
        Ok(())
    }

    fn check_object(
        &mut self,
        stream: &Stream<'_>,
        resources: &Resources<'_>,
        depth: u32,
    ) -> Result<(), Reason> {
        let dict = stream.dict();
        let kind = dict.get::<Name<'_>>(SUBTYPE).ok_or(Reason::ObjectGone)?;
        if &*kind == IMAGE {
            self.images = true;
            let side = |key| dict.get::<u32>(key).is_some_and(|side| side > 0);
            return (side(WIDTH) && side(HEIGHT))
                .then_some(())
                .ok_or(Reason::ImageWithoutSize);
        }
        if &*kind != FORM {
            return Ok(());
        }
        self.check_form(stream, resources, depth)
    }

    fn check_form(
        &mut self,
        stream: &Stream<'_>,
        resources: &Resources<'_>,
        depth: u32,
    ) -> Result<(), Reason> {
        let dict = stream.dict();
        if depth == DEPTH_MAX || self.looked_into.len() == FORMS_MAX {
            return Ok(());
        }
        if !self.looked_into.insert(stream.cache_key()) {
            return Ok(());
        }
        if dict.get::<[f32; 4]>(BBOX).is_none() {
            return Err(Reason::DrawingNotDecoded);
        }
        let content = stream
            .decoded_data()
            .map_err(|_| Reason::DrawingNotDecoded)?;
        let own = dict.get::<Dict<'_>>(RESOURCES).map(Resources::new);
        self.check(
            TypedIter::new(content.as_ref()),
            own.as_ref().unwrap_or(resources),
            depth + 1,
        )
    }
}
