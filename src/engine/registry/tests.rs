//! Properties of the register as a whole: the order of recording changes nothing.

use jiff::ToSpan;
use jiff::civil::Date;
use jiff::civil::date;
use proptest::prelude::*;
use proptest::sample::Index;

use crate::registry::Event;
use crate::registry::EventKind;
use crate::registry::Life;
use crate::registry::Particulars;
use crate::registry::Recorded;
use crate::registry::Records;
use crate::registry::clock;
use crate::registry::consistency;
use crate::registry::sheet;

const FIRST: Date = date(2024, 1, 1);

fn day(offset: u8) -> Date {
    FIRST.checked_add(i64::from(offset).days()).unwrap()
}

/// Few days, so that many events share one.
fn event() -> impl Strategy<Value = (EventKind, u8, Option<String>)> {
    let note = prop::option::of("[ab]");
    (prop::sample::select(&EventKind::ALL[..]), 0_u8..20, note)
}

/// A row of another register, as the text of a file.
fn row() -> impl Strategy<Value = String> {
    let body = prop::sample::select(&["merged", "suspended", "resumed", "renamed"][..]);
    let recipient = prop::sample::select(&["commune_police", "registering_authority"][..]);
    prop_oneof![
        (body, 0_u8..20).prop_map(|(what, on)| format!("body,event,on\nB1,{what},{}\n", day(on))),
        ("[AB]", 0_u8..20)
            .prop_map(|(name, on)| format!("body,name,from\nB1,{name},{}\n", day(on))),
        ("[LM]", 0_u8..20, 0_u8..20).prop_map(|(who, from, more)| {
            let to = day(from + more);
            format!("seal,custodian,from,to\nS1,{who},{},{to}\n", day(from))
        }),
        (0_u8..3, 0_u8..20, prop::option::of(20_u8..40)).prop_map(|(number, out, back)| {
            let back = back.map_or_else(String::new, |back| day(back).to_string());
            let out = day(out);
            format!("seal,permit,holder,out_at,returned_at\nS1,{number},Lan,{out},{back}\n")
        }),
        ("[KH]", 0_u8..20)
            .prop_map(|(head, on)| format!("body,head,from\nB1,{head},{}\n", day(on))),
        ("[LM]", "[LM]", 0_u8..20, prop::option::of(20_u8..40)).prop_map(
            |(giver, receiver, on, done)| {
                let done = done.map_or_else(String::new, |done| day(done).to_string());
                let row = format!("S1,{giver},{receiver},{},{done}\n", day(on));
                format!("seal,giver,receiver,changed_on,done_on\n{row}")
            }
        ),
        (recipient, 0_u8..20, 0_u8..20).prop_map(|(to, on, more)| {
            let row = format!("S1,{},{to},{}\n", day(on), day(on + more));
            format!("seal,discovered_on,recipient,notified_on\n{row}")
        }),
        ("[12]", 0_u8..20).prop_map(|(number, on)| {
            format!(
                "seal,certificate,event,on\nS1,{number},issued,{}\n",
                day(on)
            )
        }),
    ]
}

fn recorded(text: &str) -> Recorded {
    let Ok(sheet::File::Entries(kind)) = sheet::recognise(text.as_bytes()) else {
        panic!("{text} is of no such register");
    };
    let entry = kind.read(text.as_bytes()).unwrap().entries.remove(0).entry;
    Recorded {
        name: entry.name(),
        entry,
        revision: None,
        recorded_at: None,
    }
}

/// The events of the seal, some of which correct others, and the rows of the other registers, some
/// of which are withdrawn, and some correct a row of their own or another kind, or one that is nowhere.
fn register() -> impl Strategy<Value = (Vec<Event>, Vec<Recorded>)> {
    let correction = prop::option::weighted(0.3, any::<Index>());
    let events = prop::collection::vec((event(), correction), 0..10);
    let corrects = prop::option::weighted(0.3, any::<Index>());
    let rows = prop::collection::vec((row(), prop::bool::weighted(0.2), corrects), 0..10);
    (events, rows).prop_map(|(events, rows)| {
        let mut built: Vec<Event> = Vec::new();
        for ((kind, on, note), corrects) in events {
            let corrected = corrects.filter(|_| !built.is_empty());
            let corrects = corrected.map(|index| index.get(&built).entry("S1").name());
            built.push(Event {
                kind,
                on: day(on),
                by: None,
                instrument: None,
                note,
                successor: None,
                recorded_by: None,
                recorded_at: None,
                corrects,
            });
        }
        let mut entries = vec![recorded("body,level\nB1,commune\n")];
        entries.push(recorded("withdraws,reason\n0123456789abcdef,gone\n"));
        for (text, is_withdrawn, corrects) in rows {
            let mut row = recorded(&text);
            if let Some(corrects) = corrects {
                let names = entries.iter().map(|own| own.name.clone());
                let names: Vec<String> = names.chain(["fedcba9876543210".to_owned()]).collect();
                row.entry.corrects = Some(corrects.get(&names).clone());
                row.name = row.entry.name();
            }
            if is_withdrawn {
                entries.push(recorded(&format!("withdraws,reason\n{},wrong\n", row.name)));
            }
            entries.push(row);
        }
        (built, entries)
    })
}

fn particulars() -> Particulars {
    Particulars {
        organisation: "A".into(),
        body: Some("B1".into()),
        registered_on: Some(day(3)),
        ..Particulars::default()
    }
}

/// All that the register computes: the state on every day, what does not fit, and what is due.
fn computed(events: &[Event], entries: &[Recorded]) -> String {
    let own = events.iter().map(|event| event.recorded("S1"));
    let records = Records::of(entries.iter().cloned().chain(own));
    let particulars = particulars();
    let life = Life::of(&records, ("S1", &particulars), events);
    let states: Vec<_> = (0..45).map(|offset| life.on(Some(day(offset)))).collect();
    let subject = consistency::Subject {
        id: "S1",
        particulars: &particulars,
        events,
        life: &life,
    };
    let mut doubts = consistency::of_seal(&records, subject, |_| true);
    doubts.extend(consistency::of_withdrawals(&records));
    doubts.extend(
        life.owner
            .iter()
            .flat_map(|body| consistency::of_body(&records, body)),
    );
    let duties = clock::duties(&records, ("S1", &particulars), events);
    format!("{states:#?}\n{doubts:#?}\n{duties:#?}")
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(200))]

    #[test]
    fn any_order_of_recording_gives_the_same_register(
        (given, seed) in (register(), any::<u64>()),
    ) {
        let (events, entries) = given;
        let expected = computed(&events, &entries);
        let mut chance = fastrand::Rng::with_seed(seed);
        let (mut events, mut entries) = (events, entries);
        chance.shuffle(&mut events);
        chance.shuffle(&mut entries);
        prop_assert_eq!(&computed(&events, &entries), &expected);
        // Recording everything twice changes nothing either.
        events.extend(events.clone());
        entries.extend(entries.clone());
        prop_assert_eq!(&computed(&events, &entries), &expected);
    }
}
