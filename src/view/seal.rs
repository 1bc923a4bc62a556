//! Everything that the register tells of one seal on a day, for programs.

use jiff::civil::Date;
use serde::Serialize;
use utoipa::ToSchema;

use crate::registry::Event;
use crate::registry::EventKind;
use crate::registry::Life;
use crate::registry::Particulars;
use crate::registry::Status;
use crate::registry::certificate;
use crate::registry::custody::Custody;
use crate::registry::status::State;
use crate::rules::RuleSet;
use crate::storage::StoredSeal;
use crate::storage::StoredSpecimen;
use crate::view::Doubt;
use crate::view::View;

/// A seal with its state on a day and what made it so.
#[derive(Clone, Debug, Serialize, ToSchema)]
#[schema(as = SealAccount)]
pub struct Account {
    /// The seal's identifier.
    pub id: String,
    /// Counted from one; every change of the particulars is a new version.
    pub version: u32,
    /// What is stated about it.
    #[schema(value_type = Object)]
    pub particulars: Particulars,
    /// Its specimens, first registered first.
    pub specimens: Vec<SpecimenDays>,
    /// Its events, in the order of days.
    #[schema(value_type = Vec<Object>)]
    pub events: Vec<Event>,
    /// The day that all below is about.
    #[schema(value_type = String, format = Date)]
    pub on: Date,
    /// Its state as reports give it.
    #[schema(value_type = String)]
    pub status: Status,
    /// Its state more finely.
    #[schema(value_type = String)]
    pub state: State,
    /// Since when.
    #[schema(value_type = Option<String>, format = Date)]
    pub since: Option<Date>,
    /// What made it so, the deciding entry first.
    pub because: Vec<Cause>,
    /// The body that owns it, where the register tells it.
    pub owner: Option<Owner>,
    /// Who keeps it.
    pub custodians: Vec<Keeper>,
    /// Its certificates.
    pub certificates: Vec<CertificateDay>,
    /// Numbers of the permits under which it is out.
    pub open_permits: Vec<String>,
    /// What does not fit in its records, its body's among them.
    #[schema(value_type = Vec<Object>)]
    pub inconsistencies: Vec<Doubt>,
}

/// A specimen, but for its picture.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct SpecimenDays {
    /// SHA-256 of its file.
    pub sha256: String,
    /// The resolution as stated.
    pub specimen_dpi: Option<f64>,
    /// The first day on which it is the registered specimen.
    #[schema(value_type = Option<String>, format = Date)]
    pub from: Option<Date>,
    /// The last one.
    #[schema(value_type = Option<String>, format = Date)]
    pub to: Option<Date>,
}

/// An entry that makes something the case with a seal.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct Cause {
    /// What is the case.
    #[schema(value_type = String)]
    pub state: State,
    /// Its first day.
    #[schema(value_type = String, format = Date)]
    pub from: Date,
    /// The day on which it was over; null where it is not.
    #[schema(value_type = Option<String>, format = Date)]
    pub to: Option<Date>,
    /// The entry that tells so.
    pub entry: String,
    /// When that was recorded, UTC.
    pub recorded_at: Option<String>,
    /// The decision or notice that it rests on.
    pub instrument: Option<String>,
}

/// Who owns a seal.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct Owner {
    /// The body.
    pub body: String,
    /// What it is called on the day.
    pub name: String,
    /// Who heads it then.
    pub head: Option<String>,
}

/// Who keeps a seal.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct Keeper {
    /// Their name.
    pub custodian: String,
    /// Their first day.
    #[schema(value_type = String, format = Date)]
    pub from: Date,
    /// Their last day.
    #[schema(value_type = Option<String>, format = Date)]
    pub to: Option<Date>,
    /// Where the seal is kept.
    pub place: Option<String>,
}

/// A certificate on a day.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct CertificateDay {
    /// Its number.
    pub certificate: String,
    /// Its state.
    pub state: &'static str,
}

/// A seal in a list.
#[derive(Clone, Debug, Serialize, ToSchema)]
#[schema(as = SealLine)]
pub struct Line {
    /// The seal's identifier.
    pub id: String,
    /// The organisation on it.
    pub organisation: String,
    /// The body that owns it, where the register tells it.
    pub body: Option<String>,
    /// The day of its registration.
    #[schema(value_type = Option<String>, format = Date)]
    pub registered_on: Option<Date>,
    /// How many specimens it has.
    pub specimens: usize,
    /// The day of the state.
    #[schema(value_type = String, format = Date)]
    pub on: Date,
    /// Its state as reports give it.
    #[schema(value_type = String)]
    pub status: Status,
    /// Its state more finely.
    #[schema(value_type = String)]
    pub state: State,
    /// Since when.
    #[schema(value_type = Option<String>, format = Date)]
    pub since: Option<Date>,
}

/// The days between which a specimen is the seal's: as stated, else from its registration until it was replaced.
#[must_use]
pub fn days(specimen: &StoredSpecimen, seal: &StoredSeal) -> (Option<Date>, Option<Date>) {
    let (from, to) = specimen.days;
    let mut events = seal.events.iter();
    let replaced = events.find(|event| event.kind == EventKind::ReplacedBy);
    let last = replaced.and_then(|event| event.on.yesterday().ok());
    (from.or(seal.particulars.registered_on), to.or(last))
}

impl View<'_> {
    /// A seal in a list.
    #[must_use]
    pub fn seal_line(&self, seal: &StoredSeal) -> Line {
        let life = seal.life(self.records);
        let account = life.on(Some(self.on));
        Line {
            id: seal.id.clone(),
            organisation: seal.particulars.organisation.clone(),
            body: life.owner.as_ref().map(|owner| owner.id.clone()),
            registered_on: life.registered_on,
            specimens: seal.specimens.len(),
            on: self.on,
            status: account.status,
            state: account.state,
            since: account.since,
        }
    }

    /// Everything about a seal.
    #[must_use]
    pub fn seal_account(&self, seal: &StoredSeal, rules: &RuleSet) -> Account {
        let life = seal.life(self.records);
        let account = life.on(Some(self.on));
        let causes = account.because.iter().map(|period| Cause {
            state: period.state,
            from: period.from,
            to: period.to,
            entry: period.cause.name.clone(),
            recorded_at: period.cause.recorded_at.clone(),
            instrument: period.cause.entry.instrument.clone(),
        });
        let certificates = certificate::on(&certificate::events(self.records, &seal.id), self.on);
        let certificates = certificates.into_iter();
        let permits = self.open_permits(&seal.id).into_iter();
        Account {
            id: seal.id.clone(),
            version: seal.version,
            particulars: seal.particulars.clone(),
            specimens: specimens(seal),
            events: seal.events.clone(),
            on: self.on,
            status: account.status,
            state: account.state,
            since: account.since,
            because: causes.collect(),
            owner: self.owner(&life),
            custodians: self.keepers(&seal.id),
            certificates: certificates
                .map(|(certificate, state)| CertificateDay {
                    certificate,
                    state: state.name(),
                })
                .collect(),
            open_permits: permits.map(|stated| stated.value.number).collect(),
            inconsistencies: self.doubts(seal, rules),
        }
    }

    fn owner(&self, life: &Life) -> Option<Owner> {
        life.owner.as_ref().map(|body| Owner {
            body: body.id.clone(),
            name: body.called_on(self.on).to_owned(),
            head: body.head_on(self.on).map(|head| head.value.name.clone()),
        })
    }

    fn keepers(&self, id: &str) -> Vec<Keeper> {
        let custodians = self.custodians(id).into_iter();
        let keeper = |custody: Custody| Keeper {
            custodian: custody.custodian,
            from: custody.from,
            to: custody.to,
            place: custody.place,
        };
        custodians.map(|stated| keeper(stated.value)).collect()
    }
}

fn specimens(seal: &StoredSeal) -> Vec<SpecimenDays> {
    let told = |specimen: &StoredSpecimen| {
        let (from, to) = days(specimen, seal);
        SpecimenDays {
            sha256: specimen.sha256.clone(),
            specimen_dpi: specimen.stated_dpi,
            from,
            to,
        }
    };
    seal.specimens.iter().map(told).collect()
}
