//! What hands do at a comparison, and what stands beside it: linked zoom, the fold, blinking, the lens, true size by a card,
//! the colours of the pictures and their legend in millimetres; specimens, wear and other documents with the seal.

use std::fs;
use std::path::{Path, PathBuf};

use serde_json::Value;
use serde_json::json;

use crate::chromium::Browser;
use crate::site::Site;
use crate::site::first_administrator;
use crate::site::hand_in_dated;
use crate::site::hand_in_samples;
use crate::site::pass;

fn number(value: &Value) -> f64 {
    value
        .as_f64()
        .unwrap_or_else(|| panic!("{value} is no number"))
}

/// Goes to the first impression of the document whose name has this text.
fn compare(browser: &mut Browser, site: &Site, text: &str) {
    browser.visit(&site.at(&format!("/documents?text={text}")));
    browser.key("j");
    browser.key("Enter");
    browser.until("document.querySelector('.paper') && document.readyState === 'complete'");
    browser.key("j");
    browser.key("Enter");
    browser.until("document.querySelector('#stage img')?.naturalWidth > 0");
}

#[test]
fn a_comparison_is_handled_by_pointer_and_by_keyboard() {
    let site = Site::start(&[]);
    let mut browser = Browser::start();
    let browser = &mut browser;
    browser.wide(1280);
    first_administrator(browser, &site);
    hand_in_samples(browser, &site, &["08-forged-font.pdf"]);
    compare(browser, &site, "08-forged");
    is_linked(browser);
    lens(browser);
    fold(browser);
    blink(browser);
    legend(browser);
    colours(browser);
    calibration(browser);
    reach(browser);
    assert!(browser.faults.is_empty(), "{:?}", browser.faults);
}

/// Whatever can be pressed or written in, and what is looked at by arrows, is reached by the Tab key, in every way of looking.
fn reach(browser: &mut Browser) {
    let stops = "[...document.querySelectorAll('main :is(a[href], button, input, summary, [tabindex=\"0\"])')].filter((own) => own.checkVisibility() && !own.disabled)";
    for way in ["1", "4", "5"] {
        browser.key(way);
        browser.value("document.activeElement.blur(), globalThis.reached = new Set(), 0");
        let count = number(&browser.value(&format!("{stops}.length")));
        assert!(count > 20.0, "only {count} stops");
        let mut left = Value::Null;
        // The page's own head, and what else can be gone to, stand between.
        for _ in 0..200 {
            browser.key("Tab");
            left = browser.value(&format!(
                "(reached.add(document.activeElement), {stops}.filter((own) => !reached.has(own)).map((own) => own.outerHTML.slice(0, 120)))"
            ));
            if left == json!([]) {
                break;
            }
        }
        assert_eq!(left, json!([]), "way {way}: not reached by the Tab key");
    }
}

/// Both pictures are zoomed and moved as one, by keyboard, wheel and pointer.
fn is_linked(browser: &mut Browser) {
    browser.key("1");
    browser.until("document.querySelectorAll('#stage img').length === 2");
    let laid = "[...document.querySelectorAll('#stage .frame > img')].map((own) => `${own.style.width} ${own.style.transform}`)";
    let mut before = browser.value(laid);
    let mut differs = |browser: &mut Browser, by: &str| {
        let now = browser.value(laid);
        assert_eq!(now[0], now[1], "{by}: the pictures part");
        assert_ne!(now, before, "{by}: nothing happened");
        before = now;
    };
    browser.key("+");
    differs(browser, "+");
    browser.value("document.querySelector('#stage').focus(), 0");
    browser.key("ArrowLeft");
    differs(browser, "an arrow");
    let [x, y] = browser.middle("#stage .frame");
    browser.drag([x, y], [x + 40.0, y + 25.0], 0);
    differs(browser, "dragging");
    let wheel = json!({"type": "mouseWheel", "x": x, "y": y, "deltaX": 0, "deltaY": -120});
    browser.ask("Input.dispatchMouseEvent", wheel);
    differs(browser, "the wheel");
    browser.key("0");
    differs(browser, "fitting");
}

/// The lens shows one place in both pictures, and goes where the arrows lead it.
fn lens(browser: &mut Browser) {
    browser.key("g");
    browser.until("document.querySelectorAll('.lens').length === 2");
    let shown = "[...document.querySelectorAll('.lens')].map((own) => own.querySelector('img').style.transform)";
    let before = browser.value(shown);
    browser.shifted("ArrowRight");
    browser.shifted("ArrowUp");
    let after = browser.value(shown);
    assert_ne!(before, after, "the lens did not move");
    assert_eq!(after[0], after[1], "the lenses show two places");
    browser.key("g");
    browser.until("document.querySelectorAll('.lens').length === 0");
}

/// The line that the specimen is folded along is turned and moved, by arrows and by dragging.
fn fold(browser: &mut Browser) {
    browser.key("4");
    browser.until("document.querySelector('#stage .line')");
    let at = "['turn', 'shift'].map((own) => Number(document.getElementById(own).value))";
    let seen = "(() => [document.querySelector('.line').style.transform, document.querySelector('.frame img:nth-of-type(2)').style.clipPath])()";
    let folded = browser.value(seen);
    for _ in 0..5 {
        browser.key("ArrowUp");
    }
    browser.key("ArrowRight");
    assert_eq!(browser.value(at), json!([-10, 2]), "turned and moved");
    let turned = browser.value(seen);
    assert!(
        turned[0].as_str().unwrap().contains("rotate(80deg)"),
        "{turned}"
    );
    assert_ne!(turned[1], folded[1], "the specimen is cut as before");
    let [x, y] = browser.middle("#stage");
    browser.drag([x, y], [x + 60.0, y], 0);
    let moved = browser.value(at);
    assert_eq!(moved[0], json!(-10), "dragging turned it");
    assert!(number(&moved[1]) > 5.0, "dragging did not move it: {moved}");
    browser.drag([x, y], [x + 60.0, y], 8);
    let turned = browser.value(at);
    assert!(
        number(&turned[0]) > 0.0,
        "dragging with Shift did not turn it: {turned}"
    );
    assert_eq!(turned[1], moved[1], "dragging with Shift moved it");
}

/// Held, the space bar or the pointer shows the specimen; let go, it blinks by itself.
fn blink(browser: &mut Browser) {
    browser.key("3");
    let shown = "document.querySelector('.frame img:nth-of-type(2)').style.visibility";
    let stays = format!(
        "new Promise((told) => {{ const seen = new Set(); const timer = setInterval(() => seen.add({shown}), 50); setTimeout(() => {{ clearInterval(timer); told([...seen].sort().join()); }}, 1700); }})"
    );
    assert_eq!(
        browser.value(&stays),
        json!("hidden,visible"),
        "it does not blink"
    );
    browser.hold(" ", true);
    assert_eq!(
        browser.value(&stays),
        json!("visible"),
        "the space bar does not hold it"
    );
    browser.hold(" ", false);
    assert_eq!(
        browser.value(&stays),
        json!("hidden,visible"),
        "it blinks no more"
    );
    let [x, y] = browser.middle("#stage");
    let pointer =
        |kind: &str| json!({"type": kind, "x": x, "y": y, "button": "left", "clickCount": 1});
    browser.ask("Input.dispatchMouseEvent", pointer("mousePressed"));
    assert_eq!(
        browser.value(&stays),
        json!("visible"),
        "the pointer does not hold it"
    );
    browser.ask("Input.dispatchMouseEvent", pointer("mouseReleased"));
}

/// What the differences come to stands beside their colours in millimetres, and the bar is as long as it says.
fn legend(browser: &mut Browser) {
    browser.key("5");
    browser.until("document.querySelector('#stage img[data-name=difference]')?.naturalWidth > 0");
    let told = browser.value("['missing', 'extra'].map((own) => [document.querySelector(`.legend .${own}`).innerText, [...document.querySelectorAll(`#marks .${own} .quiet`)].map((place) => place.innerText)])");
    let mut some = 0;
    for own in told.as_array().unwrap() {
        let (legend, places) = (own[0].as_str().unwrap(), own[1].as_array().unwrap());
        if places.is_empty() {
            assert!(!legend.contains("mm"), "{legend} for nothing");
            continue;
        }
        some += places.len();
        assert!(legend.contains(" mm²"), "{legend}");
        assert!(
            legend.contains(&format!("{} place", places.len())),
            "{legend}"
        );
        let lengths = places.iter().map(|place| {
            let length = place.as_str().unwrap().split_once(" mm, ").unwrap().0;
            length.parse::<f64>().unwrap()
        });
        let longest = lengths.fold(0.0, f64::max);
        assert!(
            legend.contains(&format!("{longest:.1} mm")),
            "{legend}, {longest}"
        );
    }
    assert!(some > 0, "a forged seal differs nowhere: {told}");
    let bar = browser.value("(() => { const bar = document.getElementById('scale'); const picture = document.querySelector('#stage img').getBoundingClientRect(); return [bar.getBoundingClientRect().width, parseFloat(bar.textContent) * picture.width / Number(document.querySelector('#compare').dataset.sideMm)]; })()");
    assert!(
        (number(&bar[0]) - number(&bar[1])).abs() < 1.0,
        "the bar is not as long as it says: {bar}"
    );
    pass(browser, "compare-legend");
}

/// What the specimen lacks is red, what the impression lacks is blue, each alone where it is asked for alone.
fn colours(browser: &mut Browser) {
    let counted = browser.value(
        "Promise.all(['overlay', 'missing', 'extra', 'difference'].map(async (name) => {
            const answer = await fetch(`${document.querySelector('#compare').dataset.source}/${name}.png?side=360`);
            const picture = await createImageBitmap(await answer.blob());
            const canvas = new OffscreenCanvas(picture.width, picture.height);
            const context = canvas.getContext('2d');
            context.drawImage(picture, 0, 0);
            const { data } = context.getImageData(0, 0, picture.width, picture.height);
            let [red, blue] = [0, 0];
            for (let at = 0; at < data.length; at += 4) {
                if (data[at] - Math.max(data[at + 1], data[at + 2]) > 60) red += 1;
                if (data[at + 2] - data[at] > 60) blue += 1;
            }
            return [red, blue];
        }))",
    );
    let counts: Vec<[f64; 2]> = counted
        .as_array()
        .unwrap()
        .iter()
        .map(|own| [number(&own[0]), number(&own[1])])
        .collect();
    let [overlay, missing, extra, difference] = counts.try_into().unwrap();
    assert!(overlay.iter().all(|own| *own > 20.0), "{counted}");
    assert!(difference.iter().all(|own| *own > 20.0), "{counted}");
    assert!(
        missing[1] > 20.0 && missing[0] == 0.0,
        "missing ink: {counted}"
    );
    assert!(extra[0] > 20.0 && extra[1] == 0.0, "extra ink: {counted}");
}

/// A card held against the screen tells how large a millimetre is, and the seal is shown so.
fn calibration(browser: &mut Browser) {
    browser.key("1");
    browser.value("document.querySelector('#calibrate').open = true, 0");
    browser.until("document.querySelector('#calibrate input').value > 0");
    browser.value("(() => { const slide = document.querySelector('#calibrate input'); slide.value = 600; slide.dispatchEvent(new Event('input', {bubbles: true})); return 0; })()");
    let widths = browser.value("[document.querySelector('.card-bar').getBoundingClientRect().width, document.querySelector('#stage img').getBoundingClientRect().width, Number(document.querySelector('#compare').dataset.sideMm)]");
    assert!((number(&widths[0]) - 600.0).abs() < 0.5, "{widths}");
    let expected = number(&widths[2]) * 600.0 / 85.6;
    assert!(
        (number(&widths[1]) - expected).abs() < 1.0,
        "{widths}: not {expected}"
    );
}

/// A register of one seal, whose specimens stand in it in another order than that of their days.
fn dated(folder: &Path) -> PathBuf {
    let demo = Path::new("fixtures/demo/specimens").canonicalize().unwrap();
    let head = "id,organisation,shape,width_mm,height_mm,specimen,specimen_dpi,specimen_from,specimen_to\n";
    let rows = [
        (1, "2021-01-01,"),
        (2, "2016-12-24,2018-12-31"),
        (3, "2019-01-01,2020-12-31"),
    ];
    let rows = rows.map(|(number, days)| {
        let specimen = demo.join(format!("D01-{number}.png"));
        let specimen = specimen.display();
        format!("D01,Trung tâm y tế Vĩnh Mộc,round,40.5,40.5,{specimen},300,{days}\n")
    });
    let path = folder.join("dated.csv");
    fs::write(&path, [head, &rows.concat()].concat()).unwrap();
    path
}

#[test]
fn specimens_wear_and_other_documents_stand_beside_a_comparison() {
    let folder = tempfile::tempdir().unwrap();
    let site = Site::of(&[&dated(folder.path())], &[]);
    let mut browser = Browser::start();
    let browser = &mut browser;
    browser.wide(1280);
    first_administrator(browser, &site);
    hand_in_dated(browser, &site, ("01-genuine-colour.pdf", "2024-05-02"));
    compare(browser, &site, "01-genuine");
    let plot = "fetch(document.querySelector('.plot img').src).then((answer) => answer.text())";
    let alone = browser.value(plot);
    assert!(alone.as_str().unwrap().contains("Too few dated"), "{alone}");
    hand_in_dated(browser, &site, ("13-two-seals.pdf", "2024-06-03"));
    compare(browser, &site, "01-genuine");
    let specimens = browser.value(
        "[...document.querySelectorAll('.specimens figcaption')].map((own) => own.innerText)",
    );
    let by_date = [
        "2 · 24 December 2016 – 31 December 2018",
        "3 · 1 January 2019 – 31 December 2020",
        "1 · 1 January 2021 –",
    ];
    assert_eq!(specimens, json!(by_date), "by date");
    browser.value("document.querySelector('.specimens').scrollIntoView(), 0");
    browser.until(
        "[...document.querySelectorAll('.specimens img')].every((own) => own.naturalWidth > 0)",
    );
    let beside = browser.value("document.querySelector('.side').innerText");
    assert!(
        beside.as_str().unwrap().contains("13-two-seals.pdf"),
        "{beside}"
    );
    let drawn = browser.value(plot);
    let drawn = drawn.as_str().unwrap();
    assert!(
        drawn.starts_with("<svg") && !drawn.contains("Too few dated"),
        "{drawn}"
    );
    browser.value("document.querySelector('.plot img').scrollIntoView(), 0");
    browser.until("document.querySelector('.plot img').naturalWidth > 0");
    let table =
        browser.value("fetch('/register/seals/D01/wear.csv').then((answer) => answer.text())");
    let rows: Vec<&str> = table.as_str().unwrap().lines().collect();
    assert_eq!(
        rows[0],
        "date,document,name,missing_ink,extra_ink,width_mm,height_mm"
    );
    let days: Vec<&str> = rows[1..]
        .iter()
        .map(|row| row.split(',').next().unwrap())
        .collect();
    assert_eq!(days, ["2024-05-02", "2024-06-03"], "{table}");
    assert!(browser.faults.is_empty(), "{:?}", browser.faults);
}
