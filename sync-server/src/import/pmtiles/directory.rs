//! A directory of a map file: which tiles, by their numbers along Hilbert's curve, lie where; or which further directories.

use super::header::Section;

/// What there is under a number.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Found {
    Nothing,
    /// A tile, from the begin of the tiles.
    Tile(Section),
    /// A further directory, from the begin of those.
    Leaf(Section),
}

#[derive(Debug, Clone, Copy, Default)]
struct Entry {
    number: u64,
    start: u64,
    bytes: u32,
    /// How many tiles from this number on are the same one; 0 for a further directory.
    run: u32,
}

/// Entries by their numbers.
#[derive(Debug, Default)]
pub(super) struct Directory {
    entries: Vec<Entry>,
}

impl Directory {
    /// Reads a directory: a count, and four columns; nothing where it is none.
    pub(super) fn read(mut bytes: &[u8]) -> Option<Self> {
        let rest = &mut bytes;
        let count = usize::try_from(varint(rest)?).ok()?;
        // Each entry takes a byte at least in each of the columns.
        if count == 0 || count > rest.len() / 4 {
            return None;
        }
        let mut entries = vec![Entry::default(); count];
        let mut before = None;
        for entry in &mut entries {
            let step = varint(rest)?;
            entry.number = match before {
                None => step,
                // In their order, each once.
                Some(number) => u64::checked_add(number, step).filter(|_| step > 0)?,
            };
            before = Some(entry.number);
        }
        for entry in &mut entries {
            entry.run = u32::try_from(varint(rest)?).ok()?;
        }
        for entry in &mut entries {
            entry.bytes = u32::try_from(varint(rest)?).ok().filter(|bytes| *bytes > 0)?;
        }
        let mut behind = None;
        for entry in &mut entries {
            entry.start = match varint(rest)? {
                0 => behind?,
                start => start - 1,
            };
            behind = Some(entry.start.checked_add(u64::from(entry.bytes))?);
        }
        Some(Self { entries })
    }

    /// What there is under this number.
    pub(super) fn find(&self, number: u64) -> Found {
        let behind = self.entries.partition_point(|entry| entry.number <= number);
        let Some(entry) = behind.checked_sub(1).and_then(|at| self.entries.get(at)) else { return Found::Nothing };
        let part = Section { start: entry.start, bytes: u64::from(entry.bytes) };
        match entry.run {
            0 => Found::Leaf(part),
            run if number - entry.number < u64::from(run) => Found::Tile(part),
            _ => Found::Nothing,
        }
    }
}

/// A number in the form of protocol buffers, and what is behind it.
pub(super) fn varint(bytes: &mut &[u8]) -> Option<u64> {
    let mut number = 0_u64;
    for place in 0..10 {
        let (byte, rest) = bytes.split_first()?;
        *bytes = rest;
        let part = u64::from(byte & 127);
        number |= part.checked_shl(place * 7).filter(|shifted| shifted >> (place * 7) == part)?;
        if byte & 128 == 0 {
            return Some(number);
        }
    }
    None
}
