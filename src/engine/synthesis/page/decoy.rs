//! Things on a page that are no seals: logos, headings, tables, circles, stains.

mod framed;

use kurbo::Affine;
use kurbo::BezPath;
use kurbo::Circle;
use kurbo::Point;
use kurbo::Shape;

use crate::synthesis::fonts::Class;
use crate::synthesis::frame::Frame;
use crate::synthesis::lettering;
use crate::synthesis::lettering::Arc;
use crate::synthesis::lettering::Baseline;
use crate::synthesis::lettering::Style;
use crate::synthesis::motif;
use crate::synthesis::motif::Figure;
use crate::synthesis::page::Layout;
use crate::synthesis::page::rectangle;

/// Something that a search for seals might take for one.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Decoy {
    /// A line of large red letters over a red rule.
    RedHeading,
    /// A red disc with a white star.
    DiscLogo,
    /// A ring with letters round a figure, printed.
    RingLogo,
    /// A table with coloured fields.
    ColouredTable,
    /// Overlapping circles of a diagram.
    Circles,
    /// The ring of a cup.
    CoffeeRing,
    /// A table with heavy black rules.
    BlackTable,
    /// A gray picture.
    Photo,
    /// A stamp or a box of the size of a mark of secrecy or urgency.
    Framed(Frame),
}

/// Every decoy.
pub const DECOYS: [Decoy; 8] = [
    Decoy::RedHeading,
    Decoy::DiscLogo,
    Decoy::RingLogo,
    Decoy::ColouredTable,
    Decoy::Circles,
    Decoy::CoffeeRing,
    Decoy::BlackTable,
    Decoy::Photo,
];

/// Those that stand clear of the place for seals.
pub const HEAD_DECOYS: [Decoy; 3] = [Decoy::RedHeading, Decoy::DiscLogo, Decoy::RingLogo];

/// Densities of printed red, as a toner or press gives it.
pub(super) const PRINTED_RED: [f32; 3] = [0.08, 0.9, 0.75];

impl Decoy {
    /// The frame that it is.
    #[must_use]
    pub const fn frame(self) -> Option<Frame> {
        match self {
            Self::Framed(frame) => Some(frame),
            Self::RedHeading
            | Self::DiscLogo
            | Self::RingLogo
            | Self::ColouredTable
            | Self::Circles
            | Self::CoffeeRing
            | Self::BlackTable
            | Self::Photo => None,
        }
    }

    /// The word that truth uses.
    #[must_use]
    pub const fn word(self) -> &'static str {
        match self {
            Self::RedHeading => "heading",
            Self::DiscLogo => "disc_logo",
            Self::RingLogo => "ring_logo",
            Self::ColouredTable => "coloured_table",
            Self::Circles => "circles",
            Self::CoffeeRing => "coffee_ring",
            Self::BlackTable => "black_table",
            Self::Photo => "photo",
            Self::Framed(frame) => frame.word(),
        }
    }
}

impl Layout<'_> {
    pub(super) fn decoy(&mut self, decoy: Decoy) {
        let (width, height) = self.page.size;
        let logo = Point::new(
            self.chance.between(22.0, 34.0),
            self.chance.between(18.0, 30.0),
        );
        let free = Point::new(
            self.chance.between(45.0, width - 45.0),
            self.chance.between(height * 0.35, height - 40.0),
        );
        match decoy {
            Decoy::RedHeading => self.red_heading(),
            Decoy::DiscLogo => {
                let radius = self.chance.between(8.0, 17.0);
                let mut disc = Circle::new(logo, radius).to_path(1e-3);
                let star = motif::star(radius * 0.6, radius * 0.23);
                disc.extend((Affine::translate(logo.to_vec2()) * star).reverse_subpaths());
                self.page.prints.push((vec![disc], PRINTED_RED));
            }
            Decoy::RingLogo => self.ring_logo(logo),
            Decoy::ColouredTable => self.coloured_table(free.y),
            Decoy::Circles => {
                let radius = self.chance.between(12.0, 22.0);
                for (dx, ink) in [(-0.6, PRINTED_RED), (0.6, [0.8, 0.5, 0.1])] {
                    let middle = free + kurbo::Vec2::new(dx * radius, 0.0);
                    let circle = Circle::new(middle, radius).to_path(1e-3);
                    let weight = self.chance.between(0.3, 1.2);
                    self.page
                        .prints
                        .push((vec![motif::line(&circle, weight)], ink));
                }
            }
            Decoy::CoffeeRing => self.coffee_ring(free),
            Decoy::BlackTable => self.black_table(free.y),
            Decoy::Photo => self.photo(free),
            Decoy::Framed(frame) => self.framed(frame),
        }
    }

    fn red_heading(&mut self) {
        let width = self.page.size.0;
        let face = if self.content.body.chinese {
            Class::Hanzi
        } else {
            Class::SerifBold
        };
        let face = *self.chance.pick(&self.fonts.of_class(face));
        let capital_mm = self.chance.between(5.0, 8.5);
        let style = Style {
            face,
            capital_mm,
            stretch: 0.85,
        };
        let text = self.content.body.name.to_uppercase();
        let extent = lettering::natural_width(self.fonts, style, &text).min(width - 40.0);
        let path = lettering::straight(self.fonts, style, &text, extent);
        let place = Affine::translate((width / 2.0, 12.0));
        let rule = rectangle(
            20.0,
            14.5,
            width - 20.0,
            14.5 + self.chance.between(0.4, 1.0),
        );
        self.page
            .prints
            .push((vec![place * path, rule], PRINTED_RED));
    }

    fn ring_logo(&mut self, middle: Point) {
        let radius = self.chance.between(9.0, 15.0);
        let place = Affine::translate(middle.to_vec2());
        let mut paths: Vec<BezPath> = [1.0, 0.68]
            .map(|share| {
                motif::line(
                    &Circle::new(middle, radius * share).to_path(1e-3),
                    radius * 0.05,
                )
            })
            .to_vec();
        let face = *self.chance.pick(&self.fonts.of_class(Class::SansBold));
        let style = Style {
            face,
            capital_mm: radius * 0.15,
            stretch: 1.0,
        };
        let baseline = Baseline {
            rx: radius * 0.77,
            ry: radius * 0.77,
        };
        let text = self.content.body.place.clone();
        let extent_mm = lettering::natural_width(self.fonts, style, "CHÂT LƯỢNG CAO") * 1.3;
        let arc = Arc {
            baseline,
            extent_mm,
            bottom: false,
            turn_deg: 0.0,
        };
        paths.push(place * lettering::around(self.fonts, style, &text, arc));
        let figure =
            *self
                .chance
                .pick(&[Figure::Lotus, Figure::Sunrise, Figure::Gear, Figure::Star]);
        paths.push(place * Affine::scale(radius * 0.5) * motif::outline(figure));
        let ink = *self.chance.pick(&[
            PRINTED_RED,
            [0.9, 0.5, 0.1],
            [0.7, 0.15, 0.6],
            [1.1, 1.1, 1.1],
        ]);
        self.page.prints.push((paths, ink));
    }

    fn coloured_table(&mut self, top: f64) {
        let right = self.page.size.0 - 25.0;
        let ink = *self
            .chance
            .pick(&[[0.02, 0.35, 0.3], [0.4, 0.2, 0.02], [0.03, 0.08, 0.5]]);
        let rows = 3 + self.chance.index(3);
        let mut fields = Vec::new();
        let mut rules = Vec::new();
        for row in 0..rows {
            let y = top + 8.0 * row as f64;
            if row % 2 == 0 {
                fields.push(rectangle(30.0, y, right, y + 8.0));
            }
            rules.push(motif::line(&rectangle(30.0, y, right, y + 8.0), 0.4));
        }
        self.page.prints.push((fields, ink));
        self.page.prints.push((rules, PRINTED_RED));
    }

    fn black_table(&mut self, top: f64) {
        let right = self.page.size.0 - self.chance.between(25.0, 90.0);
        let (rows, columns) = (2 + self.chance.index(3), 2 + self.chance.index(3));
        let step = (right - 30.0) / columns as f64;
        let weight = self.chance.between(0.5, 1.4);
        let mut rules = Vec::new();
        for row in 0..rows {
            for column in 0..columns {
                let (x, y) = (30.0 + step * column as f64, top + 11.0 * row as f64);
                rules.push(motif::line(&rectangle(x, y, x + step, y + 11.0), weight));
            }
        }
        self.page.prints.push((rules, [1.2, 1.2, 1.2]));
    }

    /// A brown ring, its edge uneven and darker outside.
    fn coffee_ring(&mut self, middle: Point) {
        let radius = self.chance.between(30.0, 40.0);
        let phase = self.chance.between(0.0, 6.0);
        let edge = |share: f64| {
            motif::polygon((0..180).map(|step| {
                let angle = f64::from(step) * std::f64::consts::TAU / 180.0;
                let wobble = 1.0 + 0.006 * libm::sin(5.0 * angle + phase);
                let (sin, cos) = libm::sincos(angle);
                middle + kurbo::Vec2::new(cos, sin) * (radius * share * wobble)
            }))
        };
        for (share, width, ink) in [
            (1.0, 0.8, [0.08, 0.16, 0.3]),
            (0.98, 2.4, [0.03, 0.07, 0.14]),
        ] {
            self.page
                .prints
                .push((vec![motif::line(&edge(share), width)], ink));
        }
    }

    /// Gray fields in front of a gray ground.
    fn photo(&mut self, middle: Point) {
        let (half_width, half_height) = (
            self.chance.between(14.0, 26.0),
            self.chance.between(16.0, 28.0),
        );
        let frame = |share: f64| {
            rectangle(
                middle.x - half_width * share,
                middle.y - half_height * share,
                middle.x + half_width * share,
                middle.y + half_height * share,
            )
        };
        let ground = self.chance.between32(0.15, 0.5);
        self.page.prints.push((vec![frame(1.0)], [ground; 3]));
        let head = Circle::new(
            middle - kurbo::Vec2::new(0.0, half_height * 0.25),
            half_width * 0.42,
        );
        let body = Circle::new(
            middle + kurbo::Vec2::new(0.0, half_height * 0.75),
            half_width * 0.7,
        );
        let shade = self.chance.between32(0.2, 0.7);
        self.page
            .prints
            .push((vec![head.to_path(1e-3)], [shade, shade * 1.1, shade * 1.2]));
        let clipped = Circle::new(
            body.center - kurbo::Vec2::new(0.0, half_height * 0.2),
            body.radius,
        );
        self.page
            .prints
            .push((vec![clipped.to_path(1e-3)], [shade * 1.4; 3]));
    }
}
