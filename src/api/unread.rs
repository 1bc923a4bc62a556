//! What is left of a request's body when it was refused: taken in and thrown away within bounds, since whoever still sends does not read
//! the answer, and what follows on the same connection would be lost with it.

use std::pin::Pin;
use std::task::Context;
use std::task::Poll;
use std::time::Duration;

use axum::body::Body;
use axum::body::Bytes;
use axum::body::HttpBody;
use axum::extract::Request;
use axum::http::StatusCode;
use axum::http::header;
use futures_util::StreamExt;
use http_body::Frame;
use http_body::SizeHint;
use tokio::sync::oneshot;
use tokio::time;

/// Bytes that are thrown away, at most. Chosen: a scan of some pages; a client that sends more finds its connection closed.
const THROWN_MAX: u64 = 32 << 20;

/// Bytes of a stranger's that are thrown away, at most. Chosen: a form, and no scan.
const OF_STRANGERS_MAX: u64 = 64 << 10;

/// A body that comes back when nobody reads it any more, and whether anybody began to.
struct Lent {
    body: Body,
    is_begun: bool,
    back: Option<oneshot::Sender<(Body, bool)>>,
}

/// What a request's body left unread comes back by.
pub(super) struct Rest {
    back: oneshot::Receiver<(Body, bool)>,
    /// Whether the client sends it only once it is asked to, which beginning to read it does.
    waits: bool,
}

/// The request, whose body comes back; `None` of one without a body.
pub(super) fn lent(request: Request) -> (Request, Option<Rest>) {
    if request.body().is_end_stream() {
        return (request, None);
    }
    let (lender, back) = oneshot::channel();
    let lend = |body| {
        Body::new(Lent {
            body,
            is_begun: false,
            back: Some(lender),
        })
    };
    let waits = request.headers().contains_key(header::EXPECT);
    (request.map(lend), Some(Rest { back, waits }))
}

impl Rest {
    /// Throws away what nobody read; `false` if that is too much, does not come in time, or would not have been sent: then the
    /// connection is to be closed.
    pub(super) async fn thrown_away(mut self, refusal: StatusCode, within: Duration) -> bool {
        let Ok((body, is_begun)) = self.back.try_recv() else {
            return false;
        };
        let most = match refusal {
            StatusCode::UNAUTHORIZED => OF_STRANGERS_MAX,
            _ => THROWN_MAX,
        };
        if (self.waits && !is_begun) || body.size_hint().lower() > most {
            return false;
        }
        let throwing = async {
            let (mut chunks, mut thrown) = (body.into_data_stream(), 0);
            while let Some(chunk) = chunks.next().await {
                let Ok(chunk) = chunk else { return false };
                thrown += chunk.len() as u64;
                if thrown > most {
                    return false;
                }
            }
            true
        };
        time::timeout(within, throwing).await.unwrap_or(false)
    }
}

impl HttpBody for Lent {
    type Data = Bytes;
    type Error = axum::Error;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, axum::Error>>> {
        self.is_begun = true;
        Pin::new(&mut self.body).poll_frame(context)
    }

    fn is_end_stream(&self) -> bool {
        self.body.is_end_stream()
    }

    fn size_hint(&self) -> SizeHint {
        self.body.size_hint()
    }
}

impl Drop for Lent {
    fn drop(&mut self) {
        if let Some(back) = self.back.take() {
            // Whoever waited for it has gone.
            let _ = back.send((std::mem::take(&mut self.body), self.is_begun));
        }
    }
}
