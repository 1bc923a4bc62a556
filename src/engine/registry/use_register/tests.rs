use jiff::civil::date;

use super::*;
use crate::registry::Entry;
use crate::registry::Recorded;
use crate::registry::use_register::usage::Sameness;

/// Records of uses of seal S1, each of these columns.
pub(crate) fn records(rows: &[(&str, &[(&str, &str)])]) -> Records {
    Records::of(rows.iter().map(|(kind, columns)| {
        let kind = crate::registry::kind::named(kind).unwrap();
        let content = columns
            .iter()
            .map(|(column, value)| ((*column).to_owned(), (*value).to_owned()));
        let mut entry = Entry {
            kind: kind.name.to_owned(),
            content: content.collect(),
            ..Entry::default()
        };
        entry.key = entry.required(kind.key).unwrap();
        if let Some(day) = kind.day {
            entry.happened_on = entry.moment(day).unwrap().map(|moment| moment.day);
        }
        (kind.check)(&entry).unwrap();
        Recorded {
            name: entry.name(),
            entry,
            revision: Some(1),
            recorded_at: Some("2024-06-01T00:00:00Z".to_owned()),
        }
    }))
}

fn entry<'a>(no: &'a str, more: &[(&'a str, &'a str)]) -> Vec<(&'a str, &'a str)> {
    let fixed = [("seal", "S1"), ("register", "work"), ("entry_no", no)];
    fixed.into_iter().chain(more.iter().copied()).collect()
}

fn uses(rows: &[Vec<(&str, &str)>]) -> SealUses {
    let rows: Vec<(&str, &[(&str, &str)])> =
        rows.iter().map(|row| ("use", row.as_slice())).collect();
    UseRegister::of(&records(&rows))
        .of_seal("S1")
        .unwrap()
        .clone()
}

#[test]
fn a_document_is_found_by_digest_then_number_then_date() {
    let digest = "ab".repeat(32);
    let uses = uses(&[
        entry("1", &[("used_at", "2024-01-05"), ("sha256", &digest)]),
        entry(
            "2",
            &[
                ("used_at", "2024-02-05"),
                ("number", "012"),
                ("symbol", "qđ-ubnd"),
            ],
        ),
        entry(
            "3",
            &[
                ("used_at", "2023-02-05"),
                ("number", "12"),
                ("symbol", "QĐ-UBND"),
            ],
        ),
        entry("4", &[("used_at", "2024-03-07"), ("dated", "2024-03-05")]),
    ]);
    let found = |sought| {
        uses.find(sought)
            .map(|(stated, means)| (stated.value.entry_no.clone(), means))
    };
    let by_digest = Sought {
        sha256: Some(&digest),
        ..Sought::default()
    };
    assert_eq!(found(by_digest), Some(("1".into(), Means::Digest)));
    let numbered = Sought {
        number: Some("12"),
        symbol: Some("QĐ - UBND"),
        date: Some(date(2024, 2, 1)),
        ..Sought::default()
    };
    assert_eq!(found(numbered), Some(("2".into(), Means::Number)));
    let earlier = Sought {
        date: Some(date(2023, 2, 5)),
        ..numbered
    };
    assert_eq!(found(earlier), Some(("3".into(), Means::Number)));
    // Two years have that number: without a date it is not known which.
    assert_eq!(
        found(Sought {
            date: None,
            ..numbered
        }),
        Some(("3".into(), Means::Perhaps))
    );
    let other = Sought {
        number: Some("13"),
        ..numbered
    };
    assert_eq!(found(other), None);
    assert!(!uses.may_tell(other));
    let dated = Sought {
        date: Some(date(2024, 3, 5)),
        ..Sought::default()
    };
    assert_eq!(found(dated), Some(("4".into(), Means::Perhaps)));
}

#[test]
fn a_register_is_held_from_its_first_entry_to_its_last() {
    let uses = uses(&[
        entry("1", &[("used_at", "2024-01-05 08:00")]),
        entry("2", &[("used_at", "2024-02-05")]),
        entry("3", &[]),
    ]);
    assert!(uses.is_held_on(date(2024, 1, 5)) && uses.is_held_on(date(2024, 2, 5)));
    assert!(!uses.is_held_on(date(2024, 1, 4)) && !uses.is_held_on(date(2024, 2, 6)));
    // The entry without a day may be of any document of unknown number.
    assert!(uses.may_tell(Sought {
        date: Some(date(2024, 1, 20)),
        ..Sought::default()
    }));
}

#[test]
fn a_letter_may_be_stamped_up_to_a_week_after_its_date() {
    let uses = uses(&[entry("1", &[("used_at", "2024-01-12")])]);
    let may = |day| {
        uses.may_tell(Sought {
            date: Some(date(2024, 1, day)),
            ..Sought::default()
        })
    };
    assert!(may(5) && may(12));
    assert!(!may(4) && !may(13));
}

#[test]
fn what_a_register_asks_for_and_does_not_tell_is_missing() {
    let uses = uses(&[
        entry(
            "1",
            &[
                ("used_at", "2024-01-05"),
                ("content", "x"),
                ("copies", "2"),
                ("approver", "A"),
                ("handler", "H"),
            ],
        ),
        entry("2", &[("used_at", "2024-01-06"), ("copies", "2")]),
    ]);
    assert!(uses.uses[0].value.missing.is_empty());
    assert_eq!(
        uses.uses[1].value.missing,
        ["content", "approver", "handler"]
    );
}

#[test]
fn a_value_that_its_column_does_not_allow_is_refused() {
    use crate::registry::records::Fact;
    let refused = |column: &str, value: &str| {
        let columns = entry("1", &[(column, value)]);
        let content = columns
            .iter()
            .map(|(c, v)| ((*c).to_owned(), (*v).to_owned()));
        let entry = Entry {
            content: content.collect(),
            ..Entry::default()
        };
        Usage::of(&entry).is_err()
    };
    assert!(refused("used_at", "2024-02-30"));
    assert!(refused("copies", "two"));
    assert!(refused("class", "fun"));
    assert!(refused("sha256", "abc"));
    assert!(refused("signed", "perhaps"));
    assert!(!refused("class", "work_other"));
}

#[test]
fn persons_are_compared_by_identifier_before_name() {
    let person = |name: &str, id: Option<&str>| Person {
        name: Some(name.to_owned()),
        id: id.map(str::to_owned),
    };
    let lan = person("Nguyễn Thị Lan", Some("7"));
    assert_eq!(lan.compared(&person("Lan", Some("7"))), Sameness::Same);
    assert_eq!(
        lan.compared(&person("Nguyễn Thị Lan", Some("8"))),
        Sameness::Other
    );
    assert_eq!(
        lan.compared(&person("NGUYỄN THỊ  LAN", None)),
        Sameness::SameName
    );
    assert_eq!(
        Person::default().compared(&Person::default()),
        Sameness::Other
    );
}
