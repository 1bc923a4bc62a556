//! `antin backup` and `antin restore`: the embedded store in one file.

use std::path::PathBuf;

use clap::Args;
use jiff::Timestamp;
use serde_json::json;

use crate::audit::Act;
use crate::audit::Actor;
use crate::audit::Deed;
use crate::cli::Common;
use crate::cli::Exit;
use crate::cli::output::Output;
use crate::storage::backup;

#[derive(Debug, Args)]
pub(super) struct Arguments {
    /// The file, such as antin-2026-11-28.tar.zst.
    #[arg(value_name = "FILE")]
    file: PathBuf,
}

/// Copies the embedded store into a file.
pub(super) async fn back_up(
    arguments: Arguments,
    common: &Common,
    output: &mut Output,
) -> anyhow::Result<Exit> {
    let store = common.store().await?;
    let act = Act {
        who: Actor::Program,
        at: Timestamp::now(),
    };
    // Before the copy, so that it stands in the copy as well.
    store
        .log(&act.entry(Deed::StoreBackedUp, "", json!({})))
        .await?;
    store.back_up(&common.data()?, &arguments.file).await?;
    output.line(format!(
        "the store is copied into {}",
        arguments.file.display()
    ))?;
    Ok(Exit::Passed)
}

/// Puts a copy back.
pub(super) async fn restore(
    arguments: Arguments,
    common: &Common,
    output: &mut Output,
) -> anyhow::Result<Exit> {
    let data = common.data()?;
    backup::restore(&arguments.file, &data)?;
    let act = Act {
        who: Actor::Program,
        at: Timestamp::now(),
    };
    let store = common.store().await?;
    store
        .log(&act.entry(Deed::StoreRestored, "", json!({})))
        .await?;
    let counted = store.result_count().await?;
    output.line(format!(
        "{} holds the store again: revision {} of the register, {counted} results",
        data.display(),
        store.revision().await?
    ))?;
    Ok(Exit::Passed)
}
