//! Small PDFs, built here, and what they say of themselves.

use lopdf::{Dictionary, Document, Object, ObjectId, dictionary};

use super::*;

/// A document of one empty page, in the making.
struct Built {
    document: Document,
    catalog: Dictionary,
    page: Dictionary,
}

impl Built {
    fn new() -> Self {
        Self {
            document: Document::with_version("1.7"),
            catalog: dictionary! { "Type" => "Catalog" },
            page: dictionary! {
                "Type" => "Page",
                "MediaBox" => [0, 0, 72, 96].map(Object::from).to_vec(),
            },
        }
    }

    fn script(&mut self) -> ObjectId {
        self.document.add_object(dictionary! {
            "S" => "JavaScript", "JS" => Object::string_literal("app.alert(1)"),
        })
    }

    fn bytes(mut self) -> Vec<u8> {
        let tree = self.document.new_object_id();
        self.page.set("Parent", tree);
        let page = self.document.add_object(self.page);
        let pages = dictionary! { "Type" => "Pages", "Kids" => vec![page.into()], "Count" => 1 };
        self.document.objects.insert(tree, pages.into());
        self.catalog.set("Pages", tree);
        let catalog = self.document.add_object(self.catalog);
        self.document.trailer.set("Root", catalog);
        let mut bytes = Vec::new();
        self.document.save_to(&mut bytes).unwrap();
        bytes
    }

    fn facts(self) -> FileFacts {
        facts(self.bytes())
    }
}

fn facts(bytes: Vec<u8>) -> FileFacts {
    FileFacts::of(&Pdf::new(bytes).unwrap())
}

fn text(text: &str) -> Object {
    Object::string_literal(text)
}

#[test]
fn a_plain_scan_has_nothing_that_a_person_should_see() {
    let bytes = Built::new().bytes();
    let length = bytes.len() as u64;
    let facts = facts(bytes);
    assert_eq!(facts.revisions, 1);
    // A line may end behind the last marker.
    assert!(length - facts.revision_ends_bytes[0] <= 2, "{facts:?}");
    assert!(!facts.is_noteworthy());
}

#[test]
fn what_is_added_at_the_end_is_a_revision() {
    let mut bytes = Built::new().bytes();
    let list = bytes.len();
    bytes.extend_from_slice(b"xref\n0 0\ntrailer\n<< /Root 1 0 R >>\nstartxref\n");
    bytes.extend_from_slice(format!("{list}\n%%EOF\n").as_bytes());
    let end = bytes.len() as u64;
    let facts = facts(bytes);
    assert_eq!(
        (facts.revisions, facts.revision_ends_bytes[1]),
        (2, end - 1)
    );
    assert!(facts.is_noteworthy());
}

#[test]
fn embedded_files_are_named_wherever_they_hang() {
    let mut built = Built::new();
    let file = |name| dictionary! { "Type" => "Filespec", "F" => text(name) };
    let leaf = dictionary! { "Names" => vec![text("key"), file("data.xml").into()] };
    let leaf = built.document.add_object(leaf);
    let tree = dictionary! { "Kids" => vec![leaf.into()] };
    built
        .catalog
        .set("Names", dictionary! { "EmbeddedFiles" => tree });
    let clip = dictionary! {
        "Type" => "Annot", "Subtype" => "FileAttachment", "FS" => file("a\u{7}b.exe"),
        "Rect" => [0, 0, 9, 9].map(Object::from).to_vec(),
    };
    built.page.set("Annots", vec![clip.into()]);
    let facts = built.facts();
    assert_eq!(facts.embedded_files, 2);
    assert_eq!(facts.embedded_names, ["data.xml", "ab.exe"]);
}

#[test]
fn scripts_are_found_wherever_they_hang() {
    let mut built = Built::new();
    let script = built.script();
    built.catalog.set("OpenAction", script);
    let tree = dictionary! { "Names" => vec![text("init"), script.into()] };
    built
        .catalog
        .set("Names", dictionary! { "JavaScript" => tree });
    let launch = dictionary! { "S" => "Launch", "Next" => vec![script.into()] };
    built.page.set("AA", dictionary! { "O" => launch });
    let facts = built.facts();
    assert_eq!(facts.scripts.java_scripts, 3);
    assert_eq!(facts.scripts.launches, 1);
    assert_eq!(facts.scripts.event_actions, 1);
    assert_eq!(facts.scripts.open_action.as_deref(), Some("JavaScript"));
}

#[test]
fn turning_to_a_page_is_no_script() {
    let mut built = Built::new();
    let action = dictionary! { "S" => "GoTo", "D" => vec![0.into(), "Fit".into()] };
    built.catalog.set("OpenAction", action);
    assert!(!built.facts().is_noteworthy());
}

/// A signed file, whose signature stands for all that `covered` says: the range of bytes before and
/// behind itself.
fn signed(covered: impl Fn(usize, usize, usize) -> [usize; 4]) -> Vec<u8> {
    let mut built = Built::new();
    let places = [0, 111_111_111, 222_222_222, 333_333_333];
    let signature = dictionary! {
        "Type" => "Sig", "SubFilter" => "adbe.pkcs7.detached",
        "ByteRange" => places.map(Object::from).to_vec(),
        "Contents" => Object::String(vec![0xab; 8], lopdf::StringFormat::Hexadecimal),
        "Name" => text("Nguyen Van A"), "M" => text("D:20240521093000+07'00'"),
    };
    let signature = built.document.add_object(signature);
    let field = dictionary! { "FT" => "Sig", "T" => text("Signature1"), "V" => signature };
    let empty = dictionary! { "FT" => "Sig", "T" => text("Signature2") };
    let form = dictionary! { "Fields" => vec![field.into(), empty.into()] };
    built.catalog.set("AcroForm", form);
    let bytes = built.bytes();
    let contents = b"<ABABABABABABABAB>";
    let mut places = bytes.windows(contents.len());
    let own = places.position(|place| place.eq_ignore_ascii_case(contents));
    let own = own.unwrap();
    let lossy: String = bytes.iter().copied().map(char::from).collect();
    let [_, first, from, length] = covered(own, own + 18, bytes.len());
    let lossy = lossy
        .replace("111111111", &format!("{first:9}"))
        .replace("222222222", &format!("{from:9}"))
        .replace("333333333", &format!("{length:9}"));
    lossy.chars().map(|c| c as u8).collect()
}

#[test]
fn a_signature_over_the_whole_file_leaves_out_its_own_bytes_alone() {
    let whole = facts(signed(|own, behind, end| [0, own, behind, end - behind]));
    assert_eq!(whole.signatures, 1);
    let claim = &whole.signature_claims[0];
    assert_eq!(claim.covers_whole_file, Some(true), "{claim:?}");
    assert_eq!(claim.field.as_deref(), Some("Signature1"));
    assert_eq!(claim.signer.as_deref(), Some("Nguyen Van A"));
    assert_eq!(
        claim.signed_at.as_deref(),
        Some("2024-05-21T09:30:00+07:00")
    );
    assert_eq!(claim.kind.as_deref(), Some("adbe.pkcs7.detached"));
}

#[test]
fn a_signature_over_less_than_the_file_is_told_apart() {
    let covers = |bytes| facts(bytes).signature_claims[0].covers_whole_file;
    let short = signed(|own, behind, end| [0, own, behind, end - behind - 40]);
    assert_eq!(covers(short), Some(false));
    // A gap that is wider than the signature can hide anything.
    let wide = signed(|own, behind, end| [0, own - 1, behind, end - behind]);
    assert_eq!(covers(wide), Some(false));
    let beyond = signed(|own, _, end| [0, own, end + 1, 5]);
    assert_eq!(covers(beyond), Some(false));
}

#[test]
fn stamps_on_pages_are_counted() {
    let mut built = Built::new();
    let stamp = dictionary! {
        "Type" => "Annot", "Subtype" => "Stamp",
        "Rect" => [0, 0, 9, 9].map(Object::from).to_vec(),
    };
    built.page.set("Annots", vec![stamp.into()]);
    assert_eq!(built.facts().stamps, 1);
}

#[test]
fn programs_and_times_are_taken_from_the_file_as_claims() {
    let mut built = Built::new();
    let info = built.document.add_object(dictionary! {
        "Producer" => text("Scanner 1.0"), "CreationDate" => text("D:20240521093000+07'00'"),
    });
    built.document.trailer.set("Info", info);
    let facts = built.facts();
    assert_eq!(facts.producer.as_deref(), Some("Scanner 1.0"));
    assert_eq!(facts.created.as_deref(), Some("2024-05-21T09:30:00+07:00"));
    assert_eq!(facts.creator, None);
}

#[test]
fn bombs_of_names_and_actions_end() {
    let mut built = Built::new();
    // Trees whose every node has the next one twice.
    let (mut node, mut action) = (
        built.document.new_object_id(),
        built.document.new_object_id(),
    );
    for _ in 0..26 {
        let both = |id: ObjectId| Object::Array(vec![id.into(), id.into()]);
        let kids = dictionary! { "Kids" => both(node) };
        node = built.document.add_object(kids);
        let next = dictionary! { "S" => "JavaScript", "Next" => both(action) };
        action = built.document.add_object(next);
    }
    built
        .catalog
        .set("Names", dictionary! { "EmbeddedFiles" => node });
    built.catalog.set("OpenAction", action);
    let facts = built.facts();
    assert!(facts.is_incomplete, "{facts:?}");
    assert!(facts.scripts.java_scripts > 0);
}

#[test]
fn lists_and_texts_are_bounded_whoever_wrote_them() {
    let facts = FileFacts {
        embedded_names: vec!["\u{202e}x".repeat(999); 999],
        producer: Some("\n".to_owned()),
        revision_ends_bytes: vec![1; 999],
        ..FileFacts::default()
    };
    let bounded = facts.bounded();
    assert_eq!(bounded.embedded_names.len(), LISTED_MAX);
    assert_eq!(bounded.embedded_names[0], "x".repeat(CHARACTERS_MAX));
    assert_eq!(bounded.revision_ends_bytes.len(), LISTED_MAX);
    assert_eq!(bounded.producer, None);
}
