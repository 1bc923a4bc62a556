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
use futures_util::StreamExt;
use http_body::Frame;
use http_body::SizeHint;
use tokio::sync::oneshot;
use tokio::time;

/// Bytes that are thrown away, at most. Chosen: a scan of some pages; a client that sends more finds its connection closed.
const THROWN_MAX: u64 = 32 << 20;

/// A body that comes back when nobody reads it any more.
struct Lent {
    body: Body,
    back: Option<oneshot::Sender<Body>>,
}

/// What a request's body left unread comes back by.
pub(super) struct Rest(oneshot::Receiver<Body>);

/// The request, whose body comes back; `None` of one without a body.
pub(super) fn lent(request: Request) -> (Request, Option<Rest>) {
    if request.body().is_end_stream() {
        return (request, None);
    }
    let (back, rest) = oneshot::channel();
    let lend = |body| {
        let back = Some(back);
        Body::new(Lent { body, back })
    };
    (request.map(lend), Some(Rest(rest)))
}

impl Rest {
    /// Throws away what nobody read; `false` if that is too much, or does not come in time: then the connection is to be closed.
    pub(super) async fn thrown_away(mut self, within: Duration) -> bool {
        let Ok(body) = self.0.try_recv() else {
            return false;
        };
        if body.size_hint().lower() > THROWN_MAX {
            return false;
        }
        let throwing = async {
            let (mut chunks, mut thrown) = (body.into_data_stream(), 0);
            while let Some(chunk) = chunks.next().await {
                let Ok(chunk) = chunk else { return false };
                thrown += chunk.len() as u64;
                if thrown > THROWN_MAX {
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
            let _ = back.send(std::mem::take(&mut self.body));
        }
    }
}
