//! The register of use: what seals were used for, and which entry tells of a document.
//!
//! Nothing is said of a seal of which no register is held on the day: it is held from the day of its first entry to that
//! of its last, since what was not handed in yet is not missing.

use std::collections::BTreeMap;
use std::collections::BTreeSet;

use jiff::ToSpan;
use jiff::civil::Date;
use unicode_normalization::UnicodeNormalization;

use crate::registry::Particulars;
use crate::registry::Recorded;
use crate::registry::archive::Archive;
use crate::registry::body;
use crate::registry::body::Body;
use crate::registry::body::Consent;
use crate::registry::body::name;
use crate::registry::custody::Custody;
use crate::registry::permit::Permit;
use crate::registry::records::Fact;
use crate::registry::records::Records;
use crate::registry::records::Stated;

pub mod matter;
pub mod usage;

pub use matter::Matter;
pub use usage::Usage;

use usage::Book;
use usage::Person;

/// Days between a document's date and its stamp within which a document of unknown number may be that of an entry
/// (chosen: a week; letters are issued on the day of their signature or the next working day).
const STAMPED_WITHIN_DAYS: i64 = 7;

/// What is known of a document when its entry is looked for.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Sought<'a> {
    /// The digest of its bytes.
    pub sha256: Option<&'a str>,
    /// Its number.
    pub number: Option<&'a str>,
    /// Its symbol.
    pub symbol: Option<&'a str>,
    /// Its date.
    pub date: Option<Date>,
}

/// How an entry was found.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Means {
    /// By the digest of the document's bytes.
    Digest,
    /// By number and symbol, and date where both tell it.
    Number,
    /// By the date alone, or one of several of that number: it may be another document's.
    Perhaps,
}

/// What the registers tell of one seal.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct SealUses {
    /// Its uses, by day.
    pub uses: Vec<Stated<Usage>>,
    /// Who kept it.
    pub custody: Vec<Stated<Custody>>,
    /// Permits to take it out.
    pub permits: Vec<Stated<Permit>>,
    /// Years whose register is in the archive.
    pub archives: Vec<Stated<Archive>>,
    /// Uses that were corrected or withdrawn, with all that was recorded to that end.
    pub gone: Vec<(Usage, Vec<Recorded>)>,
    /// What was recorded to change whether a standing use stands, by the names of its entries.
    changed: BTreeMap<String, Vec<Recorded>>,
    by_digest: BTreeMap<String, Vec<usize>>,
    by_number: BTreeMap<(String, String), Vec<usize>>,
    /// By the document's date, else by the day of the use.
    by_date: BTreeMap<Date, Vec<usize>>,
    /// Whether some entry tells no day at all.
    has_dayless: bool,
    /// The days of the first and the last use.
    held: Option<(Date, Date)>,
    /// How often each number stands in its register and year.
    numbers: BTreeMap<(Book, String, Option<i16>), usize>,
}

/// The registers of use of all seals, and the lists of matters.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct UseRegister {
    seals: BTreeMap<String, SealUses>,
    matters: Vec<Stated<Matter>>,
    /// Bodies whose own rules ask for written consent, and the names that they alone bear, in their plain form.
    written: (BTreeSet<String>, BTreeSet<String>),
}

impl UseRegister {
    /// What these records tell.
    #[must_use]
    pub fn of(records: &Records) -> Self {
        let keys: Vec<String> = records.keys(usage::KIND.name).map(str::to_owned).collect();
        let seals = keys.into_iter().map(|id| {
            let uses = SealUses::of(records, &id);
            (id, uses)
        });
        let mut register = Self {
            seals: seals.collect(),
            matters: records.every(),
            written: written(records),
        };
        for recorded in records.superseded() {
            register.take_back(records, recorded);
        }
        register
    }

    /// Notes a use that stands no more. A register whose every entry was withdrawn is one that is held all the same.
    fn take_back(&mut self, records: &Records, recorded: &Recorded) {
        let entry = &recorded.entry;
        if entry.kind != usage::KIND.name {
            return;
        }
        if let Ok(usage) = Usage::of(entry) {
            let by = records.touching(&recorded.name).into_iter().cloned();
            let own = self.seals.entry(entry.key.clone());
            let own = own.or_insert_with(|| SealUses::of(records, &entry.key));
            own.gone.push((usage, by.collect()));
        }
    }

    /// Whether the rules of the body that owns a seal ask for written consent.
    #[must_use]
    pub fn asks_written(&self, seal: &Particulars) -> bool {
        let (bodies, names) = &self.written;
        match &seal.body {
            Some(body) => bodies.contains(body),
            None => names.contains(&name::plain(&seal.organisation)),
        }
    }

    /// What is told of one seal; `None` where no register of its use is held at all.
    #[must_use]
    pub fn of_seal(&self, id: &str) -> Option<&SealUses> {
        self.seals.get(id)
    }

    /// Whether no register of any seal is held.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.seals.is_empty()
    }

    /// Every seal of which a register is held.
    pub fn seals(&self) -> impl Iterator<Item = (&str, &SealUses)> {
        self.seals.iter().map(|(id, uses)| (id.as_str(), uses))
    }

    /// The matters on lists for a seal of this identifier and profile.
    pub fn matters(&self, seal: &str, profile: Option<&str>) -> impl Iterator<Item = &Matter> {
        let matters = self.matters.iter().map(|stated| &stated.value);
        matters.filter(move |matter| matter.is_for(seal, profile))
    }
}

impl SealUses {
    fn of(records: &Records, id: &str) -> Self {
        let mut own = Self {
            uses: records.facts(id),
            custody: records.facts(id),
            permits: records.facts(id),
            archives: records.facts(id),
            ..Self::default()
        };
        for (position, stated) in own.uses.iter().enumerate() {
            let usage = &stated.value;
            for source in &stated.sources {
                let by: Vec<Recorded> = records
                    .touching(&source.name)
                    .into_iter()
                    .cloned()
                    .collect();
                if !by.is_empty() {
                    own.changed.insert(source.name.clone(), by);
                }
            }
            if let Some(digest) = &usage.sha256 {
                own.by_digest
                    .entry(digest.clone())
                    .or_default()
                    .push(position);
            }
            if let Some(key) = number_key(usage.number.as_deref(), usage.symbol.as_deref()) {
                own.by_number.entry(key).or_default().push(position);
            }
            match usage.dated.or(usage.day()) {
                Some(date) => own.by_date.entry(date).or_default().push(position),
                None => own.has_dayless = true,
            }
            if let Some(day) = usage.day() {
                let (first, last) = own.held.unwrap_or((day, day));
                own.held = Some((first.min(day), last.max(day)));
            }
            *own.numbers.entry(place_of(usage)).or_default() += 1;
        }
        own
    }

    /// Whether the register is held on a day.
    #[must_use]
    pub fn is_held_on(&self, date: Date) -> bool {
        self.held
            .is_some_and(|(first, last)| first <= date && date <= last)
    }

    /// The entry that tells of a document, and how it was found.
    #[must_use]
    pub fn find(&self, sought: Sought<'_>) -> Option<(&Stated<Usage>, Means)> {
        let digest = sought.sha256.and_then(|digest| self.by_digest.get(digest));
        if let Some(position) = digest.and_then(|found| found.first()) {
            return Some((&self.uses[*position], Means::Digest));
        }
        if let Some(key) = number_key(sought.number, sought.symbol) {
            let agrees = |usage: &Usage| match (sought.date, usage.dated.or(usage.day())) {
                // Numbers begin anew each year.
                (Some(date), Some(dated)) if usage.dated.is_none() => date.year() == dated.year(),
                (Some(date), Some(dated)) => date == dated,
                _ => true,
            };
            let found = self.by_number.get(&key).into_iter().flatten();
            let mut agreeing = found.filter(|position| agrees(&self.uses[**position].value));
            return match (agreeing.next(), agreeing.next()) {
                (Some(only), None) => Some((&self.uses[*only], Means::Number)),
                (Some(first), Some(_)) => Some((&self.uses[*first], Means::Perhaps)),
                (None, _) => None,
            };
        }
        match self.by_date.get(&sought.date?)?.as_slice() {
            [only] => Some((&self.uses[*only], Means::Perhaps)),
            _ => None,
        }
    }

    /// Whether an entry may tell of a document of which no more than this is known.
    #[must_use]
    pub fn may_tell(&self, sought: Sought<'_>) -> bool {
        if number_key(sought.number, sought.symbol).is_some() {
            return false;
        }
        let Some(date) = sought.date else {
            return true;
        };
        let is_dated = |position: &usize| self.uses[*position].value.dated.is_some();
        let of_day = self.by_date.get(&date).into_iter().flatten();
        let until = date.saturating_add(STAMPED_WITHIN_DAYS.days());
        let mut later = self.by_date.range(date..=until).flat_map(|(_, own)| own);
        self.has_dayless
            || of_day.into_iter().any(is_dated)
            || later.any(|position| !is_dated(position))
    }

    /// Who kept the seal at a use: as the row tells it, else as custody does.
    #[must_use]
    pub fn custodian(&self, usage: &Usage) -> Option<Person> {
        if usage.custodian != Person::default() {
            return Some(usage.custodian.clone());
        }
        let day = usage.day()?;
        let mut keepers = self.custody.iter().filter(|stated| stated.value.is_on(day));
        let keeper = &keepers.next()?.value;
        // Two at once: the records do not tell who it was.
        keepers.next().is_none().then(|| Person {
            name: Some(keeper.custodian.clone()),
            id: keeper.person.clone(),
        })
    }

    /// The permits that a use falls under: the one that it names, else those that the seal was out on.
    #[must_use]
    pub fn permits_of(&self, usage: &Usage) -> Vec<&Permit> {
        let permits = self.permits.iter().map(|stated| &stated.value);
        match (&usage.permit, usage.steps.used) {
            (Some(number), _) => permits.filter(|permit| permit.number == *number).collect(),
            (None, Some(used)) => permits.filter(|permit| permit.is_out_at(used)).collect(),
            (None, None) => Vec::new(),
        }
    }

    /// What was recorded to change whether one of a use's entries stands.
    pub fn changes<'a>(&'a self, stated: &'a Stated<Usage>) -> impl Iterator<Item = &'a Recorded> {
        let names = stated.sources.iter().map(|source| &source.name);
        names.filter_map(|name| self.changed.get(name)).flatten()
    }

    /// The day on which the year's register went into the archive, where it did.
    #[must_use]
    pub fn archived_on(&self, year: i16) -> Option<Date> {
        let archives = self.archives.iter().map(|stated| &stated.value);
        let own = archives.filter(|archive| archive.year == year);
        own.map(|archive| archive.archived_on).min()
    }

    /// How many entries of the year have the number of this one in the same register.
    #[must_use]
    pub fn numbered_alike(&self, usage: &Usage) -> usize {
        self.numbers.get(&place_of(usage)).copied().unwrap_or(0)
    }
}

/// The bodies whose rules ask for written consent, and the names that they alone bear.
fn written(records: &Records) -> (BTreeSet<String>, BTreeSet<String>) {
    let ids = records.keys(body::KIND.name);
    let bodies = ids.filter_map(|id| Body::of(records, id));
    let asking = bodies.filter(|body| body.basics.value.consent == Consent::Written);
    let (mut ids, mut names) = (BTreeSet::new(), BTreeSet::new());
    for body in asking {
        for stated in &body.names {
            let borne = &stated.value.name;
            if records.bearers(borne).count() == 1 {
                names.insert(name::plain(borne));
            }
        }
        ids.insert(body.id);
    }
    (ids, names)
}

/// What makes a number stand once: its register and year.
fn place_of(usage: &Usage) -> (Book, String, Option<i16>) {
    let year = usage.day().map(Date::year);
    (usage.book, usage.entry_no.clone(), year)
}

/// Number and symbol without what varies in writing: blanks, case and leading zeros.
fn number_key(number: Option<&str>, symbol: Option<&str>) -> Option<(String, String)> {
    let bare = |text: &str| -> String {
        let kept = text.nfc().filter(|letter| !letter.is_whitespace());
        kept.flat_map(char::to_uppercase).collect()
    };
    let number = bare(number?);
    let number = number.trim_start_matches('0').to_owned();
    Some((number, bare(symbol?)))
}

#[cfg(test)]
mod tests;

#[cfg(test)]
pub(crate) use tests::records as records_of;
