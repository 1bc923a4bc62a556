//! Pages are usable by everybody: axe finds nothing against WCAG 2.2 AA, in light and in dark, in each language.

use std::fs;
use std::path::Path;
use std::process::Command;

use serde_json::Value;
use serde_json::json;

use crate::chromium::Browser;
use crate::site::Site;
use crate::site::first_administrator;
use crate::site::hand_in_samples;
use crate::site::pass;
use crate::site::read_in;

/// Where axe is put: by npm, at the version that its lock names.
const PLACE: &str = "target/axe";

/// The text of axe, which npm fetches once.
fn axe() -> String {
    let file = Path::new(PLACE).join("node_modules/axe-core/axe.min.js");
    if !file.exists() {
        fs::create_dir_all(PLACE).unwrap();
        for name in ["package.json", "package-lock.json"] {
            fs::copy(
                Path::new("tests/browsers/axe").join(name),
                Path::new(PLACE).join(name),
            )
            .unwrap();
        }
        let fetched = Command::new("npm")
            .args([
                "ci",
                "--ignore-scripts",
                "--no-audit",
                "--no-fund",
                "--prefix",
                PLACE,
            ])
            .output()
            .expect("no npm: apt-get install npm");
        assert!(fetched.status.success(), "{fetched:?}");
    }
    fs::read_to_string(file).unwrap()
}

/// What axe finds against a page.
fn faults(browser: &mut Browser, axe: &str) -> Vec<String> {
    browser.ask("Runtime.evaluate", json!({"expression": axe}));
    let run = "axe.run(document, {runOnly: ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa'], resultTypes: ['violations']})
        .then((result) => result.violations.map((own) => `${own.id}: ${own.help}: ${own.nodes.slice(0, 4).map((node) => `${node.target} ${node.failureSummary}`).join('; ')}`))";
    let found = browser.value(run);
    let found = found.as_array().unwrap().iter();
    found.map(|own| own.as_str().unwrap().to_owned()).collect()
}

/// Axe finds nothing against the page that is shown, in light and in dark.
pub(crate) fn is_usable(browser: &mut Browser) {
    let axe = axe();
    for scheme in ["light", "dark"] {
        browser.scheme(scheme);
        let found = faults(browser, &axe);
        assert!(found.is_empty(), "{scheme}: {found:#?}");
    }
    browser.scheme("light");
}

#[test]
fn axe_finds_nothing_in_light_and_in_dark_in_each_language() {
    let site = Site::start(&[]);
    let mut browser = Browser::start();
    let browser = &mut browser;
    browser.wide(1280);
    browser.visit(&site.at("/sign-in"));
    is_usable(browser);
    browser.visit(site.link());
    browser.until("!document.querySelector('[data-for=first_administrator]').hidden");
    is_usable(browser);
    first_administrator(browser, &site);
    hand_in_samples(browser, &site, &["08-forged-font.pdf"]);
    let job = browser.value("new URL(document.querySelector('#current a').href).pathname");
    is_light(browser, &site);
    browser.visit(&site.at("/documents"));
    let document = browser.value("document.querySelector('#list a').getAttribute('href')");
    let document = document.as_str().unwrap().to_owned();
    let comparison = format!("{}/impressions/0", document.split('?').next().unwrap());
    let paths = [
        "/",
        "/intake",
        "/documents",
        &document,
        &comparison,
        "/register",
        "/register/seals/D01",
        "/register/bodies",
        "/register/clocks",
        "/register/inspections",
        "/register/changes",
        "/opinions",
        "/people",
        "/tokens",
        "/audit",
        "/nothing",
        job.as_str().unwrap(),
    ];
    let named = [
        (comparison.as_str(), "comparison"),
        (document.as_str(), "document"),
        ("/", "overview"),
    ];
    let found = against(browser, &site, (&paths, &named));
    read_in(browser, &site, ("en", "/"));
    browser.scheme("light");
    browser.wide(1280);
    opened(browser, &site.at(&document));
    assert!(found.is_empty(), "{found:#?}");
    let quiet = browser.faults.iter().cloned().map(Value::String);
    assert_eq!(quiet.collect::<Vec<_>>(), Vec::<Value>::new());
}

/// What axe finds against pages, each in a language, a scheme and a width; those that have a name are kept as pictures in dark.
fn against(
    browser: &mut Browser,
    site: &Site,
    (paths, named): (&[&str], &[(&str, &str)]),
) -> Vec<String> {
    let axe = axe();
    let mut found = Vec::new();
    for (language, scheme, width) in [
        ("en", "light", 1280),
        ("en", "light", 360),
        ("en", "dark", 1280),
        ("vi", "light", 360),
        ("zh", "dark", 360),
    ] {
        browser.scheme(scheme);
        browser.wide(width);
        read_in(browser, site, (language, "/"));
        for path in paths {
            browser.visit(&site.at(path));
            browser.until(
                "[...document.images].every((own) => own.complete || own.loading === 'lazy')",
            );
            let own = faults(browser, &axe);
            found.extend(
                own.into_iter()
                    .map(|fault| format!("{path}, {language}, {scheme}, {width}: {fault}")),
            );
            let name = named.iter().find(|(own, _)| own == path);
            if let Some((_, name)) = name.filter(|_| (language, scheme) == ("en", "dark")) {
                pass(browser, &format!("{name}-dark"));
                browser.wide(width);
            }
        }
    }
    found
}

/// What opens on a page is usable as well: the menu of layers, a dialog, the forms of a field and of a decision.
fn opened(browser: &mut Browser, document: &str) {
    browser.visit(document);
    browser.press(".layers summary");
    browser.until("document.querySelector('.layers').open");
    is_usable(browser);
    browser.press(".layers summary");
    browser.press(".amend summary");
    is_usable(browser);
    browser.press(".override summary");
    browser.value("document.querySelector('.correct').open = true, 0");
    browser.press("[data-trace=false]");
    browser.until("document.querySelector('dialog[open]')");
    is_usable(browser);
    browser.press("dialog button:not(.main)");
}

/// All that pages are made of, beside scans, weighs less than 100 kB each.
fn is_light(browser: &mut Browser, site: &Site) {
    for path in ["/", "/intake", "/documents", "/register"] {
        browser.visit(&site.at(path));
        let weight = browser.value("[...performance.getEntriesByType('navigation'), ...performance.getEntriesByType('resource')].filter((own) => !own.name.includes('/api/')).map((own) => own.decodedBodySize).reduce((sum, own) => sum + own, 0)");
        let weight = weight.as_f64().unwrap();
        assert!(
            weight > 5_000.0 && weight < 100_000.0,
            "{path}: {weight} bytes"
        );
    }
}
