//! Families of impressions that one unregistered die made, and the pages of inspections.

use std::fs;
use std::path::Path;
use std::path::PathBuf;
use std::process::Command;
use std::process::Stdio;

use serde_json::json;

use crate::chromium::Browser;
use crate::everybody::is_usable;
use crate::register::second_person;
use crate::register::sign_in_as;
use crate::site::Site;
use crate::site::first_administrator;
use crate::site::hand_in;
use crate::site::pass;
use crate::site::read_in;
use crate::site::speaks;

/// Three scans with one false die of a seal, and two with a die that is like none.
const SCANS: [&str; 5] = [
    "d0001.pdf",
    "d0006.pdf",
    "d0008.pdf",
    "d0013.pdf",
    "d0017.pdf",
];

/// Scans and a register that are drawn for this, in a folder.
fn drawn(folder: &Path) -> (PathBuf, Vec<PathBuf>) {
    let options = "synth set --of families --seals 2 --documents-per-seal 9 --conditions c300 --forgeries marked --seed 3402";
    let mut draw = Command::new(env!("CARGO_BIN_EXE_antin"));
    draw.current_dir(folder)
        .args(options.split(' '))
        .stdout(Stdio::null());
    assert!(draw.status().unwrap().success(), "nothing is drawn");
    let set = folder.join("set");
    let scans = SCANS.iter().map(|name| set.join("docs").join(name));
    (set.join("register.csv"), scans.collect())
}

#[test]
fn a_die_on_several_sheets_is_shown_and_put_on_the_watch_list() {
    let folder = tempfile::tempdir().unwrap();
    let (register, scans) = drawn(folder.path());
    let site = Site::of(&[&register], &[]);
    let mut browser = Browser::start();
    let browser = &mut browser;
    browser.wide(1280);
    first_administrator(browser, &site);
    hand_in(browser, &site, &scans);
    // They are brought together in the background.
    browser.visit(&site.at("/"));
    let sizes = "[...document.querySelectorAll('.family')].map((own) => own.querySelectorAll('.members li').length).sort().join()";
    browser.until(&format!(
        "{sizes} === '2,3' || (setTimeout(() => location.reload(), 500), false)"
    ));
    browser.visit(&site.at("/"));
    browser.value("document.querySelector('.families').scrollIntoView(), 0");
    browser.until(
        "[...document.querySelectorAll('.family img')].every((own) => own.naturalWidth > 0)",
    );
    pass(browser, "overview-families");
    is_usable(browser);
    browser.press(".family:has(a[href*='/seals/S001']) .what");
    browser
        .until("location.pathname.startsWith('/families/') && document.readyState === 'complete'");
    let address = browser.value("location.href");
    browser.until(
        "[...document.querySelectorAll('.members img')].every((own) => own.naturalWidth > 0)",
    );
    pass(browser, "family");
    is_usable(browser);
    assert_eq!(
        browser.value("document.querySelectorAll('#watch [name=impression]:checked').length"),
        json!(3),
        "chosen by themselves"
    );
    browser.press("#watch [data-preview]");
    browser.until("document.querySelectorAll('#watch .preview li.change').length === 3 && !document.querySelector('#watch .preview li.fault')");
    pass(browser, "family-proposed");
    browser.press("#watch button.main");
    browser.until("document.querySelector('.change.open') && document.readyState === 'complete'");
    second_person(browser, &site);
    browser.visit(&site.at("/register/changes"));
    browser.press(".change.open [data-answer=approve]");
    browser
        .until("document.querySelector('.change.approved') && document.readyState === 'complete'");
    // What is kept is compared with the die, and found to be of it.
    sign_in_as(browser, &site, "an");
    browser.visit(address.as_str().unwrap());
    browser.until("document.querySelector('h1 + p .tag') || (setTimeout(() => location.reload(), 500), false)");
    browser.until("document.querySelector('h1 + p .tag')");
    let die = browser.value("document.querySelector('h1 + p .tag').innerText");
    browser.visit(&site.at("/"));
    let known = browser.value("document.querySelector('.columns.even').innerText");
    let die = die
        .as_str()
        .unwrap()
        .split_whitespace()
        .next_back()
        .unwrap()
        .to_owned();
    assert!(known.as_str().unwrap().contains(&die), "{die}: {known}");
    assert!(browser.faults.is_empty(), "{:?}", browser.faults);
}

/// A body over another, which has a seal; inspections of the upper one, and what was found.
fn registers(folder: &Path) -> Vec<PathBuf> {
    let file = |name: &str, text: &str| {
        let path = folder.join(name);
        fs::write(&path, text).unwrap();
        path
    };
    vec![
        file(
            "bodies.csv",
            "body,level,jurisdiction\nB1,commune,VN\nB2,commune,VN\n",
        ),
        file(
            "names.csv",
            "body,name,from\nB1,\"Ủy ban nhân dân xã <b>Vĩnh Mộc</b>\",2016-01-01\nB2,Trạm y tế,2016-01-01\n",
        ),
        file(
            "relations.csv",
            "body,relation,other,from\nB2,parent,B1,2016-01-01\n",
        ),
        file(
            "seals.csv",
            &format!(
                "id,organisation,body,specimen,specimen_dpi,registered_on,jurisdiction\n\
                 B2-1,Trạm y tế,B2,{},300,2016-12-24,VN\n",
                Path::new("fixtures/demo/specimens/D01-1.png")
                    .canonicalize()
                    .unwrap()
                    .display()
            ),
        ),
        file(
            "events.csv",
            "seal,event,on,by\nB2-1,reported_lost,2024-05-02,An\n",
        ),
        file(
            "inspections.csv",
            "body,inspection,sort,planned_on,inspected_on,inspector\nB1,2024-1,self,2024-03-01,2024-03-04,Lan\nB1,2024-2,above,2024-06-30,,\n",
        ),
        file(
            "faults.csv",
            "body,inspection,fault,recommendation,responsible,opened_on,due_on,closed_on\nB1,2024-1,Không có sổ đăng ký,Lập sổ,Minh,2024-03-04,2024-04-01,\nB1,2024-1,Tủ không khóa,Thay khóa,Minh,2024-03-04,2024-04-01,2024-03-20\n",
        ),
    ]
}

#[test]
fn inspections_tell_what_is_overdue_and_the_list_what_changed() {
    let folder = tempfile::tempdir().unwrap();
    let files = registers(folder.path());
    let mut registers = vec![Path::new("fixtures/demo/register.csv")];
    registers.extend(files.iter().map(PathBuf::as_path));
    let site = Site::of(&registers, &["--no-worker"]);
    let mut browser = Browser::start();
    let browser = &mut browser;
    browser.wide(1280);
    first_administrator(browser, &site);
    browser.visit(&site.at("/register/inspections"));
    let counts = browser
        .value("[...document.querySelectorAll('.counts strong')].map((own) => own.innerText)");
    assert_eq!(counts, json!(["1", "1", "1"]), "overdue, missed, open");
    let text = browser.value("document.querySelector('main').innerText");
    let text = text.as_str().unwrap();
    for told in ["Lập sổ", "Minh", "Thay khóa", "<b>Vĩnh Mộc</b>", "2024-2"] {
        assert!(text.contains(told), "{told} is not told: {text}");
    }
    pass(browser, "inspections");
    is_usable(browser);
    tree(browser, &site);
    // On a day before it was due, nothing is overdue.
    browser.visit(&site.at("/register/inspections?on=2024-03-10&body=B1"));
    let counts = browser
        .value("[...document.querySelectorAll('.counts strong')].map((own) => own.innerText)");
    assert_eq!(counts, json!(["0", "0", "2"]), "overdue, missed, open");
    browser.press("#keep-list [data-preview]");
    browser.until("document.querySelector('#keep-list .preview li.change')");
    browser.press("#keep-list button.main");
    browser.until("document.querySelector('.change.open') && document.readyState === 'complete'");
    second_person(browser, &site);
    browser.visit(&site.at("/register/changes"));
    browser.press(".change.open [data-answer=approve]");
    browser
        .until("document.querySelector('.change.approved') && document.readyState === 'complete'");
    browser.visit(&site.at("/register/inspections?body=B1"));
    let since =
        browser.value("document.querySelector('main').innerText.includes('last list kept 10')");
    assert_eq!(since, json!(true), "the day of the list before is not told");
    for (language, told) in [("vi", "bị mất"), ("zh", "遗失"), ("en", "lost")] {
        read_in(browser, &site, (language, "/register/inspections"));
        let changed = browser.value("document.querySelector('ul.effect').innerText");
        let changed = changed.as_str().unwrap();
        assert!(
            changed.contains("B2-1") && changed.contains(told),
            "{changed}"
        );
    }
    let pages = [
        "/",
        "/register",
        "/register/bodies",
        "/register/clocks",
        "/register/inspections",
        "/register/changes",
        "/nothing",
    ];
    speaks(browser, &site, &pages);
    assert!(browser.faults.is_empty(), "{:?}", browser.faults);
}

/// Bodies hang under those above them, with their seals and levels in the reader's language.
fn tree(browser: &mut Browser, site: &Site) {
    browser.visit(&site.at("/register/bodies"));
    let branches = "[...document.querySelectorAll('.tree li')].map((own) => [own.className, own.querySelector('.name').innerText, [...own.querySelectorAll('a.tag')].map((seal) => seal.innerText).join()])";
    assert_eq!(
        browser.value(branches),
        json!([
            ["depth-0", "Ủy ban nhân dân xã <b>Vĩnh Mộc</b>", ""],
            ["depth-1", "Trạm y tế", "B2-1"]
        ]),
        "the tree"
    );
    pass(browser, "bodies");
    is_usable(browser);
    for (language, level) in [("vi", "xã"), ("zh", "乡（社）"), ("en", "commune")] {
        read_in(browser, site, (language, "/register/bodies"));
        let text = browser.value("document.querySelector('.tree .small').innerText");
        assert!(text.as_str().unwrap().ends_with(level), "{text}");
    }
}
