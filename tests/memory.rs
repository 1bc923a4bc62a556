//! Memory does not grow with the number of pages: the program's peak over the document's own size is
//! about the same for five hundred pages as for twenty.

#![cfg(target_os = "linux")]

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::time::Duration;

use image::codecs::jpeg::JpegEncoder;
use lopdf::{Document, Object, Stream, dictionary};

/// A4 at 70 dpi: small, so that five hundred pages take seconds.
const PAGE_PX: (u16, u16) = (579, 818);

/// The longer document may need this much of the shorter one's memory.
const GROWTH_MAX: f64 = 1.2;

#[test]
fn five_hundred_pages_need_no_more_memory_than_twenty() {
    let folder = tempfile::tempdir().unwrap();
    let [few, many] = [20, 500].map(|pages| {
        let path = folder.path().join(format!("{pages}.pdf"));
        write_pdf(&path, pages);
        let size = fs::metadata(&path).unwrap().len();
        let peak = peak_of_verifying(&path, folder.path(), pages);
        assert!(
            peak > size / 2,
            "{pages} pages: a peak of {peak} bytes was not measured"
        );
        println!("{pages} pages: {size} bytes, peak {peak} bytes");
        peak.saturating_sub(size) as f64
    });
    assert!(
        many <= GROWTH_MAX * few,
        "over the document's size: {few} bytes for 20 pages, {many} for 500"
    );
}

/// Writes a document whose pages are one JPEG each, all different.
fn write_pdf(path: &Path, pages: u32) {
    let mut document = Document::with_version("1.5");
    let tree = document.new_object_id();
    let kids: Vec<Object> = (0..pages)
        .map(|number| {
            let picture = document.add_object(picture(number));
            let content = Stream::new(dictionary! {}, b"q 595 0 0 842 0 0 cm /I Do Q".to_vec());
            let content = document.add_object(content);
            let page = document.add_object(dictionary! {
                "Type" => "Page",
                "Parent" => tree,
                "MediaBox" => vec![0.into(), 0.into(), 595.into(), 842.into()],
                "Resources" => dictionary! { "XObject" => dictionary! { "I" => picture } },
                "Contents" => content,
            });
            page.into()
        })
        .collect();
    let tree_object =
        dictionary! { "Type" => "Pages", "Count" => i64::from(pages), "Kids" => kids };
    document
        .objects
        .insert(tree, Object::Dictionary(tree_object));
    let catalogue = document.add_object(dictionary! { "Type" => "Catalog", "Pages" => tree });
    document.trailer.set("Root", catalogue);
    document.save(path).unwrap();
}

/// A page of a few lines of dark blocks, other ones on every page.
fn picture(number: u32) -> Stream {
    let (width, height) = PAGE_PX;
    let samples: Vec<u8> = (0..u32::from(height))
        .flat_map(|y| (0..u32::from(width)).map(move |x| (x, y)))
        .map(|(x, y)| {
            let line = y % 90 < 10 && (70..510).contains(&x);
            let block = (x / 9 * 7 + y / 90 * 5 + number) % 11 < 5;
            if line && block { 60 } else { 245 }
        })
        .collect();
    let mut jpeg = Vec::new();
    JpegEncoder::new_with_quality(&mut jpeg, 60)
        .encode(
            &samples,
            width.into(),
            height.into(),
            image::ExtendedColorType::L8,
        )
        .unwrap();
    let dictionary = dictionary! {
        "Type" => "XObject",
        "Subtype" => "Image",
        "Width" => i64::from(width),
        "Height" => i64::from(height),
        "ColorSpace" => "DeviceGray",
        "BitsPerComponent" => 8,
        "Filter" => "DCTDecode",
    };
    Stream::new(dictionary, jpeg)
}

/// Verifies a document and returns the peak of all its processes together, in bytes.
fn peak_of_verifying(path: &Path, folder: &Path, pages: u32) -> u64 {
    let output = folder.join("report.json");
    let mut child = Command::new(env!("CARGO_BIN_EXE_antin"))
        .args(["verify", "--json", "--jobs", "1", "--data"])
        .arg(folder.join("data"))
        .arg(path)
        .stdout(fs::File::create(&output).unwrap())
        .stderr(Stdio::inherit())
        .spawn()
        .unwrap();
    let peaks = watch(&mut child);
    let report: serde_json::Value = serde_json::from_slice(&fs::read(&output).unwrap()).unwrap();
    assert_eq!(report["document"]["pages"], pages, "{}", report["document"]);
    peaks.values().sum()
}

/// Peak resident memory of the process and of its children, by process, until it ends.
///
/// The kernel keeps the peak of each, so that looking now and then misses only the last moments.
fn watch(child: &mut Child) -> BTreeMap<u32, u64> {
    let mut peaks = BTreeMap::new();
    while child.try_wait().unwrap().is_none() {
        for process in family(child.id()) {
            if let Some(peak) = peak(process) {
                peaks.insert(process, peak);
            }
        }
        std::thread::sleep(Duration::from_millis(10));
    }
    peaks
}

/// A process and its children's children, from the list of all processes.
fn family(ancestor: u32) -> Vec<u32> {
    let parents: Vec<(u32, u32)> = fs::read_dir("/proc")
        .unwrap()
        .filter_map(|entry| {
            let process = entry.ok()?.file_name().to_str()?.parse().ok()?;
            Some((process, status(process, "PPid:")?.try_into().ok()?))
        })
        .collect();
    let mut family = vec![ancestor];
    let mut next = 0;
    while let Some(parent) = family.get(next).copied() {
        family.extend(
            parents
                .iter()
                .filter(|pair| pair.1 == parent)
                .map(|pair| pair.0),
        );
        next += 1;
    }
    family
}

fn peak(process: u32) -> Option<u64> {
    status(process, "VmHWM:").map(|kilobytes| kilobytes * 1024)
}

/// The number behind a key in a process's status; `None` if the process has ended.
fn status(process: u32, key: &str) -> Option<u64> {
    let text = fs::read_to_string(format!("/proc/{process}/status")).ok()?;
    let line = text.lines().find_map(|line| line.strip_prefix(key))?;
    line.split_whitespace().next()?.parse().ok()
}
