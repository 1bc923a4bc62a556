//! Whether a use of a seal was recorded, allowed, and in order: from the register of use, where one is held.
//!
//! Nothing is said of a seal of which no register of use is held on the document's day.

use jiff::civil::Date;

use crate::registry::Particulars;
use crate::registry::Recorded;
use crate::registry::permit::Permit;
use crate::registry::records::Fact;
use crate::registry::records::Stated;
use crate::registry::use_register::Means;
use crate::registry::use_register::SealUses;
use crate::registry::use_register::Sought;
use crate::registry::use_register::Usage;
use crate::registry::use_register::UseRegister;
use crate::registry::use_register::matter::Matter;
use crate::registry::use_register::matter::Sign;
use crate::registry::use_register::usage::Book;
use crate::registry::use_register::usage::Sameness;
use crate::rules::Basis;
use crate::rules::Finding;
use crate::rules::Scene;
use crate::rules::instruments::Topic;

/// Code of an entry that was made after its register was closed.
pub const LATE: &str = "use.recorded_after_archive";

mod order;
mod removal;

/// A seal with what the registers tell of its use.
#[derive(Clone, Copy, Debug)]
pub struct Subject<'a> {
    /// The seal's identifier.
    pub id: &'a str,
    /// Where it may be used, where that is stated.
    pub place: Option<&'a str>,
    /// Whether its body's own rules ask for written consent.
    pub asks_written: bool,
    /// All registers.
    pub register: &'a UseRegister,
    /// Those of the seal.
    pub uses: &'a SealUses,
    /// Where the rules are applied; its date is the document's.
    pub scene: Scene<'a>,
}

impl<'a> Subject<'a> {
    /// The subject of a seal; `None` where no register of its use is held.
    #[must_use]
    pub fn of(
        (id, stated): (&'a str, &'a Particulars),
        register: &'a UseRegister,
        scene: Scene<'a>,
    ) -> Option<Self> {
        let uses = register.of_seal(id)?;
        Some(Self {
            id,
            place: stated.place.as_deref(),
            asks_written: register.asks_written(stated),
            register,
            uses,
            scene,
        })
    }

    /// Findings about a document that bears the seal, and the entry that tells of it, if one surely does.
    #[must_use]
    pub fn of_document(&self, sought: Sought<'_>) -> (Vec<Finding>, Option<&'a Stated<Usage>>) {
        match self.uses.find(sought) {
            Some((_, Means::Perhaps)) => {
                // Which document of the day it tells of is not sure: nothing is held against this one.
                (Vec::new(), None)
            }
            Some((stated, means)) => {
                let mut findings = self.of_entry(stated);
                if means == Means::Digest {
                    let differs = differs(&stated.value, sought, self.scene);
                    findings.extend(differs.map(|finding| self.told_of(finding, &stated.value)));
                }
                (findings, Some(stated))
            }
            None => (self.unrecorded(sought).into_iter().collect(), None),
        }
    }

    /// Findings about one entry of the register, whether or not its document was scanned.
    #[must_use]
    pub fn of_entry(&self, stated: &Stated<Usage>) -> Vec<Finding> {
        let usage = &stated.value;
        let day = usage.day().or(usage.dated).or(self.scene.date);
        let on_day = Self {
            scene: Scene {
                date: day,
                ..self.scene
            },
            ..*self
        };
        let mut findings: Vec<Finding> = Vec::new();
        findings.extend(on_day.fields_missing(usage));
        findings.extend(on_day.same_person(usage));
        findings.extend(order::findings(usage, on_day.scene));
        findings.extend(day.and_then(|day| on_day.listed(usage, day)));
        findings.extend(on_day.place(usage));
        findings.extend(removal::findings(&on_day, usage));
        findings.extend(on_day.stamped_by(usage));
        findings.extend(on_day.after_archive(stated));
        findings.extend(on_day.numbered(usage));
        let findings = findings.into_iter();
        findings
            .map(|finding| self.told_of(finding, usage))
            .collect()
    }

    /// The finding with the entry of the seal's register that it is about.
    fn told_of(&self, finding: Finding, usage: &Usage) -> Finding {
        of_use(finding, usage).value("seal", self.id)
    }

    fn unrecorded(&self, sought: Sought<'_>) -> Option<Finding> {
        let date = self.scene.date?;
        if !self.uses.is_held_on(date) || self.uses.may_tell(sought) {
            return None;
        }
        let id = self.id;
        let what = match (sought.number, sought.symbol) {
            (Some(number), Some(symbol)) => format!("document {number}/{symbol} of {date}"),
            _ => format!("a document of {date}"),
        };
        let message =
            format!("The register of use of seal {id} has no entry for {what}, which bears it.");
        let finding = Finding::warning("use.unrecorded", message)
            .value("seal", id)
            .value("document_dated_on", date.to_string());
        let finding = match (sought.number, sought.symbol) {
            (Some(number), Some(symbol)) => finding
                .value("document_number", number)
                .value("document_symbol", symbol),
            _ => finding,
        };
        Some(finding.cited(Topic::RegisterOfUse, self.scene))
    }

    fn fields_missing(&self, usage: &Usage) -> Option<Finding> {
        let mut missing = usage.missing.clone();
        if usage.is_major && usage.publicity_ended.or(usage.vote_passed).is_none() {
            missing.push("publicity_ended_on or vote_passed_on");
        }
        if missing.is_empty() {
            return None;
        }
        let message = format!(
            "The {} of seal {} does not tell: {}.",
            usage.called(),
            self.id,
            missing.join(", ").replace('_', " ")
        );
        let topic = match usage.book {
            Book::Work | Book::Certificate => Topic::RegisterOfUse,
            Book::Centre => Topic::UseRequest,
        };
        let finding = Finding::warning("use.fields_missing", message).value("missing", missing);
        Some(finding.cited(topic, self.scene))
    }

    fn same_person(&self, usage: &Usage) -> Option<Finding> {
        let keeper = self.uses.custodian(usage)?;
        let told = [
            (&usage.approver, ("approved", "approver")),
            (&usage.reviewer, ("reviewed", "reviewer")),
        ];
        let (sameness, (verb, role)) = told
            .into_iter()
            .map(|(person, called)| (person.compared(&keeper), called))
            .find(|(sameness, _)| *sameness != Sameness::Other)?;
        let name = keeper.name.or(keeper.id).unwrap_or_default();
        let entry = usage.called();
        let code = "use.reviewer_is_custodian";
        let finding = match sameness {
            Sameness::Same => Finding::violation(
                code,
                format!("{name}, who keeps the seal, {verb} its use too ({entry})."),
            )
            .value("sameness", "same"),
            // Two people may bear one name.
            Sameness::SameName | Sameness::Other => Finding::warning(
                code,
                format!(
                    "Whoever {verb} the use bears the name of the seal's keeper, {name} ({entry}); \
                     their identifiers would tell whether it is one person."
                ),
            )
            .value("sameness", "same_name"),
        };
        let finding = finding.value("custodian", name.as_str()).value(role, name);
        Some(finding.cited(Topic::Separation, self.scene))
    }

    /// Whether the matter is on the lists in force on the day.
    fn listed(&self, usage: &Usage, day: Date) -> Option<Finding> {
        let name = usage.matter.as_ref()?;
        let id = self.id;
        let profile = self.scene.profile;
        let lists: Vec<&Matter> = self.register.matters(id, profile).collect();
        let on = |sign: Sign| lists.iter().filter(move |matter| matter.sign == sign);
        let is_named = |matter: &&&Matter| matter.is_on(day) && matter.is_named(name);
        if let Some(matter) = on(Sign::Negative).find(is_named) {
            let message = format!(
                "\"{name}\" is on the list {} of what is not to be certified ({}).",
                matter.list,
                usage.called()
            );
            let finding = Finding::violation("use.matter_excluded", message);
            return Some(self.of_list(finding.value("matter", name.as_str()), matter));
        }
        let first = on(Sign::Positive).next()?;
        if on(Sign::Positive).any(|matter| is_named(&matter)) || usage.has_written_consent {
            return None;
        }
        let message = format!(
            "\"{name}\" was on no list of what seal {id} serves, on {day} ({}).",
            usage.called()
        );
        let code = "use.procedure_not_listed";
        let finding = match (usage.book, &usage.verified_how) {
            (Book::Certificate, Some(how)) => {
                let message = format!("{message} It was verified: {how}.");
                Finding::remark(code, message).value("verified_how", how.as_str())
            }
            _ => Finding::violation(code, message),
        };
        Some(self.of_list(finding.value("matter", name.as_str()), first))
    }

    /// Under the rule that asks for lists, else under the list's own decision.
    fn of_list(&self, finding: Finding, matter: &Matter) -> Finding {
        let topic = match finding.code.as_str() {
            "use.matter_excluded" => Topic::ListOfMatters,
            _ if self
                .scene
                .rules
                .applied(Topic::ProcedureList, self.scene)
                .is_some() =>
            {
                Topic::ProcedureList
            }
            _ => Topic::ListOfMatters,
        };
        let finding = finding
            .value("list", matter.list.as_str())
            .cited(topic, self.scene);
        match (&finding.basis, &matter.decision) {
            (None, Some(decision)) => {
                let day = |day: Option<Date>| day.map_or_else(String::new, |day| day.to_string());
                let basis = Basis {
                    instrument: decision.clone(),
                    article: matter.list.clone(),
                    in_force: format!("{}/{}", day(matter.from), day(matter.to)),
                };
                finding.under(Some(basis))
            }
            _ => finding,
        }
    }

    fn place(&self, usage: &Usage) -> Option<Finding> {
        let place = usage.place.as_ref()?;
        let allowed = self.place?;
        let is_same = allowed.trim().to_lowercase() == place.trim().to_lowercase();
        if is_same || self.permits(usage).next().is_some() {
            return None;
        }
        let message = format!(
            "Seal {} was used at \"{place}\", not at \"{allowed}\", and no permit covers it ({}).",
            self.id,
            usage.called()
        );
        let finding = Finding::violation("use.outside_place", message)
            .value("place", place.as_str())
            .value("allowed_place", allowed);
        Some(finding.cited(Topic::PlaceOfUse, self.scene))
    }

    /// Permits that the seal was out on at the use.
    fn permits(&self, usage: &Usage) -> impl Iterator<Item = &'a Permit> {
        let used = usage.steps.used;
        let permits = self.uses.permits_of(usage).into_iter();
        permits.filter(move |permit| used.is_none_or(|used| permit.is_out_at(used)))
    }

    fn stamped_by(&self, usage: &Usage) -> Option<Finding> {
        let stamper = usage.stamped_by.as_ref()?;
        let same = |other: &String| other.trim().to_lowercase() == stamper.trim().to_lowercase();
        let entry = usage.called();
        let keeper = self.uses.custodian(usage);
        let name = keeper.as_ref().and_then(|keeper| keeper.name.as_ref());
        let (message, (other, name)) = match name {
            Some(name) if !same(name) => {
                let message = format!("{stamper} set the seal, which {name} keeps ({entry}).");
                (message, ("custodian", name))
            }
            _ if usage.requester.as_ref().is_some_and(same) => {
                let message = format!("{stamper} asked for the stamp and set the seal ({entry}).");
                (message, ("requester", stamper))
            }
            _ => return None,
        };
        let finding = Finding::warning("use.stamped_by_other", message)
            .value("stamped_by", stamper.as_str())
            .value(other, name.as_str());
        Some(finding.cited(Topic::StampedBy, self.scene))
    }

    /// Whether the entry was recorded, or changed, after its year's register went into the archive.
    fn after_archive(&self, stated: &Stated<Usage>) -> Option<Finding> {
        let told = |late: &Recorded| match late.entry.corrects {
            Some(_) => "changed",
            None => "recorded",
        };
        let own = self.late(&stated.value, stated.sources.iter());
        let own = own.map(|(late, archived)| (told(late), late, archived));
        // It stands: what was taken from it, or put over it, was taken back in turn.
        let change = || {
            let (late, archived) = self.late(&stated.value, self.uses.changes(stated))?;
            Some(("changed", late, archived))
        };
        let (what, late, archived) = own.or_else(change)?;
        Some(self.edited(&stated.value, (what, late), archived))
    }

    /// Findings about the uses that were taken out of the register of a year, or moved to another one, after it went into the archive.
    #[must_use]
    pub fn of_gone(&self) -> Vec<(&'a Usage, Finding)> {
        let found = self.uses.gone.iter().filter_map(|(usage, by)| {
            let (late, archived) =
                self.late(usage, by.iter().filter(|by| self.takes_out(usage, by)))?;
            let what = match late.entry.corrects {
                Some(_) => "moved to another year",
                None => "withdrawn",
            };
            let finding = self.edited(usage, (what, late), archived);
            Some((usage, self.told_of(finding, usage)))
        });
        found.collect()
    }

    /// Whether an entry takes a use out of its year's register. A correction leaves it there, under what it says now, and is told of there.
    fn takes_out(&self, usage: &Usage, by: &Recorded) -> bool {
        if by.entry.corrects.is_none() {
            return true;
        }
        let year = |usage: &Usage| usage.day().map(Date::year);
        Usage::of(&by.entry).is_ok_and(|now| year(&now) != year(usage))
    }

    /// The first of some entries about a use that was recorded after its year's register went into the archive, and that day.
    fn late<'b>(
        &self,
        usage: &Usage,
        mut entries: impl Iterator<Item = &'b Recorded>,
    ) -> Option<(&'b Recorded, Date)> {
        let archived = self.uses.archived_on(usage.day()?.year())?;
        // Instants are kept in UTC: a day of grace, so that no time zone makes a breach.
        let late = entries.find(|entry| {
            let day: Option<Date> = recorded_on(entry).and_then(|day| day.parse().ok());
            day.is_some_and(|day| (day - archived).get_days() > 1)
        })?;
        Some((late, archived))
    }

    /// That what was done to an entry was done after its register went into the archive.
    fn edited(&self, usage: &Usage, (what, late): (&str, &Recorded), archived: Date) -> Finding {
        let on = recorded_on(late).unwrap_or_default();
        let year = usage
            .day()
            .map_or_else(String::new, |day| day.year().to_string());
        let message = format!(
            "The {} was {what} on {on}, after the register of {year} went into the archive on {archived}.",
            usage.called(),
        );
        let scene = Scene {
            date: usage.day().or(self.scene.date),
            ..self.scene
        };
        Finding::warning(LATE, message)
            .value("entry", late.name.as_str())
            .value("done", what.replace(' ', "_"))
            .value("recorded_on", on)
            .value("archived_on", archived.to_string())
            .cited(Topic::RegisterArchive, scene)
    }

    fn numbered(&self, usage: &Usage) -> Option<Finding> {
        let count = self.uses.numbered_alike(usage);
        (count > 1).then(|| {
            let message = format!(
                "{count} entries of one year have the number of {} of seal {}.",
                usage.called(),
                self.id
            );
            let finding = Finding::remark("use.number_repeated", message).value("count", count);
            finding.cited(Topic::RegisterOfUse, self.scene)
        })
    }
}

/// The finding about an entry of which more documents were found, stamped apart, than it has copies.
#[must_use]
pub fn copies_exceeded(usage: &Usage, found: usize, scene: Scene<'_>) -> Finding {
    let copies = usage.copies.unwrap_or_default();
    let message = format!(
        "{found} documents that were stamped apart are of {}, which tells of {copies}.",
        usage.called()
    );
    let finding = Finding::violation("use.copies_exceeded", message)
        .value("copies", copies)
        .value("found", found);
    of_use(finding, usage).cited(Topic::RegisterOfUse, scene)
}

/// The finding with the entry of a register of use that it is about.
fn of_use(finding: Finding, usage: &Usage) -> Finding {
    let finding = finding
        .value("register", usage.book.name())
        .value("entry_no", usage.entry_no.as_str());
    match usage.steps.used {
        Some(used) => finding.value("used_at", used.to_string()),
        None => finding,
    }
}

/// The day of an entry's recording, as written.
fn recorded_on(recorded: &Recorded) -> Option<&str> {
    recorded.recorded_at.as_ref()?.get(..10)
}

/// Where the entry of the very file tells another number, symbol or date than the document does.
fn differs(usage: &Usage, sought: Sought<'_>, scene: Scene<'_>) -> Option<Finding> {
    let plain = |text: &str| text.split_whitespace().collect::<String>().to_uppercase();
    let text = |told: Option<&str>, read: Option<&str>| -> Option<(String, String)> {
        let (told, read) = (told?, read?);
        let same = plain(told).trim_start_matches('0') == plain(read).trim_start_matches('0');
        (!same).then(|| (told.to_owned(), read.to_owned()))
    };
    let dates = usage
        .dated
        .zip(sought.date)
        .filter(|(told, read)| told != read)
        .map(|(told, read)| (told.to_string(), read.to_string()));
    let parts = [
        (
            ("the number", "entry_number", "document_number"),
            text(usage.number.as_deref(), sought.number),
        ),
        (
            ("the symbol", "entry_symbol", "document_symbol"),
            text(usage.symbol.as_deref(), sought.symbol),
        ),
        (("the date", "entry_dated_on", "document_dated_on"), dates),
    ];
    let parts = parts.into_iter();
    let parts: Vec<_> = parts
        .filter_map(|(called, own)| Some((called, own?)))
        .collect();
    if parts.is_empty() {
        return None;
    }
    let said: Vec<String> = parts
        .iter()
        .map(|((name, ..), (told, read))| format!("{name} {told} where the document has {read}"))
        .collect();
    let message = format!("The {} tells {}.", usage.called(), said.join(", "));
    let finding = Finding::warning("use.entry_differs", message);
    let finding =
        parts
            .into_iter()
            .fold(finding, |finding, ((_, entry, document), (told, read))| {
                finding.value(entry, told).value(document, read)
            });
    Some(finding.cited(Topic::RegisterOfUse, scene))
}

#[cfg(test)]
mod tests;
