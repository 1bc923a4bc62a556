//! What is said of where impressions stand, set against what is drawn: how often it is said rightly, how often in all, and how
//! often it should be.

use serde::Deserialize;
use serde::Serialize;
use serde_json::Value;

use crate::evaluation::placing::Placed;
use crate::evaluation::placing::is_chinese;
use crate::evaluation::placing::number;
use crate::evaluation::trial::Trial;
use crate::placement::Role;

/// Shares of a signature that the law's third leaves room for, and by how much more a drawn one must be off before it should be
/// said: what the reading itself may err by.
const COVERED: (f64, f64) = (0.15, 0.55);
const COVERED_SLACK: f64 = 0.08;
/// The same of a turn, degrees.
const TURNED_DEG: f64 = 20.0;
const TURNED_SLACK_DEG: f64 = 2.0;

/// How often one thing was said.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Claim {
    /// What.
    pub name: String,
    /// Where it should be.
    pub right: usize,
    /// Wherever it should be or should not.
    pub said: usize,
    /// How often it should be.
    pub due: usize,
}

/// A name, whether it should be said of a line's impression (`None` where that is left open), and whether it was.
type Kind = (&'static str, fn(&Trial) -> Option<bool>, fn(Placed) -> bool);

const KINDS: [Kind; 8] = [
    (
        "role: over the signature",
        |trial| is_role(trial, "signature"),
        |placed| placed.role == Some(Role::Signature),
    ),
    (
        "role: hanging at the head",
        |trial| is_role(trial, "hanging"),
        |placed| placed.role == Some(Role::Hanging),
    ),
    (
        "role: elsewhere on the page",
        |trial| is_role(trial, "page"),
        |placed| placed.role == Some(Role::Page),
    ),
    (
        "not as asked on the signature",
        is_off_signature,
        |placed| placed.off_signature,
    ),
    ("not over issuer and date", is_off_date, |placed| {
        placed.off_date
    }),
    ("turned", is_turned, |placed| placed.turned),
    (
        "on print, of Chinese letters",
        |trial| is_chinese(trial).then_some(true),
        |placed| placed.over_print == Some(true),
    ),
    ("a signature at the seal", is_signed, |placed| {
        placed.signature_seen
    }),
];

/// Counts over impressions that were found, each with what was said of its place.
pub(super) fn of<'a>(placed: impl Iterator<Item = (&'a Trial, Placed)>) -> Vec<Claim> {
    let mut claims: Vec<Claim> = KINDS
        .iter()
        .map(|(name, ..)| Claim {
            name: (*name).to_owned(),
            right: 0,
            said: 0,
            due: 0,
        })
        .collect();
    for (trial, placed) in placed {
        for (claim, (_, is_due, is_said)) in claims.iter_mut().zip(KINDS) {
            let Some(is_due) = is_due(trial) else {
                continue;
            };
            let is_said = is_said(placed);
            claim.due += usize::from(is_due);
            claim.said += usize::from(is_said);
            claim.right += usize::from(is_due && is_said);
        }
    }
    claims
}

fn role(trial: &Trial) -> Option<&str> {
    trial.truth.others.get("role").and_then(Value::as_str)
}

fn is_role(trial: &Trial, own: &str) -> Option<bool> {
    role(trial).map(|role| role == own)
}

/// Only the law of Vietnam sets a seal on a signature; one that hangs at the head stands at none.
fn is_off_signature(trial: &Trial) -> Option<bool> {
    let role = role(trial).filter(|role| *role != "hanging")?;
    if is_chinese(trial) {
        return None;
    }
    let Some(share) = number(trial, "signature_overlap") else {
        return (role == "page").then_some(true);
    };
    let (low, high) = COVERED;
    if (low..=high).contains(&share) {
        return Some(false);
    }
    let is_far = share < low - COVERED_SLACK || share > high + COVERED_SLACK;
    is_far.then_some(true)
}

/// In China issuer and date stand under the seal, a line below the text; paper that bears nothing has no text.
fn is_off_date(trial: &Trial) -> Option<bool> {
    role(trial)?;
    let is_bare = trial.truth.field("filling").as_deref() == Some("bare");
    let is_off = trial.truth.others.get("off_date") == Some(&Value::Bool(true));
    (is_chinese(trial) && !is_bare).then_some(is_off)
}

/// Whether a pen signed at the seal, of pages that say so.
fn is_signed(trial: &Trial) -> Option<bool> {
    let is_unsigned = trial.truth.others.get("signed_over") == Some(&Value::Bool(false));
    let is_signed = number(trial, "signature_overlap").is_some();
    (is_signed || is_unsigned).then_some(is_signed)
}

fn is_turned(trial: &Trial) -> Option<bool> {
    role(trial).filter(|role| *role != "hanging")?;
    let turn = number(trial, "rotation_deg")?.abs();
    if (turn - TURNED_DEG).abs() < TURNED_SLACK_DEG {
        return None;
    }
    Some(turn > TURNED_DEG)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::evaluation::trial::pair;
    use crate::evaluation::truth;

    fn counted(fields: &str, placed: Placed) -> Vec<(usize, usize, usize)> {
        let line = format!("{{\"document\":\"a\",\"label\":\"genuine\",\"seal\":\"S\",{fields}}}");
        let lines = truth::parse(&line).unwrap();
        let trial = pair(&lines, &[], |_| true).0.remove(0);
        let claims = of(std::iter::once((&trial, placed)));
        let counts = claims
            .iter()
            .map(|claim| (claim.right, claim.said, claim.due));
        counts.collect()
    }

    #[test]
    fn a_role_that_is_said_counts_for_itself_and_against_the_right_one() {
        let said = Placed {
            role: Some(Role::Page),
            ..Placed::default()
        };
        let counts = counted(r#""role":"hanging","rotation_deg":3.0"#, said);
        assert_eq!(counts[..3], [(0, 0, 0), (0, 0, 1), (0, 1, 0)]);
        assert_eq!(counts[3..], [(0, 0, 0); 5], "a hanging seal is not judged");
        assert_eq!(counted(r#""condition":"c300""#, said), [(0, 0, 0); 8]);
    }

    #[test]
    fn a_chinese_seal_is_off_issuer_and_date_where_its_line_says_so() {
        let of = |fields: &str, off_date: bool| {
            let said = Placed {
                off_date,
                ..Placed::default()
            };
            let fields = format!(r#""role":"page",{fields}"#);
            counted(&fields, said)[4]
        };
        let (on, off) = (
            r#""letter":{"language":"chinese"}"#,
            r#""letter":{"language":"chinese"},"off_date":true"#,
        );
        assert_eq!([of(off, true), of(off, false)], [(1, 1, 1), (0, 0, 1)]);
        assert_eq!([of(on, true), of(on, false)], [(0, 1, 0), (0, 0, 0)]);
        let elsewhere = r#""letter":{"language":"vietnamese"}"#;
        assert_eq!(of(elsewhere, true), (0, 0, 0));
        let bare = r#""letter":{"language":"chinese"},"filling":"bare""#;
        assert_eq!(of(bare, true), (0, 0, 0));
    }

    #[test]
    fn what_lies_near_a_bound_is_left_open() {
        let said = Placed {
            off_signature: true,
            turned: true,
            ..Placed::default()
        };
        let at = |overlap: f64, turn: f64| {
            let fields = format!(
                r#""role":"signature","signature_overlap":{overlap},"rotation_deg":{turn}"#
            );
            let counts = counted(&fields, said);
            (counts[3], counts[5])
        };
        assert_eq!(at(0.8, -40.0), ((1, 1, 1), (1, 1, 1)));
        assert_eq!(at(0.6, 21.0), ((0, 0, 0), (0, 0, 0)));
        assert_eq!(at(0.4, 5.0), ((0, 1, 0), (0, 1, 0)));
        let unsigned = counted(r#""role":"page","rotation_deg":5.0"#, said);
        assert_eq!(unsigned[3], (1, 1, 1));
    }
}
