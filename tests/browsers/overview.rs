//! What the first page tells: what came in, what is flagged, what drifts, what is overdue, what an event has re-judged; and its
//! plots as pictures and tables.

use std::fs;
use std::path::Path;

use serde_json::json;

use crate::chromium::Browser;
use crate::everybody::is_usable;
use crate::register::second_person;
use crate::site::Site;
use crate::site::first_administrator;
use crate::site::hand_in_dated;
use crate::site::hand_in_samples;
use crate::site::is_not_english;
use crate::site::pass;
use crate::site::read_in;

#[test]
fn the_overview_tells_what_is_flagged_drifting_and_judged_again() {
    let site = Site::start(&[]);
    let mut browser = Browser::start();
    let browser = &mut browser;
    browser.wide(1280);
    first_administrator(browser, &site);
    hand_in_samples(
        browser,
        &site,
        &["08-forged-font.pdf", "11-deformed-die.pdf"],
    );
    hand_in_dated(browser, &site, ("01-genuine-colour.pdf", "2024-06-03"));
    browser.visit(&site.at("/"));
    let listed = browser
        .value("[...document.querySelectorAll('main .list a')].map((own) => own.innerText).join()");
    assert!(
        listed.as_str().unwrap().contains("08-forged-font.pdf"),
        "{listed}"
    );
    let drifting = "document.querySelector('.columns.even section:last-child .plain').innerText";
    let drifting = browser.value(drifting);
    let drifting = drifting.as_str().unwrap();
    assert!(
        drifting.contains("D03") && drifting.contains("1 document"),
        "{drifting}"
    );
    let counts = browser
        .value("[...document.querySelectorAll('.counts a')].map((own) => own.innerText).join()");
    assert!(counts.as_str().unwrap().contains("3 documents"), "{counts}");
    plots(browser);
    // An event of before the day on which a document was sealed makes it another's: it is judged again by itself.
    browser.visit(&site.at("/register/seals/D01"));
    browser.value("document.querySelector('#happened').closest('details').open = true, 0");
    browser.value("const form = document.querySelector('#happened'); form.elements.event.value = 'declared_invalid'; form.elements.on.value = '2024-03-12'; form.elements.by.value = 'Công an <b>xã</b>'; form.elements.instrument.value = 'Quyết định 12/QĐ <i>số 3</i>'; 0");
    browser.press("#happened [data-preview]");
    browser.until("!document.querySelector('#happened button.main').disabled");
    let previewed = browser.value("document.querySelector('#happened .preview').innerText");
    assert!(
        previewed.as_str().unwrap().contains("12 March 2024"),
        "{previewed}"
    );
    browser.press("#happened button.main");
    browser.until("document.querySelector('.change.open') && document.readyState === 'complete'");
    second_person(browser, &site);
    browser.visit(&site.at("/register/changes"));
    browser.press(".change.open [data-answer=approve]");
    browser
        .until("document.querySelector('.change.approved') && document.readyState === 'complete'");
    browser.visit(&site.at("/"));
    let judged = "[...document.querySelectorAll('.columns.even section:last-child .plain li')].map((own) => own.innerText).join()";
    browser.until(&format!("{judged}.includes('01-genuine-colour.pdf') || (setTimeout(() => location.reload(), 500), false)"));
    browser.visit(&site.at("/register/seals/D01"));
    let told = browser.value("(({ innerText }) => [innerText, document.querySelector('.timeline .law').innerText])(document.querySelector('.timeline'))");
    assert_eq!(told[1], json!("Quyết định 12/QĐ <i>số 3</i>"));
    assert!(
        told[0].as_str().unwrap().contains("Công an <b>xã</b>"),
        "{told}"
    );
    assert!(browser.faults.is_empty(), "{:?}", browser.faults);
}

/// The plot is a picture with what it shows in words, and a table of the same figures.
fn plots(browser: &mut Browser) {
    let fetched = |path: &str| {
        format!(
            "fetch('{path}').then(async (answer) => [answer.headers.get('content-type'), await answer.text()])"
        )
    };
    let plot = browser.value(&fetched("/plots/outcomes.svg"));
    assert_eq!(plot[0], json!("image/svg+xml"), "the plot");
    let text = browser.value("fetch('/plots/outcomes.svg').then((answer) => answer.text()).then((text) => new DOMParser().parseFromString(text, 'image/svg+xml')).then((svg) => [...svg.querySelectorAll('text, title')].map((own) => own.textContent).join())");
    let text = text.as_str().unwrap();
    assert!(
        text.contains("Documents by day") && text.contains("documents"),
        "{text}"
    );
    browser.value("document.querySelector('.plot img').scrollIntoView(), 0");
    browser.until("document.querySelector('.plot img').naturalWidth > 0");
    let table = browser.value(&fetched("/plots/outcomes.csv"));
    assert_eq!(table[0], json!("text/csv; charset=utf-8"), "the table");
    let rows: Vec<Vec<&str>> = table[1]
        .as_str()
        .unwrap()
        .lines()
        .map(|row| row.split(',').collect())
        .collect();
    assert_eq!(rows[0], ["day", "outcome", "documents"], "its head");
    let count: u32 = rows[1..]
        .iter()
        .map(|row| row[2].parse::<u32>().unwrap())
        .sum();
    assert_eq!(count, 3, "{table}");
    assert!(rows[1..].iter().any(|row| row[1] == "flag"), "{table}");
}

#[test]
fn overdue_duties_are_counted_and_told_in_each_language() {
    let folder = tempfile::tempdir().unwrap();
    let list = |name: &str, text: &str| {
        let path = folder.path().join(name);
        fs::write(&path, text).unwrap();
        path
    };
    let events = list(
        "events.csv",
        "seal,event,on,by\nD02,reported_lost,2024-03-12,An\n",
    );
    let uses = list(
        "uses.csv",
        "seal,register,entry_no,used_at,content,copies,approver,handler\nD02,work,7,2024-02-01 09:00,\"Giấy mời <b>họp</b>\",3,Lan,Minh\n",
    );
    let custody = list(
        "custody.csv",
        "seal,custodian,from,to\nD03,An,2020-01-01,2020-02-01\nD03,Bình,2021-01-01,\n",
    );
    let register = Path::new("fixtures/demo/register.csv");
    let site = Site::of(&[register, &events, &uses, &custody], &["--no-worker"]);
    let mut browser = Browser::start();
    let browser = &mut browser;
    browser.wide(1280);
    first_administrator(browser, &site);
    browser.visit(&site.at("/register/clocks"));
    let overdue = "[...document.querySelectorAll('.duties li')].filter((own) => own.querySelector('strong')).length";
    let overdue = browser.value(overdue).as_u64().unwrap();
    assert!(overdue >= 2, "a loss is told to two: {overdue}");
    let listed = browser.value("document.querySelectorAll('.duties li').length");
    assert!(
        listed.as_u64() > Some(overdue),
        "what is due and not overdue is not listed"
    );
    browser.visit(&site.at("/"));
    let counted = browser
        .value("document.querySelector(\".counts a[href='/register/clocks'] strong\").innerText");
    // The demonstration's seals are under no law that was read: what is past its day is advice.
    assert_eq!(counted, json!("0"));
    past_their_days(browser, &site);
    is_usable(browser);
    previews(browser, &site);
    read_in(browser, &site, ("en", "/register/clocks"));
    browser.visit(&site.at("/register/seals/D02"));
    let uses = browser.value(
        "[...document.querySelectorAll('table.list tbody tr')].map((own) => own.innerText).join()",
    );
    let uses = uses.as_str().unwrap();
    assert!(
        uses.contains("1 February 2024") && uses.contains('7'),
        "{uses}"
    );
    let duties = browser.value("document.querySelectorAll('.duties li').length");
    assert!(duties.as_u64() >= Some(2), "{duties}");
    assert!(browser.faults.is_empty(), "{:?}", browser.faults);
}

/// Duties past the day that is advised are told in each language, and called no breach.
fn past_their_days(browser: &mut Browser, site: &Site) {
    for (language, told, late) in [
        (
            "vi",
            "Báo việc mất dấu cho công an xã",
            "sau ngày khuyến nghị",
        ),
        ("zh", "向乡（社）公安报告印章遗失", "超过建议日期"),
        (
            "en",
            "Tell the commune’s police of the loss",
            "past the advised day",
        ),
    ] {
        read_in(browser, site, (language, "/register/clocks"));
        let text = browser.value("document.querySelector('.duties').innerText");
        let text = text.as_str().unwrap();
        assert!(text.contains(told) && text.contains(late), "{text}");
        let english = browser.value("document.querySelectorAll('main [lang=en]').length");
        assert_eq!(english, json!(0), "{language}");
        pass(browser, &format!("clocks-due-{language}"));
    }
}

/// What a form would do is told in the reader's language, before it is proposed, and so is why a row of a list is none.
fn previews(browser: &mut Browser, site: &Site) {
    for (language, told, day) in [
        ("vi", "báo mất", "12/03/2024"),
        ("zh", "报失", "2024年3月12日"),
    ] {
        read_in(browser, site, (language, "/register/seals/D03"));
        let doubts = browser.value("document.querySelector('#doubts').innerText");
        assert!(doubts.as_str().unwrap().contains("Bình"), "{doubts}");
        is_not_english(browser, "#doubts");
        browser.value("document.querySelector('#happened').closest('details').open = true, 0");
        browser.value("const form = document.querySelector('#happened'); form.elements.event.value = 'reported_lost'; form.elements.on.value = '2024-03-12'; 0");
        browser.press("#happened [data-preview]");
        browser.until("document.querySelector('#happened .preview li.change')");
        let text = browser.value("document.querySelector('#happened .preview').innerText");
        let text = text.as_str().unwrap();
        assert!(
            text.contains(told) && text.contains("D03") && text.contains(day),
            "{text}"
        );
        is_not_english(browser, "#happened .preview");
    }
    let list = site.folder.path().join("rows.csv");
    let rows = "seal,event,on,corrects,colour\n\
        D03,vanished,2024-05-02,,\n\
        D99,found,2024-05-02,,\n\
        D03,suspended,2024-02-30,,\n\
        D03,suspended,2024-05-02,0123456789abcdef,\n";
    fs::write(&list, rows).unwrap();
    for (language, told) in [("vi", "chưa đăng ký"), ("zh", "未登记")] {
        read_in(browser, site, (language, "/register/changes"));
        browser.choose("#import [name=file]", &[&list]);
        browser.press("#import [data-preview]");
        browser.until("document.querySelectorAll('#import .preview li.fault').length === 3");
        let text = browser.value("document.querySelector('#import .preview').innerText");
        let text = text.as_str().unwrap();
        assert!(
            text.contains(told) && text.contains("0123456789abcdef"),
            "{text}"
        );
        is_not_english(browser, "#import .preview");
    }
}
