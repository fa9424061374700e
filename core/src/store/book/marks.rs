//! Numbers about the book itself.

use super::{Book, View, Writer, unsigned};
use crate::error::Error;
use crate::store::signed;
use rusqlite::params;
use walkbook_model::Timestamp;

const NOT_UNDERSTOOD: &str = "not_understood";
const EXCHANGED_AT: &str = "exchanged_at";
const LATEST_AT: &str = "latest_at";
const TRACES: &str = "traces";
const MAPS_TOLD: &str = "maps_told";

impl View<'_> {
    /// How many records came that this version of the app does not understand.
    ///
    /// # Errors
    /// As described at [`View`].
    pub fn not_understood(&self) -> Result<u64, Error> {
        self.mark(NOT_UNDERSTOOD).map(Option::unwrap_or_default)
    }

    /// When the last exchange with the server came to its end, by the server's clock.
    ///
    /// # Errors
    /// As described at [`View`].
    pub fn exchanged_at(&self) -> Result<Option<Timestamp>, Error> {
        Ok(self.mark(EXCHANGED_AT)?.map(Timestamp::from_ms))
    }

    /// The latest time that the phone was told, by the server's clock.
    ///
    /// # Errors
    /// As described at [`View`].
    pub fn latest_at(&self) -> Result<Option<Timestamp>, Error> {
        Ok(self.mark(LATEST_AT)?.map(Timestamp::from_ms))
    }

    /// Whether the server was asked for the maps of lists that the phone had before it knew of any.
    ///
    /// # Errors
    /// As described at [`View`].
    pub fn is_told_maps(&self) -> Result<bool, Error> {
        Ok(self.mark(MAPS_TOLD)?.is_some())
    }

    fn mark(&self, name: &str) -> Result<Option<u64>, Error> {
        self.one("SELECT value FROM mark WHERE name = ?1", [name], |row| unsigned(row, 0))
    }
}

impl Writer<'_> {
    /// Counts records that this version of the app does not understand.
    ///
    /// # Errors
    /// As described at [`Writer`].
    pub fn count_not_understood(&self, more: u64) -> Result<(), Error> {
        let counted = self.view().not_understood()?;
        self.set_mark(NOT_UNDERSTOOD, counted.saturating_add(more))
    }

    /// Notes that an exchange has come to its end: the server says how late it is, also where the phone had been told of a
    /// later time.
    ///
    /// # Errors
    /// As described at [`Writer`].
    pub fn set_exchanged_at(&self, at: Timestamp) -> Result<(), Error> {
        self.set_latest_at(at)?;
        self.set_mark(EXCHANGED_AT, at.as_ms())
    }

    /// Notes the latest time that the phone was told.
    ///
    /// # Errors
    /// As described at [`Writer`].
    pub fn set_latest_at(&self, at: Timestamp) -> Result<(), Error> {
        self.set_mark(LATEST_AT, at.as_ms())
    }

    /// Notes that this transaction takes content away: `Book::leave_no_trace` has to follow, at the latest at the next
    /// opening.
    ///
    /// # Errors
    /// As described at [`Writer`].
    pub fn leaves_traces(&self) -> Result<(), Error> {
        self.set_mark(TRACES, 1)
    }

    /// Notes that the server has told the maps of lists that the phone had before it knew of any.
    ///
    /// # Errors
    /// As described at [`Writer`].
    pub fn set_told_maps(&self) -> Result<(), Error> {
        self.set_mark(MAPS_TOLD, 1)
    }

    fn set_mark(&self, name: &str, value: u64) -> Result<(), Error> {
        let sql =
            "INSERT INTO mark (name, value) VALUES (?1, ?2) ON CONFLICT (name) DO UPDATE SET value = excluded.value";
        self.run(sql, params![name, signed(value)?]).map(drop)
    }
}

impl Book {
    /// After content was taken away: folds the write-ahead log in and empties it, so that what was overwritten is nowhere.
    /// Does nothing where none was. Where a reader is in the way, the next call does it.
    ///
    /// # Errors
    /// [`Error::DiskFull`] and others as described there; try again later.
    pub fn leave_no_trace(&mut self) -> Result<(), Error> {
        if self.view().mark(TRACES)?.is_none_or(|traces| traces == 0) || !self.db.empty_wal()? {
            return Ok(());
        }
        self.change(|writer| writer.set_mark(TRACES, 0))
    }
}
