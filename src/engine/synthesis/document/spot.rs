//! Where the seals of a document are set down.

use kurbo::Point;

use crate::synthesis::catalogue::Seal;
use crate::synthesis::chance::Chance;
use crate::synthesis::document::Document;
use crate::synthesis::page::Page;
use crate::synthesis::placement::Stand;
use crate::synthesis::placement::hanging;
use crate::synthesis::placement::kept_on;

impl Document {
    /// Where the seal of this number and half size is set down, and how it stands there.
    ///
    /// `aside` is drawn from where the seal stands beside issuer and date: `chance` draws the same whatever the document is.
    pub(super) fn spot(
        &self,
        page: &Page,
        number: usize,
        (seal, half): (&Seal, (f64, f64)),
        (aside, chance): (&mut Chance, &mut Chance),
    ) -> (Point, Stand) {
        let usual = page.signers[number].stamp(half, chance);
        let is_first = number == 0;
        let (spot, stand) = if self.is_hung && is_first && !seal.body.chinese {
            (hanging(page.size.0, half), Stand::Hung)
        } else if self.is_aside && is_first && seal.body.chinese {
            (page.signers[number].aside(half, aside), Stand::Aside)
        } else {
            (usual, Stand::Usual)
        };
        (kept_on(page.size, spot, half), stand)
    }
}
