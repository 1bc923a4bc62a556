//! Places to look at on an impression, each with what it is and how large: measurements behind the ratio, damage, ink
//! that is missing and ink that is too much.

use crate::api::problem::Answer;
use crate::api::problem::Problem;
use crate::extraction::Impression;
use crate::report::overlay::Difference;
use crate::report::overlay::Superposed;
use crate::report::picture;
use crate::report::rows;
use crate::verify::crops::Crops;
use crate::verify::report;
use crate::web::shell::Shell;
use crate::web::words;

/// A place, or several of one kind.
pub(super) struct Marked {
    /// The name of its class in styles.
    pub(super) kind: &'static str,
    pub(super) name: String,
    pub(super) value: String,
    /// Where it is on the pictures, as JSON: pairs from 0 to 1.
    pub(super) at: String,
    /// Its longest side over that of the pictures.
    pub(super) reach: f64,
}

/// What the kept crops show of an impression.
#[derive(Default)]
pub(super) struct Seen {
    found: Option<Impression>,
    differences: Vec<Difference>,
    /// Side of the pictures on paper, millimetres.
    pub(super) side_mm: Option<f64>,
}

impl Seen {
    /// Looks at an impression's crop, where one is kept.
    pub(super) async fn of(
        crops: Option<Crops>,
        record: &report::Impression,
        specimen: Option<Impression>,
    ) -> Answer<Self> {
        let Some(crops) = crops else {
            return Ok(Self::default());
        };
        let record = record.clone();
        let look = move || {
            let Some(found) = crops.impression(record.page, record.bbox_px) else {
                return Self::default();
            };
            let laid = specimen.as_ref().zip(record.comparison.as_ref());
            let differences = laid.map(|(specimen, comparison)| {
                Superposed::new(&found, specimen, comparison).differences()
            });
            let reach = picture::reach(&found);
            Self {
                side_mm: found.dpi.map(|dpi| 2.0 * reach / dpi.pixels_per_mm()),
                differences: differences.unwrap_or_default(),
                found: Some(found),
            }
        };
        let looked = tokio::task::spawn_blocking(look).await;
        looked.map_err(|error| Problem::failure(&error))
    }
}

/// The places of an impression, what speaks most first.
pub(super) fn all(shell: &Shell, record: &report::Impression, seen: &Seen) -> Vec<Marked> {
    let mut marks = Vec::new();
    if let (Some(found), Some(comparison)) = (&seen.found, &record.comparison) {
        let rows = rows::evidence(shell.language, comparison);
        for (evidence, [name, value, _, ratio]) in comparison.evidence.iter().zip(rows) {
            let value = match ratio.is_empty() {
                true => value,
                false => format!("{value} · log10 LR {ratio}"),
            };
            marks.extend(mark("evidence", name, value, (found, &evidence.at_px)));
        }
        for damage in &comparison.damage {
            let name = rows::harm(shell.language, damage);
            marks.extend(mark("damage", name, String::new(), (found, &damage.at_px)));
        }
    }
    let differences = seen.differences.iter();
    marks.extend(differences.map(|own| different(shell, own, seen.side_mm)));
    marks
}

/// A measurement's places; nothing where it has none.
fn mark(
    kind: &'static str,
    name: String,
    value: String,
    (found, at): (&Impression, &[[f64; 2]]),
) -> Option<Marked> {
    let at: Vec<[f64; 2]> = at.iter().map(|own| picture::place(found, *own)).collect();
    (!at.is_empty()).then(|| Marked {
        kind,
        name,
        value,
        at: written(&at),
        reach: 0.05,
    })
}

fn different(shell: &Shell, own: &Difference, side_mm: Option<f64>) -> Marked {
    let (kind, key) = match own.is_extra {
        true => ("extra", "web.compare.extra_ink"),
        false => ("missing", "web.compare.missing_ink"),
    };
    let value = side_mm.map(|side| {
        let (length, area) = (own.reach * side, own.area * side * side);
        let told = format!("{length:.1} mm, {area:.2} mm²");
        shell.language.decimal(&told)
    });
    Marked {
        kind,
        name: shell.t(key).to_owned(),
        value: value.unwrap_or_default(),
        at: written(&[own.at]),
        reach: own.reach,
    }
}

/// How much of the drawing is missing and how much ink is too much, with lengths and areas on paper; empty where nothing is,
/// or the scale is not known.
pub(super) fn amounts(shell: &Shell, seen: &Seen) -> [String; 2] {
    [false, true].map(|is_extra| {
        let own = seen.differences.iter();
        let own = own.filter(|one| one.is_extra == is_extra);
        let (mut count, mut longest, mut area) = (0_usize, 0.0_f64, 0.0);
        for one in own {
            (count, longest, area) = (count + 1, longest.max(one.reach), area + one.area);
        }
        let Some(side) = seen.side_mm.filter(|_| count > 0) else {
            return String::new();
        };
        let decimal = |value: String| shell.language.decimal(&value);
        let (length, area) = (
            decimal(format!("{:.1}", longest * side)),
            decimal(format!("{:.2}", area * side * side)),
        );
        words::text(
            shell.language,
            "web.compare.amount",
            &[("n", &count), ("length", &length), ("area", &area)],
        )
    })
}

fn written(at: &[[f64; 2]]) -> String {
    let pairs: Vec<String> = at.iter().map(|[x, y]| format!("[{x:.4},{y:.4}]")).collect();
    format!("[{}]", pairs.join(","))
}
