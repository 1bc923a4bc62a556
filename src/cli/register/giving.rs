//! `antin register export` and `rekey`: what is done with all specimens' files.

use std::path::Path;

use anyhow::Context;
use serde_json::json;

use crate::audit::Deed;
use crate::cli::Exit;
use crate::cli::output::Output;
use crate::cli::who;
use crate::report::words;
use crate::storage::Store;

/// Writes specimens into a folder as they came, each under its digest: those of each seal or die, by its name. Every one is
/// recorded as read.
pub(super) async fn specimens(
    store: &Store,
    owners: &[(&str, Vec<&str>)],
    folder: &Path,
) -> anyhow::Result<()> {
    let shown = folder.display();
    std::fs::create_dir_all(folder).with_context(|| format!("cannot make {shown}"))?;
    for (owner, digests) in owners {
        // Written down first: nothing is given out that nobody can ask about.
        let detail = json!({ "by": "export", "specimens": digests });
        let entry = who::act().entry(Deed::SpecimenRead, owner, detail);
        store.log(&entry).await?;
        for sha256 in digests {
            let bytes = store.files().read(sha256)?;
            std::fs::write(folder.join(sha256), bytes)
                .with_context(|| format!("cannot write into {shown}"))?;
        }
    }
    Ok(())
}

/// Encrypts all specimens anew.
pub(super) async fn rekey(store: &Store, output: &mut Output) -> anyhow::Result<Exit> {
    let Some(key) = store.files().key() else {
        output.error(
            "there is no key to encrypt with; give a file that holds it with --specimen-key-file",
        );
        return Ok(Exit::Usage);
    };
    store.gather_specimens().await?;
    let count = store.files().rekey()?;
    store.files().share_all().await?;
    let detail = json!({ "key": key.to_string(), "files": count });
    let entry = who::act().entry(Deed::SpecimensRekeyed, "specimens", detail);
    store.log(&entry).await?;
    output.line(format!(
        "{} encrypted with the key {key}",
        words::counted(count, "file")
    ))?;
    Ok(Exit::Passed)
}
