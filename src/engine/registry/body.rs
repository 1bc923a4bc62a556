//! Bodies: who owns seals, under which name, from when to when.

use jiff::civil::Date;

use crate::registry::Entry;
use crate::registry::Particulars;
use crate::registry::kind::Kind;
use crate::registry::records::Fact;
use crate::registry::records::Records;
use crate::registry::records::Stated;
use crate::registry::sheet::Expected;
use crate::registry::sheet::ValueError;

pub mod event;
pub mod head;
pub mod name;
pub mod relation;

pub use event::BodyEvent;
pub use head::Head;
pub use name::Name;
pub use relation::Relation;

/// Rows that register bodies.
pub const KIND: &Kind = &Kind {
    name: "body",
    title: "bodies",
    required: &["body", "level"],
    optional: &[
        "jurisdiction",
        "place",
        "authority",
        "founded_on",
        "internal_rules",
        "consent",
        "phone",
    ],
    key: "body",
    day: Some("founded_on"),
    identity: &["body"],
    refers: &[],
    check: |entry| Basics::of(entry).map(drop),
};

/// What a body's own row states.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Basics {
    /// Its level, such as commune or province.
    pub level: String,
    /// Country or region whose rules apply.
    pub jurisdiction: Option<String>,
    /// Where its office is.
    pub place: Option<String>,
    /// Where its seals are registered.
    pub authority: Option<String>,
    /// The day of its foundation.
    pub founded_on: Option<Date>,
    /// Its own rules about seals, by number and date.
    pub internal_rules: Option<String>,
    /// How its rules want the head's consent before a seal is taken out.
    pub consent: Consent,
}

/// How consent is given.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Consent {
    /// On paper.
    Written,
    /// In whatever form.
    AnyForm,
}

impl Consent {
    /// The form that this word stands for.
    #[must_use]
    pub fn named(word: &str) -> Option<Self> {
        match word {
            "written" => Some(Self::Written),
            "any" | "oral" => Some(Self::AnyForm),
            _ => None,
        }
    }
}

impl Fact for Basics {
    const KIND: &'static Kind = KIND;

    fn of(entry: &Entry) -> Result<Self, ValueError> {
        let text = |column| entry.text(column).map(str::to_owned);
        Ok(Self {
            level: entry.required("level")?,
            jurisdiction: text("jurisdiction"),
            place: text("place"),
            authority: text("authority"),
            founded_on: entry.date("founded_on")?,
            internal_rules: text("internal_rules"),
            consent: entry
                .parsed(
                    "consent",
                    Expected::OneOf(&["written", "any"]),
                    Consent::named,
                )?
                .unwrap_or(Consent::AnyForm),
        })
    }
}

/// A body with all that stands about it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Body {
    /// Its identifier.
    pub id: String,
    /// What its own row states.
    pub basics: Stated<Basics>,
    /// Its names, by the day on which each began.
    pub names: Vec<Stated<Name>>,
    /// Whom it belongs to, in the order of days.
    pub relations: Vec<Stated<Relation>>,
    /// Its heads, by the day on which each began.
    pub heads: Vec<Stated<Head>>,
    /// What happened to it, in the order of days.
    pub events: Vec<Stated<BodyEvent>>,
}

/// What ended or stopped a body.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Stop {
    /// The event that did.
    pub event: Stated<BodyEvent>,
    /// The day from which it was over, if it ever was.
    pub to: Option<Date>,
}

impl Body {
    /// The body with this identifier.
    #[must_use]
    pub fn of(records: &Records, id: &str) -> Option<Self> {
        let basics = records.facts(id).into_iter().next()?;
        Some(Self {
            id: id.to_owned(),
            basics,
            names: records.facts(id),
            relations: records.facts(id),
            heads: records.facts(id),
            events: event::in_order(records.facts(id)),
        })
    }

    /// The body that owns a seal: the one that its row names, else the only one that ever bore the name
    /// on the seal.
    #[must_use]
    pub fn owner(records: &Records, seal: &Particulars) -> Option<Self> {
        if let Some(id) = &seal.body {
            return Self::of(records, id);
        }
        let mut bearers = records.bearers(&seal.organisation);
        match (bearers.next(), bearers.next()) {
            (Some(only), None) => Self::of(records, only),
            _ => None,
        }
    }

    /// The name in force on a day: of those that had begun and had not ended, the one that began last.
    #[must_use]
    pub fn name_on(&self, date: Date) -> Option<&Stated<Name>> {
        let in_force = |stated: &&Stated<Name>| stated.value.is_on(date);
        self.names.iter().rfind(in_force)
    }

    /// The name as people know the body on a day, else any that it bore, else its identifier.
    #[must_use]
    pub fn called_on(&self, date: Date) -> &str {
        let name = self.name_on(date).or(self.names.last());
        name.map_or(&self.id, |stated| &stated.value.name)
    }

    /// Who headed it on a day.
    #[must_use]
    pub fn head_on(&self, date: Date) -> Option<&Stated<Head>> {
        let in_office = |stated: &&Stated<Head>| stated.value.is_on(date);
        self.heads.iter().rfind(in_office)
    }

    /// Whom it belonged to on a day.
    pub fn relations_on(&self, date: Date) -> impl Iterator<Item = &Stated<Relation>> {
        let holds = move |stated: &&Stated<Relation>| stated.value.is_on(date);
        self.relations.iter().filter(holds)
    }

    /// The names, of any time, of the bodies that it ever belonged to.
    #[must_use]
    pub fn names_above(&self, records: &Records) -> Vec<String> {
        let others = self.relations.iter().map(|stated| &stated.value.other);
        let names = others.flat_map(|other| records.facts::<Name>(other));
        names.map(|stated| stated.value.name).collect()
    }

    /// The event that ended the body, the first of several.
    #[must_use]
    pub fn end(&self) -> Option<&Stated<BodyEvent>> {
        self.events.iter().find(|stated| stated.value.is_end())
    }

    /// The times in which its activity was suspended.
    #[must_use]
    pub fn suspensions(&self) -> Vec<Stop> {
        let mut stops = Vec::new();
        for (place, stated) in self.events.iter().enumerate() {
            if stated.value.kind != event::BodyEventKind::Suspended {
                continue;
            }
            let later = self.events[place + 1..].iter();
            let resumed = later.map(|stated| &stated.value);
            let to = resumed
                .clone()
                .find(|event| event.kind == event::BodyEventKind::Resumed)
                .map(|event| event.on);
            stops.push(Stop {
                event: stated.clone(),
                to,
            });
        }
        stops
    }
}
