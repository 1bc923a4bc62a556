//! What was said of whole pages: marks of secrecy and urgency, and forms that are not filled in.

use std::collections::BTreeMap;

use serde::Deserialize;
use serde::Serialize;

use crate::evaluation::truth::Truth;

/// What was said of a document's pages.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ObservedPages {
    /// The document, as the labelled set names it.
    pub document: String,
    /// Whether a mark of secrecy stopped the work.
    pub stopped: bool,
    /// Whether a frame was said to be perhaps one.
    pub unsure: bool,
    /// Whether a mark of urgency was read.
    pub urgent: bool,
    /// Whether a form was said to be unfilled.
    pub unfilled: bool,
}

/// Documents that something was said of, out of some.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Share {
    /// Of how many it was said.
    pub said: usize,
    /// Of how many it could be.
    pub of: usize,
}

impl Share {
    const fn add(&mut self, said: bool) {
        self.of += 1;
        if said {
            self.said += 1;
        }
    }
}

/// The figures of one kind of scans.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct PageFigures {
    /// The condition, or `all`.
    pub condition: String,
    /// Secret documents that were stopped.
    pub secret_stopped: Share,
    /// Secret documents that a person was asked to look at instead.
    pub secret_unsure: Share,
    /// Other documents with a frame that were stopped.
    pub other_stopped: Share,
    /// Other documents with a frame that a person was asked to look at.
    pub other_unsure: Share,
    /// Documents without such a frame that were stopped.
    #[serde(default)]
    pub unframed_stopped: Share,
    /// Urgent documents whose mark was read.
    pub urgent_read: Share,
    /// Documents that are not urgent, of which one was read.
    #[serde(default)]
    pub urgent_invented: Share,
    /// Blank forms that were called unfilled.
    pub blank_unfilled: Share,
    /// Forms that are partly or wholly filled, and letters, that were called unfilled.
    pub filled_unfilled: Share,
}

impl PageFigures {
    fn add(&mut self, line: &Truth, seen: &ObservedPages) {
        if let Some(marking) = line.field("marking") {
            if marking.starts_with("secret") {
                self.secret_stopped.add(seen.stopped);
                self.secret_unsure.add(seen.unsure);
            } else {
                self.other_stopped.add(seen.stopped);
                self.other_unsure.add(seen.unsure);
            }
            if marking.starts_with("urgent") {
                self.urgent_read.add(seen.urgent);
            } else {
                self.urgent_invented.add(seen.urgent);
            }
        } else {
            self.unframed_stopped.add(seen.stopped);
            self.urgent_invented.add(seen.urgent);
        }
        match line.field("filling").as_deref() {
            Some("form_blank") => self.blank_unfilled.add(seen.unfilled),
            Some("form_part" | "form_filled") => self.filled_unfilled.add(seen.unfilled),
            // Letters count where the set has forms; blank pages are another matter.
            None if seen.unfilled => self.filled_unfilled.add(true),
            None | Some(_) => {}
        }
    }
}

/// The figures of all documents, then by condition; empty where no line states a mark or a form.
#[must_use]
pub fn figures(lines: &[Truth], seen: &[ObservedPages]) -> Vec<PageFigures> {
    let mut first: BTreeMap<&str, &Truth> = BTreeMap::new();
    for line in lines {
        first.entry(&line.document).or_insert(line);
    }
    let named = |condition: &str| PageFigures {
        condition: condition.to_owned(),
        ..PageFigures::default()
    };
    let is_asked = lines.iter().any(|line| {
        let filling = line.field("filling");
        line.field("marking").is_some() || filling.is_some_and(|word| word.starts_with("form"))
    });
    if !is_asked {
        return Vec::new();
    }
    let mut all = named("all");
    let mut groups: BTreeMap<String, PageFigures> = BTreeMap::new();
    for seen in seen {
        let Some(line) = first.get(seen.document.as_str()) else {
            continue;
        };
        all.add(line, seen);
        if let Some(condition) = line.field("condition") {
            let group = groups
                .entry(condition.clone())
                .or_insert_with(|| named(&condition));
            group.add(line, seen);
        }
    }
    std::iter::once(all).chain(groups.into_values()).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::evaluation::truth::parse;

    #[test]
    fn secret_documents_and_others_are_counted_apart_and_by_condition() {
        let line = |document: &str, fields: &str| {
            format!("{{\"document\":\"{document}\",\"label\":\"none\",{fields}}}")
        };
        let set = [
            line("a", r#""condition":"c300","marking":"secret_top""#),
            line("b", r#""condition":"g300","marking":"secret""#),
            line("c", r#""condition":"c300","marking":"urgent_flash""#),
            line("d", r#""condition":"c300","marking":"box""#),
        ];
        let lines = parse(&set.join("\n")).unwrap();
        let seen = |document: &str, stopped: bool, unsure: bool, urgent: bool| ObservedPages {
            document: document.to_owned(),
            stopped,
            unsure,
            urgent,
            unfilled: false,
        };
        let seen = [
            seen("a", true, false, false),
            seen("b", false, true, false),
            seen("c", false, false, true),
            seen("d", false, true, false),
        ];
        let found = figures(&lines, &seen);
        let share = |said, of| Share { said, of };
        assert_eq!(found.len(), 3);
        assert_eq!(found[0].secret_stopped, share(1, 2));
        assert_eq!(found[0].secret_unsure, share(1, 2));
        assert_eq!(found[0].other_stopped, share(0, 2));
        assert_eq!(found[0].other_unsure, share(1, 2));
        assert_eq!(found[0].urgent_read, share(1, 1));
        assert_eq!(found[0].urgent_invented, share(0, 3));
        assert_eq!(found[0].unframed_stopped, share(0, 0));
        assert_eq!(found[1].condition, "c300");
        assert_eq!(found[1].secret_stopped, share(1, 1));
    }

    #[test]
    fn a_set_without_marks_and_forms_has_no_such_figures() {
        let lines = parse(r#"{"document":"a","label":"none","filling":"bare"}"#).unwrap();
        let seen = ObservedPages {
            document: "a".to_owned(),
            ..ObservedPages::default()
        };
        assert_eq!(figures(&lines, &[seen]), []);
    }
}
