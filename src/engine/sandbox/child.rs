//! The child: confines itself, reads one document, answers page by page.

use std::any::Any;
use std::io::{self, Read};
use std::panic::{self, AssertUnwindSafe};
use std::process::ExitCode;
use std::sync::Arc;

use crate::extraction::{Sought, prepare, seek_on, strips};
use crate::ingest;
use crate::ingest::{Document, DpiSource, PageError};
use crate::production::Traces;
use crate::reading::FileFacts;
use crate::reading::Layout;
use crate::reading::TextLayer;
use crate::reading::excerpt::excerpts;
use crate::reading::marking::markings;
use crate::sandbox::PageReading;
use crate::sandbox::confinement;
use crate::sandbox::message::{Message, Request, receive, send};
use crate::units::Dpi;

/// Longest request that is accepted: a password, some numbers, and drawings of some 20 kB each.
const REQUEST_BYTES_MAX: u64 = 1 << 22;

/// The document's bytes, shared with the reader that is opened anew after a panic.
#[derive(Clone)]
struct Bytes(Arc<Vec<u8>>);

impl AsRef<[u8]> for Bytes {
    fn as_ref(&self) -> &[u8] {
        &self.0
    }
}

/// Runs the child: reads a request and a document from standard input, and answers on standard
/// output. Never returns to the caller's own work; exit status 0 means that all was said.
#[must_use]
pub fn child_main() -> ExitCode {
    match serve() {
        Ok(()) => ExitCode::SUCCESS,
        // The parent is gone or does not speak our language: there is nobody to tell.
        Err(_) => ExitCode::FAILURE,
    }
}

fn serve() -> io::Result<()> {
    // A panic is reported as a page's reason, not on standard error.
    panic::set_hook(Box::new(|_| {}));
    let mut input = io::stdin().lock();
    let mut output = io::stdout().lock();
    let Some((request, _)) = receive::<Request>(&mut input, REQUEST_BYTES_MAX)? else {
        return Err(io::ErrorKind::UnexpectedEof.into());
    };
    let mut missing = confinement::confine(&request.child);
    // One thread: a page's cost is then its own, and no thread need be started.
    let pool = rayon::ThreadPoolBuilder::new()
        .num_threads(1)
        .use_current_thread();
    if let Err(error) = pool.build_global() {
        missing.push(format!("more than one thread ({error})"));
    }

    let bytes_max = request.limits.bytes_max;
    let hint = usize::try_from(request.bytes_hint.min(bytes_max)).unwrap_or(0);
    let mut bytes = Vec::with_capacity(hint.saturating_add(1));
    // One byte more than allowed shows that the document is too large.
    (&mut input)
        .take(bytes_max.saturating_add(1))
        .read_to_end(&mut bytes)?;
    let memory = request.child.memory_bytes_max;
    missing.extend(confinement::limit_memory(memory.saturating_add(bytes.len() as u64)).err());
    send(&mut output, &Message::Confined { missing })?;
    answer(&request, &Bytes(Arc::new(bytes)), &mut output)
}

fn answer(request: &Request, bytes: &Bytes, output: &mut impl io::Write) -> io::Result<()> {
    let open = || ingest::open(bytes.clone(), request.password.as_deref(), &request.limits);
    let opened = panic::catch_unwind(AssertUnwindSafe(open));
    let mut document = match opened {
        Ok(Ok(document)) => document,
        Ok(Err(error)) => return send(output, &Message::Failed(error)),
        // Aborting is what the parent understands as "the reader failed".
        Err(_) => std::process::abort(),
    };
    let pages = u32::try_from(document.page_count()).unwrap_or(u32::MAX);
    send(output, &Message::Opened { pages })?;
    let per_page = request.child.cpu_seconds_per_page;
    let seconds = per_page.saturating_mul(u64::from(pages.saturating_add(1)));
    // The limit set at the start holds in any case, so a failure here costs nothing.
    let _ = confinement::limit_cpu(seconds.min(request.child.cpu_seconds_max));

    for index in request.first_page..pages {
        let wanted = Wanted {
            stated_dpi: request.stated_dpi,
            sought: &request.sought,
            excerpts: request.excerpts,
        };
        let read = || read_page(&mut document, index as usize, wanted);
        let page = match panic::catch_unwind(AssertUnwindSafe(read)) {
            Ok(page) => page,
            Err(payload) => {
                // What a panic leaves behind is not used again.
                if let Ok(reopened) = open() {
                    document = reopened;
                }
                let number = index + 1;
                let said = said(&*payload).to_owned();
                let reason = ingest::Reason::ReaderFailed { said };
                PageReading::failed(number, PageError::unreadable(number, reason))
            }
        };
        send(output, &Message::Page(Box::new(page.into())))?;
    }
    // Behind the pages, so that whatever happens here takes nothing from them.
    let facts = panic::catch_unwind(AssertUnwindSafe(|| document.pdf().map(FileFacts::of)));
    let facts = facts.map_err(|payload| said(&*payload).to_owned());
    send(output, &Message::Facts(facts))?;
    send(output, &Message::Done)
}

/// What is wanted of a page.
#[derive(Clone, Copy)]
pub(super) struct Wanted<'a> {
    /// Its resolution, where the caller knows better.
    pub(super) stated_dpi: Option<Dpi>,
    /// What is looked for.
    pub(super) sought: &'a Sought,
    /// Whether the places where number, date and names stand are cut out.
    pub(super) excerpts: bool,
}

/// Decodes one page and looks for seals on it.
///
/// A stated resolution counts from the start: what is looked for depends on it.
pub(super) fn read_page(document: &mut Document, index: usize, wanted: Wanted<'_>) -> PageReading {
    match document.page(index) {
        Ok(mut page) => {
            if wanted.stated_dpi.is_some() {
                page.dpi = wanted.stated_dpi;
                page.dpi_source = DpiSource::Stated;
            }
            let side = |pixels: usize| Some(u32::try_from(pixels).unwrap_or(u32::MAX));
            let mut objects = page.objects.take();
            let overlays = objects
                .as_mut()
                .map(|own| std::mem::take(&mut own.overlays));
            let work = prepare(&page);
            let found = seek_on(&page, &work, wanted.sought);
            let excerpts = if wanted.excerpts {
                excerpts(&page, &found.impressions)
            } else {
                Vec::new()
            };
            // A seal that goes on on another sheet needs one.
            let strips = if document.page_count() > 1 {
                strips(&page, &work)
            } else {
                Vec::new()
            };
            PageReading {
                number: page.number,
                width_px: side(page.image.width()),
                height_px: side(page.image.height()),
                dpi: page.dpi,
                dpi_source: page.dpi_source,
                mode: Some(page.image.mode()),
                traces: Traces::of(&page, &found.impressions),
                layout: Some(Layout::of(&page, &work, &found.impressions)),
                markings: markings(&page, &work, &found.impressions),
                content: Ok(found),
                notes: page.notes,
                overlays,
                text_layer: objects.map(TextLayer::of).unwrap_or_default(),
                excerpts,
                strips,
            }
        }
        Err(error) => {
            let number = u32::try_from(index).unwrap_or(u32::MAX).saturating_add(1);
            PageReading::failed(number, error)
        }
    }
}

/// What a panic said.
fn said(payload: &(dyn Any + Send)) -> &str {
    payload
        .downcast_ref::<String>()
        .map(String::as_str)
        .or_else(|| payload.downcast_ref::<&str>().copied())
        .unwrap_or("no message")
}
