//! Reports as files: one for programs, one for people.

use std::io::{BufWriter, Write};
use std::path::{Path, PathBuf};

use crate::registry::Register;
use crate::report::copies::Family;
use crate::report::html::HtmlReport;
use crate::report::wear::Followed;
use crate::verify::Examined;

/// Name of the page.
const PAGE: &str = "report.html";
/// Name of the JSON Lines.
const LINES: &str = "report.jsonl";

/// A folder that receives reports.
#[derive(Debug)]
pub struct ReportFolder {
    folder: PathBuf,
    lines: BufWriter<std::fs::File>,
    page: HtmlReport,
}

impl ReportFolder {
    /// Makes the folder and begins both files.
    ///
    /// # Errors
    /// If it cannot be written.
    pub fn begin(folder: &Path) -> std::io::Result<Self> {
        std::fs::create_dir_all(folder)?;
        Ok(Self {
            folder: folder.to_owned(),
            lines: BufWriter::new(std::fs::File::create(folder.join(LINES))?),
            page: HtmlReport::begin()?,
        })
    }

    /// Adds a document.
    ///
    /// # Errors
    /// If it cannot be written.
    pub fn add(&mut self, examined: &Examined, register: &Register) -> std::io::Result<()> {
        serde_json::to_writer(&mut self.lines, &examined.report)?;
        self.lines.write_all(b"\n")?;
        self.page.add(examined, register)
    }

    /// Adds links between the documents: a line of JSON each, and a section of the page.
    ///
    /// # Errors
    /// If it cannot be written.
    pub fn add_links(&mut self, lines: &[String], families: &[Family]) -> std::io::Result<()> {
        for line in lines {
            writeln!(self.lines, "{line}")?;
        }
        if families.is_empty() {
            return Ok(());
        }
        self.page.add_copies(families)
    }

    /// Adds the wear of seals along dates: a line of JSON each, and a section of the page.
    ///
    /// # Errors
    /// If it cannot be written.
    pub fn add_wear(&mut self, lines: &[String], followed: &[Followed]) -> std::io::Result<()> {
        for line in lines {
            writeln!(self.lines, "{line}")?;
        }
        if followed.is_empty() {
            return Ok(());
        }
        self.page.add_wear(followed)
    }

    /// Completes both files and returns the path of the page.
    ///
    /// # Errors
    /// If they cannot be written.
    pub fn finish(mut self) -> std::io::Result<PathBuf> {
        self.lines.flush()?;
        let page = self.folder.join(PAGE);
        self.page.finish(&page)?;
        Ok(page)
    }
}
