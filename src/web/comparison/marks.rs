//! Places to look at on an impression, each with what it is and how large: measurements behind the ratio, damage, ink
//! that is missing and ink that is too much.

use crate::api::problem::Answer;
use crate::api::problem::Problem;
use crate::extraction::Impression;
use crate::geometry::Point;
use crate::report::exhibit;
use crate::report::overlay::Difference;
use crate::report::overlay::Form;
use crate::report::overlay::Superposed;
use crate::report::picture;
use crate::report::rows;
use crate::verify::crops::Crops;
use crate::verify::report;
use crate::web::shell::Shell;
use crate::web::words;

/// A place, or several of one kind.
pub(super) struct Marked {
    /// Its measurement's in the list of them; what is none is counted on from there.
    pub(super) number: usize,
    /// The name of its class in styles.
    pub(super) kind: &'static str,
    pub(super) name: String,
    pub(super) value: String,
    /// Where it is on the pictures, as JSON: pairs from 0 to 1.
    pub(super) at: String,
    /// The points, likewise, of the line that it was measured along; none where it stands at single places.
    pub(super) line: String,
    /// Its longest side over that of the pictures.
    pub(super) reach: f64,
}

/// Points of a line along the outline.
const LINE_POINTS: u32 = 180;

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
        let all = comparison.evidence.iter().zip(rows);
        for (number, (evidence, [name, value, _, ratio])) in (1..).zip(all) {
            let value = match ratio.is_empty() {
                true => value,
                false => format!("{value} · log10 LR {ratio}"),
            };
            let kind = match evidence.log10_lr {
                Some(ratio) if ratio > 0.0 => "agreeing",
                Some(ratio) if ratio < 0.0 => "evidence",
                Some(_) | None => "silent",
            };
            let forms = exhibit::forms(evidence, &found.outline);
            marks.extend(mark((number, kind), (name, value), (found, &forms)));
        }
        let after = comparison.evidence.len() + 1;
        for (number, damage) in (after..).zip(&comparison.damage) {
            let name = rows::harm(shell.language, damage);
            let at = damage.at_px.iter().map(|&[x, y]| Point::new(x, y));
            let forms: Vec<Form> = at.map(Form::Around).collect();
            marks.extend(mark(
                (number, "damage"),
                (name, String::new()),
                (found, &forms),
            ));
        }
    }
    let compared = record.comparison.as_ref();
    let before = compared.map_or(0, |own| own.evidence.len() + own.damage.len());
    let differences = (before + 1..).zip(&seen.differences);
    marks.extend(differences.map(|(number, own)| different(shell, (number, own), seen.side_mm)));
    marks
}

/// A measurement's places; nothing where it has none.
fn mark(
    (number, kind): (usize, &'static str),
    (name, value): (String, String),
    (found, forms): (&Impression, &[Form]),
) -> Option<Marked> {
    let shown = |point: Point| picture::place(found, [point.x, point.y]);
    let mut line = Vec::new();
    let at = forms.iter().map(|form| match *form {
        Form::Around(point) => shown(point),
        Form::Along { share, direction } => {
            line.extend((0..LINE_POINTS).map(|step| {
                let turn = f64::from(step) / f64::from(LINE_POINTS) * std::f64::consts::TAU;
                shown(found.outline.point(share, turn))
            }));
            shown(found.outline.point(share, direction))
        }
    });
    let at: Vec<[f64; 2]> = at.collect();
    (!at.is_empty()).then(|| Marked {
        number,
        kind,
        name,
        value,
        at: written(&at),
        line: written(&line),
        reach: 0.05,
    })
}

fn different(shell: &Shell, (number, own): (usize, &Difference), side_mm: Option<f64>) -> Marked {
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
        number,
        kind,
        name: shell.t(key).to_owned(),
        value: value.unwrap_or_default(),
        at: written(&[own.at]),
        line: written(&[]),
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
