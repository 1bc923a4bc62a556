//! The whole way from the first link to a decision, in each language.

use std::fs;
use std::path::Path;

use serde_json::json;

use crate::chromium::Browser;
use crate::site::Site;
use crate::site::first_administrator;
use crate::site::pass;
use crate::site::sample;

/// A name that is markup wherever it is not escaped.
const HOSTILE: &str = "<img src=x onerror=alert(1)>\"'&.pdf";

/// Hands in documents by the page, and waits until they are examined.
fn hand_in(browser: &mut Browser, site: &Site) {
    let hostile = site.folder.path().join(HOSTILE);
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
    // The page that has something to see is shown first, whichever it is.
    browser.visit(&site.at("/documents?text=16-two"));
    browser.press("#list a");
    browser.until("document.querySelector('.paper') && document.readyState === 'complete'");
    let first = browser.value(
        "[...document.querySelectorAll('.sheet:not([hidden])')].map((own) => own.dataset.sheet)",
    );
    assert_eq!(first, json!(["2"]), "the page with the seal");
    browser.key("PageUp");
    let first = browser.value(
        "[...document.querySelectorAll('.sheet:not([hidden])')].map((own) => own.dataset.sheet)",
    );
    assert_eq!(first, json!(["1"]), "the page before it");
}

#[test]
fn from_the_first_link_to_a_decision_in_each_language() {
    let site = Site::start(&[]);
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
    browser.key("+");
    browser.until("performance.getEntriesByType('resource').some((own) => own.name.includes('/pages/') && own.name.includes('&x='))");
    let whole = browser.value("performance.getEntriesByType('resource').filter((own) => own.name.includes('/scan')).length");
    assert_eq!(whole, json!(0), "the whole scan is fetched");
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
        ("/register/inspections", "inspections"),
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
