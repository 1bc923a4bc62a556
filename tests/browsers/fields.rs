//! What a document says of itself, corrected on its page and taken back.

use serde_json::json;

use crate::chromium::Browser;
use crate::site::Site;
use crate::site::first_administrator;
use crate::site::hand_in_samples;
use crate::site::is_not_english;
use crate::site::pass;
use crate::site::read_in;

#[test]
fn what_was_read_is_corrected_on_the_page_and_taken_back_by_keyboard() {
    let site = Site::start(&[]);
    let mut browser = Browser::start();
    let browser = &mut browser;
    browser.wide(1280);
    first_administrator(browser, &site);
    hand_in_samples(browser, &site, &["01-genuine-colour.pdf"]);
    browser.visit(&site.at("/documents?text=01-genuine"));
    browser.key("j");
    browser.key("Enter");
    browser.until("document.querySelector('.paper') && document.readyState === 'complete'");
    let path = browser.value("location.pathname");
    let path = path.as_str().unwrap();
    number(browser);
    date(browser);
    for language in ["vi", "zh"] {
        read_in(browser, &site, (language, path));
        is_not_english(browser, ".said");
    }
    read_in(browser, &site, ("en", path));
    take_back(browser);
    assert!(browser.faults.is_empty(), "{:?}", browser.faults);
}

/// The form of a field, reached and opened by keyboard.
fn open(browser: &mut Browser, field: &str) {
    browser.tab_to(&format!("[data-said-of={field}] summary"));
    browser.key("Enter");
    browser.until(&format!(
        "document.querySelector('[data-said-of={field}] details').open"
    ));
}

/// Waits until it is said who corrected a field; what stands there.
fn corrected(browser: &mut Browser, field: &str) -> String {
    browser.until(&format!(
        "document.querySelector('[data-said-of={field}] [data-unsaid]') && document.readyState === 'complete'"
    ));
    let told = browser.value(&format!(
        "document.querySelector('[data-said-of={field}]').innerText"
    ));
    told.as_str().unwrap().to_owned()
}

fn number(browser: &mut Browser) {
    open(browser, "number");
    browser.tab_to("[data-said-of=number] input");
    browser.write("21 <i>bis</i>");
    browser.key("Enter");
    let told = corrected(browser, "number");
    assert!(
        told.starts_with("21 <i>bis</i>") && told.contains("corrected by an"),
        "{told}"
    );
}

/// A date before the seal was registered is found out at once.
fn date(browser: &mut Browser) {
    let none = browser.value("document.querySelectorAll('.finding').length");
    assert_eq!(none, json!(0), "something is found before");
    open(browser, "date");
    // What a field for days takes is typed in the order of the reader's system.
    browser.value("document.querySelector('[data-said-of=date] input').value = '2010-05-01', 0");
    browser.tab_to("[data-said-of=date] form button");
    browser.key("Enter");
    let told = corrected(browser, "date");
    assert!(told.contains("1 May 2010"), "{told}");
    let outcome = browser.value("document.querySelector('.head .outcome').className");
    assert_eq!(outcome, json!("outcome flag"), "it is not judged by it");
    browser.value("document.querySelectorAll('.amend').forEach((own) => { own.open = true; }), 0");
    browser.value("document.querySelector('.said').scrollIntoView(), 0");
    pass(browser, "document-corrected");
}

fn take_back(browser: &mut Browser) {
    for field in ["date", "number"] {
        open(browser, field);
        browser.tab_to(&format!("[data-unsaid={field}]"));
        browser.key("Enter");
        browser.until(&format!(
            "document.querySelector('.amend') && !document.querySelector('[data-unsaid={field}]') && document.readyState === 'complete'"
        ));
    }
    let outcome = browser.value("document.querySelector('.head .outcome').className");
    assert_eq!(
        outcome,
        json!("outcome pass"),
        "what was taken back still counts"
    );
}
