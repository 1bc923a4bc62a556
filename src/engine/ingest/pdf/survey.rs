//! What stands on a page, found by interpreting it without decoding a pixel.

use std::collections::BTreeSet;

use hayro_interpret::font::{Glyph, GlyphId, GlyphRun};
use hayro_interpret::hayro_cmap::BfString;
use hayro_interpret::hayro_syntax::object::dict::keys::{MASK, SMASK, SMASK_IN_DATA};
use hayro_interpret::hayro_syntax::page::Page;
use hayro_interpret::util::TransformExt;
use hayro_interpret::{
    BlendMode, ClipPath, Context, Device, DrawMode, DrawProps, Image, ImageDrawProps,
    InterpreterCache, InterpreterSettings, SoftMask, interpret_page,
};
use kurbo::{Affine, BezPath, Rect, Shape};

use crate::geometry::PixelRect;
use crate::ingest::error::PageError;
use crate::ingest::limits::Limits;
use crate::ingest::objects::{Objects, Overlay, OverlayKind, Overlays};
use crate::ingest::orientation::Orientation;
use crate::ingest::pdf::lettering::Lettering;
use crate::ingest::pdf::overlays::{Images, annotations};
use crate::ingest::pdf::{Failures, POINTS_PER_INCH};
use crate::ingest::raster::check_size;
use crate::ingest::resolution::Density;
use crate::units::floor_index;

/// Share of the page that an image must cover to be taken for the page itself. Scanners round page
/// sizes to whole points and cut a millimetre; what stands beneath such an image, in the margin of
/// at most 2 %, is left out.
const PAGE_COVERED_MIN: f64 = 0.98;

/// Share of the page that images of one resolution must cover together to set the scale at which
/// the page is drawn: a seal of 15 mm on A4.
const SCALE_SHARE_MIN: f64 = 0.005;

/// Codes of blank characters that a page may bear in fonts that do not say which they are: the space,
/// and the one that does not break a line.
const BLANK_CODES_MAX: usize = 2;

/// How the page's pixels are got.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Plan {
    /// The image drawn by this call (counted from zero) is the page.
    Native {
        /// Which of the page's images.
        draw: usize,
    },
    /// The page must be drawn.
    Render,
}

/// An image as it stands on the page.
#[derive(Clone, Copy, Debug)]
struct Placed {
    density: Density,
    share: f64,
}

/// What was found.
#[derive(Debug)]
pub(crate) struct Survey {
    page: Rect,
    clips: Vec<Clip>,
    groups: Vec<bool>,
    limits: Limits,
    number: u32,
    /// Calls that draw an image, visible or not.
    draws: usize,
    /// The last image over the whole page that is opaque, or stands on bare paper.
    base: Option<usize>,
    /// Visible things drawn since.
    above: usize,
    /// Visible characters for which there is no drawing.
    characters_missing: u32,
    /// Characters that draw nothing and do not say what they stand for, and their codes.
    blanks: u32,
    blank_codes: BTreeSet<u32>,
    /// Whether a font could not be used at all.
    font_unknown: bool,
    placed: Vec<Placed>,
    refused: Option<PageError>,
    /// The visible part of the image that was taken for the page.
    base_seen: Rect,
    images: Images,
    lettering: Lettering,
}

/// One level of clipping; `exact` if the box is the whole truth about it.
#[derive(Clone, Copy, Debug)]
struct Clip {
    bounds: Rect,
    exact: bool,
}

/// Interprets the page's content and annotations.
///
/// # Errors
/// [`PageError::TooLarge`] if an image is over the limit.
pub(crate) fn survey(page: &Page<'_>, number: u32, limits: &Limits) -> Result<Survey, PageError> {
    let (width, height) = page.render_dimensions();
    let mut survey = Survey {
        page: Rect::new(0.0, 0.0, f64::from(width), f64::from(height)),
        clips: Vec::new(),
        groups: Vec::new(),
        limits: *limits,
        number,
        draws: 0,
        base: None,
        above: 0,
        characters_missing: 0,
        blanks: 0,
        blank_codes: BTreeSet::new(),
        font_unknown: false,
        placed: Vec::new(),
        refused: None,
        base_seen: Rect::ZERO,
        images: Images::default(),
        lettering: Lettering::default(),
    };
    let failures = Failures::default();
    interpret(page, &mut survey, failures.settings());
    survey.font_unknown = failures.has_font();
    match survey.refused.take() {
        Some(error) => Err(error),
        None => Ok(survey),
    }
}

/// Runs a device over a page, in points with y downwards, after /Rotate and the crop box.
pub(super) fn interpret<'a>(
    page: &Page<'a>,
    device: &mut impl Device<'a>,
    settings: InterpreterSettings,
) {
    let (width, height) = page.render_dimensions();
    let mut context = Context::new(
        page.initial_transform(true).to_kurbo(),
        Rect::new(0.0, 0.0, f64::from(width), f64::from(height)),
        &InterpreterCache::new(),
        page.xref(),
        settings,
    );
    interpret_page(page, &mut context, device);
}

impl Survey {
    /// How the page's pixels are got.
    pub(crate) fn plan(&self) -> Plan {
        match self.base {
            Some(draw) if self.above == 0 => Plan::Native { draw },
            Some(_) | None => Plan::Render,
        }
    }

    /// Whether nothing was drawn, not even out of sight.
    pub(crate) fn is_empty(&self) -> bool {
        self.draws == 0 && self.above == 0
    }

    /// Characters of visible text that no font gives a drawing.
    pub(crate) fn characters_missing(&self) -> u32 {
        // More kinds of space than there are is text without its font.
        if self.blank_codes.len() > BLANK_CODES_MAX {
            self.characters_missing.saturating_add(self.blanks)
        } else {
            self.characters_missing
        }
    }

    /// Whether the page names a font that cannot be used.
    pub(crate) fn has_unknown_font(&self) -> bool {
        self.font_unknown
    }

    /// The resolution of the finest images that together cover a visible part of the page.
    pub(crate) fn finest(&self) -> Option<Density> {
        let mut placed = self.placed.clone();
        let fineness = |placed: &Placed| placed.density.x.max(placed.density.y);
        placed.sort_by(|a, b| fineness(b).total_cmp(&fineness(a)));
        let mut share = 0.0;
        placed.into_iter().find_map(|placed| {
            share += placed.share;
            (share >= SCALE_SHARE_MIN).then_some(placed.density)
        })
    }

    /// Whether an image sets one pixel to one unit of a page that has no size of its own: converters
    /// that know no resolution make a page of 72 dpi, which is drawn at that, and not enlarged.
    pub(crate) fn is_off_scale(&self, finest: Density) -> bool {
        let inches = |points: f64| floor_index(points / POINTS_PER_INCH * finest.x + 0.5);
        !finest.is_believable(inches(self.page.width()), inches(self.page.height()))
            && self
                .placed
                .iter()
                .any(|placed| placed.share >= PAGE_COVERED_MIN)
    }

    /// What the file sets on the page as objects of its own; `size` is that of the page as scanned,
    /// which is the image itself or drawn.
    pub(crate) fn objects(self, page: &Page<'_>, size: (usize, usize), is_drawn: bool) -> Objects {
        let frame = Frame {
            seen: if is_drawn { self.page } else { self.base_seen },
            size,
        };
        let overlays = if is_drawn {
            let (images, mut left_out) = self.images.over(self.page);
            let (annotations, are_more) = annotations(page);
            left_out = left_out.saturating_add(are_more.into());
            let images = images.into_iter().map(|seen| (OverlayKind::Image, seen));
            let placed = images.chain(annotations).filter_map(|(kind, seen)| {
                let bbox = frame.pixels(seen)?;
                Some(Overlay { kind, bbox })
            });
            let kept = placed.collect();
            Overlays { kept, left_out }
        } else {
            Overlays::default()
        };
        let (words, words_left_out) = self.lettering.finish();
        let placed = words.into_iter();
        let words = placed.filter_map(|(text, bounds)| Some((text, frame.pixels(bounds)?)));
        Objects {
            overlays,
            words: words.collect(),
            words_left_out,
        }
    }

    /// The part of `bounds` that clips and page leave visible, and whether it is exactly that.
    fn visible(&self, bounds: Rect) -> (Rect, bool) {
        let clips = self.clips.iter();
        clips.fold(
            (bounds.intersect(self.page), true),
            |(seen, exact), clip| (seen.intersect(clip.bounds), exact && clip.exact),
        )
    }

    /// Whether layers, masks and blending leave what is drawn as it is.
    fn is_plain(&self, mask: Option<&SoftMask<'_>>, blend: BlendMode) -> bool {
        self.groups.iter().all(|plain| *plain) && mask.is_none() && blend == BlendMode::Normal
    }

    fn note_shape(&mut self, bounds: Rect) {
        // A line has no area, but it has a place.
        let (seen, _) = self.visible(bounds.inflate(0.01, 0.01));
        if !seen.is_zero_area() {
            self.above += 1;
        }
    }
}

impl<'a> Device<'a> for Survey {
    fn draw_path(&mut self, path: &BezPath, props: DrawProps<'a>, mode: &DrawMode) {
        let width = match mode {
            DrawMode::Stroke(stroke) | DrawMode::FillAndStroke(_, stroke) => stroke.line_width,
            DrawMode::Fill(_) => 0.0,
            DrawMode::Invisible => return,
        };
        let bounds = path
            .control_box()
            .inflate(f64::from(width), f64::from(width));
        self.note_shape(props.transform.transform_rect_bbox(bounds));
    }

    fn push_clip_path(&mut self, clip: &ClipPath) {
        let bounds = clip.path.bounding_box();
        // A path that fills its box is the box.
        let exact = (clip.path.area().abs() - bounds.area()).abs() <= 1e-6 * bounds.area();
        self.clips.push(Clip { bounds, exact });
    }

    fn push_clip_rect(&mut self, rect: &Rect) {
        self.clips.push(Clip {
            bounds: rect.abs(),
            exact: true,
        });
    }

    fn push_transparency_group(
        &mut self,
        opacity: f32,
        mask: Option<SoftMask<'a>>,
        blend: BlendMode,
    ) {
        self.groups
            .push(opacity >= 1.0 && mask.is_none() && blend == BlendMode::Normal);
    }

    fn draw_glyph_run(&mut self, run: &GlyphRun<'_, 'a>, props: DrawProps<'a>, mode: &DrawMode) {
        self.lettering.add(run, props.transform, mode);
        // Text that was recognised and laid under or over the scan is invisible.
        if matches!(mode, DrawMode::Invisible) {
            return;
        }
        let mut drawn = false;
        for glyph in run.glyphs() {
            match Shown::of(glyph) {
                Shown::Drawn => drawn = true,
                Shown::Blank => {}
                Shown::Unknown => {
                    self.blanks = self.blanks.saturating_add(1);
                    self.blank_codes.insert(glyph.char_code());
                }
                Shown::Missing => {
                    self.characters_missing = self.characters_missing.saturating_add(1);
                }
            }
        }
        if drawn {
            let page = self.page;
            self.note_shape(page);
        }
    }

    fn draw_image(&mut self, image: Image<'a, '_>, props: ImageDrawProps<'a>) {
        let draw = self.draws;
        self.draws += 1;
        let (width, height) = (image.width(), image.height());
        let size = check_size(self.number, width.into(), height.into(), &self.limits);
        if let Err(error) = size {
            self.refused.get_or_insert(error);
            return;
        }
        let bounds = image_bounds(props.transform, width, height);
        let (seen, exact) = self.visible(bounds);
        if seen.is_zero_area() {
            return;
        }
        let share = seen.area() / self.page.area();
        self.placed.push(Placed {
            density: density(props.transform),
            share,
        });
        let covers = exact
            && share >= PAGE_COVERED_MIN
            && Orientation::from_transform(props.transform).is_some()
            && self.is_plain(props.soft_mask.as_ref(), props.blend_mode);
        // What lets something through may be the page only where nothing stands beneath.
        let on_bare_paper = self.base.is_none() && self.above == 0;
        let is_page = covers && (on_bare_paper || is_opaque(&image));
        if is_page {
            self.base = Some(draw);
            self.base_seen = seen;
            self.images.cover(seen);
            self.above = 0;
        } else {
            self.images.add(seen);
            self.above += 1;
        }
    }

    fn pop_clip(&mut self) {
        self.clips.pop();
    }

    fn pop_transparency_group(&mut self) {
        self.groups.pop();
    }
}

/// The page as scanned: the part of the page that its pixels show.
struct Frame {
    seen: Rect,
    size: (usize, usize),
}

impl Frame {
    /// A box in points as pixels of the page; `None` if it lies beside it.
    fn pixels(&self, bounds: Rect) -> Option<PixelRect> {
        let both = bounds.intersect(self.seen);
        let is_on_page = both.is_finite() && both.width() > 0.0 && both.height() > 0.0;
        if !is_on_page {
            return None;
        }
        let x = span(
            both.x0 - self.seen.x0,
            both.x1 - self.seen.x0,
            self.seen.width(),
            self.size.0,
        )?;
        let y = span(
            both.y0 - self.seen.y0,
            both.y1 - self.seen.y0,
            self.seen.height(),
            self.size.1,
        )?;
        Some(PixelRect {
            x: x.0,
            y: y.0,
            width: x.1,
            height: y.1,
        })
    }
}

/// First pixel and number of pixels, at least one, between two places on a side of so many pixels.
fn span(from: f64, to: f64, length: f64, pixels: usize) -> Option<(u32, u32)> {
    let last = u32::try_from(pixels).ok()?.checked_sub(1)?;
    let pixel = |place: f64| {
        let whole = floor_index(place / length * f64::from(last + 1));
        u32::try_from(whole).unwrap_or(last).min(last)
    };
    let first = pixel(from);
    Some((first, pixel(to).max(first) - first + 1))
}

/// What becomes of a character.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Shown {
    Drawn,
    /// A space.
    Blank,
    /// A character that draws nothing and does not say what it stands for.
    Unknown,
    /// A character that is to be seen, and that the font has no drawing for.
    Missing,
}

impl Shown {
    fn of(glyph: &Glyph<'_>) -> Self {
        let Glyph::Outline(outline) = glyph else {
            return Self::Drawn;
        };
        if !outline.outline().is_empty() {
            return Self::Drawn;
        }
        let is_seen = |c: char| !c.is_whitespace() && !c.is_control() && !is_invisible(c);
        let seen = match outline.as_unicode() {
            Some(BfString::Char(c)) => is_seen(c),
            Some(BfString::String(text)) => text.chars().any(is_seen),
            // A font that has the character would not take its stand-in.
            None if outline.glyph_id() == GlyphId::NOTDEF => true,
            None => return Self::Unknown,
        };
        if seen { Self::Missing } else { Self::Blank }
    }
}

/// Characters of no width of their own: soft hyphen, joiners, marks of direction, byte-order mark.
pub(super) const fn is_invisible(c: char) -> bool {
    matches!(c, '\u{ad}' | '\u{200b}'..='\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2060}'..='\u{2064}' | '\u{feff}')
}

/// Whether an image hides what stands beneath it.
fn is_opaque(image: &Image<'_, '_>) -> bool {
    match image {
        Image::Raster(raster) => {
            let dict = raster.stream().dict();
            ![SMASK, MASK, SMASK_IN_DATA]
                .iter()
                .any(|key| dict.contains_key(key))
        }
        Image::Stencil(_) => false,
    }
}

/// The box of an image on the page.
pub(super) fn image_bounds(page_from_image: Affine, width: u32, height: u32) -> Rect {
    page_from_image.transform_rect_bbox(Rect::new(0.0, 0.0, f64::from(width), f64::from(height)))
}

/// Pixels per 72 points along the image's own axes.
fn density(page_from_image: Affine) -> Density {
    let [a, b, c, d, _, _] = page_from_image.as_coeffs();
    Density {
        x: POINTS_PER_INCH / libm::hypot(a, b),
        y: POINTS_PER_INCH / libm::hypot(c, d),
    }
}
