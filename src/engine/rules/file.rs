//! Findings about the file that a document came in: facts, and no verdict on them.
//!
//! A scan needs none of what is named here, and honest files have it too: a signed document has
//! signatures, a form has scripts. So each is a remark, for a person to ask why it is there.

use crate::ingest::Overlay;
use crate::ingest::OverlayKind;
use crate::reading::Contradiction;
use crate::reading::FileFacts;
use crate::reading::Word;
use crate::reading::contradicted;
use crate::rules::Finding;

/// Code of what a file says or carries beside its pages.
pub const FILE_FACTS: &str = "document.file_facts";

/// Code of text that the picture contradicts.
pub const TEXT_DIFFERS: &str = "document.text_differs";

/// Differences of a page that are listed.
const DIFFERENCES_LISTED_MAX: usize = 10;

/// Characters of a word that are said.
const SAID_CHARACTERS_MAX: usize = 40;

/// Names of embedded files that are said.
const NAMES_SAID_MAX: usize = 3;

/// What a person should see of the file; `None` if it is as a scanner makes it.
#[must_use]
pub fn facts(facts: &FileFacts) -> Option<Finding> {
    if !facts.is_noteworthy() {
        return None;
    }
    let said = [
        revisions(facts),
        signatures(facts),
        embedded(facts),
        scripts(facts),
        stamps(facts),
    ];
    let said: Vec<String> = said.into_iter().flatten().collect();
    let scripts = &facts.scripts;
    let finding = Finding::remark(FILE_FACTS, said.join(" "))
        .value("revisions_count", facts.revisions)
        .value("signatures_count", facts.signatures)
        .value("embedded_files_count", facts.embedded_files)
        .value("java_scripts_count", scripts.java_scripts)
        .value("launches_count", scripts.launches)
        .value("stamps_count", facts.stamps);
    let finding = match &scripts.open_action {
        Some(action) => finding.value("open_action", action.as_str()),
        None => finding,
    };
    let finding = match facts.signatures {
        0 => finding,
        _ => finding.value("signatures_cover", Cover::of(facts).code()),
    };
    let names = &facts.embedded_names;
    let said = &names[..names.len().min(NAMES_SAID_MAX)];
    Some(match said {
        [] => finding,
        said => finding.value("embedded_names", said),
    })
}

/// What signatures say they stand for.
#[derive(Clone, Copy)]
enum Cover {
    /// One for the whole file.
    Whole,
    /// One at least does not say what for.
    Unknown,
    /// None for the whole file.
    Part,
}

impl Cover {
    fn of(facts: &FileFacts) -> Self {
        let claims = &facts.signature_claims;
        let covers = |wanted| claims.iter().any(|claim| claim.covers_whole_file == wanted);
        if covers(Some(true)) {
            Self::Whole
        } else if covers(None) {
            Self::Unknown
        } else {
            Self::Part
        }
    }

    const fn code(self) -> &'static str {
        match self {
            Self::Whole => "covers_whole",
            Self::Unknown => "covers_unknown",
            Self::Part => "covers_part",
        }
    }
}

fn revisions(facts: &FileFacts) -> Option<String> {
    (facts.revisions > 1).then(|| {
        let changes = match facts.revisions - 1 {
            1 => "once".to_owned(),
            2 => "twice".to_owned(),
            changes => format!("{changes} times"),
        };
        format!(
            "The file was added to {changes} after it was first saved, and holds its earlier state."
        )
    })
}

fn signatures(facts: &FileFacts) -> Option<String> {
    let count = facts.signatures;
    if count == 0 {
        return None;
    }
    let (one, several) = match Cover::of(facts) {
        Cover::Whole => (
            "which stands for the whole file",
            "of which one stands for the whole file",
        ),
        Cover::Unknown => (
            "and does not say what it stands for",
            "and not each says what it stands for",
        ),
        Cover::Part => (
            "which does not stand for the whole file: the file was changed or added to after it was signed",
            "of which none stands for the whole file: the file was changed or added to after it was signed",
        ),
    };
    Some(match count {
        1 => format!("It bears a digital signature, {one}; it was not verified here."),
        _ => format!("It bears {count} digital signatures, {several}; none was verified here."),
    })
}

fn embedded(facts: &FileFacts) -> Option<String> {
    let count = facts.embedded_files;
    if count == 0 {
        return None;
    }
    let names = &facts.embedded_names;
    let mut named = names
        .iter()
        .take(NAMES_SAID_MAX)
        .map(String::as_str)
        .collect::<Vec<_>>()
        .join(", ");
    if count as usize > NAMES_SAID_MAX {
        named.push_str(", …");
    }
    let files = if count == 1 { "file" } else { "files" };
    Some(if named.is_empty() {
        format!("It carries {count} embedded {files}.")
    } else {
        format!("It carries {count} embedded {files} ({named}).")
    })
}

fn scripts(facts: &FileFacts) -> Option<String> {
    let scripts = &facts.scripts;
    let mut said = Vec::new();
    if scripts.java_scripts > 0 {
        said.push("scripts");
    }
    if scripts.launches > 0 {
        said.push("actions that start another program");
    }
    let opening = scripts.open_action.as_deref();
    if opening.is_some() && said.is_empty() {
        said.push("an action that is run when it is opened");
    }
    (!said.is_empty()).then(|| format!("It contains {}; none was run.", said.join(" and ")))
}

fn stamps(facts: &FileFacts) -> Option<String> {
    match facts.stamps {
        0 => None,
        1 => Some("A stamp was set on a page by a program.".to_owned()),
        count => Some(format!(
            "{count} stamps were set on its pages by a program."
        )),
    }
}

/// An impression that is an object of its own in the file.
#[must_use]
pub fn own_image(overlay: Overlay) -> Finding {
    let (what, kind) = match overlay.kind {
        OverlayKind::Image => ("an image of its own", "image"),
        OverlayKind::Stamp => ("a stamp annotation", "stamp"),
        OverlayKind::Signature => ("the picture of a signature field", "signature"),
    };
    let bbox = overlay.bbox;
    let message = format!(
        "The seal stands in {what} that the file lays over the page: it may have been pasted there, or a \
         scanner that stores colours apart made it."
    );
    Finding::remark(FILE_FACTS, message)
        .value("own_object", kind)
        .value("cause", "pasted_or_scanner")
        .value(
            "own_object_bbox_px",
            vec![bbox.x, bbox.y, bbox.width, bbox.height],
        )
}

/// Numbers of the file's own text for a page that the picture shows otherwise; `None` where there are
/// none. The text is a claim, and where the two differ, the picture is what was signed.
#[must_use]
pub fn text_differs(page: u32, known: &[Word], recognised: &[Word]) -> Option<Finding> {
    let found = contradicted(known, recognised);
    let said = |contradiction: &Contradiction| {
        (
            short(&known[contradiction.known].text),
            short(&contradiction.recognised),
        )
    };
    let (given, shown) = said(found.first()?);
    let more = match found.len() - 1 {
        0 => String::new(),
        more => format!(", and {more} more differ"),
    };
    let message = format!(
        "On page {page}, the file's own text says \u{201c}{given}\u{201d} where the picture shows \u{201c}{shown}\u{201d}{more}: one of \
         them was changed, or the text is of another picture."
    );
    let listed = found.iter().take(DIFFERENCES_LISTED_MAX).map(said);
    Some(differs(page, message, (found.len(), listed.unzip())))
}

/// A name or symbol that the file's own text gives otherwise than the picture shows it; `field` as reports name it.
#[must_use]
pub fn field_differs(page: u32, field: &str, (given, shown): (&str, &str)) -> Finding {
    let (given, shown) = (short(given), short(shown));
    let message = format!(
        "On page {page}, the file's own text gives \u{201c}{given}\u{201d} for the {field} where the picture shows \u{201c}{shown}\u{201d}: \
         one of them was changed, or the text is of another picture."
    );
    differs(page, message, (1, (vec![given], vec![shown]))).value("field", field)
}

/// Of a page, so many differences: the first of them as the file's own text gives them, and as the picture shows them.
fn differs(
    page: u32,
    message: String,
    (count, (given, shown)): (usize, (Vec<String>, Vec<String>)),
) -> Finding {
    let mut finding = Finding::warning(TEXT_DIFFERS, message)
        .value("differences_count", count)
        .value("text_layer", given)
        .value("recognised", shown)
        .value("cause", "changed_or_other_picture");
    finding.page = Some(page);
    finding
}

fn short(text: &str) -> String {
    text.chars().take(SAID_CHARACTERS_MAX).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::geometry::PixelRect;
    use crate::reading::Scripts;
    use crate::reading::SignatureClaim;

    fn message(given: &FileFacts) -> String {
        facts(given).unwrap().message
    }

    #[test]
    fn a_file_as_a_scanner_makes_it_is_no_finding() {
        let plain = FileFacts {
            revisions: 1,
            producer: Some("Scanner".to_owned()),
            ..FileFacts::default()
        };
        assert_eq!(facts(&plain), None);
    }

    #[test]
    fn each_fact_is_said_and_counted() {
        let given = FileFacts {
            revisions: 3,
            embedded_files: 1,
            embedded_names: vec!["data.xml".to_owned()],
            scripts: Scripts {
                java_scripts: 2,
                ..Scripts::default()
            },
            ..FileFacts::default()
        };
        let finding = facts(&given).unwrap();
        assert_eq!(
            finding.message,
            "The file was added to twice after it was first saved, and holds its earlier state. It carries 1 \
             embedded file (data.xml). It contains scripts; none was run."
        );
        assert_eq!(finding.values["revisions_count"], 3);
        assert_eq!(finding.values["java_scripts_count"], 2);
    }

    #[test]
    fn a_signature_says_whether_it_stands_for_the_whole_file_and_that_it_was_not_verified() {
        let signed = |covers_whole_file| FileFacts {
            signatures: 1,
            signature_claims: vec![SignatureClaim {
                covers_whole_file,
                ..SignatureClaim::default()
            }],
            ..FileFacts::default()
        };
        let whole = message(&signed(Some(true)));
        assert!(whole.contains("which stands for the whole file"), "{whole}");
        assert!(whole.contains("not verified"), "{whole}");
        let part = message(&signed(Some(false)));
        assert!(part.contains("added to after it was signed"), "{part}");
    }

    #[test]
    fn a_number_that_the_picture_shows_otherwise_is_a_warning_with_both() {
        let word = |text: &str, confidence| Word {
            text: text.to_owned(),
            bbox: PixelRect {
                x: 10,
                y: 10,
                width: 80,
                height: 40,
            },
            confidence,
        };
        let known = [word("2024", None)];
        let finding = text_differs(2, &known, &[word("2023", Some(0.95))]).unwrap();
        assert_eq!(
            (finding.code.as_str(), finding.page),
            (TEXT_DIFFERS, Some(2))
        );
        assert_eq!(finding.values["text_layer"][0], "2024");
        assert_eq!(finding.values["recognised"][0], "2023");
        assert_eq!(text_differs(2, &known, &[word("2024", Some(0.95))]), None);
    }
}
