//! Results of documents.

use std::collections::BTreeMap;
use std::collections::BTreeSet;

use jiff::Timestamp;
use serde::Serialize;
use sqlx::AnyConnection;
use sqlx::Row;
use sqlx::any::AnyRow;

use crate::links::KeptDie;
use crate::storage::Error;
use crate::storage::Store;
use crate::storage::database::placeholders;
use crate::storage::dies;
use crate::storage::documents::name;
use crate::storage::judging::Standing;
use crate::storage::judging::Touched;
use crate::storage::keys;
use crate::storage::register::parsed;
use crate::storage::register::written;
use crate::verify::Outcome;
use crate::verify::Report;
use crate::verify::crops::Crops;
use crate::verify::key::ImpressionKey;
use crate::verify::rejudged::Judgement;

/// Judgements of one statement. Chosen: SQLite looks each parameter up among all of a statement's.
const ROWS_MAX: usize = 50;

/// What [`Latest`] is read from, in a query of results: the latest whole report, and what its latest judgement
/// says over that, where the lives of its seals alone were asked.
pub(super) const LATEST: &str = "coalesce((select judgement.report from judgement \
                      where judgement.result = result.position and is_whole = 1 \
                      order by judgement.position desc limit 1), report), \
                      (select case is_whole when 0 then judgement.report end from judgement \
                      where judgement.result = result.position \
                      order by judgement.position desc limit 1)";

/// The columns of [`LATEST`].
#[derive(Clone, Debug)]
pub(super) struct Latest {
    whole: String,
    over: Option<String>,
}

impl Latest {
    /// From a row, whose columns of [`LATEST`] begin with this one.
    pub(super) fn of(row: &AnyRow, column: usize) -> Self {
        Self {
            whole: row.get(column),
            over: row.get(column + 1),
        }
    }

    /// The report as it stands.
    pub(super) fn report(&self, key: &str) -> Result<Report, Error> {
        let whole: Report = parsed(&self.whole, key)?;
        Ok(match &self.over {
            Some(over) => parsed::<Judgement>(over, key)?.over(whole),
            None => whole,
        })
    }
}

/// What a judgement is kept as.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Form {
    /// A report.
    Whole,
    /// A [`Judgement`] over the latest whole report before it: a fraction of its size.
    Over,
}

/// A result to keep.
#[derive(Clone, Debug, PartialEq)]
pub struct NewResult {
    /// What the document came to.
    pub report: Report,
    /// The seal that it was said to bear.
    pub claim: Option<String>,
    /// What it is compared anew from without its scan, where that is kept.
    pub crops: Option<Crops>,
    /// What copies of its impressions are found by.
    pub keys: Vec<ImpressionKey>,
    /// What others of its dies that no register holds are found by.
    pub dies: Vec<KeptDie>,
}

/// What a document was examined for: the same bytes, asked the same, have one result.
#[derive(Serialize)]
struct Asked<'a> {
    claim: Option<&'a str>,
    date: Option<String>,
    engine: &'a str,
    policy: &'a str,
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
        mut each: impl FnMut(&[Standing]),
    ) -> Result<(), Error> {
        let mut after = 0;
        while let Some(chunk) = self.next_reports(touched, &mut after).await? {
            each(&chunk);
        }
        Ok(())
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
    keep_as(connection, (result, &asked(result)), at).await
}

/// The same, examined for what is said.
pub(super) async fn keep_as(
    connection: &mut AnyConnection,
    (result, asked): (&NewResult, &str),
    at: Timestamp,
) -> Result<bool, Error> {
    let report = &result.report;
    let document = report.document.sha256.as_ref();
    let document = document.unwrap_or(&report.document.path);
    let known = format!("select position, {LATEST} from result where document = $1 and asked = $2");
    let known = sqlx::query(sqlx::AssertSqlSafe(known))
        .bind(document)
        .bind(asked)
        .fetch_optional(&mut *connection)
        .await?;
    let position: i64 = match known {
        Some(row) => {
            let before = Latest::of(&row, 1).report(document)?;
            let position = row.get(0);
            let same = Report {
                register: before.register,
                ..report.clone()
            };
            put_crops(connection, position, result).await?;
            keys::put(connection, position, &result.keys).await?;
            dies::put(connection, position, &result.dies).await?;
            if same == before {
                return Ok(false);
            }
            let judged = written(report);
            let row = (position, judged.as_str(), Some(report.outcome));
            judge(&mut *connection, Form::Whole, &[row], at).await?;
            put_behind(connection, position, report).await?;
            position
        }
        None => {
            let inserted = sqlx::query(
                "insert into result (document, asked, report, recorded_at) values ($1, $2, $3, $4) \
                 returning position",
            )
            .bind(document)
            .bind(asked)
            .bind(written(report))
            .bind(at.to_string())
            .fetch_one(&mut *connection)
            .await?;
            let position = inserted.get(0);
            put_crops(connection, position, result).await?;
            keys::put(connection, position, &result.keys).await?;
            dies::put(connection, position, &result.dies).await?;
            put_behind(connection, position, report).await?;
            position
        }
    };
    put_seals(connection, position, report).await?;
    Ok(true)
}

/// Keeps what a result is compared anew from, in place of what was kept of it before.
async fn put_crops(
    connection: &mut AnyConnection,
    position: i64,
    result: &NewResult,
) -> Result<(), Error> {
    let Some(crops) = &result.crops else {
        if result.report.outcome == Outcome::Stopped {
            sqlx::query("delete from crops where result = $1")
                .bind(position)
                .execute(connection)
                .await?;
        }
        return Ok(());
    };
    sqlx::query(
        "insert into crops (result, content, has_strips) values ($1, $2, $3) \
         on conflict (result) do update set content = excluded.content, has_strips = excluded.has_strips",
    )
    .bind(position)
    .bind(crops.to_bytes())
    .bind(i64::from(crops.has_strips()))
    .execute(connection)
    .await?;
    Ok(())
}

/// Notes a result of an older register than the latest: others of its revision may have been judged again already.
async fn put_behind(
    connection: &mut AnyConnection,
    position: i64,
    report: &Report,
) -> Result<(), Error> {
    let revision = i64::try_from(report.register.revision).unwrap_or(i64::MAX);
    sqlx::query(
        "insert into behind (result) \
         select cast($1 as bigint) where (select coalesce(max(number), 0) from revision) > $2 \
         on conflict do nothing",
    )
    .bind(position)
    .bind(revision)
    .execute(connection)
    .await?;
    Ok(())
}

/// Notes the seals that a result bears.
pub(super) async fn put_seals(
    connection: &mut AnyConnection,
    position: i64,
    report: &Report,
) -> Result<(), Error> {
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
    Ok(())
}

/// Adds judgements, many in one statement; where they come to another outcome, the documents that were handed in do too.
pub(super) async fn judge(
    connection: &mut AnyConnection,
    form: Form,
    rows: &[(i64, &str, Option<Outcome>)],
    at: Timestamp,
) -> Result<(), Error> {
    let at = at.to_string();
    let is_whole = i64::from(form == Form::Whole);
    for rows in rows.chunks(ROWS_MAX) {
        let values: Vec<String> = (0..rows.len())
            .map(|row| format!("(${}, ${}, {is_whole}, $1)", 2 * row + 2, 2 * row + 3))
            .collect();
        let insert = format!(
            "insert into judgement (result, report, is_whole, recorded_at) values {}",
            values.join(", ")
        );
        let mut insert = sqlx::query(sqlx::AssertSqlSafe(insert)).bind(&at);
        for (result, report, _) in rows {
            insert = insert.bind(result).bind(*report);
        }
        insert.execute(&mut *connection).await?;
        let mut results: BTreeMap<Outcome, Vec<i64>> = BTreeMap::new();
        for (result, _, outcome) in rows {
            if let Some(outcome) = outcome {
                results.entry(*outcome).or_default().push(*result);
            }
        }
        for (outcome, results) in results {
            come_to(&mut *connection, outcome, &results).await?;
        }
    }
    Ok(())
}

/// Notes what documents come to by these results, where they are the latest on them.
async fn come_to(
    connection: &mut AnyConnection,
    outcome: Outcome,
    results: &[i64],
) -> Result<(), Error> {
    let update = format!(
        "update document set outcome = $1 where (sha256, asked) in \
         (select document, asked from result where position in {})",
        placeholders(2, results.len())
    );
    let mut update = sqlx::query(sqlx::AssertSqlSafe(update)).bind(name(outcome));
    for result in results {
        update = update.bind(result);
    }
    update.execute(connection).await?;
    Ok(())
}
