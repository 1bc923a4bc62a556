//! Review lists on a day: the seals of a body and of what belongs to it, and what changed since the last list that was kept.

use jiff::civil::Date;

use crate::registry::Life;
use crate::registry::Reason;
use crate::registry::body;
use crate::registry::review::Review;
use crate::registry::review::Reviewed;
use crate::view::View;

/// A review list with what is other than in the last one that was kept before it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Line {
    /// The list.
    pub list: Review,
    /// The day of the list before, and what changed since, a line each; `None` where none was kept.
    pub changes: Option<(Date, Vec<Reason>)>,
}

impl View<'_> {
    /// The bodies that belong to no other on the day.
    #[must_use]
    pub fn uppermost_bodies(&self) -> Vec<String> {
        let related = self.records.every::<body::Relation>();
        let below = |id: &str| {
            let mut own = related.iter().map(|stated| &stated.value);
            own.any(|relation| relation.body == id && relation.is_on(self.on))
        };
        let all = self.records.keys(body::KIND.name);
        all.filter(|id| !below(id)).map(str::to_owned).collect()
    }

    /// The review lists of bodies; `None` of one that is not registered.
    #[must_use]
    pub fn reviews(&self, bodies: &[String]) -> Vec<Option<Line>> {
        let lives: Vec<Life> = self
            .seals
            .iter()
            .map(|own| own.life(self.records))
            .collect();
        let seals: Vec<Reviewed<'_>> = self
            .seals
            .iter()
            .zip(&lives)
            .map(|(seal, life)| Reviewed {
                id: &seal.id,
                particulars: &seal.particulars,
                life,
            })
            .collect();
        let yesterday = self.on.yesterday().unwrap_or(self.on);
        let line = |id: &String| {
            let list = Review::of(self.records, &seals, id, self.on)?;
            let before = Review::kept(self.records, id, yesterday);
            let changes = before.map(|before| (before.on, list.changes_since(&before)));
            Some(Line { list, changes })
        };
        bodies.iter().map(line).collect()
    }
}
