//! The order in which rows are recorded changes nothing of what the register tells, through the import that people use.

#![allow(clippy::unwrap_used, reason = "a panic is how a test fails")]

use std::fs;
use std::path::Path;

use antin::audit::Act;
use antin::audit::Actor;
use antin::registry::Particulars;
use antin::registry::body::Body;
use antin::registry::consistency;
use antin::registry::sheet;
use antin::rules::RuleSet;
use antin::sandbox;
use antin::storage::NewSeal;
use antin::storage::NewSpecimen;
use antin::storage::Store;
use antin::storage::import;
use antin::storage::import::Mode;
use antin::storage::import::Reach;
use antin::view::View;
use jiff::Timestamp;
use jiff::civil::Date;
use jiff::civil::date;
use proptest::prelude::*;
use serde_json::Value;
use serde_json::json;

/// What a row will be called.
fn name(text: &str) -> String {
    match sheet::recognise(text.as_bytes()).unwrap() {
        sheet::File::Entries(kind) => {
            let read = kind.read(text.as_bytes()).unwrap();
            read.entries[0].entry.name()
        }
        sheet::File::Events | sheet::File::Register => {
            let read = sheet::events::read(text.as_bytes()).unwrap();
            read.entries[0].event.entry("D01").name()
        }
    }
}

/// Files of one row each: events and uses, corrections and withdrawals of them, of one another and of what nobody recorded.
fn files() -> Vec<String> {
    let lost = "seal,event,on\nD01,reported_lost,2024-05-12\n".to_owned();
    let corrected = format!(
        "seal,event,on,corrects\nD01,reported_lost,2024-06-12,{}\n",
        name(&lost)
    );
    let withdrawn = format!("withdraws,reason\n{},mistaken\n", name(&corrected));
    let used = "seal,register,entry_no,used_at,content,copies,approver,handler\n\
                D01,work,1,2023-05-01,a,1,Li,Ma\n"
        .to_owned();
    let kept = "seal,custodian,from,to\nD01,Lan,2017-01-01,2021-12-31\n".to_owned();
    let mut files = vec![
        format!("withdraws,reason\n{},mistaken\n", name(&used)),
        format!("withdraws,reason\n{},not so\n", name(&withdrawn)),
        format!(
            "seal,custodian,from,corrects\nD01,Minh,2022-01-01,{}\n",
            name(&lost)
        ),
        format!(
            "seal,custodian,from,to,corrects\nD01,Lan,2017-01-01,2020-12-31,{}\n",
            name(&kept)
        ),
    ];
    files.extend([lost, corrected, withdrawn, used, kept]);
    let more = [
        "seal,event,on,successor\nD01,replaced_by,2025-01-01,D02\n",
        "seal,event,on\nD01,found,2024-07-01\n",
        "seal,event,on\nD01,suspended,2024-05-12\n",
        "seal,year,archived_on\nD01,2023,2024-01-01\n",
        "body,name,from\nB1,Quỹ tín dụng,2010-01-01\n",
        "body,name,from\nB1,Quỹ tín dụng mới,2022-01-01\n",
        "body,event,on\nB1,merged,2024-09-01\n",
        "body,relation,other\nB1,parent,B2\n",
        "withdraws,reason\n0123456789abcdef,nobody recorded it\n",
        "seal,permit,holder,out_at\nD01,7,Minh,2023-03-03\n",
    ];
    files.extend(more.map(str::to_owned));
    files
}

fn seal(id: &str) -> NewSeal {
    NewSeal {
        id: id.into(),
        particulars: Particulars {
            organisation: "Quỹ tín dụng".into(),
            jurisdiction: Some("VN".into()),
            body: Some("B1".into()),
            registered_on: Some(date(2016, 12, 24)),
            ..Particulars::default()
        },
        // Both have one file, which is found to be wrong once the one has replaced the other.
        specimens: vec![NewSpecimen {
            sha256: "ab".repeat(32),
            stated_dpi: Some(300.0),
            days: (None, None),
        }],
    }
}

/// Records files in this order, each by an import of its own, and all that the register tells then.
async fn told(files: &[String]) -> Value {
    let folder = tempfile::tempdir().unwrap();
    let store = Store::open(folder.path()).await.unwrap();
    let act = Act {
        who: Actor::Person("lan".parse().unwrap()),
        // Later than all that the rows tell, the archive of a year among it.
        at: "2026-01-01T00:00:00Z".parse::<Timestamp>().unwrap(),
    };
    let seals = [seal("D01"), seal("D02")];
    store.record_seals(&seals, "seals.csv", &act).await.unwrap();
    let bodies = "body,level\nB1,commune\nB2,district\n".to_owned();
    let path = folder.path().join("rows.csv");
    for text in std::iter::once(&bodies).chain(files) {
        imported(&store, (&path, text), &act).await;
    }
    let (seals, records) = store.records().await.unwrap();
    let days = [
        "2017-01-15",
        "2022-02-01",
        "2024-05-12",
        "2024-06-12",
        "2024-09-02",
        "2025-02-01",
    ];
    let rules = RuleSet::shipped();
    let on = |day: &&str| {
        let view = View {
            records: &records,
            seals: &seals,
            on: day.parse::<Date>().unwrap(),
        };
        let accounts: Vec<Value> = seals
            .iter()
            .map(|seal| {
                let mut account = serde_json::to_value(view.seal_account(seal, rules)).unwrap();
                // As recorded, in the order of days and recording.
                account["events"] = Value::Null;
                account
            })
            .collect();
        let body = Body::of(&records, "B1").unwrap();
        json!({
            "seals": accounts,
            "body": view.body_account(&body, rules),
            "clocks": view.clocks(rules),
        })
    };
    let days: Vec<Value> = days.iter().map(on).collect();
    let view = View {
        records: &records,
        seals: &seals,
        on: date(2025, 2, 1),
    };
    let uses = view.uses(None, rules).into_iter();
    let uses: Vec<Value> = uses.map(|own| json!([own.called, own.findings])).collect();
    let unknown = consistency::of_withdrawals(&records);
    store.close().await;
    json!({ "days": days, "uses": uses, "unknown": unknown })
}

async fn imported(store: &Store, (path, text): (&Path, &str), act: &Act) {
    fs::write(path, text).unwrap();
    let sandbox = sandbox::Options::new(env!("CARGO_BIN_EXE_antin").into());
    let options = import::Options {
        sandbox: &sandbox,
        mode: Mode::Store,
        act,
        reach: Reach::Beside,
        on_row: &|| {},
    };
    let import = store.import(path, options).await.unwrap();
    assert_eq!(import.failures, [], "{text}");
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(24))]

    #[test]
    fn any_order_of_importing_gives_the_same_register(files in Just(files()).prop_shuffle()) {
        let runtime = tokio::runtime::Runtime::new().unwrap();
        let expected = runtime.block_on(told(&self::files()));
        let has = |code: &str| expected.to_string().contains(code);
        for code in [
            "register.replaced_specimen",
            "register.correction_of_another_kind",
            "register.withdrawal_of_unknown",
            "use.recorded_after_archive",
        ] {
            prop_assert!(has(code), "{code} is not among what is compared");
        }
        prop_assert_eq!(runtime.block_on(told(&files)), expected);
    }
}
