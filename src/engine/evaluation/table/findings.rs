//! The table of how often findings about whole pages are right, and how often what should be found is.

use crate::evaluation::pages::PageFigures;
use crate::evaluation::placing::Placing;
use crate::evaluation::rate::Rate;
use crate::evaluation::table::table;

/// How often something was said rightly, how often in all, and how often it should have been.
struct Finding {
    name: &'static str,
    right: usize,
    said: usize,
    due: usize,
}

impl Finding {
    /// Of impressions: those of which it should be said, and those of which it should not.
    const fn of_impressions(name: &'static str, found: &Rate, invented: &Rate) -> Self {
        Self {
            name,
            right: found.hits,
            said: found.hits + invented.hits,
            due: found.trials,
        }
    }
}

/// The table under its heading, over the whole set; nothing where nothing was to be found.
pub(super) fn section(placing: &Placing, pages: &[PageFigures]) -> String {
    let mut findings = vec![
        Finding::of_impressions("blank page", &placing.blank_found, &placing.blank_invented),
        Finding::of_impressions(
            "seal on print",
            &placing.over_print_found,
            &placing.over_print_invented,
        ),
    ];
    // The first row is that of all documents.
    findings.extend(pages.first().into_iter().flat_map(of_documents));
    findings.retain(|finding| finding.due > 0);
    if findings.is_empty() {
        return String::new();
    }
    let mut table = table(&["", "precision", "right of said", "recall", "found of all"]);
    let share = |part: usize, all: usize| match all {
        0 => "-".to_owned(),
        all => format!("{:.1} %", 100.0 * part as f64 / all as f64),
    };
    for Finding {
        name,
        right,
        said,
        due,
    } in findings
    {
        table.add_row([
            name.to_owned(),
            share(right, said),
            format!("{right} of {said}"),
            share(right, due),
            format!("{right} of {due}"),
        ]);
    }
    format!("Findings about whole pages\n\n{table}\n\n")
}

fn of_documents(all: &PageFigures) -> [Finding; 3] {
    let (secret, urgent, form) = (all.secret_stopped, all.urgent_read, all.blank_unfilled);
    [
        Finding {
            name: "mark of secrecy",
            right: secret.said,
            said: secret.said + all.other_stopped.said + all.unframed_stopped.said,
            due: secret.of,
        },
        Finding {
            name: "mark of urgency",
            right: urgent.said,
            said: urgent.said + all.urgent_invented.said,
            due: urgent.of,
        },
        Finding {
            name: "unfilled form",
            right: form.said,
            said: form.said + all.filled_unfilled.said,
            due: form.of,
        },
    ]
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::evaluation::pages::Share;

    #[test]
    fn precision_and_recall_are_of_what_is_said_and_of_what_is_there() {
        let all = PageFigures {
            secret_stopped: Share { said: 3, of: 4 },
            other_stopped: Share { said: 1, of: 9 },
            unframed_stopped: Share { said: 2, of: 9 },
            ..PageFigures::default()
        };
        let text = section(&Placing::default(), &[all]);
        let row = text.lines().find(|line| line.contains("secrecy")).unwrap();
        let cells: Vec<&str> = row.split('|').map(str::trim).collect();
        assert_eq!(cells[2..6], ["50.0 %", "3 of 6", "75.0 %", "3 of 4"]);
        assert!(!text.contains("urgency"), "none was to be found");
        assert_eq!(section(&Placing::default(), &[]), "");
    }
}
