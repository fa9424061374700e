//! The ledger of erasures: what was erased is erased again after a restore.
//!
//! It lies outside of every backup and is older than none of them: an erasure is recorded before it is done, and a store
//! that was brought back to an earlier moment works in what it does not have. A line is a record, in JSON; it names by ids,
//! says nothing of anybody, and holds a link over itself and all before it.

use crate::store::{By, Ground, Recorded};
use serde::{Deserialize, Serialize};
use std::collections::BTreeSet;
use std::fs::File;
use std::io::{self, BufRead, BufReader, Read, Seek, SeekFrom, Write};
use std::path::{Path, PathBuf};
use thiserror::Error;
use walkbook_model::{ContactId, ContentHash, DoorId, TenantId, Timestamp};

/// A longer line is no record, and is not written.
const LINE_BYTES: u64 = 1024 * 1024;
/// Contacts of one record: of more there are several.
const CONTACTS: usize = 1_000;

/// Somebody who is erased, or a tenant with everybody and everything.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Record {
    /// Its place in the ledger, from 1 on, without gaps.
    pub number: u64,
    /// When it was ordered.
    pub at: Timestamp,
    /// By whom.
    pub by: By,
    /// Why.
    pub ground: Ground,
    /// Whose data it was.
    pub tenant: TenantId,
    /// Where they live; nothing where the tenant is erased.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub door: Option<DoorId>,
    /// What they are called there; nobody where the tenant is erased.
    #[serde(default, skip_serializing_if = "BTreeSet::is_empty")]
    pub contacts: BTreeSet<ContactId>,
}

#[derive(Serialize, Deserialize)]
struct Line {
    record: Record,
    link: ContentHash,
}

/// Why the ledger cannot be worked with. Nothing was changed.
#[derive(Debug, Error)]
pub enum LedgerFlaw {
    /// It is not there.
    #[error(
        "the ledger of erasures, {file}, is not there; without it somebody who was erased could come back. Bring the file \
         back, or, where nobody was erased yet, make an empty one"
    )]
    Missing {
        /// Where it should be.
        file: PathBuf,
    },
    /// It cannot be read or written.
    #[error("the ledger of erasures, {file}: {source}")]
    File {
        /// Which.
        file: PathBuf,
        /// Why.
        source: io::Error,
    },
    /// A line is not as it was written.
    #[error("the ledger of erasures, {file}: line {line} is not as it was written; bring back a copy that is")]
    Damaged {
        /// Which.
        file: PathBuf,
        /// The line, from 1 on.
        line: u64,
    },
    /// The store has a record that is not in it: it was cut short, or is another store's.
    #[error(
        "the ledger of erasures, {file}, does not have record {number} as the store knows it: it was cut short, or is \
         another server's"
    )]
    AnotherOne {
        /// Which.
        file: PathBuf,
        /// The record's number.
        number: u64,
    },
}

/// The ledger in a file. Several servers of one store share it.
#[derive(Debug, Clone)]
pub struct Ledger {
    file: PathBuf,
    has_to_be_there: bool,
}

impl Ledger {
    /// The one in this file, which has to be there.
    pub fn named(file: impl Into<PathBuf>) -> Self {
        Self { file: file.into(), has_to_be_there: true }
    }

    /// The one in this file; there is none until somebody is erased.
    pub fn by_default(file: impl Into<PathBuf>) -> Self {
        Self { file: file.into(), has_to_be_there: false }
    }

    /// Where it is.
    pub fn file(&self) -> &Path {
        &self.file
    }

    /// The records behind what the store has. All of the ledger is held against its links.
    ///
    /// # Errors
    /// [`LedgerFlaw`].
    pub fn behind(&self, has: Option<Recorded>) -> Result<Vec<(Record, Recorded)>, LedgerFlaw> {
        let read = match File::open(&self.file) {
            Err(error) if error.kind() == io::ErrorKind::NotFound => {
                if self.has_to_be_there || has.is_some() {
                    return Err(LedgerFlaw::Missing { file: self.file.clone() });
                }
                return Ok(Vec::new());
            }
            opened => self.read(&opened.map_err(|source| self.failed(source))?, has)?,
        };
        Ok(read.behind)
    }

    /// Whether it has the erasure of this tenant.
    ///
    /// # Errors
    /// [`LedgerFlaw`].
    pub fn has_tenant(&self, tenant: TenantId) -> Result<bool, LedgerFlaw> {
        Ok(self.behind(None)?.iter().any(|(record, _)| record.tenant == tenant && record.door.is_none()))
    }

    /// Adds a record, or several, where it has very many contacts. It is on the disk when this returns.
    ///
    /// # Errors
    /// [`LedgerFlaw`].
    pub fn record(&self, record: impl FnOnce(u64) -> Record) -> Result<(), LedgerFlaw> {
        let is_there = self.file.exists();
        if self.has_to_be_there && !is_there {
            return Err(LedgerFlaw::Missing { file: self.file.clone() });
        }
        self.append(record, is_there).map_err(|error| match error {
            Failed::Flaw(flaw) => flaw,
            Failed::Io(source) => self.failed(source),
        })
    }

    fn append(&self, record: impl FnOnce(u64) -> Record, is_there: bool) -> Result<(), Failed> {
        let mut options = File::options();
        options.read(true).write(true).create(true).truncate(false);
        #[cfg(unix)]
        std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
        let mut file = options.open(&self.file)?;
        // One after the other, wherever they are ordered; the lock ends with the file.
        file.lock()?;
        let Contents { last, end, .. } = self.read(&file, None)?;
        let lines = lines(last, record(next(last)))?;
        // What a crash has left behind the last record was never acknowledged.
        file.set_len(end)?;
        file.seek(SeekFrom::Start(end))?;
        file.write_all(&lines)?;
        file.sync_all()?;
        if !is_there {
            let folder = self.file.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."));
            File::open(folder)?.sync_all()?;
        }
        Ok(())
    }

    fn read(&self, file: &File, has: Option<Recorded>) -> Result<Contents, LedgerFlaw> {
        let mut read = Contents { last: None, end: 0, behind: Vec::new() };
        let mut has_it = has.is_none();
        let mut lines = BufReader::new(file);
        loop {
            let mut line = Vec::new();
            let bytes = lines.by_ref().take(LINE_BYTES).read_until(b'\n', &mut line).map_err(|e| self.failed(e))?;
            // The last line is whole, or a crash came between.
            if bytes == 0 || (line.last() != Some(&b'\n') && (bytes as u64) < LINE_BYTES) {
                break;
            }
            let number = next(read.last);
            let damaged = || LedgerFlaw::Damaged { file: self.file.clone(), line: number };
            let Line { record, link: found } = serde_json::from_slice(&line).map_err(|_| damaged())?;
            if record.number != number || link(read.last, &record).map_err(|_| damaged())? != found {
                return Err(damaged());
            }
            let recorded = Recorded { number, link: found };
            match has {
                Some(has) if number < has.number => {}
                Some(has) if number == has.number => has_it = recorded == has,
                _ => read.behind.push((record, recorded)),
            }
            read.last = Some(recorded);
            read.end += bytes as u64;
        }
        match has {
            Some(Recorded { number, .. }) if !has_it => Err(LedgerFlaw::AnotherOne { file: self.file.clone(), number }),
            _ => Ok(read),
        }
    }

    fn failed(&self, source: io::Error) -> LedgerFlaw {
        LedgerFlaw::File { file: self.file.clone(), source }
    }
}

/// What was read of the ledger.
struct Contents {
    last: Option<Recorded>,
    /// Where the last record ends.
    end: u64,
    behind: Vec<(Record, Recorded)>,
}

enum Failed {
    Flaw(LedgerFlaw),
    Io(io::Error),
}

impl From<LedgerFlaw> for Failed {
    fn from(flaw: LedgerFlaw) -> Self {
        Self::Flaw(flaw)
    }
}

impl From<io::Error> for Failed {
    fn from(error: io::Error) -> Self {
        Self::Io(error)
    }
}

impl From<serde_json::Error> for Failed {
    fn from(error: serde_json::Error) -> Self {
        Self::Io(error.into())
    }
}

/// A record's number behind this one.
fn next(last: Option<Recorded>) -> u64 {
    last.map_or(1, |last| last.number + 1)
}

/// A record as lines behind the last one, each within its bound.
fn lines(mut last: Option<Recorded>, record: Record) -> Result<Vec<u8>, Failed> {
    let contacts: Vec<ContactId> = record.contacts.iter().copied().collect();
    let mut lines = Vec::new();
    // A tenant's record names nobody, and is one.
    let nobody: &[ContactId] = &[];
    for some in contacts.chunks(CONTACTS).chain(contacts.is_empty().then_some(nobody)) {
        let record = Record { number: next(last), contacts: some.iter().copied().collect(), ..record.clone() };
        let link = link(last, &record)?;
        last = Some(Recorded { number: record.number, link });
        let line = serde_json::to_vec(&Line { record, link })?;
        if line.len() as u64 >= LINE_BYTES {
            return Err(Failed::Io(io::ErrorKind::InvalidData.into()));
        }
        lines.extend(line);
        lines.push(b'\n');
    }
    Ok(lines)
}

/// What stands for a record and all before it.
fn link(before: Option<Recorded>, record: &Record) -> serde_json::Result<ContentHash> {
    let before = before.map_or([0; 32], |before| before.link.to_bytes());
    Ok(ContentHash::of_parts("walkbook-erasure-1", &[&before, &serde_json::to_vec(record)?]))
}
