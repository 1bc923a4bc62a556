//! Handing in: many files, bad ones, and a connection that is lost in the middle.

use std::fs;
use std::path::{Path, PathBuf};

use lopdf::Document;
use lopdf::Object;
use serde_json::json;

use crate::chromium::Browser;
use crate::everybody::is_usable;
use crate::site::Site;
use crate::site::first_administrator;
use crate::site::pass;
use crate::site::read_in;
use crate::site::sample;

/// Files that are no documents, each another.
fn scraps(folder: &Path, count: usize) -> Vec<PathBuf> {
    let scrap = |index: usize| {
        let path = folder.join(format!("scrap-{index:03}.pdf"));
        fs::write(&path, format!("%PDF-1.7 number {index}")).unwrap();
        path
    };
    (0..count).map(scrap).collect()
}

fn choose(browser: &mut Browser, files: &[PathBuf]) {
    let files: Vec<&Path> = files.iter().map(PathBuf::as_path).collect();
    browser.choose("#files", &files);
}

#[test]
fn five_hundred_files_are_taken_and_the_page_stays_alive() {
    let site = Site::start(&["--no-worker"]);
    let mut browser = Browser::start();
    browser.wide(1280);
    first_administrator(&mut browser, &site);
    browser.visit(&site.at("/intake"));
    // The page notes at its own frames how many are sent: one that freezes draws none in between.
    browser.value("globalThis.seen = new Set(), requestAnimationFrame(function on() { seen.add(document.querySelectorAll('#uploads li.received').length); requestAnimationFrame(on); }), 0");
    choose(&mut browser, &scraps(site.folder.path(), 500));
    browser.until("document.querySelectorAll('#uploads li').length === 500");
    browser.until("document.querySelectorAll('#uploads li.received').length === 500");
    let seen = browser.value("seen.size").as_u64().unwrap();
    assert!(seen > 50, "only {seen} of 500 steps were drawn");
    let shown = browser.value("document.querySelectorAll('#uploads li.failed').length");
    assert_eq!(shown, json!(0));
    pass(&mut browser, "intake-500");
    // The list grows where one scrolls to its end, until there is no more.
    browser.visit(&site.at("/documents"));
    let rows = "document.querySelectorAll('#list tr[data-row]').length";
    browser.until(&format!("{rows} >= 100"));
    browser.until(&format!(
        "(scrollTo(0, document.body.scrollHeight), {rows} === 500)"
    ));
    let names = browser.value("new Set([...document.querySelectorAll('#list tr[data-row] a')].map((own) => own.href)).size");
    assert_eq!(names, json!(500), "a document is missing, or stands twice");
    assert!(browser.faults.is_empty(), "{:?}", browser.faults);
}

#[test]
fn a_lost_connection_is_told_and_what_failed_is_sent_again() {
    let mut site = Site::start(&[]);
    let mut browser = Browser::start();
    let browser = &mut browser;
    browser.wide(1280);
    first_administrator(browser, &site);
    browser.visit(&site.at("/intake"));
    choose(browser, &[sample("14-no-seal.pdf")]);
    browser.until("document.querySelectorAll('#uploads li.received').length === 1");
    browser.offline(true);
    choose(browser, &scraps(site.folder.path(), 4));
    browser.until("document.querySelectorAll('#uploads li.failed').length === 4");
    let told = browser.value("document.querySelector('#uploads li.failed .state').innerText");
    assert!(told.as_str().unwrap().contains("does not answer"), "{told}");
    browser.offline(false);
    browser.press("#retry-all");
    browser.until("document.querySelectorAll('#uploads li.received').length === 5");
    // A connection that breaks in the middle of a file: none of it is taken until it is sent again.
    let large = site.folder.path().join("large.pdf");
    fs::write(&large, vec![b'%'; 48 << 20]).unwrap();
    site.halt();
    choose(browser, &[large]);
    let sent = "document.querySelector('#uploads li:last-child progress').value";
    browser.until(&format!("{sent} > 0 && {sent} < 1"));
    site.end();
    browser.until("document.querySelector('#uploads li:last-child').className === 'failed'");
    site.begin_again();
    browser.press("#uploads li:last-child button");
    browser.until("document.querySelectorAll('#uploads li.received').length === 6");
    // Progress is told again once the line is back; what is no document stands as unreadable among the others.
    browser.until("Number(document.querySelector('#current [data-done]').textContent) === 6");
    pass(browser, "intake-retried");
    browser.visit(&site.at("/documents?outcome=unreadable"));
    let unreadable = browser.value("document.querySelector('#list').innerText");
    assert!(
        unreadable.as_str().unwrap().contains("scrap-003.pdf"),
        "{unreadable}"
    );
}

#[test]
fn progress_goes_on_with_what_is_added_and_tells_pages() {
    let site = Site::start(&[]);
    let mut browser = Browser::start();
    let browser = &mut browser;
    browser.wide(1280);
    first_administrator(browser, &site);
    browser.visit(&site.at("/intake"));
    let told = "['done', 'items', 'pages'].map((own) => Number(document.querySelector(`#current [data-${own}]`).textContent))";
    let bar = "(({ value, max }) => [value, max])(document.querySelector('#current progress'))";
    choose(browser, &[sample("16-two-pages.pdf")]);
    browser.until(&format!("{told}.join() === '1,1,2'"));
    assert_eq!(browser.value(bar), json!([1, 1]));
    browser.until("document.querySelector('#uploads li:nth-child(1)[data-examined] .state').textContent.endsWith('pages: 2')");
    // Nothing was left to do, and goes on with what is added.
    let broken = site.folder.path().join("broken.pdf");
    fs::write(&broken, b"%PDF-1.7 nothing").unwrap();
    choose(browser, &[sample("14-no-seal.pdf"), broken]);
    browser.until(&format!("{told}.join() === '3,3,3'"));
    assert_eq!(browser.value(bar), json!([3, 3]));
    browser.until("document.querySelector('#uploads li:nth-child(2)[data-examined] .state').textContent.endsWith('pages: 1')");
    browser.until("document.querySelector('#uploads li:nth-child(3)[data-examined=unreadable] .state').textContent.endsWith('cannot be read')");
    pass(browser, "intake-examined");
    // The first file names the job, with the number of the others.
    let job = browser.value("document.querySelector('#current a').href");
    browser.visit(job.as_str().unwrap());
    let line = browser.value("document.querySelector('.job').innerText");
    let line = line.as_str().unwrap();
    assert!(line.contains("16-two-pages.pdf +2"), "{line}");
    assert!(line.contains("pages examined: 3"), "{line}");
    let failures = browser.value("document.querySelector('main table').innerText");
    let failures = failures.as_str().unwrap();
    assert!(
        failures.contains("broken.pdf") && failures.contains("cannot be read"),
        "{failures}"
    );
    assert!(!failures.contains("14-no-seal"), "{failures}");
    assert!(browser.faults.is_empty(), "{:?}", browser.faults);
}

/// A document of so many pages, all alike.
fn book(folder: &Path, pages: usize) -> PathBuf {
    let mut document = Document::load(sample("14-no-seal.pdf")).unwrap();
    let (_, page) = document.get_pages().into_iter().next().unwrap();
    let catalog = document.catalog().unwrap();
    let tree = catalog.get(b"Pages").unwrap().as_reference().unwrap();
    let mut kids = vec![Object::Reference(page)];
    while kids.len() < pages {
        let copy = document.get_object(page).unwrap().clone();
        kids.push(document.add_object(copy).into());
    }
    let tree = document
        .get_object_mut(tree)
        .unwrap()
        .as_dict_mut()
        .unwrap();
    tree.set("Count", i64::try_from(pages).unwrap());
    tree.set("Kids", kids);
    let path = folder.join("book.pdf");
    document.save(&path).unwrap();
    path
}

#[test]
fn each_page_of_a_long_document_is_told_while_it_is_examined() {
    const PAGES: u64 = 60;
    let site = Site::start(&[]);
    let mut browser = Browser::start();
    let browser = &mut browser;
    first_administrator(browser, &site);
    browser.visit(&site.at("/intake"));
    // What stands beside the file and in its job's line, each time that it changes.
    browser.value(
        "window.told = []; new MutationObserver(() => { const own = [document.querySelector('#current [data-pages]'), document.querySelector('#uploads .state')].map((own) => Number(own?.textContent.match(/(\\d+)$/)?.[1] ?? 0)); if (window.told.at(-1)?.join() !== own.join()) window.told.push(own); }).observe(document.querySelector('main'), { childList: true, subtree: true, characterData: true }); 0",
    );
    choose(browser, &[book(site.folder.path(), 60)]);
    browser.until("document.querySelector('#uploads li[data-examined] .state')?.textContent.endsWith('pages: 60')");
    let told = browser.value("window.told");
    let told: Vec<[u64; 2]> = serde_json::from_value(told).unwrap();
    for which in [0, 1] {
        let between = told.iter().filter(|own| (1..PAGES).contains(&own[which]));
        assert!(between.count() > 0, "{which}: {told:?}");
        assert!(told.is_sorted_by_key(|own| own[which]), "{told:?}");
    }
    assert!(browser.faults.is_empty(), "{:?}", browser.faults);
}

/// Sends an order about the job that is shown, as a program would.
fn order(browser: &mut Browser, order: &str) {
    let sent = browser.value(&format!(
        "fetch(`/api/v1/jobs/${{document.querySelector('[data-job]').dataset.job}}/orders`, {{method: 'POST', headers: {{'content-type': 'application/json', 'x-csrf-token': document.querySelector('meta[name=csrf]').content}}, body: JSON.stringify({{order: '{order}'}})}}).then((answer) => answer.status)"
    ));
    assert_eq!(sent, json!(200), "{order}");
}

#[test]
fn what_failed_is_told_in_the_readers_language_and_tried_again() {
    let site = Site::start(&[]);
    let mut browser = Browser::start();
    let browser = &mut browser;
    browser.wide(1280);
    first_administrator(browser, &site);
    browser.visit(&site.at("/intake"));
    browser.value("document.querySelector('.drop details').open = true, 0");
    browser.fill("#seal", "NO-SUCH");
    choose(browser, &[sample("14-no-seal.pdf")]);
    browser.until("Number(document.querySelector('#current [data-failed]').textContent) === 1");
    browser.until("document.querySelector('#uploads li[data-examined=failed] .state').textContent.endsWith('could not be examined')");
    let job = browser.value("document.querySelector('#current a').href");
    let job = job.as_str().unwrap();
    for (language, told) in [
        ("vi", "Con dấu được chỉ định không có trong sổ đăng ký."),
        ("zh", "指定的印章未备案。"),
        ("en", "seal NO-SUCH is not in the register"),
    ] {
        let path = job.strip_prefix(&site.at("")).unwrap();
        read_in(browser, &site, (language, path));
        let text = browser.value("document.querySelector('main').innerText");
        assert!(text.as_str().unwrap().contains(told), "{language}: {text}");
        let english = browser.value("document.querySelectorAll('main [lang=en]').length");
        assert_eq!(english, json!(0), "{language}");
        pass(browser, &format!("job-{language}"));
    }
    is_usable(browser);
    // Paused, what is tried again waits; resumed, it is looked at once more, and fails as before.
    order(browser, "pause");
    browser.press("[data-order=retry]");
    browser.until("document.querySelector('[data-order=resume]') && document.querySelector('[data-failed]').textContent === '0'");
    let listed = browser.value("document.querySelectorAll('main table').length");
    assert_eq!(listed, json!(0), "what waits is listed as failed");
    browser.press("[data-order=resume]");
    browser.until("document.readyState === 'complete' && document.querySelector('[data-failed]')?.textContent === '1' && document.querySelector('main table')");
    assert!(browser.faults.is_empty(), "{:?}", browser.faults);
}

#[test]
fn files_come_by_drop_paste_folder_and_camera() {
    let site = Site::start(&["--no-worker"]);
    let mut browser = Browser::start();
    let browser = &mut browser;
    browser.wide(1280);
    first_administrator(browser, &site);
    let folder = site.folder.path().join("Hồ sơ");
    fs::create_dir_all(folder.join("tháng 5")).unwrap();
    fs::write(folder.join("a.pdf"), "%PDF-1.7 a").unwrap();
    fs::write(folder.join("tháng 5/b.pdf"), "%PDF-1.7 b").unwrap();
    fs::write(folder.join(".hidden"), "nothing").unwrap();
    let [first, second] = [0, 1].map(|index| scraps(site.folder.path(), 2)[index].clone());
    let names = "[...document.querySelectorAll('#uploads li.received .name, #uploads li.known .name')].map((own) => own.textContent).sort().join()";
    browser.visit(&site.at("/intake"));
    let place = browser.middle("#drop");
    browser.drop_on(place, &[&folder, &first]);
    browser.until(&format!(
        "{names} === 'Hồ sơ/a.pdf,Hồ sơ/tháng 5/b.pdf,scrap-000.pdf'"
    ));
    // The window that files are dragged over says where they may fall.
    let over = browser.value("document.querySelector('#drop').classList.contains('over')");
    assert_eq!(over, json!(false), "the mark of dragging stays");
    browser.visit(&site.at("/intake"));
    browser.value("(() => { const clipboardData = new DataTransfer(); clipboardData.items.add(new File(['%PDF-1.7 pasted'], 'pasted.pdf')); document.body.dispatchEvent(new ClipboardEvent('paste', {clipboardData, bubbles: true})); return 0; })()");
    browser.until(&format!("{names} === 'pasted.pdf'"));
    browser.visit(&site.at("/intake"));
    browser.choose("#folder", &[&folder]);
    browser.until(&format!("{names} === 'Hồ sơ/a.pdf,Hồ sơ/tháng 5/b.pdf'"));
    let all = browser.value("document.querySelectorAll('#uploads li').length");
    assert_eq!(all, json!(2), "what is hidden is handed in");
    browser.visit(&site.at("/intake"));
    let asks = browser.value(
        "['accept', 'capture'].map((own) => document.querySelector('#camera').getAttribute(own))",
    );
    assert_eq!(asks, json!(["image/*", "environment"]));
    browser.choose("#camera", &[&second]);
    browser.until(&format!("{names} === 'scrap-001.pdf'"));
    assert!(browser.faults.is_empty(), "{:?}", browser.faults);
}

#[test]
fn a_lost_line_of_progress_is_told_and_taken_up_again() {
    let mut site = Site::start(&["--no-worker"]);
    let mut browser = Browser::start();
    let browser = &mut browser;
    browser.wide(1280);
    first_administrator(browser, &site);
    browser.visit(&site.at("/intake"));
    choose(browser, &scraps(site.folder.path(), 1));
    browser.until("document.querySelector('#uploads li.received') && document.querySelector('#current [data-items]').textContent === '1'");
    let lost = "document.querySelector('#current [data-lost]').textContent";
    assert_eq!(browser.value(lost), json!(""));
    site.end();
    browser.until(&format!("{lost} === 'Connection lost, trying again'"));
    site.begin_again();
    browser.until(&format!("{lost} === ''"));
    // And goes on with what comes then.
    choose(browser, &scraps(site.folder.path(), 3)[2..]);
    browser.until("document.querySelector('#current [data-items]').textContent === '2'");
    assert!(browser.faults.is_empty(), "{:?}", browser.faults);
}
