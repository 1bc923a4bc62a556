//! The piece of a scanned page around one impression: all that an extraction of it sees, at a
//! fraction of a page's cost.

use kurbo::Affine;
use kurbo::Point;
use kurbo::Vec2;

use crate::extraction::Impression;
use crate::extraction::extract;
use crate::ingest;
use crate::ingest::Limits;
use crate::synthesis::catalogue::Seal;
use crate::synthesis::chance::Chance;
use crate::synthesis::document::Condition;
use crate::synthesis::ink::Care;
use crate::synthesis::page;
use crate::synthesis::page::Content;
use crate::synthesis::page::Page;
use crate::synthesis::pdf;
use crate::synthesis::placement;
use crate::synthesis::scan::Scanner;
use crate::synthesis::sheet::Overlay;
use crate::synthesis::sheet::Sheet;
use crate::synthesis::stamp;
use crate::synthesis::stamp::Make;
use crate::synthesis::stamp::Stamped;
use crate::synthesis::stamp::World;
use crate::synthesis::truth::Place;

/// Page kept around the seal, millimetres.
const AROUND_MM: f64 = 12.0;

/// A drawn piece.
#[derive(Clone, Debug)]
pub struct Excerpt {
    /// A PDF of one page: the piece as the scanner stored it.
    pub pdf: Vec<u8>,
    /// Where the impression is on it.
    pub place: Place,
}

impl Excerpt {
    /// The impression that an extraction finds where the seal was stamped: its centre lies
    /// within a quarter of the radius.
    #[must_use]
    pub fn found(&self) -> Option<Impression> {
        let mut document = ingest::open(self.pdf.clone(), None, &Limits::default()).ok()?;
        let extraction = extract(&document.page(0).ok()?);
        let [x, y] = self.place.centre_px;
        let [rx, ry] = self.place.radius_px;
        let mut impressions = extraction.impressions.into_iter();
        impressions.find(|impression| {
            let away = impression.outline.centre - Point::new(x, y);
            away.hypot() < 0.25 * 0.5 * (rx + ry)
        })
    }
}

/// Stamps a seal on the signed half sheet of number `index`, scans it and cuts the piece out.
#[must_use]
pub fn draw(seal: &Seal, condition: Condition, index: usize, world: World<'_>) -> Excerpt {
    Signed::new(seal, condition.care, index, world).scan(condition)
}

/// A signed half sheet with one impression, to be scanned in one way or in several.
#[derive(Clone, Debug)]
pub struct Signed {
    page: Page,
    stamped: Stamped,
    spot: Point,
    turn: f64,
    chance: Chance,
}

impl Signed {
    /// Stamps a seal on the half sheet of number `index`.
    #[must_use]
    pub fn new(seal: &Seal, care: Care, index: usize, world: World<'_>) -> Self {
        let mut chance = Chance::new(world.seed, "excerpt", index);
        let content = Content {
            body: &seal.body,
            signers: 1,
            small: true,
            filling: page::Filling::Letter,
            signed: true,
            decoys: &[],
        };
        let mut page = page::compose(content, world.fonts, &mut chance);
        page::soil(&mut page, &mut chance);
        let stamped = stamp::stamp(seal, Make::Genuine, care, world, &mut chance);
        let spot = page.signers[0].stamp(stamped.half_size, &mut chance);
        let spot = placement::kept_on(page.size, spot, stamped.half_size);
        let turn = placement::turn(&mut chance);
        Self {
            page,
            stamped,
            spot,
            turn,
            chance,
        }
    }

    /// Scans it with a scanner of its own and cuts the piece about the impression out.
    #[must_use]
    pub fn scan(&self, condition: Condition) -> Excerpt {
        let (page, stamped, spot) = (&self.page, &self.stamped, self.spot);
        let mut chance = self.chance.clone();
        let scanner = Scanner::draw(condition.dpi, condition.mode, &mut chance);
        let half = stamped.half_size;
        let (corner, size) = window(page.size, spot, half.0.max(half.1) + AROUND_MM);
        let pixels = scanner.pixels(size);
        let corner_px = corner.to_vec2() * f64::from(condition.dpi) / 25.4;
        let piece_from_sheet = Affine::translate(-corner_px) * scanner.scan_from_sheet(page.size);
        let mut sheet = Sheet::new(pixels.0, pixels.1, piece_from_sheet);
        for (paths, ink) in &page.prints {
            sheet.print(paths, *ink);
        }
        let scan_from_die = piece_from_sheet
            * Affine::translate(spot.to_vec2())
            * Affine::rotate(self.turn.to_radians());
        let place = stamped.place(scan_from_die);
        sheet.lay(Overlay {
            scan_from_picture: scan_from_die * stamped.picture_from_die.inverse(),
            planes: stamped.planes.clone(),
        });
        let planes = scanner.read(&sheet, &mut chance);
        Excerpt {
            pdf: pdf::from_scans(&[scanner.encode(&planes, pixels)]),
            place,
        }
    }
}

/// Corner and size of the square about `spot`, as far as it lies on the page.
fn window(page: (f64, f64), spot: Point, reach: f64) -> (Point, (f64, f64)) {
    let corner = Point::new((spot.x - reach).max(0.0), (spot.y - reach).max(0.0));
    let end = Point::new((spot.x + reach).min(page.0), (spot.y + reach).min(page.1));
    let Vec2 { x, y } = end - corner;
    (corner, (x, y))
}
