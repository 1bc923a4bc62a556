//! What is sent as a name is a name: on every route, in its path, its query and its headers.

use antin::accounts::Role;
use antin::api::routes::ROUTES;
use serde_json::json;

use crate::site::Running;

/// Names that would be something else if they were put together with what surrounds them.
const HOSTILE: [&str; 8] = [
    "..%2f..%2f..%2f..%2f..%2fetc%2fpasswd",
    "%2fetc%2fpasswd",
    "..%5c..%5cwindows%5cwin.ini",
    "%00",
    "'%20or%20'1'='1",
    "1;drop%20table%20document;--",
    "%7b%7b717171*919191%7d%7d%3Cscript%3Ealert(1)%3C%2Fscript%3E",
    "a%0d%0aSet-Cookie:%20injected=1",
];

/// A path of a route with a name in each place.
fn with(path: &str, name: &str) -> String {
    let parts = path.split('/');
    let parts = parts.map(|part| if part.starts_with('{') { name } else { part });
    parts.collect::<Vec<_>>().join("/")
}

#[tokio::test]
async fn hostile_names_are_names_on_every_route() {
    let running = Running::start().await;
    running.add("an", Role::Administrator).await;
    let an = running.signed_in("an").await;
    let read = ROUTES.iter().filter(|(method, ..)| *method == "GET");
    let mut asked = 0;
    for (_, path, _) in read {
        for name in HOSTILE {
            let query = format!(
                "text={name}&cursor={name}&office={name}&outcome={name}&seal={name}&job={name}&body={name}&back={name}\
                 &on={name}&kind={name}&key={name}&deed={name}&subject={name}&lang={name}&state={name}&status={name}"
            );
            let mut places = vec![format!("{}?{query}", with(path, "nothing"))];
            if path.contains('{') {
                places.push(with(path, name));
            }
            for place in places {
                let request = an.request("GET", &place).header("accept", "text/html,*/*");
                let request = request.header("accept-language", "{{717171*919191}}");
                let request = request.header("x-forwarded-for", "' or 1=1 --");
                let answer = request.send().await.unwrap();
                let status = answer.status();
                assert!(
                    !status.is_server_error() || status == 503,
                    "{place}: {status}"
                );
                let cookies = answer.headers().get_all("set-cookie");
                let injected = cookies
                    .iter()
                    .any(|own| own.to_str().unwrap().contains("injected"));
                assert!(!injected, "{place} sets a cookie");
                // A name may stand in what is no page.
                let kind = answer.headers().get("content-type");
                let is_page = kind.is_some_and(|kind| kind.to_str().unwrap().contains("html"));
                let text = answer.text().await.unwrap();
                let script = is_page.then_some("<script>alert");
                for trace in ["root:x:0:0", "659217128661"].into_iter().chain(script) {
                    assert!(!text.contains(trace), "{place}: {trace}");
                }
                asked += 1;
            }
        }
    }
    assert!(asked > 400, "{asked}");
    // Nothing came of it.
    assert_eq!(running.store.people().await.unwrap().len(), 1);
    assert_eq!(
        an.get("/api/v1/documents").await,
        (200, json!({ "items": [], "next": null }))
    );
}

#[tokio::test]
async fn hostile_texts_are_kept_as_they_are_and_never_come_back_as_anything_else() {
    let running = Running::start().await;
    running.add("an", Role::Administrator).await;
    let an = running.signed_in("an").await;
    let name =
        "<script>alert(1)</script>{{717171*919191}}'; drop table job; --\r\nSet-Cookie: injected=1";
    let (status, job) = an
        .send("POST", "/api/v1/jobs", json!({ "name": name }))
        .await;
    assert_eq!(status, 201, "{job}");
    let kept = job["name"].as_str().unwrap();
    assert!(
        !kept.contains(['\r', '\n']) && kept.contains("drop table job"),
        "{kept:?}"
    );
    let path = format!("/jobs/{}", job["id"].as_str().unwrap());
    for page in [path.as_str(), "/intake"] {
        let answer = an
            .request("GET", page)
            .header("accept", "text/html")
            .send()
            .await
            .unwrap();
        assert_eq!(answer.status(), 200);
        assert!(answer.headers().get("set-cookie").is_none());
        let text = answer.text().await.unwrap();
        assert!(
            text.contains("drop table job"),
            "{page} does not show the name"
        );
        assert!(
            !text.contains("<script>alert") && !text.contains("659217128661"),
            "{page}"
        );
    }
    let person = json!({ "login": "eve'--", "name": name, "role": "auditor" });
    let (status, problem) = an.send("POST", "/api/v1/people", person).await;
    assert_eq!((status, &problem["code"]), (422, &json!("unfit_value")));
}
