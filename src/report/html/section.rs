//! One document of the page: its findings, and each impression beside its specimen.

use std::fmt::Write;

use crate::extraction;
use crate::geometry::Point;
use crate::measurement::Measurements;
use crate::placement::Role;
use crate::registry::Register;
use crate::registry::RegisteredSeal;
use crate::report::html::badge;
use crate::report::html::escaped;
use crate::report::html::fields;
use crate::report::html::file;
use crate::report::html::resting_on;
use crate::report::marks::place;
use crate::report::marks::reason;
use crate::report::measured;
use crate::report::overlay::overlay;
use crate::report::picture::Picture;
use crate::report::table;
use crate::report::words;
use crate::rules::Finding;
use crate::rules::difference::amount;
use crate::rules::difference::axis_name;
use crate::rules::difference::strongest;
use crate::verdict::Conclusion;
use crate::verify::Examined;
use crate::verify::Outcome;
use crate::verify::details::Marks;
use crate::verify::report::Comparison;
use crate::verify::report::Impression;
use crate::verify::report::MarkKind;
use crate::verify::report::Page;
use crate::verify::report::Placement;
use crate::verify::report::Slice;

/// Writes the section; `number` is its anchor.
pub(super) fn write(examined: &Examined, register: &Register, number: usize) -> String {
    let report = &examined.report;
    let document = &report.document;
    let mut text = format!(
        "<section id=\"d{number}\">\n<details{}>\n<summary><h2>{} {}</h2></summary>\n<p class=\"small\">{}</p>\n",
        open(report.outcome),
        escaped(&document.path),
        badge(report.outcome),
        facts(examined),
    );
    if let Some(own) = &document.fields {
        fields::write(&mut text, own);
    }
    if report.findings.is_empty() {
        text.push_str("<p>Nothing to look at.</p>\n");
    } else {
        text.push_str("<ul class=\"findings\">\n");
        for found in &report.findings {
            finding(&mut text, found);
        }
        text.push_str("</ul>\n");
    }
    own_marks(&mut text, &report.pages);
    let pictures = examined.impressions.iter();
    let found = pictures.zip(&examined.details.measurements);
    for (index, (record, (picture, measured))) in report.impressions.iter().zip(found).enumerate() {
        let seal = record.seal.as_deref().and_then(|id| register.position(id));
        let seal = seal.map(|position| &register.seals[position]);
        impression(&mut text, index + 1, record, picture, seal);
        measurements(&mut text, record, seal, measured);
    }
    marks(&mut text, &examined.details.marks);
    file::facts(&mut text, document);
    text.push_str("</details>\n</section>\n");
    text
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
fn own_marks(text: &mut String, pages: &[Page]) {
    for page in pages {
        for mark in &page.marks {
            let kind = match mark.kind {
                MarkKind::Urgency => "mark of urgency",
                MarkKind::Declassified => "mark of what is no longer secret",
                MarkKind::Unsure => "perhaps a mark of secrecy",
            };
            let words = mark.text.as_deref().unwrap_or("not read");
            let _ = writeln!(
                text,
                "<p class=\"small\">page {}: {kind}: {}</p>",
                page.number,
                escaped(words)
            );
        }
    }
}

/// The marks that are no seals, folded away: most readers ask for them only where one is missed.
fn marks(text: &mut String, marks: &Marks) {
    let kept = marks.in_order();
    if kept.is_empty() {
        return;
    }
    let _ = writeln!(
        text,
        "<details class=\"marks\"><summary>Marks that are no seals ({})</summary>\n<ul>",
        kept.len() + marks.left_out()
    );
    for mark in &kept {
        let _ = writeln!(
            text,
            "<li>page {}: {}: {}</li>",
            mark.page,
            place(mark),
            reason(mark.rejected.why)
        );
    }
    if marks.left_out() > 0 {
        let _ = writeln!(text, "<li>and {} more</li>", marks.left_out());
    }
    text.push_str("</ul></details>\n");
}

fn facts(examined: &Examined) -> String {
    let document = &examined.report.document;
    let pages = document.pages.map_or_else(
        || "number of pages not known".to_owned(),
        |pages| words::counted(pages as usize, "page"),
    );
    let date = document.date.claimed;
    let date = date.map_or_else(
        || "date not known".to_owned(),
        |date| format!("dated {date}"),
    );
    let digest = document.sha256.as_deref();
    let digest = digest.and_then(|digest| digest.get(..16)).unwrap_or("none");
    let revision = examined.report.register.revision;
    format!("{pages}, {date}, SHA-256 {digest}…, register revision {revision}")
}

fn finding(text: &mut String, finding: &Finding) {
    let severity = words::code(&finding.severity);
    let page = finding
        .page
        .map_or_else(String::new, |page| format!("page {page}: "));
    let basis = resting_on(finding.basis.as_ref());
    let _ = writeln!(
        text,
        "<li><strong class=\"{severity}\">{severity}</strong> {page}{} \
         <span class=\"small\">{}</span>{basis}</li>",
        escaped(&finding.message),
        escaped(&finding.code),
    );
}

fn impression(
    text: &mut String,
    number: usize,
    record: &Impression,
    picture: &extraction::Impression,
    seal: Option<&RegisteredSeal>,
) {
    let _ = writeln!(text, "<h3>Impression {number}, {}</h3>", pages(record));
    text.push_str("<div class=\"trio\">\n");
    figure(
        text,
        &Picture::of(picture),
        "Impression as found",
        "<span lang=\"vi\">hình dấu</span> · <span lang=\"zh\">印文</span>",
    );
    if let Some(seal) = seal {
        let specimen = seal.first_impression();
        let name = format!("Registered specimen of seal {}", seal.id);
        figure(
            text,
            &Picture::of(specimen),
            &name,
            "<span lang=\"vi\">mẫu con dấu đã đăng ký</span> · <span lang=\"zh\">备案印模</span>",
        );
        if let Some(comparison) = &record.comparison {
            figure(
                text,
                &overlay(picture, specimen, comparison, &places(record, comparison)),
                "Impression over specimen",
                &LEGEND.map(legend).join(" "),
            );
        }
    }
    text.push_str("</div>\n");
}

/// The colours of the overlay and what they mean.
const LEGEND: [(&str, &str); 5] = [
    ("#737a80", "agrees"),
    ("#1a73e6", "missing"),
    ("#e61a1a", "extra"),
    ("#fff5bf", "hidden"),
    ("#7a1fa2", "damage, or spoke most for another die"),
];

/// One colour's entry, which stays on one line.
fn legend((colour, meaning): (&str, &str)) -> String {
    format!("<span class=\"legend\"><span style=\"background:{colour}\"></span>{meaning}</span>")
}

/// Where damage was seen, and the measurements that spoke most for another die if the conclusion says
/// so.
fn places(record: &Impression, comparison: &Comparison) -> Vec<Point> {
    let named = match record.conclusion {
        Conclusion::Different | Conclusion::LeansDifferent => {
            let ratios: Vec<_> = comparison.evidence.iter().map(|e| e.log10_lr).collect();
            strongest(&ratios)
        }
        Conclusion::Consistent
        | Conclusion::LeansConsistent
        | Conclusion::Undecided
        | Conclusion::NotExaminable => Vec::new(),
    };
    let against = named
        .into_iter()
        .flat_map(|position| &comparison.evidence[position].at_px);
    let damaged = comparison.damage.iter().flat_map(|damage| &damage.at_px);
    against
        .chain(damaged)
        .map(|&[x, y]| Point::new(x, y))
        .collect()
}

/// `terms` is markup of our own.
fn figure(text: &mut String, picture: &Picture, name: &str, terms: &str) {
    let name = escaped(name);
    let _ = writeln!(
        text,
        "<figure><img src=\"{}\" alt=\"{name}\"><figcaption>{name}<br>\
         <span class=\"small\">{terms}</span></figcaption></figure>",
        picture.to_data_uri(),
    );
}

fn measurements(
    text: &mut String,
    record: &Impression,
    seal: Option<&RegisteredSeal>,
    measured: &Measurements,
) {
    text.push_str("<div class=\"wide\"><table>\n");
    let mut row = |name: &str, value: &str| {
        let _ = writeln!(
            text,
            "<tr><th scope=\"row\">{name}</th><td>{}</td></tr>",
            escaped(value)
        );
    };
    row("seal", &owner(seal));
    row("conclusion", &conclusion(record));
    let uncertainty = record.outline.uncertainty_mm;
    let uncertainty = uncertainty.map_or_else(String::new, |sigma| format!(" (± {sigma:.2})"));
    row(
        "shape, mm",
        &format!("{}{uncertainty}", table::size(&record.outline)),
    );
    row("ink", &words::code(&record.ink.colour));
    row("place", &standing(&record.placement));
    if !record.slices.is_empty() {
        row("sheets", &slices(&record.slices));
    }
    if record.own_image == Some(true) {
        row(
            "in the file",
            "an image or annotation of its own over the page",
        );
    }
    for (name, value) in measured::rows(measured) {
        row(&name, &value);
    }
    if let Some(comparison) = &record.comparison {
        for (name, value) in compared(comparison) {
            row(name, &value);
        }
    }
    text.push_str("</table></div>\n");
}

/// The page of an impression, or the pages that it goes across.
fn pages(record: &Impression) -> String {
    let pages: Vec<String> = record
        .slices
        .iter()
        .map(|slice| slice.page.to_string())
        .collect();
    match pages.split_last() {
        Some((last, others)) if !others.is_empty() => {
            format!("across pages {} and {last}", others.join(", "))
        }
        _ => format!("page {}", record.page),
    }
}

/// The parts of an impression across several sheets: page, and from where to where on the seal.
fn slices(slices: &[Slice]) -> String {
    let told = slices.iter().map(|slice| {
        format!(
            "page {}: {:+.1} to {:+.1} mm",
            slice.page, slice.from_mm, slice.to_mm
        )
    });
    let told: Vec<String> = told.collect();
    format!("joined from {}; from the seal's middle", told.join("; "))
}

/// What the impression stands for, and how it lies over the signature.
fn standing(placement: &Placement) -> String {
    let role = match placement.role {
        Role::Signature => "over the signature",
        Role::Hanging => "at the head of page 1 (hanging)",
        Role::Straddling => "across the page's edge (straddling)",
        Role::Page => "on the page, no signature at it",
        Role::Receipt => "a receipt stamp",
        Role::Urgency => "a mark of urgency or secrecy, by its size",
        Role::Unknown => "not known: a signature cannot be told from the seal and the print",
    };
    let Some(overlap) = placement.signature_overlap else {
        return role.to_owned();
    };
    let sigma = placement.overlap_uncertainty.unwrap_or(0.0);
    format!(
        "{role}; covers {:.0} % (± {:.0}) of it",
        100.0 * overlap,
        100.0 * sigma
    )
}

fn owner(seal: Option<&RegisteredSeal>) -> String {
    match seal {
        Some(seal) => format!("{}, {}", seal.id, seal.particulars.organisation),
        None => "no registered seal has this design".to_owned(),
    }
}

fn conclusion(record: &Impression) -> String {
    match record.seal {
        None => "not compared".to_owned(),
        Some(_) => {
            let (vietnamese, chinese) = translated(record.conclusion);
            let english = words::conclusion(record.conclusion);
            format!("{english} · {vietnamese} · {chinese}")
        }
    }
}

/// The step of the scale in Vietnamese and Chinese.
const fn translated(conclusion: Conclusion) -> (&'static str, &'static str) {
    match conclusion {
        Conclusion::Consistent => ("phù hợp với mẫu dấu đã đăng ký", "与备案印模相符"),
        Conclusion::LeansConsistent => ("nghiêng về phù hợp", "倾向相符"),
        Conclusion::Undecided => ("chưa đủ cơ sở kết luận", "无法判断"),
        Conclusion::LeansDifferent => ("nghiêng về không phù hợp", "倾向不符"),
        Conclusion::Different => ("không phù hợp với mẫu dấu đã đăng ký", "与备案印模不符"),
        Conclusion::NotExaminable => ("hình dấu không đủ điều kiện so sánh", "不具备比对条件"),
    }
}

/// The comparison's figures, each with its unit.
fn compared(comparison: &Comparison) -> Vec<(&'static str, String)> {
    let percent = |share: f64| format!("{:.1} %", share * 100.0);
    let mut rows = Vec::new();
    if let Some(ratio) = comparison.log10_lr {
        let (floor, cap) = (comparison.log10_lr_floor, comparison.log10_lr_cap);
        rows.push((
            "log10 LR",
            format!("{ratio:+.2} (from {floor:+.2} to {cap:+.2}; above 0 speaks for the same die)"),
        ));
    }
    rows.push(("agreement", percent(comparison.agreement)));
    rows.push(("missing ink", percent(comparison.missing_ink)));
    if let Some(extra) = comparison.extra_ink {
        rows.push(("extra ink", percent(extra)));
    }
    let displacement = comparison.displacement_mm;
    rows.push(("displacement", format!("{displacement:.3} mm")));
    if let Some(scale) = comparison.scale {
        rows.push(("scale", format!("{scale:.4}")));
    }
    rows.push(("turn", format!("{:.1}°", comparison.rotation_deg)));
    rows.push(("examined", percent(comparison.usable_area)));
    for evidence in &comparison.evidence {
        let axis = axis_name(evidence.axis);
        let ratio = evidence.log10_lr;
        let ratio = ratio.map_or_else(String::new, |ratio| format!(", log10 LR {ratio:+.2}"));
        let amount = amount(evidence.axis, evidence.value, evidence.uncertainty);
        let value = format!("{axis}: {amount}{ratio}");
        rows.push(("measured", value));
    }
    if !comparison.caveats.is_empty() {
        let caveats: Vec<String> = comparison
            .caveats
            .iter()
            .map(|caveat| caveat.replace('_', " "))
            .collect();
        rows.push(("keep in mind", caveats.join("; ")));
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
