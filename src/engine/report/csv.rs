//! Findings as a sheet: one row a finding, for whoever counts, sorts and files them.

use std::io::Write;

use crate::report::copies::Family;
use crate::report::copies::Shown;
use crate::report::findings;
use crate::report::rows;
use crate::report::words;
use crate::rules::Finding;
use crate::verify::Report;
use crate::words::Language;

/// The columns, which stay the same in every language.
pub const COLUMNS: [&str; 20] = [
    "document",
    "sha256",
    "dated",
    "outcome",
    "page",
    "impression",
    "seal",
    "conclusion",
    "code",
    "severity",
    "finding",
    "message",
    "instrument",
    "article",
    "in_force",
    "engine",
    "policy",
    "rules",
    "register_revision",
    "caveats",
];

/// What spreadsheets take the beginning of a formula for, in the letters of either script.
const FORMULA: [char; 8] = ['=', '+', '-', '@', '＝', '＋', '－', '＠'];

/// A sheet in the making.
///
/// It begins with a byte order mark, without which spreadsheets take Vietnamese and Chinese for another encoding.
#[derive(Debug)]
pub struct Sheet<W: Write> {
    language: Language,
    writer: ::csv::Writer<W>,
}

impl<W: Write> Sheet<W> {
    /// Begins a sheet with its columns; findings are told in `language`, while codes stay what they are.
    ///
    /// # Errors
    /// If it cannot be written.
    pub fn begin(mut out: W, language: Language) -> std::io::Result<Self> {
        out.write_all("\u{feff}".as_bytes())?;
        let mut writer = ::csv::Writer::from_writer(out);
        writer.write_record(COLUMNS)?;
        Ok(Self { language, writer })
    }

    /// Adds the findings of a document; none, no row.
    ///
    /// # Errors
    /// If it cannot be written.
    pub fn add(&mut self, report: &Report) -> std::io::Result<()> {
        for finding in &report.findings {
            let row = row(report, finding, self.language);
            self.writer.write_record(row.map(|cell| inert(&cell)))?;
        }
        Ok(())
    }

    /// Adds impressions that are copies of one another, a row each; those that are no finding have none.
    ///
    /// # Errors
    /// If it cannot be written.
    pub fn add_copies(&mut self, families: &[Family]) -> std::io::Result<()> {
        for family in families {
            let Some(code) = &family.code else { continue };
            for member in &family.members {
                let row = copy_row((family, code.as_str()), member, self.language);
                self.writer.write_record(row.map(|cell| inert(&cell)))?;
            }
        }
        Ok(())
    }

    /// Writes what is left.
    ///
    /// # Errors
    /// If it cannot be written.
    pub fn finish(mut self) -> std::io::Result<()> {
        self.writer.flush()
    }
}

fn row(report: &Report, finding: &Finding, language: Language) -> [String; 20] {
    let index = finding.impression;
    let record = index.and_then(|index| report.impressions.get(index));
    let comparison = record.and_then(|record| record.comparison.as_ref());
    let caveats = comparison.map(|comparison| rows::caveats(language, comparison));
    let basis = finding.basis.as_ref();
    let shown = |value: Option<String>| value.unwrap_or_default();
    let document = &report.document;
    [
        document.path.clone(),
        shown(document.sha256.clone()),
        shown(document.date.claimed.map(|date| date.to_string())),
        words::code(&report.outcome),
        shown(finding.page.map(|page| page.to_string())),
        shown(index.map(|index| (index + 1).to_string())),
        shown(record.and_then(|record| record.seal.clone())),
        shown(record.map(|record| words::code(&record.conclusion))),
        finding.code.clone(),
        words::code(&finding.severity),
        findings::title(&finding.code, language),
        findings::told(finding, language).line(),
        shown(basis.map(|basis| basis.instrument.clone())),
        shown(basis.map(|basis| findings::article(basis, language))),
        shown(basis.map(|basis| basis.in_force.clone())),
        report.engine.clone(),
        report.policy.clone(),
        report.rules.clone(),
        report.register.revision.to_string(),
        caveats.unwrap_or_default().join("; "),
    ]
}

/// The row of a copy, which rests on other documents and not on its report: what a report would say of it stays empty.
fn copy_row((family, code): (&Family, &str), member: &Shown, language: Language) -> [String; 20] {
    let told = [
        ("document", member.path.clone()),
        ("sha256", member.sha256.clone()),
        ("page", member.page.to_string()),
        ("impression", (member.impression + 1).to_string()),
        ("seal", member.seal.clone().unwrap_or_default()),
        ("code", code.to_owned()),
        ("severity", family.severity.to_owned()),
        ("finding", findings::title(code, language)),
        ("message", family.sentence.clone()),
    ];
    COLUMNS.map(|column| {
        let mut told = told.iter();
        let cell = told.find(|(name, _)| *name == column);
        cell.map(|(_, text)| text.clone()).unwrap_or_default()
    })
}

/// A cell that no spreadsheet takes for a formula: an apostrophe before it makes it text.
fn inert(cell: &str) -> String {
    let is_skipped = |c: char| c.is_whitespace() || c.is_control() || c == '\u{feff}';
    let first = cell.trim_start_matches(is_skipped).chars().next();
    let begins_oddly = cell.starts_with(|c: char| c.is_control());
    if begins_oddly || first.is_some_and(|first| FORMULA.contains(&first)) {
        format!("'{cell}")
    } else {
        cell.to_owned()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_copy_has_a_row_and_scans_of_one_sheet_have_none() {
        let member = |path: &str| Shown {
            sha256: "00".to_owned(),
            path: path.to_owned(),
            page: 2,
            impression: 0,
            seal: Some("S1".to_owned()),
            caption: String::new(),
            agreement: None,
        };
        let family = |code: Option<&str>| Family {
            severity: "violation",
            sentence: "a, b".to_owned(),
            code: code.map(str::to_owned),
            members: vec![member("=a.pdf"), member("b.pdf")],
        };
        let mut written = Vec::new();
        let mut sheet = Sheet::begin(&mut written, Language::English).unwrap();
        let families = [family(None), family(Some("seal.pasted_duplicate"))];
        sheet.add_copies(&families).unwrap();
        sheet.finish().unwrap();
        let text = String::from_utf8(written).unwrap();
        let rows: Vec<&str> = text.lines().skip(1).collect();
        assert_eq!(rows.len(), 2, "{text}");
        for (row, begins) in rows
            .iter()
            .zip(["'=a.pdf,00,,,2,1,S1,,", "b.pdf,00,,,2,1,S1,,"])
        {
            assert!(row.starts_with(begins), "{row}");
            let told = "seal.pasted_duplicate,violation,";
            assert!(
                row.contains(told) && row.ends_with(",\"a, b\",,,,,,,,"),
                "{row}"
            );
        }
    }

    #[test]
    fn no_cell_is_a_formula_whatever_stands_before_it() {
        for formula in [
            "=1+1",
            "+1",
            "-2+3",
            "@SUM(A1)",
            " =1",
            "\t=1",
            "\r\n=1",
            "\u{feff}=1",
            "＝1+1",
            "\u{3000}＠x",
            "\ttext",
        ] {
            assert_eq!(inert(formula), format!("'{formula}"), "{formula:?}");
        }
        for text in ["a=1", "docs/a.pdf", "", "36,1 mm", "’=1"] {
            assert_eq!(inert(text), text);
        }
    }
}
