//! The browsable page of the API's description lives under the service's own policy for browsers.

use antin::api;
use serde_json::json;

use crate::chromium::Browser;
use crate::site::Site;

#[test]
fn the_description_of_the_api_is_browsed_and_shows_every_route() {
    let site = Site::start(&["--no-worker"]);
    let mut browser = Browser::start();
    browser.wide(1280);
    browser.visit(&site.at("/api/docs/"));
    let described = serde_json::to_value(api::openapi()).unwrap();
    let paths = described["paths"].as_object().unwrap().values();
    let count: usize = paths
        .map(|methods| methods.as_object().unwrap().len())
        .sum();
    assert!(count > 60, "{count}");
    browser.until(&format!(
        "document.querySelectorAll('.opblock').length === {count}"
    ));
    // One of them is opened: what it takes and what it answers.
    browser.press("#operations-documents-hand_in .opblock-summary-control");
    browser.until("document.querySelector('#operations-documents-hand_in .responses-table')");
    let shown =
        browser.value("document.querySelector('#operations-documents-hand_in').textContent");
    for said in ["Idempotency-Key", "413", "429"] {
        assert!(shown.as_str().unwrap().contains(said), "{said}: {shown}");
    }
    let title =
        browser.value("document.querySelector('.info .title')?.textContent.includes('Antin')");
    assert_eq!(title, json!(true));
    // What the page's library would style in line is refused to it, and is not missed.
    let mut faults = browser.faults.iter();
    let other = faults.find(|fault| !fault.contains("Applying inline style"));
    assert_eq!(other, None);
}
