//! Reports as one page that needs nothing else: pictures inside, readable on a phone and in print.
//!
//! Sections go to a temporary file as documents come, so that memory does not grow with their
//! number; the list of documents stands before them only in the finished page.

use std::fmt::Write as _;
use std::io::{Seek, Write};
use std::path::Path;

use crate::registry::Register;
use crate::report::copies::Album;
use crate::report::copies::Family;
use crate::report::table::Counts;
use crate::report::wear;
use crate::report::wear::Followed;
use crate::report::words;
use crate::rules::Basis;
use crate::verify::Examined;
use crate::verify::Outcome;

mod fields;
mod file;
mod section;

const STYLE: &str = include_str!("html/page.css");

/// A page in the making.
#[derive(Debug)]
pub struct HtmlReport {
    sections: std::fs::File,
    album: Album,
    rows: String,
    counts: Counts,
    documents: usize,
}

impl HtmlReport {
    /// Begins a page.
    ///
    /// # Errors
    /// If no temporary file can be made.
    pub fn begin() -> std::io::Result<Self> {
        Ok(Self {
            sections: tempfile::tempfile()?,
            album: Album::begin()?,
            rows: String::new(),
            counts: Counts::default(),
            documents: 0,
        })
    }

    /// Adds a document, with pictures of its impressions beside the register's specimens.
    ///
    /// # Errors
    /// If the temporary file cannot be written.
    pub fn add(&mut self, examined: &Examined, register: &Register) -> std::io::Result<()> {
        self.documents += 1;
        let report = &examined.report;
        self.counts.add(report.outcome);
        let seals: Vec<&str> = report
            .impressions
            .iter()
            .map(|impression| impression.seal.as_deref().unwrap_or("unregistered"))
            .collect();
        let _ = writeln!(
            self.rows,
            "<tr><td><a href=\"#d{}\">{}</a></td><td>{}</td><td>{}</td><td>{}</td></tr>",
            self.documents,
            escaped(&report.document.path),
            badge(report.outcome),
            escaped(&seals.join(", ")),
            report.findings.len()
        );
        let section = section::write(examined, register, self.documents);
        self.sections.write_all(section.as_bytes())?;
        self.album.add(examined)
    }

    /// Adds the section of impressions that are one.
    ///
    /// # Errors
    /// If a temporary file cannot be read or written.
    pub fn add_copies(&mut self, families: &[Family]) -> std::io::Result<()> {
        let section = self.album.section(families)?;
        self.sections.write_all(section.as_bytes())
    }

    /// Adds the section of wear along dates.
    ///
    /// # Errors
    /// If a temporary file cannot be written.
    pub fn add_wear(&mut self, followed: &[Followed]) -> std::io::Result<()> {
        self.sections.write_all(wear::section(followed).as_bytes())
    }

    /// Writes the page.
    ///
    /// # Errors
    /// If it cannot be written.
    pub fn finish(mut self, path: &Path) -> std::io::Result<()> {
        let mut file = std::io::BufWriter::new(std::fs::File::create(path)?);
        write!(
            file,
            "<!doctype html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n\
             <meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n\
             <title>Antin: seals on scanned documents</title>\n<style>\n{STYLE}</style>\n</head>\n\
             <body>\n<header>\n<h1>Seals on scanned documents</h1>\n\
             <p class=\"terms\" lang=\"vi\">Kiểm tra hình dấu trên văn bản quét</p>\n\
             <p class=\"terms\" lang=\"zh\">扫描文件印文核验</p>\n\
             <p>{counts}.</p>\n<p class=\"notice\">{opinion} It says whether impressions agree with \
             the registered specimens, and what a person should look at.<br>\
             <span lang=\"vi\">Không phải kết luận giám định.</span> \
             <span lang=\"zh\">不构成司法鉴定意见。</span></p>\n</header>\n<main>\n\
             <div class=\"wide\"><table>\n<thead><tr><th scope=\"col\">document</th>\
             <th scope=\"col\">outcome</th><th scope=\"col\">seals</th>\
             <th scope=\"col\">findings</th></tr></thead>\n<tbody>\n{rows}</tbody>\n</table></div>\n",
            counts = self.counts.line(),
            opinion = words::NO_OPINION,
            rows = self.rows,
        )?;
        self.sections.rewind()?;
        std::io::copy(&mut self.sections, &mut file)?;
        writeln!(file, "</main>\n</body>\n</html>")?;
        file.flush()
    }
}

/// The rule that a finding rests on, in small print behind it; nothing where there is none.
pub(super) fn resting_on(basis: Option<&Basis>) -> String {
    basis.map_or_else(String::new, |basis| {
        format!(
            " <span class=\"small\">({}, {}, in force {})</span>",
            escaped(&basis.instrument),
            escaped(&basis.article),
            escaped(&basis.in_force)
        )
    })
}

/// Text as it may stand between tags and in quoted attributes.
pub(super) fn escaped(text: &str) -> String {
    let mut safe = String::with_capacity(text.len());
    for character in text.chars() {
        match character {
            '&' => safe.push_str("&amp;"),
            '<' => safe.push_str("&lt;"),
            '>' => safe.push_str("&gt;"),
            '"' => safe.push_str("&quot;"),
            '\'' => safe.push_str("&#39;"),
            other => safe.push(other),
        }
    }
    safe
}

fn badge(outcome: Outcome) -> String {
    let class = words::code(&outcome);
    let name = words::outcome(outcome).to_lowercase();
    format!("<span class=\"outcome {class}\">{name}</span>")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn text_from_documents_cannot_become_markup() {
        assert_eq!(
            escaped("<script a=\"b\">'&"),
            "&lt;script a=&quot;b&quot;&gt;&#39;&amp;"
        );
    }
}
