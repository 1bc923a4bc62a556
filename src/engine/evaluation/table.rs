//! The figures as tables for people, in Markdown so that they can be pasted into a page.

mod findings;
mod letters;
mod pages;
mod placing;
mod sheets;
mod together;
mod widths;

use comfy_table::Table;
use comfy_table::presets::ASCII_MARKDOWN;

use crate::evaluation::Evaluation;
use crate::evaluation::Group;
use crate::evaluation::curve;
use crate::evaluation::curve::Curve;
use crate::evaluation::curve::CurvePoint;
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
use crate::verdict::Condition;
use crate::words::Language;
use crate::words::names;

/// What every reader of the figures must know, printed under the tables.
const NOTES: &str = "\
[a, b]: 95 % interval by bootstrap over seals; for simple rates never narrower than Wilson's. n: trials / seals.
A genuine impression that was missed, taken for another seal or not examined is refused at every threshold.
Forged ones that were missed or not examined are left out of EER and FRR and counted under `abstained`.
Deformed dies and pasted copies stay out of EER, FRR and Cllr. In Cllr, not examined is a likelihood ratio of 1.
FRR at FAR x is printed from 3/x forged trials on, EER and Cllr from 5 trials of each kind on; where that does not
reach FAR 0.1 %, the row of the smallest FAR supported, 3 over the number of forged trials, says what the set can show.
Calibration loss: Cllr less Cllr min, which a better calibration would save. Abstained, normal ink: genuine impressions,
found and not labelled as poorly inked, that end as undecided or not examinable.
";

/// The figures over the whole set and of each group, under their names.
fn rows(evaluation: &Evaluation) -> Vec<(String, &Figures)> {
    let named = |group: &Group| format!("{} {}", group.field, group.value);
    let groups = evaluation.groups.iter();
    let groups = groups.map(|group| (named(group), &group.figures));
    let all = std::iter::once(("all".to_owned(), &evaluation.all));
    all.chain(groups).collect()
}

/// Renders every table, one after the other.
#[must_use]
pub fn render(evaluation: &Evaluation) -> String {
    let rows = rows(evaluation);
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
    section(
        "Thresholds by the share of forgeries that passes (without traced dies)",
        &at_far(&rows),
    );
    section("Conclusions", &conclusions(&evaluation.all.said));
    section("Condition of the die", &conditions(&evaluation.all.said));
    section("Abstention, deformation, copies", &others(&rows));
    if !evaluation.curves.is_empty() {
        section(
            "Detection curves: forgeries that differ in one amount, by its size",
            &curves(&evaluation.curves),
        );
    }
    let others = [
        widths::section(&rows),
        placing::section(&rows),
        sheets::section(evaluation.straddling.as_ref()),
        letters::section(&rows, evaluation),
        pages::section(&evaluation.pages),
        findings::section(&rows, evaluation),
        together::lines(evaluation),
    ];
    text.push_str(&others.concat());
    text.push_str(NOTES);
    text.push_str(&remarks(evaluation));
    text
}

/// What should be known of the figures, a line each.
fn remarks(evaluation: &Evaluation) -> String {
    let mut text = String::new();
    for seed in &evaluation.seeds_calibrated {
        text.push_str(&format!(
            "The calibration was fitted to seals of seed {seed}: THESE FIGURES FLATTER and must not be reported\n"
        ));
    }
    for field in &evaluation.fields_unknown {
        text.push_str(&format!("Not grouped by {field}: no line has that field\n"));
    }
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
        "calibration loss",
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
        cells.push(cost(&figures.calibration_loss));
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
                let threshold = threshold(point.threshold_log10_lr);
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

fn at_far(rows: &[(String, &Figures)]) -> Table {
    let mut table = table(&[
        "",
        "FAR at most",
        "accepted from log10 LR",
        "forged accepted",
        "genuine refused",
        "FRR",
    ]);
    for (name, figures) in rows {
        let figures = &figures.without_traced;
        for point in &figures.at_far {
            table.add_row([
                name.clone(),
                format!("{} %", significant(100.0 * point.far)),
                threshold(point.threshold_log10_lr),
                format!("{} of {}", point.forged_accepted, figures.forged),
                format!("{} of {}", point.genuine_refused, figures.genuine),
                percent_figure(&point.frr),
            ]);
        }
    }
    table
}

fn curves(curves: &[Curve]) -> Table {
    let mut table = table(&[
        "",
        "size",
        "n",
        "called different",
        "different or leaning to it",
        "median log10 LR",
        "missed or not compared",
    ]);
    let mut add = |name: String, size: String, point: &CurvePoint| {
        let middle = point.log10_lr_median.map_or_else(none, |value| {
            let ends = point.log10_lr_interval.map_or_else(String::new, |ends| {
                format!(" [{:.2}, {:.2}]", ends.low, ends.high)
            });
            format!("{value:.2}{ends}")
        });
        table.add_row([
            name,
            size,
            format!("{} / {}", point.different.trials, point.different.seals),
            rate(&point.different),
            rate(&point.leaning),
            middle,
            point.not_compared.to_string(),
        ]);
    };
    if let Some(curve) = curves.first() {
        add("genuine".to_owned(), "0".to_owned(), &curve.genuine);
    }
    for curve in curves {
        let (name, unit) = curve::words(&curve.change);
        for point in &curve.points {
            let (least, most) = point.sizes;
            let size = if most - least < 1e-9 {
                format!("{} {unit}", significant(least))
            } else {
                format!("{} to {} {unit}", significant(least), significant(most))
            };
            add(name.clone(), size, point);
        }
    }
    table
}

/// A positive number with as many decimals as make two figures of it, without zeros at the end.
fn significant(value: f64) -> String {
    let decimals = if value < 0.1 {
        3
    } else if value < 10.0 {
        2
    } else {
        1
    };
    let text = format!("{value:.decimals$}");
    text.trim_end_matches('0').trim_end_matches('.').to_owned()
}

fn threshold(log10_lr: Option<f64>) -> String {
    log10_lr.map_or_else(|| "∞".to_owned(), |value| format!("{value:.2}"))
}

fn conclusions(said: &[Said]) -> Table {
    let mut header = vec!["", "n"];
    header.extend(
        CONCLUSIONS
            .iter()
            .map(|step| Language::English.word(names::conclusion(*step))),
    );
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
        "abstained, normal ink",
        "abstained, genuine",
        "abstained, forged",
        "deformed recognised",
        "sound called deformed",
        "deformed called different",
        "forged called deformed",
        "copies called printed",
        "stamped called printed",
        "copies linked",
        "falsely linked",
        "unregistered left unnamed",
    ]);
    for (name, figures) in rows {
        let rates = [
            &figures.abstention_normal_ink,
            &figures.abstention_genuine,
            &figures.abstention_forged,
            &figures.deformed_recognised,
            &figures.sound_called_deformed,
            &figures.deformed_called_different,
            &figures.forged_called_deformed,
            &figures.copies_called_printed,
            &figures.stamped_called_printed,
            &figures.copies_linked,
            &figures.falsely_linked,
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
        .map_or_else(none, |value| percent(value, rate.widest()))
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

    #[test]
    fn a_size_keeps_two_figures_and_no_idle_zeros() {
        let shown = [0.05, 0.3, 2.0, 2.35, 15.0, 0.1].map(significant);
        assert_eq!(shown, ["0.05", "0.3", "2", "2.35", "15", "0.1"]);
    }
}
