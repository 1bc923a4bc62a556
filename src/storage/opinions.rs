//! What inspectors thought of impressions before they saw what the program says, and the cases by which that is checked.

use serde::{Deserialize, Serialize};
use serde_json::json;
use sqlx::Row;
use sqlx::any::AnyRow;

use crate::audit::Act;
use crate::audit::Deed;
use crate::storage::Error;
use crate::storage::Store;
use crate::storage::audit;
use crate::storage::documents::StoredDocument;
use crate::storage::proposals::proposer;

/// Opinions of one person that are read.
const OPINIONS_MAX: i64 = 5_000;

/// The truth of the control case that a document is, in a query of opinions.
const TRUTH: &str = "(select truth from control_case where control_case.document = opinion.document \
                     order by control_case.number desc limit 1)";

/// What somebody thinks of an impression.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum Saying {
    /// The registered die made it.
    Same,
    /// Another die made it.
    Different,
    /// It cannot be told.
    Unsure,
}

impl Saying {
    /// All of them.
    pub const ALL: [Self; 3] = [Self::Same, Self::Different, Self::Unsure];

    /// Its name, as in JSON.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Same => "same",
            Self::Different => "different",
            Self::Unsure => "unsure",
        }
    }

    fn named(name: &str) -> Option<Self> {
        let mut all = Self::ALL.into_iter();
        all.find(|own| own.name() == name)
    }
}

/// An opinion, as it was given.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, utoipa::ToSchema)]
pub struct Opinion {
    /// The document's name in the store.
    pub document: String,
    /// The impression, counted from 0 as in the report.
    pub impression: usize,
    /// What was said.
    pub said: Saying,
    /// What the program had concluded.
    pub program: String,
    /// Who said it.
    pub by: String,
    /// When, UTC.
    pub at: String,
    /// What is known of the document, where it is a control case.
    pub truth: Option<Saying>,
}

impl Store {
    /// Keeps what the person in whose name the act is thinks of an impression; a later opinion of the same person does not
    /// count, and is not kept.
    ///
    /// # Errors
    /// If nobody is named, or the database fails; then nothing is kept.
    pub async fn give_opinion(
        &self,
        document: &StoredDocument,
        (impression, said, program): (usize, Saying, &str),
        act: &Act,
    ) -> Result<(), Error> {
        let by = proposer(act)?;
        let impression = i64::try_from(impression).unwrap_or(i64::MAX);
        let mut transaction = self.begin().await?;
        let given = sqlx::query(
            "insert into opinion (document, impression, said, program, given_by, given_at) \
             select $1, $2, $3, $4, $5, $6 where not exists (select 1 from opinion \
             where document = $1 and impression = $2 and given_by = $5)",
        )
        .bind(&document.id)
        .bind(impression)
        .bind(said.name())
        .bind(program)
        .bind(by.as_str())
        .bind(act.at.to_string())
        .execute(&mut *transaction)
        .await?;
        if given.rows_affected() > 0 {
            let detail = json!({"impression": impression, "said": said.name()});
            let entry = act.entry(Deed::OpinionGiven, &document.id, detail);
            audit::append(&mut transaction, &entry).await?;
        }
        transaction.commit().await?;
        Ok(())
    }

    /// What a person thought of a document's impressions.
    ///
    /// # Errors
    /// If the database fails.
    pub async fn opinions_on(
        &self,
        document: &StoredDocument,
        login: &str,
    ) -> Result<Vec<Opinion>, Error> {
        self.opinions("document = $2 and given_by = $1", (login, &document.id))
            .await
    }

    /// What a person thought of impressions, the latest first.
    ///
    /// # Errors
    /// If the database fails.
    pub async fn opinions_by(&self, login: &str) -> Result<Vec<Opinion>, Error> {
        self.opinions("given_by = $1 and $2 = ''", (login, ""))
            .await
    }

    async fn opinions(
        &self,
        which: &str,
        (login, document): (&str, &str),
    ) -> Result<Vec<Opinion>, Error> {
        let query = format!(
            "select document, impression, said, program, given_by, given_at, {TRUTH} from opinion \
             where {which} order by number desc limit $3"
        );
        let rows = sqlx::query(sqlx::AssertSqlSafe(query))
            .bind(login)
            .bind(document)
            .bind(OPINIONS_MAX)
            .fetch_all(&self.pool)
            .await?;
        Ok(rows.iter().filter_map(opinion).collect())
    }

    /// Says that a document is a control case and what is known of it, or that it is none any more.
    ///
    /// # Errors
    /// If nobody is named, or the database fails; then nothing is kept.
    pub async fn set_control(
        &self,
        document: &StoredDocument,
        truth: Option<Saying>,
        act: &Act,
    ) -> Result<(), Error> {
        let by = proposer(act)?;
        let mut transaction = self.begin().await?;
        sqlx::query(
            "insert into control_case (document, truth, set_by, set_at) values ($1, $2, $3, $4)",
        )
        .bind(&document.id)
        .bind(truth.map(Saying::name))
        .bind(by.as_str())
        .bind(act.at.to_string())
        .execute(&mut *transaction)
        .await?;
        // Not what it is: whoever reads the log may be among those who are checked by it.
        let detail = json!({"control": truth.is_some()});
        let entry = act.entry(Deed::ControlSet, &document.id, detail);
        audit::append(&mut transaction, &entry).await?;
        transaction.commit().await?;
        Ok(())
    }

    /// What a person says is known of a document, where it is a control case by them: nobody else is told that it is one.
    ///
    /// # Errors
    /// If the database fails.
    pub async fn control(
        &self,
        document: &StoredDocument,
        login: &str,
    ) -> Result<Option<Saying>, Error> {
        let row = sqlx::query(
            "select truth, set_by from control_case where document = $1 order by number desc limit 1",
        )
        .bind(&document.id)
        .fetch_optional(&self.pool)
        .await?;
        let own = row.filter(|row| row.get::<String, _>(1) == login);
        let name: Option<String> = own.and_then(|row| row.get(0));
        Ok(name.as_deref().and_then(Saying::named))
    }
}

fn opinion(row: &AnyRow) -> Option<Opinion> {
    let said: String = row.get(2);
    let truth: Option<String> = row.get(6);
    Some(Opinion {
        document: row.get(0),
        impression: usize::try_from(row.get::<i64, _>(1)).ok()?,
        said: Saying::named(&said)?,
        program: row.get(3),
        by: row.get(4),
        at: row.get(5),
        truth: truth.as_deref().and_then(Saying::named),
    })
}
