//! Connections that stand still, or never end, are cut off.

use std::future::Future;
use std::io;
use std::pin::Pin;
use std::task::{Context, Poll, ready};
use std::time::Duration;
use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};
use tokio::time::{Instant, Sleep, sleep_until};

/// A connection on which nothing moves for so long is closed, in whichever direction it waits.
const STILL: Duration = Duration::from_secs(60);
/// A connection that is older is closed when it next waits. The longest exchange over a bad line is far shorter.
const AGE: Duration = Duration::from_secs(30 * 60);

/// A stream whose patience ends. Keeps `T` for as long as it is open.
pub(super) struct Patient<S, T = super::admission::Place> {
    stream: S,
    moved_at: Instant,
    opened_at: Instant,
    alarm: Pin<Box<Sleep>>,
    _keeps: T,
}

impl<S, T> Patient<S, T> {
    pub(super) fn new(stream: S, keeps: T) -> Self {
        let now = Instant::now();
        Self { stream, moved_at: now, opened_at: now, alarm: Box::pin(sleep_until(now + STILL)), _keeps: keeps }
    }

    /// Looks at the clock where the stream makes one wait.
    fn mind<R>(&mut self, polled: Poll<io::Result<R>>, cx: &mut Context<'_>) -> Poll<io::Result<R>> {
        if polled.is_ready() {
            self.moved_at = Instant::now();
            return polled;
        }
        loop {
            ready!(self.alarm.as_mut().poll(cx));
            let ends_at = (self.moved_at + STILL).min(self.opened_at + AGE);
            if ends_at <= Instant::now() {
                return Poll::Ready(Err(io::ErrorKind::TimedOut.into()));
            }
            self.alarm.as_mut().reset(ends_at);
        }
    }
}

impl<S: AsyncRead + Unpin, T: Unpin> AsyncRead for Patient<S, T> {
    fn poll_read(mut self: Pin<&mut Self>, cx: &mut Context<'_>, buffer: &mut ReadBuf<'_>) -> Poll<io::Result<()>> {
        let polled = Pin::new(&mut self.stream).poll_read(cx, buffer);
        self.mind(polled, cx)
    }
}

impl<S: AsyncWrite + Unpin, T: Unpin> AsyncWrite for Patient<S, T> {
    fn poll_write(mut self: Pin<&mut Self>, cx: &mut Context<'_>, bytes: &[u8]) -> Poll<io::Result<usize>> {
        let polled = Pin::new(&mut self.stream).poll_write(cx, bytes);
        self.mind(polled, cx)
    }

    fn poll_flush(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        let polled = Pin::new(&mut self.stream).poll_flush(cx);
        self.mind(polled, cx)
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        let polled = Pin::new(&mut self.stream).poll_shutdown(cx);
        self.mind(polled, cx)
    }

    fn poll_write_vectored(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        slices: &[io::IoSlice<'_>],
    ) -> Poll<io::Result<usize>> {
        let polled = Pin::new(&mut self.stream).poll_write_vectored(cx, slices);
        self.mind(polled, cx)
    }

    fn is_write_vectored(&self) -> bool {
        self.stream.is_write_vectored()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use tokio::io::{AsyncReadExt, AsyncWriteExt, duplex};

    #[tokio::test(start_paused = true)]
    async fn a_connection_on_which_nothing_comes_is_closed_and_one_that_moves_is_not() {
        let (mut phone, server) = duplex(64);
        let mut server = Patient::new(server, ());
        for _ in 0..10 {
            tokio::time::advance(STILL / 2).await;
            phone.write_all(b"x").await.unwrap();
            assert_eq!(server.read_u8().await.unwrap(), b'x');
        }
        let started = Instant::now();
        assert_eq!(server.read_u8().await.unwrap_err().kind(), io::ErrorKind::TimedOut);
        assert!(started.elapsed() >= STILL && started.elapsed() < STILL * 2);
    }

    #[tokio::test(start_paused = true)]
    async fn a_phone_that_does_not_read_its_answer_is_cut_off() {
        let (_phone, server) = duplex(8);
        let mut server = Patient::new(server, ());
        assert_eq!(server.write_all(&[0; 64]).await.unwrap_err().kind(), io::ErrorKind::TimedOut);
    }

    #[tokio::test(start_paused = true)]
    async fn a_phone_that_trickles_for_ever_is_cut_off() {
        let (mut phone, server) = duplex(8);
        let mut server = Patient::new(server, ());
        let trickle = tokio::spawn(async move {
            while phone.write_all(b"x").await.is_ok() {
                tokio::time::sleep(STILL / 2).await;
            }
        });
        let started = Instant::now();
        while server.read_u8().await.is_ok() {}
        assert!(started.elapsed() <= AGE + STILL);
        trickle.abort();
    }
}
