//! Pictures of the figures: Tippett, DET, cross-entropy and detection curves, as SVG and PNG.
//!
//! Comes in: the figures and the trials behind them. Goes out: drawings, each with the name of its
//! file, and their bytes in either format. Traced dies are left out, as in the headline figures, or
//! drawn apart.

pub mod cross_entropy;

pub mod det;

pub mod detection;

pub mod tippett;

use crate::charts::drawing::Drawing;
use crate::evaluation::Evaluation;
use crate::evaluation::roc::Scores;
use crate::evaluation::trial::Kind;
use crate::evaluation::trial::Trial;

/// Width of every picture in points.
const WIDTH: f64 = 720.0;

/// Pixels a point of the PNG files: sharp on paper 15 cm wide.
pub const PIXELS_PER_POINT: f32 = 2.5;

/// The scores that the pictures show.
#[derive(Clone, Debug)]
pub struct Sample {
    /// The labelled set's name.
    pub set: String,
    /// Genuine trials, −∞ where no threshold accepts them.
    pub genuine: Vec<f64>,
    /// Forged trials with a score, traced dies left out.
    pub forged: Vec<f64>,
    /// Forged trials with a score, cut after a genuine impression.
    pub traced: Vec<f64>,
    /// Ratios of genuine trials for the cost: 0 where not examined.
    pub cost_genuine: Vec<f64>,
    /// Ratios of forged trials for the cost, traced dies left out: 0 where not examined.
    pub cost_forged: Vec<f64>,
    /// "203 genuine of 30 seals, 126 forged of 28".
    pub numbers: String,
}

impl Sample {
    /// Gathers the scores of a set's trials.
    #[must_use]
    pub fn of(set: &str, trials: &[Trial], evaluation: &Evaluation) -> Self {
        let of_kind = |kind: Kind| trials.iter().filter(move |trial| trial.kind() == kind);
        let cost = |kind: Kind| {
            let ratios = of_kind(kind).map(|trial| trial.log10_lr().unwrap_or(0.0));
            ratios.collect::<Vec<_>>()
        };
        let figures = &evaluation.all.without_traced;
        let unscored = match figures.forged_without_score {
            0 => String::new(),
            count => format!(" ({count} more not examined)"),
        };
        Self {
            set: set.to_owned(),
            genuine: of_kind(Kind::Genuine)
                .map(Trial::acceptance_score)
                .collect(),
            forged: of_kind(Kind::Forged).filter_map(Trial::log10_lr).collect(),
            traced: of_kind(Kind::Traced).filter_map(Trial::log10_lr).collect(),
            cost_genuine: cost(Kind::Genuine),
            cost_forged: cost(Kind::Forged),
            numbers: format!(
                "{} genuine impressions of {} seals, {} forged of {}{unscored}",
                figures.genuine, figures.genuine_seals, figures.forged, figures.forged_seals
            ),
        }
    }

    /// Genuine against forged, traced dies left out.
    fn scores(&self) -> Scores {
        Scores::new(self.genuine.clone(), self.forged.clone())
    }

    /// Genuine against forged and traced.
    fn scores_with_traced(&self) -> Scores {
        let forged = [self.forged.as_slice(), self.traced.as_slice()].concat();
        Scores::new(self.genuine.clone(), forged)
    }
}

/// Every picture that the set supports, by the name of its file without an ending.
#[must_use]
pub fn plots(sample: &Sample, evaluation: &Evaluation) -> Vec<(&'static str, Drawing)> {
    let mut plots = Vec::new();
    if !sample.genuine.is_empty() && !sample.forged.is_empty() {
        let figures = &evaluation.all.without_traced;
        plots.push(("tippett", tippett::draw(sample, figures)));
        plots.push(("det", det::draw(sample, figures)));
        plots.push(("cross_entropy", cross_entropy::draw(sample, figures)));
    }
    let points = evaluation.curves.iter().flat_map(|curve| &curve.points);
    if points.map(|point| point.different.trials).sum::<usize>() > 0 {
        plots.push(("detection", detection::draw(sample, &evaluation.curves)));
    }
    plots
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::charts::drawing;
    use crate::charts::drawing::Mark;
    use crate::charts::raster;
    use crate::charts::svg;
    use crate::evaluation::evaluate;
    use crate::evaluation::observation::Observation;
    use crate::evaluation::observation::ObservedImpression;
    use crate::evaluation::observation::Opinion;
    use crate::evaluation::truth;
    use crate::verdict::Conclusion;
    use crate::verdict::Condition;

    /// Twelve genuine impressions at ratios from 0.5 up, eight forged from -2 up, some of each seal.
    fn drawn() -> Vec<(&'static str, Drawing)> {
        let (mut lines, mut seen) = (String::new(), Vec::new());
        for number in 0..20 {
            let (label, log10_lr) = if number < 12 {
                ("genuine", 0.5 + 0.1 * f64::from(number))
            } else {
                ("forged", -2.0 + 0.2 * f64::from(number - 12))
            };
            let seal = format!("S{}", number % 3);
            lines.push_str(&format!(
                "{{\"document\":\"{number}\",\"label\":\"{label}\",\"seal\":\"{seal}\",\
                 \"forgery_detail\":{{\"outer_radius_mm\":0.3}}}}\n"
            ));
            let opinion = Opinion {
                log10_lr: Some(log10_lr),
                conclusion: Conclusion::LeansDifferent,
                condition: Condition::Sound,
            };
            let impression = ObservedImpression {
                page: 1,
                against: [(seal, opinion)].into(),
                ..ObservedImpression::default()
            };
            seen.push(Observation {
                document: number.to_string(),
                pages: 1,
                impressions: vec![impression],
                ..Observation::default()
            });
        }
        let lines = truth::parse(&lines).unwrap();
        let (evaluation, trials) = evaluate(&lines, &seen, |_| true, &[]);
        plots(
            &Sample::of("a < b & \"c\"", &trials, &evaluation),
            &evaluation,
        )
    }

    /// The names of a file's elements, after seeing that each one ends where it should.
    fn elements(svg: &str) -> Vec<String> {
        let (mut open, mut names) = (Vec::new(), Vec::new());
        for piece in svg.split('<').skip(1) {
            let (tag, words) = piece.split_once('>').unwrap();
            assert!(
                !words.contains('"'),
                "a quotation mark outside a tag: {piece}"
            );
            assert_eq!(tag.matches('"').count() % 2, 0, "{tag}");
            if let Some(name) = tag.strip_prefix('/') {
                assert_eq!(open.pop().as_deref(), Some(name), "{piece}");
                continue;
            }
            let name = tag.split([' ', '/']).next().unwrap().to_owned();
            names.push(name.clone());
            if !tag.ends_with('/') {
                open.push(name);
            }
        }
        assert!(open.is_empty(), "{open:?}");
        for reference in svg.split('&').skip(1) {
            let known = ["amp;", "lt;", "gt;", "quot;"];
            assert!(
                known.iter().any(|name| reference.starts_with(name)),
                "{reference}"
            );
        }
        names
    }

    #[test]
    fn every_picture_is_well_formed_and_holds_the_points_of_its_curves() {
        let drawn = drawn();
        let names: Vec<&str> = drawn.iter().map(|(name, _)| *name).collect();
        assert_eq!(names, ["tippett", "det", "cross_entropy", "detection"]);
        for (name, drawing) in &drawn {
            let svg = svg::write(drawing);
            let names = elements(&svg);
            let count = |element: &str| names.iter().filter(|name| *name == element).count();
            let lines = drawing.marks.iter().filter_map(|mark| match mark {
                Mark::Line { points, .. } => Some(points),
                Mark::Area { .. } | Mark::Disc { .. } | Mark::Text(_) => None,
            });
            assert_eq!(count("polyline"), lines.clone().count(), "{name}");
            for point in lines.flatten() {
                let inside = (0.0..=drawing.width).contains(&point.x)
                    && (0.0..=drawing.height).contains(&point.y);
                assert!(inside, "{name}: {point}");
                assert!(
                    svg.contains(&format!("{:.2},{:.2}", point.x, point.y)),
                    "{point}"
                );
            }
            assert!(svg.contains("a &lt; b &amp; &quot;c&quot;"), "{name}");
        }
        let tippett = svg::write(&drawn[0].1);
        // Two steps a trial, and both ends of either curve.
        let steps = |line: &str| line.split_once("points=").unwrap().1.matches(',').count();
        let longest = tippett
            .lines()
            .filter(|line| line.contains("polyline"))
            .map(steps)
            .max();
        assert!(longest.unwrap() >= 24, "{longest:?}");
    }

    #[test]
    fn words_stay_on_the_paper() {
        for (name, drawing) in drawn() {
            for mark in &drawing.marks {
                if let Mark::Text(text) = mark
                    && !text.upwards
                {
                    let wide = raster::width(&text.words, text.size);
                    let left = match text.anchor {
                        drawing::Anchor::Start => text.at.x,
                        drawing::Anchor::Middle => text.at.x - wide / 2.0,
                        drawing::Anchor::End => text.at.x - wide,
                    };
                    assert!(
                        left >= 0.0 && left + wide <= drawing.width,
                        "{name}: {text:?}"
                    );
                    assert!(text.at.y <= drawing.height, "{name}: {text:?}");
                }
            }
        }
    }

    #[test]
    fn the_png_is_as_large_as_stated() {
        let (_, drawing) = drawn().remove(0);
        let picture = image::load_from_memory(&raster::png(&drawing, PIXELS_PER_POINT)).unwrap();
        assert_eq!((picture.width(), picture.height()), (1800, 1400));
    }
}
