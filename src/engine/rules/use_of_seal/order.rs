//! Whether a use came after what has to come before it.

use crate::registry::entry::Moment;
use crate::registry::use_register::Usage;
use crate::rules::Finding;
use crate::rules::Scene;
use crate::rules::instruments::Topic;

/// Findings about the order of review, publicity, stamp and the steps around it.
pub(super) fn findings(usage: &Usage, scene: Scene<'_>) -> Vec<Finding> {
    let findings = [
        review(usage, scene),
        publicity(usage, scene),
        steps(usage, scene),
    ];
    findings.into_iter().flatten().collect()
}

fn review(usage: &Usage, scene: Scene<'_>) -> Option<Finding> {
    let used = usage.steps.used?;
    let told = [
        ("reviewed", usage.reviewed),
        ("approved", usage.steps.approved),
    ];
    let (verb, at) = told
        .into_iter()
        .filter_map(|(verb, at)| Some((verb, at?)))
        .find(|(_, at)| at.is_after(used))?;
    let message = format!(
        "The seal was set on {used}, and its use {verb} on {at} only ({}).",
        usage.called()
    );
    let finding = Finding::violation("use.stamped_before_review", message);
    Some(finding.cited(Topic::ReviewFirst, scene))
}

fn publicity(usage: &Usage, scene: Scene<'_>) -> Option<Finding> {
    let used = usage.steps.used?.day;
    let told = [
        ("publicity ended", usage.publicity_ended),
        ("the vote passed", usage.vote_passed),
    ];
    let (what, on) = told
        .into_iter()
        .filter_map(|(what, on)| Some((what, on?)))
        .find(|(_, on)| used < *on)?;
    let message = format!(
        "The seal was set on {used}, before {what} on {on} ({}).",
        usage.called()
    );
    let finding = Finding::violation("use.stamped_before_publicity", message);
    Some(finding.cited(Topic::Publicity, scene))
}

/// The other steps; that the stamp comes after the approval is told apart.
fn steps(usage: &Usage, scene: Scene<'_>) -> Option<Finding> {
    let steps = usage.steps;
    let told = [
        ("received", steps.received),
        ("appraised", steps.appraised),
        ("approved", steps.approved),
        ("stamped", steps.used),
        ("returned", steps.returned),
    ];
    let known: Vec<(&str, Moment)> = told
        .into_iter()
        .filter_map(|(name, at)| Some((name, at?)))
        .collect();
    let wrong = known.windows(2).find(|pair| {
        let is_told_apart = (pair[0].0, pair[1].0) == ("approved", "stamped");
        !is_told_apart && pair[0].1.is_after(pair[1].1)
    })?;
    let ((first, before), (second, after)) = (wrong[0], wrong[1]);
    let message = format!(
        "The document was {second} on {after}, before it was {first} on {before} ({}).",
        usage.called()
    );
    let finding = Finding::warning("use.steps_out_of_order", message);
    Some(finding.cited(Topic::ProcedureList, scene))
}
