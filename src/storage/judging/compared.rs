//! A kept result whose impressions were compared anew.

use crate::links;
use crate::links::KeptDie;
use crate::registry::Register;
use crate::rules::RuleSet;
use crate::storage::judging::Standing;
use crate::verdict::Policy;
use crate::verify::Report;
use crate::verify::crops::Crops;
use crate::verify::key::ImpressionKey;
use crate::verify::rejudged::Change;
use crate::verify::rejudged::Judge;
use crate::verify::rematched;

/// What a result comes to now.
pub(super) struct Anew {
    pub(super) report: Report,
    pub(super) change: Change,
    /// What copies and others of its dies are found by, where its impressions were compared.
    pub(super) found: Option<(Vec<ImpressionKey>, Vec<KeptDie>)>,
}

impl Anew {
    /// Where no impression was compared.
    fn plain((report, change): (Report, Change)) -> Self {
        Self {
            report,
            change,
            found: None,
        }
    }
}

/// A result that was compared anew.
pub(super) struct Compared {
    result: i64,
    /// What it comes to now, if to something else.
    now: Option<Anew>,
    /// Whether there was nothing to compare.
    pub(super) asks_for_scan: bool,
}

impl Compared {
    pub(super) fn of(
        own: &Standing,
        crops: Option<&Crops>,
        (register, policy, rules): (&Register, &Policy, &RuleSet),
    ) -> Self {
        let before = &own.report;
        let law = (register, policy, rules);
        let anew = crops
            .and_then(|crops| rematched::again(before, crops, law))
            .map(|(examined, change)| Anew {
                found: Some((examined.keys.clone(), links::kept_dies(&examined))),
                report: examined.report,
                change,
            })
            .or_else(|| rematched::renamed(before, policy, rules).map(Anew::plain));
        let asks_for_scan = anew.is_none();
        let judged = || {
            let (judgement, change) = Judge::new(register, rules).again(before)?;
            Some(Anew::plain((judgement.over(before.clone()), change)))
        };
        let now = anew.or_else(judged);
        Self {
            result: own.result,
            now: now.filter(|now| !is_same(before, &now.report)),
            asks_for_scan,
        }
    }

    pub(super) fn changed(self) -> Option<(i64, Anew)> {
        Some((self.result, self.now?))
    }
}

/// Whether two reports say the same under two revisions of the register.
fn is_same(before: &Report, now: &Report) -> bool {
    let now = Report {
        register: before.register,
        ..now.clone()
    };
    now == *before
}
