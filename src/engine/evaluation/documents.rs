//! What was said of whole documents and their files, set against what is drawn.

use std::collections::BTreeMap;

use serde::Deserialize;
use serde::Serialize;
use serde_json::Value;

use crate::evaluation::claims::Claim;
use crate::evaluation::truth::Truth;

/// Frames of the size of a mark of secrecy or urgency that were pressed with a stamp, whatever its words.
const STAMPED: [&str; 9] = [
    "secret_top",
    "secret_high",
    "secret",
    "declassified",
    "urgent_flash",
    "urgent_very",
    "urgent",
    "other_double",
    "other_single",
];

/// What a report says of a document.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct SaidOfDocument {
    /// The document, as the labelled set names it.
    pub document: String,
    /// Whether its words were asked for, so that those of its file could be held against them.
    pub is_read: bool,
    /// Whether a frame was taken for a mark by what stands in it, or stopped the work.
    pub is_marked: bool,
    /// That it was added to after it was saved.
    pub revised: bool,
    /// That it carries a file.
    pub embedded: bool,
    /// That it holds a script.
    pub scripted: bool,
    /// That it bears a digital signature.
    pub signed: bool,
    /// That its own words are others than those of the picture.
    pub text_differs: bool,
    /// That a seal stands in an object of its own.
    pub own_object: bool,
    /// That one stamp goes across too many sheets.
    pub beyond_sheets: bool,
    /// That an impression is a receipt stamp.
    pub receipt: bool,
    /// That an impression is of the size of a mark of secrecy or urgency.
    pub mark_sized: bool,
}

/// What a document's lines say of it.
#[derive(Default)]
struct Known {
    condition: Option<String>,
    addition: Option<String>,
    marking: Option<String>,
    beyond_sheets: bool,
}

/// A name, whether it should be said (`None` where that is left open), and whether it was.
type Kind = (
    &'static str,
    fn(&Known, &SaidOfDocument) -> Option<bool>,
    fn(&SaidOfDocument) -> bool,
);

const KINDS: [Kind; 9] = [
    (
        "file: added to after it was saved",
        |known, _| Some(known.holds("revision")),
        |said| said.revised,
    ),
    (
        "file: an embedded file",
        |known, _| Some(known.holds("file")),
        |said| said.embedded,
    ),
    (
        "file: a script",
        |known, _| Some(known.holds("script")),
        |said| said.scripted,
    ),
    (
        "file: a digital signature",
        |known, _| Some(known.holds("signature")),
        |said| said.signed,
    ),
    (
        "file: other words than the picture's",
        |known, said| said.is_read.then(|| known.holds("other_words")),
        |said| said.text_differs,
    ),
    (
        "a seal in an image of its own",
        |known, _| Some(known.holds("own_image")),
        |said| said.own_object,
    ),
    (
        "one seal across more than five sheets",
        |known, _| Some(known.beyond_sheets),
        |said| said.beyond_sheets,
    ),
    (
        "role: a receipt stamp",
        |known, _| Some(known.marking.as_deref() == Some("receipt")),
        |said| said.receipt,
    ),
    (
        "role: of a mark's size, where no words tell the mark",
        |known, said| {
            let marking = known.marking.as_deref();
            let is_stamped = marking.is_some_and(|word| STAMPED.contains(&word));
            (!said.is_marked).then_some(is_stamped)
        },
        |said| said.mark_sized,
    ),
];

impl Known {
    fn holds(&self, addition: &str) -> bool {
        self.addition.as_deref() == Some(addition)
    }

    fn add(&mut self, line: &Truth) {
        let take = |kept: &mut Option<String>, field: &str| {
            if kept.is_none() {
                *kept = line.field(field);
            }
        };
        take(&mut self.condition, "condition");
        take(&mut self.addition, "addition");
        take(&mut self.marking, "marking");
        let straddling = line.others.get("straddling");
        let beyond = straddling.and_then(|told| told.get("beyond_limit"));
        self.beyond_sheets |= beyond == Some(&Value::Bool(true));
    }
}

/// The counts of one kind of scans.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct DocumentFigures {
    /// The condition, or `all`.
    pub condition: String,
    /// How often each thing was said.
    pub claims: Vec<Claim>,
}

impl DocumentFigures {
    fn named(condition: &str) -> Self {
        let claim = |(name, ..): &Kind| Claim {
            name: (*name).to_owned(),
            right: 0,
            said: 0,
            due: 0,
        };
        Self {
            condition: condition.to_owned(),
            claims: KINDS.iter().map(claim).collect(),
        }
    }

    fn add(&mut self, known: &Known, said: &SaidOfDocument) {
        for (claim, (_, is_due, is_said)) in self.claims.iter_mut().zip(KINDS) {
            let Some(is_due) = is_due(known, said) else {
                continue;
            };
            let is_said = is_said(said);
            claim.due += usize::from(is_due);
            claim.said += usize::from(is_said);
            claim.right += usize::from(is_due && is_said);
        }
    }
}

/// The figures of all documents, then by condition, from the lines of impressions and of parts of seals; empty where nothing was to
/// be said and nothing was.
#[must_use]
pub fn figures(lines: &[Truth], parts: &[Truth], said: &[SaidOfDocument]) -> Vec<DocumentFigures> {
    let mut known: BTreeMap<&str, Known> = BTreeMap::new();
    for line in lines.iter().chain(parts) {
        known.entry(&line.document).or_default().add(line);
    }
    let mut all = DocumentFigures::named("all");
    let mut groups: BTreeMap<String, DocumentFigures> = BTreeMap::new();
    for said in said {
        let Some(own) = known.get(said.document.as_str()) else {
            continue;
        };
        all.add(own, said);
        if let Some(condition) = &own.condition {
            let group = groups
                .entry(condition.clone())
                .or_insert_with(|| DocumentFigures::named(condition));
            group.add(own, said);
        }
    }
    if all.claims.iter().all(|own| own.due == 0 && own.said == 0) {
        return Vec::new();
    }
    std::iter::once(all).chain(groups.into_values()).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::evaluation::truth::parse;

    fn said(document: &str) -> SaidOfDocument {
        SaidOfDocument {
            document: document.to_owned(),
            is_read: true,
            ..SaidOfDocument::default()
        }
    }

    fn line(document: &str, fields: &str) -> Truth {
        let line = format!("{{\"document\":\"{document}\",\"label\":\"none\",{fields}}}");
        parse(&line).unwrap().remove(0)
    }

    fn counts(figures: &DocumentFigures, start: &str) -> (usize, usize, usize) {
        let mut claims = figures.claims.iter();
        let own = claims.find(|own| own.name.starts_with(start)).unwrap();
        (own.right, own.said, own.due)
    }

    #[test]
    fn what_a_file_holds_is_counted_over_all_and_by_condition() {
        let lines = [
            line("a", r#""condition":"c300","addition":"revision""#),
            line("b", r#""condition":"g300","addition":"revision""#),
            line("c", r#""condition":"g300","addition":"own_image""#),
        ];
        let seen = [
            SaidOfDocument {
                revised: true,
                ..said("a")
            },
            said("b"),
            SaidOfDocument {
                revised: true,
                own_object: true,
                ..said("c")
            },
            SaidOfDocument {
                revised: true,
                ..said("of no line")
            },
        ];
        let figures = figures(&lines, &[], &seen);
        let names: Vec<&str> = figures.iter().map(|own| own.condition.as_str()).collect();
        assert_eq!(names, ["all", "c300", "g300"]);
        assert_eq!(counts(&figures[0], "file: added"), (1, 2, 2));
        assert_eq!(counts(&figures[2], "file: added"), (0, 1, 1));
        assert_eq!(counts(&figures[0], "a seal in an image"), (1, 1, 1));
        assert_eq!(counts(&figures[0], "file: a script"), (0, 0, 0));
    }

    #[test]
    fn words_count_where_they_were_read_and_sheets_by_their_parts() {
        let lines = [
            line("a", r#""addition":"other_words""#),
            line("b", r#""addition":"other_words""#),
            line("c", r#""addition":"same_words""#),
        ];
        let parts = [line("d", r#""straddling":{"stamp":1,"beyond_limit":true}"#)];
        let seen = [
            SaidOfDocument {
                text_differs: true,
                ..said("a")
            },
            SaidOfDocument {
                is_read: false,
                ..said("b")
            },
            SaidOfDocument {
                text_differs: true,
                beyond_sheets: true,
                ..said("c")
            },
            SaidOfDocument {
                beyond_sheets: true,
                ..said("d")
            },
        ];
        let figures = figures(&lines, &parts, &seen);
        assert_eq!(figures.len(), 1, "no line has a condition");
        assert_eq!(counts(&figures[0], "file: other words"), (1, 2, 1));
        assert_eq!(counts(&figures[0], "one seal across"), (1, 2, 1));
    }

    #[test]
    fn stamps_that_are_told_by_their_words_are_not_asked_for_by_their_size() {
        let lines = [
            line("a", r#""marking":"urgent""#),
            line("b", r#""marking":"other_double""#),
            line("c", r#""marking":"receipt""#),
            line("d", r#""marking":"box""#),
        ];
        let seen = [
            SaidOfDocument {
                is_marked: true,
                ..said("a")
            },
            SaidOfDocument {
                mark_sized: true,
                ..said("b")
            },
            SaidOfDocument {
                receipt: true,
                ..said("c")
            },
            SaidOfDocument {
                mark_sized: true,
                ..said("d")
            },
        ];
        let found = figures(&lines, &[], &seen);
        assert_eq!(counts(&found[0], "role: of a mark"), (1, 2, 1));
        assert_eq!(counts(&found[0], "role: a receipt"), (1, 1, 1));
        assert_eq!(figures(&lines[3..], &[], &[said("d")]), []);
    }
}
