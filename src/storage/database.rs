//! The two databases that a store may stand on, and what they differ in.
//!
//! Every query is one text for both: numbered parameters, and columns of texts, 64-bit integers, doubles and bytes only.

use std::path::Path;
use std::time::Duration;

use sqlx::Any;
use sqlx::AnyPool;
use sqlx::Transaction;
use sqlx::any::AnyConnectOptions;
use sqlx::any::AnyPoolOptions;
use sqlx::migrate::Migrator;
use url::Url;

use crate::storage::Error;

static SQLITE: Migrator = sqlx::migrate!("migrations/sqlite");
static POSTGRES: Migrator = sqlx::migrate!("migrations/postgres");

/// Another command may be importing: it is waited for so long rather than failed, in milliseconds. Chosen.
const BUSY_MS: u32 = 20_000;
/// How long a connection is waited for. Chosen: longer than a write may wait for another.
const ACQUIRE: Duration = Duration::from_secs(30);
/// Connections that are held at most. One writes at a time; the others read. Chosen.
const SQLITE_CONNECTIONS: u32 = 8;
const POSTGRES_CONNECTIONS: u32 = 16;

/// Which of the two it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// A file of this machine.
    Sqlite,
    /// A server.
    Postgres,
}

/// Opens the file at `path`, which is made on first use, and brings it to this version's layout.
pub(super) async fn sqlite(path: &Path) -> Result<AnyPool, Error> {
    let database = path.display().to_string();
    let unreachable = |source| Error::Unreachable {
        database: database.clone(),
        source,
    };
    let absolute =
        std::path::absolute(path).map_err(|error| unreachable(sqlx::Error::Io(error)))?;
    // As the path of a URL, whatever characters a folder has in its name.
    let file = Url::from_file_path(absolute).map_err(|()| {
        unreachable(sqlx::Error::Configuration(
            "its path is no Unicode text".into(),
        ))
    })?;
    let url = format!("sqlite://{}?mode=rwc", file.path());
    let pragmas = format!(
        "pragma busy_timeout = {BUSY_MS}; pragma journal_mode = wal; pragma foreign_keys = on; pragma synchronous = full"
    );
    let pool = pool(&url, SQLITE_CONNECTIONS, Some(pragmas))
        .await
        .map_err(&unreachable)?;
    let migrated = SQLITE.run(&pool).await;
    migrated.map_err(|source| Error::Migration { database, source })?;
    Ok(pool)
}

/// Connects to a server and brings its database to this version's layout.
pub(super) async fn postgres(url: &str) -> Result<AnyPool, Error> {
    // Without its password, which stands in no message.
    let host = Url::parse(url).ok();
    let database = host.as_ref().map_or_else(
        || "by that URL".to_owned(),
        |url| format!("{}{}", url.host_str().unwrap_or_default(), url.path()),
    );
    let pool = pool(url, POSTGRES_CONNECTIONS, None).await;
    let pool = pool.map_err(|source| Error::Unreachable {
        database: database.clone(),
        source,
    })?;
    let migrated = POSTGRES.run(&pool).await;
    migrated.map_err(|source| Error::Migration { database, source })?;
    Ok(pool)
}

async fn pool(url: &str, connections: u32, first: Option<String>) -> Result<AnyPool, sqlx::Error> {
    sqlx::any::install_default_drivers();
    let options: AnyConnectOptions = url.parse()?;
    AnyPoolOptions::new()
        .max_connections(connections)
        .acquire_timeout(ACQUIRE)
        .after_connect(move |connection, _| {
            let first = first.clone();
            Box::pin(async move {
                if let Some(statements) = first {
                    sqlx::raw_sql(sqlx::AssertSqlSafe(statements))
                        .execute(connection)
                        .await?;
                }
                Ok(())
            })
        })
        .connect_with(options)
        .await
}

/// Begins a transaction that writes, when no other does.
pub(super) async fn begin(pool: &AnyPool, kind: Kind) -> Result<Transaction<'static, Any>, Error> {
    match kind {
        Kind::Sqlite => Ok(pool.begin_with("begin immediate").await?),
        Kind::Postgres => {
            let mut transaction = pool.begin().await?;
            // Readers go on; whoever writes waits.
            sqlx::query("lock table revision in exclusive mode")
                .execute(&mut *transaction)
                .await?;
            Ok(transaction)
        }
    }
}

/// A list of numbered parameters, such as `($3, $4)`.
pub(super) fn placeholders(first: usize, count: usize) -> String {
    let each: Vec<String> = (first..first + count).map(|n| format!("${n}")).collect();
    format!("({})", each.join(", "))
}
