//! A camera held over a sheet: perspective, uneven light, the desk around it.

use kurbo::Affine;
use kurbo::Point;
use nalgebra::Matrix3;
use nalgebra::Vector3;

use crate::imaging::Density;
use crate::synthesis::chance::Chance;
use crate::synthesis::raster::blur;
use crate::synthesis::raster::floor_index;
use crate::synthesis::raster::sample;
use crate::synthesis::raster::single;
use crate::synthesis::scan::Scanner;

/// Share of the picture's sides that the sheet takes at most.
const FILLED: (f64, f64) = (0.8, 0.97);

/// A camera and where it is held.
#[derive(Clone, Debug, PartialEq)]
pub struct Camera {
    /// Pixels of the picture, across and down.
    pub size: (usize, usize),
    /// From pixels of the flat scan to those of the picture.
    picture_from_scan: Matrix3<f64>,
    /// Light lost across, down and towards the corners, as shares.
    falloff: (f32, f32, f32),
    /// Reflectance of the desk.
    desk: [f32; 3],
    /// Standard deviation of the lens' blur, pixels.
    blur: f64,
}

impl Camera {
    /// A camera over a sheet of the given size in millimetres, which `scanner` would read flat: three to
    /// eighteen degrees off the perpendicular, 300 to 500 mm away, as a hand holds it.
    #[must_use]
    pub fn draw(scanner: &Scanner, (width, height): (f64, f64), chance: &mut Chance) -> Self {
        let per_mm = f64::from(scanner.dpi) / 25.4;
        let (across, down) = scanner.pixels((width, height));
        let (sin, cos) = libm::sincos(chance.between(3.0, 18.0).to_radians());
        let tilt = Matrix3::new(1.0, 0.0, 0.0, 0.0, cos, -sin, 0.0, sin, cos);
        let way = chance.between(0.0, std::f64::consts::TAU);
        let roll = (3.0 * chance.normal()).clamp(-8.0, 8.0).to_radians();
        let turn = turned(way + roll) * tilt * turned(-way);
        let far = chance.between(300.0, 500.0) * (height / 297.0).max(0.6);
        // Millimetres about the sheet's middle to the plane at distance one.
        let mut seen_from_sheet = turn;
        seen_from_sheet.set_column(2, &Vector3::new(0.0, 0.0, far));
        let sheet_from_scan = Matrix3::new(
            1.0 / per_mm,
            0.0,
            -width / 2.0,
            0.0,
            1.0 / per_mm,
            -height / 2.0,
            0.0,
            0.0,
            1.0,
        );
        let seen = seen_from_sheet * sheet_from_scan;
        let corners = [(0.0, 0.0), (1.0, 0.0), (1.0, 1.0), (0.0, 1.0)]
            .map(|(x, y)| mapped(&seen, Point::new(x * across as f64, y * down as f64)));
        let bounds = corners.iter().skip(1).fold(
            kurbo::Rect::from_points(corners[0], corners[0]),
            |bounds, corner| bounds.union_pt(*corner),
        );
        // As many pixels as the flat scan has, and the desk around.
        let size = (across + across / 10, down + down / 10);
        let filled = chance.between(FILLED.0, FILLED.1);
        let focal = filled * (size.0 as f64 / bounds.width()).min(size.1 as f64 / bounds.height());
        let middle = bounds.center();
        let picture_from_seen = Matrix3::new(
            focal,
            0.0,
            size.0 as f64 / 2.0 - focal * middle.x,
            0.0,
            focal,
            size.1 as f64 / 2.0 - focal * middle.y,
            0.0,
            0.0,
            1.0,
        );
        let base = chance.between32(0.08, 0.5);
        Self {
            size,
            picture_from_scan: picture_from_seen * seen,
            falloff: (
                0.2 * chance.grain().clamp(-1.5, 1.5),
                0.2 * chance.grain().clamp(-1.5, 1.5),
                chance.between32(0.0, 0.2),
            ),
            desk: [
                base,
                base * chance.between32(0.7, 1.0),
                base * chance.between32(0.5, 1.0),
            ],
            blur: chance.between(0.5, 1.3),
        }
    }

    /// The affine map that is closest to the camera's about a point of the flat scan.
    #[must_use]
    pub fn about(&self, point: Point) -> Affine {
        const STEP: f64 = 0.5;
        let at = |x: f64, y: f64| mapped(&self.picture_from_scan, Point::new(x, y));
        let across = (at(point.x + STEP, point.y) - at(point.x - STEP, point.y)) / (2.0 * STEP);
        let down = (at(point.x, point.y + STEP) - at(point.x, point.y - STEP)) / (2.0 * STEP);
        let own = at(point.x, point.y).to_vec2();
        let linear = Affine::new([across.x, across.y, down.x, down.y, 0.0, 0.0]);
        Affine::translate(own) * linear * Affine::translate(-point.to_vec2())
    }

    /// What the camera sees of one channel (0 red, 1 green, 2 blue) of a sheet's light.
    ///
    /// # Panics
    /// If the camera looks along the sheet, which none that was drawn does.
    #[must_use]
    pub(super) fn look(&self, light: &Density, channel: usize) -> Density {
        let (width, height) = self.size;
        let inverse = self.picture_from_scan.try_inverse();
        let scan_from_picture = inverse.expect("the camera looks down on the sheet");
        let mut seen = Density::filled(width, height, self.desk[channel]);
        let inside = kurbo::Rect::new(0.0, 0.0, light.width() as f64, light.height() as f64);
        for y in 0..height {
            let v = y as f32 / height as f32 - 0.5;
            for (x, value) in seen.row_mut(y).iter_mut().enumerate() {
                let at = mapped(
                    &scan_from_picture,
                    Point::new(x as f64 + 0.5, y as f64 + 0.5),
                );
                if inside.contains(at) {
                    let edge = light.at(floor_index(at.x), floor_index(at.y));
                    *value = sample(light, single(at.x), single(at.y), edge);
                }
                let u = x as f32 / width as f32 - 0.5;
                let (a, b, c) = self.falloff;
                *value *= 1.0 - a * u - b * v - c * 2.0 * (u * u + v * v);
            }
        }
        blur(&mut seen, self.blur, self.blur);
        seen
    }
}

/// A turn about the line of sight.
fn turned(angle: f64) -> Matrix3<f64> {
    let (sin, cos) = libm::sincos(angle);
    Matrix3::new(cos, -sin, 0.0, sin, cos, 0.0, 0.0, 0.0, 1.0)
}

fn mapped(map: &Matrix3<f64>, point: Point) -> Point {
    let seen = map * Vector3::new(point.x, point.y, 1.0);
    Point::new(seen.x / seen.z, seen.y / seen.z)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::synthesis::scan::Mode;

    #[test]
    fn a_sheet_lies_wholly_in_the_picture_and_its_sides_are_not_parallel() {
        for index in 0..20 {
            let mut chance = Chance::new(4, "camera", index);
            let scanner = Scanner::draw(100, Mode::Colour, &mut chance);
            let camera = Camera::draw(&scanner, (210.0, 148.0), &mut chance);
            let (across, down) = scanner.pixels((210.0, 148.0));
            let at = |x: f64, y: f64| mapped(&camera.picture_from_scan, Point::new(x, y));
            let (x, y) = (across as f64, down as f64);
            let corners = [at(0.0, 0.0), at(x, 0.0), at(x, y), at(0.0, y)];
            let picture = kurbo::Rect::new(0.0, 0.0, camera.size.0 as f64, camera.size.1 as f64);
            assert!(corners.iter().all(|corner| picture.contains(*corner)));
            let sides =
                [(0, 1), (3, 2), (0, 3), (1, 2)].map(|(a, b)| corners[a].distance(corners[b]));
            let lean = (sides[0] / sides[1]).max(sides[1] / sides[0])
                * (sides[2] / sides[3]).max(sides[3] / sides[2]);
            assert!((1.005..1.5).contains(&lean), "{lean}");
            let near =
                camera.about(Point::new(x / 2.0, y / 2.0)) * Point::new(x / 2.0 + 3.0, y / 2.0);
            assert!(near.distance(at(x / 2.0 + 3.0, y / 2.0)) < 0.02);
        }
    }
}
