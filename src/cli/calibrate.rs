//! `antin calibrate`: fits the calibration to measurements that `antin evaluate --measures` wrote.

use std::fs::File;
use std::io::BufReader;
use std::path::{Path, PathBuf};

use anyhow::Context;
use clap::Args;

use crate::cli::Exit;
use crate::cli::output::Output;
use crate::evaluation::calibration;
use crate::evaluation::calibration::Fitted;
use crate::evaluation::calibration::Set;
use crate::evaluation::calibration::table;
use crate::evaluation::measured;
use crate::storage;
use crate::verdict::calibration::Calibration;

#[derive(Debug, Args)]
pub(super) struct Arguments {
    /// Measurements of labelled sets, written by `antin evaluate --measures`.
    #[arg(required = true, value_name = "MEASURES.jsonl")]
    measures: Vec<PathBuf>,
    /// Writes the calibration to this file; the program carries src/engine/verdict/calibration.json.
    #[arg(short, long, value_name = "FILE.json")]
    out: Option<PathBuf>,
    /// Also prints how the calibration does on the measurements of this set, to which it is not fitted.
    #[arg(long, value_name = "MEASURES.jsonl")]
    check: Vec<PathBuf>,
}

pub(super) fn run(arguments: &Arguments, output: &mut Output) -> anyhow::Result<Exit> {
    let read = read(&arguments.measures).and_then(|sets| Ok((sets, read(&arguments.check)?)));
    let (sets, others) = match read {
        Ok(read) => read,
        Err(reason) => {
            output.error(&reason);
            return Ok(Exit::Input);
        }
    };
    let Fitted {
        calibration,
        held_out,
    } = match calibration::fit(&sets) {
        Ok(fitted) => fitted,
        Err(error) => {
            output.error(&error.to_string());
            return Ok(Exit::Input);
        }
    };
    for set in &others {
        if let Some(seed) = calibration::seeds(set).find(|seed| calibration.has_seen(*seed)) {
            output.warning(&format!(
                "{} holds seals of seed {seed}, to which the calibration is fitted: its figures flatter",
                set.name
            ));
        }
    }
    output.line(table::render(&calibration, &held_out).trim_end())?;
    for set in others {
        let rows = calibration::check(&calibration, std::slice::from_ref(&set));
        output.line(format!("\n{}\n\n{}", set.name, table::by_class(&rows)))?;
    }
    if let Some(path) = &arguments.out {
        write(path, &calibration).with_context(|| format!("cannot write {}", path.display()))?;
    }
    Ok(Exit::Passed)
}

fn read(paths: &[PathBuf]) -> Result<Vec<Set>, String> {
    paths.iter().map(|path| read_one(path)).collect()
}

fn read_one(path: &Path) -> Result<Set, String> {
    let shown = path.display();
    let file = File::open(path).map_err(|error| {
        let remedy = storage::remedy(&error);
        format!("cannot read {shown} ({error}): {remedy}")
    })?;
    let lines =
        measured::read(BufReader::new(file)).map_err(|error| format!("{shown}: {error}"))?;
    let name = path.file_stem().unwrap_or(path.as_os_str());
    Ok(Set {
        name: name.to_string_lossy().into_owned(),
        lines,
    })
}

fn write(path: &Path, calibration: &Calibration) -> anyhow::Result<()> {
    let mut text = serde_json::to_string_pretty(calibration)?;
    text.push('\n');
    std::fs::write(path, text)?;
    Ok(())
}
