//! `antin verify --bundle`: an exported examination computed again, and compared.

use std::fs::File;
use std::io::BufReader;
use std::path::Path;
use std::path::PathBuf;

use anyhow::Context;
use sha2::Digest;
use sha2::Sha256;

use crate::cli::Exit;
use crate::cli::output::Output;
use crate::report::bundle::Bundle;
use crate::report::bundle::check;
use crate::report::bundle::check::Check;
use crate::report::words;

/// Computes the bundle again; `scans` are said to be the document that it is of.
pub(super) fn run(
    file: &Path,
    (scans, is_json): (&[PathBuf], bool),
    output: &mut Output,
) -> anyhow::Result<Exit> {
    let name = file.display();
    let opened = match File::open(file) {
        Ok(opened) => BufReader::new(opened),
        Err(error) => {
            output.error(&format!("cannot read {name}: {error}"));
            return Ok(Exit::Input);
        }
    };
    let checked = Bundle::read(opened).and_then(|bundle| check::check(&bundle));
    let checked = match checked {
        Ok(checked) => checked,
        Err(error) => {
            output.error(&format!("{name}: {error}"));
            return Ok(Exit::Input);
        }
    };
    if is_json {
        let line = serde_json::to_string(&checked).context("a check is plain JSON")?;
        output.line(line)?;
    } else {
        output.line(told(&name.to_string(), &checked))?;
    }
    let mut exit = if checked.equal {
        Exit::Passed
    } else {
        Exit::Attention
    };
    for scan in scans {
        exit = exit.max(compared(scan, &checked, output));
    }
    Ok(exit)
}

/// What came out, line by line.
fn told(name: &str, check: &Check) -> String {
    let mut lines = Vec::new();
    for made in &check.made_with {
        lines.push(format!("{name} was made with another {made}"));
    }
    for entry in &check.altered {
        lines.push(format!("altered: {entry} is not what was packed"));
    }
    for difference in &check.differences {
        lines.push(format!(
            "differs: {}: {} in the report, {} computed",
            difference.field, difference.report, difference.computed
        ));
    }
    let again = format!(
        "{} of {} computed again",
        check.recomputed,
        words::counted(check.impressions, "impression")
    );
    lines.push(if check.equal {
        format!(
            "{name}: {again}, equal to the report. {}",
            words::NO_OPINION
        )
    } else {
        let count = words::counted(check.differences.len() + check.altered.len(), "difference");
        format!("{name}: {again}, {count}. {}", words::NO_OPINION)
    });
    lines.join("\n")
}

/// Whether a scan is the document that the bundle is of.
fn compared(scan: &Path, check: &Check, output: &mut Output) -> Exit {
    let name = scan.display();
    let mut digest = Sha256::new();
    let read = File::open(scan).and_then(|mut file| std::io::copy(&mut file, &mut digest));
    if let Err(error) = read {
        output.error(&format!("cannot read {name}: {error}"));
        return Exit::Input;
    }
    let digest = hex::encode(digest.finalize());
    if check.document_sha256.as_ref() == Some(&digest) {
        output.note(&format!("{name} is the document that the bundle is of"));
        Exit::Passed
    } else {
        output.warning(&format!(
            "{name} is not the document that the bundle is of: its SHA-256 is {digest}"
        ));
        Exit::Attention
    }
}
