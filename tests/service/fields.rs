//! Fields of documents that people correct: they win over what was read, and documents are judged by them, at once and later.

use antin::accounts::Role;
use antin::registry::sheet::events;
use serde_json::Value;
use serde_json::json;

use crate::copies::examined;
use crate::copies::examined_for;
use crate::site::Running;
use crate::site::Visitor;
use crate::site::act;
use crate::site::on_each;
use crate::site::told;

/// A seal that was registered on 2016-12-24, stamped by its own die.
const SAMPLE: &str = "01-genuine-colour.pdf";
/// A stamping of D03, registered on 2009-07-14, that D02 is hardly told from, registered on 2008-03-14.
const TWIN: &str = "04-genuine-near-twin.pdf";

fn path(document: &str, what: &str) -> String {
    format!("/api/v1/documents/{document}/{what}")
}

/// Corrects fields; how they stand then.
async fn correct(by: &Visitor, document: &str, fields: Value) -> Value {
    let (status, fields) = by.send("PUT", &path(document, "fields"), fields).await;
    assert_eq!(status, 200, "{fields}");
    fields
}

fn field<'a>(fields: &'a Value, name: &str) -> &'a Value {
    let mut fields = fields.as_array().unwrap().iter();
    fields.find(|own| own["field"] == name).unwrap()
}

/// The report on a document, and the codes of its findings.
async fn found(by: &Visitor, document: &str) -> (Value, Vec<String>) {
    let (status, report) = by.get(&path(document, "report")).await;
    assert_eq!(status, 200, "{report}");
    let findings = report["findings"].as_array().unwrap().iter();
    let codes = findings.map(|own| own["code"].as_str().unwrap().to_owned());
    let codes = codes.collect();
    (report, codes)
}

/// What a document is listed with.
async fn outcome(by: &Visitor, document: &str) -> Value {
    let (_, document) = by.get(&format!("/api/v1/documents/{document}")).await;
    document["outcome"].clone()
}

/// A service with the demo's register and whoever has a part in this.
async fn peopled(running: &Running) {
    running.command(&["register", "import", "fixtures/demo/register.csv"]);
    running.work();
    running.add("lan", Role::Inspector).await;
    running.add("binh", Role::Inspector).await;
    running.add("tam", Role::Registrar).await;
    running.add("hoa", Role::Auditor).await;
    running.add_of("minh", Role::Inspector, Some("B2")).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn what_people_know_of_a_document_wins_until_they_take_it_back() {
    on_each("fields", wins).await;
}

async fn wins(running: Running) {
    peopled(&running).await;
    let lan = running.signed_in("lan").await;
    let id = examined(&lan, SAMPLE).await;
    let minh = running.signed_in("minh").await;
    let theirs = examined(&minh, SAMPLE).await;
    let (before, codes) = found(&lan, &id).await;
    assert_eq!(
        (&before["outcome"], codes.len()),
        (&json!("pass"), 0),
        "{codes:?}"
    );
    let said = json!({ "date": "2010-05-01", "number": " 21 " });
    let fields = correct(&lan, &id, said).await;
    let number = field(&fields, "number");
    assert_eq!(
        (&number["value"], &number["read"], &number["corrected_by"]),
        (&json!("21"), &Value::Null, &json!("lan")),
        "{fields}"
    );
    assert!(number["corrected_at"].is_string(), "{number}");
    let (report, codes) = found(&lan, &id).await;
    let document = &report["document"];
    assert_eq!(
        (&document["date"]["claimed"], &document["date"]["source"]),
        (&json!("2010-05-01"), &json!("argument"))
    );
    let number = &document["fields"]["number"];
    assert_eq!(
        (&number["value"], &number["source"]),
        (&json!("21"), &json!("given"))
    );
    assert_eq!(codes, ["seal.not_yet_registered"]);
    assert_eq!(
        report["impressions"][0]["status_on_date"],
        "not_yet_registered"
    );
    assert_eq!(outcome(&lan, &id).await, "flag");
    // It is told with what was judged again; the ink is compared as before.
    let judged = running.store.judged_last(None, 9).await.unwrap();
    let judged: Vec<&str> = judged.iter().map(|(own, _)| own.id.as_str()).collect();
    assert_eq!(judged, [id.as_str()]);
    let compared = |report: &Value| report["impressions"][0]["comparison"].clone();
    assert_eq!(compared(&report), compared(&before));
    // The same bytes are another office's document still.
    let (other, codes) = found(&minh, &theirs).await;
    assert_eq!(
        (&other["document"]["date"]["claimed"], codes.len()),
        (&Value::Null, 0)
    );
    let (_, fields) = minh.get(&path(&theirs, "fields")).await;
    assert_eq!(field(&fields, "number")["value"], Value::Null, "{fields}");

    let binh = running.signed_in("binh").await;
    let fields = correct(&binh, &id, json!({ "date": null })).await;
    assert_eq!(field(&fields, "date")["value"], Value::Null, "{fields}");
    assert_eq!(field(&fields, "number")["value"], "21", "{fields}");
    let (report, codes) = found(&lan, &id).await;
    assert_eq!(
        (&report["document"]["date"], codes.len()),
        (&before["document"]["date"], 0)
    );
    assert_eq!(outcome(&lan, &id).await, "pass");
    correct(&binh, &id, json!({ "number": "" })).await;
    correct(&binh, &id, json!({ "number": "", "signer": null })).await;
    let (report, _) = found(&lan, &id).await;
    assert_eq!(report["document"]["fields"], before["document"]["fields"]);
    is_logged(&running, &id).await;
}

/// Who corrected which fields stands in the log, without what they are, and nothing that changed nothing.
async fn is_logged(running: &Running, id: &str) {
    let hoa = running.signed_in("hoa").await;
    let log = format!("/api/v1/audit?deed=field.&subject={id}");
    let (_, log) = hoa.get(&log).await;
    let entries = log["items"].as_array().unwrap().iter().rev();
    let entries = entries.map(|own| json!([own["who"], own["deed"], own["detail"]]));
    let expected = [
        json!(["lan", "field.corrected", {"given": ["number", "date"], "withdrawn": []}]),
        json!(["binh", "field.corrected", {"given": [], "withdrawn": ["date"]}]),
        json!(["binh", "field.corrected", {"given": [], "withdrawn": ["number"]}]),
    ];
    assert_eq!(entries.collect::<Vec<_>>(), expected);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_document_that_is_corrected_is_judged_by_the_seal_that_it_is_said_to_bear() {
    let running = Running::start().await;
    peopled(&running).await;
    let (lan, minh) = (
        running.signed_in("lan").await,
        running.signed_in("minh").await,
    );
    let claimed = examined_for(&lan, TWIN, "&seal=D02").await;
    let plain = examined(&minh, TWIN).await;
    for (by, id, seal, is_early) in [(&lan, &claimed, "D02", false), (&minh, &plain, "D03", true)] {
        let (before, known_codes) = found(by, id).await;
        assert_eq!(before["impressions"][0]["seal"], seal);
        correct(by, id, json!({ "number": "21", "date": "2009-01-01" })).await;
        let (after, codes) = found(by, id).await;
        assert_eq!(after["document"]["fields"]["number"]["value"], "21");
        let [own, known] = [&after, &before].map(|report| &report["impressions"][0]);
        assert_eq!(
            (&own["seal"], &own["comparison"]),
            (&known["seal"], &known["comparison"])
        );
        let not_yet = codes.iter().any(|code| code == "seal.not_yet_registered");
        assert_eq!(not_yet, is_early, "{seal}: {codes:?}");
        // So it is when that is taken back.
        correct(by, id, json!({ "number": null, "date": null })).await;
        let (last, codes) = found(by, id).await;
        assert_eq!(
            (&last["impressions"][0]["seal"], codes),
            (&json!(seal), known_codes)
        );
    }
}

/// What no field can be is refused, and told which field by which rule.
async fn is_refused(lan: &Visitor, fields: &str) {
    let long = "ấ".repeat(301);
    let long = long.as_str();
    for (field, unfit, code) in [
        ("date", "21/05/2024", "field_no_day"),
        ("date", "2023-02-29", "field_no_day"),
        ("date", "2024-5-1", "field_no_day"),
        ("date", "2024-05-21T08:00", "field_no_day"),
        ("date", "0000-01-01", "field_no_day"),
        ("number", long, "field_too_long"),
        ("symbol", long, "field_too_long"),
        ("issuer", long, "field_too_long"),
        ("signer", "Lê Văn Bình\nGiám đốc", "field_not_plain"),
        ("symbol", "QĐ\u{0}UBND", "field_not_plain"),
        ("issuer", "Sở\u{202e}Y tế", "field_not_plain"),
        ("number", "2\u{200b}1", "field_not_plain"),
        ("symbol", "QĐ-\u{ad}UBND", "field_not_plain"),
    ] {
        let (status, problem) = lan.send("PUT", fields, json!({ field: unfit })).await;
        assert_eq!((status, &problem["code"]), (422, &json!("unfit_value")));
        let because = json!({ "code": code, "values": { "field": field } });
        assert_eq!(problem["because"], because, "{unfit:?}: {problem}");
        let detail = problem["detail"].as_str().unwrap();
        assert!(detail.starts_with(&format!("`{field}` ")), "{problem}");
    }
    // One that fits does not stand where another does not.
    for (field, unfit) in [
        ("number", json!({ "number": 21 })),
        ("title", json!({ "title": "Giấy mời" })),
        ("date", json!({ "number": "21", "date": "hôm nay" })),
    ] {
        let (status, problem) = lan.send("PUT", fields, unfit).await;
        assert_eq!((status, &problem["code"]), (422, &json!("unfit_value")));
        let detail = problem["detail"].as_str().unwrap();
        assert!(detail.contains(field), "{problem}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn nobody_else_corrects_a_document_and_no_field_is_what_none_can_be() {
    let running = Running::start().await;
    peopled(&running).await;
    let lan = running.signed_in("lan").await;
    let id = examined(&lan, SAMPLE).await;
    let fields = path(&id, "fields");
    is_refused(&lan, &fields).await;
    let said = json!({ "number": "21" });
    for (login, refused) in [
        ("tam", (403, "role_lacks")),
        ("hoa", (403, "role_lacks")),
        ("minh", (404, "not_found")),
    ] {
        let other = running.signed_in(login).await;
        let (status, problem) = other.send("PUT", &fields, said.clone()).await;
        let code = problem["code"].as_str().unwrap();
        assert_eq!((status, code), refused, "{login}: {problem}");
    }
    let forged = running.signed_in("lan").await.forged();
    let (status, problem) = forged.send("PUT", &fields, said).await;
    assert_eq!((status, &problem["code"]), (403, &json!("csrf")));
    let (_, left) = lan.get(&fields).await;
    for own in left.as_array().unwrap() {
        assert_eq!(own["corrected_by"], Value::Null, "{own}");
    }
    let judged = running.store.judged_last(None, 9).await.unwrap();
    assert_eq!(judged.len(), 0, "{judged:?}");
}

/// Waits until a document comes to this.
async fn comes_to(by: &Visitor, document: &str, (code, date): (&str, &str)) {
    let mut last = (Value::Null, Vec::new());
    for _ in 0..600 {
        last = found(by, document).await;
        let dated = &last.0["document"]["date"]["claimed"];
        if last.1 == [code] && dated == date {
            return;
        }
        tokio::time::sleep(std::time::Duration::from_millis(100)).await;
    }
    panic!("it never came to {code} of {date}: {:?}", last.1);
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_corrected_outlives_later_events_and_another_examination() {
    on_each("outlives", outlives).await;
}

async fn outlives(running: Running) {
    peopled(&running).await;
    let lan = running.signed_in("lan").await;
    let id = examined(&lan, SAMPLE).await;
    correct(
        &lan,
        &id,
        json!({ "date": "2020-06-01", "signer": "Trần Văn Khải" }),
    )
    .await;
    assert_eq!(outcome(&lan, &id).await, "pass");
    let sheet = b"seal,event,on,by\nD01,declared_invalid,2019-03-01,Minh\n";
    let sheet = events::read(sheet).unwrap();
    let act = act();
    let recorded = running
        .store
        .record_events(&sheet.entries, "events.csv", &act);
    recorded.await.unwrap();
    let flagged = ("seal.invalid_on_date", "2020-06-01");
    comes_to(&lan, &id, flagged).await;
    assert_eq!(outcome(&lan, &id).await, "flag");
    let bytes = std::fs::read(format!("fixtures/demo/docs/{SAMPLE}")).unwrap();
    let upload = lan.request("POST", "/api/v1/documents?name=again.pdf");
    let (_, handed) = told(upload.body(bytes).send().await.unwrap()).await;
    assert_eq!(handed["document"], id, "{handed}");
    let job = format!("/api/v1/jobs/{}", handed["job"].as_str().unwrap());
    let mut standing = Value::Null;
    for _ in 0..600 {
        standing = lan.get(&job).await.1;
        if standing["over"] == true {
            break;
        }
        tokio::time::sleep(std::time::Duration::from_millis(100)).await;
    }
    assert_eq!(standing["over"], true, "{standing}");
    comes_to(&lan, &id, flagged).await;
    let (_, fields) = lan.get(&path(&id, "fields")).await;
    assert_eq!(field(&fields, "signer")["value"], "Trần Văn Khải");
    let (report, _) = found(&lan, &id).await;
    assert_eq!(
        report["document"]["fields"]["signer"]["value"],
        "Trần Văn Khải"
    );
    signed_off(&running, &lan, &id).await;
}

/// What stands when a second person signs the document off is neither replaced nor taken back; something new may be said.
async fn signed_off(running: &Running, lan: &Visitor, id: &str) {
    let finding = json!({ "finding": 0, "reason": "seen under the glass" });
    let (_, put) = lan.send("POST", &path(id, "decisions"), finding).await;
    let answer = format!("/api/v1/decisions/{}/answer", put["number"]);
    let binh = running.signed_in("binh").await;
    let (status, done) = binh
        .send("POST", &answer, json!({ "answer": "approve" }))
        .await;
    assert_eq!(status, 200, "{done}");
    for late in [json!({ "date": null }), json!({ "date": "2018-01-01" })] {
        let (status, problem) = lan.send("PUT", &path(id, "fields"), late).await;
        assert_eq!((status, &problem["code"]), (409, &json!("signed_off")));
    }
    let fields = correct(lan, id, json!({ "symbol": "QĐ-TTYT" })).await;
    assert_eq!(field(&fields, "symbol")["value"], "QĐ-TTYT");
    assert_eq!(field(&fields, "date")["value"], "2020-06-01");
}
