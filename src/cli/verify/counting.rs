//! Documents counted against the registers of use, told after the reports.

use anyhow::Context;

use crate::cli::Exit;
use crate::cli::output::Output;
use crate::cli::verify::Readers;
use crate::links::Link;
use crate::report::findings;
use crate::report::words;
use crate::rules::Severity;
use crate::tally;
use crate::verify::Examination;
use crate::words::Language;

impl Readers {
    /// Counts documents against the registers of use, and tells every reader.
    pub(super) fn count(
        &mut self,
        links: &[Link],
        examination: &Examination<'_>,
        output: &mut Output,
    ) -> anyhow::Result<Exit> {
        let (register, rules) = (examination.register, examination.rules);
        let exceeded = tally::exceeded(&self.uses, links, register, rules);
        for record in &exceeded {
            let line = serde_json::to_string(record).context("a record is plain JSON")?;
            if self.json {
                output.line(&line)?;
            }
            if let Some(table) = &mut self.table {
                let severity = words::code(&record.severity);
                let rests_on = (record.finding.as_str(), record.basis.as_ref());
                let ground = findings::ground_of(rests_on, Language::English);
                table.add_line(format!("{severity}: {} [{ground}]", record.message));
            }
            self.reports.add_links(&[line], &[])?;
        }
        let is_remark = |record: &tally::Exceeded| record.severity == Severity::Remark;
        Ok(if exceeded.iter().all(is_remark) {
            Exit::Passed
        } else {
            Exit::Attention
        })
    }
}
