//! The text around the face, drawn out or together along its arc.

use crate::geometry::Vec2;
use crate::matching::axes::Axis;
use crate::matching::axes::Measure;
use crate::matching::field::Part;
use crate::matching::regression::Column;
use crate::matching::shifts::Observation;
use crate::matching::shifts::SPACING_MM;
use crate::matching::shifts::Shifts;
use crate::matching::shifts::TEXT_FROM;
use crate::matching::text_band::TextBand;

impl Shifts<'_> {
    /// Text drawn out: a tangential shift that changes along the arc in three waves.
    pub(super) fn spacing(&self) -> Option<Measure> {
        let radius = self.frame.radius_mm;
        let in_band = |part: &Part| part.normal.is_none() && part.at.hypot() > TEXT_FROM * radius;
        let count = self.parts.iter().filter(|part| in_band(part)).count();
        if count < 6 {
            return None;
        }
        let along = |seen: &Observation| {
            if !in_band(&self.parts[seen.part]) {
                return (0.0, 0.0);
            }
            let tangent = Vec2::new(-seen.at.y, seen.at.x) / radius;
            (
                seen.direction.dot(tangent),
                libm::atan2(seen.at.y, seen.at.x),
            )
        };
        let columns = |deviation: f64| -> Vec<Column> {
            let mut columns = vec![self.column(deviation, |seen| along(seen).0)];
            for wave in 1..=3 {
                let wave = f64::from(wave);
                columns.push(self.column(deviation, |seen| {
                    let (share, angle) = along(seen);
                    share * libm::cos(wave * angle)
                }));
                columns.push(self.column(deviation, |seen| {
                    let (share, angle) = along(seen);
                    share * libm::sin(wave * angle)
                }));
            }
            columns
        };
        let (gain, fit) = self.best_gain(SPACING_MM.map(columns).into_iter())?;
        let square: f64 = fit.amounts[1..].iter().map(|amount| amount * amount).sum();
        let noise: f64 = fit.deviations[1..].iter().map(|own| own * own).sum();
        let band: Vec<&Part> = self.parts.iter().filter(|part| in_band(part)).collect();
        let uncertainty = libm::sqrt(0.5 * noise / 6.0);
        let places: Vec<Vec2> = band.iter().map(|part| part.at).collect();
        let text_band = || TextBand::new(&places, radius, &fit);
        Some(Measure {
            log_odds: Some(gain),
            at_px: self.frame.page_points(band.iter().step_by(7)),
            text_band: self.frame.is_curved.then(text_band).flatten(),
            ..Measure::new(Axis::TextSpacingMm, libm::sqrt(0.5 * square), uncertainty)
        })
    }
}
