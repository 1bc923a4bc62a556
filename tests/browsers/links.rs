//! The same impression on other documents, told on a document's page.

use serde_json::json;

use crate::chromium::Browser;
use crate::everybody::is_usable;
use crate::site::Site;
use crate::site::first_administrator;
use crate::site::hand_in_samples;
use crate::site::pass;
use crate::site::read_in;

const SOURCE: &str = "01-genuine-colour.pdf";
const PASTED: &str = "15-pasted-copy-of-01.pdf";
/// The same seal, stamped once more.
const STAMPED: &str = "13-two-seals.pdf";

/// What is told of links, once the page has asked for them.
const TOLD: &str = "document.getElementById('linked').innerText";
const IS_ASKED: &str = "document.readyState === 'complete' && performance.getEntriesByType('resource').some((own) => own.name.endsWith('/links') && own.responseEnd > 0)";

/// Opens a document's page from the list; its path.
fn open(browser: &mut Browser, site: &Site, name: &str) -> String {
    browser.visit(&site.at(&format!("/documents?text={name}")));
    let path = browser.value("new URL(document.querySelector('#list a').href).pathname");
    let path = path.as_str().unwrap().to_owned();
    browser.visit(&site.at(&path));
    path
}

#[test]
fn a_pasted_copy_is_told_on_the_pages_of_both_documents_in_each_language() {
    let site = Site::start(&[]);
    let mut browser = Browser::start();
    let browser = &mut browser;
    browser.wide(1280);
    first_administrator(browser, &site);
    hand_in_samples(browser, &site, &[SOURCE, STAMPED, PASTED]);
    let source = open(browser, &site, SOURCE);
    let pasted = open(browser, &site, PASTED);
    for (own, other) in [(&source, PASTED), (&pasted, SOURCE)] {
        for (language, words) in [
            ("vi", ["bản sao", "lần đóng dấu"]),
            ("zh", ["复制件", "两次盖印"]),
            ("en", ["copies", "two stampings"]),
        ] {
            read_in(browser, &site, (language, own));
            browser.until("document.querySelectorAll('.linked > .violation').length === 1");
            let told = browser.value(TOLD);
            let told = told.as_str().unwrap();
            for text in [words[0], words[1], other, "D01"] {
                assert!(told.contains(text), "{language}: {text} is not in {told}");
            }
            assert!(!told.contains(STAMPED), "a stamping is linked: {told}");
        }
    }
    pass(browser, "document-links");
    is_usable(browser);
    browser.press(".linked ul a");
    browser.until(&format!(
        "location.pathname === '{source}' && document.readyState === 'complete'"
    ));
    nothing_is_told(browser, &site);
    browser.follow(&site.at(&format!("/opinions/first?back={source}")));
    browser.until("document.querySelector('.ask') && document.readyState === 'complete'");
    let hidden = browser.value("document.getElementById('linked')");
    assert_eq!(hidden, json!(null), "links are told before what one thinks");
    assert!(browser.faults.is_empty(), "{:?}", browser.faults);
}

/// Where there are none, nothing is shown.
fn nothing_is_told(browser: &mut Browser, site: &Site) {
    open(browser, site, STAMPED);
    browser.until(IS_ASKED);
    // What is answered is shown in the same breath.
    browser.value("new Promise((done) => setTimeout(() => done(true), 200))");
    let hidden = browser.value("document.getElementById('linked').hidden");
    assert_eq!(hidden, json!(true), "something is shown");
}
