//! What is in a printed report beside its text: pictures, the law, versions, and the fonts that it is set in.

use std::fs;
use std::path::Path;

use antin::report::pdf::Fonts;
use antin::words::Language;
use lopdf::Dictionary;
use lopdf::Document;
use lopdf::Object;
use serde_json::Value;
use sha2::Digest;
use sha2::Sha256;

use crate::document;
use crate::reported;
use crate::run::antin;
use crate::sample;
use crate::text;

/// Most bytes of all fonts in a report: whole ones have hundreds of thousands, and those with Hanzi millions.
const FONT_BYTES_MAX: usize = 150_000;

/// Width and height of the pictures that a PDF shows; masks of such are none of their own.
fn pictures(pdf: &Document) -> Vec<(i64, i64)> {
    let masks: Vec<&Object> = dictionaries(pdf)
        .filter_map(|one| one.get(b"SMask").ok())
        .collect();
    let is_mask = |id: &lopdf::ObjectId| {
        masks
            .iter()
            .any(|mask| mask.as_reference().is_ok_and(|mask| mask == *id))
    };
    let streams = pdf.objects.iter().filter(|(id, _)| !is_mask(id));
    let pictures = streams
        .filter_map(|(_, object)| object.as_stream().ok())
        .filter(|stream| {
            let kind = stream.dict.get(b"Subtype").and_then(Object::as_name);
            kind.is_ok_and(|kind| kind == b"Image")
        });
    let side = |dict: &Dictionary, name: &[u8]| dict.get(name).and_then(Object::as_i64).unwrap();
    pictures
        .map(|stream| (side(&stream.dict, b"Width"), side(&stream.dict, b"Height")))
        .collect()
}

fn dictionaries(pdf: &Document) -> impl Iterator<Item = &Dictionary> {
    pdf.objects.values().filter_map(|object| {
        let stream = object.as_stream().map(|stream| &stream.dict);
        object.as_dict().or(stream).ok()
    })
}

/// The name of each font that a PDF is set in, and how many bytes of it are in the file.
fn set_in(pdf: &Document) -> Vec<(String, Option<usize>)> {
    let named = dictionaries(pdf).filter_map(|font| {
        let descriptor = font.get(b"FontDescriptor").ok()?.as_reference().ok()?;
        let descriptor = pdf.get_dictionary(descriptor).unwrap();
        let name = font.get(b"BaseFont").and_then(Object::as_name).unwrap();
        let file = descriptor
            .get(b"FontFile2")
            .or(descriptor.get(b"FontFile3"));
        let file = file.and_then(Object::as_reference).ok();
        let file = file.map(|file| pdf.get_object(file).and_then(Object::as_stream).unwrap());
        let bytes = file.map(|file| file.content.len());
        Some((String::from_utf8(name.to_vec()).unwrap(), bytes))
    });
    named.collect()
}

#[test]
fn pictures_are_in_the_print_and_its_fonts_are_subset_and_embedded() {
    for language in Language::ALL {
        let folder = tempfile::tempdir().unwrap();
        reported(folder.path(), language.code());
        let printed = fs::read(document(folder.path(), "0001", ".pdf")).unwrap();
        let pdf = Document::load_mem(&printed).unwrap();
        let pictures = pictures(&pdf);
        // The impression, its specimen, one over the other, and where they differ.
        assert!(pictures.len() >= 4, "{language:?}: {pictures:?}");
        for (width, height) in pictures {
            assert!(width >= 100 && height >= 100, "{width} by {height}");
        }
        let set_in = set_in(&pdf);
        assert!(set_in.len() >= 2, "{language:?}: {set_in:?}");
        let mut bytes = 0;
        for (name, embedded) in &set_in {
            bytes += embedded.unwrap_or_else(|| panic!("{name} is not embedded"));
            let tag = name.split_once('+').map_or("", |(tag, _)| tag);
            let is_subset = tag.len() == 6 && tag.bytes().all(|one| one.is_ascii_uppercase());
            assert!(is_subset, "{name} is no subset");
        }
        assert!(bytes < FONT_BYTES_MAX, "{bytes} bytes of {set_in:?}");
        // What could not be read has no impression to show.
        let unread = fs::read(document(folder.path(), "0003", ".pdf")).unwrap();
        let unread = Document::load_mem(&unread).unwrap();
        assert_eq!(self::pictures(&unread), []);
    }
}

#[test]
fn the_fonts_that_the_test_script_installs_are_the_first_choice() {
    let found = Fonts::of_system().unwrap();
    assert_eq!(found.families(), ["Noto Sans", "Noto Sans CJK SC"]);
}

/// A folder whose register knows that a seal was lost, and the report on a document of a later day.
fn of_a_lost_seal(folder: &Path) -> Value {
    let specimen = sample().join("specimens/D01-1.png");
    let register = format!(
        "id,organisation,shape,width_mm,height_mm,registered_on,specimen,specimen_dpi,jurisdiction\n\
         D01,Trung tâm y tế Vĩnh Mộc,round,40.5,40.5,2016-12-24,{},300,VN\n",
        specimen.display()
    );
    fs::write(folder.join("register.csv"), register).unwrap();
    let imported = antin(folder, &["register", "import", "register.csv"]);
    assert_eq!(imported.status, 0, "{}", imported.stderr);
    let lost = "seal,event,on\nD01,reported_lost,2020-05-01\n";
    fs::write(folder.join("events.csv"), lost).unwrap();
    let told = antin(folder, &["register", "events", "events.csv"]);
    assert_eq!(told.status, 0, "{}", told.stderr);
    let scan = sample().join("docs/01-genuine-colour.pdf");
    let scan = scan.to_str().unwrap();
    let run = antin(folder, &["verify", "--json", "--dated", "2021-01-01", scan]);
    run.json().remove(0)
}

#[test]
fn the_law_that_a_finding_rests_on_and_what_it_was_made_with_are_printed() {
    let folder = tempfile::tempdir().unwrap();
    let folder = folder.path();
    let report = of_a_lost_seal(folder);
    let findings = report["findings"].as_array().unwrap();
    let finding = findings
        .iter()
        .find(|finding| finding["code"] == "seal.invalid_on_date")
        .unwrap_or_else(|| panic!("{findings:?}"));
    let [instrument, article] =
        ["instrument", "article"].map(|part| finding["basis"][part].as_str().unwrap());
    assert!(!instrument.is_empty() && !article.is_empty(), "{finding}");
    let scan = sample().join("docs/01-genuine-colour.pdf");
    let digest = hex::encode(Sha256::digest(fs::read(&scan).unwrap()));
    let rules = report["rules"].as_str().unwrap();
    for language in Language::ALL {
        let out = format!("out-{}", language.code());
        let arguments = ["verify", "--lang", language.code(), "--report", &out];
        let mut arguments = arguments.to_vec();
        arguments.extend(["--dated", "2021-01-01", scan.to_str().unwrap()]);
        let run = antin(folder, &arguments);
        assert_eq!(run.status, 1, "{}{}", run.stdout, run.stderr);
        let printed = fs::read_dir(folder.join(&out).join("documents")).unwrap();
        let printed = printed
            .map(|entry| entry.unwrap().path())
            .find(|path| path.extension().is_some_and(|ending| ending == "pdf"));
        let text = text(&fs::read(printed.unwrap()).unwrap());
        for sought in [
            instrument,
            article,
            "seal.invalid_on_date",
            language.word("pdf.policy"),
            "default/1",
            language.word("pdf.rules"),
            rules,
            "antin 0.1.0",
            &digest,
        ] {
            let sought: String = sought.split_whitespace().collect();
            assert!(text.contains(&sought), "{language:?}: {sought} in {text}");
        }
    }
}
