//! `antin register export` and `rekey`: what is done with all specimens' files.

use std::io::Write;
use std::path::Path;

use anyhow::Context;
use serde_json::json;

use crate::audit::Deed;
use crate::cli::Exit;
use crate::cli::output::Output;
use crate::cli::register::listing;
use crate::cli::who;
use crate::report::words;
use crate::storage::Store;

/// Prints the register, its specimens where they are, or written into a folder as they came.
pub(super) async fn export(store: &Store, folder: Option<&Path>) -> anyhow::Result<Exit> {
    let seals = store.seals().await?;
    let csv = match folder {
        None => listing::csv(&seals, |sha256| store.files().path(sha256)),
        Some(folder) => {
            let shown = folder.display();
            std::fs::create_dir_all(folder).with_context(|| format!("cannot make {shown}"))?;
            for seal in &seals {
                let digests: Vec<&str> = seal.specimens.iter().map(|s| s.sha256.as_str()).collect();
                // Written down first: nothing is given out that nobody can ask about.
                let detail = json!({ "by": "export", "specimens": digests });
                let entry = who::act().entry(Deed::SpecimenRead, &seal.id, detail);
                store.log(&entry).await?;
                for sha256 in digests {
                    let bytes = store.files().read(sha256)?;
                    std::fs::write(folder.join(sha256), bytes)
                        .with_context(|| format!("cannot write into {shown}"))?;
                }
            }
            let folder = std::path::absolute(folder).context("cannot find the folder")?;
            listing::csv(&seals, |sha256| folder.join(sha256))
        }
    };
    std::io::stdout().write_all(csv.as_bytes())?;
    Ok(Exit::Passed)
}

/// Encrypts all specimens anew.
pub(super) async fn rekey(store: &Store, output: &mut Output) -> anyhow::Result<Exit> {
    let Some(key) = store.files().key() else {
        output.error(
            "there is no key to encrypt with; give a file that holds it with --specimen-key-file",
        );
        return Ok(Exit::Usage);
    };
    let count = store.files().rekey()?;
    let detail = json!({ "key": key.to_string(), "files": count });
    let entry = who::act().entry(Deed::SpecimensRekeyed, "specimens", detail);
    store.log(&entry).await?;
    output.line(format!(
        "{} encrypted with the key {key}",
        words::counted(count, "file")
    ))?;
    Ok(Exit::Passed)
}
