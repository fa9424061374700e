//! Reading SQLite's write-ahead log, as "WAL File Format" in its documentation has it: a header of 32 bytes, then frames of
//! a header of 24 and a page. Salts tell this round's frames from those of an earlier one, running checksums tell whole
//! frames from torn ones, and a frame that ends a transaction says how many pages the database has then.

use super::super::row::failed;
use crate::store::Error;
use std::collections::BTreeMap;
use std::fs::File;
use std::io::{BufReader, ErrorKind, Read, Seek, SeekFrom};
use std::path::Path;

const HEADER_BYTES: u64 = 32;
const FRAME_HEADER_BYTES: usize = 24;
/// The last bit of the magic number tells the order of the bytes that checksums are made of.
const MAGIC: u32 = 0x377f_0682;
const PAGE_BYTES: std::ops::RangeInclusive<u32> = 512..=65_536;

type Sum = (u32, u32);

/// What transactions have made of the database: every page that they changed, as it is after the last of them.
#[derive(Clone, PartialEq, Eq)]
pub struct Pages {
    /// Bytes of each.
    pub page_bytes: u32,
    /// How many pages the database has afterwards.
    pub count: u32,
    /// By number, from 1.
    pub pages: BTreeMap<u32, Vec<u8>>,
}

/// They hold whatever the store holds: prints their number only.
impl std::fmt::Debug for Pages {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Pages({})", self.pages.len())
    }
}

/// How far a log was read.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Place {
    salts: [u8; 8],
    /// Whole transactions' frames that were read.
    pub(super) frames: u64,
    sum: Sum,
}

struct Header {
    big_endian_sums: bool,
    page_bytes: u32,
    salts: [u8; 8],
    sum: Sum,
}

/// Whether the log has begun anew since the place was noted.
pub(super) fn has_begun_anew(file: &Path, place: &Place) -> Result<bool, Error> {
    let Some((_, header)) = open(file)? else { return Ok(false) };
    Ok(header.salts != place.salts)
}

/// The place before the first frame of the log as it is; nothing where there is no log.
pub(super) fn beginning(file: &Path) -> Result<Option<Place>, Error> {
    Ok(open(file)?.map(|(_, header)| Place { salts: header.salts, frames: 0, sum: header.sum }))
}

/// Reads whole transactions behind the place, and moves it; not many more bytes than so many at once, but at least one
/// transaction.
pub(super) fn read_on(file: &Path, place: &mut Place, at_most: usize) -> Result<Option<Pages>, Error> {
    let Some((mut log, header)) = open(file)? else { return Ok(None) };
    if header.salts != place.salts {
        return Ok(None);
    }
    let page_bytes = header.page_bytes as usize;
    let frame_bytes = (FRAME_HEADER_BYTES + page_bytes) as u64;
    log.seek(SeekFrom::Start(HEADER_BYTES + place.frames * frame_bytes)).map_err(failed)?;
    let (mut now, mut pending) = (*place, BTreeMap::new());
    let mut read = Pages { page_bytes: header.page_bytes, count: 0, pages: BTreeMap::new() };
    let mut frame = vec![0; FRAME_HEADER_BYTES + page_bytes];
    while read.pages.len() * page_bytes < at_most && fill(&mut log, &mut frame)? {
        let (head, page) = frame.split_at(FRAME_HEADER_BYTES);
        let ([number, count], salts, told) = frame_header(head);
        let sum = add(add(now.sum, head.get(..8).unwrap_or_default(), &header), page, &header);
        if salts != header.salts || told != sum || number == 0 {
            break;
        }
        now = Place { frames: now.frames + 1, sum, ..now };
        pending.insert(number, page.to_vec());
        if count > 0 {
            *place = now;
            read.count = count;
            read.pages.append(&mut pending);
        }
    }
    if read.count == 0 {
        return Ok(None);
    }
    // What was cut off is not there any more.
    read.pages.split_off(&read.count.saturating_add(1));
    Ok(Some(read))
}

/// The log behind its header; nothing where there is none, or its header is being written.
fn open(file: &Path) -> Result<Option<(BufReader<File>, Header)>, Error> {
    let file = match File::open(file) {
        Err(error) if error.kind() == ErrorKind::NotFound => return Ok(None),
        file => file.map_err(failed)?,
    };
    let mut log = BufReader::with_capacity(128 * 1024, file);
    let mut bytes = [0; HEADER_BYTES as usize];
    if !fill(&mut log, &mut bytes)? {
        return Ok(None);
    }
    Ok(header(&bytes).map(|header| (log, header)))
}

fn header(bytes: &[u8; 32]) -> Option<Header> {
    let number = |place: usize| bytes.get(place..)?.first_chunk().copied().map(u32::from_be_bytes);
    let salts = *bytes.get(16..)?.first_chunk::<8>()?;
    let (magic, page_bytes) = (number(0)?, number(8)?);
    let header = Header { big_endian_sums: magic & 1 == 1, page_bytes, salts, sum: (number(24)?, number(28)?) };
    let is_sound = magic & !1 == MAGIC
        && PAGE_BYTES.contains(&page_bytes)
        && page_bytes.is_power_of_two()
        && add((0, 0), bytes.get(..24)?, &header) == header.sum;
    is_sound.then_some(header)
}

/// The page's number and the database's size, the salts, and the checksum.
fn frame_header(head: &[u8]) -> ([u32; 2], [u8; 8], Sum) {
    let number = |place: usize| {
        let bytes = head.get(place..).and_then(|bytes| bytes.first_chunk()).copied();
        bytes.map_or(0, u32::from_be_bytes)
    };
    let salts = head.get(8..).and_then(|bytes| bytes.first_chunk()).copied().unwrap_or_default();
    ([number(0), number(4)], salts, (number(16), number(20)))
}

/// SQLite's running checksum over pairs of numbers.
fn add(sum: Sum, bytes: &[u8], header: &Header) -> Sum {
    let (pairs, _) = bytes.as_chunks::<8>();
    pairs.iter().fold(sum, |(one, two), [a, b, c, d, e, f, g, h]| {
        let number = |bytes| if header.big_endian_sums { u32::from_be_bytes(bytes) } else { u32::from_le_bytes(bytes) };
        let one = one.wrapping_add(number([*a, *b, *c, *d])).wrapping_add(two);
        (one, two.wrapping_add(number([*e, *f, *g, *h])).wrapping_add(one))
    })
}

/// Fills all of it; says whether there was so much.
fn fill(from: &mut impl Read, bytes: &mut [u8]) -> Result<bool, Error> {
    match from.read_exact(bytes) {
        Err(error) if error.kind() == ErrorKind::UnexpectedEof => Ok(false),
        read => read.map(|()| true).map_err(failed),
    }
}
