//! Everything that the register tells of one body on a day, for programs.

use jiff::civil::Date;
use serde::Serialize;
use utoipa::ToSchema;

use crate::registry::body;
use crate::registry::body::Body;
use crate::rules::RuleSet;
use crate::view::Doubt;
use crate::view::View;
use crate::view::seal;

/// A body in a list.
#[derive(Clone, Debug, Serialize, ToSchema)]
#[schema(as = BodyLine)]
pub struct Line {
    /// Its identifier.
    pub id: String,
    /// The day that all below is about.
    #[schema(value_type = String, format = Date)]
    pub on: Date,
    /// What it is called.
    pub name: String,
    /// Its level, such as commune or province.
    pub level: String,
    /// Country or region whose rules apply.
    pub jurisdiction: Option<String>,
    /// Who heads it.
    pub head: Option<String>,
    /// Whom it belongs to.
    pub relations: Vec<Related>,
    /// What ended it by that day.
    pub end: Option<End>,
}

/// How a body belongs to another.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct Related {
    /// How: parent, `established_by` or `licensed_by`.
    pub relation: &'static str,
    /// The other body.
    pub body: String,
}

/// The end of a body.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct End {
    /// What happened.
    pub event: &'static str,
    /// On which day.
    #[schema(value_type = String, format = Date)]
    pub on: Date,
    /// The body that came after.
    pub successor: Option<String>,
}

/// A body with its seals and what does not fit in its records.
#[derive(Clone, Debug, Serialize, ToSchema)]
#[schema(as = BodyAccount)]
pub struct Account {
    /// The body.
    #[serde(flatten)]
    pub body: Line,
    /// The seals that it owns.
    pub seals: Vec<seal::Line>,
    /// What does not fit in its records.
    #[schema(value_type = Vec<Object>)]
    pub inconsistencies: Vec<Doubt>,
}

impl View<'_> {
    /// The identifiers of all bodies, in order.
    #[must_use]
    pub fn body_ids(&self) -> Vec<&str> {
        self.records.keys(body::KIND.name).collect()
    }

    /// A body in a list.
    #[must_use]
    pub fn body_line(&self, body: &Body) -> Line {
        let relations = body.relations_on(self.on).map(|stated| Related {
            relation: stated.value.kind.name(),
            body: stated.value.other.clone(),
        });
        let end = body.end().filter(|end| end.value.on <= self.on);
        Line {
            id: body.id.clone(),
            on: self.on,
            name: body.called_on(self.on).to_owned(),
            level: body.basics.value.level.clone(),
            jurisdiction: body.basics.value.jurisdiction.clone(),
            head: body.head_on(self.on).map(|head| head.value.name.clone()),
            relations: relations.collect(),
            end: end.map(|end| End {
                event: end.value.kind.name(),
                on: end.value.on,
                successor: end.value.successor.clone(),
            }),
        }
    }

    /// Everything about a body.
    #[must_use]
    pub fn body_account(&self, body: &Body, rules: &RuleSet) -> Account {
        let seals = self.seals.iter().map(|seal| self.seal_line(seal));
        Account {
            body: self.body_line(body),
            seals: seals
                .filter(|line| line.body.as_ref() == Some(&body.id))
                .collect(),
            inconsistencies: self.doubts_of_body(body, rules),
        }
    }
}
