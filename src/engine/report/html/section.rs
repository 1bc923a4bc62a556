//! One document of the page: its findings, and each impression beside its specimen.

use std::fmt::Write;

use crate::report::exhibit::Exhibit;
use crate::report::findings;
use crate::report::html::badge;
use crate::report::html::escaped;
use crate::report::html::fields;
use crate::report::html::file;
use crate::report::marks::place;
use crate::report::marks::reason;
use crate::report::picture::Picture;
use crate::report::rows;
use crate::report::words;
use crate::rules::Finding;
use crate::verify::Examined;
use crate::verify::Outcome;
use crate::verify::Report;
use crate::verify::details::Marks;
use crate::verify::report::Comparison;
use crate::verify::report::Impression;
use crate::verify::report::Page;
use crate::words::Language;
use crate::words::names;
use crate::words::text;

/// Writes the section; `number` is its anchor.
pub(super) fn write(
    language: Language,
    (examined, exhibits): (&Examined, &[Exhibit]),
    number: usize,
) -> String {
    let report = &examined.report;
    let document = &report.document;
    let mut html = format!(
        "<section id=\"d{number}\">\n<details{}>\n<summary><h2>{} {}</h2></summary>\n<p class=\"small\">{}</p>\n",
        open(report.outcome),
        escaped(&document.path),
        badge(language, report.outcome),
        escaped(&facts(language, report)),
    );
    if let Some(own) = &document.fields {
        fields::write(&mut html, language, own);
    }
    if report.findings.is_empty() {
        let _ = writeln!(html, "<p>{}</p>", language.word("head.nothing"));
    } else {
        html.push_str("<ul class=\"findings\">\n");
        for found in &report.findings {
            finding(&mut html, language, found);
        }
        html.push_str("</ul>\n");
    }
    own_marks(&mut html, language, &report.pages);
    for (index, (record, exhibit)) in report.impressions.iter().zip(exhibits).enumerate() {
        impression(&mut html, language, (index + 1, record, exhibit));
        table(&mut html, language, (record, exhibit));
    }
    marks(&mut html, language, &examined.details.marks);
    file::facts(&mut html, language, document);
    html.push_str("</details>\n</section>\n");
    html
}

/// What asks for a person's eye stands open; what passed is folded away.
const fn open(outcome: Outcome) -> &'static str {
    match outcome {
        Outcome::Pass => "",
        Outcome::Review
        | Outcome::Flag
        | Outcome::Unreadable
        | Outcome::Stopped
        | Outcome::NotProcessed => " open",
    }
}

/// Marks of urgency and the like, a line each.
fn own_marks(html: &mut String, language: Language, pages: &[Page]) {
    for page in pages {
        for mark in &page.marks {
            let number = text(language, "head.page_number", &[("page", &page.number)]);
            let kind = language.word(names::mark(mark.kind));
            let words = mark.text.as_deref();
            let words = words.unwrap_or_else(|| language.word("mark.not_read"));
            let _ = writeln!(
                html,
                "<p class=\"small\">{number}: {kind}: {}</p>",
                escaped(words)
            );
        }
    }
}

/// The marks that are no seals, folded away: most readers ask for them only where one is missed.
fn marks(html: &mut String, language: Language, marks: &Marks) {
    let kept = marks.in_order();
    if kept.is_empty() {
        return;
    }
    let all = kept.len() + marks.left_out();
    let _ = writeln!(
        html,
        "<details class=\"marks\"><summary>{}</summary>\n<ul>",
        text(language, "no_seal.title", &[("n", &all)])
    );
    for mark in &kept {
        let _ = writeln!(
            html,
            "<li>{}: {}: {}</li>",
            text(language, "head.page_number", &[("page", &mark.page)]),
            place(language, mark),
            reason(language, mark.rejected.why)
        );
    }
    if marks.left_out() > 0 {
        let more = text(language, "count.more", &[("n", &marks.left_out())]);
        let _ = writeln!(html, "<li>{more}</li>");
    }
    html.push_str("</ul></details>\n");
}

fn facts(language: Language, report: &Report) -> String {
    let document = &report.document;
    let pages = document.pages.map_or_else(
        || language.word("head.pages_unknown").to_owned(),
        |pages| text(language, "count.pages", &[("n", &pages)]),
    );
    let date = document.date.claimed.map_or_else(
        || language.word("head.date_unknown").to_owned(),
        |date| text(language, "head.dated", &[("date", &language.date(date))]),
    );
    let digest = document.sha256.as_deref();
    let digest = digest.and_then(|digest| digest.get(..16));
    let digest = digest.unwrap_or_else(|| language.word("head.none"));
    let revision = text(
        language,
        "head.revision",
        &[("revision", &report.register.revision)],
    );
    format!("{pages}, {date}, SHA-256 {digest}…, {revision}")
}

fn finding(html: &mut String, language: Language, finding: &Finding) {
    let severity = words::code(&finding.severity);
    let page = finding.page.map_or_else(String::new, |page| {
        let page = text(language, "head.page_number", &[("page", &page)]);
        format!("{page}: ")
    });
    let told = findings::told(finding, language);
    let mut said = escaped(told.sentence.as_deref().unwrap_or(&told.title));
    if !told.figures.is_empty() {
        let figures = told.figures.iter();
        let figures: Vec<String> = figures
            .map(|(name, value)| format!("{name}: {value}"))
            .collect();
        let _ = write!(said, " ({})", escaped(&figures.join("; ")));
    }
    let basis = match findings::ground(finding, language) {
        ground if ground.is_empty() => ground,
        ground => format!(" <span class=\"small\">({})</span>", escaped(&ground)),
    };
    let _ = writeln!(
        html,
        "<li><strong class=\"{severity}\">{}</strong> {page}{said} \
         <span class=\"small\">{}</span>{basis}</li>",
        language.word(names::severity(finding.severity)),
        escaped(&finding.code),
    );
}

fn impression(
    html: &mut String,
    language: Language,
    (number, record, exhibit): (usize, &Impression, &Exhibit),
) {
    let place = rows::pages(language, record);
    let head = text(
        language,
        "head.impression",
        &[("number", &number), ("place", &place)],
    );
    let _ = writeln!(html, "<h3>{head}</h3>\n<div class=\"trio\">");
    let mut shown = |picture: &Option<Picture>, name: &str, terms: &str| {
        if let Some(picture) = picture {
            figure(html, picture, name, terms);
        }
    };
    let found = Some(exhibit.impression.clone());
    shown(&found, language.word("picture.impression"), "");
    let specimen = exhibit.caption(language, record);
    shown(&exhibit.specimen, &specimen, "");
    let overlay = language.word("picture.overlay");
    let numbers = escaped(language.word("picture.numbers"));
    let terms = format!("{}<br>{numbers}", legend(language, &LEGEND));
    shown(&exhibit.overlay, overlay, &terms);
    let difference = language.word("picture.difference");
    let terms = legend(language, &LEGEND[1..3]);
    shown(&exhibit.difference, difference, &terms);
    html.push_str("</div>\n");
}

/// The colours of the overlay and what they mean.
const LEGEND: [(&str, &str); 6] = [
    ("#737a80", "picture.agrees"),
    ("#1a73e6", "picture.missing"),
    ("#e61a1a", "picture.extra"),
    ("#fff5bf", "picture.hidden"),
    ("#7a1fa2", "picture.place"),
    ("#00783d", "picture.place_for"),
];

/// Colours with their meanings, each of which stays on one line.
fn legend(language: Language, colours: &[(&str, &str)]) -> String {
    let entries = colours.iter().map(|(colour, key)| {
        format!(
            "<span class=\"legend\"><span style=\"background:{colour}\"></span>{}</span>",
            language.word(key)
        )
    });
    entries.collect::<Vec<String>>().join(" ")
}

/// `terms` is markup of our own.
fn figure(html: &mut String, picture: &Picture, name: &str, terms: &str) {
    let name = escaped(name);
    let _ = writeln!(
        html,
        "<figure><img src=\"{}\" alt=\"{name}\"><figcaption>{name}<br>\
         <span class=\"small\">{terms}</span></figcaption></figure>",
        picture.to_data_uri(),
    );
}

fn table(html: &mut String, language: Language, (record, exhibit): (&Impression, &Exhibit)) {
    html.push_str("<div class=\"wide\"><table>\n");
    let mut row = |name: &str, value: &str| {
        let _ = writeln!(
            html,
            "<tr><th scope=\"row\">{name}</th><td>{}</td></tr>",
            escaped(value)
        );
    };
    let (owner, measured) = (exhibit.owner.as_deref(), exhibit.measured.as_ref());
    for (name, value) in rows::own(language, record, (owner, measured)) {
        row(&name, &value);
    }
    if let Some(comparison) = &record.comparison {
        for (name, value) in compared(language, comparison) {
            row(&name, &value);
        }
    }
    html.push_str("</table></div>\n");
}

/// All figures of a comparison, with the measurements behind them.
fn compared(language: Language, comparison: &Comparison) -> Vec<rows::Row> {
    let mut rows = rows::compared(language, comparison);
    for (number, [name, amount, seen, ratio]) in (1..).zip(rows::evidence(language, comparison)) {
        let name = format!("{number}. {name}");
        let value = match (seen.is_empty(), ratio.is_empty()) {
            (_, true) => format!("{name}: {amount}"),
            (true, false) => text(
                language,
                "row.own_ratio",
                &[("name", &name), ("amount", &amount), ("ratio", &ratio)],
            ),
            (false, false) => text(
                language,
                "row.own_ratio_seen",
                &[
                    ("name", &name),
                    ("amount", &amount),
                    ("seen", &seen),
                    ("ratio", &ratio),
                ],
            ),
        };
        rows.push((language.word("row.measured").to_owned(), value));
    }
    let caveats = rows::caveats(language, comparison);
    if !caveats.is_empty() {
        rows.push((language.word("row.caveats").to_owned(), caveats.join("; ")));
    }
    rows
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_what_passed_is_folded_away() {
        assert_eq!(open(Outcome::Pass), "");
        for outcome in [Outcome::Review, Outcome::Flag, Outcome::Unreadable] {
            assert_eq!(open(outcome), " open");
        }
    }
}
