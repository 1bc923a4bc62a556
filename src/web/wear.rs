//! How a seal wears along the dates of the documents that bear it: as a picture and as a table.

use crate::geometry::Point;
use axum::extract::Path;
use axum::extract::State;
use axum::http::HeaderValue;
use axum::http::header;
use axum::response::IntoResponse;
use axum::response::Response;
use jiff::civil::Date;

use crate::api::Shared;
use crate::api::identity::Caller;
use crate::api::problem::Answer;
use crate::api::problem::Problem;
use crate::charts::chart::TEXT;
use crate::charts::drawing::Anchor;
use crate::charts::drawing::Drawing;
use crate::charts::drawing::GRAY;
use crate::charts::svg;
use crate::report::wear::Curve;
use crate::report::wear::draw;
use crate::storage::documents::DocumentFilter;
use crate::verdict::Conclusion;
use crate::verdict::trend;
use crate::verdict::trend::Expected;
use crate::verify::report::Impression;
use crate::web::shell::Shell;

/// Documents that are looked through, the newest: their reports are read for it.
const DOCUMENTS: u32 = 300;

/// An impression that was taken for the seal's, by its document's date.
struct Sighting {
    on: Date,
    document: String,
    name: String,
    /// Shares of 1.
    missing: f64,
    extra: Option<f64>,
    width_mm: Option<f64>,
    height_mm: Option<f64>,
}

/// The dated impressions of a seal, first date first.
async fn sightings(service: &Shared, caller: &Caller, seal: &str) -> Answer<Vec<Sighting>> {
    let filter = DocumentFilter {
        office: caller.scope(None)?,
        seal: Some(seal.to_owned()),
        ..DocumentFilter::default()
    };
    let mut seen = Vec::new();
    for document in service.store.documents(&filter, DOCUMENTS).await? {
        let Some(report) = service.store.report(&document).await? else {
            continue;
        };
        let Some(on) = report.document.date.claimed else {
            continue;
        };
        let own = report.impressions.iter();
        let own = own.filter(|own| own.seal.as_deref() == Some(seal) && is_taken(own));
        for (impression, comparison) in
            own.filter_map(|own| own.comparison.as_ref().map(|c| (own, c)))
        {
            seen.push(Sighting {
                on,
                document: document.id.clone(),
                name: document.name.clone(),
                missing: comparison.missing_ink,
                extra: comparison.extra_ink,
                width_mm: impression.outline.width_mm,
                height_mm: impression.outline.height_mm,
            });
        }
    }
    seen.sort_by_key(|own| own.on);
    Ok(seen)
}

/// Whether an impression tells of the seal itself: what differs may be another's.
const fn is_taken(impression: &Impression) -> bool {
    matches!(
        impression.conclusion,
        Conclusion::Consistent | Conclusion::LeansConsistent
    )
}

/// Missing ink along the dates.
pub(super) async fn picture(
    State(service): State<Shared>,
    caller: Caller,
    shell: Shell,
    Path(seal): Path<String>,
) -> Answer<Response> {
    let seen = sightings(&service, &caller, &seal).await?;
    let name = shell.t("row.missing_ink");
    let (Some(first), Some(last)) = (seen.first(), seen.last()) else {
        return Ok(file(nothing(&shell), "image/svg+xml"));
    };
    if first.on == last.on {
        return Ok(file(nothing(&shell), "image/svg+xml"));
    }
    let day = |on: Date| f64::from((on - first.on).get_days());
    let values = seen.iter().map(|own| (day(own.on), 100.0 * own.missing));
    let values: Vec<(f64, f64)> = values.collect();
    let curve = Curve {
        name,
        unit: "%",
        state: String::new(),
        first: first.on,
        values: values
            .iter()
            .map(|(day, value)| (*day, *value, 0.0))
            .collect(),
        course: course(&values),
        tolerance: None,
        leaves: [None; 3],
    };
    Ok(file(
        svg::write(&draw(shell.language, &curve)),
        "image/svg+xml",
    ))
}

/// What is thought of missing ink of single impressions beforehand, in percent. All of it is chosen: broad, so that the
/// impressions speak. Inking scatters by more than a die wears, so that no limit is drawn here: `antin wear` tells what stays gone.
const EXPECTED: Expected = Expected {
    start: 10.0,
    growth: 10.0,
    noise: 4.0,
    either_way: true,
    limit: None,
    limit_share: 0.0,
};
/// Standard deviation of one value, in percent: chosen.
const DEVIATION: f64 = 0.5;

/// The line along values by day, with its 90 % band: day, low end, middle and high end; none where there is too little of them.
fn course(values: &[(f64, f64)]) -> Vec<(f64, f64, f64, f64)> {
    let points = values.iter().map(|(day, value)| trend::Point {
        day: *day,
        value: *value,
        deviation: DEVIATION,
    });
    let points: Vec<trend::Point> = points.collect();
    let Ok(trend) = trend::judge(&points, EXPECTED) else {
        return Vec::new();
    };
    let band = trend.band.into_iter();
    band.map(|(day, own)| (day, own.low, own.middle, own.high))
        .collect()
}

/// The same as a table.
pub(super) async fn sheet(
    State(service): State<Shared>,
    caller: Caller,
    Path(seal): Path<String>,
) -> Answer<Response> {
    let seen = sightings(&service, &caller, &seal).await?;
    let mut writer = csv::Writer::from_writer(Vec::new());
    let head = [
        "date",
        "document",
        "name",
        "missing_ink",
        "extra_ink",
        "width_mm",
        "height_mm",
    ];
    let number = |value: Option<f64>| value.map_or_else(String::new, |value| value.to_string());
    let mut written = writer.write_record(head);
    for own in &seen {
        let row = [
            own.on.to_string(),
            own.document.clone(),
            plain(&own.name),
            own.missing.to_string(),
            number(own.extra),
            number(own.width_mm),
            number(own.height_mm),
        ];
        written = written.and_then(|()| writer.write_record(row));
    }
    written.map_err(|error| Problem::failure(&error))?;
    let bytes = writer.into_inner();
    let bytes = bytes.map_err(|error| Problem::failure(&error))?;
    Ok(file(bytes, "text/csv; charset=utf-8"))
}

/// A text that no program of tables takes for a formula.
pub(super) fn plain(text: &str) -> String {
    match text.starts_with(['=', '+', '-', '@', '\t', '\r']) {
        true => format!("'{text}"),
        false => text.to_owned(),
    }
}

/// A drawing that says that there is too little to draw.
fn nothing(shell: &Shell) -> String {
    let words = shell.t("web.seal.wear_none");
    let mut drawing = Drawing::new(640.0, 60.0, words);
    drawing.text(Point::new(320.0, 34.0), (words, TEXT), Anchor::Middle, GRAY);
    svg::write(&drawing)
}

/// A file that stands in a page or is kept.
pub(super) fn file(bytes: impl Into<Vec<u8>>, kind: &'static str) -> Response {
    let mut response = bytes.into().into_response();
    response
        .headers_mut()
        .insert(header::CONTENT_TYPE, HeaderValue::from_static(kind));
    response
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_line_is_drawn_along_enough_values_and_goes_where_they_go() {
        let rising: Vec<(f64, f64)> = (0..8)
            .map(|n| (f64::from(n) * 120.0, 3.0 + f64::from(n)))
            .collect();
        assert_eq!(course(&rising[..4]), [], "too few values");
        let line = course(&rising);
        let at = |day: f64| {
            let near = line
                .iter()
                .min_by(|a, b| (a.0 - day).abs().total_cmp(&(b.0 - day).abs()));
            near.unwrap().2
        };
        assert!((at(0.0) - 3.0).abs() < 2.0, "{}", at(0.0));
        assert!((at(840.0) - 10.0).abs() < 2.0, "{}", at(840.0));
        assert!(line.iter().all(|own| own.1 <= own.2 && own.2 <= own.3));
    }

    #[test]
    fn no_name_is_a_formula() {
        assert_eq!(plain("=1+1"), "'=1+1");
        assert_eq!(plain("công văn.pdf"), "công văn.pdf");
    }
}
