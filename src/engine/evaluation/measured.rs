//! What calibration is fitted to: each labelled impression with everything that was measured of it.
//!
//! Comes in and goes out: JSON Lines. A line holds the labelled line's own fields and, under
//! `measured`, one comparison with the seal that it claims, enrolled with some of its specimens; an
//! impression compared with one, two and three specimens has three lines. Impressions that were not
//! found have none.

use std::io;
use std::io::BufRead;
use std::io::Write;

use serde::{Deserialize, Serialize};

use crate::evaluation::trial::Trial;
use crate::evaluation::truth::Truth;
use crate::imaging::ColourMode;
use crate::matching::Comparison;

/// An impression compared with a seal that was enrolled with so many specimens.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Measured {
    /// Specimens that were fused.
    pub specimens: u32,
    /// What the pixels of the scan can tell.
    pub mode: ColourMode,
    /// The scan's resolution, where it is known.
    pub dpi: Option<f64>,
    /// What was measured; `None` where the two could not be aligned.
    pub comparison: Option<Comparison>,
}

/// One line of measurements.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Line {
    /// The labelled line.
    #[serde(flatten)]
    pub truth: Truth,
    /// What was measured of its impression.
    pub measured: Measured,
}

/// Why measurements cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// The text could not be read to its end.
    #[error(transparent)]
    Read(#[from] io::Error),
    /// A line is not one of measurements.
    #[error("line {line}: {reason}")]
    Line {
        /// Counted from one.
        line: usize,
        /// What is wrong with it.
        reason: String,
    },
}

/// Writes the measurements behind trials, in their order, fewer specimens first.
///
/// # Errors
/// If `out` cannot be written.
pub fn write(out: &mut impl Write, trials: &[Trial]) -> io::Result<()> {
    for trial in trials {
        for measured in &trial.measured {
            let line = Line {
                truth: trial.truth.clone(),
                measured: measured.clone(),
            };
            serde_json::to_writer(&mut *out, &line)?;
            out.write_all(b"\n")?;
        }
    }
    out.flush()
}

/// Reads measurements; blank lines are skipped.
///
/// # Errors
/// Names the first line that cannot be used.
pub fn read(text: impl BufRead) -> Result<Vec<Line>, Error> {
    let mut lines = Vec::new();
    for (index, line) in text.lines().enumerate() {
        let line = line?;
        if line.trim().is_empty() {
            continue;
        }
        let parsed = serde_json::from_str(&line).map_err(|error| Error::Line {
            line: index + 1,
            reason: error.to_string(),
        })?;
        lines.push(parsed);
    }
    Ok(lines)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::evaluation::observation::Observation;
    use crate::evaluation::observation::ObservedImpression;
    use crate::evaluation::trial::pair;
    use crate::evaluation::truth;

    #[test]
    fn measurements_survive_their_file_and_stand_in_the_order_of_the_set() {
        let lines = truth::parse(
            "{\"document\":\"a\",\"label\":\"genuine\",\"seal\":\"S\",\"seed\":7}\n\
             {\"document\":\"b\",\"label\":\"forged\",\"seal\":\"T\"}\n",
        )
        .unwrap();
        let measured = |specimens| Measured {
            specimens,
            mode: ColourMode::Gray,
            dpi: Some(300.0),
            comparison: None,
        };
        let mut found = ObservedImpression {
            page: 1,
            ..ObservedImpression::default()
        };
        found
            .measured
            .insert("S".to_owned(), vec![measured(1), measured(3)]);
        let seen = Observation {
            document: "a".to_owned(),
            pages: 1,
            impressions: vec![found],
            ..Observation::default()
        };
        let (trials, _) = pair(&lines, &[seen], |_| true);
        let mut file = Vec::new();
        write(&mut file, &trials).unwrap();
        let read = read(file.as_slice()).unwrap();
        let counts: Vec<u32> = read.iter().map(|line| line.measured.specimens).collect();
        assert_eq!(counts, [1, 3]);
        assert_eq!(read[0].truth, lines[0]);
        assert_eq!(read[1].measured, measured(3));
    }

    #[test]
    fn a_bad_line_is_named() {
        let good = r#"{"document":"a","label":"none","measured":{"specimens":1,"mode":"gray","dpi":null,"comparison":null}}"#;
        let error = read(format!("{good}\n\n{{}}\n").as_bytes()).unwrap_err();
        assert!(error.to_string().starts_with("line 3"), "{error}");
    }
}
