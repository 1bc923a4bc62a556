//! Specimens on several machines: one database, one object store, and a data folder on each.

use std::path::Path;
use std::process::Command;

use antin::audit::Act;
use antin::audit::Actor;
use antin::keyring::Keyring;
use antin::registry::Register;
use antin::sandbox;
use antin::storage::Error;
use antin::storage::Store;
use antin::storage::blobs::Blobs;
use antin::storage::import::Mode;
use antin::storage::import::Options;
use antin::storage::import::Reach;
use object_store::aws::AmazonS3Builder;
use std::sync::Arc;

use crate::POSTGRES;
use crate::bucket;
use crate::now;

const REGISTER: &str = "fixtures/demo/register.csv";
const SPECIMENS: &str = "fixtures/demo/specimens";
/// What its specimens' scans begin with. Shorter text turns up by chance in megabytes of encrypted bytes.
const PNG: &[u8; 16] = b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR";

fn options() -> sandbox::Options {
    sandbox::Options::new(env!("CARGO_BIN_EXE_antin").into())
}

fn keys(digits: &[&str]) -> Keyring {
    let lines: Vec<String> = digits.iter().map(|digit| digit.repeat(64)).collect();
    Keyring::read(&lines.join("\n")).unwrap()
}

async fn import(store: &Store) {
    let act = Act {
        who: Actor::Program,
        at: now(),
    };
    let options = Options {
        sandbox: &options(),
        mode: Mode::Store,
        act: &act,
        reach: Reach::Anywhere,
        on_row: &|| {},
    };
    let imported = store.import_register(Path::new(REGISTER), options).await;
    let imported = imported.unwrap();
    assert!(imported.failures.is_empty(), "{:?}", imported.failures);
}

async fn register(store: &Store) -> Result<Register, Error> {
    let snapshot = store.snapshot(&options()).await?;
    assert_eq!(snapshot.problems, Vec::<String>::new());
    Ok(snapshot.register)
}

/// Whether any file below a folder holds this.
fn holds(folder: &Path, text: &[u8]) -> bool {
    std::fs::read_dir(folder).unwrap().any(|entry| {
        let path = entry.unwrap().path();
        if path.is_dir() {
            return holds(&path, text);
        }
        let bytes = std::fs::read(path).unwrap();
        bytes.windows(text.len()).any(|window| window == text)
    })
}

/// What several machines do with specimens, whose scans are in the place that `blobs` gives for a data folder.
async fn is_shared(database: &str, shared: &Path, blobs: impl Fn(&Path) -> Blobs) {
    let folder = tempfile::tempdir().unwrap();
    let machine = async |name: &str, digits: &[&str]| {
        let data = folder.path().join(name);
        let store = Store::connect(database, &data).await.unwrap();
        let shelf = blobs(&data).shelf().unwrap();
        store.with_keys(keys(digits)).with_shelf(shelf)
    };
    let first = machine("first", &["1"]).await;
    import(&first).await;
    let whole = register(&first).await.unwrap();
    assert_eq!(whole.seals.len(), 6);

    let second = machine("second", &["1"]).await;
    assert_eq!(register(&second).await.unwrap(), whole);
    assert!(holds(Path::new(SPECIMENS), PNG), "none is looked for");
    for folder in [shared, folder.path()] {
        assert!(!holds(folder, PNG), "a specimen is not encrypted");
    }
    // Another key: whoever has the old one's files alone fetches those of the new one.
    let both = machine("first", &["2", "1"]).await;
    both.gather_specimens().await.unwrap();
    assert!(both.files().rekey().unwrap() > 0);
    both.files().share_all().await.unwrap();
    let later = machine("second", &["2"]).await;
    assert_eq!(register(&later).await.unwrap(), whole);

    // One that shares nothing would take every seal for unregistered.
    let apart = folder.path().join("apart");
    let apart = Store::connect(database, &apart).await.unwrap();
    let refused = register(&apart).await.unwrap_err();
    assert!(
        matches!(refused, Error::Absent { count, .. } if count >= 6),
        "{refused}"
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn specimens_are_shared_through_a_folder_and_a_machine_apart_is_refused() {
    let shared = tempfile::tempdir().unwrap();
    let place = shared.path().to_str().unwrap().to_owned();
    let database = POSTGRES.database("shared");
    is_shared(&database, shared.path(), |data| {
        Blobs::at(&place, data).unwrap()
    })
    .await;
    // The program says so, and what to do.
    let data = tempfile::tempdir().unwrap();
    for command in ["worker", "serve"] {
        let mut started = Command::new(env!("CARGO_BIN_EXE_antin"));
        started
            .env("ANTIN_DATA", data.path())
            .env("ANTIN_LISTEN", "127.0.0.1:0")
            .args([command, "--database-url", &database]);
        let ended = started.output().unwrap();
        let said = String::from_utf8_lossy(&ended.stderr);
        assert!(!ended.status.success(), "{command} starts: {said}");
        assert!(said.contains("--object-store"), "{command}: {said}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn specimens_are_shared_through_a_bucket() {
    let buckets = tempfile::tempdir().unwrap();
    std::fs::create_dir(buckets.path().join("scans")).unwrap();
    let address = bucket::serve(buckets.path()).await;
    // A second default is refused, and then one is there.
    let _ = rustls::crypto::ring::default_provider().install_default();
    let store = AmazonS3Builder::new()
        .with_endpoint(format!("http://{address}"))
        .with_allow_http(true)
        .with_region("us-east-1")
        .with_bucket_name("scans")
        .with_access_key_id(bucket::ACCESS_KEY)
        .with_secret_access_key(bucket::SECRET_KEY)
        .build()
        .unwrap();
    let store: Arc<dyn object_store::ObjectStore> = Arc::new(store);
    let database = POSTGRES.database("bucket");
    is_shared(&database, buckets.path(), |data| {
        Blobs::in_bucket(Arc::clone(&store), "office", data).unwrap()
    })
    .await;
    // What lies beside the scans is no scan.
    let data = tempfile::tempdir().unwrap();
    let blobs = Blobs::in_bucket(store, "office", data.path()).unwrap();
    let mut kept = blobs.kept();
    let next = futures_util::StreamExt::next(&mut kept).await;
    assert!(next.is_none(), "{next:?}");
}
