//! Vietnamese designs: two outer circles, a thin inner one, capitals with every diacritic.

use kurbo::Point;

use crate::synthesis::chance::Chance;
use crate::synthesis::die::ArcText;
use crate::synthesis::die::Die;
use crate::synthesis::die::LineText;
use crate::synthesis::die::Motif;
use crate::synthesis::die::Outline;
use crate::synthesis::die::Ring;
use crate::synthesis::die::Separator;
use crate::synthesis::fonts::Class;
use crate::synthesis::fonts::FaceId;
use crate::synthesis::fonts::Fonts;
use crate::synthesis::lettering::Arc;
use crate::synthesis::lettering::Baseline;
use crate::synthesis::lettering::Style;
use crate::synthesis::lettering::natural_width;
use crate::synthesis::motif::FIGURES;
use crate::synthesis::names::Body;

/// A body's seal with a figure in the middle.
pub(super) fn emblem(body: &Body, fonts: &Fonts, chance: &mut Chance) -> Die {
    let mut draft = Draft::round(fonts, chance, (34.0, 42.0));
    let text = format!("{} {}", body.kind, body.own);
    draft.top(&text, 235.0);
    if draft.chance.happens(0.5) {
        let place = body.place.clone();
        draft.bottom(&place, 90.0);
        draft.side_marks();
    } else {
        draft.bottom_star();
    }
    let figures = FIGURES.len();
    let figure = FIGURES[draft.chance.index(figures)];
    let radius = draft.inner * draft.chance.between(0.6, 0.85);
    draft.die.motif = Some(Motif {
        figure,
        radius,
        turn_deg: 0.0,
        middle: Point::ORIGIN,
    });
    draft.die
}

/// An office's seal: the body above on top, the place at the bottom, its name in lines between.
pub(super) fn office(body: &Body, fonts: &Fonts, chance: &mut Chance) -> Die {
    let mut draft = Draft::round(fonts, chance, (30.0, 38.0));
    draft.top(&body.above, 215.0);
    draft.bottom(&body.place, 100.0);
    draft.side_marks();
    let lines = broken(&format!("{} {}", body.kind, body.own), 11);
    draft.centre(&lines);
    draft.die
}

/// A company's seal: its number on top, its place at the bottom, its name in lines between.
pub(super) fn company(body: &Body, fonts: &Fonts, chance: &mut Chance) -> Die {
    let mut draft = Draft::round(fonts, chance, (34.0, 40.0));
    let form = *draft
        .chance
        .pick(&["C.T.C.P", "C.T.T.N.H.H", "D.N.T.N", "H.T.X"]);
    let label = *draft
        .chance
        .pick(&["M.S.D.N:", "MSDN", "S.Đ.K.K.D:", "M.S.T:"]);
    draft.top(&format!("{label} {} - {form}", body.code), 220.0);
    draft.bottom(&body.place, 110.0);
    draft.side_marks();
    let lines = broken(&format!("{} {}", body.kind, body.own), 10);
    draft.centre(&lines);
    draft.die
}

/// An oval stamp: the name round it, a line or two in the middle.
pub(super) fn oval(body: &Body, fonts: &Fonts, chance: &mut Chance) -> Die {
    let (rx, ry) = *chance.pick(&[(22.5, 15.0), (20.0, 15.0), (20.0, 13.0), (17.5, 12.5)]);
    let mut draft = Draft::new(fonts, chance, Outline::Oval { rx, ry });
    draft.top(&format!("{} {}", body.kind, body.own), 200.0);
    draft.bottom(&body.place, 100.0);
    draft.side_marks();
    let line = (*draft
        .chance
        .pick(&["ĐÃ THU TIỀN", "BẢN SAO", "HOÁ ĐƠN", "KẾ TOÁN"]))
    .to_owned();
    draft.centre(&[line]);
    draft.die
}

/// A framed rectangle with two or three lines.
pub(super) fn rectangle(body: &Body, fonts: &Fonts, chance: &mut Chance) -> Die {
    let (rx, ry) = *chance.pick(&[(22.0, 11.0), (25.0, 13.0), (20.0, 10.0), (15.0, 15.0)]);
    let corner = chance.between(0.0, 2.0);
    let outline = Outline::Rectangle { rx, ry, corner };
    let mut draft = Draft::framed(fonts, chance, outline);
    let mut lines = broken(&format!("{} {}", body.kind, body.own), 16);
    lines.push(format!("SỐ {}", body.code));
    draft.rows(&lines, rx * 2.0 - 4.0, ry * 2.0 - 3.5);
    draft.die
}

/// Two or three lines without a frame: an office and a name, or a remark.
pub(super) fn ringless(body: &Body, fonts: &Fonts, chance: &mut Chance) -> Die {
    let (rx, ry) = *chance.pick(&[(22.0, 8.0), (25.0, 10.0), (20.0, 9.0)]);
    let corner = 0.0;
    let mut draft = Draft::bare(fonts, chance, Outline::Rectangle { rx, ry, corner });
    let mut lines = broken(&format!("{} {}", body.kind, body.own), 18);
    lines.truncate(2);
    lines.push(format!("SỐ {}", body.code));
    draft.rows(&lines, rx * 2.0, ry * 2.0);
    draft.die
}

/// A framed triangle with short lines, the shortest on top.
pub(super) fn triangle(body: &Body, fonts: &Fonts, chance: &mut Chance) -> Die {
    let side = chance.between(34.0, 44.0);
    let mut draft = Draft::framed(fonts, chance, Outline::Triangle { side });
    let quarter = side * 0.75_f64.sqrt() / 2.0;
    let code: String = body.code.chars().take(3).collect();
    let rows = [
        (code, 0.05, 0.24),
        (body.own.clone(), 0.42, 0.5),
        (body.place.clone(), 0.78, 0.68),
    ];
    for (text, y, width) in rows {
        let middle = Point::new(0.0, y * quarter);
        draft.line(&text, middle, (side * width, 0.26 * quarter));
    }
    draft.die
}

/// A die being drawn.
struct Draft<'a> {
    fonts: &'a Fonts,
    chance: &'a mut Chance,
    die: Die,
    arc_face: FaceId,
    line_face: FaceId,
    /// Half axes of the band's outer side.
    band_outer: (f64, f64),
    /// Height of the text band.
    band: f64,
    /// The smaller half axis inside the inner circle.
    inner: f64,
}

impl<'a> Draft<'a> {
    fn round(fonts: &'a Fonts, chance: &'a mut Chance, diameter: (f64, f64)) -> Self {
        let diameter = (chance.between(diameter.0, diameter.1) * 2.0).round() / 2.0;
        Self::new(
            fonts,
            chance,
            Outline::Round {
                radius: diameter / 2.0,
            },
        )
    }

    /// A round or oval die with its circles.
    fn new(fonts: &'a Fonts, chance: &'a mut Chance, outline: Outline) -> Self {
        let (rx, ry) = outline.half_size();
        let thick = chance.between(0.45, 1.0);
        let thin = chance.between(0.18, 0.35);
        let mut rings = vec![Ring {
            inset: thick / 2.0,
            width: thick,
            dots: None,
        }];
        let mut depth = thick;
        match chance.index(4) {
            0 => {}
            1 => {
                // The old circular's form: a thick and a thin circle that touch.
                rings.push(Ring {
                    inset: depth + thin / 2.0,
                    width: thin,
                    dots: None,
                });
                depth += thin;
            }
            _ => {
                depth += chance.between(0.3, 0.7);
                rings.push(Ring {
                    inset: depth + thin / 2.0,
                    width: thin,
                    dots: None,
                });
                depth += thin;
            }
        }
        if chance.happens(0.15) {
            let width = chance.between(0.35, 0.55);
            let pitch = Some(width * chance.between(1.7, 2.4));
            rings.push(Ring {
                inset: depth + 0.3 + width / 2.0,
                width,
                dots: pitch,
            });
            depth += 0.3 + width;
        }
        let band = (ry - depth) * chance.between(0.26, 0.33);
        let inner_ring = depth + band + thin / 2.0;
        rings.push(Ring {
            inset: inner_ring,
            width: thin,
            dots: None,
        });
        let mut draft = Self::bare(fonts, chance, outline);
        draft.die.rings = rings;
        draft.band_outer = (rx - depth, ry - depth);
        draft.band = band;
        draft.inner = ry - inner_ring - thin / 2.0;
        draft
    }

    /// A die with a frame of one or two lines.
    fn framed(fonts: &'a Fonts, chance: &'a mut Chance, outline: Outline) -> Self {
        let width = chance.between(0.4, 1.0);
        let mut rings = vec![Ring {
            inset: width / 2.0,
            width,
            dots: None,
        }];
        if chance.happens(0.5) {
            let thin = chance.between(0.2, 0.35);
            rings.push(Ring {
                inset: width + 0.6 + thin / 2.0,
                width: thin,
                dots: None,
            });
        }
        let mut draft = Self::bare(fonts, chance, outline);
        draft.die.rings = rings;
        draft
    }

    fn bare(fonts: &'a Fonts, chance: &'a mut Chance, outline: Outline) -> Self {
        let classes = [
            Class::Sans,
            Class::Narrow,
            Class::SansBold,
            Class::Sans,
            Class::SerifBold,
            Class::Serif,
        ];
        let arc_class = *chance.pick(&classes);
        let arc_face = *chance.pick(&fonts.of_class(arc_class));
        let bold = [
            Class::SansBold,
            Class::SerifBold,
            Class::SansBold,
            Class::Sans,
        ];
        let line_class = *chance.pick(&bold);
        let line_face = *chance.pick(&fonts.of_class(line_class));
        Self {
            fonts,
            die: Die {
                outline,
                rings: Vec::new(),
                arcs: Vec::new(),
                lines: Vec::new(),
                motif: None,
                separators: Vec::new(),
                scale: 1.0,
                moved_accent: None,
            },
            arc_face,
            line_face,
            band_outer: outline.half_size(),
            band: 0.0,
            inner: 0.0,
            chance,
        }
    }

    fn top(&mut self, text: &str, degrees_max: f64) {
        let baseline = self.baseline(1.0 - 0.27);
        self.arc(text, baseline, false, degrees_max);
    }

    fn bottom(&mut self, text: &str, degrees_max: f64) {
        let baseline = self.baseline(0.27);
        self.arc(text, baseline, true, degrees_max);
    }

    /// The ellipse at a share of the band's height from its outer side.
    fn baseline(&self, share: f64) -> Baseline {
        Baseline {
            rx: self.band_outer.0 - share * self.band,
            ry: self.band_outer.1 - share * self.band,
        }
    }

    fn arc(&mut self, text: &str, baseline: Baseline, bottom: bool, degrees_max: f64) {
        let capital_mm = self.band * self.chance.between(0.44, 0.5);
        let longest = (baseline.rx + baseline.ry) / 2.0 * degrees_max.to_radians();
        let style = Style {
            face: self.arc_face,
            capital_mm,
            stretch: 1.0,
        };
        let (style, extent_mm) = fitted(
            self.fonts,
            style,
            text,
            (longest, self.chance.between(0.3, 1.0)),
        );
        self.die.arcs.push(ArcText {
            text: text.to_owned(),
            style,
            arc: Arc {
                baseline,
                extent_mm,
                bottom,
                turn_deg: 0.0,
            },
        });
    }

    /// Two small marks between the texts.
    fn side_marks(&mut self) {
        let middle = self.baseline(0.5);
        let radius = self.band * self.chance.between(0.16, 0.26);
        let disc = self.chance.happens(0.2);
        // Halfway between the ends of the texts on either side.
        let reach = |bottom: bool| {
            let arc = self.die.arcs.iter().find(|text| text.arc.bottom == bottom);
            arc.map_or(0.0, |text| {
                text.arc.extent_mm / (text.arc.baseline.rx + text.arc.baseline.ry)
            })
        };
        let below = (reach(false) - reach(true)) / 2.0;
        for side in [-1.0, 1.0] {
            let (sin, cos) = libm::sincos(below);
            self.die.separators.push(Separator {
                middle: Point::new(side * middle.rx * cos, middle.ry * sin),
                radius,
                disc,
                turn_deg: 0.0,
            });
        }
    }

    fn bottom_star(&mut self) {
        let middle = Point::new(0.0, self.baseline(0.5).ry);
        let radius = self.band * self.chance.between(0.26, 0.36);
        self.die.separators.push(Separator {
            middle,
            radius,
            disc: false,
            turn_deg: 0.0,
        });
    }

    /// Lines of text inside the inner circle, each as wide as the circle allows.
    fn centre(&mut self, lines: &[String]) {
        let (rx, ry) = (self.band_outer.0 - self.band, self.inner);
        let pitch = (1.5 * ry / lines.len() as f64).min(ry * 0.52);
        let first = -pitch * (lines.len() as f64 - 1.0) / 2.0;
        for (row, text) in lines.iter().enumerate() {
            let y = first + pitch * row as f64;
            let tallest = (y.abs() + pitch * 0.35) / ry;
            let half = rx * (1.0 - tallest.min(0.98).powi(2)).sqrt();
            self.line(text, Point::new(0.0, y), (half * 1.8, pitch));
        }
    }

    /// Rows of text in a frame of the given size.
    fn rows(&mut self, lines: &[String], width: f64, height: f64) {
        let pitch = height / lines.len() as f64;
        for (row, text) in lines.iter().enumerate() {
            let y = pitch * (row as f64 + 0.5) - height / 2.0;
            self.line(text, Point::new(0.0, y), (width, pitch));
        }
    }

    /// One line in a box of the given width and height about `middle`.
    fn line(&mut self, text: &str, middle: Point, room: (f64, f64)) {
        let capital_mm = room.1 * self.chance.between(0.46, 0.54);
        let style = Style {
            face: self.line_face,
            capital_mm,
            stretch: 1.0,
        };
        let (style, extent_mm) = fitted(self.fonts, style, text, (room.0, 0.05));
        self.die.lines.push(LineText {
            text: text.to_owned(),
            style,
            middle: middle + kurbo::Vec2::new(0.0, style.capital_mm * 0.5),
            extent_mm,
        });
    }
}

/// Letters and length of a text that may be `longest` and wants gaps of `gap` capitals' heights:
/// tracked where there is room, narrowed and at last made smaller where there is none.
pub(super) fn fitted(
    fonts: &Fonts,
    mut style: Style,
    text: &str,
    (longest, gap): (f64, f64),
) -> (Style, f64) {
    let natural = natural_width(fonts, style, text);
    let wanted = natural + gap * style.capital_mm * text.chars().count() as f64;
    if wanted <= longest {
        return (style, wanted);
    }
    if natural > longest {
        let factor = longest / natural;
        style.stretch = factor.max(0.72);
        style.capital_mm *= (factor / style.stretch).min(1.0);
    }
    (style, longest)
}

/// A name in lines of about `letters` letters, broken at spaces.
fn broken(name: &str, letters: usize) -> Vec<String> {
    let mut lines: Vec<String> = Vec::new();
    for word in name.split(' ') {
        match lines.last_mut() {
            Some(line) if line.chars().count() + word.chars().count() < letters => {
                line.push(' ');
                line.push_str(word);
            }
            _ => lines.push(word.to_owned()),
        }
    }
    lines
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_breaks_at_spaces_into_short_lines() {
        assert_eq!(
            broken("SỞ GIÁO DỤC VÀ ĐÀO TẠO", 9),
            ["SỞ GIÁO", "DỤC VÀ", "ĐÀO TẠO"]
        );
    }
}
