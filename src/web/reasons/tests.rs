//! What does not fit, and rows that are none, each made once and told in languages other than English.

use std::collections::BTreeSet;

use jiff::civil::date;

use super::*;
use crate::registry::Event;
use crate::registry::Life;
use crate::registry::Particulars;
use crate::registry::Reason;
use crate::registry::Recorded;
use crate::registry::Records;
use crate::registry::body::Body;
use crate::registry::consistency;
use crate::registry::sheet;
use crate::registry::sheet::Expected;
use crate::registry::sheet::ValueError;

/// Words without which an English sentence is hardly written, and which the other languages do not have.
const ENGLISH: [&str; 16] = [
    "a", "and", "are", "be", "but", "by", "cannot", "is", "it", "not", "of", "or", "that", "the",
    "was", "which",
];

const OTHERS: [Language; 2] = [Language::Vietnamese, Language::Chinese];

/// What happened to the seal, in hardly any order that can be.
const EVENTS: &str = "seal,event,on,by,successor,corrects\n\
    S1,in_use,2018-02-01,,,\n\
    S1,found,2019-01-01,,,\n\
    S1,suspended,2019-02-01,,,\n\
    S1,resumed,2019-02-01,,,\n\
    S1,replaced_by,2020-01-01,,S9,\n\
    S1,surrendered,2020-02-01,Công an xã,,\n\
    S1,destroyed,2020-03-01,,,fedcba9876543210\n\
    S1,archived,2020-04-01,,,fedcba9876543210\n";

/// Rows of other registers that do not fit one another.
const ROWS: [&str; 11] = [
    "withdraws,reason\n0123456789abcdef,x9\n",
    "body,level,founded_on\nB1,village,2010-01-01\n",
    "body,name,from,to\nB1,UBND xã Cũ,2010-01-01,2015-01-01\nB1,UBND xã Mới,2014-01-01,\n",
    "body,head,from\nB1,Lan,2010-01-01\nB1,Minh,2012-01-01\n",
    "body,event,on\nB1,renamed,2009-01-01\nB1,merged,2017-01-01\nB1,suspended,2018-01-01\n",
    "body,relation,other\nB1,parent,T1\nT1,parent,B1\n",
    "seal,custodian,from,to,place\n\
     S1,Lan,2018-03-01,2018-06-01,Phòng 1\n\
     S1,Lan,2018-03-01,2018-06-01,Phòng 2\n\
     S1,Minh,2018-05-01,2018-07-01,Phòng 3\n\
     S1,Hoa,2018-09-01,2018-10-01,\n\
     S1,Nga,2018-10-01,,\n",
    "seal,giver,receiver,changed_on\nS1,Nga,Nga,2019-01-01\n",
    "seal,permit,holder,out_at,returned_at\n\
     S1,P1,Lan,2018-04-01 09:00,2018-04-03 12:00\n\
     S1,P2,Lan,2018-04-02 09:00,2018-04-05 12:00\n",
    "seal,certificate,event,on\nS1,C1,issued,2018-03-01\nS1,C2,issued,2018-04-01\n",
    "seal,certificate,event,on,by\nS1,C1,surrendered,2018-05-01,Công an xã\n",
];

fn rows(text: &str) -> Vec<Recorded> {
    let Ok(sheet::File::Entries(kind)) = sheet::recognise(text.as_bytes()) else {
        panic!("{text} is of no such register");
    };
    let sheet = kind.read(text.as_bytes()).unwrap();
    assert_eq!(sheet.failures, [], "{text}");
    let entries = sheet.entries.into_iter().map(|line| line.entry);
    entries
        .map(|entry| Recorded {
            name: entry.name(),
            entry,
            revision: None,
            recorded_at: None,
        })
        .collect()
}

/// What does not fit in the records of a seal.
fn of_seal(records: &Records, stated: &Particulars, events: &[Event]) -> Vec<Inconsistency> {
    let life = Life::of(records, ("S1", stated), events);
    let subject = consistency::Subject {
        id: "S1",
        particulars: stated,
        events,
        life: &life,
    };
    consistency::of_seal(records, subject, |_| false)
}

fn doubts() -> Vec<Inconsistency> {
    let stated = Particulars {
        organisation: "UBND xã Cũ".to_owned(),
        jurisdiction: Some("CN".to_owned()),
        body: Some("B1".to_owned()),
        authority: Some("Công an tỉnh".to_owned()),
        registered_on: Some(date(2018, 3, 1)),
        notified_on: Some(date(2018, 3, 10)),
        ..Particulars::default()
    };
    let events = sheet::events::read(EVENTS.as_bytes()).unwrap();
    assert_eq!(events.failures, []);
    let events: Vec<Event> = events.entries.into_iter().map(|own| own.event).collect();
    let mut entries: Vec<Recorded> = ROWS.iter().flat_map(|text| rows(text)).collect();
    let custody = entries.iter().find(|own| own.entry.kind == "custody");
    let custody = custody.unwrap().name.clone();
    entries.extend(rows(&format!(
        "seal,permit,holder,corrects\nS1,P3,Lan,{custody}\n"
    )));
    entries.extend(events.iter().map(|event| event.recorded("S1")));
    let records = Records::of(entries);
    let elsewhere = Particulars {
        body: Some("B9".to_owned()),
        ..Particulars::default()
    };
    let mut found = of_seal(&records, &stated, &events);
    found.extend(of_seal(&records, &elsewhere, &[]));
    found.extend(consistency::of_body(
        &records,
        &Body::of(&records, "B1").unwrap(),
    ));
    found.extend(consistency::of_withdrawals(&records));
    let replaced = ("S0", date(2017, 1, 1));
    found.push(consistency::replaced_specimen("S1", "ab12", replaced));
    found
}

/// Why rows are none, as far as their values are at fault.
fn faults() -> Vec<ValueError> {
    let (from, to) = (date(2024, 5, 2), date(2024, 5, 1));
    let expected = [
        Expected::Day,
        Expected::Moment,
        Expected::Count,
        Expected::Year,
        Expected::Size,
        Expected::Resolution,
        Expected::Digest,
        Expected::OneOf(&["written", "oral"]),
    ];
    let illegal = expected.map(|expected| ValueError::Illegal {
        column: "x1",
        value: "x9".to_owned(),
        expected,
    });
    let others = [
        ValueError::NoText,
        ValueError::Uneven {
            found: 3,
            columns: 2,
        },
        ValueError::NotCsv {
            detail: "x9".to_owned(),
        },
        ValueError::Missing { column: "x1" },
        ValueError::Neither {
            one: "x1",
            other: "x2",
        },
        ValueError::NoSuccessor,
        ValueError::TooLong {
            column: "x1",
            bytes_max: 9,
        },
        ValueError::EndsFirst { from, to },
        ValueError::SpecimenEndsFirst { from, to },
        ValueError::Contradiction {
            column: "x1",
            value: "x8".to_owned(),
            line: 2,
            other: "x9".to_owned(),
        },
    ];
    illegal.into_iter().chain(others).collect()
}

/// Why a file is none.
fn files() -> [sheet::Error; 5] {
    let (column, found) = ("x1".to_owned(), "x2, x3".to_owned());
    [
        sheet::Error::Empty {
            required: found.clone(),
        },
        sheet::Error::NotUtf8 { offset: 9 },
        sheet::Error::MissingColumn {
            missing: column.clone(),
            found: found.clone(),
        },
        sheet::Error::Unrecognised { found },
        sheet::Error::RepeatedColumn { column },
    ]
}

fn assert_not_english(language: Language, line: &str) {
    let words = line.split(|letter: char| !letter.is_alphanumeric() && letter != '_');
    let english: Vec<&str> = words.filter(|word| ENGLISH.contains(word)).collect();
    assert!(english.is_empty(), "{language:?}: {english:?} in {line}");
}

#[test]
fn nothing_in_english_is_needed_to_tell_what_does_not_fit() {
    let found = doubts();
    let codes: BTreeSet<&str> = found.iter().map(|own| own.code).collect();
    let words: toml::Table = toml::from_str(include_str!("../words/en.toml")).unwrap();
    let told = words["web"]["doubt"]["register"].as_table().unwrap();
    let missing: Vec<&String> = told
        .keys()
        .filter(|code| !codes.contains(format!("register.{code}").as_str()))
        .collect();
    assert!(missing.is_empty(), "{missing:?} are not made");
    for language in OTHERS {
        let mut sentences: BTreeMap<String, BTreeSet<&str>> = BTreeMap::new();
        for own in &found {
            let line = doubt(own, language);
            assert_not_english(language, &line);
            sentences.entry(line).or_default().insert(&own.message);
        }
        for (line, sentences) in sentences {
            assert_eq!(sentences.len(), 1, "{line} stands for {sentences:?}");
        }
    }
    for own in &found {
        assert_eq!(doubt(own, Language::English), own.message);
    }
}

#[test]
fn days_and_what_is_coded_are_told_in_the_readers_language() {
    let found = doubts();
    let line = |code: &str, language| {
        let own = found.iter().find(|own| own.code == code);
        doubt(own.unwrap(), language)
    };
    assert_eq!(
        line("register.end_without_begin", Language::Vietnamese),
        "có sự kiện “tìm thấy” ngày 01/01/2019, nhưng không mục nào ghi sự kiện “báo mất” trước đó"
    );
    assert_eq!(
        line("register.end_without_begin", Language::Chinese),
        "2019年1月1日 有事件“找回”，但此前没有“报失”的记录"
    );
    let kinds = line("register.correction_of_another_kind", Language::Chinese);
    assert!(
        kinds.contains("类别为“外带审批”的一行更正类别为“保管”的"),
        "{kinds}"
    );
}

#[test]
fn nothing_in_english_is_needed_to_tell_why_a_row_is_none() {
    let reasons: Vec<Told> = faults()
        .iter()
        .map(|fault| Reason::from(fault).told)
        .chain(files().iter().map(sheet::Error::told))
        .collect();
    for language in OTHERS {
        let lines: BTreeSet<String> = reasons.iter().map(|own| reason(own, language)).collect();
        assert_eq!(lines.len(), reasons.len(), "{lines:#?}");
        for line in lines {
            assert_not_english(language, &line);
        }
    }
    let fault = ValueError::EndsFirst {
        from: date(2024, 5, 2),
        to: date(2024, 5, 1),
    };
    assert_eq!(
        reason(&fault.told(), Language::Vietnamese),
        "thời gian kết thúc ngày 01/05/2024, trước khi bắt đầu ngày 02/05/2024"
    );
    let unfit = Told::new(
        "specimen_unfit",
        &[("file", &"a.png"), ("specimen_fault", &"no_resolution")],
    );
    assert_eq!(
        reason(&unfit, Language::Chinese),
        "“a.png”：没有分辨率：请填写扫描仪设置的分辨率，如 300"
    );
}

#[test]
fn no_text_of_either_is_english_in_another_language() {
    let catalogues = [
        (Language::Vietnamese, include_str!("../words/vi.toml")),
        (Language::Chinese, include_str!("../words/zh.toml")),
    ];
    for (language, catalogue) in catalogues {
        let table: toml::Table = toml::from_str(catalogue).unwrap();
        for section in [&table["app"]["row"], &table["web"]["doubt"]["register"]] {
            let texts = section.as_table().unwrap().values();
            let texts: Vec<&str> = texts.filter_map(toml::Value::as_str).collect();
            assert!(texts.len() > 25, "{language:?}: {texts:?}");
            for text in texts {
                // The names of values are no words of the text.
                let pieces = text.split('{').map(|piece| match piece.split_once('}') {
                    Some((_, behind)) => behind,
                    None => piece,
                });
                assert_not_english(language, &pieces.collect::<Vec<&str>>().join(" "));
            }
        }
    }
}

#[test]
fn what_changed_in_a_review_list_is_told_in_the_readers_language() {
    let state = Told::new(
        "seal_state",
        &[
            ("seal", &"S1"),
            ("state_before", &"valid"),
            ("state_after", &"lost"),
        ],
    );
    let told = Language::ALL.map(|language| change(&state, language));
    assert_eq!(
        told[0],
        "Con dấu S1, tình trạng: đang có giá trị sử dụng → bị mất"
    );
    for (language, line) in Language::ALL.into_iter().zip(&told) {
        assert!(line.contains("S1") && !line.contains('{'), "{line}");
        if language != Language::English {
            assert_not_english(language, line);
            assert!(!line.contains("lost") && !line.contains("valid"), "{line}");
        }
    }
    let custodian = Told::new(
        "seal_custodian",
        &[("seal", &"S1"), ("before", &""), ("after", &"Lan")],
    );
    for language in Language::ALL {
        let line = change(&custodian, language);
        assert!(line.contains(language.word("head.none")), "{line}");
    }
}
