//! Why print could not be recognised.

use std::time::Duration;

/// Why nothing was recognised.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Failure {
    /// Nothing was given that recognises print.
    #[error("nothing was there to read them with")]
    NoRecogniser,
    /// The program that was named is none.
    #[error("there is no program {named}; install tesseract-ocr, or name it with --tesseract")]
    NoProgram {
        /// Its name, as given.
        named: String,
    },
    /// The program knows no language that is read.
    #[error("tesseract has no data of Vietnamese or Chinese: install {}", packages.join(" and "))]
    NoData {
        /// Debian's packages of them.
        packages: Vec<&'static str>,
    },
    /// The program does not know Vietnamese.
    #[error("tesseract's Vietnamese data ({package}) are not installed")]
    NoVietnamese {
        /// Debian's package of it.
        package: &'static str,
    },
    /// There is no print to recognise.
    #[error("there is nothing to read")]
    NothingToRead,
    /// Pictures cannot be handed to the program.
    #[error("the pictures cannot be stored ({said})")]
    NotStored {
        /// What the encoder said.
        said: String,
    },
    /// The program cannot be started.
    #[error("tesseract cannot be started ({said})")]
    NotStarted {
        /// What the system said.
        said: String,
    },
    /// The program took too long.
    #[error("tesseract took longer than {} s, and was stopped", after.as_secs_f64())]
    TookLonger {
        /// How long it was waited for.
        after: Duration,
    },
    /// The program's answer is no answer.
    #[error("tesseract says more than a page can hold, and was stopped")]
    TooMuch,
    /// The system cannot say what became of the program.
    #[error("tesseract is lost ({said})")]
    Lost {
        /// What the system said.
        said: String,
    },
    /// The program failed.
    #[error("tesseract failed ({said})")]
    Failed {
        /// What the system said of it.
        said: String,
    },
}
