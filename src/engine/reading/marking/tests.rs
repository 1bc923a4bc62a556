//! Frames that are drawn here.

use super::*;
use crate::extraction::prepare;
use crate::imaging::Colour;
use crate::ingest::DpiSource;
use crate::units::Dpi;

/// A page of 200 dpi in some ink, with frames: left, top, width, height in millimetres, and whether each is double.
fn page(frames: &[([f64; 4], bool)], ink: [u8; 3]) -> Page {
    let (width, height) = (1654, 2339);
    let per_mm = 200.0 / 25.4;
    let mut samples = vec![250_u8; 3 * width * height];
    let mut bar = |left: f64, top: f64, right: f64, bottom: f64| {
        let pixels = |mm: f64| floor_index(mm * per_mm);
        for y in pixels(top)..pixels(bottom) {
            for x in pixels(left)..pixels(right) {
                samples[3 * (y * width + x)..][..3].copy_from_slice(&ink);
            }
        }
    };
    for &([left, top, width, height], is_double) in frames {
        let insets = if is_double { &[0.0, 1.4][..] } else { &[0.0] };
        for inset in insets {
            let (left, top) = (left + inset, top + inset);
            let (right, bottom) = (left + width - 2.0 * inset, top + height - 2.0 * inset);
            bar(left, top, right, top + 0.4);
            bar(left, bottom - 0.4, right, bottom);
            bar(left, top, left + 0.4, bottom);
            bar(right - 0.4, top, right, bottom);
        }
        // A letter's worth of ink within.
        bar(left + 0.4 * width, top + 3.0, left + 0.5 * width, top + 5.0);
    }
    let image = if ink[0] == ink[1] {
        let gray = samples.iter().step_by(3).copied().collect();
        PageImage::Gray(Gray::from_samples(width, height, gray).unwrap())
    } else {
        PageImage::Colour(Colour::from_samples(width, height, samples).unwrap())
    };
    Page {
        number: 1,
        image: image.into(),
        dpi: Dpi::new(200.0),
        dpi_source: DpiSource::Stated,
        notes: Vec::new(),
        objects: None,
    }
}

fn found(frames: &[([f64; 4], bool)], ink: [u8; 3]) -> Vec<Marking> {
    let page = page(frames, ink);
    markings(&page, &prepare(&page), &[])
}

#[test]
fn frames_of_a_marks_size_are_found_in_red_and_in_gray_and_their_lines_counted() {
    for ink in [[200, 60, 70], [90, 90, 90]] {
        let frames = [
            ([30.0, 40.0, 40.0, 8.0], true),
            ([120.0, 40.0, 20.0, 8.0], false),
            ([40.0, 90.0, 30.0, 13.0], true),
        ];
        let marks = found(&frames, ink);
        let lines: Vec<Lines> = marks.iter().map(|mark| mark.lines).collect();
        assert_eq!(lines, [Lines::Double, Lines::Single, Lines::Double]);
        for (mark, (frame, _)) in marks.iter().zip(frames) {
            let off = (mark.size_mm.0 - frame[2]).abs() + (mark.size_mm.1 - frame[3]).abs();
            assert!(off < 0.5, "{:?}", mark.size_mm);
            assert!((f64::from(mark.bbox.x) - frame[0] * 200.0 / 25.4).abs() < 4.0);
            assert!(mark.is_sound((1654, 2339)));
            let dark = mark.raster.samples().iter().filter(|shade| **shade < 128);
            assert!(dark.count() > 100, "its words are cut out");
        }
    }
}

#[test]
fn boxes_of_other_sizes_and_cells_of_a_table_are_no_marks() {
    let others = [
        ([30.0, 40.0, 60.0, 8.0], true),
        ([30.0, 70.0, 30.0, 20.0], true),
        ([120.0, 70.0, 12.0, 8.0], true),
    ];
    assert!(found(&others, [90, 90, 90]).is_empty());
    let cells: Vec<_> = (0..20)
        .map(|cell| {
            let (column, row) = (f64::from(cell % 5), f64::from(cell / 5));
            ([30.0 + 30.0 * column, 60.0 + 8.0 * row, 30.4, 8.4], false)
        })
        .collect();
    let marks = found(&cells, [90, 90, 90]);
    assert!(marks.iter().all(|mark| mark.lines == Lines::Single));
}

#[test]
fn words_are_cut_out_where_no_line_of_a_frame_is_made_out() {
    // Of the frame only its words are left: the search for seals may know where it stood by less than its sides.
    let mut page = page(&[([30.0, 40.0, 30.0, 8.0], true)], [200, 60, 70]);
    let per_mm = 200.0 / 25.4;
    let within = |x: f64, y: f64| (36.0..54.0).contains(&x) && (43.0..45.0).contains(&y);
    let PageImage::Colour(colour) = page.image.whole().into_owned() else {
        unreachable!("it was drawn in colour")
    };
    let mut samples = colour.samples().to_vec();
    for (index, pixel) in samples.as_chunks_mut::<3>().0.iter_mut().enumerate() {
        let (x, y) = (index % colour.width(), index / colour.width());
        let is_word = within(x as f64 / per_mm, y as f64 / per_mm);
        *pixel = if is_word { [200, 60, 70] } else { [250; 3] };
    }
    page.image = PageImage::Colour(Colour::from_samples(1654, 2339, samples).unwrap()).into();
    let work = prepare(&page);
    let scale = Scale::of(&work);
    let sketch = Sketch {
        centre: Point::new(45.0 * scale.per_mm, 44.0 * scale.per_mm),
        width: 30.0 * scale.per_mm,
        height: 8.0 * scale.per_mm,
        along: Vec2::new(1.0, 0.0),
    };
    let laid = Laid::out(&page, (sketch, scale), true).unwrap();
    assert_eq!(laid.measured().map(|(_, mark)| mark.size_mm), None);
    let mark = laid.unmeasured().unwrap();
    assert_eq!((mark.lines, mark.is_plain), (Lines::Unmeasured, false));
    assert!((mark.size_mm.0 - 30.0).abs() < 0.2 && (mark.size_mm.1 - 8.0).abs() < 0.2);
    assert!(mark.is_sound((1654, 2339)));
    let dark = mark.raster.samples().iter().filter(|shade| **shade < 128);
    assert!(dark.count() > 100, "its words are cut out");
}
