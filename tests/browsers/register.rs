//! The register by its pages: a specimen is checked and proposed, an event too, and another person approves.

use std::fs;
use std::path::Path;

use serde_json::json;

use crate::chromium::Browser;
use crate::site::PASSWORD;
use crate::site::Site;
use crate::site::first_administrator;
use crate::site::pass;
use crate::site::read_in;
use crate::site::speaks;

/// Adds a registrar by the page, and signs in as them.
pub(crate) fn second_person(browser: &mut Browser, site: &Site) {
    second_person_as(browser, site, "registrar");
}

/// Signs out, and in as somebody else.
pub(crate) fn sign_in_as(browser: &mut Browser, site: &Site, login: &str) {
    browser.visit(&site.at("/documents"));
    browser.press("#sign-out");
    browser.until("location.pathname === '/sign-in' && document.readyState === 'complete'");
    browser.fill("#sign-in [name=login]", login);
    browser.fill("#sign-in [name=password]", PASSWORD);
    browser.press("#sign-in button");
    browser.until("location.pathname === '/' && document.readyState === 'complete'");
}

/// Adds a person of a role by the page, and signs in as them.
pub(crate) fn second_person_as(browser: &mut Browser, site: &Site, role: &str) {
    browser.visit(&site.at("/people"));
    browser.press(".adding summary");
    browser.fill("#add-person [name=name]", "Lê Văn Bình");
    browser.fill("#add-person [name=login]", "binh");
    browser.value(&format!(
        "document.querySelector('#add-person [name=role]').value = '{role}', 0"
    ));
    browser.press("#add-person button");
    browser.until("!document.querySelector('#made').hidden");
    pass(browser, "people");
    let link = browser.value("document.querySelector('#made input').value");
    browser.press("#sign-out");
    browser.until("location.pathname === '/sign-in' && document.readyState === 'complete'");
    browser.visit(link.as_str().unwrap());
    browser.until("!document.querySelector('[data-for~=password]').hidden");
    for field in ["password", "again"] {
        browser.fill(&format!("#welcome [name={field}]"), PASSWORD);
    }
    browser.press("#welcome button");
    browser.until("location.pathname === '/sign-in' && document.querySelector('#sign-in')");
    browser.fill("#sign-in [name=login]", "binh");
    browser.fill("#sign-in [name=password]", PASSWORD);
    browser.press("#sign-in button");
    browser.until("location.pathname === '/' && document.readyState === 'complete'");
}

/// Whether a scan is good enough for a specimen is told once it is chosen, and why not.
fn specimens_are_looked_at(browser: &mut Browser) {
    // A blank sheet is no specimen, and a good one is told to be one.
    let blank = Path::new("fixtures/demo/docs/14-no-seal.pdf");
    browser.choose("#enrol [name=specimen]", &[blank]);
    let checked = "document.querySelector('#enrol .checks').innerText";
    browser.until(&format!(
        "{checked}.startsWith('Not good enough for a specimen: no seal was found on the specimen')"
    ));
    // One that can be read and is too poor is told by each check, with what it comes to and what is needed.
    let poor = Path::new("fixtures/demo/docs/01-genuine-colour.pdf");
    browser.choose("#enrol [name=specimen]", &[poor]);
    browser.until(&format!(
        "{checked}.includes('Covered by print or writing: 5 % (≤ 4 %)')"
    ));
    let faults = browser.value("document.querySelectorAll('#enrol .checks li.fault').length");
    assert_eq!(faults, json!(2), "that it is none, and the one check");
    browser.choose(
        "#enrol [name=specimen]",
        &[Path::new("fixtures/demo/specimens/D01-1.png")],
    );
    browser.fill("#enrol [name=specimen_dpi]", "300");
    browser.value("document.querySelector('#enrol [name=specimen_dpi]').dispatchEvent(new Event('change')), 0");
    browser.until("document.querySelector('#enrol .checks li.good') && !document.querySelector('#enrol .checks li.fault')");
}

#[test]
fn what_one_proposes_another_approves() {
    let site = Site::start(&["--no-worker"]);
    let mut browser = Browser::start();
    let browser = &mut browser;
    browser.wide(1280);
    first_administrator(browser, &site);
    browser.visit(&site.at("/register/changes"));
    specimens_are_looked_at(browser);
    browser.fill("#enrol [name=id]", "W99");
    browser.fill(
        "#enrol [name=organisation]",
        "<i>Trạm y tế</i> \"Vĩnh Mộc\", =1+1",
    );
    browser.press("#enrol [data-preview]");
    browser.until("document.querySelector('#enrol .preview li.change') && !document.querySelector('#enrol button.main').disabled");
    pass(browser, "changes-preview");
    browser.press("#enrol button.main");
    browser.until("document.querySelector('.change.open') && document.readyState === 'complete'");
    let approving = browser.value("document.querySelector('[data-answer=approve]')");
    assert_eq!(approving, json!(null), "who proposes approves");
    // A list with a bad row: the row and why are told, the good one would change something.
    let list = site.folder.path().join("events.csv");
    fs::write(
        &list,
        "seal,event,on,by\nD01,suspended,2024-05-02,An\nD01,vanished,2024-05-02,An\n",
    )
    .unwrap();
    browser.choose("#import [name=file]", &[&list]);
    browser.press("#import [data-preview]");
    browser.until("document.querySelector('#import .preview li.fault') && document.querySelector('#import .preview li.change')");
    // An event, by the form of its seal.
    browser.visit(&site.at("/register/seals/D02"));
    browser.value("document.querySelector('#happened').closest('details').open = true, 0");
    browser.value("const form = document.querySelector('#happened'); form.elements.event.value = 'reported_lost'; form.elements.on.value = '2024-03-12'; 0");
    browser.press("#happened [data-preview]");
    browser.until("!document.querySelector('#happened button.main').disabled");
    browser.press("#happened button.main");
    browser.until("document.querySelectorAll('.change.open').length === 2 && document.readyState === 'complete'");
    second_person(browser, &site);
    browser.visit(&site.at("/register/changes"));
    browser.press(".change.open [data-answer=approve]");
    browser.until("document.querySelectorAll('.change.open').length === 1 && document.readyState === 'complete'");
    browser.press(".change.open [data-answer=approve]");
    browser.until("document.querySelectorAll('.change.approved').length === 2 && document.readyState === 'complete'");
    pass(browser, "changes");
    browser.visit(&site.at("/register/seals/W99"));
    let told = browser.value("document.querySelector('h1').innerText");
    assert!(
        told.as_str().unwrap().contains("<i>Trạm y tế</i>"),
        "{told}"
    );
    browser.visit(&site.at("/register/seals/D02"));
    let life = browser.value("document.querySelector('.timeline').innerText");
    assert!(life.as_str().unwrap().contains("lost"), "{life}");
    pass(browser, "seal-lost");
    assert!(browser.faults.is_empty(), "{:?}", browser.faults);
}

#[test]
fn people_and_tokens_are_kept_and_the_chain_is_checked() {
    let site = Site::start(&["--no-worker"]);
    let mut browser = Browser::start();
    let browser = &mut browser;
    browser.wide(1280);
    first_administrator(browser, &site);
    browser.visit(&site.at("/tokens"));
    browser.fill("#make-token [name=name]", "<b>scanner</b>");
    browser.press("#make-token button");
    browser.until("document.querySelector('#made input').value.startsWith('antin_')");
    browser.visit(&site.at("/tokens"));
    let named = browser.value("document.querySelector('table').innerText");
    assert!(
        named.as_str().unwrap().contains("<b>scanner</b>"),
        "{named}"
    );
    pass(browser, "tokens");
    browser.press("[data-revoke]");
    browser.until("document.readyState === 'complete' && !document.querySelector('[data-revoke]')");
    speaks(browser, &site, &["/audit", "/people", "/tokens"]);
    read_in(browser, &site, ("en", "/audit"));
    browser.press("#check-chain");
    browser.until("document.querySelector('#chain').innerText.startsWith('✓')");
    pass(browser, "audit");
    tamper(&site);
    for (language, told) in [
        ("vi", "Mục 2 đã bị sửa"),
        ("zh", "第 2 条被改动"),
        ("en", "Entry 2 was changed"),
    ] {
        read_in(browser, &site, (language, "/audit"));
        browser.press("#check-chain");
        browser.until(&format!(
            "document.querySelector('#chain').innerText.startsWith('✗ {told}')"
        ));
    }
    assert!(browser.faults.is_empty(), "{:?}", browser.faults);
}

/// Changes an entry of the log behind the service's back, as whoever holds the database can.
fn tamper(site: &Site) {
    let file = site.folder.path().join("data/antin.db");
    let runtime = tokio::runtime::Runtime::new().unwrap();
    runtime.block_on(async {
        sqlx::any::install_default_drivers();
        let pool = sqlx::AnyPool::connect(&format!("sqlite://{}", file.display()))
            .await
            .unwrap();
        for statement in [
            "drop trigger audit_entry_stays",
            "update audit_entry set who = 'nobody' where sequence = 2",
        ] {
            sqlx::query(statement).execute(&pool).await.unwrap();
        }
        pool.close().await;
    });
}
