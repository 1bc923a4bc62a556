//! A page in the middle of a letter: text from top to bottom.

use crate::synthesis::chance::Chance;
use crate::synthesis::fonts::Fonts;
use crate::synthesis::names::Body;
use crate::synthesis::page::Content;
use crate::synthesis::page::Filling;
use crate::synthesis::page::Layout;
use crate::synthesis::page::Page;

/// Lays out a page of running text of a body's letter.
#[must_use]
pub fn running(body: &Body, fonts: &Fonts, chance: &mut Chance) -> Page {
    let content = Content {
        body,
        signers: 0,
        small: false,
        filling: Filling::Letter,
        signed: false,
        decoys: &[],
    };
    let mut layout = Layout::new(fonts, content, (210.0, 297.0), chance);
    layout.y = layout.chance.between(18.0, 30.0);
    let end = layout.chance.between(200.0, 275.0);
    layout.paragraphs(end);
    layout.finish();
    layout.page
}
