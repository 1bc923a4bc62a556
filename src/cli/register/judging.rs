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
    let mut told = Told::default();
    let registers = Registers::of(store.clone(), Common::sandbox(None)?);
    let caught_up = rejudging::catch_up(&registers, &rules, |change| {
        told.add(change, output);
    })
    .await?;
    told.finish(output)?;
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
    let mut told = Told::default();
    if all {
        let compared_all = store.compare_again((&Touched::All, |_| true), law, now, |change| {
            told.add(change, output);
        });
        let judged = compared_all.await?;
        told.finish(output)?;
        compared(judged, output)?;
        store.all_judged(&news, now).await?;
        return Ok(());
    }
    let weighed = store.weigh_again(law, now, |change| told.add(change, output));
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
            told.add(change, output);
        });
        compared(asked.await?, output)?;
    }
    told.finish(output)?;
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

/// What was told of changes: none is after a line that could not be written.
#[derive(Debug, Default)]
struct Told {
    failed: Option<std::io::Error>,
    /// Whether an impression was told to be consistent, surely or rather.
    is_for: bool,
}

impl Told {
    fn add(&mut self, change: &Change, output: &mut Output) {
        if change.is_news() && self.failed.is_none() {
            self.failed = output.line(line(change)).err();
            self.is_for |= change.impressions.iter().any(is_for);
        }
    }

    /// Says once what consistent leaves open, where it was told.
    fn finish(self, output: &mut Output) -> std::io::Result<()> {
        match self.failed {
            Some(error) => Err(error),
            None if self.is_for => output.line(Language::English.word("head.traced_die")),
            None => Ok(()),
        }
    }
}

/// Whether an impression was taken for consistent with a seal, or is now.
fn is_for(own: &Recognised) -> bool {
    let mut steps = own.seal.iter().zip(own.conclusion);
    steps.any(|(seal, step)| seal.is_some() && step.is_for())
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
