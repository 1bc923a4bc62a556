//! `antin register proofs`: fresh proof impressions of the seals on the list, and the seals of which there is none.

use std::path::{Path, PathBuf};

use anyhow::Context;
use clap::Args;
use jiff::civil::Date;
use serde_json::json;

use crate::cli::Common;
use crate::cli::Exit;
use crate::cli::output::Output;
use crate::cli::register::books;
use crate::cli::rules;
use crate::registry::Register;
use crate::registry::Status;
use crate::registry::sheet::proofs;
use crate::registry::sheet::proofs::Entry;
use crate::rules::Finding;
use crate::rules::RuleSet;
use crate::sandbox;
use crate::storage::Store;
use crate::units::Dpi;
use crate::verdict::Policy;
use crate::verify;
use crate::verify::Examination;
use crate::verify::Seals;
use crate::verify::fields::Given;

/// Which proofs are looked at.
#[derive(Debug, Args)]
pub(super) struct Arguments {
    /// A file with the columns `seal` and `proof` (path of a scan, relative to the file), and any of `proof_dpi` and
    /// `taken_on`.
    #[arg(value_name = "PROOFS.csv")]
    file: PathBuf,
    /// The day on which seals must be in use to be missed, instead of today.
    #[arg(long, value_name = "DATE")]
    on: Option<Date>,
    #[command(flatten)]
    pub(super) rules: rules::Choice,
    /// Prints one JSON object a line.
    #[arg(long)]
    json: bool,
}

/// Looks at every proof, and names the seals without one.
pub(super) async fn run(
    store: &Store,
    arguments: &Arguments,
    rules: &RuleSet,
    output: &mut Output,
) -> anyhow::Result<Exit> {
    let shown = arguments.file.display().to_string();
    let bytes = std::fs::read(&arguments.file).with_context(|| format!("cannot read {shown}"))?;
    let sheet = match proofs::read(&bytes) {
        Ok(sheet) => sheet,
        Err(error) => {
            output.error(&format!("{shown}: {error}"));
            return Ok(Exit::Input);
        }
    };
    let mut exit = Exit::Passed;
    for failure in &sheet.failures {
        let (line, reason) = (failure.line, &failure.reason);
        output.error(&format!("{shown} line {line}: {reason}"));
        exit = Exit::Input;
    }
    let options = Common::sandbox(None)?;
    let snapshot = store.snapshot(&options).await?;
    for problem in &snapshot.problems {
        output.error(problem);
        exit = Exit::Input;
    }
    let register = &snapshot.register;
    let folder = arguments.file.parent().unwrap_or(Path::new(""));
    for entry in &sheet.entries {
        let Some(claim) = register.position(&entry.seal) else {
            let (line, seal) = (entry.line, &entry.seal);
            output.error(&format!(
                "{shown} line {line}: seal {seal} is not registered"
            ));
            exit = Exit::Input;
            continue;
        };
        let path = folder.join(&entry.path);
        if !path.is_file() {
            let (line, proof) = (entry.line, entry.path.display());
            output.error(&format!(
                "{shown} line {line}: the proof {proof} is not there; paths are relative to the file"
            ));
            exit = Exit::Input;
            continue;
        }
        let findings = proof(&path, entry, (register, claim, rules), &options);
        if !findings.is_empty() {
            exit = exit.max(Exit::Attention);
        }
        tell(entry, &findings, arguments.json, output)?;
    }
    let on = arguments.on.unwrap_or_else(|| jiff::Zoned::now().date());
    for seal in missing(register, &sheet.entries, on) {
        exit = exit.max(Exit::Attention);
        if arguments.json {
            output.line(json!({ "seal": seal, "proof": null, "findings": [] }))?;
        } else {
            output.line(format!("seal {seal}: no proof was taken"))?;
        }
    }
    Ok(exit)
}

/// What one proof shows.
fn proof(
    path: &Path,
    entry: &Entry,
    (register, claim, rules): (&Register, usize, &RuleSet),
    options: &sandbox::Options,
) -> Vec<Finding> {
    let policy = Policy::default();
    // Who took a proof knows when: its day is no claim that something else would have to prove.
    let given = entry.taken_on.map(|day| Given {
        not_after: Some(day),
        proof: Some("proof impression".to_owned()),
        ..Given::default()
    });
    let examination = Examination {
        register,
        policy: &policy,
        rules,
        claim: Some(claim),
        seals: Seals::Expected,
        date: entry.taken_on,
        given: given.as_ref(),
    };
    let options = sandbox::Options {
        stated_dpi: entry.dpi.and_then(Dpi::new),
        ..options.clone()
    };
    let source = sandbox::Source::Path(path);
    let name = entry.path.to_string_lossy();
    let examined = verify::document_without_pictures(&name, source, &options, &examination);
    verify::proof::findings(&entry.seal, &examined.report)
}

/// The seals in use on the day of which no proof is listed.
fn missing<'a>(register: &'a Register, entries: &[Entry], on: Date) -> Vec<&'a str> {
    let is_listed = |id: &str| entries.iter().any(|entry| entry.seal == id);
    let seals = register.seals.iter();
    let in_use = seals.filter(|seal| {
        let status = seal.status_on(Some(on));
        matches!(status, Status::Valid | Status::Unknown)
    });
    let ids = in_use.map(|seal| seal.id.as_str());
    ids.filter(|id| !is_listed(id)).collect()
}

fn tell(
    entry: &Entry,
    findings: &[Finding],
    json: bool,
    output: &mut Output,
) -> std::io::Result<()> {
    let (seal, path) = (&entry.seal, entry.path.display().to_string());
    if json {
        return output.line(json!({
            "seal": seal,
            "proof": path,
            "taken_on": entry.taken_on,
            "findings": findings,
        }));
    }
    if findings.is_empty() {
        return output.line(format!("seal {seal}: {path} is clear and whole"));
    }
    for finding in findings {
        output.line(format!("seal {seal}: {}", books::told(finding)))?;
    }
    Ok(())
}
