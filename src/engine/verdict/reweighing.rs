//! A judgement under another policy, from the ratio that it came to: no ink is asked.
//!
//! A policy says from which ratio on a step of the scale is taken. Some of what follows asks the ink, and only on one side: whether the
//! die slipped where the ratio speaks against it, whether a twin agrees as well where it speaks for it. So a judgement can be made anew
//! as long as it stays on its side, or leaves the one for the die.

use crate::imaging::ColourMode;
use crate::verdict::Conclusion;
use crate::verdict::DAMAGED_OR_OTHER;
use crate::verdict::Judgement;
use crate::verdict::PRINTED_COPY;
use crate::verdict::Policy;
use crate::verdict::Side;
use crate::verdict::caveats;
use crate::verdict::conclude;

/// Caveat of a conclusion that another registered seal would get as well.
pub const NEAR_TWIN: &str = "near_twin_not_excluded";

/// Caveat of a conclusion where another registered seal agrees clearly better.
pub const BETTER_TWIN: &str = "another_seal_agrees_better";

/// How an impression was judged, beside its judgement.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Given {
    /// The scan's.
    pub mode: ColourMode,
    /// Specimens that it was compared with.
    pub specimens: u32,
    /// Whether another seal was compared with it as well.
    pub has_rivals: bool,
    /// How far its ratio may be from what was computed, being rounded.
    pub rounding: f64,
}

impl Judgement {
    /// The same under another policy; `None` if the ink is to be asked. What was not examined stays so.
    #[must_use]
    pub fn reweighed(mut self, given: Given, policy: &Policy) -> Option<Self> {
        let Some(ratio) = self.log10_lr else {
            return Some(self);
        };
        // Its own ratio is not known any more.
        if self.slip.is_some() {
            return None;
        }
        let step = conclude(ratio - given.rounding, given.mode, policy);
        if step != conclude(ratio + given.rounding, given.mode, policy) {
            return None;
        }
        let has = |caveat: &str| self.caveats.iter().any(|own| own == caveat);
        let [is_damaged, is_printed, is_near, is_beaten] =
            [DAMAGED_OR_OTHER, PRINTED_COPY, NEAR_TWIN, BETTER_TWIN].map(has);
        let before = match (is_near || is_beaten, is_damaged) {
            (true, _) => Side::For,
            (false, true) => Side::Against,
            (false, false) => self.conclusion.side(),
        };
        let side = step.side();
        match (before, side) {
            (Side::For, Side::For | Side::Neither)
            | (Side::Neither, Side::Neither)
            | (Side::Against, Side::Against) => {}
            (Side::Neither, Side::For) if !given.has_rivals => {}
            (Side::Neither | Side::Against, Side::For)
            | (Side::For | Side::Neither, Side::Against)
            | (Side::Against, Side::Neither) => return None,
        }
        self.conclusion = if is_damaged {
            Conclusion::Undecided
        } else {
            step
        };
        self.caveats = caveats(self.conclusion, given.mode);
        if is_damaged {
            self.caveats.push(DAMAGED_OR_OTHER.to_owned());
        }
        let mut now = self.within_support(given.specimens);
        if is_printed {
            now = now.of_copy();
        }
        if side != Side::For {
            return Some(now);
        }
        Some(match (is_near, is_beaten) {
            (true, _) => now.of_near_twin(),
            (false, true) => now.of_better_twin(),
            (false, false) => now,
        })
    }

    /// The same where another registered seal would get it as well.
    #[must_use]
    pub(crate) fn of_near_twin(mut self) -> Self {
        self.conclusion = Conclusion::Undecided;
        self.caveats.push(NEAR_TWIN.to_owned());
        self
    }

    /// The same where another registered seal agrees clearly better.
    #[must_use]
    pub(crate) fn of_better_twin(mut self) -> Self {
        self.conclusion = Conclusion::LeansDifferent;
        self.caveats.push(BETTER_TWIN.to_owned());
        self
    }
}
