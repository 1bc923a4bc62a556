//! `--ocr`: whether number, date and names are read on the scans, and by which program.

use std::path::Path;
use std::path::PathBuf;

use clap::Args;
use clap::ValueEnum;

use crate::cli::output::Output;
use crate::config;
use crate::reading::Failure;
use crate::sandbox;
use crate::sandbox::marks::Marks;
use crate::sandbox::recognition::Language;
use crate::sandbox::recognition::Recognition;

/// Options of reading print.
#[derive(Debug, Args)]
pub(super) struct Choice {
    /// Reads number, symbol, date, issuer and signer on the scans, if tesseract and its Vietnamese or Chinese data are
    /// installed; the date then counts as claimed by the document. Off by default, since it takes about ten times
    /// as long as all the rest: for an archive whose dates are known, give them with --dates. Frames of the size and
    /// border of marks of secrecy are read in any case, if tesseract is there.
    #[arg(long, value_name = "WHEN", value_enum, default_value_t = When::Off)]
    ocr: When,
    /// The program that reads print.
    #[arg(
        long,
        value_name = "PROGRAM",
        env = "ANTIN_TESSERACT",
        default_value = "tesseract"
    )]
    tesseract: PathBuf,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
enum When {
    /// Where it can be.
    Auto,
    /// Never.
    Off,
}

impl Choice {
    /// Sets what reads print, and marks of secrecy whatever else is read: nothing is started before there is one.
    pub(super) fn set_up(&self, options: &mut sandbox::Options, output: &mut Output) {
        options.marks = marks(&options.executable, &self.tesseract);
        options.recognition = self.recognition(&options.executable, output);
    }

    /// What reads print; says once why nothing does, if it was asked for.
    fn recognition(&self, executable: &Path, output: &mut Output) -> Recognition {
        if self.ocr == When::Off {
            return Recognition::Off;
        }
        let recognition = self.found(executable);
        match &recognition {
            Recognition::Off => {}
            Recognition::Missing { reason } => {
                output.note(&format!("number, date and names are not read: {reason}"));
            }
            Recognition::By(recogniser) => {
                for language in [Language::Vietnamese, Language::Chinese] {
                    if !recogniser.languages().contains(&language) {
                        let package = language.package();
                        output.note(&format!(
                            "only one language is read: tesseract's data of the other one ({package}) are not installed"
                        ));
                    }
                }
            }
        }
        recognition
    }

    fn found(&self, executable: &Path) -> Recognition {
        match program(&self.tesseract) {
            Ok((tesseract, data)) => Recognition::of(executable, &tesseract, data.as_deref()),
            Err(reason) => Recognition::Missing { reason },
        }
    }
}

/// What reads marks of secrecy where no program is named.
pub(super) fn usual_marks(executable: &Path) -> Marks {
    let named = std::env::var_os("ANTIN_TESSERACT");
    marks(
        executable,
        named.as_deref().unwrap_or("tesseract".as_ref()).as_ref(),
    )
}

fn marks(executable: &Path, tesseract: &Path) -> Marks {
    match program(tesseract) {
        Ok((tesseract, data)) => Marks::by(executable, &tesseract, data.as_deref()),
        Err(reason) => Marks::unread(reason),
    }
}

/// The program and the folder of its language data, where that is not its own; or why there is none.
fn program(named: &Path) -> Result<(PathBuf, Option<PathBuf>), Failure> {
    let tesseract = config::program(named).ok_or_else(|| Failure::NoProgram {
        named: named.display().to_string(),
    })?;
    // Tesseract's own variable: it does not see it unless it is handed on.
    let data = std::env::var_os("TESSDATA_PREFIX").map(PathBuf::from);
    Ok((tesseract, data))
}
