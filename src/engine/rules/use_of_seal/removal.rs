//! Whether the seal was out with the consents that its body's rules ask for.

use crate::registry::body::Consent;
use crate::registry::permit::Fault;
use crate::registry::permit::Permit;
use crate::registry::use_register::Usage;
use crate::rules::Finding;
use crate::rules::instruments::Topic;
use crate::rules::use_of_seal::Subject;

/// Findings about the permits that a use falls under.
pub(super) fn findings(subject: &Subject<'_>, usage: &Usage) -> Vec<Finding> {
    let permits = subject.uses.permits_of(usage).into_iter();
    let found = permits.filter_map(|permit| finding(subject, usage, permit));
    found.collect()
}

fn finding(subject: &Subject<'_>, usage: &Usage, permit: &Permit) -> Option<Finding> {
    let scene = subject.scene;
    let applied = scene.rules.applied(Topic::Removal, scene);
    let clause = applied.map(|applied| applied.clause);
    let rule = if subject.asks_written || clause.is_some_and(|clause| clause.written) {
        Consent::Written
    } else {
        Consent::AnyForm
    };
    let approvals = clause.map_or(1, |clause| clause.approvals);
    let mut faults = permit.faults(rule);
    faults.retain(|fault| *fault != Fault::ReturnedBeforeLeaving);
    let is_absent = |fault: &Fault| matches!(fault, Fault::NoConsent | Fault::NoPermit);
    if approvals < 2 && faults.iter().filter(|fault| is_absent(fault)).count() < 2 {
        // One who approves is enough.
        faults.retain(|fault| !is_absent(fault));
    }
    if faults.is_empty() {
        return None;
    }
    let said: Vec<&str> = faults.iter().map(|fault| fault.said()).collect();
    let codes: Vec<&str> = faults.iter().map(|fault| fault.code()).collect();
    let message = format!(
        "Seal {} was out under permit {} when it was used ({}): {}.",
        subject.id,
        permit.number,
        usage.called(),
        said.join("; ")
    );
    let finding = Finding::violation("use.removal_without_consent", message)
        .value("permit", permit.number.as_str())
        .value("permit_faults", codes);
    Some(finding.cited(Topic::Removal, scene))
}
