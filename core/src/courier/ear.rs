//! What a server says to those who listen: server-sent events (HTML, section 9.2).

use super::{Body, SyncFailed};

/// A longer line is none of a server's that there is.
const LINE_BYTES: usize = 4 * 1024;

/// A stream that the server keeps open.
pub(crate) struct Ear {
    body: Body,
    lines: Lines,
}

impl Ear {
    pub(super) fn new(body: Body) -> Self {
        Self { body, lines: Lines::default() }
    }

    /// Waits until the server says something; false at the stream's end. Nothing is lost where the waiting is dropped.
    pub(crate) async fn hear(&mut self) -> Result<bool, SyncFailed> {
        while let Some(part) = self.body.next().await? {
            if self.lines.take(part.as_ref())? {
                return Ok(true);
            }
        }
        Ok(false)
    }
}

/// Lines as they come in, and the event that they make up.
#[derive(Default)]
struct Lines {
    line: Vec<u8>,
    has_data: bool,
}

impl Lines {
    /// Takes the next bytes; whether they complete an event. Several at once are one.
    fn take(&mut self, bytes: &[u8]) -> Result<bool, SyncFailed> {
        let mut is_event = false;
        for byte in bytes {
            match byte {
                b'\n' => is_event |= self.end_line(),
                b'\r' => {}
                _ if self.line.len() == LINE_BYTES => return Err(SyncFailed::NotUnderstood),
                byte => self.line.push(*byte),
            }
        }
        Ok(is_event)
    }

    fn end_line(&mut self) -> bool {
        let line = std::mem::take(&mut self.line);
        if line.is_empty() {
            return std::mem::take(&mut self.has_data);
        }
        // A line that begins with a colon is a comment: a sign of life.
        self.has_data |= line.starts_with(b"data:");
        false
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn events(parts: &[&[u8]]) -> Vec<bool> {
        let mut lines = Lines::default();
        parts.iter().map(|part| lines.take(part).unwrap()).collect()
    }

    #[test]
    fn an_event_is_one_however_it_is_cut() {
        assert_eq!(events(&[b"data: news\n\n"]), [true]);
        assert_eq!(events(&[b"da", b"ta: news\r\n", b"\r\n", b""]), [false, false, true, false]);
        assert_eq!(events(&[b"data: news\n\ndata: news\n\n", b"\n"]), [true, false]);
    }

    #[test]
    fn a_sign_of_life_and_what_later_servers_say_beside_it_is_no_event() {
        assert_eq!(events(&[b":\n\n", b"retry: 9\n\n", b"event: other\nid: 7\n\n", b"\n\n\n"]), [false; 4]);
    }

    #[test]
    fn a_line_without_end_takes_no_memory() {
        let mut lines = Lines::default();
        assert_eq!(lines.take(&[b'x'; LINE_BYTES]), Ok(false));
        assert_eq!(lines.take(b"x"), Err(SyncFailed::NotUnderstood));
    }
}
