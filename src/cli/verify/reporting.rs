//! Reports in files: which are asked for, in which language, and what is said of them at the end.

use std::collections::BTreeSet;
use std::fs::File;
use std::io::BufWriter;
use std::path::Path;
use std::path::PathBuf;

use anyhow::Context;
use clap::Args;
use serde_json::json;
use tokio::runtime::Handle;
use tokio::task;

use crate::audit::Deed;
use crate::cli::output::Output;
use crate::cli::who;
use crate::config;
use crate::registry::Register;
use crate::report::copies::Family;
use crate::report::csv::Sheet;
use crate::report::folder::ReportFolder;
use crate::report::wear::Followed;
use crate::storage::Store;
use crate::verify::Examined;
use crate::words::Language;

/// What reports are asked for.
#[derive(Debug, Args)]
#[group(skip)]
pub(in crate::cli) struct Choice {
    /// Also writes the reports to this folder: report.html with pictures, report.jsonl, findings.csv, and for each document
    /// a PDF and a bundle, which `antin verify --bundle` computes again.
    #[arg(long, value_name = "DIR")]
    report: Option<PathBuf>,
    /// Also writes the findings to this file, one row each, for a spreadsheet.
    #[arg(long, value_name = "FILE")]
    csv: Option<PathBuf>,
    /// The language of these reports: vi, zh or en [default: the locale's, else en].
    #[arg(long, value_name = "LANG", env = "ANTIN_LANG")]
    lang: Option<Language>,
}

impl Choice {
    /// Begins the reports that are asked for; `claim` is the seal that the documents are said to bear.
    pub(super) fn begin(&self, claim: Option<&str>) -> anyhow::Result<Reports> {
        let language = self.lang.unwrap_or_else(config::language);
        let folder = self.report.as_deref();
        let folder = folder
            .map(|folder| begun(folder, language, claim))
            .transpose()?;
        let sheet = self.csv.as_deref().map(|file| {
            let said = || format!("cannot write findings to {}", file.display());
            let written = File::create(file).with_context(said)?;
            Sheet::begin(BufWriter::new(written), language).with_context(said)
        });
        Ok(Reports {
            language,
            folder,
            sheet: sheet.transpose()?,
            ..Reports::default()
        })
    }
}

/// Reports in the making.
#[derive(Debug, Default)]
pub(in crate::cli) struct Reports {
    language: Language,
    folder: Option<ReportFolder>,
    sheet: Option<Sheet<BufWriter<File>>>,
    /// Whose specimens are shown, where they are a register's.
    store: Option<Store>,
    /// The seals whose specimens are written down as read.
    noted: BTreeSet<String>,
}

impl Reports {
    /// Begins those of a folder alone.
    pub(in crate::cli) fn of_folder(folder: &Path) -> anyhow::Result<Self> {
        let language = config::language();
        Ok(Self {
            language,
            folder: Some(begun(folder, language, None)?),
            ..Self::default()
        })
    }

    /// The same, with specimens of a store's register: every seal's that is shown is written down there as read.
    pub(super) fn of_register(self, store: Store) -> Self {
        let store = Some(store);
        Self { store, ..self }
    }

    /// Whether pictures of impressions are asked for.
    pub(super) const fn are_pictured(&self) -> bool {
        self.folder.is_some()
    }

    /// Whether findings are written, with pictures or without.
    pub(super) const fn are_written(&self) -> bool {
        self.folder.is_some() || self.sheet.is_some()
    }

    /// The language that they are in.
    pub(super) const fn language(&self) -> Language {
        self.language
    }

    pub(super) fn add(&mut self, examined: &Examined, register: &Register) -> anyhow::Result<()> {
        self.note(examined)?;
        if let Some(folder) = &mut self.folder {
            let added = folder.add(examined, register);
            added.context("cannot write the report")?;
        }
        if let Some(sheet) = &mut self.sheet {
            let added = sheet.add(&examined.report);
            added.context("cannot write the findings")?;
        }
        Ok(())
    }

    /// Writes down whose specimens a document's pictures and bundle show, before they do.
    fn note(&mut self, examined: &Examined) -> anyhow::Result<()> {
        let Some(store) = self.store.as_ref().filter(|_| self.folder.is_some()) else {
            return Ok(());
        };
        let impressions = examined.report.impressions.iter();
        for seal in impressions.filter_map(|one| one.seal.as_ref()) {
            if self.noted.insert(seal.clone()) {
                let detail = json!({ "by": "verify --report" });
                let entry = who::act().entry(Deed::SpecimenRead, seal, detail);
                let logged = store.log(&entry);
                task::block_in_place(|| Handle::current().block_on(logged))?;
            }
        }
        Ok(())
    }

    pub(super) fn add_links(
        &mut self,
        lines: &[String],
        families: &[Family],
    ) -> anyhow::Result<()> {
        if let Some(sheet) = &mut self.sheet {
            let added = sheet.add_copies(families);
            added.context("cannot write the findings")?;
        }
        let Some(folder) = &mut self.folder else {
            return Ok(());
        };
        let added = folder.add_links(lines, families);
        added.context("cannot write the report")
    }

    pub(super) fn add_wear(
        &mut self,
        lines: &[String],
        followed: &[Followed],
    ) -> anyhow::Result<()> {
        let Some(folder) = &mut self.folder else {
            return Ok(());
        };
        let added = folder.add_wear(lines, followed);
        added.context("cannot write the report")
    }

    /// Completes them and says where they are: as results where `is_line`, else as a note.
    pub(super) fn finish(self, is_line: bool, output: &mut Output) -> anyhow::Result<()> {
        if let Some(sheet) = self.sheet {
            sheet.finish().context("cannot write the findings")?;
        }
        let Some(folder) = self.folder else {
            return Ok(());
        };
        let finished = folder.finish().context("cannot write the report")?;
        if let Some(missing) = &finished.without_pdf {
            output.warning(missing);
        }
        let said = format!(
            "The report with pictures is {}: open it in a web browser.",
            finished.page.display()
        );
        if is_line {
            output.line(said)?;
        } else {
            output.note(&said);
        }
        Ok(())
    }
}

fn begun(folder: &Path, language: Language, claim: Option<&str>) -> anyhow::Result<ReportFolder> {
    ReportFolder::begin(folder, language, claim)
        .with_context(|| format!("cannot write reports to {}", folder.display()))
}
