//! What a printed report says, section by section.

use crate::report::exhibit::Exhibit;
use crate::report::findings;
use crate::report::pdf::Subject;
use crate::report::pdf::flow::BODY;
use crate::report::pdf::flow::Flow;
use crate::report::pdf::flow::HEAD;
use crate::report::pdf::flow::LABEL;
use crate::report::pdf::flow::Mark;
use crate::report::pdf::flow::Plate;
use crate::report::pdf::flow::SMALL;
use crate::report::pdf::flow::TITLE;
use crate::report::pdf::setting::Colour;
use crate::report::pdf::setting::Setting;
use crate::report::pdf::setting::Style;
use crate::report::picture::Picture;
use crate::report::rows;
use crate::rules::Finding;
use crate::rules::Severity;
use crate::verdict::Conclusion;
use crate::verify::Outcome;
use crate::verify::report::DocumentDate;
use crate::verify::report::Impression;
use crate::verify::report::Page;
use crate::words;
use crate::words::Language;
use crate::words::names;
use crate::words::text;

/// Findings, impressions and pages that are printed; of more, their number. A scan of an archive's volume has thousands of
/// pages, and its report is still one that a person can leaf through.
const FINDINGS_MAX: usize = 400;
const IMPRESSIONS_MAX: usize = 120;
const PAGES_MAX: usize = 120;

/// Shares of the width that names and values take.
const NAMED: [f32; 2] = [0.28, 0.72];
/// The same of measurements behind a ratio.
const MEASURED: [f32; 4] = [0.36, 0.36, 0.14, 0.14];

const AGREES: (Colour, &str) = ([0x73, 0x7a, 0x80], "picture.agrees");
const MISSING: (Colour, &str) = ([0x1a, 0x73, 0xe6], "picture.missing");
const EXTRA: (Colour, &str) = ([0xe6, 0x1a, 0x1a], "picture.extra");
const HIDDEN: (Colour, &str) = ([0xff, 0xf5, 0xbf], "picture.hidden");
const PLACE: (Colour, &str) = ([0x7a, 0x1f, 0xa2], "picture.place");
const PLACE_FOR: (Colour, &str) = ([0x00, 0x78, 0x3d], "picture.place_for");

/// Lays the report out on pages.
pub(super) fn laid_out<'a>(subject: Subject<'a>, setting: &'a Setting<'a>) -> Vec<Vec<Mark<'a>>> {
    let mut flow = Flow::new(setting);
    let language = subject.language;
    flow.paragraph(language.word("head.examination"), TITLE);
    flow.gap(6.0);
    let notice = format!(
        "{} {} {}",
        language.word("head.no_opinion"),
        language.word("head.purpose"),
        language.word("pdf.whose_question"),
    );
    flow.notice(&notice, BODY);
    flow.gap(8.0);
    document(&mut flow, subject);
    all_findings(&mut flow, subject);
    impressions(&mut flow, subject);
    pages(&mut flow, subject);
    made_with(&mut flow, subject);
    flow.finish()
}

fn document(flow: &mut Flow<'_>, subject: Subject<'_>) {
    let language = subject.language;
    let report = subject.report;
    let document = &report.document;
    let mut rows = Vec::new();
    let mut row = |key: &str, value: Option<String>| {
        rows.extend(value.map(|value| vec![language.word(key).to_owned(), value]));
    };
    row("pdf.document", Some(document.path.clone()));
    row("pdf.file_digest", document.sha256.clone());
    row("pdf.pages", document.pages.map(|pages| pages.to_string()));
    let source = language.word(names::date_source(document.date.source));
    let date = document.date.claimed.map_or_else(
        || language.word("head.date_unknown").to_owned(),
        |date| format!("{} ({source})", language.date(date)),
    );
    row("pdf.date", Some(date));
    let proof = proof(language, &document.date).map_or_else(String::new, |proof| {
        format!(" ({})", text(language, "pdf.proof", &[("proof", &proof)]))
    });
    let not_after = document.date.not_after;
    row(
        "pdf.not_after",
        not_after.map(|date| format!("{}{proof}", language.date(date))),
    );
    row("pdf.reason", findings::unread(report, None, language));
    flow.table(&rows, &NAMED);
    flow.gap(6.0);
    let outcome = language.word("pdf.outcome");
    let told = language.word(names::outcome(report.outcome));
    let count = text(language, "count.findings", &[("n", &report.findings.len())]);
    let style = Style {
        colour: outcome_colour(report.outcome),
        ..HEAD
    };
    flow.paragraph(&format!("{outcome}: {told} · {count}"), style);
}

/// What proves by when the document existed: as it was given, or the entry of a register in the reader's language.
fn proof(language: Language, date: &DocumentDate) -> Option<String> {
    let entry = date
        .entry
        .as_ref()
        .filter(|_| language != Language::English);
    let Some(entry) = entry else {
        return date.proof.clone();
    };
    let book = words::known(language, &format!("book.{}", entry.register));
    let register = book.unwrap_or(&entry.register);
    Some(text(
        language,
        "proof.entry",
        &[
            ("register", &register),
            ("seal", &entry.seal),
            ("entry", &entry.entry_no),
        ],
    ))
}

const fn outcome_colour(outcome: Outcome) -> Colour {
    match outcome {
        Outcome::Pass => [0x1d, 0x6b, 0x34],
        Outcome::Review => [0x7a, 0x52, 0x00],
        Outcome::Flag => [0xa3, 0x15, 0x15],
        Outcome::Unreadable | Outcome::Stopped | Outcome::NotProcessed => [0x45, 0x49, 0x4f],
    }
}

const fn severity_colour(severity: Severity) -> Colour {
    match severity {
        Severity::Violation => [0xa3, 0x15, 0x15],
        Severity::Warning => [0x7a, 0x52, 0x00],
        Severity::Remark => [0x45, 0x49, 0x4f],
    }
}

fn conclusion_colour(record: &Impression) -> Colour {
    match (&record.seal, record.conclusion) {
        (Some(_), Conclusion::Consistent | Conclusion::LeansConsistent) => {
            outcome_colour(Outcome::Pass)
        }
        (Some(_), Conclusion::Different) => outcome_colour(Outcome::Flag),
        (Some(_), Conclusion::Undecided | Conclusion::LeansDifferent) => {
            outcome_colour(Outcome::Review)
        }
        (Some(_), Conclusion::NotExaminable) | (None, _) => outcome_colour(Outcome::Unreadable),
    }
}

fn all_findings(flow: &mut Flow<'_>, subject: Subject<'_>) {
    let language = subject.language;
    let found = &subject.report.findings;
    flow.heading(language.word("pdf.findings"), HEAD);
    if found.is_empty() {
        flow.paragraph(language.word("head.nothing"), BODY);
    }
    for own in found.iter().take(FINDINGS_MAX) {
        finding(flow, language, own);
    }
    more(flow, language, found.len(), FINDINGS_MAX);
}

fn finding(flow: &mut Flow<'_>, language: Language, finding: &Finding) {
    let told = findings::told(finding, language);
    let severity = language.word(names::severity(finding.severity));
    let label = (severity, severity_colour(finding.severity));
    flow.entry(label, &told.title, LABEL);
    if let Some(sentence) = &told.sentence {
        flow.paragraph(sentence, BODY);
    }
    let figures = told.figures.iter();
    let figures: Vec<String> = figures
        .map(|(name, value)| format!("{name}: {value}"))
        .collect();
    if !figures.is_empty() {
        flow.paragraph(&figures.join("; "), BODY);
    }
    let mut place = Vec::new();
    if let Some(page) = finding.page {
        place.push(text(language, "head.page_number", &[("page", &page)]));
    }
    if let Some(basis) = &finding.basis {
        let article = findings::article(basis, language);
        let law = text(
            language,
            "pdf.law",
            &[("instrument", &basis.instrument), ("article", &article)],
        );
        let period = findings::in_force(&basis.in_force, language);
        place.push(format!("{law} ({period})"));
    } else {
        let ground = findings::ground(finding, language);
        place.extend((!ground.is_empty()).then_some(ground));
    }
    place.push(finding.code.clone());
    flow.paragraph(&place.join(" · "), SMALL);
    flow.gap(5.0);
}

fn impressions<'a>(flow: &mut Flow<'a>, subject: Subject<'a>) {
    let language = subject.language;
    let records = &subject.report.impressions;
    let is_read = match subject.report.outcome {
        Outcome::Pass | Outcome::Review | Outcome::Flag => true,
        Outcome::Unreadable | Outcome::Stopped | Outcome::NotProcessed => false,
    };
    // Of a document that could not be read it is not said that it bears no seal.
    if !is_read && records.is_empty() {
        return;
    }
    flow.heading(language.word("pdf.impressions"), HEAD);
    if records.is_empty() {
        flow.paragraph(language.word("pdf.no_impression"), BODY);
    }
    for (index, record) in records.iter().enumerate().take(IMPRESSIONS_MAX) {
        impression(flow, language, (index, record, subject.exhibits.get(index)));
    }
    more(flow, language, records.len(), IMPRESSIONS_MAX);
}

fn impression<'a>(
    flow: &mut Flow<'a>,
    language: Language,
    (index, record, exhibit): (usize, &Impression, Option<&'a Exhibit>),
) {
    let place = rows::pages(language, record);
    let head = text(
        language,
        "head.impression",
        &[("number", &(index + 1)), ("place", &place)],
    );
    // Together with its pictures.
    flow.keep(if exhibit.is_some() { 250.0 } else { 60.0 });
    flow.heading(&head, LABEL);
    let conclusion = Style {
        colour: conclusion_colour(record),
        ..LABEL
    };
    let named = language.word("row.conclusion");
    let told = rows::conclusion(language, record);
    flow.paragraph(&format!("{named}: {told}"), conclusion);
    flow.gap(3.0);
    if let Some(exhibit) = exhibit {
        flow.plates(&plates(language, record, exhibit));
        flow.gap(4.0);
    }
    let owner = exhibit.and_then(|exhibit| exhibit.owner.as_deref());
    let measured = exhibit.and_then(|exhibit| exhibit.measured.as_ref());
    let own = rows::own(language, record, (owner, measured));
    flow.paragraph(language.word("pdf.measurements"), SMALL);
    flow.table(&cells(own), &NAMED);
    let Some(comparison) = &record.comparison else {
        return;
    };
    flow.gap(6.0);
    flow.keep(60.0);
    flow.paragraph(language.word("pdf.comparison"), LABEL);
    let mut compared = rows::compared(language, comparison);
    let caveats = rows::caveats(language, comparison);
    if !caveats.is_empty() {
        let name = language.word("row.caveats").to_owned();
        compared.push((name, caveats.join("; ")));
    }
    let candidates = record.candidates.iter().map(|candidate| {
        let ratio = candidate.log10_lr.map(|ratio| format!(" ({ratio:+.2})"));
        format!("{}{}", candidate.seal, ratio.unwrap_or_default())
    });
    let candidates: Vec<String> = candidates.collect();
    let name = language.word("row.candidates").to_owned();
    compared.push((name, language.decimal(&candidates.join(", "))));
    flow.table(&cells(compared), &NAMED);
    let evidence = rows::evidence(language, comparison);
    if !evidence.is_empty() {
        let head = ["pdf.evidence", "pdf.value", "pdf.visible", "pdf.ratio"];
        let head = head.map(|key| language.word(key).to_owned());
        // By the numbers that stand on the picture.
        let evidence = (1..)
            .zip(evidence)
            .map(|(number, [name, value, seen, ratio])| {
                [format!("{number}. {name}"), value, seen, ratio]
            });
        let all = [head].into_iter().chain(evidence).map(Vec::from);
        flow.gap(6.0);
        flow.keep(50.0);
        flow.table(&all.collect::<Vec<_>>(), &MEASURED);
    }
}

fn cells(rows: Vec<rows::Row>) -> Vec<Vec<String>> {
    rows.into_iter()
        .map(|(name, value)| vec![name, value])
        .collect()
}

fn plates<'a>(language: Language, record: &Impression, exhibit: &'a Exhibit) -> Vec<Plate<'a>> {
    let legend = |colours: &[(Colour, &str)]| {
        let entries = colours.iter();
        entries
            .map(|(colour, key)| (*colour, language.word(key)))
            .collect()
    };
    let side = exhibit.side_mm.map_or_else(String::new, |mm| {
        let mm = language.decimal(&format!("{mm:.1}"));
        format!(" · {}", text(language, "pdf.mm_scale", &[("mm", &mm)]))
    });
    let mut plates = vec![Plate {
        picture: &exhibit.impression,
        caption: format!("{}{side}", language.word("picture.impression")),
        legend: Vec::new(),
    }];
    let specimen = exhibit.caption(language, record);
    let mut add = |picture: &'a Option<Picture>, caption: &str, colours: &[(Colour, &str)]| {
        plates.extend(picture.as_ref().map(|picture| Plate {
            picture,
            caption: caption.to_owned(),
            legend: legend(colours),
        }));
    };
    add(&exhibit.specimen, &specimen, &[]);
    let all = [AGREES, MISSING, EXTRA, HIDDEN, PLACE, PLACE_FOR];
    let overlay = ["picture.overlay", "picture.numbers"].map(|key| language.word(key));
    add(&exhibit.overlay, &overlay.join(" · "), &all);
    let difference = language.word("picture.difference");
    add(&exhibit.difference, difference, &[MISSING, EXTRA]);
    plates
}

fn pages(flow: &mut Flow<'_>, subject: Subject<'_>) {
    let language = subject.language;
    let report = subject.report;
    let all = &report.pages;
    if all.is_empty() {
        return;
    }
    flow.heading(language.word("pdf.page_list"), HEAD);
    let rows: Vec<Vec<String>> = all
        .iter()
        .take(PAGES_MAX)
        .map(|page| {
            let number = text(language, "head.page_number", &[("page", &page.number)]);
            let unread = findings::unread(report, Some(page.number), language);
            let scanned = unread.map_or_else(
                || scanned(language, page),
                |reason| text(language, "pdf.page_unreadable", &[("reason", &reason)]),
            );
            vec![number, scanned]
        })
        .collect();
    flow.table(&rows, &NAMED);
    more(flow, language, all.len(), PAGES_MAX);
}

/// A page's pixels and resolution.
fn scanned(language: Language, page: &Page) -> String {
    let (width, height) = (page.width_px.unwrap_or(0), page.height_px.unwrap_or(0));
    let colour = page
        .colour
        .map(|colour| language.word(names::colour(colour)));
    let colour = colour.unwrap_or_default();
    match page.dpi {
        Some(dpi) => {
            let dpi = format!("{dpi:.0}");
            let source = language.word(names::dpi_source(page.dpi_source));
            text(
                language,
                "pdf.page_line",
                &[
                    ("width", &width),
                    ("height", &height),
                    ("dpi", &dpi),
                    ("source", &source),
                    ("colour", &colour),
                ],
            )
        }
        None => text(
            language,
            "pdf.page_line_unknown",
            &[("width", &width), ("height", &height), ("colour", &colour)],
        ),
    }
}

fn made_with(flow: &mut Flow<'_>, subject: Subject<'_>) {
    let language = subject.language;
    let report = subject.report;
    flow.heading(language.word("pdf.made_with"), HEAD);
    let revision = text(
        language,
        "head.revision",
        &[("revision", &report.register.revision)],
    );
    let rows = [
        ("pdf.engine", &report.engine),
        ("pdf.policy", &report.policy),
        ("pdf.rules", &report.rules),
        ("pdf.register", &revision),
    ];
    let rows = rows.map(|(key, value)| vec![language.word(key).to_owned(), value.clone()]);
    flow.table(&rows, &NAMED);
    flow.gap(4.0);
    flow.paragraph(language.word("pdf.law_changes"), SMALL);
}

/// How many are left out, if any.
fn more(flow: &mut Flow<'_>, language: Language, all: usize, shown: usize) {
    if let Some(left_out @ 1..) = all.checked_sub(shown) {
        flow.paragraph(&text(language, "count.more", &[("n", &left_out)]), BODY);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::verify::report::DateSource;
    use crate::verify::report::ProvingEntry;

    #[test]
    fn the_entry_that_proves_a_date_is_told_in_the_reader_s_language() {
        let sentence = "register of use of seal S1: entry 7 of the work register";
        let mut date = DocumentDate {
            claimed: None,
            source: DateSource::Unknown,
            not_after: None,
            proof: Some(sentence.to_owned()),
            entry: Some(ProvingEntry {
                seal: "S1".to_owned(),
                register: "work".to_owned(),
                entry_no: "7".to_owned(),
            }),
            given: None,
        };
        let told = |language, date: &DocumentDate| proof(language, date).unwrap();
        assert_eq!(told(Language::English, &date), sentence);
        assert_eq!(told(Language::Chinese, &date), "用印登记簿第 7 条，印章 S1");
        // What was given stands as it was given.
        (date.proof, date.entry) = (Some("receipt 12".to_owned()), None);
        assert_eq!(told(Language::Vietnamese, &date), "receipt 12");
    }
}
