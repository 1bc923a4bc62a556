//! The own opinion before the program's: control cases, which nobody else is shown, and what must not tell anything before.

use serde_json::json;

use crate::chromium::Browser;
use crate::register::second_person_as;
use crate::site::Site;
use crate::site::first_administrator;
use crate::site::hand_in_samples;
use crate::site::pass;

#[test]
fn a_control_case_is_told_to_nobody_else_and_counts() {
    let site = Site::start(&[]);
    let mut browser = Browser::start();
    let browser = &mut browser;
    browser.wide(1280);
    first_administrator(browser, &site);
    hand_in_samples(browser, &site, &["08-forged-font.pdf"]);
    browser.visit(&site.at("/documents"));
    browser.press("#list a");
    browser.until("document.querySelector('.paper') && document.readyState === 'complete'");
    let document = browser.value("location.pathname");
    let document = document.as_str().unwrap().to_owned();
    browser.press(".control [data-control=different]");
    browser.until("document.querySelector('.control summary')?.innerText.includes('another die') && document.readyState === 'complete'");
    // A drawing that tells what somebody thinks of the seal.
    browser.press("[data-trace=false]");
    browser.until("document.querySelector('dialog[open]')");
    browser.fill("dialog textarea", "Con dấu giả");
    browser.press("dialog button.main");
    browser.until("document.querySelector('.traced li') && document.querySelector('.drawn') && document.readyState === 'complete'");
    browser.visit(&site.at("/"));
    let flagged = browser.value("document.querySelectorAll('main .list tr').length");
    assert_eq!(flagged, json!(1), "what is flagged is not listed");
    second_person_as(browser, &site, "inspector");
    // Before and after choosing to be asked first, nothing tells that the document is one.
    for wanted in ["off", "first"] {
        browser.follow(&site.at(&format!("/opinions/{wanted}?back={document}")));
        browser.until(&format!(
            "location.pathname === '{document}' && document.readyState === 'complete' && document.querySelector('.paper')"
        ));
        let told = browser.value("document.querySelector('.control summary')?.innerText ?? ''");
        assert!(!told.as_str().unwrap().contains("another die"), "{told}");
        let taken_back = browser.value("document.querySelector('[data-control=\"\"]')");
        assert_eq!(taken_back, json!(null), "{wanted}: the case shows");
    }
    asked_first(browser, &site, &document);
    browser.visit(&site.at("/opinions"));
    let counted = browser.value("[...document.querySelectorAll('tbody tr')].map((row) => [...row.querySelectorAll('td')].map((own) => own.innerText).join())");
    assert_eq!(counted, json!(["0,0", "1,0"]), "seen rightly, seen wrongly");
    pass(browser, "opinions-control");
    assert!(browser.faults.is_empty(), "{:?}", browser.faults);
}

/// Neither the overview nor the document tells what was found, by whomever, until the reader said what they think.
fn asked_first(browser: &mut Browser, site: &Site, document: &str) {
    browser.visit(&site.at("/"));
    let told = browser.value("['main .list', '.family', '.columns li'].map((own) => document.querySelectorAll(own).length)");
    assert_eq!(told, json!([0, 0, 0]), "the overview tells");
    browser.visit(&site.at(document));
    browser.until("document.querySelector('.ask')");
    let told = browser.value("['.finding', '.traced', '.drawn', '.conclusion:not(:empty)', '.seal.different'].map((own) => document.querySelectorAll(own).length)");
    assert_eq!(told, json!([0, 0, 0, 0, 0]), "the document tells");
    browser.press(".ask a");
    browser.until("document.readyState === 'complete' && document.querySelector('[data-said]')");
    let told = browser.value("['.finding', '#marks li', '.legend .missing:not(:empty)'].map((own) => [...document.querySelectorAll(own)].map((one) => one.innerText).join())");
    assert_eq!(told[0], json!(""), "findings stand beside it");
    assert_eq!(told[1], json!(""), "marks stand beside it");
    assert!(!told[2].as_str().unwrap().contains("mm"), "{told}");
    browser.key("x");
    browser.until("document.querySelector('.given') && document.querySelector('.finding')");
    browser.visit(&site.at(document));
    browser.until("document.querySelector('.traced li') && document.querySelector('.finding')");
}
