//! The pages over HTTP: who sees them, in which language, and that names stay names.

#![cfg(unix)]
#![allow(clippy::unwrap_used, reason = "a panic is how a test fails")]

use std::fmt::Display;
use std::path::Path;

use antin::words;
use antin::words::Language;
use reqwest::Client;
use reqwest::StatusCode;
use reqwest::header;
use reqwest::redirect::Policy;
use serde_json::Value;

#[path = "servers/antin.rs"]
#[expect(dead_code, reason = "other tests use the rest")]
mod antin_server;

use antin_server::Service;
use antin_server::command;

const HOSTILE: &str = "</td><script>alert('x')</script>\"&.pdf";

fn scan(name: &str) -> Vec<u8> {
    std::fs::read(Path::new("fixtures/demo/docs").join(name)).unwrap()
}

/// A page as text.
async fn page(service: &Service, path: &str, language: &str) -> (StatusCode, String) {
    let asked = service
        .get(path)
        .header(header::ACCEPT, "text/html")
        .header(header::ACCEPT_LANGUAGE, language);
    let answer = asked.send().await.unwrap();
    (answer.status(), answer.text().await.unwrap())
}

#[tokio::test(flavor = "multi_thread")]
async fn strangers_are_led_to_where_they_sign_in() {
    let folder = tempfile::tempdir().unwrap();
    let service = Service::start(folder.path(), &["--no-worker"]).await;
    // A second one is refused, and then one is there.
    let _ = rustls::crypto::ring::default_provider().install_default();
    let client = Client::builder().redirect(Policy::none()).build().unwrap();
    for (path, leads) in [
        ("/", "/sign-in"),
        (
            "/documents?outcome=flag",
            "/sign-in?back=%2Fdocuments%3Foutcome%3Dflag",
        ),
        ("/register", "/sign-in?back=%2Fregister"),
    ] {
        let asked = client
            .get(format!("{}{path}", service.site))
            .header(header::ACCEPT, "text/html,*/*");
        let answer = asked.send().await.unwrap();
        assert_eq!(answer.status(), StatusCode::SEE_OTHER, "{path}");
        assert_eq!(answer.headers()["location"], leads);
        // Programs are told, not led.
        let told = client
            .get(format!("{}{path}", service.site))
            .send()
            .await
            .unwrap();
        assert_eq!(told.status(), StatusCode::UNAUTHORIZED, "{path}");
    }
    let answer = client
        .get(format!("{}/sign-in", service.site))
        .send()
        .await
        .unwrap();
    let policy = answer.headers()["content-security-policy"]
        .to_str()
        .unwrap();
    let policy = policy.to_owned();
    for part in [
        "default-src 'none'",
        "script-src 'self'",
        "style-src 'self'",
        "connect-src 'self'",
    ] {
        assert!(policy.contains(part), "{policy} lacks {part}");
    }
    assert!(
        !policy.contains("unsafe") && !policy.contains('*'),
        "{policy}"
    );
    let page = answer.text().await.unwrap();
    let style = page
        .split("href=\"")
        .find(|own| own.starts_with("/static/") && own.contains(".css"));
    let style = style.unwrap().split('"').next().unwrap();
    let answer = client
        .get(format!("{}{style}", service.site))
        .send()
        .await
        .unwrap();
    assert_eq!(answer.headers()["content-type"], "text/css; charset=utf-8");
    let cache = answer.headers()["cache-control"].clone();
    assert!(cache.to_str().unwrap().contains("immutable"));
    // Letters are the reader's own system's, for Hanzi too; nothing is fetched for them.
    let style = answer.text().await.unwrap();
    assert!(style.contains(":lang(zh-Hans)") && style.contains("PingFang SC"));
    assert!(!style.contains("@font-face") && !style.contains("url("));
    // The policy is that of every page, for those who are signed in too.
    for path in ["/", "/documents", "/register", "/audit", "/nothing"] {
        let answer = service.get(path).header(header::ACCEPT, "text/html");
        let answer = answer.send().await.unwrap();
        let own = answer.headers()["content-security-policy"]
            .to_str()
            .unwrap();
        assert_eq!(own, policy, "{path}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn pages_speak_the_readers_language_and_names_stay_names() {
    let folder = tempfile::tempdir().unwrap();
    // While nobody has an account, an import is made at once.
    let specimen = Path::new("fixtures/demo/specimens/D01-1.png")
        .canonicalize()
        .unwrap();
    let sheet = format!(
        "id,organisation,specimen,specimen_dpi,registered_on,jurisdiction\n\
         D01,<script>alert(1)</script>,{},300,2016-12-24,VN\n",
        specimen.display()
    );
    let register = folder.path().join("register.csv");
    std::fs::write(&register, sheet).unwrap();
    let import = command(&folder.path().join("data"))
        .args(["register", "import"])
        .arg(&register)
        .output()
        .unwrap();
    assert!(import.status.success(), "{import:?}");
    let service = Service::start(folder.path(), &[]).await;
    let handed: Value = service
        .upload(HOSTILE, scan("08-forged-font.pdf"))
        .await
        .json()
        .await
        .unwrap();
    service.over(handed["job"].as_str().unwrap()).await;
    let document = format!("/documents/{}", handed["document"].as_str().unwrap());
    // Nothing is set aside without a reason.
    let refused = service
        .post(&format!("/api/v1{document}/decisions"))
        .json(&serde_json::json!({"finding": 0, "reason": " . "}))
        .send()
        .await
        .unwrap();
    assert_eq!(refused.status(), StatusCode::UNPROCESSABLE_ENTITY);
    let refused: Value = refused.json().await.unwrap();
    assert_eq!(refused["code"], "reason_needed");
    for (language, tag, word) in [
        ("vi-VN,vi;q=0.9", "vi", "Văn bản"),
        ("zh-CN,zh;q=0.9", "zh-Hans", "文件"),
        ("fr,en;q=0.5", "en", "Documents"),
    ] {
        for path in [
            "/",
            "/intake",
            "/documents",
            "/register",
            "/register/seals/D01",
            "/register/bodies",
            "/register/clocks",
            &document,
        ] {
            let (status, page) = page(&service, path, language).await;
            assert_eq!(status, StatusCode::OK, "{path}");
            assert!(page.contains(&format!("<html lang=\"{tag}\">")), "{path}");
            assert!(page.contains(word), "{path}: {word}");
            assert!(!page.contains("<script>"), "{path}");
            assert!(page.len() < 100_000, "{path} has {} bytes", page.len());
        }
        let (status, page) = page(&service, "/documents/nothing", language).await;
        assert_eq!(status, StatusCode::NOT_FOUND);
        assert!(page.contains(&format!("<html lang=\"{tag}\">")));
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn pages_say_beside_a_consistent_conclusion_that_a_traced_die_is_not_excluded() {
    let folder = tempfile::tempdir().unwrap();
    let import = command(&folder.path().join("data"))
        .args(["register", "import", "fixtures/demo/register.csv"])
        .output()
        .unwrap();
    assert!(import.status.success(), "{import:?}");
    let service = Service::start(folder.path(), &[]).await;
    for (name, is_consistent) in [
        ("01-genuine-colour.pdf", true),
        ("08-forged-font.pdf", false),
    ] {
        let handed = service.upload(name, scan(name)).await;
        let handed: Value = handed.json().await.unwrap();
        service.over(handed["job"].as_str().unwrap()).await;
        let document = format!("/documents/{}", handed["document"].as_str().unwrap());
        let comparison = format!("{document}/impressions/0");
        for language in Language::ALL {
            let said = language.word("head.traced_die");
            let fused: [(&str, &dyn Display); 2] = [("seal", &"D01"), ("specimens", &3)];
            let fused = words::text(language, "picture.fused", &fused);
            for path in [&document, &comparison] {
                let (status, page) = page(&service, path, language.code()).await;
                assert_eq!(status, StatusCode::OK, "{path}");
                let times = page.matches(said).count();
                assert_eq!(times, usize::from(is_consistent), "{name}, {path}: {said}");
                assert_eq!(page.contains(&fused), *path == comparison, "{path}");
            }
        }
        // Whoever is asked first is not told by it what the program says.
        for path in [&document, &comparison] {
            let asked = service
                .get(path)
                .header(header::ACCEPT, "text/html")
                .header(header::ACCEPT_LANGUAGE, "en")
                .header(header::COOKIE, "opinion=first");
            let answer = asked.send().await.unwrap();
            assert_eq!(answer.status(), StatusCode::OK, "{path}");
            let page = answer.text().await.unwrap();
            let said = Language::English.word("head.traced_die");
            assert!(!page.contains(said), "{name}, {path}");
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn pages_of_a_scan_are_drawn_and_what_is_none_is_refused() {
    let folder = tempfile::tempdir().unwrap();
    let service = Service::start(folder.path(), &[]).await;
    let handed: Value = service
        .upload("a.pdf", scan("16-two-pages.pdf"))
        .await
        .json()
        .await
        .unwrap();
    service.over(handed["job"].as_str().unwrap()).await;
    let document = format!("/api/v1/documents/{}", handed["document"].as_str().unwrap());
    let report = service.json(&format!("{document}/report")).await;
    let whole = service
        .get(&format!("{document}/pages/2?side=800"))
        .send()
        .await
        .unwrap();
    assert_eq!(whole.headers()["content-type"], "image/jpeg");
    let whole = image::load_from_memory(&whole.bytes().await.unwrap()).unwrap();
    let side = |name: &str| report["pages"][1][name].as_u64().unwrap();
    let height = side("height_px");
    // Shrunk by a whole number, until its longest side fits.
    let factor = height.max(side("width_px")).div_ceil(800);
    assert_eq!(u64::from(whole.height()), height / factor);
    let part = service
        .get(&format!(
            "{document}/pages/1?side=300&x=100&y=200&width=300&height=150"
        ))
        .send()
        .await
        .unwrap();
    let part = image::load_from_memory(&part.bytes().await.unwrap()).unwrap();
    assert_eq!((part.width(), part.height()), (300, 150));
    let none = service
        .get(&format!("{document}/pages/3"))
        .send()
        .await
        .unwrap();
    assert_eq!(none.status(), StatusCode::UNPROCESSABLE_ENTITY);
    let ink = service
        .get(&format!("{document}/impressions/0/impression.png"))
        .send()
        .await
        .unwrap();
    assert_eq!(ink.headers()["content-type"], "image/png");
    for nothing in ["impressions/0/other.png", "impressions/99/impression.png"] {
        let answer = service
            .get(&format!("{document}/{nothing}"))
            .send()
            .await
            .unwrap();
        assert_eq!(answer.status(), StatusCode::NOT_FOUND, "{nothing}");
    }
    let said = service
        .post(&format!("{document}/reviews"))
        .json(&serde_json::json!({"kind": "referred", "note": " to the police "}))
        .send()
        .await
        .unwrap();
    assert_eq!(said.status(), StatusCode::CREATED);
    let reviews = service.json(&format!("{document}/reviews")).await;
    assert_eq!(
        (&reviews[0]["kind"], &reviews[0]["note"]),
        (&"referred".into(), &"to the police".into())
    );
}

/// Documents of a large office.
const MANY: usize = 100_000;

#[tokio::test(flavor = "multi_thread")]
async fn a_hundred_thousand_documents_come_page_by_page() {
    let folder = tempfile::tempdir().unwrap();
    let service = Service::start(folder.path(), &["--no-worker"]).await;
    sqlx::any::install_default_drivers();
    let file = service.data.join("antin.db");
    let address = format!("sqlite://{}", file.display());
    let pool = sqlx::AnyPool::connect(&address).await.unwrap();
    let written = sqlx::query(
        "with recursive number (n) as (select 1 union all select n + 1 from number where n < $1) \
         insert into document (position, id, office, sha256, name, bytes, handed_in_at, state, outcome) \
         select n, printf('%032x', n), '', printf('%064x', n), 'công văn ' || n || '.pdf', 1000, \
         '2026-01-01T00:00:00Z', 'kept', case n % 10 when 0 then 'flag' else 'pass' end from number",
    )
    .bind(i64::try_from(MANY).unwrap())
    .execute(&pool)
    .await;
    assert_eq!(written.unwrap().rows_affected(), MANY as u64);
    let rows = |text: &str| text.matches("<tr data-row").count();
    let (_, first) = page(&service, "/documents", "en").await;
    assert_eq!(rows(&first), 100);
    assert!(first.contains(&format!("công văn {MANY}.pdf")) && first.len() < 100_000);
    // What follows is asked for as the list does while it is read.
    let more = first.split("id=\"more\"").nth(1).unwrap();
    let more = more
        .split("href=\"")
        .nth(1)
        .unwrap()
        .split('"')
        .next()
        .unwrap();
    let (_, second) = page(
        &service,
        &more.replace("&amp;", "&").replace("&#38;", "&"),
        "en",
    )
    .await;
    assert_eq!(rows(&second), 100);
    assert!(second.contains(&format!("công văn {}.pdf", MANY - 100)));
    // The end of the list is as near as its beginning.
    let (_, last) = page(&service, "/documents?before=51", "en").await;
    assert_eq!(rows(&last), 50);
    let (_, found) = page(
        &service,
        "/documents?text=v%C4%83n+99999.pdf&outcome=pass",
        "en",
    )
    .await;
    assert_eq!(rows(&found), 1, "{found}");
    let (_, overview) = page(&service, "/", "en").await;
    assert!(overview.contains("100000") && overview.len() < 100_000);
}
