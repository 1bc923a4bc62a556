//! The figures as tables for people, in Markdown so that they can be pasted into a page.

use comfy_table::Table;
use comfy_table::presets::ASCII_MARKDOWN;

use crate::evaluation::Evaluation;
use crate::evaluation::figures::CONCLUSIONS;
use crate::evaluation::figures::CONDITIONS;
use crate::evaluation::figures::Figures;
use crate::evaluation::figures::Said;
use crate::evaluation::interval::Interval;
use crate::evaluation::rate::Rate;
use crate::evaluation::rate::Spread;
use crate::evaluation::trial::Kind;
use crate::evaluation::verification::Figure;
use crate::evaluation::verification::Verification;
use crate::report::words;
use crate::verdict::Condition;

/// What every reader of the figures must know, printed under the tables.
const NOTES: &str = "\
[a, b]: 95 % interval, Wilson's for rates, bootstrap over seals for EER, FRR, Cllr. n: trials / seals.
A genuine impression that was missed, taken for another seal or not examined is refused at every threshold.
Forged ones that were missed or not examined are left out of EER and FRR and counted under `abstained`.
Deformed dies and pasted copies stay out of EER, FRR and Cllr. In Cllr, not examined is a likelihood ratio of 1.
FRR at FAR x is printed from 3/x forged trials on, EER and Cllr from 5 trials of each kind on.
";

/// Renders every table, one after the other.
#[must_use]
pub fn render(evaluation: &Evaluation) -> String {
    let rows: Vec<(String, &Figures)> = std::iter::once(("all".to_owned(), &evaluation.all))
        .chain(
            evaluation
                .groups
                .iter()
                .map(|group| (format!("{} {}", group.field, group.value), &group.figures)),
        )
        .collect();
    let mut text = String::new();
    let mut section = |title: &str, table: &Table| {
        text.push_str(&format!("{title}\n\n{table}\n\n"));
    };
    section("Detection and identification", &detection(&rows));
    section(
        "Verification against the claimed seal, without traced dies",
        &verification(&rows, |f| &f.without_traced),
    );
    section(
        "Verification against the claimed seal, with traced dies",
        &verification(&rows, |f| &f.with_traced),
    );
    section(
        "Genuine refused where few forgeries pass (without traced dies)",
        &at_counts(&rows),
    );
    section("Conclusions", &conclusions(&evaluation.all.said));
    section("Condition of the die", &conditions(&evaluation.all.said));
    section("Abstention, deformation, copies", &others(&rows));
    text.push_str(NOTES);
    for (document, count) in &evaluation.false_seals {
        text.push_str(&format!("False seals: {document}: {count}\n"));
    }
    for missed in &evaluation.missed {
        let seal = missed.seal.as_deref().unwrap_or("unregistered");
        text.push_str(&format!("Missed: {}: {seal}\n", missed.document));
    }
    if !evaluation.seals_not_registered.is_empty() {
        let seals = evaluation.seals_not_registered.join(", ");
        text.push_str(&format!(
            "Named by the set and not in the register, so never accepted: {seals}\n"
        ));
    }
    for unread in &evaluation.unread {
        text.push_str(&format!(
            "Not read: {}: {}\n",
            unread.document, unread.reason
        ));
    }
    text
}

fn table(header: &[&str]) -> Table {
    let mut table = Table::new();
    table.load_style(ASCII_MARKDOWN);
    table.set_header(header.to_vec());
    table
}

fn detection(rows: &[(String, &Figures)]) -> Table {
    let mut table = table(&[
        "",
        "found",
        "n",
        "false seals a page",
        "centre mm (median, p95)",
        "width mm (median, p95)",
        "identified",
        "n",
    ]);
    for (name, figures) in rows
        .iter()
        .filter(|row| row.1.detection.trials > 0 || row.1.pages > 0)
    {
        let spread = |spread: Option<Spread>| {
            spread.map_or_else(none, |spread| {
                format!("{:.2}, {:.2}", spread.median, spread.p95)
            })
        };
        table.add_row([
            name.clone(),
            rate(&figures.detection),
            numbers(&figures.detection),
            figures.false_seals_per_page.map_or_else(none, |share| {
                format!("{share:.3} ({} / {})", figures.false_seals, figures.pages)
            }),
            spread(figures.centre_error_mm),
            spread(figures.width_error_mm),
            rate(&figures.identification),
            numbers(&figures.identification),
        ]);
    }
    table
}

fn verification(rows: &[(String, &Figures)], which: impl Fn(&Figures) -> &Verification) -> Table {
    let mut table = table(&[
        "",
        "genuine n",
        "forged n",
        "EER",
        "FRR at FAR 1 %",
        "FRR at FAR 0.1 %",
        "Cllr",
        "Cllr min",
    ]);
    let rows = rows.iter().map(|(name, figures)| (name, which(figures)));
    for (name, figures) in
        rows.filter(|row| row.1.genuine > 0 && row.1.forged + row.1.forged_without_score > 0)
    {
        let mut cells = vec![
            name.clone(),
            format!("{} / {}", figures.genuine, figures.genuine_seals),
            format!("{} / {}", figures.forged, figures.forged_seals),
            percent_figure(&figures.eer),
        ];
        cells.extend(
            figures
                .frr_at_far
                .iter()
                .map(|(_, figure)| percent_figure(figure)),
        );
        cells.push(cost(&figures.cllr));
        cells.push(cost(&figures.cllr_min));
        table.add_row(cells);
    }
    table
}

fn at_counts(rows: &[(String, &Figures)]) -> Table {
    let mut table = table(&[
        "",
        "genuine refused / all, at log10 LR, where this many of the forged pass",
    ]);
    for (name, figures) in rows
        .iter()
        .filter(|row| !row.1.without_traced.at_counts.is_empty())
    {
        let figures = &figures.without_traced;
        let points: Vec<String> = figures
            .at_counts
            .iter()
            .map(|point| {
                let threshold = point
                    .threshold_log10_lr
                    .map_or_else(|| "∞".to_owned(), |value| format!("{value:.2}"));
                let (refused, passed) = (point.genuine_refused, point.forged_accepted);
                format!(
                    "{passed} of {}: {refused} / {} at {threshold}",
                    figures.forged, figures.genuine
                )
            })
            .collect();
        table.add_row([name.clone(), points.join("   ")]);
    }
    table
}

fn conclusions(said: &[Said]) -> Table {
    let mut header = vec!["", "n"];
    header.extend(CONCLUSIONS.iter().map(|step| words::conclusion(*step)));
    header.extend(["not compared", "missed"]);
    let mut table = table(&header);
    for row in said {
        let mut cells = vec![kind_words(row.kind).to_owned(), row.trials.to_string()];
        cells.extend(row.conclusions.iter().map(|(_, count)| count.to_string()));
        cells.extend([row.not_compared.to_string(), row.missed.to_string()]);
        table.add_row(cells);
    }
    table
}

fn conditions(said: &[Said]) -> Table {
    let mut header = vec!["", "n"];
    header.extend(CONDITIONS.iter().map(|state| condition_word(*state)));
    let mut table = table(&header);
    for row in said {
        let mut cells = vec![kind_words(row.kind).to_owned(), row.trials.to_string()];
        cells.extend(row.conditions.iter().map(|(_, count)| count.to_string()));
        table.add_row(cells);
    }
    table
}

fn others(rows: &[(String, &Figures)]) -> Table {
    let mut table = table(&[
        "",
        "abstained, genuine",
        "abstained, forged",
        "deformed recognised",
        "sound called deformed",
        "copies called printed",
        "stamped called printed",
        "unregistered left unnamed",
    ]);
    for (name, figures) in rows {
        let rates = [
            &figures.abstention_genuine,
            &figures.abstention_forged,
            &figures.deformed_recognised,
            &figures.sound_called_deformed,
            &figures.copies_called_printed,
            &figures.stamped_called_printed,
            &figures.left_unnamed,
        ];
        let mut cells = vec![name.clone()];
        cells.extend(rates.iter().map(|one| match one.trials {
            0 => none(),
            _ => format!("{} ({})", rate(one), numbers(one)),
        }));
        table.add_row(cells);
    }
    table
}

fn none() -> String {
    "-".to_owned()
}

fn rate(rate: &Rate) -> String {
    rate.value
        .map_or_else(none, |value| percent(value, rate.interval))
}

fn numbers(rate: &Rate) -> String {
    format!("{} of {} / {}", rate.hits, rate.trials, rate.seals)
}

fn percent(value: f64, interval: Option<Interval>) -> String {
    let ends = interval.map_or_else(String::new, |ends| {
        format!(" [{:.1}, {:.1}]", 100.0 * ends.low, 100.0 * ends.high)
    });
    format!("{:.1} %{ends}", 100.0 * value)
}

fn percent_figure(figure: &Figure) -> String {
    supported(figure, percent)
}

fn cost(figure: &Figure) -> String {
    supported(figure, |value, interval| {
        let ends = interval.map_or_else(String::new, |ends| {
            format!(" [{:.2}, {:.2}]", ends.low, ends.high)
        });
        format!("{value:.3}{ends}")
    })
}

fn supported(figure: &Figure, show: impl Fn(f64, Option<Interval>) -> String) -> String {
    match (figure.value, &figure.unsupported) {
        (Some(value), _) => show(value, figure.interval),
        (None, Some(why)) => why.clone(),
        (None, None) => none(),
    }
}

const fn kind_words(kind: Kind) -> &'static str {
    match kind {
        Kind::Genuine => "genuine",
        Kind::Forged => "forged",
        Kind::Traced => "forged (traced)",
        Kind::Deformed => "deformed",
        Kind::Copy => "pasted copy",
        Kind::Unregistered => "unregistered",
        Kind::None => "no seal",
    }
}

const fn condition_word(condition: Condition) -> &'static str {
    match condition {
        Condition::Sound => "sound",
        Condition::Worn => "worn",
        Condition::Damaged => "damaged",
        Condition::Deformed => "deformed",
        Condition::Unknown => "unknown",
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::evaluation::evaluate;
    use crate::evaluation::truth;

    #[test]
    fn every_section_is_printed_and_unsupported_rates_say_so() {
        let lines = truth::parse(concat!(
            "{\"document\":\"a\",\"label\":\"genuine\",\"seal\":\"S\",\"condition\":\"c300\"}\n",
            "{\"document\":\"b\",\"label\":\"forged\",\"seal\":\"S\",\"condition\":\"c300\"}\n",
        ))
        .unwrap();
        let (evaluation, _) = evaluate(&lines, &[], |_| true, &[]);
        let text = render(&evaluation);
        assert!(text.contains("condition c300"), "{text}");
        assert!(text.contains("not supported by n = 0"), "{text}");
        assert!(text.contains("Not read: a: it was not examined"), "{text}");
    }
}
