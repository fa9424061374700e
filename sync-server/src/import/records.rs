//! Cuts a stream of bytes into records without ever holding more than one record's bound.

use super::fields::{Means, Place};
use super::options::RECORD_BYTES;
use super::refused::Reason;
use std::io::BufRead;

/// Bytes that may be read again after quotes that never close, beyond what the file itself has. Reading again costs time
/// that a hostile file could multiply; within this it stays linear.
const AGAIN_BYTES: u64 = 16 * 1024 * 1024;

/// What the next record turned out to be.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Cut {
    /// A whole record, now in [`Records::bytes`].
    Whole,
    /// A record over the bound, skipped to the end of a line.
    TooLong,
    /// A line with a quote that never closes. Only this line is left out.
    QuoteOpen,
}

pub(crate) struct Records<R> {
    input: R,
    /// Bytes to be read again before the input goes on.
    again: Vec<u8>,
    again_at: usize,
    record: Vec<u8>,
    line: u64,
    read_bytes: u64,
    again_bytes: u64,
    max_bytes: u64,
    delimiter: u8,
}

impl<R: BufRead> Records<R> {
    pub(crate) const fn new(input: R, max_bytes: u64) -> Self {
        let delimiter = b',';
        Self {
            input,
            again: vec![],
            again_at: 0,
            record: vec![],
            line: 1,
            read_bytes: 0,
            again_bytes: 0,
            max_bytes,
            delimiter,
        }
    }

    pub(crate) const fn set_delimiter(&mut self, delimiter: u8) {
        self.delimiter = delimiter;
    }

    /// The record last cut, without its line end.
    pub(crate) fn bytes(&self) -> &[u8] {
        self.record.strip_suffix(b"\r").unwrap_or(&self.record)
    }

    /// The line that is read next.
    pub(crate) const fn line(&self) -> u64 {
        self.line
    }

    /// Memory held for records, whatever the file claims.
    #[cfg(test)]
    pub(crate) fn held_bytes(&self) -> usize {
        self.again.capacity() + self.record.capacity()
    }

    /// Cuts the next record; gives the line it starts on. Nothing can be read after an error.
    pub(crate) fn cut(&mut self) -> Result<Option<(u64, Cut)>, Reason> {
        let start = self.line;
        self.record.clear();
        let mut place = Place::default();
        loop {
            let chunk = chunk(&self.again, self.again_at, &mut self.input)?;
            if chunk.is_empty() {
                return self.end(start, place);
            }
            let mut used = 0;
            let mut ended = false;
            for byte in chunk.iter().take(RECORD_BYTES + 1 - self.record.len().min(RECORD_BYTES)) {
                used += 1;
                let (next, means) = place.step(*byte, self.delimiter);
                place = next;
                if means == Means::RecordEnd {
                    ended = true;
                    break;
                }
            }
            let kept = used - usize::from(ended);
            self.record.extend(chunk.iter().take(kept));
            self.consume(used)?;
            if ended {
                self.line += 1 + newlines(&self.record);
                return Ok(Some((start, Cut::Whole)));
            }
            if self.record.len() > RECORD_BYTES {
                return self.over(start, place).map(Some);
            }
        }
    }

    fn consume(&mut self, used: usize) -> Result<(), Reason> {
        if self.again_at < self.again.len() {
            self.again_at += used;
            self.again_bytes = self.again_bytes.saturating_add(used as u64);
        } else {
            self.input.consume(used);
            self.read_bytes = self.read_bytes.saturating_add(used as u64);
        }
        if self.read_bytes > self.max_bytes {
            return Err(Reason::TooManyBytes { limit: self.max_bytes });
        }
        if self.again_bytes > self.read_bytes.saturating_add(AGAIN_BYTES) {
            return Err(Reason::Unreadable(std::io::ErrorKind::InvalidData));
        }
        Ok(())
    }

    fn end(&mut self, start: u64, place: Place) -> Result<Option<(u64, Cut)>, Reason> {
        if self.record.is_empty() && place == Place::FieldStart {
            return Ok(None);
        }
        if place == Place::Quoted {
            self.read_again_from_next_line();
            return Ok(Some((start, Cut::QuoteOpen)));
        }
        self.line += newlines(&self.record);
        Ok(Some((start, Cut::Whole)))
    }

    /// The record is over the bound: an open quote has swallowed lines, or a line is too long.
    fn over(&mut self, start: u64, place: Place) -> Result<(u64, Cut), Reason> {
        if place == Place::Quoted && self.record.contains(&b'\n') {
            self.read_again_from_next_line();
            return Ok((start, Cut::QuoteOpen));
        }
        self.line += newlines(&self.record);
        self.record.clear();
        self.skip_line()?;
        Ok((start, Cut::TooLong))
    }

    fn read_again_from_next_line(&mut self) {
        let rest = self.record.iter().position(|byte| *byte == b'\n').map(|end| self.record.split_off(end + 1));
        if let Some(mut rest) = rest {
            self.line += 1;
            rest.extend(self.again.iter().skip(self.again_at));
            self.again = rest;
            self.again_at = 0;
        }
        self.record.clear();
    }

    fn skip_line(&mut self) -> Result<(), Reason> {
        loop {
            let chunk = chunk(&self.again, self.again_at, &mut self.input)?;
            if chunk.is_empty() {
                return Ok(());
            }
            let end = chunk.iter().position(|byte| *byte == b'\n');
            let used = end.map_or(chunk.len(), |end| end + 1);
            self.consume(used)?;
            if end.is_some() {
                self.line += 1;
                return Ok(());
            }
        }
    }
}

/// What can be looked at next; empty at the end.
fn chunk<'a>(again: &'a [u8], again_at: usize, input: &'a mut impl BufRead) -> Result<&'a [u8], Reason> {
    if let Some(rest) = again.get(again_at..).filter(|rest| !rest.is_empty()) {
        return Ok(rest);
    }
    while let Err(error) = input.fill_buf() {
        if error.kind() != std::io::ErrorKind::Interrupted {
            return Err(Reason::Unreadable(error.kind()));
        }
    }
    input.fill_buf().map_err(|error| Reason::Unreadable(error.kind()))
}

fn newlines(bytes: &[u8]) -> u64 {
    bytes.iter().filter(|byte| **byte == b'\n').count() as u64
}
