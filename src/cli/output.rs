//! What a command says: results on standard output, everything else on standard error.

use std::fmt::Display;
use std::io::{IsTerminal, Write};

use indicatif::{ProgressBar, ProgressDrawTarget, ProgressStyle};

/// The two streams of a command.
#[derive(Debug)]
pub(super) struct Output {
    quiet: bool,
    bar: Option<ProgressBar>,
}

impl Output {
    pub(super) const fn new(quiet: bool) -> Self {
        Self { quiet, bar: None }
    }

    /// Writes one line of results, or a table of them.
    pub(super) fn line(&mut self, line: impl Display) -> std::io::Result<()> {
        let line = printable(&line.to_string());
        self.around_bar(|| writeln!(std::io::stdout(), "{line}"))
    }

    /// Says what went wrong with some input.
    pub(super) fn error(&mut self, message: &str) {
        self.say("error", message);
    }

    /// Says what should be looked at.
    pub(super) fn warning(&mut self, message: &str) {
        if !self.quiet {
            self.say("warning", message);
        }
    }

    /// Says what is good to know.
    pub(super) fn note(&mut self, message: &str) {
        if !self.quiet {
            self.say("note", message);
        }
    }

    /// A standard error that cannot be written leaves nothing to be said.
    fn say(&mut self, kind: &str, message: &str) {
        let message = printable(message);
        let _ = self.around_bar(|| writeln!(std::io::stderr(), "{kind}: {message}"));
    }

    /// Shows how many of `total` are done, where a person is looking.
    pub(super) fn progress(&mut self, total: usize, what: &'static str) -> ProgressBar {
        let shown = !self.quiet && std::io::stderr().is_terminal();
        let target = if shown {
            ProgressDrawTarget::stderr()
        } else {
            ProgressDrawTarget::hidden()
        };
        let total = u64::try_from(total).unwrap_or(u64::MAX);
        let bar = ProgressBar::with_draw_target(Some(total), target).with_message(what);
        let style = ProgressStyle::with_template("{bar:24} {pos}/{len} {msg}, {eta} left");
        let bar = bar.with_style(style.unwrap_or_else(|_| ProgressStyle::default_bar()));
        self.bar = Some(bar.clone());
        bar
    }

    /// Takes the progress bar away.
    pub(super) fn finish(&mut self) {
        if let Some(bar) = self.bar.take() {
            bar.finish_and_clear();
        }
    }

    /// Lines go above the bar, not through it.
    fn around_bar<T>(&self, write: impl FnOnce() -> T) -> T {
        match &self.bar {
            Some(bar) => bar.suspend(write),
            None => write(),
        }
    }
}

/// Text in which control characters are spelt out, but for the ends of lines: names of files may hold
/// sequences that a terminal would obey.
fn printable(text: &str) -> String {
    let is_obeyed = |c: char| c.is_control() && !matches!(c, '\n' | '\t');
    text.chars().fold(String::new(), |mut shown, c| {
        if is_obeyed(c) {
            shown.extend(c.escape_default());
        } else {
            shown.push(c);
        }
        shown
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sequences_that_a_terminal_would_obey_are_spelt_out() {
        let shown = printable("a\u{1b}[31m\u{9b}2J.pdf\nnext\tline");
        assert_eq!(shown, "a\\u{1b}[31m\\u{9b}2J.pdf\nnext\tline");
        assert_eq!(printable("Ấn tín · 印信"), "Ấn tín · 印信");
    }
}
