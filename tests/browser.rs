//! The pages in a real browser: the whole way from the first link to a decision, in each language.
//!
//! With `ANTIN_SCREENSHOTS=docs/screenshots` the pages that it passes are kept as pictures, wide and narrow.

#![cfg(unix)]
#![allow(clippy::unwrap_used, reason = "a panic is how a test fails")]

use std::fs;
use std::io::{BufRead, BufReader};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};

use serde_json::json;
use tempfile::TempDir;

#[path = "browsers/chromium.rs"]
mod chromium;

use chromium::Browser;

const PASSWORD: &str = "bốn mùa hoa nở 7";
/// A name that is markup wherever it is not escaped.
const HOSTILE: &str = "<img src=x onerror=alert(1)>\"'&.pdf";

/// A service whose first administrator has not come yet.
struct Site {
    process: Child,
    address: String,
    link: String,
    folder: TempDir,
}

impl Site {
    fn start() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let antin = |arguments: &[&str]| {
            let mut command = Command::new(env!("CARGO_BIN_EXE_antin"));
            command
                .args(arguments)
                .env("ANTIN_DATA", folder.path().join("data"))
                .stderr(Stdio::null());
            command
        };
        let import = ["register", "import", "fixtures/demo/register.csv"];
        let imported = antin(&import).stdout(Stdio::null()).status().unwrap();
        assert!(imported.success(), "the register is not imported");
        let mut process = antin(&[
            "serve",
            "--listen",
            "127.0.0.1:0",
            "--jobs",
            "1",
            "--ocr",
            "off",
        ])
        .stdout(Stdio::piped())
        .spawn()
        .unwrap();
        let lines = BufReader::new(process.stdout.take().unwrap()).lines();
        let mut lines = lines.map(Result::unwrap);
        let address = lines.find_map(|line| Some(line.split_once("listens on ")?.1.to_owned()));
        let link = lines.find(|line| line.contains("/welcome#")).unwrap();
        Self {
            process,
            address: address.unwrap(),
            link: link.trim().to_owned(),
            folder,
        }
    }

    fn at(&self, path: &str) -> String {
        format!("{}{path}", self.address)
    }
}

impl Drop for Site {
    fn drop(&mut self) {
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}

/// Where pictures of pages are kept.
fn album() -> Option<PathBuf> {
    let album = PathBuf::from(std::env::var_os("ANTIN_SCREENSHOTS")?);
    fs::create_dir_all(&album).unwrap();
    Some(album)
}

/// Keeps the page as a picture, wide and narrow, if pictures are wanted; it fits both.
fn pass(browser: &mut Browser, name: &str) {
    for width in [1280, 360] {
        browser.wide(width);
        let over = browser.value("document.documentElement.scrollWidth - innerWidth");
        assert!(
            over.as_i64().unwrap() <= 0,
            "{name} is wider than {width}: {over}"
        );
        if let Some(album) = album() {
            browser.picture(&album.join(format!("{name}-{width}.jpg")));
        }
    }
    browser.wide(1280);
}

fn first_administrator(browser: &mut Browser, site: &Site) {
    browser.visit(&site.link);
    browser.until("!document.querySelector('[data-for=first_administrator]').hidden");
    pass(browser, "welcome");
    for (field, text) in [
        ("name", "Trần Thị An"),
        ("login", "an"),
        ("password", PASSWORD),
        ("again", PASSWORD),
    ] {
        browser.fill(&format!("#welcome [name={field}]"), text);
    }
    browser.press("#welcome button");
    browser.until("location.pathname === '/sign-in' && document.querySelector('#sign-in')");
    pass(browser, "sign-in");
    // A wrong password is said, and the page stays.
    browser.fill("#sign-in [name=login]", "an");
    browser.fill("#sign-in [name=password]", "something else 12");
    browser.press("#sign-in button");
    browser.until("!document.querySelector('#sign-in .error').hidden");
    browser.value("document.querySelector('#sign-in [name=password]').value = ''");
    browser.fill("#sign-in [name=password]", PASSWORD);
    browser.press("#sign-in button");
    browser.until("location.pathname === '/' && document.querySelector('.counts')");
}

/// Hands in documents by the page, and waits until they are examined.
fn hand_in(browser: &mut Browser, site: &Site) {
    let hostile = site.folder.path().join(HOSTILE);
    let sample = |name: &str| Path::new("fixtures/demo/docs").join(name);
    fs::copy(sample("08-forged-font.pdf"), &hostile).unwrap();
    let broken = site.folder.path().join("broken.pdf");
    fs::write(&broken, b"%PDF-1.7 nothing").unwrap();
    let empty = site.folder.path().join("empty.pdf");
    fs::write(&empty, b"").unwrap();
    browser.visit(&site.at("/intake"));
    let files = [
        &hostile,
        &sample("16-two-pages.pdf"),
        &sample("12-unregistered.pdf"),
        &broken,
    ];
    let files: Vec<&Path> = files.iter().map(|path| path.as_path()).collect();
    browser.choose("#files", &files);
    browser.until("document.querySelectorAll('#uploads li.received').length === 4");
    // The same again is said at once; what is empty is no document.
    browser.choose("#files", &[files[1], &empty]);
    browser.until("document.querySelector('#uploads li.known') && document.querySelector('#uploads li.failed')");
    browser.until("['done', 'failed'].map((own) => Number(document.querySelector(`#current [data-${own}]`).textContent)).reduce((a, b) => a + b) >= 4");
    pass(browser, "intake");
}

#[test]
fn from_the_first_link_to_a_decision_in_each_language() {
    let site = Site::start();
    let mut browser = Browser::start();
    let browser = &mut browser;
    browser.wide(1280);
    first_administrator(browser, &site);
    pass(browser, "overview-empty");
    hand_in(browser, &site);
    list_and_document(browser, &site);
    comparison(browser);
    decision(browser, &site);
    for language in ["vi", "zh", "en"] {
        in_language(browser, &site, language);
    }
    browser.press("#sign-out");
    browser.until("location.pathname === '/sign-in'");
    browser.visit(&site.at("/sign-in"));
    browser.value("location.assign('/documents'), 0");
    browser.until("location.pathname + location.search === '/sign-in?back=%2Fdocuments'");
    assert!(browser.faults.is_empty(), "{:?}", browser.faults);
}

/// The list is gone through by keyboard, to the document and its page.
fn list_and_document(browser: &mut Browser, site: &Site) {
    browser.visit(&site.at("/documents"));
    pass(browser, "documents");
    let names = browser.value("document.querySelector('#list').innerText");
    assert!(names.as_str().unwrap().contains(HOSTILE), "{names}");
    assert_eq!(
        browser.value("document.images.length"),
        json!(1),
        "a name became a picture"
    );
    browser.visit(&site.at("/documents?outcome=flag"));
    browser.key("j");
    browser.key("Enter");
    browser.until("document.querySelector('.paper')");
    browser.until(
        "performance.getEntriesByType('resource').some((own) => own.name.includes('/pages/'))",
    );
    pass(browser, "document");
    let seals = browser.value("document.querySelectorAll('.paper .seal').length");
    assert!(seals.as_u64().unwrap() > 0, "no seal is outlined");
    // A seal is looked at from near: the page's own pixels are fetched.
    let before =
        browser.value("document.querySelector('.sheet:not([hidden]) svg').getAttribute('viewBox')");
    browser.key("j");
    let after =
        browser.value("document.querySelector('.sheet:not([hidden]) svg').getAttribute('viewBox')");
    assert_ne!(before, after, "the seal was not gone to");
    pass(browser, "document-near");
    browser.key("Enter");
    browser.until("document.querySelector('#stage img')");
}

/// Every way of looking is reached by its key, and shows its pictures.
fn comparison(browser: &mut Browser) {
    let ways = ["side", "overlay", "blink", "fold", "difference", "one"];
    for (index, way) in ways.iter().enumerate() {
        browser.key(&(index + 1).to_string());
        browser.until(&format!(
            "document.querySelector('#compare').dataset.way === '{way}'"
        ));
        browser.until("[...document.querySelectorAll('#stage img')].every((own) => own.complete && own.naturalWidth > 0)");
        pass(browser, &format!("compare-{way}"));
    }
    browser.key("l");
    browser.until("document.querySelector('.findings')");
}

/// A finding is proposed to be set aside; who proposed it cannot approve it.
fn decision(browser: &mut Browser, site: &Site) {
    browser.press(".override summary");
    browser.fill(
        ".override textarea",
        "Đã xem bản gốc: mực nhòe <b>ở vành</b>",
    );
    browser.press(".override form button");
    browser.until("document.querySelector('.decision')");
    let said = browser.value("document.querySelector('.decision').innerText");
    assert!(said.as_str().unwrap().contains("<b>ở vành</b>"), "{said}");
    let approving = browser.value("document.querySelector('[data-answer=approve]')");
    assert_eq!(approving, json!(null), "who proposes approves");
    pass(browser, "decision");
    // Accepted by key: the next open one of the list comes, or the list at its end.
    let here = browser.value("location.pathname");
    browser.key("a");
    browser.until(&format!(
        "location.pathname !== {here} && document.readyState === 'complete'"
    ));
    browser.visit(&site.at(here.as_str().unwrap()));
    browser.until("document.querySelector('[data-review=reopened]')");
    pass(browser, "accepted");
    browser.key("u");
    browser.until("document.querySelector('[data-review=accepted]')");
    browser.visit(&site.at("/"));
    pass(browser, "overview");
}

/// All pages of a language are of that language.
fn in_language(browser: &mut Browser, site: &Site, language: &str) {
    browser.visit(&site.at("/"));
    browser.press(&format!(".languages a[href^='/language/{language}']"));
    browser.until(&format!("document.documentElement.lang.startsWith('{language}') && document.readyState === 'complete'"));
    for (path, name) in [
        ("/", "overview"),
        ("/intake", "intake"),
        ("/documents", "documents"),
        ("/register", "register"),
        ("/register/seals/D01", "seal"),
        ("/register/bodies", "bodies"),
        ("/register/clocks", "clocks"),
        ("/documents/nothing", "fault"),
    ] {
        browser.visit(&site.at(path));
        let lang = browser.value("document.documentElement.lang");
        assert!(
            lang.as_str().unwrap().starts_with(language),
            "{path}: {lang}"
        );
        pass(browser, &format!("{name}-{language}"));
    }
    browser.visit(&site.at("/documents?outcome=flag"));
    browser.press("#list a");
    browser.until("document.querySelector('.paper')");
    pass(browser, &format!("document-{language}"));
}
