//! The table of how often findings about whole pages are right, and how often what should be found is.

use crate::evaluation::claims::Claim;
use crate::evaluation::pages::PageFigures;
use crate::evaluation::placing::Placing;
use crate::evaluation::rate::Rate;
use crate::evaluation::straddling::StraddlingFigures;
use crate::evaluation::table::table;

/// Of impressions: those of which it should be said, and those of which it should not.
fn of_impressions(name: &str, found: &Rate, invented: &Rate) -> Claim {
    Claim {
        name: name.to_owned(),
        right: found.hits,
        said: found.hits + invented.hits,
        due: found.trials,
    }
}

/// Of broken sets of sheets, whole ones beside them; groups of one condition are among them already.
fn of_sheets(figures: &StraddlingFigures) -> Claim {
    let mut claim = Claim {
        name: "sheets under one seal not whole".to_owned(),
        right: 0,
        said: 0,
        due: 0,
    };
    for (state, own) in figures.groups.iter().filter(|group| !group.0.contains(' ')) {
        claim.said += own.flagged;
        if state != "complete" {
            claim.right += own.flagged;
            claim.due += own.documents;
        }
    }
    claim
}

/// The table under its heading, over the whole set; nothing where nothing was to be found.
pub(super) fn section(
    placing: &Placing,
    pages: &[PageFigures],
    sheets: Option<&StraddlingFigures>,
) -> String {
    let blank = of_impressions("blank page", &placing.blank_found, &placing.blank_invented);
    let mut findings = vec![blank];
    // The first row is that of all documents.
    findings.extend(pages.first().into_iter().flat_map(of_documents));
    findings.extend(placing.claims.iter().cloned());
    findings.extend(sheets.map(of_sheets));
    findings.retain(|finding| finding.due > 0 || finding.said > 0);
    if findings.is_empty() {
        return String::new();
    }
    let mut table = table(&["", "precision", "right of said", "recall", "found of all"]);
    let share = |part: usize, all: usize| match all {
        0 => "-".to_owned(),
        all => format!("{:.1} %", 100.0 * part as f64 / all as f64),
    };
    for Claim {
        name,
        right,
        said,
        due,
    } in findings
    {
        table.add_row([
            name,
            share(right, said),
            format!("{right} of {said}"),
            share(right, due),
            format!("{right} of {due}"),
        ]);
    }
    format!("Findings about pages and places\n\n{table}\n\n")
}

fn of_documents(all: &PageFigures) -> [Claim; 4] {
    let (secret, urgent, form) = (all.secret_stopped, all.urgent_read, all.blank_unfilled);
    let stopped = secret.said + all.other_stopped.said + all.unframed_stopped.said;
    [
        Claim {
            name: "mark of secrecy, stopped or to be looked at".to_owned(),
            right: secret.said + all.secret_unsure.said,
            said: stopped + all.secret_unsure.said + all.other_unsure.said,
            due: secret.of,
        },
        Claim {
            name: "mark of secrecy".to_owned(),
            right: secret.said,
            said: stopped,
            due: secret.of,
        },
        Claim {
            name: "mark of urgency".to_owned(),
            right: urgent.said,
            said: urgent.said + all.urgent_invented.said,
            due: urgent.of,
        },
        Claim {
            name: "unfilled form".to_owned(),
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
        let text = section(&Placing::default(), &[all], None);
        let row = text
            .lines()
            .find(|line| line.contains("secrecy  "))
            .unwrap();
        let cells: Vec<&str> = row.split('|').map(str::trim).collect();
        assert_eq!(cells[2..6], ["50.0 %", "3 of 6", "75.0 %", "3 of 4"]);
        assert!(!text.contains("urgency"), "none was to be found");
        assert_eq!(section(&Placing::default(), &[], None), "");
    }
}
