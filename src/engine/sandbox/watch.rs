//! The parent's side: starts a child, feeds it, keeps the clock, and draws the conclusions.

use std::io::{self, Read};
use std::ops::ControlFlow;
use std::process::{ChildStdin, ChildStdout, Command, ExitStatus, Stdio};
use std::sync::mpsc::{Receiver, RecvTimeoutError, SyncSender, sync_channel};
use std::thread;
use std::time::{Duration, Instant};

use crate::ingest;
use crate::ingest::Obstacle;
use crate::ingest::PageError;
use crate::ingest::Stop;
use crate::reading::FileFacts;
use crate::sandbox::guard::Guard;
use crate::sandbox::message::{Message, Request, receive, send};
use crate::sandbox::supply::{Delivery, Supply};
use crate::sandbox::{CHILD_ARGUMENT, Options, Outcome, PageReading, Reading, Source};

/// How often a document is taken up again behind the page that its child failed on.
const RESTARTS_MAX: u32 = 3;

/// Bytes of the child's last words that are read.
const LAST_WORDS_MAX: u64 = 4096;

/// Time on the clock for what follows the last page: a thousand times what it takes.
const FACTS_WITHIN: Duration = Duration::from_secs(10);

/// Characters that are kept of what a child says of its own failure.
const SAID_MAX: usize = 200;

/// Pages that may wait to be taken: the child is not to run far ahead of its reader.
const QUEUE: usize = 2;

/// How one child ended.
enum End {
    /// It said that all pages are finished.
    Done,
    /// It said that the document cannot be opened.
    Failed(ingest::Error),
    /// It was stopped, or stopped itself.
    Stopped(Stop),
    /// Nobody wants more pages.
    Enough,
}

/// What is known of a document while its children run.
struct Progress<'a> {
    on_page: &'a mut dyn FnMut(PageReading) -> ControlFlow<()>,
    started: Instant,
    page_count: Option<u32>,
    pages_read: u32,
    output_bytes: u64,
    facts: Result<Option<FileFacts>, Stop>,
    unconfined: Vec<String>,
    error: Option<ingest::Error>,
}

/// Reads a document, page by page; see [`crate::sandbox::read_each`].
pub(super) fn read_each(
    source: Source<'_>,
    options: &Options,
    on_page: &mut dyn FnMut(PageReading) -> ControlFlow<()>,
) -> Reading {
    let mut progress = Progress::new(on_page);
    let mut first: Option<Delivery> = None;
    let mut stopped: Option<ingest::Error> = None;
    for attempt in 0..=RESTARTS_MAX {
        let supply = match Supply::open(source) {
            Ok(supply) => supply,
            Err(obstacle) => {
                return progress.refuse(first, ingest::Error::NotOpened(obstacle));
            }
        };
        let (bytes, max) = (supply.bytes_hint(), options.limits.bytes_max);
        if bytes > max {
            // No child is needed to see this, nor a digest that would take minutes.
            return progress.refuse(first, ingest::Error::TooLarge { bytes, max });
        }
        let (delivery, end) = match run(supply, options, &mut progress) {
            Ok(ran) => ran,
            Err(stop) => return progress.stop(first, stop),
        };
        match delivery {
            Err(error) => {
                let said = error.to_string();
                let obstacle = Obstacle::NotReadOn { said };
                return progress.refuse(first, ingest::Error::NotOpened(obstacle));
            }
            Ok(delivery) if first.as_ref().is_some_and(|first| *first != delivery) => {
                return progress.stop(first, Stop::FileChanged);
            }
            Ok(delivery) => first = Some(delivery),
        }
        let stop = match end {
            End::Done => break,
            End::Failed(error) => return progress.refuse(first, error),
            End::Enough => return progress.finish(first, Outcome::Read),
            End::Stopped(stop) if progress.is_complete() => {
                // Every page is there; what follows them is worth no second child.
                progress.facts = Err(stop);
                break;
            }
            End::Stopped(stop) => stop,
        };
        let Some(page_count) = progress.page_count else {
            return progress.stop(first, stop);
        };
        let number = progress.pages_read + 1;
        stopped.get_or_insert_with(|| ingest::Error::Stopped {
            page: Some(number),
            stop: stop.clone(),
        });
        if number <= page_count {
            let reason = stop;
            let failed = PageError::NotProcessed { number, reason };
            if progress
                .take(PageReading::failed(number, failed))
                .is_break()
            {
                return progress.finish(first, Outcome::Read);
            }
        }
        if number >= page_count || attempt == RESTARTS_MAX || progress.is_over(options) {
            break;
        }
    }
    progress.give_up_rest();
    match stopped {
        None => progress.finish(first, Outcome::Read),
        Some(error) => progress.refuse(first, error),
    }
}

/// What a document that cannot be read comes to: other limits help against limits alone.
fn refused(error: &ingest::Error) -> Outcome {
    let reason = error.to_string();
    if error.is_limit() {
        Outcome::NotProcessed { reason }
    } else {
        Outcome::Unreadable { reason }
    }
}

impl<'a> Progress<'a> {
    fn new(on_page: &'a mut dyn FnMut(PageReading) -> ControlFlow<()>) -> Self {
        Self {
            on_page,
            started: Instant::now(),
            page_count: None,
            pages_read: 0,
            output_bytes: 0,
            facts: Err(Stop::NotToTheEnd),
            unconfined: Vec::new(),
            error: None,
        }
    }

    fn take(&mut self, page: PageReading) -> ControlFlow<()> {
        self.pages_read += 1;
        (self.on_page)(page)
    }

    /// Names the pages that no child was tried on any more.
    fn give_up_rest(&mut self) {
        let count = self.page_count.unwrap_or(0);
        while self.pages_read < count {
            let number = self.pages_read + 1;
            let reason = Stop::EarlierPages;
            let failed = PageError::NotProcessed { number, reason };
            if self.take(PageReading::failed(number, failed)).is_break() {
                return;
            }
        }
    }

    fn is_over(&self, options: &Options) -> bool {
        self.started.elapsed() >= options.child.wall_max
    }

    /// The reader ended before there was a page, or never began.
    fn stop(self, delivery: Option<Delivery>, stop: Stop) -> Reading {
        self.refuse(delivery, ingest::Error::Stopped { page: None, stop })
    }

    /// The document cannot be opened, is not to be, or was not read to its end.
    fn refuse(mut self, delivery: Option<Delivery>, error: ingest::Error) -> Reading {
        let outcome = refused(&error);
        self.error = Some(error);
        self.finish(delivery, outcome)
    }

    fn finish(self, delivery: Option<Delivery>, outcome: Outcome) -> Reading {
        let (sha256, bytes) =
            delivery.map_or((None, 0), |delivery| (delivery.sha256, delivery.bytes));
        Reading {
            sha256,
            bytes,
            page_count: self.page_count,
            pages: Vec::new(),
            outcome,
            facts: self.facts,
            unconfined: self.unconfined,
            error: self.error,
        }
    }

    /// Takes a message in; `Some` if it was the child's last.
    fn hear(&mut self, message: Message) -> Option<End> {
        let out_of_order = || Some(End::Stopped(Stop::OutOfOrder));
        match message {
            Message::Confined { missing } => {
                self.unconfined = missing;
                None
            }
            Message::Opened { pages } => {
                // A child that is started again must see the same document.
                if *self.page_count.get_or_insert(pages) == pages {
                    None
                } else {
                    out_of_order()
                }
            }
            Message::Page(page) => match page.into_reading() {
                Some(page) if self.is_next(page.number) => {
                    self.take(page).is_break().then_some(End::Enough)
                }
                Some(_) | None => out_of_order(),
            },
            Message::Facts(facts) if self.is_complete() => {
                let panicked = |said: String| Stop::Panicked {
                    said: said.chars().take(SAID_MAX).collect(),
                };
                let facts = facts.map_err(panicked);
                self.facts = facts.map(|facts| facts.map(FileFacts::bounded));
                None
            }
            Message::Facts(_) => out_of_order(),
            Message::Failed(error) => {
                self.page_count = self.page_count.or_else(|| error.pages());
                Some(End::Failed(error))
            }
            Message::Done if self.is_complete() => Some(End::Done),
            Message::Done => out_of_order(),
        }
    }

    /// Whether every page has been taken in.
    fn is_complete(&self) -> bool {
        self.page_count == Some(self.pages_read)
    }

    fn is_next(&self, number: u32) -> bool {
        number == self.pages_read + 1 && self.page_count.is_some_and(|count| number <= count)
    }
}

/// Runs one child over the document.
///
/// # Errors
/// [`Stop::NotStarted`], if the child cannot be started.
fn run(
    supply: Supply<'_>,
    options: &Options,
    progress: &mut Progress<'_>,
) -> Result<(io::Result<Delivery>, End), Stop> {
    let bytes = supply.bytes_hint();
    let cannot_start = |error: io::Error| Stop::NotStarted {
        reader: options.executable.display().to_string(),
        said: error.to_string(),
    };
    let mut child = Command::new(&options.executable)
        .arg(CHILD_ARGUMENT)
        .env_clear()
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .map(Guard)
        .map_err(cannot_start)?;
    let pipes = (child.0.stdin.take(), child.0.stdout.take());
    let (Some(input), Some(output)) = pipes else {
        return Err(cannot_start(io::ErrorKind::BrokenPipe.into()));
    };
    let request = Request {
        password: options.password.clone(),
        stated_dpi: options.stated_dpi,
        sought: options.sought.clone(),
        limits: options.limits,
        child: options.child,
        excerpts: options.recognition.by().is_some(),
        first_page: progress.pages_read,
        bytes_hint: bytes,
    };
    Ok(thread::scope(|scope| {
        let feeder = scope.spawn(move || feed(input, &request, supply));
        let (sender, receiver) = sync_channel(QUEUE);
        let allowed = options
            .child
            .output_bytes_max
            .saturating_sub(progress.output_bytes);
        scope.spawn(move || listen(output, allowed, &sender));
        let heard = follow(&receiver, options, progress);
        // Dropped before the threads are waited for: a full queue would hold the listener.
        drop(receiver);
        let end = conclude(heard, child);
        let delivery = feeder
            .join()
            .unwrap_or_else(|_| Err(io::ErrorKind::Other.into()));
        (delivery, end)
    }))
}

/// Sends the request and the document; the pipe is closed at the end.
fn feed(mut input: ChildStdin, request: &Request, supply: Supply<'_>) -> io::Result<Delivery> {
    // A child that is gone is noticed by its silence; the digest is still wanted.
    let _ = send(&mut input, request);
    supply.deliver(input, request.limits.bytes_max)
}

/// Passes on the child's messages until its pipe closes or a rule is broken.
fn listen(
    mut output: ChildStdout,
    bytes_max: u64,
    sender: &SyncSender<io::Result<(Message, u64)>>,
) {
    let mut left = bytes_max;
    loop {
        let heard = match receive(&mut output, left) {
            Ok(None) => return,
            Ok(Some((message, length))) => {
                left -= length;
                Ok((message, length))
            }
            Err(error) => Err(error),
        };
        let last = heard.is_err();
        if sender.send(heard).is_err() || last {
            return;
        }
    }
}

/// How listening to a child ended.
enum Heard {
    /// By its own last message.
    Last(End),
    /// Its pipe closed without one.
    Silence,
    /// By a limit or a broken rule.
    Broken(Stop),
}

/// Takes messages in until the child has said its last, falls silent, or runs out of time.
fn follow(
    receiver: &Receiver<io::Result<(Message, u64)>>,
    options: &Options,
    progress: &mut Progress<'_>,
) -> Heard {
    loop {
        let left = options
            .child
            .wall_max
            .saturating_sub(progress.started.elapsed());
        let mut patience = options.child.wall_per_page.min(left);
        if progress.is_complete() {
            patience = patience.min(FACTS_WITHIN);
        }
        match receiver.recv_timeout(patience) {
            Ok(Ok((message, length))) => {
                progress.output_bytes += length;
                if let Some(end) = progress.hear(message) {
                    return Heard::Last(end);
                }
            }
            Ok(Err(error)) if error.kind() == io::ErrorKind::InvalidData => {
                return Heard::Broken(Stop::Garbled);
            }
            Ok(Err(_)) | Err(RecvTimeoutError::Disconnected) => return Heard::Silence,
            Err(RecvTimeoutError::Timeout) => {
                return Heard::Broken(Stop::TookLonger { after: patience });
            }
        }
    }
}

/// Ends the child and says how it ended.
fn conclude(heard: Heard, mut child: Guard) -> End {
    End::Stopped(match heard {
        Heard::Last(end) => return end,
        Heard::Broken(stop) => stop,
        Heard::Silence => {
            let words = child.0.stderr.take().map(last_words).unwrap_or_default();
            match child.stop() {
                Ok(status) => why(status, &words),
                Err(error) => Stop::Lost {
                    said: error.to_string(),
                },
            }
        }
    })
}

/// What the child wrote on standard error before it ended.
fn last_words(stderr: impl Read) -> String {
    let mut words = Vec::new();
    // What cannot be read is not needed.
    let _ = stderr.take(LAST_WORDS_MAX).read_to_end(&mut words);
    String::from_utf8_lossy(&words).into_owned()
}

/// Why a child ended without a last message.
fn why(status: ExitStatus, words: &str) -> Stop {
    if words.contains("memory allocation") {
        return Stop::Memory;
    }
    if words.contains("overflowed its stack") {
        return Stop::NestedTooDeeply;
    }
    match signal(status) {
        // SIGKILL is what the kernel sends at the hard limit of CPU time, SIGXCPU at the soft one.
        Some(9 | 24) => Stop::CpuTime,
        Some(signal) => Stop::Signal { signal },
        None => Stop::Ended {
            said: status.to_string(),
        },
    }
}

#[cfg(unix)]
fn signal(status: ExitStatus) -> Option<i32> {
    std::os::unix::process::ExitStatusExt::signal(&status)
}

#[cfg(not(unix))]
fn signal(_: ExitStatus) -> Option<i32> {
    None
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn facts_are_heard_behind_the_last_page_and_nowhere_else() {
        let mut progress = Progress {
            on_page: &mut |_| ControlFlow::Continue(()),
            started: Instant::now(),
            page_count: Some(1),
            pages_read: 0,
            output_bytes: 0,
            facts: Ok(None),
            unconfined: Vec::new(),
            error: None,
        };
        let failed = || Message::Facts(Err("x".repeat(999)));
        let early = progress.hear(failed());
        assert!(matches!(early, Some(End::Stopped(_))));
        assert_eq!(progress.facts, Ok(None));
        progress.pages_read = 1;
        assert!(progress.hear(failed()).is_none());
        let said = "x".repeat(SAID_MAX);
        assert_eq!(progress.facts, Err(Stop::Panicked { said }));
    }
}
