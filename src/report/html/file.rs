//! What the file of a document says of itself, folded away as long as nobody asks.

use std::fmt::Write;

use crate::reading::FileFacts;
use crate::reading::SignatureClaim;
use crate::report::html::escaped;
use crate::report::words::counted;
use crate::verify::report::Document;

/// Writes the facts of a document's file; nothing for files that say nothing.
pub(super) fn facts(text: &mut String, document: &Document) {
    let rows = match (&document.facts, &document.facts_reason) {
        (Some(facts), _) => rows(facts),
        (None, Some(reason)) => vec![("not looked through", reason.clone())],
        (None, None) => return,
    };
    text.push_str(
        "<details class=\"file\"><summary>The file: what it says of itself, not verified</summary>\n\
         <div class=\"wide\"><table>\n",
    );
    for (name, value) in rows {
        let _ = writeln!(
            text,
            "<tr><th scope=\"row\">{name}</th><td>{}</td></tr>",
            escaped(&value)
        );
    }
    text.push_str("</table></div>\n</details>\n");
}

fn rows(facts: &FileFacts) -> Vec<(&'static str, String)> {
    let ends: Vec<String> = facts
        .revision_ends_bytes
        .iter()
        .map(u64::to_string)
        .collect();
    let mut rows = vec![(
        "revisions",
        match facts.revisions {
            1 => "1: saved once, or written anew".to_owned(),
            count => format!("{count}, ending at bytes {}", ends.join(", ")),
        },
    )];
    for claim in &facts.signature_claims {
        rows.push(("signature", signature(claim)));
    }
    let listed = facts.signature_claims.len();
    if facts.signatures as usize > listed {
        rows.push(("signatures", format!("{} in all", facts.signatures)));
    }
    if facts.embedded_files > 0 {
        let files = counted(facts.embedded_files as usize, "file");
        let names = facts.embedded_names.join(", ");
        rows.push(("embedded", format!("{files}: {names}")));
    }
    let scripts = &facts.scripts;
    let actions = [
        ("scripts", scripts.java_scripts),
        ("starts programs", scripts.launches),
        ("actions at events", scripts.event_actions),
        ("stamps set by a program", facts.stamps),
    ];
    let some = actions.into_iter().filter(|(_, count)| *count > 0);
    rows.extend(some.map(|(name, count)| (name, count.to_string())));
    let said = [
        ("run when opened", &scripts.open_action),
        ("made by", &facts.creator),
        ("written by", &facts.producer),
        ("made at", &facts.created),
        ("changed at", &facts.modified),
    ];
    let some = said
        .into_iter()
        .filter_map(|(name, value)| Some((name, value.clone()?)));
    rows.extend(some);
    if facts.is_incomplete {
        let more = "the file holds more than is looked through".to_owned();
        rows.push(("incomplete", more));
    }
    rows
}

fn signature(claim: &SignatureClaim) -> String {
    let covers = match claim.covers_whole_file {
        Some(true) => "stands for the whole file",
        Some(false) => "does not stand for the whole file",
        None => "does not say what it stands for",
    };
    let signer = claim.signer.as_deref().unwrap_or("signer not named");
    let time = claim.signed_at.as_deref().unwrap_or("time not named");
    let field = claim.field.as_deref().unwrap_or("field not named");
    let kind = claim.kind.as_deref().unwrap_or("form not named");
    format!("{field}: {signer}, {time}; {covers} ({kind})")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_plain_scan_s_file_takes_three_lines_and_each_signature_one_more() {
        let plain = FileFacts {
            revisions: 1,
            producer: Some("Scanner".to_owned()),
            created: Some("2024-05-21T09:30:00".to_owned()),
            ..FileFacts::default()
        };
        let names =
            |facts: &FileFacts| rows(facts).into_iter().map(|row| row.0).collect::<Vec<_>>();
        assert_eq!(names(&plain), ["revisions", "written by", "made at"]);
        let signed = FileFacts {
            signatures: 1,
            signature_claims: vec![SignatureClaim::default()],
            ..plain
        };
        assert_eq!(names(&signed)[1], "signature");
    }
}
