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
        (("reviewed", "reviewed_at"), usage.reviewed),
        (("approved", "approved_at"), usage.steps.approved),
    ];
    let ((verb, name), at) = told
        .into_iter()
        .filter_map(|(called, at)| Some((called, at?)))
        .find(|(_, at)| at.is_after(used))?;
    let message = format!(
        "The seal was set on {used}, and its use {verb} on {at} only ({}).",
        usage.called()
    );
    let finding =
        Finding::violation("use.stamped_before_review", message).value(name, at.to_string());
    Some(finding.cited(Topic::ReviewFirst, scene))
}

fn publicity(usage: &Usage, scene: Scene<'_>) -> Option<Finding> {
    let used = usage.steps.used?.day;
    let told = [
        (
            ("publicity ended", "publicity_ended_on"),
            usage.publicity_ended,
        ),
        (("the vote passed", "vote_passed_on"), usage.vote_passed),
    ];
    let ((what, name), on) = told
        .into_iter()
        .filter_map(|(called, on)| Some((called, on?)))
        .find(|(_, on)| used < *on)?;
    let message = format!(
        "The seal was set on {used}, before {what} on {on} ({}).",
        usage.called()
    );
    let finding =
        Finding::violation("use.stamped_before_publicity", message).value(name, on.to_string());
    Some(finding.cited(Topic::Publicity, scene))
}

/// The other steps; that the stamp comes after the approval is told apart.
fn steps(usage: &Usage, scene: Scene<'_>) -> Option<Finding> {
    let steps = usage.steps;
    let told = [
        (("received", "received_at"), steps.received),
        (("appraised", "appraised_at"), steps.appraised),
        (("approved", "approved_at"), steps.approved),
        (("stamped", "used_at"), steps.used),
        (("returned", "returned_at"), steps.returned),
    ];
    let known: Vec<((&str, &str), Moment)> = told
        .into_iter()
        .filter_map(|(called, at)| Some((called, at?)))
        .collect();
    let wrong = known.windows(2).find(|pair| {
        let is_told_apart = (pair[0].0.0, pair[1].0.0) == ("approved", "stamped");
        !is_told_apart && pair[0].1.is_after(pair[1].1)
    })?;
    let (((first, first_name), before), ((second, second_name), after)) = (wrong[0], wrong[1]);
    let message = format!(
        "The document was {second} on {after}, before it was {first} on {before} ({}).",
        usage.called()
    );
    let finding = Finding::warning("use.steps_out_of_order", message)
        .value(first_name, before.to_string())
        .value(second_name, after.to_string());
    Some(finding.cited(Topic::ProcedureList, scene))
}
