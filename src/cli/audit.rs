//! `antin audit`: who saw and who decided what, and whether anybody changed what was written down.

use clap::{Args, Subcommand};
use comfy_table::Table;
use serde_json::Value;
use serde_json::json;

use crate::audit::Head;
use crate::audit::Linked;
use crate::cli::Common;
use crate::cli::Exit;
use crate::cli::output::Output;
use crate::report::words;
use crate::storage::audit::AuditFilter;
use crate::storage::audit::Audited;

#[derive(Debug, Args)]
pub(super) struct Arguments {
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, Subcommand)]
enum Command {
    /// Checks the chain of entries and names the first place where it is broken.
    #[command(long_about = VERIFY)]
    Verify {
        /// A head noted earlier, as this command printed it: what was written up to then must still stand.
        #[arg(long, value_name = "NUMBER:DIGEST")]
        head: Option<String>,
    },
    /// Lists entries, the latest first.
    List {
        /// Only those about this subject: a digest, a seal, a login.
        #[arg(long)]
        subject: Option<String>,
        /// Only deeds whose name begins so, such as `person.` or `specimen.read`.
        #[arg(long)]
        deed: Option<String>,
        /// Only those before this number.
        #[arg(long, value_name = "NUMBER")]
        before: Option<u64>,
        /// How many at most.
        #[arg(long, default_value_t = 50, value_name = "N")]
        limit: u32,
        /// Prints one JSON object a line.
        #[arg(long)]
        json: bool,
    },
}

const VERIFY: &str = "\
Checks the chain of entries and names the first place where it is broken.

Each entry's digest is taken over the one before it, so an entry that was changed, removed, put in
or moved shows, and so does an end that was cut while the head stayed. Who may write to the whole
database can compute all digests anew: against that, note what this command prints somewhere else
from time to time, and give it with --head.

The exit status is 3 where the chain is broken.";

pub(super) async fn run(
    arguments: Arguments,
    common: &Common,
    output: &mut Output,
) -> anyhow::Result<Exit> {
    let store = common.store().await?;
    match arguments.command {
        Command::Verify { head } => {
            let noted = head.as_deref().map(Head::read);
            if noted == Some(None) {
                output.error("--head is no head; give NUMBER:DIGEST as this command printed it");
                return Ok(Exit::Usage);
            }
            match store.verify_audit(noted.flatten()).await? {
                Audited::Whole(head) => {
                    output.line(head)?;
                    output.note("the chain stands; note the line above elsewhere");
                    Ok(Exit::Passed)
                }
                Audited::Broken(found) => {
                    output.error(&found.to_string());
                    Ok(Exit::Input)
                }
            }
        }
        Command::List {
            subject,
            deed,
            before,
            limit,
            json,
        } => {
            let filter = AuditFilter {
                subject,
                deed,
                before,
            };
            list(store.audit_entries(&filter, limit).await?, json, output)
        }
    }
}

fn list(entries: Vec<Linked>, json: bool, output: &mut Output) -> anyhow::Result<Exit> {
    if json {
        for entry in &entries {
            let detail: Value = serde_json::from_str(&entry.detail).unwrap_or_default();
            output.line(json!({
                "sequence": entry.sequence,
                "at": entry.at,
                "who": entry.who,
                "deed": entry.deed,
                "subject": entry.subject,
                "detail": detail,
                "digest": entry.digest,
            }))?;
        }
        return Ok(Exit::Passed);
    }
    if entries.is_empty() {
        output.note("nothing of that was written down");
        return Ok(Exit::Passed);
    }
    let mut table = Table::new();
    words::fit(&mut table);
    table.set_header(["", "at", "who", "what", "subject", "detail"]);
    for entry in entries {
        let number = entry.sequence.to_string();
        let Linked {
            at,
            who,
            deed,
            subject,
            detail,
            ..
        } = entry;
        table.add_row([number, at, who, deed, subject, detail]);
    }
    output.line(table)?;
    Ok(Exit::Passed)
}
