//! What a change of the register makes of the results that are kept.

use std::borrow::Cow;

use jiff::Timestamp;

use crate::cli::Common;
use crate::cli::output::Output;
use crate::cli::rules;
use crate::report::words;
use crate::rules::Finding;
use crate::rules::RuleSet;
use crate::storage::Store;
use crate::verify::Outcome;
use crate::verify::rejudged::Change;

/// Judges the kept results that the register's latest changes touch, and lists those that come to something else now.
pub(super) async fn again(
    store: &Store,
    rules: &rules::Choice,
    output: &mut Output,
) -> anyhow::Result<()> {
    let touched = store.touched().await?;
    if touched.is_none() || store.result_count().await? == 0 {
        return Ok(());
    }
    let rules: Cow<'_, RuleSet> = rules.read()?;
    let sandbox = Common::sandbox(None)?;
    let snapshot = store.snapshot(&sandbox).await?;
    for problem in &snapshot.problems {
        output.error(problem);
    }
    let judging = (&touched, &snapshot.register, rules.as_ref());
    let mut told = Ok(());
    let on_change = |change: &Change| {
        let is_news = !change.added.is_empty() || !change.removed.is_empty();
        if is_news && told.is_ok() {
            told = output.line(line(change));
        }
    };
    let judged = store
        .judge_again(judging, Timestamp::now(), on_change)
        .await?;
    told?;
    output.line(format!(
        "{} judged again, no scan opened: {} changed",
        words::counted(judged.results, "kept result"),
        judged.changed
    ))?;
    Ok(())
}

/// One result that changed, such as `docs/a.pdf: passes, now flagged`, and below it the findings that came and went.
fn line(change: &Change) -> String {
    let [before, after] = change.outcome.map(outcome);
    let mut said = if before == after {
        format!("{}: {after} still", change.path)
    } else {
        format!("{}: {before}, now {after}", change.path)
    };
    let told = |finding: &Finding| format!("\n    {}", finding.message);
    said.extend(change.added.iter().map(told));
    let gone = |finding: &Finding| format!("\n    no longer: {}", finding.message);
    said.extend(change.removed.iter().map(gone));
    said
}

const fn outcome(outcome: Outcome) -> &'static str {
    match outcome {
        Outcome::Pass => "passes",
        Outcome::Review => "needs review",
        Outcome::Flag => "flagged",
        Outcome::Unreadable => "unreadable",
        Outcome::Stopped => "stopped",
        Outcome::NotProcessed => "not processed",
    }
}
