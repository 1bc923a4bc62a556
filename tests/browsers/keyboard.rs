//! The whole way by keyboard alone, in each language: from the first link to a decision that a second person signed off.

use std::path::Path;

use serde_json::json;

use crate::chromium::Browser;
use crate::site::PASSWORD;
use crate::site::Site;
use crate::site::sample;

#[test]
fn from_the_first_link_to_a_signed_off_decision_by_keyboard_in_each_language() {
    for language in ["vi", "zh", "en"] {
        by_keyboard(language);
    }
}

/// The way in one language. Files are chosen in a window of the system, which no browser without one has: the test chooses them once
/// the keyboard is at their field.
fn by_keyboard(language: &str) {
    let site = Site::start(&[]);
    let mut browser = Browser::start();
    let browser = &mut browser;
    browser.wide(1280);
    browser.prefer(language);
    first(browser, &site);
    is_of(browser, language);
    let link = add(browser, language);
    hand_in(browser);
    look(browser, language);
    let document = propose(browser, language);
    sign_out(browser);
    browser.visit(&link);
    browser.until("!document.querySelector('[data-for~=password]').hidden");
    password(browser);
    sign_in(browser, "binh");
    sign_off(browser, &document, language);
    assert!(
        browser.faults.is_empty(),
        "{language}: {:?}",
        browser.faults
    );
}

fn is_of(browser: &mut Browser, language: &str) {
    let lang = browser.value("document.documentElement.lang");
    let address = browser.value("location.href");
    assert!(
        lang.as_str().unwrap().starts_with(language),
        "{address} is of {lang}"
    );
}

/// Presses Enter at what the selector finds, reached by the Tab key.
fn enter(browser: &mut Browser, selector: &str) {
    browser.tab_to(selector);
    browser.key("Enter");
}

fn write(browser: &mut Browser, selector: &str, text: &str) {
    browser.tab_to(selector);
    browser.write(text);
}

fn password(browser: &mut Browser) {
    for field in ["password", "again"] {
        write(browser, &format!("#welcome [name={field}]"), PASSWORD);
    }
    browser.key("Enter");
    browser.until("location.pathname === '/sign-in' && document.querySelector('#sign-in')");
}

fn sign_in(browser: &mut Browser, login: &str) {
    write(browser, "#sign-in [name=login]", login);
    write(browser, "#sign-in [name=password]", PASSWORD);
    browser.key("Enter");
    browser.until("location.pathname === '/' && document.querySelector('.counts')");
}

fn sign_out(browser: &mut Browser) {
    enter(browser, "#sign-out");
    browser.until("location.pathname === '/sign-in' && document.readyState === 'complete'");
}

/// The first administrator comes by their link.
fn first(browser: &mut Browser, site: &Site) {
    browser.visit(site.link());
    browser.until("!document.querySelector('[data-for=first_administrator]').hidden");
    write(browser, "#welcome [name=name]", "Trần Thị An");
    write(browser, "#welcome [name=login]", "an");
    password(browser);
    sign_in(browser, "an");
}

/// Adds the second person, an inspector; their link.
fn add(browser: &mut Browser, language: &str) -> String {
    enter(browser, "nav a[href='/people']");
    browser.until("location.pathname === '/people' && document.readyState === 'complete'");
    is_of(browser, language);
    enter(browser, ".adding summary");
    write(browser, "#add-person [name=name]", "Lê Văn Bình");
    write(browser, "#add-person [name=login]", "binh");
    browser.tab_to("#add-person [name=role]");
    let roles = browser.value("document.activeElement.options.length");
    for _ in 0..roles.as_u64().unwrap() {
        if browser.value("document.activeElement.value") == json!("inspector") {
            break;
        }
        browser.key("ArrowDown");
    }
    let role = browser.value("document.activeElement.value");
    assert_eq!(
        role,
        json!("inspector"),
        "the role is not chosen by keyboard"
    );
    enter(browser, "#add-person button");
    browser.until("!document.querySelector('#made').hidden");
    let link = browser.value("document.querySelector('#made input').value");
    link.as_str().unwrap().to_owned()
}

fn hand_in(browser: &mut Browser) {
    enter(browser, "nav a[href='/intake']");
    browser.until("location.pathname === '/intake' && document.readyState === 'complete'");
    browser.tab_to("#files");
    let scan = sample("08-forged-font.pdf");
    let scans: [&Path; 1] = [&scan];
    browser.choose("#files", &scans);
    browser.until("Number(document.querySelector('#current [data-done]')?.textContent) === 1");
}

/// To the document, its page and its comparison, every way of looking by its key, and back.
fn look(browser: &mut Browser, language: &str) {
    enter(browser, "nav a[href='/documents']");
    browser.until("location.pathname === '/documents' && document.querySelector('#list a')");
    is_of(browser, language);
    browser.key("j");
    browser.key("Enter");
    browser.until("document.querySelector('.paper') && document.readyState === 'complete'");
    is_of(browser, language);
    browser.key("j");
    browser.key("Enter");
    browser.until("document.querySelector('#stage img')?.naturalWidth > 0");
    is_of(browser, language);
    for (key, way) in ["side", "overlay", "blink", "fold", "difference", "one"]
        .iter()
        .enumerate()
    {
        browser.key(&(key + 1).to_string());
        browser.until(&format!(
            "document.querySelector('#compare').dataset.way === '{way}'"
        ));
    }
    browser.key("l");
    browser.until("document.querySelector('.override') && document.readyState === 'complete'");
}

/// Proposes to set the first finding aside; the document's path.
fn propose(browser: &mut Browser, language: &str) -> String {
    enter(browser, ".override summary");
    write(browser, ".override textarea", "Đã xem bản gốc 已核对原件");
    enter(browser, ".override form button");
    browser.until("document.querySelector('.decision') && document.readyState === 'complete'");
    is_of(browser, language);
    let own = browser.value("document.querySelectorAll('[data-answer=approve]').length");
    assert_eq!(own, json!(0), "who proposes approves");
    let path = browser.value("location.pathname");
    path.as_str().unwrap().to_owned()
}

/// The second person comes to something about the document, takes that back, gives it again and signs it off: then it stays.
fn sign_off(browser: &mut Browser, document: &str, language: &str) {
    enter(browser, "nav a[href='/documents']");
    browser.until("location.pathname === '/documents' && document.querySelector('#list a')");
    browser.key("j");
    browser.key("Enter");
    browser.until(&format!(
        "location.pathname === {} && document.querySelector('[data-answer=approve]')",
        json!(document)
    ));
    is_of(browser, language);
    let said = browser.value("document.querySelector('.decision').innerText");
    assert!(said.as_str().unwrap().contains("已核对原件"), "{said}");
    for (key, then) in [("a", "reopened"), ("u", "accepted"), ("a", "reopened")] {
        browser.key(key);
        browser.until(&format!(
            "location.pathname !== {0} || document.querySelector('[data-review={then}]')",
            json!(document)
        ));
        // Behind the last one the list comes.
        if browser.value("location.pathname") != json!(document) {
            browser.until(
                "location.pathname === '/documents' && document.querySelector('#list .tag.done')",
            );
            browser.key("j");
            browser.key("Enter");
        }
        browser.until(&format!("location.pathname === {} && document.querySelector('[data-review={then}]') && document.readyState === 'complete'", json!(document)));
    }
    enter(browser, "[data-answer=approve]");
    browser.until("document.querySelector('.decision.approved') && document.querySelector('.signed') && document.readyState === 'complete'");
    browser.key("u");
    let left = browser.value("document.querySelectorAll('[data-review=reopened]').length");
    assert_eq!(left, json!(0), "what was signed off is taken back");
    let refused = browser.value(&format!(
        "fetch('/api/v1{document}/reviews', {{method: 'POST', headers: {{'content-type': 'application/json', 'x-csrf-token': document.querySelector('meta[name=csrf]').content}}, body: JSON.stringify({{kind: 'reopened'}})}}).then((answer) => answer.status)"
    ));
    assert_eq!(refused, json!(409), "the service takes it back");
}
