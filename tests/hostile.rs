//! Files that are broken, or built to break their reader, through the real child process: the right
//! reason, in bounded time, and nothing else lost.

#![allow(clippy::unwrap_used, reason = "a panic is how a test fails")]

use std::ops::ControlFlow;
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use antin::ingest::Note;
use antin::sandbox::{self, Options, Outcome, Reading, Source};
use lopdf::{
    Dictionary, Document, EncryptionState, EncryptionVersion, Object, Permissions, Stream,
};
use lopdf::{StringFormat, dictionary};

/// Time on the clock that the whole reading of any file here must stay within: generous, because
/// other tests run beside it.
const PATIENCE: Duration = Duration::from_secs(60);

fn options() -> Options {
    Options::new(PathBuf::from(env!("CARGO_BIN_EXE_antin")))
}

/// Limits that end a loop within two seconds of its own; on the clock other pages have time, whatever runs beside them.
fn strict() -> Options {
    let mut options = options();
    options.child.wall_per_page = Duration::from_secs(20);
    options.child.cpu_seconds_per_page = 1;
    options.child.cpu_seconds_max = 2;
    options
}

fn read(bytes: &[u8], options: &Options) -> Reading {
    let started = Instant::now();
    let reading = sandbox::read(Source::Bytes(bytes), options);
    assert!(started.elapsed() < PATIENCE, "took {:?}", started.elapsed());
    reading
}

fn unreadable(reading: &Reading) -> &str {
    match &reading.outcome {
        Outcome::Unreadable { reason } => reason,
        other @ (Outcome::Read | Outcome::NotProcessed { .. }) => {
            panic!("should be unreadable: {other:?}")
        }
    }
}

fn not_processed(reading: &Reading) -> &str {
    match &reading.outcome {
        Outcome::NotProcessed { reason } => reason,
        other @ (Outcome::Read | Outcome::Unreadable { .. }) => {
            panic!("should not be processed: {other:?}")
        }
    }
}

fn page_reason(reading: &Reading, index: usize) -> String {
    match &reading.pages[index].content {
        Err(error) => error.to_string(),
        Ok(found) => panic!("the page should not be readable: {found:?}"),
    }
}

/// A document whose pages have these contents and share these objects.
struct Builder {
    document: Document,
    objects: Dictionary,
    media_box: [i64; 4],
}

impl Builder {
    fn new() -> Self {
        Self {
            document: Document::with_version("1.7"),
            objects: Dictionary::new(),
            media_box: [0, 0, 72, 96],
        }
    }

    fn object(mut self, name: &str, stream: Stream) -> Self {
        let id = self.document.add_object(stream);
        self.objects.set(name, id);
        self
    }

    fn document(mut self, contents: &[&str]) -> Document {
        let tree = self.document.new_object_id();
        let resources = self
            .document
            .add_object(dictionary! { "XObject" => self.objects });
        let mut kids = Vec::new();
        for content in contents {
            let stream = Stream::new(Dictionary::new(), content.as_bytes().to_vec());
            let content = self.document.add_object(stream);
            let page = self.document.add_object(dictionary! {
                "Type" => "Page", "Parent" => tree, "Contents" => content,
                "MediaBox" => self.media_box.map(Object::from).to_vec(), "Resources" => resources,
            });
            kids.push(Object::from(page));
        }
        let count = i64::try_from(kids.len()).unwrap();
        let pages = dictionary! { "Type" => "Pages", "Kids" => kids, "Count" => count };
        self.document.objects.insert(tree, pages.into());
        let catalog = dictionary! { "Type" => "Catalog", "Pages" => tree };
        let catalog = self.document.add_object(catalog);
        self.document.trailer.set("Root", catalog);
        self.document
    }

    fn pages(self, contents: &[&str]) -> Vec<u8> {
        bytes(self.document(contents))
    }
}

fn bytes(mut document: Document) -> Vec<u8> {
    let mut bytes = Vec::new();
    document.save_to(&mut bytes).unwrap();
    bytes
}

fn form(content: &str, resources: Dictionary) -> Stream {
    let entries = dictionary! {
        "Type" => "XObject", "Subtype" => "Form", "Resources" => resources,
        "BBox" => [0, 0, 72, 96].map(Object::from).to_vec(),
    };
    Stream::new(entries, content.as_bytes().to_vec())
}

fn image(width: i64, height: i64, data: Vec<u8>) -> Stream {
    let entries = dictionary! {
        "Type" => "XObject", "Subtype" => "Image", "Width" => width, "Height" => height,
        "ColorSpace" => "DeviceGray", "BitsPerComponent" => 8,
    };
    Stream::new(entries, data)
}

/// Form 0 draws form 1 twice, form 1 draws form 2 twice, and so on: 2^26 drawings in 6 KB.
fn nested(contents: &[&str]) -> Vec<u8> {
    let mut builder = Builder::new();
    let mut inner = None;
    for _ in 0..26 {
        let mut names = Dictionary::new();
        let content = match inner {
            Some(id) => {
                names.set("F", Object::Reference(id));
                "/F Do /F Do"
            }
            None => "0 0 1 1 re f",
        };
        let stream = form(content, dictionary! { "XObject" => names });
        inner = Some(builder.document.add_object(stream));
    }
    builder.objects.set("Bomb", inner.unwrap());
    builder.pages(contents)
}

#[test]
fn a_sound_document_is_read_page_by_page() {
    let bytes = Builder::new().pages(&["", "0 0 10 10 re f"]);
    let reading = read(&bytes, &options());
    assert_eq!(reading.outcome, Outcome::Read);
    assert_eq!(reading.page_count, Some(2));
    let sizes: Vec<_> = reading
        .pages
        .iter()
        .map(|page| (page.width_px, page.height_px))
        .collect();
    assert_eq!(sizes, [(Some(300), Some(400)); 2]);
    assert!(reading.pages.iter().all(|page| page.content.is_ok()));
    assert_eq!(reading.bytes, bytes.len() as u64);
}

#[test]
fn a_file_and_its_bytes_give_the_same_reading() {
    let bytes = Builder::new().pages(&["0 0 10 10 re f"]);
    let mut file = tempfile::NamedTempFile::new().unwrap();
    std::io::Write::write_all(&mut file, &bytes).unwrap();
    let from_file = sandbox::read(Source::Path(file.path()), &options());
    assert_eq!(from_file, read(&bytes, &options()));
}

#[test]
fn a_document_of_which_no_more_is_wanted_is_read_no_further() {
    let bytes = Builder::new().pages(&["0 0 10 10 re f", "0 0 20 20 re f", "0 0 30 30 re f"]);
    let whole = read(&bytes, &options());
    let mut numbers = Vec::new();
    let reading = sandbox::read_each(Source::Bytes(&bytes), &options(), &mut |page| {
        numbers.push(page.number);
        ControlFlow::Break(())
    });
    assert_eq!(numbers, [1]);
    assert_eq!(reading.outcome, Outcome::Read);
    assert_eq!(reading.sha256, whole.sha256);
    assert!(reading.sha256.is_some());
}

#[test]
fn zero_bytes_and_files_of_another_kind_are_unreadable() {
    let empty = read(b"", &options());
    assert!(unreadable(&empty).contains("empty"));
    assert_eq!(empty.page_count, None);
    let text = read(b"Dear Sir or Madam, enclosed please find", &options());
    assert!(unreadable(&text).contains("not a PDF"));
    assert!(text.sha256.is_some());
}

#[test]
fn paths_that_cannot_be_read_say_why() {
    let missing = sandbox::read(Source::Path(Path::new("/no/such/file.pdf")), &options());
    assert!(unreadable(&missing).contains("no such file"));
    let folder = sandbox::read(Source::Path(Path::new("/")), &options());
    assert!(unreadable(&folder).contains("folder"));
    assert_eq!(folder.sha256, None);
}

#[test]
fn a_cut_off_file_is_never_an_empty_document() {
    let scan = image(300, 400, vec![77; 120_000]);
    let whole = Builder::new()
        .object("Im", scan)
        .pages(&["q 72 0 0 96 0 0 cm /Im Do Q"]);
    for share in [1, 3, 5, 7, 9] {
        let reading = read(&whole[..whole.len() * share / 10], &options());
        let lost = match &reading.outcome {
            Outcome::Unreadable { .. } => true,
            Outcome::Read => reading.pages.iter().all(|page| page.content.is_err()),
            Outcome::NotProcessed { .. } => false,
        };
        assert!(lost, "{share} tenths: {reading:?}");
    }
}

#[test]
fn a_page_that_is_lost_from_the_file_is_unreadable_and_keeps_its_number() {
    let mut document = Builder::new().document(&["0 0 9 9 re f", "0 0 9 9 re f", "0 0 9 9 re f"]);
    let second = document.get_pages()[&2];
    document.objects.remove(&second);
    let reading = read(&bytes(document), &options());
    assert_eq!(reading.outcome, Outcome::Read);
    let readable: Vec<bool> = reading.pages.iter().map(|p| p.content.is_ok()).collect();
    assert_eq!(readable, [true, false, true]);
    let reason = page_reason(&reading, 1);
    assert!(reason.contains("missing from the file"), "{reason}");
}

/// A document of one page, encrypted with this password for its readers.
fn encrypted(user_password: &str) -> Vec<u8> {
    let mut document = Builder::new().document(&["0 0 10 10 re f"]);
    let id = Object::String(b"0123456789abcdef".to_vec(), StringFormat::Literal);
    document.trailer.set("ID", vec![id.clone(), id]);
    let version = EncryptionVersion::V2 {
        document: &document,
        owner_password: "owner",
        user_password,
        key_length: 128,
        permissions: Permissions::all(),
    };
    let state = EncryptionState::try_from(version).unwrap();
    document.encrypt(&state).unwrap();
    bytes(document)
}

#[test]
fn a_file_encrypted_against_changes_alone_opens_by_itself() {
    assert_eq!(read(&encrypted(""), &options()).outcome, Outcome::Read);
}

#[test]
fn passwords_open_encrypted_files_and_wrong_ones_do_not() {
    let bytes = encrypted("open sesame");
    assert!(unreadable(&read(&bytes, &options())).contains("needs a password"));
    let with = |password: &str| Options {
        password: Some(password.to_owned()),
        ..options()
    };
    assert!(unreadable(&read(&bytes, &with("wrong"))).contains("does not open"));
    assert_eq!(read(&bytes, &with("open sesame")).outcome, Outcome::Read);
}

#[test]
fn a_document_without_pages_is_unreadable() {
    let reading = read(&Builder::new().pages(&[]), &options());
    assert!(unreadable(&reading).contains("no pages"));
    assert_eq!(reading.page_count, Some(0));
}

#[test]
fn a_document_with_too_many_pages_is_not_processed_and_says_how_many() {
    let mut options = options();
    options.limits.pages_max = 2;
    let reading = read(&Builder::new().pages(&[""; 4]), &options);
    assert!(not_processed(&reading).contains("4 pages, more than the limit of 2"));
    assert_eq!(reading.page_count, Some(4));
    assert_eq!(reading.pages, []);
}

#[test]
fn a_document_with_too_many_bytes_is_not_processed_and_its_pages_are_not_known() {
    let bytes = Builder::new().pages(&[""]);
    let mut options = options();
    options.limits.bytes_max = bytes.len() as u64 - 1;
    let reading = read(&bytes, &options);
    assert!(not_processed(&reading).contains("more than the limit"));
    assert_eq!(reading.page_count, None);
}

#[test]
fn a_bomb_of_pixels_is_refused_before_it_is_decoded() {
    let mut bomb = image(20_000, 17_000, vec![0; 20_000 * 17_000 / 10]);
    bomb.compress().unwrap();
    let bytes = Builder::new().object("Im", bomb).pages(&["/Im Do", ""]);
    let reading = read(&bytes, &options());
    assert_eq!(reading.outcome, Outcome::Read);
    assert!(page_reason(&reading, 0).contains("20000 x 17000"));
    assert_eq!(reading.pages[0].width_px, None);
    assert!(reading.pages[1].content.is_ok());
}

#[test]
fn data_that_swell_beyond_the_memory_limit_cost_their_page_only() {
    // Stated small, 600 MB when inflated: only the limit on memory can see it.
    let mut bomb = image(300, 400, vec![0; 600 << 20]);
    bomb.compress().unwrap();
    let bytes = Builder::new()
        .object("Im", bomb)
        .pages(&["q 72 0 0 96 0 0 cm /Im Do Q", ""]);
    let mut options = options();
    options.child.memory_bytes_max = 300 << 20;
    let reading = read(&bytes, &options);
    assert!(not_processed(&reading).contains("memory"), "{reading:?}");
    assert!(page_reason(&reading, 0).contains("memory"));
    assert!(
        reading.pages[1].content.is_ok(),
        "the next page has a child of its own"
    );
}

#[test]
fn a_page_of_miles_is_drawn_within_the_pixel_limit() {
    let mut builder = Builder::new();
    builder.media_box = [0, 0, 200_000, 200_000];
    let mut options = options();
    options.limits.render_pixels_max = 1_000_000;
    let reading = read(&builder.pages(&["0 0 100 100 re f"]), &options);
    assert_eq!(reading.outcome, Outcome::Read);
    assert_eq!(
        (reading.pages[0].width_px, reading.pages[0].height_px),
        (Some(1000), Some(1000))
    );
}

#[test]
fn a_form_that_draws_itself_ends() {
    let mut builder = Builder::new();
    let own = builder.document.new_object_id();
    let mut names = Dictionary::new();
    names.set("F", Object::Reference(own));
    let stream = form("0 0 1 1 re f /F Do", dictionary! { "XObject" => names });
    builder.document.objects.insert(own, stream.into());
    builder.objects.set("F", Object::Reference(own));
    assert_eq!(
        read(&builder.pages(&["/F Do"]), &options()).outcome,
        Outcome::Read
    );
}

#[test]
fn a_loop_is_stopped_and_costs_its_page_only() {
    let bytes = nested(&["", "/Bomb Do", "0 0 10 10 re f"]);
    let reading = read(&bytes, &strict());
    let reason = not_processed(&reading);
    assert!(reason.starts_with("page 2:"), "{reason}");
    assert_eq!(reading.pages.len(), 3);
    assert!(reading.pages[0].content.is_ok());
    assert!(
        page_reason(&reading, 1).contains("limit") || page_reason(&reading, 1).contains("longer")
    );
    assert!(
        reading.pages[2].content.is_ok(),
        "the next page has a child of its own"
    );
}

#[test]
fn a_document_of_loops_is_given_up_with_every_page_named() {
    let bytes = nested(&["/Bomb Do"; 6]);
    let mut options = strict();
    options.child.wall_per_page = Duration::from_millis(300);
    let reading = read(&bytes, &options);
    assert!(not_processed(&reading).starts_with("page 1:"));
    assert_eq!(reading.pages.len(), 6);
    assert!(page_reason(&reading, 5).contains("not tried"));
}

#[test]
fn a_child_that_cannot_be_started_is_named() {
    let options = Options::new(PathBuf::from("/no/such/program"));
    let reading = read(&Builder::new().pages(&[""]), &options);
    assert!(not_processed(&reading).contains("/no/such/program"));
}

#[test]
fn a_program_that_is_no_reader_is_not_believed() {
    for program in ["/bin/cat", "/bin/true", "/bin/false"] {
        let mut options = Options::new(PathBuf::from(program));
        options.child.wall_per_page = Duration::from_secs(5);
        let reading = read(&Builder::new().pages(&[""]), &options);
        assert!(!not_processed(&reading).is_empty(), "{program}");
    }
}

#[test]
fn many_threads_may_read_at_once() {
    let bytes = Builder::new().pages(&["0 0 10 10 re f"]);
    let expected = read(&bytes, &options());
    std::thread::scope(|scope| {
        let reads: Vec<_> = (0..8)
            .map(|_| scope.spawn(|| read(&bytes, &options())))
            .collect();
        for reading in reads {
            assert_eq!(reading.join().unwrap(), expected);
        }
    });
}

/// A scan as a JPEG: paper with some noise, and lines of strokes.
fn scan() -> Vec<u8> {
    let page = image::RgbImage::from_fn(300, 400, |x, y| {
        let noise = u8::try_from((x * 7919 + y * 104_729) % 23).unwrap();
        let ink = y % 24 < 9 && (x * 7 + y / 24 * 31) % 23 < 6;
        image::Rgb(if ink {
            [40 + noise; 3]
        } else {
            [228 - noise, 224 - noise, 226]
        })
    });
    let mut bytes = std::io::Cursor::new(Vec::new());
    page.write_to(&mut bytes, image::ImageFormat::Jpeg).unwrap();
    bytes.into_inner()
}

fn jpeg(data: Vec<u8>) -> Stream {
    let mut stream = image(300, 400, data);
    stream.dict.set("ColorSpace", "DeviceRGB");
    stream.dict.set("Filter", "DCTDecode");
    stream
}

#[test]
fn a_scan_damaged_in_its_middle_costs_its_page_and_says_where() {
    let sound = scan();
    let middle = sound.len() / 2;
    let noise = (0..64_u32).map(|i| u8::try_from(i * i * 151 % 251).unwrap());
    let mut overwritten = sound.clone();
    overwritten.splice(middle..middle + 64, noise);
    let mut zeroed = sound.clone();
    zeroed[middle..middle + 512].fill(0);
    let mut torn = sound.clone();
    torn.drain(middle..middle + 512);
    let whole = "q 72 0 0 96 0 0 cm /Sound Do Q";
    for damaged in [overwritten, zeroed, torn] {
        let bytes = Builder::new()
            .object("Im", jpeg(damaged.clone()))
            .object("Sound", jpeg(sound.clone()))
            .pages(&["q 72 0 0 96 0 0 cm /Im Do Q", whole]);
        let reading = read(&bytes, &options());
        let reason = page_reason(&reading, 0);
        assert!(
            reason.contains("damaged") && reason.contains("of 400"),
            "{reason}"
        );
        assert!(reading.pages[1].content.is_ok(), "{reading:?}");
        // The picture alone, as a file of its own.
        assert!(page_reason(&read(&damaged, &options()), 0).contains("damaged"));
    }
}

#[test]
fn data_behind_the_last_pixel_are_a_remark() {
    let mut bytes = scan();
    let end = bytes.len() - 2;
    bytes.splice(end..end, [0xce, 0x1f, 0x84, 0x7e]);
    let reading = read(&bytes, &options());
    assert_eq!(reading.outcome, Outcome::Read);
    assert_eq!(reading.pages[0].notes, [Note::ImageDoubtful]);
}
