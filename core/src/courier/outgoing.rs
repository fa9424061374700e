//! The body of a request that is watched on its way out.

use bytes::Bytes;
use http_body::{Body, Frame, SizeHint};
use std::convert::Infallible;
use std::pin::Pin;
use std::task::{Context, Poll};

/// So much is handed on at once.
const PART: usize = 16 * 1024;

/// Bytes that go out, of which each part is counted as it goes.
pub(crate) struct Outgoing<F> {
    left: Bytes,
    counts: F,
}

impl<F: FnMut(usize) + Send + Sync + Unpin + 'static> Outgoing<F> {
    pub(crate) fn new(bytes: Vec<u8>, counts: F) -> Self {
        Self { left: bytes.into(), counts }
    }
}

impl<F: FnMut(usize) + Send + Sync + Unpin + 'static> From<Outgoing<F>> for reqwest::Body {
    fn from(outgoing: Outgoing<F>) -> Self {
        Self::wrap(outgoing)
    }
}

impl<F: FnMut(usize) + Unpin> Body for Outgoing<F> {
    type Data = Bytes;
    type Error = Infallible;

    fn poll_frame(self: Pin<&mut Self>, _: &mut Context<'_>) -> Poll<Option<Result<Frame<Bytes>, Infallible>>> {
        let this = self.get_mut();
        if this.left.is_empty() {
            return Poll::Ready(None);
        }
        let part = this.left.split_to(PART.min(this.left.len()));
        (this.counts)(part.len());
        Poll::Ready(Some(Ok(Frame::data(part))))
    }

    fn is_end_stream(&self) -> bool {
        self.left.is_empty()
    }

    /// As long as it is, so that the request says its length.
    fn size_hint(&self) -> SizeHint {
        SizeHint::with_exact(self.left.len() as u64)
    }
}
