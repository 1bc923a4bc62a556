//! The table of how often findings about whole pages are right, and how often what should be found is.

use comfy_table::Table;

use crate::evaluation::Evaluation;
use crate::evaluation::claims::Claim;
use crate::evaluation::documents::DocumentFigures;
use crate::evaluation::figures::Figures;
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

/// The tables under their heading, over the whole set and by group; nothing where nothing was to be found. The first row is that of all
/// documents.
pub(super) fn section(rows: &[(String, &Figures)], evaluation: &Evaluation) -> String {
    let sheets = evaluation.straddling.as_ref();
    tables(rows, (&evaluation.pages, &evaluation.files), sheets)
}

/// The first of the pages and of the files are those of all documents.
fn tables(
    rows: &[(String, &Figures)],
    (pages, files): (&[PageFigures], &[DocumentFigures]),
    sheets: Option<&StraddlingFigures>,
) -> String {
    let placing = rows.first().map(|(_, own)| &own.placing);
    let mut all = claims(placing, pages.first(), files.first());
    all.extend(sheets.map(of_sheets));
    all.retain(is_told);
    if all.is_empty() {
        return String::new();
    }
    let mut whole = table(&["", "precision", "right of said", "recall", "found of all"]);
    let share = |part: usize, all: usize| match all {
        0 => "-".to_owned(),
        all => format!("{:.1} %", 100.0 * part as f64 / all as f64),
    };
    for Claim {
        name,
        right,
        said,
        due,
    } in all
    {
        whole.add_row([
            name,
            share(right, said),
            format!("{right} of {said}"),
            share(right, due),
            format!("{right} of {due}"),
        ]);
    }
    let mut text = format!("Findings about pages and places\n\n{whole}\n\n");
    if let Some(groups) = by_group(rows, pages, files) {
        text.push_str("The same by group: right, said, to be said\n\n");
        text.push_str(&format!("{groups}\n\n"));
    }
    text
}

/// What was said of impressions and of documents.
fn claims(
    placing: Option<&Placing>,
    pages: Option<&PageFigures>,
    files: Option<&DocumentFigures>,
) -> Vec<Claim> {
    let mut claims = Vec::new();
    if let Some(own) = placing {
        let (found, invented) = (&own.blank_found, &own.blank_invented);
        claims.push(of_impressions("blank page", found, invented));
    }
    claims.extend(pages.into_iter().flat_map(of_documents));
    claims.extend(placing.into_iter().flat_map(|own| own.claims.clone()));
    claims.extend(files.into_iter().flat_map(|own| own.claims.clone()));
    claims
}

const fn is_told(claim: &Claim) -> bool {
    claim.due > 0 || claim.said > 0
}

/// A row a group; `None` where there are no groups, or nothing is told of any.
fn by_group(
    rows: &[(String, &Figures)],
    pages: &[PageFigures],
    files: &[DocumentFigures],
) -> Option<Table> {
    let of_pages = |name: &str| pages.iter().skip(1).find(|own| own.condition == name);
    let of_files = |name: &str| files.iter().skip(1).find(|own| own.condition == name);
    // Rows name the field that they are grouped by, pages are grouped by condition alone.
    let own = |name: &str| name.strip_prefix("condition ").unwrap_or(name).to_owned();
    let mut groups: Vec<(String, Vec<Claim>)> = rows
        .iter()
        .skip(1)
        .map(|(name, figures)| {
            let name = own(name);
            let claims = claims(Some(&figures.placing), of_pages(&name), of_files(&name));
            (name, claims)
        })
        .collect();
    let is_new = |page: &&PageFigures| !rows.iter().any(|(name, _)| own(name) == page.condition);
    let others = pages.iter().skip(1).filter(is_new);
    groups.extend(others.map(|own| {
        let name = own.condition.clone();
        let claims = claims(None, Some(own), of_files(&name));
        (name, claims)
    }));
    let mut names: Vec<String> = Vec::new();
    for claim in groups.iter().flat_map(|(_, claims)| claims) {
        if is_told(claim) && !names.contains(&claim.name) {
            names.push(claim.name.clone());
        }
    }
    if names.is_empty() {
        return None;
    }
    let heads: Vec<&str> = std::iter::once("")
        .chain(groups.iter().map(|(name, _)| name.as_str()))
        .collect();
    let mut found = table(&heads);
    for name in names {
        let cells = groups.iter().map(|(_, claims)| {
            let own = claims.iter().find(|claim| claim.name == name);
            own.filter(|own| is_told(own)).map_or_else(
                || "-".to_owned(),
                |own| format!("{}, {}, {}", own.right, own.said, own.due),
            )
        });
        let cells: Vec<String> = std::iter::once(name.clone()).chain(cells).collect();
        found.add_row(cells);
    }
    Some(found)
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
    use crate::evaluation::evaluate;
    use crate::evaluation::pages::Share;
    use crate::evaluation::table::render;
    use crate::evaluation::truth;

    #[test]
    fn precision_and_recall_are_of_what_is_said_and_of_what_is_there() {
        let all = PageFigures {
            secret_stopped: Share { said: 3, of: 4 },
            other_stopped: Share { said: 1, of: 9 },
            unframed_stopped: Share { said: 2, of: 9 },
            ..PageFigures::default()
        };
        let gray = PageFigures {
            condition: "g300".to_owned(),
            secret_stopped: Share { said: 1, of: 2 },
            ..PageFigures::default()
        };
        let text = tables(&[], (&[all, gray], &[]), None);
        let rows: Vec<&str> = text
            .lines()
            .filter(|line| line.contains("secrecy  "))
            .collect();
        let cells = |row: &str| -> Vec<String> {
            let cells = row.split('|').map(|cell| cell.trim().to_owned());
            cells.collect()
        };
        assert_eq!(
            cells(rows[0])[2..6],
            ["50.0 %", "3 of 6", "75.0 %", "3 of 4"]
        );
        assert_eq!(cells(rows[1])[2], "1, 1, 2");
        assert!(!text.contains("urgency"), "none was to be found");
        assert_eq!(tables(&[], (&[], &[]), None), "");
    }

    #[test]
    fn what_is_said_of_files_stands_over_all_and_by_condition() {
        let of = |condition: &str, right: usize, due: usize| DocumentFigures {
            condition: condition.to_owned(),
            claims: vec![Claim {
                name: "file: a script".to_owned(),
                right,
                said: right,
                due,
            }],
        };
        let line = |condition: &str| {
            format!(
                "{{\"document\":\"{condition}\",\"label\":\"none\",\"condition\":\"{condition}\"}}"
            )
        };
        let lines = ["c300", "g300"].map(line).join("\n");
        let lines = truth::parse(&lines).unwrap();
        let (mut evaluation, _) = evaluate(&lines, &[], |_| true, &[]);
        evaluation.files = vec![of("all", 3, 4), of("c300", 2, 2), of("g300", 1, 2)];
        let text = render(&evaluation);
        assert!(text.contains("75.0 %") && text.contains("3 of 4"), "{text}");
        assert!(
            text.contains("2, 2, 2") && text.contains("1, 1, 2"),
            "{text}"
        );
    }
}
