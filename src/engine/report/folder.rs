//! Reports as files: some for programs, some for people.

use std::fs::File;
use std::io::{BufWriter, Write};
use std::path::{Path, PathBuf};

use crate::registry::Register;
use crate::report::bundle;
use crate::report::copies::Family;
use crate::report::csv::Sheet;
use crate::report::exhibit;
use crate::report::html::HtmlReport;
use crate::report::pdf;
use crate::report::pdf::Fonts;
use crate::report::pdf::fonts;
use crate::report::wear::Followed;
use crate::verify::Examined;
use crate::words::Language;

/// Name of the page.
const PAGE: &str = "report.html";
/// Name of the JSON Lines.
const LINES: &str = "report.jsonl";
/// Name of the sheet of findings.
const SHEET: &str = "findings.csv";

/// Name of the folder of what belongs to one document each.
const DOCUMENTS: &str = "documents";
/// Characters of a document's name that are kept: a file's name has room for 255 bytes.
const NAME_MAX: usize = 60;

/// A folder that receives reports.
#[derive(Debug)]
pub struct ReportFolder {
    folder: PathBuf,
    lines: BufWriter<File>,
    page: HtmlReport,
    sheet: Sheet<BufWriter<File>>,
    language: Language,
    claim: Option<String>,
    fonts: Result<Fonts, fonts::Error>,
    documents: usize,
}

/// A folder with all its reports.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Finished {
    /// Path of the page.
    pub page: PathBuf,
    /// Why no PDF was written, if none was.
    pub without_pdf: Option<String>,
}

impl ReportFolder {
    /// Makes the folder and begins its files, in a language; `claim` is the seal that the documents are said to bear.
    ///
    /// # Errors
    /// If it cannot be written.
    pub fn begin(folder: &Path, language: Language, claim: Option<&str>) -> std::io::Result<Self> {
        std::fs::create_dir_all(folder.join(DOCUMENTS))?;
        let begun =
            |name| Ok::<_, std::io::Error>(BufWriter::new(File::create(folder.join(name))?));
        Ok(Self {
            folder: folder.to_owned(),
            lines: begun(LINES)?,
            page: HtmlReport::begin(language)?,
            sheet: Sheet::begin(begun(SHEET)?, language)?,
            language,
            claim: claim.map(str::to_owned),
            fonts: Fonts::of_system(),
            documents: 0,
        })
    }

    /// Adds a document.
    ///
    /// # Errors
    /// If it cannot be written.
    pub fn add(&mut self, examined: &Examined, register: &Register) -> std::io::Result<()> {
        serde_json::to_writer(&mut self.lines, &examined.report)?;
        self.lines.write_all(b"\n")?;
        self.sheet.add(&examined.report)?;
        let exhibits = exhibit::all(examined, register);
        self.page.add(examined, &exhibits)?;
        self.documents += 1;
        let name = file_name(self.documents, &examined.report.document.path);
        let base = self.folder.join(DOCUMENTS).join(name);
        let bundle = bundle::write(examined, register, self.claim.as_deref());
        let bundle = bundle.map_err(std::io::Error::other)?;
        std::fs::write(with_ending(&base, "zip"), bundle)?;
        let Ok(fonts) = &self.fonts else {
            return Ok(());
        };
        let subject = pdf::Subject {
            report: &examined.report,
            exhibits: &exhibits,
            language: self.language,
        };
        let printed = pdf::write(subject, fonts).map_err(std::io::Error::other)?;
        std::fs::write(with_ending(&base, "pdf"), printed)
    }

    /// Adds links between the documents: a line of JSON each, rows of the sheet, and a section of the page.
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
        self.sheet.add_copies(families)?;
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

    /// Completes all files.
    ///
    /// # Errors
    /// If they cannot be written.
    pub fn finish(mut self) -> std::io::Result<Finished> {
        self.lines.flush()?;
        self.sheet.finish()?;
        let page = self.folder.join(PAGE);
        self.page.finish(&page)?;
        Ok(Finished {
            page,
            without_pdf: self.fonts.err().map(|missing| missing.to_string()),
        })
    }
}

/// A name that every system takes, with the document's number first, so that no two are the same.
fn file_name(number: usize, path: &str) -> String {
    let name = path.rsplit(['/', '\\']).next().unwrap_or(path);
    let plain = |letter: char| match letter {
        letter if letter.is_alphanumeric() || matches!(letter, '-' | '_' | '.') => letter,
        _ => '_',
    };
    let plain: String = name.chars().take(NAME_MAX).map(plain).collect();
    format!("{number:04}-{}", plain.trim_end_matches('.'))
}

fn with_ending(base: &Path, ending: &str) -> PathBuf {
    let mut path = base.as_os_str().to_owned();
    path.push(format!(".{ending}"));
    PathBuf::from(path)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_of_files_are_plain_and_no_two_are_the_same() {
        assert_eq!(file_name(1, "docs/Công văn 12.pdf"), "0001-Công_văn_12.pdf");
        assert_eq!(file_name(2, "..\\..\\a:b*?.tif"), "0002-a_b__.tif");
        assert_eq!(file_name(12345, "x/.."), "12345-");
        let long = file_name(3, &"印".repeat(500));
        assert!(long.len() < 255, "{}", long.len());
    }
}
