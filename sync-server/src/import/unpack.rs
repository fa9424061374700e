//! Looks at a file's first bytes without losing them, and unpacks what is packed.

use super::refused::FileRefused;
use flate2::bufread::MultiGzDecoder;
use std::io::{BufRead, BufReader, Cursor, Read};

pub(crate) type Bytes<'a> = Box<dyn BufRead + Send + 'a>;

const CHUNK_BYTES: usize = 64 * 1024;

/// The file's text: unpacked if it starts as gzip does (RFC 1952), without a UTF-8 byte order mark.
pub(crate) fn text<'a>(reader: impl BufRead + Send + 'a) -> Result<Bytes<'a>, FileRefused> {
    let (first, reader) = peek(reader, 2)?;
    let reader: Bytes<'a> = match first.as_slice() {
        [0x1f, 0x8b] => Box::new(BufReader::with_capacity(CHUNK_BYTES, MultiGzDecoder::new(reader))),
        _ => reader,
    };
    let (first, mut reader) = peek(reader, 3)?;
    match first.as_slice() {
        [0xff, 0xfe, ..] | [0xfe, 0xff, ..] => return Err(FileRefused::Utf16),
        [0xef, 0xbb, 0xbf] => {
            let mut mark = [0; 3];
            reader.read_exact(&mut mark).map_err(|error| FileRefused::Unreadable(error.kind()))?;
        }
        [] => return Err(FileRefused::Empty),
        _ => {}
    }
    Ok(reader)
}

/// The first bytes, as many as there are of those wanted, and a reader that still begins with them.
pub(crate) fn peek<'a>(mut reader: impl BufRead + Send + 'a, wanted: u64) -> Result<(Vec<u8>, Bytes<'a>), FileRefused> {
    let mut first = Vec::new();
    let read = reader.by_ref().take(wanted).read_to_end(&mut first);
    read.map_err(|error| FileRefused::Unreadable(error.kind()))?;
    let whole = BufReader::with_capacity(CHUNK_BYTES, Cursor::new(first.clone()).chain(reader));
    Ok((first, Box::new(whole)))
}
