//! A register that comes later than documents, over each database: what was examined is compared and judged again.

use antin::storage::documents::DocumentFilter;
use antin::storage::documents::StoredDocument;
use antin::verify::Outcome;

use crate::site::Running;
use crate::site::on_each;

/// The only document, once it has come to something.
async fn came_to(running: &Running, outcome: Outcome) -> StoredDocument {
    let mut found = Vec::new();
    for _ in 0..600 {
        let all = DocumentFilter::default();
        found = running.store.documents(&all, 10).await.unwrap();
        if found.iter().any(|own| own.outcome == Some(outcome)) {
            return found.remove(0);
        }
        tokio::time::sleep(std::time::Duration::from_millis(100)).await;
    }
    panic!("it never came to {outcome:?}: {found:?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_register_that_comes_later_judges_what_was_examined_before() {
    on_each("later", judges_again).await;
}

async fn judges_again(running: Running) {
    running.work();
    let scan = "fixtures/demo/docs/01-genuine-colour.pdf";
    running.command(&["bulk", "submit", "--detach", scan]);
    let before = came_to(&running, Outcome::Review).await;
    let first = running.store.report(&before).await.unwrap().unwrap();
    assert_eq!(first.findings[0].code, "seal.unregistered");
    assert_eq!(running.store.judged_last(None, 9).await.unwrap(), []);
    running.command(&["register", "import", "fixtures/demo/register.csv"]);
    let after = came_to(&running, Outcome::Pass).await;
    assert_eq!(after.id, before.id);
    let second = running.store.report(&after).await.unwrap().unwrap();
    assert_eq!(second.impressions[0].seal.as_deref(), Some("D01"));
    assert!(
        second.impressions[0].comparison.is_some(),
        "it is not compared"
    );
    assert!(
        second.register.revision > first.register.revision,
        "{second:?}"
    );
    assert_eq!(running.store.result_count().await.unwrap(), 1, "one result");
    let judged = running.store.judged_last(None, 9).await.unwrap();
    assert_eq!(judged.len(), 1, "{judged:?}");
    let by_day = running.store.outcomes_by_day(None, "2000-01-01").await;
    let by_day = by_day.unwrap();
    assert!(by_day.len() == 1, "{by_day:?}");
}
