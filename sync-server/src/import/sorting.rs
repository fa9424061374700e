//! Sorts more than memory holds: in parts, each in a file that has no name and is gone with the process, merged as they are read.

use std::cmp::Reverse;
use std::collections::BinaryHeap;
use std::fs::File;
use std::io::{self, BufReader, BufWriter, ErrorKind, Read, Seek, Write};
use std::path::{Path, PathBuf};

/// What is held before it goes into a part.
const HELD_BYTES: usize = 24 * 1024 * 1024;
/// What a record takes beside its own bytes.
const RECORD_COST: usize = 32;
/// Parts that are merged at once; when there are so many, they become one.
const PARTS: usize = 64;

/// Records that come in any order.
pub(crate) struct Sorter {
    scratch: PathBuf,
    held_bytes: usize,
    held: Vec<Box<[u8]>>,
    taken: usize,
    parts: Vec<File>,
}

impl Sorter {
    /// A sorter whose parts lie on the disk of this folder.
    pub(crate) fn new(scratch: &Path) -> Self {
        Self::holding(scratch, HELD_BYTES)
    }

    fn holding(scratch: &Path, held_bytes: usize) -> Self {
        Self { scratch: scratch.to_owned(), held_bytes, held: Vec::new(), taken: 0, parts: Vec::new() }
    }

    /// Takes a record. They are ordered by their bytes, so by the key first where all keys are of one length.
    pub(crate) fn push(&mut self, key: &[u8], value: &[u8]) -> io::Result<()> {
        self.taken += key.len() + value.len() + RECORD_COST;
        self.held.push([key, value].concat().into());
        if self.taken >= self.held_bytes { self.spill() } else { Ok(()) }
    }

    /// The records in their order.
    pub(crate) fn sorted(mut self) -> io::Result<Sorted> {
        if !self.parts.is_empty() && !self.held.is_empty() {
            self.spill()?;
        }
        self.held.sort_unstable();
        Sorted::new(self.held, self.parts)
    }

    fn spill(&mut self) -> io::Result<()> {
        self.held.sort_unstable();
        self.taken = 0;
        let held = std::mem::take(&mut self.held).into_iter().map(Ok);
        self.parts.push(written(&self.scratch, held)?);
        if self.parts.len() == PARTS {
            let merged = Sorted::new(Vec::new(), std::mem::take(&mut self.parts))?;
            self.parts.push(written(&self.scratch, merged)?);
        }
        Ok(())
    }
}

/// Records in their order.
pub(crate) struct Sorted {
    held: std::vec::IntoIter<Box<[u8]>>,
    parts: Vec<BufReader<File>>,
    /// The next record of each part.
    heads: BinaryHeap<Reverse<(Box<[u8]>, usize)>>,
}

impl Sorted {
    fn new(held: Vec<Box<[u8]>>, parts: Vec<File>) -> io::Result<Self> {
        let parts: Vec<_> = parts.into_iter().map(BufReader::new).collect();
        let mut sorted = Self { held: held.into_iter(), heads: BinaryHeap::with_capacity(parts.len()), parts };
        (0..sorted.parts.len()).try_for_each(|part| sorted.refill(part))?;
        Ok(sorted)
    }

    fn refill(&mut self, part: usize) -> io::Result<()> {
        let next = self.parts.get_mut(part).map(read_record).transpose()?.flatten();
        self.heads.extend(next.map(|record| Reverse((record, part))));
        Ok(())
    }
}

impl Iterator for Sorted {
    type Item = io::Result<Box<[u8]>>;

    fn next(&mut self) -> Option<Self::Item> {
        if let Some(record) = self.held.next() {
            return Some(Ok(record));
        }
        let Reverse((record, part)) = self.heads.pop()?;
        Some(self.refill(part).map(|()| record))
    }
}

fn written(scratch: &Path, records: impl Iterator<Item = io::Result<Box<[u8]>>>) -> io::Result<File> {
    let mut out = BufWriter::new(tempfile::tempfile_in(scratch)?);
    for record in records {
        let record = record?;
        let length = u32::try_from(record.len()).map_err(|_| ErrorKind::InvalidData)?;
        out.write_all(&length.to_be_bytes())?;
        out.write_all(&record)?;
    }
    let mut file = out.into_inner().map_err(io::IntoInnerError::into_error)?;
    file.rewind()?;
    Ok(file)
}

fn read_record(part: &mut BufReader<File>) -> io::Result<Option<Box<[u8]>>> {
    let mut length = [0; 4];
    match part.read_exact(&mut length) {
        Err(error) if error.kind() == ErrorKind::UnexpectedEof => return Ok(None),
        read => read?,
    }
    let mut record = vec![0; u32::from_be_bytes(length) as usize];
    part.read_exact(&mut record)?;
    Ok(Some(record.into()))
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        #![proptest_config(ProptestConfig { cases: 32, failure_persistence: None, ..ProptestConfig::default() })]

        #[test]
        fn whatever_fits_into_memory_the_order_is_the_same(
            records in prop::collection::vec(prop::collection::vec(any::<u8>(), 0..40), 0..400),
            held_bytes in 1usize..4_000,
        ) {
            let mut sorter = Sorter::holding(&std::env::temp_dir(), held_bytes);
            for record in &records {
                let (key, value) = record.split_at(record.len() / 2);
                sorter.push(key, value).unwrap();
                prop_assert!(sorter.held.len() * RECORD_COST <= held_bytes && sorter.parts.len() < PARTS);
            }
            let sorted: Vec<Vec<u8>> = sorter.sorted().unwrap().map(|record| record.unwrap().into()).collect();
            let mut expected = records;
            expected.sort_unstable();
            prop_assert_eq!(sorted, expected);
        }
    }
}
