//! What is due on a day: the clocks of all seals.

use crate::registry::clock;
use crate::rules::RuleSet;
use crate::rules::clock::Clock;
use crate::rules::clock::Standing;
use crate::rules::clock::Subject;
use crate::rules::clock::on;
use crate::storage::StoredSeal;
use crate::view::View;

impl View<'_> {
    /// The clocks of one seal.
    #[must_use]
    pub fn clocks_of(&self, seal: &StoredSeal, rules: &RuleSet) -> Vec<Clock> {
        let owner = seal.life(self.records).owner;
        let subject = Subject {
            id: &seal.id,
            particulars: &seal.particulars,
            jurisdiction: owner
                .as_ref()
                .and_then(|body| body.basics.value.jurisdiction.as_deref()),
            rules,
        };
        let duties = clock::duties(self.records, (&seal.id, &seal.particulars), &seal.events);
        let clocks = duties.iter();
        clocks
            .flat_map(|duty| on(self.records, subject, duty, self.on))
            .collect()
    }

    /// The clocks of all seals, what is overdue first.
    #[must_use]
    pub fn clocks(&self, rules: &RuleSet) -> Vec<Clock> {
        let seals = self.seals.iter();
        let mut clocks: Vec<Clock> = seals.flat_map(|seal| self.clocks_of(seal, rules)).collect();
        clocks.sort_by_key(|clock| (clock.standing, clock.severity, clock.since));
        clocks
    }
}

/// Whether something is still to be done.
#[must_use]
pub const fn is_open(clock: &Clock) -> bool {
    matches!(clock.standing, Standing::Overdue | Standing::Due)
}

/// Whether its last day is over.
#[must_use]
pub const fn is_overdue(clock: &Clock) -> bool {
    matches!(clock.standing, Standing::Overdue)
}
