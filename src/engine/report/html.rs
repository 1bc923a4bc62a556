//! Reports as one page that needs nothing else: pictures inside, readable on a phone and in print.
//!
//! Sections go to a temporary file as documents come, so that memory does not grow with their
//! number; the list of documents stands before them only in the finished page.

use std::fmt::Write as _;
use std::io::{Seek, Write};
use std::path::Path;

use crate::report::copies::Album;
use crate::report::copies::Family;
use crate::report::exhibit::Exhibit;
use crate::report::findings;
use crate::report::table::Counts;
use crate::report::wear;
use crate::report::wear::Followed;
use crate::report::words;
use crate::rules::Basis;
use crate::verify::Examined;
use crate::verify::Outcome;
use crate::words::Language;
use crate::words::names;
use crate::words::text;

mod fields;
mod file;
mod section;

const STYLE: &str = include_str!("html/page.css");

/// A page in the making.
#[derive(Debug)]
pub struct HtmlReport {
    language: Language,
    sections: std::fs::File,
    album: Album,
    rows: String,
    counts: Counts,
    documents: usize,
}

impl HtmlReport {
    /// Begins a page in a language.
    ///
    /// # Errors
    /// If no temporary file can be made.
    pub fn begin(language: Language) -> std::io::Result<Self> {
        Ok(Self {
            language,
            sections: tempfile::tempfile()?,
            album: Album::begin()?,
            rows: String::new(),
            counts: Counts::default(),
            documents: 0,
        })
    }

    /// Adds a document, with pictures of its impressions beside the registered specimens.
    ///
    /// # Errors
    /// If the temporary file cannot be written.
    pub fn add(&mut self, examined: &Examined, exhibits: &[Exhibit]) -> std::io::Result<()> {
        self.documents += 1;
        let report = &examined.report;
        self.counts.add(report.outcome);
        let unregistered = self.language.word("head.unregistered");
        let seals: Vec<&str> = report
            .impressions
            .iter()
            .map(|impression| impression.seal.as_deref().unwrap_or(unregistered))
            .collect();
        let _ = writeln!(
            self.rows,
            "<tr><td><a href=\"#d{}\">{}</a></td><td>{}</td><td>{}</td><td>{}</td></tr>",
            self.documents,
            escaped(&report.document.path),
            badge(self.language, report.outcome),
            escaped(&seals.join(", ")),
            report.findings.len()
        );
        let section = section::write(self.language, (examined, exhibits), self.documents);
        self.sections.write_all(section.as_bytes())?;
        self.album.add(examined)
    }

    /// Adds the section of impressions that are one.
    ///
    /// # Errors
    /// If a temporary file cannot be read or written.
    pub fn add_copies(&mut self, families: &[Family]) -> std::io::Result<()> {
        let section = self.album.section(self.language, families)?;
        self.sections.write_all(section.as_bytes())
    }

    /// Adds the section of wear along dates.
    ///
    /// # Errors
    /// If a temporary file cannot be written.
    pub fn add_wear(&mut self, followed: &[Followed]) -> std::io::Result<()> {
        let section = wear::section(self.language, followed);
        self.sections.write_all(section.as_bytes())
    }

    /// Writes the page.
    ///
    /// # Errors
    /// If it cannot be written.
    pub fn finish(mut self, path: &Path) -> std::io::Result<()> {
        let mut file = std::io::BufWriter::new(std::fs::File::create(path)?);
        let language = self.language;
        let head = [
            "head.document",
            "head.outcome",
            "head.seals",
            "head.findings",
        ];
        let head = head.map(|key| format!("<th scope=\"col\">{}</th>", language.word(key)));
        write!(
            file,
            "<!doctype html>\n<html lang=\"{tag}\">\n<head>\n<meta charset=\"utf-8\">\n\
             <meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n\
             <title>Antin: {title}</title>\n<style>\n{STYLE}</style>\n</head>\n\
             <body>\n<header>\n<h1>{title}</h1>\n\
             <p>{counts}.</p>\n<p class=\"notice\">{opinion} {purpose}</p>\n</header>\n<main>\n\
             <div class=\"wide\"><table>\n<thead><tr>{head}</tr></thead>\n<tbody>\n{rows}</tbody>\n\
             </table></div>\n",
            tag = language.tag(),
            title = language.word("head.page_title"),
            counts = told(language, self.counts),
            opinion = language.word("head.no_opinion"),
            purpose = language.word("head.purpose"),
            head = head.concat(),
            rows = self.rows,
        )?;
        self.sections.rewind()?;
        std::io::copy(&mut self.sections, &mut file)?;
        writeln!(file, "</main>\n</body>\n</html>")?;
        file.flush()
    }
}

/// How many documents came to what.
fn told(language: Language, counts: Counts) -> String {
    let documents = text(language, "count.documents", &[("n", &counts.documents())]);
    let told = text(
        language,
        "count.outcomes",
        &[
            ("documents", &documents),
            ("pass", &counts.pass),
            ("review", &counts.review),
            ("flag", &counts.flag),
            ("unread", &counts.unread),
        ],
    );
    match counts.stopped {
        0 => told,
        stopped => format!(
            "{told}, {}",
            text(language, "count.stopped", &[("n", &stopped)])
        ),
    }
}

/// The rule that a finding rests on, in small print behind it; nothing where there is none.
pub(super) fn resting_on(language: Language, basis: Option<&Basis>) -> String {
    basis.map_or_else(String::new, |basis| {
        let law = escaped(&findings::law(basis, language));
        format!(" <span class=\"small\">({law})</span>")
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

fn badge(language: Language, outcome: Outcome) -> String {
    let class = words::code(&outcome);
    let name = language.word(names::outcome(outcome));
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
