//! A bundle computed again from its crops and specimens, and compared with the report in it.

use std::panic::AssertUnwindSafe;
use std::panic::catch_unwind;

use serde::Serialize;
use serde_json::Value;

use crate::report::bundle::Bundle;
use crate::report::bundle::Error;
use crate::rules::Finding;
use crate::rules::RuleSet;
use crate::verdict::Policy;
use crate::verify::Examination;
use crate::verify::Seals;
use crate::verify::recomputed;
use crate::verify::report;
use crate::verify::report::ENGINE;

/// Name and version of this form of record.
pub const SCHEMA: &str = "antin.bundle_check/1";

/// Fields of an impression that follow from its crop and the specimens.
const FIELDS: [&str; 9] = [
    "bbox_px",
    "centre_px",
    "outline",
    "ink",
    "candidates",
    "seal",
    "comparison",
    "conclusion",
    "condition",
];

/// Differences that are listed.
const LISTED_MAX: usize = 100;

/// What a bundle comes to when it is computed again.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Check {
    /// [`SCHEMA`].
    pub schema: &'static str,
    /// Digest of the scan that the bundle is of.
    pub document_sha256: Option<String>,
    /// Whether all that can be computed again is as the report says.
    pub equal: bool,
    /// Impressions in the report.
    pub impressions: usize,
    /// Impressions that were computed again: those with a crop.
    pub recomputed: usize,
    /// Entries whose bytes are not those that were packed.
    pub altered: Vec<String>,
    /// What differs, field by field.
    pub differences: Vec<Difference>,
    /// What made the bundle, where that is not what computed it again: then differences may come from there.
    pub made_with: Vec<String>,
}

/// One field that differs.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Difference {
    /// Where it stands in the report.
    pub field: String,
    /// What the report says; null where it says nothing.
    pub report: Value,
    /// What was computed.
    pub computed: Value,
}

/// Computes a bundle again.
///
/// Cost: that of comparing each impression with the seals that the report names for it.
///
/// # Errors
/// If what it holds cannot be computed.
pub fn check(bundle: &Bundle) -> Result<Check, Error> {
    let report = &bundle.report;
    let policy = Policy::default();
    let rules = RuleSet::shipped();
    let claim = bundle.manifest.claim.as_deref();
    let examination = Examination {
        register: &bundle.register,
        policy: &policy,
        rules,
        claim: claim.and_then(|claim| bundle.register.position(claim)),
        seals: Seals::Optional,
        date: report.document.date.claimed,
        given: None,
    };
    let mut differences = Vec::new();
    let records = report.impressions.iter().zip(&bundle.impressions);
    for (index, (before, impression)) in records.enumerate() {
        let again = || recomputed::again(impression, before, &examination);
        // Crops are checked before, and still hostile: what they could bring a computation to is no more than an error.
        let (record, findings) = catch_unwind(AssertUnwindSafe(again))
            .map_err(|_| Error::NotComputed { number: index + 1 })?;
        let path = format!("impressions[{index}]");
        compare_records(&path, before, &record, &mut differences);
        let own = |finding: &&Finding| finding.impression == Some(index);
        let kept: Vec<&Finding> = report.findings.iter().filter(own).collect();
        let is_of_these_rules = report.rules == rules.name;
        compare_findings(
            index,
            (&kept, &findings),
            is_of_these_rules,
            &mut differences,
        );
    }
    let bound = [(
        "document.sha256",
        &bundle.manifest.document_sha256,
        &report.document.sha256,
    )];
    for (field, manifest, report) in bound {
        if manifest != report {
            differences.push(Difference {
                field: field.to_owned(),
                report: value(report),
                computed: value(manifest),
            });
        }
    }
    differences.truncate(LISTED_MAX);
    Ok(Check {
        schema: SCHEMA,
        document_sha256: report.document.sha256.clone(),
        equal: differences.is_empty() && bundle.altered.is_empty(),
        impressions: report.impressions.len(),
        recomputed: bundle.impressions.len(),
        altered: bundle.altered.clone(),
        differences,
        made_with: made_with(report, (&policy, rules)),
    })
}

/// Names and versions that are not those of this program.
fn made_with(report: &report::Report, (policy, rules): (&Policy, &RuleSet)) -> Vec<String> {
    let own = [
        ("engine", report.engine.as_str(), ENGINE),
        ("policy", report.policy.as_str(), policy.name.as_str()),
        ("rules", report.rules.as_str(), rules.name.as_str()),
    ];
    let others = own.iter().filter(|(_, made, here)| made != here);
    others
        .map(|(what, made, here)| format!("{what}: {made}, here {here}"))
        .collect()
}

fn compare_records(
    path: &str,
    before: &report::Impression,
    after: &report::Impression,
    differences: &mut Vec<Difference>,
) {
    let (before, after) = (value(before), value(after));
    for field in FIELDS {
        let path = format!("{path}.{field}");
        compare(&path, &before[field], &after[field], differences);
    }
}

/// Compares the findings that follow from the crop, in their order; severity and ground only where the rules are the same.
fn compare_findings(
    index: usize,
    (kept, computed): (&[&Finding], &[Finding]),
    is_of_these_rules: bool,
    differences: &mut Vec<Difference>,
) {
    let told = |finding: &Finding| {
        let mut told = value(finding);
        if let Some(told) = told.as_object_mut() {
            for name in ["impression", "page"] {
                told.remove(name);
            }
            if !is_of_these_rules {
                told.remove("severity");
                told.remove("basis");
            }
        }
        told
    };
    for code in recomputed::CODES {
        let is_own = |finding: &&&Finding| finding.code == code;
        let before = kept.iter().find(is_own).map(|finding| told(finding));
        let mut after = computed.iter();
        let after = after.find(|finding| finding.code == code).map(told);
        let path = format!("findings[impression {index}].{code}");
        let null = Value::Null;
        compare(
            &path,
            before.as_ref().unwrap_or(&null),
            after.as_ref().unwrap_or(&null),
            differences,
        );
    }
}

/// Names each field in which two values differ.
fn compare(path: &str, before: &Value, after: &Value, differences: &mut Vec<Difference>) {
    match (before, after) {
        (Value::Object(own), Value::Object(other)) => {
            for (name, value) in own {
                let after = other.get(name).unwrap_or(&Value::Null);
                compare(&format!("{path}.{name}"), value, after, differences);
            }
            for (name, value) in other.iter().filter(|(name, _)| !own.contains_key(*name)) {
                compare(&format!("{path}.{name}"), &Value::Null, value, differences);
            }
        }
        (Value::Array(own), Value::Array(other)) if own.len() == other.len() => {
            for (index, (own, other)) in own.iter().zip(other).enumerate() {
                compare(&format!("{path}[{index}]"), own, other, differences);
            }
        }
        _ if is_same(before, after) => {}
        _ => differences.push(Difference {
            field: path.to_owned(),
            report: before.clone(),
            computed: after.clone(),
        }),
    }
}

/// Whether two values are one; of numbers that were written and read in between, up to the last bit.
fn is_same(before: &Value, after: &Value) -> bool {
    match (before.as_f64(), after.as_f64()) {
        (Some(before), Some(after)) => {
            (before - after).abs() <= 1e-12 * before.abs().max(after.abs())
        }
        _ => before == after,
    }
}

fn value(of: &impl Serialize) -> Value {
    serde_json::to_value(of).unwrap_or(Value::Null)
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn fields_that_differ_are_named_by_their_path() {
        let before = json!({ "a": { "b": [1.0, 2.0] }, "c": "x", "gone": 1 });
        let after = json!({ "a": { "b": [1.0, 2.5] }, "c": "x", "new": null });
        let mut differences = Vec::new();
        compare("r", &before, &after, &mut differences);
        let fields: Vec<&str> = differences.iter().map(|d| d.field.as_str()).collect();
        assert_eq!(fields, ["r.a.b[1]", "r.gone"]);
        let mut none = Vec::new();
        compare("r", &json!(0.1), &json!(0.1 + 1e-17), &mut none);
        assert!(none.is_empty());
    }
}
