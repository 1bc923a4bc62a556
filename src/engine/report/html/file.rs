//! What the file of a document says of itself, folded away as long as nobody asks.

use std::fmt::Write;

use crate::reading::FileFacts;
use crate::reading::SignatureClaim;
use crate::report::findings::unknown;
use crate::report::html::escaped;
use crate::verify::report::Document;
use crate::words::Language;
use crate::words::text;

/// Writes the facts of a document's file; nothing for files that say nothing.
pub(super) fn facts(html: &mut String, language: Language, document: &Document) {
    let rows = match (&document.facts, &document.facts_reason) {
        (Some(facts), _) => rows(language, facts),
        (None, Some(reason)) => {
            let name = language.word("file.not_looked_through");
            let cause = document.facts_cause.as_ref();
            vec![(name, unknown(reason, cause, language))]
        }
        (None, None) => return,
    };
    let _ = writeln!(
        html,
        "<details class=\"file\"><summary>{}</summary>\n<div class=\"wide\"><table>",
        language.word("file.title")
    );
    for (name, value) in rows {
        let _ = writeln!(
            html,
            "<tr><th scope=\"row\">{name}</th><td>{}</td></tr>",
            escaped(&value)
        );
    }
    html.push_str("</table></div>\n</details>\n");
}

fn rows(language: Language, facts: &FileFacts) -> Vec<(&'static str, String)> {
    let word = |key| language.word(key);
    let ends: Vec<String> = facts
        .revision_ends_bytes
        .iter()
        .map(u64::to_string)
        .collect();
    let ends = ends.join(", ");
    let revisions = match facts.revisions {
        1 => word("file.saved_once").to_owned(),
        count => text(
            language,
            "file.revision_ends",
            &[("n", &count), ("ends", &ends)],
        ),
    };
    let mut rows = vec![(word("file.revisions"), revisions)];
    for claim in &facts.signature_claims {
        rows.push((word("file.signature"), signature(language, claim)));
    }
    let listed = facts.signature_claims.len();
    if facts.signatures as usize > listed {
        let all = text(language, "file.in_all", &[("n", &facts.signatures)]);
        rows.push((word("file.signatures"), all));
    }
    if facts.embedded_files > 0 {
        let files = text(language, "count.files", &[("n", &facts.embedded_files)]);
        let names = facts.embedded_names.join(", ");
        rows.push((word("file.embedded"), format!("{files}: {names}")));
    }
    let scripts = &facts.scripts;
    let actions = [
        ("file.scripts", scripts.java_scripts),
        ("file.launches", scripts.launches),
        ("file.events", scripts.event_actions),
        ("file.stamps", facts.stamps),
    ];
    let some = actions.into_iter().filter(|(_, count)| *count > 0);
    rows.extend(some.map(|(key, count)| (word(key), count.to_string())));
    let said = [
        ("file.open_action", &scripts.open_action),
        ("file.creator", &facts.creator),
        ("file.producer", &facts.producer),
        ("file.created", &facts.created),
        ("file.modified", &facts.modified),
    ];
    let some = said
        .into_iter()
        .filter_map(|(key, value)| Some((word(key), value.clone()?)));
    rows.extend(some);
    if facts.is_incomplete {
        rows.push((word("file.incomplete"), word("file.more").to_owned()));
    }
    rows
}

fn signature(language: Language, claim: &SignatureClaim) -> String {
    let covers = language.word(match claim.covers_whole_file {
        Some(true) => "file.covers_whole",
        Some(false) => "file.covers_part",
        None => "file.covers_unknown",
    });
    let told = |said: &Option<String>, key| match said {
        Some(said) => said.clone(),
        None => language.word(key).to_owned(),
    };
    let signer = told(&claim.signer, "file.signer_unknown");
    let time = told(&claim.signed_at, "file.time_unknown");
    let field = told(&claim.field, "file.field_unknown");
    let kind = told(&claim.kind, "file.kind_unknown");
    format!("{field}: {signer}, {time}; {covers} ({kind})")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ingest::Stop;
    use crate::rules::Why;

    #[test]
    fn why_there_are_no_facts_is_told_in_the_reader_s_language() {
        let why = Why::of_stop(&Stop::Memory);
        // As versions kept it that knew no codes.
        let kept = serde_json::json!({
            "path": "a.pdf", "sha256": null, "pages": 1, "reason": null,
            "date": { "claimed": null, "source": "unknown", "not_after": null, "proof": null },
            "facts_reason": why.sentence,
        });
        let mut document: Document = serde_json::from_value(kept).unwrap();
        let told = |document: &Document| {
            let mut html = String::new();
            facts(&mut html, Language::Chinese, document);
            html
        };
        let html = told(&document);
        assert!(html.contains("英文原文：“needs more memory"), "{html}");
        document.facts_cause = Some(why.cause());
        let html = told(&document);
        assert!(html.contains("所需内存超过限制"), "{html}");
        assert!(!html.contains("memory"), "{html}");
    }

    #[test]
    fn a_plain_scan_s_file_takes_three_lines_and_each_signature_one_more() {
        let plain = FileFacts {
            revisions: 1,
            producer: Some("Scanner".to_owned()),
            created: Some("2024-05-21T09:30:00".to_owned()),
            ..FileFacts::default()
        };
        let names = |facts: &FileFacts| {
            rows(Language::English, facts)
                .into_iter()
                .map(|row| row.0)
                .collect::<Vec<_>>()
        };
        assert_eq!(names(&plain), ["revisions", "written by", "made at"]);
        let signed = FileFacts {
            signatures: 1,
            signature_claims: vec![SignatureClaim::default()],
            ..plain
        };
        assert_eq!(names(&signed)[1], "signature");
    }
}
