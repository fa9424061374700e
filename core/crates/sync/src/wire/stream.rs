//! Frames in one compressed stream. The reader takes bytes as they come, and holds what they promise against the caps
//! before it makes room.

use super::{Frame, MAX_FRAME_BYTES, MAX_UNPACKED_BYTES, PREAMBLE, VERSION};
use crate::SyncRefused;
use zstd::stream::raw::{Decoder, Encoder, InBuffer, Operation, OutBuffer};

/// Level 6: a shift packs in half a millisecond. 9 takes twice as long for a hundredth of the bytes, and the server packs for
/// everybody.
const LEVEL: i32 = 6;
/// The largest window a message may ask for: 8 MiB.
const WINDOW_LOG_MAX: u32 = 23;
const CHUNK: usize = 32 * 1024;
/// So much lies at least between two points from which an interrupted download resumes.
const FLUSH_BYTES: usize = 64 * 1024;

/// The bytes of a message of these frames.
pub fn pack(frames: impl IntoIterator<Item = Frame>) -> Vec<u8> {
    let mut writer = FrameWriter::new();
    for frame in frames {
        writer.push(&frame);
    }
    writer.finish()
}

/// Collects frames; compresses at the end, in one go.
pub(super) struct FrameWriter {
    unpacked: Vec<u8>,
    /// Where the compressed stream is flushed, so that what stands before can be unpacked when the rest never comes.
    flushes: Vec<usize>,
}

impl FrameWriter {
    pub(super) const fn new() -> Self {
        Self { unpacked: Vec::new(), flushes: Vec::new() }
    }

    /// Adds a frame and returns its unpacked size.
    pub(super) fn push(&mut self, frame: &Frame) -> usize {
        let bytes = frame.to_bytes();
        let length = u32::try_from(bytes.len()).unwrap_or(u32::MAX);
        self.unpacked.extend_from_slice(&length.to_be_bytes());
        self.unpacked.extend_from_slice(&bytes);
        let flushed = self.flushes.last().copied().unwrap_or_default();
        let is_mark = matches!(frame, Frame::Cursor(_) | Frame::Drafts(_) | Frame::Tiles(_));
        if is_mark && self.unpacked.len() - flushed >= FLUSH_BYTES {
            self.flushes.push(self.unpacked.len());
        }
        bytes.len() + 4
    }

    pub(super) fn finish(self) -> Vec<u8> {
        let mut message = PREAMBLE.to_vec();
        // The encoder writes into memory that is large enough by its own bound.
        message.extend(self.compressed().unwrap_or_default());
        message
    }

    fn compressed(&self) -> std::io::Result<Vec<u8>> {
        let mut encoder = Encoder::new(LEVEL)?;
        // Told how much comes, the encoder makes tables for that much and not for megabytes.
        encoder.set_pledged_src_size(u64::try_from(self.unpacked.len()).ok())?;
        // A flush costs a block's head, at most 3 bytes, and what the encoder had buffered.
        let bound = zstd::zstd_safe::compress_bound(self.unpacked.len()) + 64 * (self.flushes.len() + 1);
        let mut packed = vec![0; bound];
        let mut output = OutBuffer::around(packed.as_mut_slice());
        let mut from = 0;
        for to in self.flushes.iter().copied().chain([self.unpacked.len()]) {
            let mut input = InBuffer::around(self.unpacked.get(from..to).unwrap_or_default());
            while input.pos() < to - from {
                encoder.run(&mut input, &mut output)?;
            }
            while to < self.unpacked.len() && encoder.flush(&mut output)? > 0 {}
            from = to;
        }
        while encoder.finish(&mut output, true)? > 0 {}
        let written = output.pos();
        packed.truncate(written);
        Ok(packed)
    }
}

/// Reads frames from bytes as they arrive. What came whole before a connection broke is kept.
pub struct FrameReader {
    decoder: Option<Decoder<'static>>,
    preamble: Vec<u8>,
    unpacked: Vec<u8>,
    total: usize,
    frames: usize,
}

impl Default for FrameReader {
    fn default() -> Self {
        Self::new()
    }
}

impl FrameReader {
    /// A reader at the start of a message.
    pub const fn new() -> Self {
        Self { decoder: None, preamble: Vec::new(), unpacked: Vec::new(), total: 0, frames: 0 }
    }

    /// Takes the next bytes and returns the frames they complete.
    ///
    /// # Errors
    /// [`SyncRefused`] if they are no message, or one over a cap. The frames returned before still count.
    pub fn push(&mut self, bytes: &[u8]) -> Result<Vec<Frame>, SyncRefused> {
        let mut frames = Vec::new();
        self.push_each(bytes, |frame| {
            frames.push(frame);
            Ok(())
        })?;
        Ok(frames)
    }

    /// Takes the next bytes and hands on each frame they complete before it makes room for the next.
    pub(super) fn push_each(
        &mut self,
        mut bytes: &[u8],
        mut hand_on: impl FnMut(Frame) -> Result<(), SyncRefused>,
    ) -> Result<(), SyncRefused> {
        while self.preamble.len() < PREAMBLE.len() {
            let Some((first, rest)) = bytes.split_first() else { return Ok(()) };
            self.preamble.push(*first);
            bytes = rest;
            self.check_preamble()?;
        }
        let mut decoder = match self.decoder.take() {
            Some(decoder) => decoder,
            None => new_decoder().map_err(|_| SyncRefused::Damaged)?,
        };
        let mut input = InBuffer::around(bytes);
        let mut chunk = [0u8; CHUNK];
        loop {
            let mut output = OutBuffer::around(chunk.as_mut_slice());
            decoder.run(&mut input, &mut output).map_err(|_| SyncRefused::Damaged)?;
            let unpacked = output.as_slice();
            self.total += unpacked.len();
            if self.total > MAX_UNPACKED_BYTES {
                return Err(SyncRefused::TooLarge { limit: MAX_UNPACKED_BYTES });
            }
            let (done, full) = (unpacked.is_empty(), unpacked.len() == CHUNK);
            self.unpacked.extend_from_slice(unpacked);
            self.take_frames(&mut hand_on)?;
            // A full chunk may mean that the decoder still holds more.
            if input.pos() == bytes.len() && !full {
                break;
            }
            if done && input.pos() < bytes.len() {
                // The stream has ended and bytes follow it.
                return Err(SyncRefused::Damaged);
            }
        }
        self.decoder = Some(decoder);
        Ok(())
    }

    fn check_preamble(&self) -> Result<(), SyncRefused> {
        match *self.preamble.as_slice() {
            [b'W'] | [b'W', b'B'] => Ok(()),
            [b'W', b'B', VERSION] => Ok(()),
            [b'W', b'B', found] => Err(SyncRefused::Version { found, known: VERSION }),
            _ => Err(SyncRefused::NotWalkbook),
        }
    }

    fn take_frames(&mut self, hand_on: &mut impl FnMut(Frame) -> Result<(), SyncRefused>) -> Result<(), SyncRefused> {
        let mut rest = self.unpacked.as_slice();
        while let Some((length, behind)) = rest.split_first_chunk::<4>() {
            let length = usize::try_from(u32::from_be_bytes(*length)).unwrap_or(usize::MAX);
            if length > MAX_FRAME_BYTES {
                return Err(SyncRefused::TooLarge { limit: MAX_FRAME_BYTES });
            }
            let Some((frame, behind)) = behind.split_at_checked(length) else { break };
            hand_on(Frame::from_bytes(frame, self.frames)?)?;
            self.frames += 1;
            rest = behind;
        }
        let left = rest.len();
        let taken = self.unpacked.len() - left;
        self.unpacked.drain(..taken);
        Ok(())
    }
}

fn new_decoder() -> std::io::Result<Decoder<'static>> {
    let mut decoder = Decoder::new()?;
    decoder.set_parameter(zstd::zstd_safe::DParameter::WindowLogMax(WINDOW_LOG_MAX))?;
    Ok(decoder)
}
