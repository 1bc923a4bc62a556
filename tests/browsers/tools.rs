//! The tools of an inspector: layers, measures and drawing on a page; marks, lens and true size at a comparison; the own
//! opinion before the program's; the queue by keyboard alone.

use serde_json::Value;
use serde_json::json;

use crate::chromium::Browser;
use crate::site::Site;
use crate::site::first_administrator;
use crate::site::hand_in_samples;
use crate::site::pass;

fn number(value: &Value) -> f64 {
    value
        .as_f64()
        .unwrap_or_else(|| panic!("{value} is no number"))
}

#[test]
fn layers_marks_and_what_is_drawn_are_reached_by_keyboard() {
    let site = Site::start(&[]);
    let mut browser = Browser::start();
    let browser = &mut browser;
    browser.wide(1280);
    first_administrator(browser, &site);
    hand_in_samples(browser, &site, &["08-forged-font.pdf", "13-two-seals.pdf"]);
    browser.visit(&site.at("/documents?text=08-forged"));
    browser.key("j");
    browser.key("Enter");
    browser.until("document.querySelector('.paper')");
    menu(browser);
    layers(browser);
    drawing(browser);
    missed(browser);
    comparison(browser);
    opinion(browser, &site);
    queue(browser, &site);
    assert!(browser.faults.is_empty(), "{:?}", browser.faults);
}

/// The menu of layers closes on Escape, which gives the focus back, and on a press outside it.
fn menu(browser: &mut Browser) {
    let is_open = "document.querySelector('.layers').open";
    browser.value("document.querySelector('.layers summary').focus(), 0");
    browser.key("Enter");
    browser.until(is_open);
    browser.key("Escape");
    assert_eq!(browser.value(is_open), json!(false), "Escape closes it");
    let focused = browser.value("document.activeElement.localName");
    assert_eq!(focused, json!("summary"), "the focus is lost");
    browser.press(".layers summary");
    browser.until(is_open);
    browser.point("#marks");
    assert_eq!(
        browser.value(is_open),
        json!(true),
        "its own boxes keep it open"
    );
    browser.point("#marks");
    browser.point("h1");
    assert_eq!(
        browser.value(is_open),
        json!(false),
        "a press outside closes it"
    );
}

fn layers(browser: &mut Browser) {
    let shown = |layer: &str| {
        format!("getComputedStyle(document.querySelector('.paper .{layer}')).display !== 'none'")
    };
    for (key, layer) in [
        ("i", "ink"),
        ("x", "text"),
        ("s", "signature"),
        ("d", "measures"),
    ] {
        assert_eq!(browser.value(&shown(layer)), json!(false), "{layer}");
        browser.key(key);
        assert_eq!(browser.value(&shown(layer)), json!(true), "{layer}");
    }
    for layer in ["ink", "text"] {
        let drawn = browser.value(&format!("fetch(document.querySelector('image.{layer}').getAttribute('href')).then((answer) => answer.blob()).then(createImageBitmap).then((picture) => picture.width)"));
        assert!(number(&drawn) > 100.0, "{layer} is {drawn} pixels wide");
    }
    // The outline says what the impression was found to be.
    let label = browser.value("document.querySelector('.paper .seal text').textContent");
    let listed = browser.value("document.querySelector('.marks .conclusion').innerText");
    assert!(
        label.as_str().unwrap().ends_with(listed.as_str().unwrap()),
        "{label}, {listed}"
    );
    browser.wide(360);
    let over = browser.value("new Promise((told) => requestAnimationFrame(() => requestAnimationFrame(() => { const [text, page] = ['.paper .seal text', '.paper .blank'].map((own) => document.querySelector(own).getBoundingClientRect()); told(text.right - page.right); })))");
    assert!(
        number(&over) <= 1.0,
        "the label ends {over} beyond the page"
    );
    browser.wide(1280);
    let told = browser.value("document.querySelector('.measures').textContent");
    assert!(told.as_str().unwrap().contains("mm"), "{told}");
    browser.key("j");
    browser.key("p");
    let bare = browser.value("getComputedStyle(document.querySelector('.paper .tiles')).display");
    assert_eq!(bare, json!("none"), "the scan is still shown");
    pass(browser, "document-layers");
    browser.key("p");
    laws(browser);
}

/// Each finding names the rule that it rests on, or says that there is none.
fn laws(browser: &mut Browser) {
    let told = browser.value("[...document.querySelectorAll('.finding')].map((own) => [own.querySelector('.what').innerText, own.querySelector('.law')?.innerText ?? ''])");
    let told = told.as_array().unwrap();
    assert!(!told.is_empty(), "nothing is found");
    for own in told {
        let (what, law) = (own[0].as_str().unwrap(), own[1].as_str().unwrap());
        let names_one = law.contains("in force") || law.contains("No rule behind it");
        assert!(names_one, "{what}: {law}");
    }
}

/// A box is moved by keyboard and computed again, one is said to be none, and that is taken back.
fn drawing(browser: &mut Browser) {
    browser.key("0");
    browser.key("e");
    browser.until("!document.querySelector('.band').hasAttribute('hidden')");
    let before = browser.value("document.querySelector('.band').getAttribute('x')");
    browser.key("ArrowRight");
    browser.shifted("ArrowDown");
    let after = browser.value("document.querySelector('.band').getAttribute('x')");
    assert_ne!(before, after, "the box did not move");
    browser.key("Escape");
    browser.value("document.querySelector('.correct').open = true, 0");
    browser.press("[data-trace=moved]");
    browser.key("ArrowLeft");
    browser.key("Enter");
    browser.until("document.querySelector('dialog[open]')");
    browser.fill("dialog textarea", "Khung <i>lệch</i>");
    browser.press("dialog button.main");
    browser.until(
        "document.querySelector('.traced .conclusion') && document.readyState === 'complete'",
    );
    let told = browser.value("document.querySelector('.traced').innerText");
    assert!(told.as_str().unwrap().contains("<i>lệch</i>"), "{told}");
    let boxes = browser.value("['.drawn.moved rect', '.seal rect'].map((own) => Number(document.querySelector(own).getAttribute('x')))");
    assert!(
        number(&boxes[0]) < number(&boxes[1]),
        "the box was not moved: {boxes}"
    );
    browser.value("document.querySelector('.correct').open = true, 0");
    browser.press("[data-trace=false]");
    browser.until("document.querySelector('dialog[open]')");
    browser.fill("dialog textarea", "Chỉ là hình in");
    browser.press("dialog button.main");
    browser.until("document.querySelectorAll('.traced li').length === 2 && document.readyState === 'complete'");
    pass(browser, "document-drawn");
    browser.press("[data-untrace]");
    browser.until("document.querySelectorAll('.traced li').length === 1 && document.readyState === 'complete'");
}

/// A seal that was missed is drawn over its ink, by keyboard and by pointer, and computed; what bears none is told to bear none.
fn missed(browser: &mut Browser) {
    let count = "document.querySelectorAll('.traced li').length";
    let keep = |browser: &mut Browser, note: &str, many: usize| {
        browser.until("document.querySelector('dialog[open]')");
        browser.fill("dialog textarea", note);
        browser.press("dialog button.main");
        browser.until(&format!(
            "{count} === {many} && document.readyState === 'complete'"
        ));
        browser.value("document.querySelector('.traced li:last-child').innerText")
    };
    browser.key("j");
    browser.key("e");
    browser.until("!document.querySelector('.band').hasAttribute('hidden')");
    browser.key("Enter");
    let told = keep(browser, "Máy bỏ sót", 2);
    let told = told.as_str().unwrap();
    assert!(
        told.contains("Missed seal") && told.contains("Máy bỏ sót"),
        "{told}"
    );
    let found =
        browser.value("document.querySelector('.traced li:last-child .conclusion').innerText");
    assert!(found.as_str().unwrap().starts_with("D0"), "{found}");
    // By pointer, from corner to corner, where there is no seal.
    browser.key("0");
    browser.key("e");
    let place = "(() => { const box = document.querySelector('.sheet:not([hidden]) .paper').getBoundingClientRect(); return [box.x + box.width / 2, box.y + 40]; })()";
    let place = browser.value(place);
    let [x, y] = [0, 1].map(|index| number(&place[index]));
    browser.drag([x - 40.0, y], [x + 40.0, y + 60.0], 0);
    let told = keep(browser, "Thử ở chỗ trống", 3);
    assert!(
        told.as_str().unwrap().contains("no seal was found there"),
        "{told}"
    );
    for left in [2, 1] {
        browser.press(".traced li:last-child [data-untrace]");
        browser.until(&format!(
            "{count} === {left} && document.readyState === 'complete'"
        ));
    }
}

/// Marks lead from the list to the pictures and back; a picture is as large as the seal; the lens shows both.
fn comparison(browser: &mut Browser) {
    browser.key("j");
    browser.key("Enter");
    browser.until("document.querySelector('#stage img')?.naturalWidth > 0");
    let marks = browser.value("document.querySelectorAll('#marks li').length");
    assert!(number(&marks) > 0.0, "no mark");
    let rings = browser.value(
        "new Set([...document.querySelectorAll('.place')].map((own) => own.dataset.place)).size",
    );
    assert_eq!(marks, rings, "a mark of the list has no ring");
    browser.key(".");
    browser.until("document.querySelector('#marks li.at') && document.querySelector('.place.at')");
    stays_in_the_middle(browser);
    pass(browser, "compare-mark");
    browser.value("document.querySelectorAll('.place')[document.querySelectorAll('.place').length - 1].dispatchEvent(new MouseEvent('click', {bubbles: true})), 0");
    let last =
        browser.value("document.querySelector('#marks li:last-child').classList.contains('at')");
    assert_eq!(last, json!(true), "a ring does not lead to the list");
    browser.key("t");
    let wide = browser.value("document.querySelector('#stage img').getBoundingClientRect().width");
    let side = browser.value("Number(document.querySelector('#compare').dataset.sideMm)");
    assert!(
        (number(&wide) - number(&side) * 96.0 / 25.4).abs() < 1.0,
        "{wide} for {side} mm"
    );
    browser.key("0");
    browser.key("g");
    browser.until("document.querySelectorAll('.lens').length === 2");
    pass(browser, "compare-lens");
    browser.key("g");
    browser.key("d");
    for part in ["difference", "missing", "extra"] {
        browser.until(&format!(
            "document.querySelector('#stage img[data-name={part}]')?.naturalWidth > 0"
        ));
        pass(browser, &format!("compare-{part}-ink"));
        browser.key("d");
    }
}

/// A chosen place is in the middle of its picture, however wide the window is and in whatever way one looks.
fn stays_in_the_middle(browser: &mut Browser) {
    let away = "(() => { const ring = document.querySelector('.place.at circle').getBoundingClientRect();
        const frame = document.querySelector('.place.at').closest('.frame').getBoundingClientRect();
        return Math.hypot(ring.x + ring.width / 2 - frame.x - frame.width / 2, ring.y + ring.height / 2 - frame.y - frame.height / 2); })()";
    for (width, way) in [
        (1280, "1"),
        (360, "1"),
        (360, "2"),
        (1280, "2"),
        (1280, "1"),
    ] {
        browser.wide(width);
        browser.key(way);
        browser.value(
            "new Promise((drawn) => requestAnimationFrame(() => requestAnimationFrame(drawn)))",
        );
        let away = number(&browser.value(away));
        assert!(away < 3.0, "{away} pixels away at {width}, way {way}");
    }
}

/// What the program says stays hidden until the reader said what they think.
fn opinion(browser: &mut Browser, site: &Site) {
    browser.follow(&site.at("/opinions/first?back=/documents?text=13-two"));
    browser.until("document.querySelector('#list a') && location.pathname === '/documents'");
    let told = browser.value("document.querySelector('#list .outcome').className");
    assert_eq!(told, json!("outcome hidden"), "the outcome is shown");
    browser.key("j");
    browser.key("Enter");
    browser.until("document.querySelector('.ask')");
    let hidden = browser.value("document.querySelectorAll('.finding').length + document.querySelectorAll('.marks .conclusion:not(:empty)').length");
    assert_eq!(hidden, json!(0), "findings are shown");
    pass(browser, "opinion");
    let address = browser.value("location.href");
    for said in ["s", "x"] {
        browser.press(".ask a");
        browser
            .until("document.readyState === 'complete' && document.querySelector('[data-said]')");
        browser.key(said);
        browser.until("document.querySelector('.given')");
        browser.visit(address.as_str().unwrap());
    }
    browser.until("!document.querySelector('.ask') && document.querySelector('.conclusion')");
    browser.visit(&site.at("/opinions"));
    let given = browser.value("document.querySelector('.figures dd').innerText");
    assert_eq!(given, json!("2"), "opinions given");
    pass(browser, "opinions");
    browser.follow(&site.at("/opinions/off?back=/documents"));
}

/// One document after the other, by keys alone; taken back where one was too fast.
fn queue(browser: &mut Browser, site: &Site) {
    browser.visit(&site.at("/documents"));
    browser.key("j");
    browser.key("Enter");
    browser.until("document.querySelector('[data-review=accepted]')");
    let first = browser.value("location.pathname");
    browser.key("a");
    browser.until(&format!(
        "location.pathname !== {first} && document.querySelector('[data-review=referred]')"
    ));
    let second = browser.value("location.pathname");
    browser.key("r");
    browser.until("location.pathname === '/documents' && document.readyState === 'complete'");
    let second = site.at(second.as_str().unwrap());
    browser.visit(&second);
    browser.key("u");
    browser.until("document.querySelector('[data-review=better_scan]')");
    browser.fill("#note", "Bản quét mờ");
    browser.value("document.activeElement.blur(), 0");
    browser.key("b");
    browser.until("location.pathname === '/documents' && document.readyState === 'complete'");
    browser.visit(&second);
    let said = browser.value("document.querySelector('#review').innerText");
    let said = said.as_str().unwrap();
    assert!(
        said.contains("Better scan asked for") && said.contains("Bản quét mờ"),
        "{said}"
    );
    let comparison = format!("{second}/impressions/0");
    for address in [
        &second,
        &comparison,
        &site.at("/documents"),
        &site.at("/"),
        &site.at("/register"),
    ] {
        is_still(browser, address);
    }
}

/// Nothing moves while a page comes together.
fn is_still(browser: &mut Browser, address: &str) {
    browser.visit(address);
    let moved = browser.value(
        "new Promise((told) => { let sum = 0; new PerformanceObserver((list) => { for (const own of list.getEntries()) sum += own.value; }).observe({type: 'layout-shift', buffered: true}); setTimeout(() => told(sum), 600); })",
    );
    assert!(number(&moved) < 0.02, "{address} moved by {moved}");
}
