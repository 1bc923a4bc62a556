//! Kept results judged again: by the lives of their seals, or by comparing their ink anew.

use std::borrow::Borrow;
use std::collections::BTreeSet;

use jiff::Timestamp;
use rayon::prelude::*;
use sqlx::Row;

use crate::registry::Lives;
use crate::registry::Register;
use crate::registry::Roll;
use crate::registry::correction;
use crate::registry::kind::KINDS;
use crate::registry::watch;
use crate::rules::RuleSet;
use crate::storage::Error;
use crate::storage::Store;
use crate::storage::database::placeholders;
use crate::storage::dies;
use crate::storage::judging::compared::Anew;
use crate::storage::judging::compared::Compared;
use crate::storage::keys;
use crate::storage::register::written;
use crate::storage::results::Form;
use crate::storage::results::LATEST;
use crate::storage::results::Latest;
use crate::storage::results::judge;
use crate::storage::results::put_seals;
use crate::verdict::Policy;
use crate::verify::Outcome;
use crate::verify::Report;
use crate::verify::crops::Crops;
use crate::verify::rejudged::Change;
use crate::verify::rejudged::Judge;
use crate::verify::reweighed::Weighed;
use crate::verify::reweighed::Weigher;

mod compared;

/// Results that are read, judged and written in one go: some tens of megabytes.
const CHUNK: i64 = 2_000;

/// Results whose crops are held at once.
const CROPS_TOGETHER: usize = 32;

/// More seals or results than these in a query, and all results are read.
const NAMED_MAX: usize = 10_000;

/// The column of a row about a seal, by which the results that it touches are found.
const SEAL: &str = "seal";

/// The results that something touches.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Touched {
    /// Those that bear one of these seals.
    Seals(BTreeSet<String>),
    /// Those of these numbers.
    Results(BTreeSet<i64>),
    /// All.
    All,
}

impl Touched {
    /// Whether nothing changed.
    #[must_use]
    pub fn is_none(&self) -> bool {
        match self {
            Self::Seals(seals) => seals.is_empty(),
            Self::Results(results) => results.is_empty(),
            Self::All => false,
        }
    }
}

/// What changed in the register since all results were judged.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct News {
    /// The latest revision.
    pub revision: u64,
    /// Those that bear seals whose life changed, or use; all, where that is of bodies or other registers.
    pub lives: Touched,
    /// Seals with new specimens.
    pub specimens: BTreeSet<String>,
    /// Whether the list of counterfeit dies changed.
    pub is_watch_list: bool,
    /// Results that were kept under an older revision than the latest then was.
    pub behind: BTreeSet<i64>,
}

impl News {
    /// Whether no result is touched.
    #[must_use]
    pub fn is_none(&self) -> bool {
        self.lives.is_none() && !self.asks_ink()
    }

    /// Whether impressions are to be compared anew.
    #[must_use]
    pub fn asks_ink(&self) -> bool {
        !self.specimens.is_empty() || self.is_watch_list || !self.behind.is_empty()
    }
}

/// How many results were judged again.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Judged {
    /// All of them.
    pub results: usize,
    /// Those that come to something else now.
    pub changed: usize,
    /// Those that ask for their scan: no crops of theirs are kept, or those of another version.
    pub without_crops: usize,
}

/// A result as it stands.
#[derive(Clone, Debug, PartialEq)]
pub struct Standing {
    /// Its number.
    pub result: i64,
    /// The report.
    pub report: Report,
    /// Whether its pages' edges bear what may be parts of seals; `None` where no crops are kept.
    pub has_strips: Option<bool>,
}

impl Store {
    /// What changed in the register since all results were judged.
    ///
    /// # Errors
    /// If the database fails.
    pub async fn news(&self) -> Result<News, Error> {
        let revision = self.revision().await?;
        let mut connection = self.pool.acquire().await?;
        let since = "(select coalesce(max(revision), 0) from judged)";
        let entries = format!("select kind, key, corrects from entry where revision > {since}");
        let rows = sqlx::query(sqlx::AssertSqlSafe(entries))
            .fetch_all(&mut *connection)
            .await?;
        let seals = format!(
            "select seal from event where revision > {since} \
             union select seal from seal_version where revision > {since}"
        );
        let mut lives = Touched::Seals(self.names(&seals).await?);
        let mut is_watch_list = false;
        for row in rows {
            let (kind, key): (String, String) = (row.get(0), row.get(1));
            let is_correction = row.get::<Option<String>, _>(2).is_some();
            is_watch_list |= kind == watch::KIND.name || kind == correction::WITHDRAWAL.name;
            let is_of_seal = KINDS.iter().any(|own| own.name == kind && own.key == SEAL);
            match &mut lives {
                _ if kind == watch::KIND.name => {}
                Touched::Seals(seals) if is_of_seal && !is_correction => {
                    seals.insert(key);
                }
                // What is corrected may have been about another.
                Touched::Seals(_) | Touched::Results(_) | Touched::All => lives = Touched::All,
            }
        }
        let specimens = format!("select distinct seal from specimen where revision > {since}");
        let behind = sqlx::query("select result from behind")
            .fetch_all(&mut *connection)
            .await?;
        Ok(News {
            revision,
            lives,
            specimens: self.names(&specimens).await?,
            is_watch_list,
            behind: behind.iter().map(|row| row.get(0)).collect(),
        })
    }

    async fn names(&self, query: &str) -> Result<BTreeSet<String>, Error> {
        let rows = sqlx::query(sqlx::AssertSqlSafe(query))
            .fetch_all(&self.pool)
            .await?;
        Ok(rows.iter().map(|row| row.get(0)).collect())
    }

    /// The seals' lives and the books as they stand, without the specimens.
    ///
    /// # Errors
    /// If the database fails, or holds what this version does not understand.
    pub async fn roll(&self) -> Result<Roll, Error> {
        let revision = self.revision().await?;
        let (seals, records) = self.records().await?;
        let seals = seals.into_iter().map(|seal| {
            let life = seal.life(&records);
            (seal.id, seal.particulars, life)
        });
        let seals: Vec<_> = seals.collect();
        Ok(Roll::new(revision, seals, records))
    }

    /// Judges the results that bear these seals by their lives as they are, and tells of each that changed. It may be broken
    /// off at any moment: what was not judged then is touched still.
    ///
    /// # Errors
    /// If the database fails, or holds what this version does not understand.
    pub async fn judge_again(
        &self,
        (touched, lives, rules): (&Touched, &dyn Lives, &RuleSet),
        at: Timestamp,
        mut on_change: impl FnMut(&Change),
    ) -> Result<Judged, Error> {
        let judged_by = Judge::new(lives, rules);
        let (mut after, mut counts) = (0, Judged::default());
        while let Some(chunk) = self.next_reports(touched, &mut after).await? {
            let judged: Vec<(i64, String, Change)> = chunk
                .par_iter()
                .filter_map(|own| {
                    let (judgement, change) = judged_by.again(&own.report)?;
                    Some((own.result, written(&judgement), change))
                })
                .collect();
            counts.results += chunk.len();
            counts.changed += judged.len();
            self.write_over(&judged, at).await?;
            judged.iter().for_each(|(_, _, change)| on_change(change));
        }
        Ok(counts)
    }

    /// Weighs by another policy what results hold that are of another one, or cite other rules, and tells of each that changed.
    /// Gives back, beside the counts, those whose ink is to be asked.
    ///
    /// # Errors
    /// If the database fails, or holds what this version does not understand.
    pub async fn weigh_again(
        &self,
        law: (&Register, &Policy, &RuleSet),
        at: Timestamp,
        mut on_change: impl FnMut(&Change),
    ) -> Result<(Judged, BTreeSet<i64>), Error> {
        let (_, policy, rules) = law;
        let weigher = Weigher::new(law);
        let (mut after, mut counts, mut unweighed) = (0, Judged::default(), BTreeSet::new());
        while let Some(chunk) = self.next_reports(&Touched::All, &mut after).await? {
            let is_of_other = |own: &&Standing| {
                own.report.policy != policy.name || own.report.rules != rules.name
            };
            let weighed: Vec<(i64, Weighed)> = chunk
                .par_iter()
                .filter(is_of_other)
                .map(|own| (own.result, weigher.again(&own.report)))
                .collect();
            let mut changed = Vec::new();
            for (result, weighed) in weighed {
                match weighed {
                    Weighed::AsksInk => {
                        unweighed.insert(result);
                        continue;
                    }
                    Weighed::Same => {}
                    Weighed::Anew(judgement, change) => {
                        changed.push((result, written(&judgement), change));
                    }
                }
                counts.results += 1;
            }
            counts.changed += changed.len();
            self.write_over(&changed, at).await?;
            changed.iter().for_each(|(_, _, change)| on_change(change));
        }
        Ok((counts, unweighed))
    }

    /// Compares the impressions of those touched that are wanted anew, from their crops, and tells of each that changed. What no crops are kept
    /// of is judged by the lives of its seals alone.
    ///
    /// # Errors
    /// If the database fails, or holds what this version does not understand.
    pub async fn compare_again(
        &self,
        (touched, wanted): (&Touched, impl Fn(&Standing) -> bool),
        law: (&Register, &Policy, &RuleSet),
        at: Timestamp,
        mut on_change: impl FnMut(&Change),
    ) -> Result<Judged, Error> {
        let (mut after, mut counts) = (0, Judged::default());
        while let Some(chunk) = self.next_reports(touched, &mut after).await? {
            let wanted: Vec<&Standing> = chunk.iter().filter(|own| wanted(own)).collect();
            for some in wanted.chunks(CROPS_TOGETHER) {
                let mut held = Vec::with_capacity(some.len());
                for own in some {
                    held.push((*own, self.crops(own.result).await?));
                }
                let judged: Vec<Compared> = held
                    .par_iter()
                    .map(|(own, crops)| Compared::of(own, crops.as_ref(), law))
                    .collect();
                counts.without_crops += judged.iter().filter(|own| own.asks_for_scan).count();
                counts.results += judged.len();
                let changed: Vec<(i64, Anew)> =
                    judged.into_iter().filter_map(Compared::changed).collect();
                counts.changed += changed.len();
                self.write_whole(&changed, at).await?;
                changed.iter().for_each(|(_, own)| on_change(&own.change));
            }
        }
        Ok(counts)
    }

    /// Notes that all results are judged as this news asked.
    ///
    /// # Errors
    /// If the database fails.
    pub async fn all_judged(&self, news: &News, at: Timestamp) -> Result<(), Error> {
        let mut transaction = self.begin().await?;
        let revision = i64::try_from(news.revision).unwrap_or(i64::MAX);
        sqlx::query(
            "insert into judged (revision, recorded_at) values ($1, $2) on conflict do nothing",
        )
        .bind(revision)
        .bind(at.to_string())
        .execute(&mut *transaction)
        .await?;
        for result in &news.behind {
            sqlx::query("delete from behind where result = $1")
                .bind(result)
                .execute(&mut *transaction)
                .await?;
        }
        Ok(transaction.commit().await?)
    }

    /// Adds judgements over the reports that are kept.
    async fn write_over(
        &self,
        changed: &[(i64, String, Change)],
        at: Timestamp,
    ) -> Result<(), Error> {
        if changed.is_empty() {
            return Ok(());
        }
        let mut transaction = self.begin().await?;
        judge(&mut transaction, Form::Over, &rows(changed), at).await?;
        Ok(transaction.commit().await?)
    }

    /// Adds reports that were made anew, and what they bear.
    async fn write_whole(&self, changed: &[(i64, Anew)], at: Timestamp) -> Result<(), Error> {
        if changed.is_empty() {
            return Ok(());
        }
        let texts: Vec<(i64, String, &Change)> = changed
            .par_iter()
            .map(|(result, own)| (*result, written(&own.report), &own.change))
            .collect();
        let mut transaction = self.begin().await?;
        judge(&mut transaction, Form::Whole, &rows(&texts), at).await?;
        for (result, own) in changed {
            let mut impressions = own.change.impressions.iter();
            if impressions.any(|own| own.seal[0] != own.seal[1]) {
                put_seals(&mut transaction, *result, &own.report).await?;
            }
            if let Some((keys, dies)) = &own.found {
                keys::put(&mut transaction, *result, keys).await?;
                dies::put(&mut transaction, *result, dies).await?;
            }
        }
        Ok(transaction.commit().await?)
    }

    /// The next results behind a position, as they stand, and moves it on; `None` behind the last.
    pub(super) async fn next_reports(
        &self,
        touched: &Touched,
        after: &mut i64,
    ) -> Result<Option<Vec<Standing>>, Error> {
        if touched.is_none() {
            return Ok(None);
        }
        // Named in the query if they are few; else all are read, and who weighs them leaves out the others.
        let named = match touched {
            Touched::Seals(seals) if seals.len() <= NAMED_MAX => touched,
            Touched::Results(results) if results.len() <= NAMED_MAX => touched,
            Touched::Seals(_) | Touched::Results(_) | Touched::All => &Touched::All,
        };
        let which = match named {
            Touched::Seals(seals) => format!(
                "and position in (select result from result_seal where seal in {})",
                placeholders(3, seals.len())
            ),
            Touched::Results(results) => {
                format!("and position in {}", placeholders(3, results.len()))
            }
            Touched::All => String::new(),
        };
        let query = format!(
            "select position, {LATEST}, \
             (select has_strips from crops where crops.result = result.position) \
             from result where position > $1 {which} order by position limit $2"
        );
        let query = sqlx::query(sqlx::AssertSqlSafe(query))
            .bind(*after)
            .bind(CHUNK);
        let query = match named {
            Touched::Seals(seals) => seals.iter().fold(query, |query, seal| query.bind(seal)),
            Touched::Results(results) => results
                .iter()
                .fold(query, |query, result| query.bind(*result)),
            Touched::All => query,
        };
        let rows = query.fetch_all(&self.pool).await?;
        let texts: Vec<(i64, Latest, Option<i64>)> = rows
            .iter()
            .map(|row| (row.get(0), Latest::of(row, 1), row.get(3)))
            .collect();
        let Some((last, ..)) = texts.last() else {
            return Ok(None);
        };
        *after = *last;
        let read = |(result, latest, strips): &(i64, Latest, Option<i64>)| {
            Ok(Standing {
                result: *result,
                report: latest.report("a result")?,
                has_strips: strips.map(|strips| strips > 0),
            })
        };
        let reports: Result<_, Error> = texts.par_iter().map(read).collect();
        reports.map(Some)
    }

    async fn crops(&self, result: i64) -> Result<Option<Crops>, Error> {
        let row = sqlx::query("select content from crops where result = $1")
            .bind(result)
            .fetch_optional(&self.pool)
            .await?;
        let content: Option<Vec<u8>> = row.map(|row| row.get(0));
        Ok(content.and_then(|content| Crops::from_bytes(&content)))
    }
}

/// What is written of each result: its text, and its outcome if that is another one.
fn rows<C: Borrow<Change>>(judged: &[(i64, String, C)]) -> Vec<(i64, &str, Option<Outcome>)> {
    let rows = judged.iter().map(|(result, text, change)| {
        let [before, now] = change.borrow().outcome;
        (*result, text.as_str(), (now != before).then_some(now))
    });
    rows.collect()
}
