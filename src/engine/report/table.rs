//! Reports as a table for a terminal.

use comfy_table::{Cell, CellAlignment, ColumnConstraint, Table, Width};

use crate::measurement::Measurements;
use crate::report::findings;
use crate::report::marks;
use crate::report::measured;
use crate::report::rows;
use crate::report::words;
use crate::rules::Finding;
use crate::verify::Examined;
use crate::verify::Outcome;
use crate::verify::Report;
use crate::verify::report::Impression;
use crate::words::Language;
use crate::words::names;

/// The longest word of a conclusion or finding, "unregistered", and the blank behind it.
const WORD_WIDTH: u16 = 13;

/// Rows of one table, collected report by report.
#[derive(Debug)]
pub struct ReportTable {
    table: Table,
    messages: Vec<String>,
    counts: Counts,
    details: Option<Vec<String>>,
    /// Whether a conclusion in it is consistent, surely or rather.
    is_for: bool,
}

/// Documents by outcome.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Counts {
    /// Passed.
    pub pass: usize,
    /// To be looked at.
    pub review: usize,
    /// With a violation.
    pub flag: usize,
    /// Not decoded or not processed.
    pub unread: usize,
    /// Stopped by a mark of secrecy.
    pub stopped: usize,
}

impl Counts {
    /// Counts one document.
    pub const fn add(&mut self, outcome: Outcome) {
        match outcome {
            Outcome::Pass => self.pass += 1,
            Outcome::Review => self.review += 1,
            Outcome::Flag => self.flag += 1,
            Outcome::Unreadable | Outcome::NotProcessed => self.unread += 1,
            Outcome::Stopped => self.stopped += 1,
        }
    }

    /// How many there are.
    #[must_use]
    pub const fn documents(&self) -> usize {
        self.pass + self.review + self.flag + self.unread + self.stopped
    }

    /// The sum in one line.
    #[must_use]
    pub fn line(&self) -> String {
        let documents = self.documents();
        // Said only where it is so: next to no archive holds one.
        let stopped = match self.stopped {
            0 => String::new(),
            stopped => format!(", {stopped} stopped"),
        };
        format!(
            "{}: {} pass, {} to review, {} flagged, {} not read{stopped}",
            words::counted(documents, "document"),
            self.pass,
            self.review,
            self.flag,
            self.unread
        )
    }
}

impl Default for ReportTable {
    fn default() -> Self {
        let mut table = Table::new();
        words::fit(&mut table);
        table.set_header([
            "document",
            "page",
            "seal",
            "shape, mm",
            "conclusion",
            "log10\nLR",
            "outcome",
            "findings",
        ]);
        // What is short stays whole; long words break at blanks; names take what is left, and never
        // less than a word of them needs.
        let name = ColumnConstraint::LowerBoundary(Width::Fixed(WORD_WIDTH));
        let whole = ColumnConstraint::ContentWidth;
        let word = ColumnConstraint::Absolute(Width::Fixed(WORD_WIDTH));
        for (position, constraint) in [
            (0, name),
            (1, whole),
            (2, whole),
            (3, word),
            (4, word),
            (5, whole),
            (6, whole),
            (7, word),
        ] {
            if let Some(column) = table.column_mut(position) {
                column.set_constraint(constraint);
            }
        }
        for column in table.column_iter_mut() {
            column.set_padding((0, 1));
        }
        Self {
            table,
            messages: Vec::new(),
            counts: Counts::default(),
            details: None,
            is_for: false,
        }
    }
}

impl ReportTable {
    /// A table that also lists the measurements behind each conclusion, and the marks that are no
    /// seals.
    #[must_use]
    pub fn detailed() -> Self {
        Self {
            details: Some(Vec::new()),
            ..Self::default()
        }
    }

    /// Adds a document: a row for each of its impressions, or one for itself.
    pub fn add(&mut self, examined: &Examined) {
        let report = &examined.report;
        self.counts.add(report.outcome);
        self.is_for |= report.impressions.iter().any(rows::is_for);
        // A name may hold ends of lines, which would look like findings of another document.
        let on_one_line = |name: &str| name.replace('\n', "\\n").replace('\r', "\\r");
        let path = &report.document.path;
        // The findings under the table give the whole path.
        let name = path.rsplit(['/', '\\']).next().unwrap_or(path);
        let (path, name) = (&on_one_line(path), &*on_one_line(name));
        let outcome = words::outcome(report.outcome);
        let general: Vec<&Finding> = of(report, None).collect();
        if report.impressions.is_empty() {
            let seal = match report.outcome {
                Outcome::Unreadable | Outcome::Stopped | Outcome::NotProcessed => "",
                Outcome::Pass | Outcome::Review | Outcome::Flag => "no seal",
            };
            self.row([name, "", seal, "", "", "", outcome, &codes(&general)]);
        }
        for (index, impression) in report.impressions.iter().enumerate() {
            let own: Vec<&Finding> = match index {
                0 => of(report, Some(0)).chain(general.iter().copied()).collect(),
                _ => of(report, Some(index)).collect(),
            };
            // The document's name and outcome stand once.
            let (path, outcome) = if index == 0 {
                (name, outcome)
            } else {
                ("", "")
            };
            self.row([
                path,
                &impression.page.to_string(),
                impression.seal.as_deref().unwrap_or("none"),
                &rows::size(Language::English, &impression.outline),
                conclusion(impression),
                &ratio(impression),
                outcome,
                &codes(&own),
            ]);
        }
        if let Some(details) = &mut self.details {
            let measurements = &examined.details.measurements;
            for (impression, measurements) in report.impressions.iter().zip(measurements) {
                details.extend(sizes(path, impression, measurements));
                details.extend(compared(path, impression));
            }
            details.extend(marks::lines(path, &examined.details.marks));
        }
        for finding in &report.findings {
            let severity = words::code(&finding.severity);
            let place = finding
                .page
                .map_or_else(String::new, |page| format!(", page {page}"));
            let ground = match findings::ground(finding, Language::English) {
                ground if ground.is_empty() => ground,
                ground => format!(" [{ground}]"),
            };
            self.messages.push(format!(
                "{severity}: {path}{place}: {}{ground}",
                finding.message
            ));
        }
    }

    /// Adds a line about several documents, after the findings of each.
    pub fn add_line(&mut self, line: String) {
        self.messages.push(line);
    }

    /// The table, what its conclusions leave open, the findings in words, the sum, and what the reader must keep in mind.
    #[must_use]
    pub fn finish(self) -> String {
        let mut parts = vec![trimmed(&self.table)];
        if self.is_for {
            parts.push(Language::English.word("head.traced_die").to_owned());
        }
        if !self.messages.is_empty() {
            parts.push(self.messages.join("\n"));
        }
        parts.extend(self.details.map(|details| details.join("\n")));
        parts.retain(|part| !part.is_empty());
        parts.push(format!("{}. {}", self.counts.line(), words::NO_OPINION));
        parts.join("\n\n")
    }

    fn row(&mut self, cells: [&str; 8]) {
        let number = |position: usize| matches!(position, 1 | 5);
        let cells = cells.into_iter().enumerate().map(|(position, text)| {
            let cell = Cell::new(text);
            if number(position) {
                cell.set_alignment(CellAlignment::Right)
            } else {
                cell
            }
        });
        self.table.add_row(cells);
    }
}

/// What was measured on one impression, a line each.
fn sizes(path: &str, impression: &Impression, measurements: &Measurements) -> Vec<String> {
    let [x, y] = impression.centre_px;
    let page = impression.page;
    let mut lines = vec![format!(
        "measured: {path}, page {page}, impression at {x:.0}, {y:.0} px:"
    )];
    let rows = measured::rows(Language::English, measurements).into_iter();
    lines.extend(rows.map(|(name, value)| format!("  {name}: {value}")));
    let map = measured::quality(measurements);
    lines.push(format!(
        "  usable by place, tenths, rows from the top: {map}"
    ));
    lines
}

/// The figures of one comparison, a line each.
fn compared(path: &str, impression: &Impression) -> Vec<String> {
    let (Some(seal), Some(comparison)) = (&impression.seal, &impression.comparison) else {
        return Vec::new();
    };
    let head = format!(
        "compared: {path}, page {}, with seal {seal}: agreement {:.3}, missing ink {:.3}, \
         displacement {:.3} mm, examined {:.3}",
        impression.page,
        comparison.agreement,
        comparison.missing_ink,
        comparison.displacement_mm,
        comparison.usable_area
    );
    let evidence = comparison.evidence.iter().map(|evidence| {
        let axis = words::code(&evidence.axis);
        let seen = evidence.visibility;
        let seen = seen.map(|share| format!(", visible {share:.3}"));
        let seen = seen.unwrap_or_default();
        let moved = evidence.displacements.first();
        let moved =
            moved.map(|own| format!(", right {:+.3}, down {:+.3}", own.right_mm, own.down_mm));
        let moved = moved.unwrap_or_default();
        format!(
            "  {axis} {} ± {}{moved}{seen}",
            evidence.value, evidence.uncertainty
        )
    });
    std::iter::once(head).chain(evidence).collect()
}

fn of(report: &Report, impression: Option<usize>) -> impl Iterator<Item = &Finding> {
    let findings = report.findings.iter();
    findings.filter(move |finding| finding.impression == impression)
}

fn codes(findings: &[&Finding]) -> String {
    let codes: Vec<String> = findings
        .iter()
        .map(|finding| short(&finding.code))
        .collect();
    codes.join("\n")
}

/// A code in a narrow column: in words, and without what the row says already.
fn short(code: &str) -> String {
    let own = code
        .strip_prefix("seal.")
        .or(code.strip_prefix("document."));
    own.unwrap_or(code).replace(['.', '_'], " ")
}

fn conclusion(impression: &Impression) -> &'static str {
    match impression.seal {
        Some(_) => Language::English.word(names::conclusion(impression.conclusion)),
        None => Language::English.word("head.unregistered"),
    }
}

fn ratio(impression: &Impression) -> String {
    let comparison = impression.comparison.as_ref();
    let ratio = comparison.and_then(|comparison| comparison.log10_lr);
    ratio.map_or_else(String::new, |ratio| format!("{ratio:+.1}"))
}

/// The table without the blanks that fill its last column.
fn trimmed(table: &Table) -> String {
    let lines: Vec<String> = table
        .lines()
        .map(|line| line.trim_end().to_owned())
        .collect();
    lines.join("\n")
}
