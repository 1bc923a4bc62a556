//! One archive of a job: its documents become items of their own.

use std::io;
use std::ops::ControlFlow;

use jiff::Timestamp;
use tokio::runtime::Handle;

use crate::jobs::examining::again;
use crate::jobs::examining::unopened;
use crate::jobs::worker::Workshop;
use crate::sandbox::archive;
use crate::sandbox::archive::Format;
use crate::storage::blobs::Arrived;
use crate::storage::blobs::Arriving;
use crate::storage::documents::NewDocument;
use crate::storage::items::Claimed;
use crate::storage::items::Failure;
use crate::storage::items::FailureCode;
use crate::storage::items::ItemKind;
use crate::storage::items::Settlement;
use crate::storage::jobs::Arrival;
use crate::storage::jobs::Job;

/// Documents that are taken in together.
const TOGETHER: usize = 64;
/// Bytes of them from which on fewer are: until then they stand twice where scans are in a bucket.
const BYTES_TOGETHER: u64 = 256 << 20;

/// Unpacks an archive.
pub(super) async fn unpack(workshop: &Workshop, claimed: &Claimed) -> Settlement {
    let archive = match workshop.blobs.open(&claimed.sha256).await {
        Ok(archive) => archive,
        Err(error) => return unopened(claimed, &error),
    };
    let job = match workshop.store.job(&claimed.job).await {
        Ok(Some(job)) => job,
        Ok(None) => {
            return Settlement::Failed(Failure::new(FailureCode::JobGone, "its job is gone"));
        }
        Err(error) => {
            let failure = Failure::new(FailureCode::Storage, error.to_string());
            return again(claimed, failure, Timestamp::now());
        }
    };
    let mut admission = Admission {
        workshop: workshop.clone(),
        handle: Handle::current(),
        job,
        by: claimed.created_by.clone(),
        entry: None,
        waiting: Vec::new(),
    };
    let unpacked = tokio::task::spawn_blocking(move || {
        let mut start = Vec::new();
        io::Read::read_to_end(
            &mut io::Read::take(std::fs::File::open(archive.path())?, 512),
            &mut start,
        )?;
        let Some(format) = Format::of(&start) else {
            return Ok(Err(archive::Error::Damaged("it is no archive".to_owned())));
        };
        let limits = archive::Limits::default();
        let child = (admission.workshop.options.executable.clone(), limits);
        let ended = archive::unpack(archive.path(), format, (&child.0, &child.1), &mut admission)?;
        admission.admit()?;
        Ok::<_, io::Error>(ended)
    })
    .await;
    match unpacked {
        Ok(Ok(Ok(()))) => Settlement::Unpacked(None),
        Ok(Ok(Err(error))) => ended(claimed, &error),
        Ok(Err(error)) => again(
            claimed,
            Failure::new(FailureCode::Storage, error.to_string()),
            Timestamp::now(),
        ),
        Err(_) => again(
            claimed,
            Failure::new(FailureCode::Program, "the program failed on this archive"),
            Timestamp::now(),
        ),
    }
}

/// What becomes of an archive that gave no more.
fn ended(claimed: &Claimed, error: &archive::Error) -> Settlement {
    match error {
        archive::Error::Damaged(_) => {
            Settlement::Failed(Failure::new(FailureCode::ArchiveDamaged, error.to_string()))
        }
        archive::Error::Limit(_) => {
            Settlement::Failed(Failure::new(FailureCode::ArchiveLimit, error.to_string()))
        }
        archive::Error::Failed(_) => again(
            claimed,
            Failure::new(FailureCode::ArchiveFailed, error.to_string()),
            Timestamp::now(),
        ),
    }
}

/// Takes what an archive holds into its job.
struct Admission {
    workshop: Workshop,
    handle: Handle,
    job: Job,
    by: Option<String>,
    entry: Option<(String, Arriving)>,
    waiting: Vec<(Arrived, Arrival)>,
}

impl Admission {
    fn admit(&mut self) -> io::Result<()> {
        let came = std::mem::take(&mut self.waiting);
        let Workshop { queue, blobs, .. } = &self.workshop;
        let taken = queue.put(blobs, (&self.job, &came), Timestamp::now());
        self.handle.block_on(taken).map_err(io::Error::other)?;
        self.workshop.wake.notify_waiters();
        Ok(())
    }
}

impl archive::Receiver for Admission {
    fn begin(&mut self, name: &str) -> io::Result<()> {
        let arriving = self
            .workshop
            .blobs
            .begin(u64::MAX)
            .map_err(io::Error::other)?;
        self.entry = Some((name.to_owned(), arriving));
        Ok(())
    }

    fn bytes(&mut self, bytes: &[u8]) -> io::Result<()> {
        let Some((_, arriving)) = &mut self.entry else {
            return Ok(());
        };
        arriving.write(bytes).map_err(io::Error::other)
    }

    fn end(&mut self) -> io::Result<ControlFlow<()>> {
        let Some((name, arriving)) = self.entry.take() else {
            return Ok(ControlFlow::Continue(()));
        };
        let arrived = arriving.finish().map_err(io::Error::other)?;
        let arrival = Arrival {
            document: NewDocument {
                office: self.job.office.clone(),
                sha256: arrived.sha256.clone(),
                name,
                bytes: arrived.bytes,
                by: self.by.clone(),
            },
            kind: ItemKind::Document,
            idempotency_key: None,
        };
        self.waiting.push((arrived, arrival));
        let bytes: u64 = self.waiting.iter().map(|(arrived, _)| arrived.bytes).sum();
        if self.waiting.len() >= TOGETHER || bytes >= BYTES_TOGETHER {
            self.admit()?;
        }
        Ok(ControlFlow::Continue(()))
    }

    fn left_out(&mut self, name: &str, reason: &str) -> io::Result<()> {
        self.entry = None;
        let store = &self.workshop.store;
        let listed = store.add_left_out(&self.job.id, name, reason);
        self.handle.block_on(listed).map_err(io::Error::other)
    }
}
