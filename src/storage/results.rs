//! Results of documents, and judging them again when the register changed.

use std::collections::BTreeSet;

use jiff::Timestamp;
use rayon::prelude::*;
use serde::Serialize;
use sqlx::AnyConnection;
use sqlx::Row;

use crate::registry::Register;
use crate::rules::RuleSet;
use crate::storage::Error;
use crate::storage::Store;
use crate::storage::database::placeholders;
use crate::storage::register::parsed;
use crate::storage::register::written;
use crate::verify::Report;
use crate::verify::rejudged::Change;
use crate::verify::rejudged::Judge;

/// Results that are read, judged and written in one go: some tens of megabytes.
const CHUNK: i64 = 2_000;

/// More seals than these in a query, and all results are read: judging those that nothing touched changes none.
const SEALS_MAX: usize = 10_000;

/// Judgements of one statement.
const ROWS_MAX: usize = 500;

/// A result's report as it stands, in a query of results.
pub(super) const LATEST: &str = "coalesce((select judgement.report from judgement \
                      where judgement.result = result.position \
                      order by judgement.position desc limit 1), report)";

/// A result to keep.
#[derive(Clone, Debug, PartialEq)]
pub struct NewResult {
    /// What the document came to.
    pub report: Report,
    /// The seal that it was said to bear.
    pub claim: Option<String>,
}

/// How many results were judged again.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Judged {
    /// All of them.
    pub results: usize,
    /// Those that come to something else now.
    pub changed: usize,
}

/// What a document was examined for: the same bytes, asked the same, have one result.
#[derive(Serialize)]
struct Asked<'a> {
    claim: Option<&'a str>,
    date: Option<String>,
    engine: &'a str,
    policy: &'a str,
}

/// The seals whose life changed since all results were judged.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Touched {
    /// These.
    Seals(BTreeSet<String>),
    /// Any: what changed is of bodies, uses or other registers.
    All,
}

impl Touched {
    /// Whether nothing changed.
    #[must_use]
    pub fn is_none(&self) -> bool {
        match self {
            Self::Seals(seals) => seals.is_empty(),
            Self::All => false,
        }
    }
}

impl Store {
    /// Keeps results, the same bytes asked the same once; says how many were new, or came to something else than before.
    ///
    /// # Errors
    /// If the database fails; then none of them is kept.
    pub async fn keep_results(&self, results: &[NewResult], at: Timestamp) -> Result<usize, Error> {
        let mut transaction = self.begin().await?;
        let mut kept = 0;
        for result in results {
            kept += usize::from(keep(&mut transaction, result, at).await?);
        }
        transaction.commit().await?;
        Ok(kept)
    }

    /// How many results are kept.
    ///
    /// # Errors
    /// If the database fails.
    pub async fn result_count(&self) -> Result<u64, Error> {
        let row = sqlx::query("select count(*) from result")
            .fetch_one(&self.pool)
            .await?;
        Ok(row.get::<i64, _>(0).unsigned_abs())
    }

    /// The kept reports as they stand, first kept first, in chunks: those that bear one of the seals, or all.
    ///
    /// # Errors
    /// If the database fails, or holds what this version does not understand.
    pub async fn each_report(
        &self,
        touched: &Touched,
        mut each: impl FnMut(&[(i64, Report)]),
    ) -> Result<(), Error> {
        let mut after = 0;
        while let Some(chunk) = self.next_reports(touched, &mut after).await? {
            each(&chunk);
        }
        Ok(())
    }

    /// What changed in the register since all results were judged.
    ///
    /// # Errors
    /// If the database fails.
    pub async fn touched(&self) -> Result<Touched, Error> {
        let mut connection = self.pool.acquire().await?;
        let since = "(select coalesce(max(revision), 0) from judged)";
        let entries = format!("select count(*) from entry where revision > {since}");
        let row = sqlx::query(sqlx::AssertSqlSafe(entries))
            .fetch_one(&mut *connection)
            .await?;
        if row.get::<i64, _>(0) > 0 {
            return Ok(Touched::All);
        }
        let seals = format!(
            "select seal from event where revision > {since} \
             union select seal from seal_version where revision > {since}"
        );
        let rows = sqlx::query(sqlx::AssertSqlSafe(seals))
            .fetch_all(&mut *connection)
            .await?;
        Ok(Touched::Seals(rows.iter().map(|row| row.get(0)).collect()))
    }

    /// Judges the results that bear these seals under the register as it is, and tells of each that changed. It may be broken
    /// off at any moment: what was not judged then is touched still.
    ///
    /// # Errors
    /// If the database fails, or holds what this version does not understand.
    pub async fn judge_again(
        &self,
        (touched, register, rules): (&Touched, &Register, &RuleSet),
        at: Timestamp,
        mut on_change: impl FnMut(&Change),
    ) -> Result<Judged, Error> {
        let judged_by = Judge::new(register, rules);
        let (mut after, mut counts) = (0, Judged::default());
        while let Some(chunk) = self.next_reports(touched, &mut after).await? {
            let judged: Vec<(i64, String, Change)> = chunk
                .par_iter()
                .filter_map(|(result, report)| {
                    let (judged, change) = judged_by.again(report)?;
                    Some((*result, written(&judged), change))
                })
                .collect();
            let mut transaction = self.begin().await?;
            let rows: Vec<(i64, &str)> = judged
                .iter()
                .map(|(result, report, _)| (*result, report.as_str()))
                .collect();
            judge(&mut transaction, &rows, at).await?;
            transaction.commit().await?;
            counts.results += chunk.len();
            counts.changed += judged.len();
            judged.iter().for_each(|(_, _, change)| on_change(change));
        }
        let revision = i64::try_from(register.revision).unwrap_or(i64::MAX);
        sqlx::query(
            "insert into judged (revision, recorded_at) values ($1, $2) on conflict do nothing",
        )
        .bind(revision)
        .bind(at.to_string())
        .execute(&self.pool)
        .await?;
        Ok(counts)
    }

    /// The next reports behind a position, as they stand, and moves it on; `None` behind the last.
    async fn next_reports(
        &self,
        touched: &Touched,
        after: &mut i64,
    ) -> Result<Option<Vec<(i64, Report)>>, Error> {
        let seals: Vec<&String> = match touched {
            Touched::Seals(seals) if seals.len() <= SEALS_MAX => seals.iter().collect(),
            Touched::Seals(_) | Touched::All => Vec::new(),
        };
        let which = match seals.len() {
            0 => String::new(),
            count => format!(
                "and position in (select result from result_seal where seal in {})",
                placeholders(3, count)
            ),
        };
        let query = format!(
            "select position, {LATEST} from result where position > $1 {which} \
             order by position limit $2"
        );
        let mut query = sqlx::query(sqlx::AssertSqlSafe(query))
            .bind(*after)
            .bind(CHUNK);
        for seal in seals {
            query = query.bind(seal);
        }
        let rows = query.fetch_all(&self.pool).await?;
        let texts: Vec<(i64, String)> = rows.iter().map(|row| (row.get(0), row.get(1))).collect();
        let Some((last, _)) = texts.last() else {
            return Ok(None);
        };
        *after = *last;
        let read = |(position, text): &(i64, String)| Ok((*position, parsed(text, "a result")?));
        let reports: Result<_, Error> = texts.par_iter().map(read).collect();
        reports.map(Some)
    }
}

/// What a document was examined for, as text.
pub(super) fn asked(result: &NewResult) -> String {
    let report = &result.report;
    written(&Asked {
        claim: result.claim.as_deref(),
        date: report.document.date.claimed.map(|date| date.to_string()),
        engine: &report.engine,
        policy: &report.policy,
    })
}

/// Keeps one result; `false` if it is kept already. What is kept of the same document, asked the same, stays; where it comes
/// to something else now, that is the latest judgement.
pub(super) async fn keep(
    connection: &mut AnyConnection,
    result: &NewResult,
    at: Timestamp,
) -> Result<bool, Error> {
    let report = &result.report;
    let asked = asked(result);
    let document = report.document.sha256.as_ref();
    let document = document.unwrap_or(&report.document.path);
    let known = format!("select position, {LATEST} from result where document = $1 and asked = $2");
    let known = sqlx::query(sqlx::AssertSqlSafe(known))
        .bind(document)
        .bind(&asked)
        .fetch_optional(&mut *connection)
        .await?;
    let position: i64 = match known {
        Some(row) => {
            let before: Report = parsed(row.get(1), document)?;
            let position = row.get(0);
            let same = Report {
                register: before.register,
                ..report.clone()
            };
            if same == before {
                return Ok(false);
            }
            let judged = written(report);
            judge(&mut *connection, &[(position, judged.as_str())], at).await?;
            position
        }
        None => {
            let inserted = sqlx::query(
                "insert into result (document, asked, report, recorded_at) values ($1, $2, $3, $4) \
                 returning position",
            )
            .bind(document)
            .bind(&asked)
            .bind(written(report))
            .bind(at.to_string())
            .fetch_one(&mut *connection)
            .await?;
            inserted.get(0)
        }
    };
    let seals: BTreeSet<&String> = report
        .impressions
        .iter()
        .filter_map(|impression| impression.seal.as_ref())
        .collect();
    for seal in seals {
        sqlx::query(
            "insert into result_seal (seal, result) values ($1, $2) on conflict do nothing",
        )
        .bind(seal)
        .bind(position)
        .execute(&mut *connection)
        .await?;
    }
    Ok(true)
}

/// Adds judgements, many in one statement.
async fn judge(
    connection: &mut AnyConnection,
    rows: &[(i64, &str)],
    at: Timestamp,
) -> Result<(), Error> {
    let at = at.to_string();
    for rows in rows.chunks(ROWS_MAX) {
        let values: Vec<String> = (0..rows.len())
            .map(|row| format!("(${}, ${}, $1)", 2 * row + 2, 2 * row + 3))
            .collect();
        let insert = format!(
            "insert into judgement (result, report, recorded_at) values {}",
            values.join(", ")
        );
        let mut insert = sqlx::query(sqlx::AssertSqlSafe(insert)).bind(&at);
        for (result, report) in rows {
            insert = insert.bind(result).bind(*report);
        }
        insert.execute(&mut *connection).await?;
    }
    Ok(())
}
