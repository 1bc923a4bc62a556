//! What a change of the register makes of the results that are kept.

use std::borrow::Cow;

use jiff::Timestamp;

use crate::cli::Common;
use crate::cli::output::Output;
use crate::cli::rules;
use crate::jobs::Registers;
use crate::jobs::rejudging;
use crate::registry::Register;
use crate::report::findings;
use crate::report::words;
use crate::rules::Finding;
use crate::rules::RuleSet;
use crate::storage::Store;
use crate::storage::judging::Judged;
use crate::storage::judging::Standing;
use crate::storage::judging::Touched;
use crate::verdict::Conclusion;
use crate::verdict::Policy;
use crate::verify::Outcome;
use crate::verify::rejudged::Change;
use crate::verify::rejudged::Recognised;
use crate::words::Language;
use crate::words::names;

/// Judges the kept results that the register's latest changes touch, and lists those that come to something else now.
pub(super) async fn again(
    store: &Store,
    rules: &rules::Choice,
    output: &mut Output,
) -> anyhow::Result<()> {
    let rules: Cow<'_, RuleSet> = rules.read()?;
    let mut told = Ok(());
    let registers = Registers::of(store.clone(), Common::sandbox(None)?);
    let caught_up = rejudging::catch_up(&registers, &rules, |change| {
        tell(change, &mut told, output);
    })
    .await?;
    told?;
    for problem in &caught_up.problems {
        output.error(problem);
    }
    if let Some(judged) = caught_up.compared {
        compared(judged, output)?;
    }
    if let Some(judged) = caught_up.judged {
        output.line(format!(
            "{} judged again, no scan opened: {} changed",
            words::counted(judged.results, "kept result"),
            judged.changed
        ))?;
    }
    Ok(())
}

/// Weighs kept results by what was measured that another policy judged, and compares those anew whose ink is to be asked, or that
/// other rules judged; or all of them.
pub(super) async fn anew(
    store: &Store,
    (rules, all): (&rules::Choice, bool),
    output: &mut Output,
) -> anyhow::Result<()> {
    let news = store.news().await?;
    let rules: Cow<'_, RuleSet> = rules.read()?;
    let policy = Policy::default();
    let register = register(store, output).await?;
    let law = (&register, &policy, rules.as_ref());
    let now = Timestamp::now();
    let mut told = Ok(());
    if all {
        let compared_all = store.compare_again((&Touched::All, |_| true), law, now, |change| {
            tell(change, &mut told, output);
        });
        let judged = compared_all.await?;
        told?;
        compared(judged, output)?;
        store.all_judged(&news, now).await?;
        return Ok(());
    }
    let weighed = store.weigh_again(law, now, |change| tell(change, &mut told, output));
    let (judged, asking) = weighed.await?;
    if judged.results > 0 || asking.is_empty() {
        output.line(format!(
            "{} weighed by what was measured: {} changed",
            words::counted(judged.results, "kept result"),
            judged.changed
        ))?;
    }
    if !asking.is_empty() {
        let touched = Touched::Results(asking.clone());
        let wanted = |own: &Standing| asking.contains(&own.result);
        let asked = store.compare_again((&touched, wanted), law, now, |change| {
            tell(change, &mut told, output);
        });
        compared(asked.await?, output)?;
    }
    told?;
    Ok(())
}

/// The register with its specimens.
async fn register(store: &Store, output: &mut Output) -> anyhow::Result<Register> {
    let snapshot = store.snapshot(&Common::sandbox(None)?).await?;
    for problem in &snapshot.problems {
        output.error(problem);
    }
    Ok(snapshot.register)
}

fn compared(judged: Judged, output: &mut Output) -> anyhow::Result<()> {
    output.line(format!(
        "{} compared anew, no scan opened: {} changed",
        words::counted(judged.results, "kept result"),
        judged.changed
    ))?;
    if judged.without_crops > 0 {
        output.warning(&format!(
            "of {} no impressions are kept that this version can compare: verify their documents again",
            words::counted(judged.without_crops, "result")
        ));
    }
    Ok(())
}

fn tell(change: &Change, told: &mut std::io::Result<()>, output: &mut Output) {
    if change.is_news() && told.is_ok() {
        *told = output.line(line(change));
    }
}

/// One result that changed, such as `docs/a.pdf: passes, now flagged`, and below it the findings that came and went.
fn line(change: &Change) -> String {
    let [before, after] = change.outcome.map(outcome);
    let mut said = if before == after {
        format!("{}: {after} still", change.path)
    } else {
        format!("{}: {before}, now {after}", change.path)
    };
    let told = |finding: &Finding| format!("\n    {}{}", finding.message, ground(finding));
    said.extend(change.added.iter().map(told));
    let gone =
        |finding: &Finding| format!("\n    no longer: {}{}", finding.message, ground(finding));
    said.extend(change.removed.iter().map(gone));
    said.extend(change.impressions.iter().map(recognised));
    said
}

/// What a finding rests on, in brackets behind it.
fn ground(finding: &Finding) -> String {
    match findings::ground(finding, Language::English) {
        ground if ground.is_empty() => ground,
        ground => format!(" [{ground}]"),
    }
}

/// What an impression is taken for now, such as `page 1: seal D01 undecided, now consistent`.
fn recognised(own: &Recognised) -> String {
    let said = |seal: &Option<String>, step: Conclusion| match seal {
        Some(seal) => {
            let step = Language::English.word(names::conclusion(step));
            format!("seal {seal}, {step}")
        }
        None => "no registered seal".to_owned(),
    };
    let [old, new] = [0, 1].map(|index| said(&own.seal[index], own.conclusion[index]));
    format!("\n    page {}: {old}; now {new}", own.page)
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
