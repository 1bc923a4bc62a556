//! The registers over HTTP: written through proposals that another approves, read on any day.

use std::path::Path;

use antin::accounts::Role;
use jiff::ToSpan;
use reqwest::multipart::Form;
use reqwest::multipart::Part;
use serde_json::Value;
use serde_json::json;

use crate::site::Running;
use crate::site::Visitor;
use crate::site::told;

/// Two registrars: one proposes what the other approves.
struct Office {
    running: Running,
    lan: Visitor,
    minh: Visitor,
}

impl Office {
    async fn open() -> Self {
        let running = Running::start().await;
        for login in ["lan", "minh"] {
            running.add_of(login, Role::Registrar, None).await;
        }
        let (lan, minh) = (
            running.signed_in("lan").await,
            running.signed_in("minh").await,
        );
        let office = Self { running, lan, minh };
        let seals = "id,organisation,body,specimen,specimen_dpi,registered_on,jurisdiction\n\
                     D01,Trung tâm y tế Vĩnh Mộc,B1,D01-1.png,300,2016-12-24,VN\n";
        office
            .record("body,level,jurisdiction\nB1,commune,VN\n")
            .await;
        office
            .record("body,name,from\nB1,Trung tâm y tế Vĩnh Mộc,2016-01-01\nB1,Trung tâm y tế Vĩnh Hà,2023-01-01\n")
            .await;
        office.record(seals).await;
        office
    }

    /// Proposes rows; the answer.
    async fn propose(&self, sheet: &str) -> (u16, Value) {
        let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("fixtures/demo/specimens/D01-1.png");
        let scan = std::fs::read(path).unwrap();
        let sheet = Part::bytes(sheet.as_bytes().to_vec()).file_name("rows.csv");
        let form = Form::new()
            .part("file", sheet)
            .part("specimen", Part::bytes(scan).file_name("D01-1.png"));
        let request = self
            .lan
            .request("POST", "/api/v1/proposals")
            .multipart(form);
        told(request.send().await.unwrap()).await
    }

    /// Has rows recorded: proposed by one, approved by the other.
    async fn record(&self, sheet: &str) {
        let (status, put) = self.propose(sheet).await;
        assert_eq!((status, &put["left_out"]), (201, &json!([])), "{put}");
        let path = format!("/api/v1/proposals/{}/answer", put["number"]);
        let approve = json!({ "answer": "approve" });
        let (status, done) = self.minh.send("POST", &path, approve).await;
        assert_eq!(status, 200, "{done}");
    }

    async fn read(&self, path: &str) -> Value {
        let (status, body) = self.minh.get(&format!("/api/v1/{path}")).await;
        assert_eq!(status, 200, "{path}: {body}");
        body
    }
}

fn names<'a>(list: &'a Value, field: &str) -> Vec<&'a str> {
    let items = list["items"].as_array().unwrap();
    items
        .iter()
        .map(|item| item[field].as_str().unwrap())
        .collect()
}

#[tokio::test]
async fn a_seal_is_read_with_its_state_on_a_day_and_the_events_that_made_it() {
    let office = Office::open().await;
    office
        .record("seal,event,on,by,instrument\nD01,reported_lost,2024-05-12,Minh,12/CV\nD01,found,2024-06-12,,\n")
        .await;
    let before = office.read("seals/D01?on=2024-05-11").await;
    assert_eq!(
        (&before["status"], &before["because"]),
        (&json!("valid"), &json!([]))
    );
    assert_eq!(before["owner"]["name"], "Trung tâm y tế Vĩnh Hà");
    let lost = office.read("seals/D01?on=2024-05-12").await;
    assert_eq!(
        (&lost["status"], &lost["since"]),
        (&json!("lost"), &json!("2024-05-12"))
    );
    let cause = &lost["because"][0];
    assert_eq!(
        (&cause["instrument"], &cause["to"]),
        (&json!("12/CV"), &json!("2024-06-12"))
    );
    let events = office.read("events?seal=D01").await;
    assert_eq!(events["items"][0]["entry"], cause["entry"]);
    assert_eq!(events["items"][0]["event"]["kind"], "reported_lost");
    assert_eq!(
        events["items"][0]["event"]["recorded_by"],
        "lan, approved by minh"
    );
    assert_eq!(
        office.read("seals/D01?on=2024-06-12").await["status"],
        "valid"
    );
    let since = office.read("events?from=2024-06-01&kind=found").await;
    assert_eq!(since["items"].as_array().unwrap().len(), 1);
    assert_eq!(
        office.read("events?to=2024-05-11").await["items"],
        json!([])
    );
    assert_eq!(
        office.read("seals/D01/versions").await[0]["source"],
        "rows.csv (proposal 3)"
    );
    let tag = office
        .minh
        .request("GET", "/api/v1/seals/D01?on=2024-05-12");
    let tag = tag.send().await.unwrap().headers()["etag"].clone();
    let again = office
        .minh
        .request("GET", "/api/v1/seals/D01?on=2024-05-12");
    let again = again.header("if-none-match", tag).send().await.unwrap();
    assert_eq!(again.status(), 304);
    for missing in ["seals/D99", "seals/D99/versions", "bodies/B99"] {
        let (status, problem) = office.minh.get(&format!("/api/v1/{missing}")).await;
        assert_eq!(
            (status, &problem["code"]),
            (404, &json!("not_found")),
            "{missing}"
        );
    }
}

#[tokio::test]
async fn lists_of_the_register_are_filtered_and_come_in_pages() {
    let office = Office::open().await;
    office
        .record(
            "id,organisation,body,specimen,specimen_dpi,registered_on\n\
             D02,Trường Tiểu học,,D01-1.png,300,2017-01-01\nD03,Trường Trung học,,D01-1.png,300,2018-01-01\n",
        )
        .await;
    office
        .record("seal,event,on\nD02,destroyed,2020-01-01\n")
        .await;
    let first = office.read("seals?limit=2").await;
    assert_eq!(names(&first, "id"), ["D01", "D02"]);
    let next = first["next"].as_str().unwrap();
    let last = office.read(&format!("seals?limit=2&cursor={next}")).await;
    assert_eq!(
        (names(&last, "id"), &last["next"]),
        (vec!["D03"], &Value::Null)
    );
    for (filter, expected) in [
        ("text=ti%E1%BB%83u", vec!["D02"]),
        ("body=B1", vec!["D01"]),
        ("status=destroyed", vec!["D02"]),
        ("status=destroyed&on=2019-12-31", vec![]),
        ("status=not_yet_registered&on=2017-06-01", vec!["D03"]),
        ("text=%25", vec![]),
        ("text='%20or%201=1%20--", vec![]),
    ] {
        let found = office.read(&format!("seals?{filter}")).await;
        assert_eq!(names(&found, "id"), expected, "{filter}");
    }
    for bad in [
        "seals?status=nonsense",
        "seals?on=2024-02-30",
        "seals?cursor=x",
        "seals?cursor=-1",
        "rows?kind=nonsense",
    ] {
        let (status, problem) = office.minh.get(&format!("/api/v1/{bad}")).await;
        assert_eq!(
            (status, &problem["code"]),
            (400, &json!("bad_request")),
            "{bad}"
        );
    }
    let body = office.read("bodies/B1?on=2022-12-31").await;
    assert_eq!(
        (&body["name"], &body["seals"][0]["id"]),
        (&json!("Trung tâm y tế Vĩnh Mộc"), &json!("D01"))
    );
    assert_eq!(
        names(&office.read("bodies?text=H%C3%A0").await, "id"),
        ["B1"]
    );
    assert_eq!(
        office.read("bodies?text=H%C3%A0&on=2022-12-31").await["items"],
        json!([])
    );
}

#[tokio::test]
async fn uses_and_clocks_are_read_as_they_were_proposed() {
    let office = Office::open().await;
    office
        .record(
            "seal,register,entry_no,used_at,content,copies,approver,handler,reviewed_at\n\
             D01,work,1,2024-06-01 08:00,opening,1,Li,Ma,\nD01,work,2,2024-06-10 10:00,letter,1,Li,,2024-06-10 11:00\n",
        )
        .await;
    let uses = office.read("uses?seal=D01").await;
    assert_eq!(uses["items"].as_array().unwrap().len(), 2);
    assert_eq!(uses["items"][0]["findings"], json!([]));
    let codes: Vec<&str> = uses["items"][1]["findings"]
        .as_array()
        .unwrap()
        .iter()
        .map(|f| f["code"].as_str().unwrap())
        .collect();
    assert!(codes.contains(&"use.fields_missing"), "{uses}");
    assert_eq!(office.read("uses?seal=D02").await["items"], json!([]));

    office
        .record("seal,event,on\nD01,reported_lost,2024-05-12\n")
        .await;
    let due = office.read("clocks?on=2024-05-13").await;
    assert!(
        names(&due, "code").contains(&"clock.loss_notice_late"),
        "{due}"
    );
    assert!(names(&due, "standing").iter().all(|one| *one == "due"));
    assert_eq!(
        office.read("clocks?on=2024-05-13&overdue=true").await["items"],
        json!([])
    );
    let overdue = office
        .read("clocks?on=2024-06-13&overdue=true&seal=D01")
        .await;
    assert!(
        names(&overdue, "standing")
            .iter()
            .all(|one| *one == "overdue"),
        "{overdue}"
    );
    assert!(!names(&overdue, "code").is_empty());
    let before = office.read("clocks?on=2024-05-11&seal=D01").await;
    assert_eq!(names(&before, "code"), ["clock.re_registration_open"]);
}

#[tokio::test]
async fn inspections_are_read_and_a_row_that_is_withdrawn_stands_no_more() {
    let office = Office::open().await;
    let uses = "seal,register,entry_no,used_at,content,copies,approver,handler\n\
        D01,work,1,2024-06-01 08:00,opening,1,Li,Ma\nD01,work,2,2024-06-10 10:00,letter,1,Li,Ma\n";
    office.record(uses).await;
    office
        .record("body,inspection,sort,planned_on\nB1,2024-1,self,2024-06-30\n")
        .await;
    office
        .record("body,inspection,fault,opened_on,due_on\nB1,2024-1,no register of use,2024-07-01,2024-07-31\n")
        .await;
    let inspected = office.read("inspections?body=B1&on=2024-08-10").await;
    let own = &inspected["items"][0];
    assert_eq!(
        (&own["missed"], &own["faults"][0]["overdue_days"]),
        (&json!(true), &json!(10))
    );
    let before = office.read("inspections?on=2024-06-30").await;
    assert_eq!(before["items"][0]["missed"], false);

    let rows = office.read("rows?kind=use&key=D01").await;
    assert_eq!(rows["items"].as_array().unwrap().len(), 2);
    assert_eq!(rows["items"][0]["stands"], true);
    let name = rows["items"][0]["name"].as_str().unwrap();
    office
        .record(&format!("withdraws,reason\n{name},entered twice\n"))
        .await;
    let rows = office.read("rows?kind=use&key=D01").await;
    let gone: Vec<bool> = rows["items"]
        .as_array()
        .unwrap()
        .iter()
        .map(|row| row["stands"].as_bool().unwrap())
        .collect();
    assert_eq!(gone.iter().filter(|stands| !**stands).count(), 1);
    assert_eq!(
        office.read("uses?seal=D01").await["items"]
            .as_array()
            .unwrap()
            .len(),
        1
    );
}

#[tokio::test]
async fn bad_rows_are_named_with_their_line_and_only_good_ones_proposed() {
    let office = Office::open().await;
    let (status, put) = office
        .propose("seal,event,on\nD01,reported_lost,2024-02-30\nD99,found,2024-01-01\nD01,in_use,2017-01-01\n")
        .await;
    assert_eq!(status, 201, "{put}");
    let lines: Vec<u64> = put["left_out"]
        .as_array()
        .unwrap()
        .iter()
        .map(|row| row["line"].as_u64().unwrap())
        .collect();
    assert_eq!(lines, [2, 3]);
    let told = [0_usize, 1].map(|row| {
        let own = &put["left_out"][row];
        (own["code"].clone(), own["values"].clone())
    });
    let day = json!({ "column": "on", "value": "2024-02-30" });
    let expected = [
        (json!("no_day"), day),
        (json!("seal_unregistered"), json!({ "seal": "D99" })),
    ];
    assert_eq!(told, expected, "{put}");
    let shown = office.read(&format!("proposals/{}", put["number"])).await;
    assert_eq!(shown["effect"].as_array().unwrap().len(), 1, "{shown}");
    // Nothing is recorded before another approves.
    assert_eq!(office.read("events").await["items"], json!([]));
    assert_eq!(
        office
            .running
            .store
            .proposals(Some("open"), None, 9)
            .await
            .unwrap()
            .len(),
        1
    );
}

#[tokio::test]
async fn what_is_to_be_looked_at_is_told_in_a_sentence_and_by_its_code() {
    let office = Office::open().await;
    let (status, put) = office
        .propose("seal,event,on,corrects,colour\nD01,in_use,2017-01-02,0123456789abcdef,red\n")
        .await;
    assert_eq!((status, &put["left_out"]), (201, &json!([])), "{put}");
    let entry = json!({ "column": "corrects", "entry": "0123456789abcdef" });
    let told = json!([
        { "line": null, "code": "column_unknown", "values": { "column": "colour" } },
        { "line": 2, "code": "entry_unknown", "values": entry },
    ]);
    assert_eq!(put["warned"], told, "{put}");
    let warnings = put["warnings"].as_array().unwrap();
    assert_eq!(warnings.len(), 2);
    let second = warnings[1].as_str().unwrap();
    assert!(second.starts_with("line 2: `corrects` is"), "{second}");
}

#[tokio::test]
async fn pages_call_late_only_what_binds_and_is_overdue() {
    let office = Office::open().await;
    let ago = |days: i64| jiff::Zoned::now().date().saturating_sub(days.days());
    let page = async |path: &str| {
        let asked = office.minh.request("GET", path);
        let asked = asked.header("accept-language", "en");
        asked.send().await.unwrap().text().await.unwrap()
    };
    // In Vietnam no instrument that was read sets the days of a handover: ten are advice.
    let (soon, past) = (ago(3), ago(30));
    office
        .record(&format!(
            "seal,giver,receiver,changed_on\nD01,Lan,Minh,{soon}\nD01,Minh,Hoa,{past}\n"
        ))
        .await;
    for path in ["/register/clocks", "/register/seals/D01"] {
        let told = page(path).await;
        let what = "Hand over the seal and its certificate";
        assert!(told.contains(what), "{told}");
        assert!(told.contains("20 days past the advised day"), "{told}");
        for breach in ["The handover is late", "days over"] {
            assert!(!told.contains(breach), "{breach}: {told}");
        }
    }
    let overview = page("/").await;
    assert!(
        overview.contains("<strong>0</strong> overdue"),
        "{overview}"
    );
    // A loss is told within two days.
    let lost = ago(10);
    office
        .record(&format!(
            "seal,discovered_on,recipient,notified_on\nD01,{lost},commune_police,\n"
        ))
        .await;
    let told = page("/register/clocks").await;
    assert!(told.contains("The loss was notified late"), "{told}");
    assert!(told.contains("8 days over"), "{told}");
    let overview = page("/").await;
    assert!(
        !overview.contains("<strong>0</strong> overdue"),
        "{overview}"
    );
}
