//! Tables of addresses and people, with a header: comma, semicolon or tab; plain or packed with gzip.

use super::cells;
use super::columns::{self, Mapped};
use super::fields::Fields;
use super::options::{COLUMNS, Options, RECORD_BYTES};
use super::records::{Cut, Records};
use super::refused::{FileRefused, Reason, RowRefused};
use super::row::RegisterRow;
use super::unpack::{self, Bytes};
use std::io::BufRead;

#[cfg(test)]
mod tests;

/// The rows of a table, read one at a time.
pub struct Rows<'a> {
    records: Records<Bytes<'a>>,
    fields: Fields,
    delimiter: u8,
    columns: Vec<Mapped>,
    header_fields: usize,
    options: Options,
    read: u64,
    ended: bool,
}

/// Reads the header; the rows follow as they are asked for.
///
/// # Errors
/// [`FileRefused`] if the header cannot be made sense of.
pub fn read<'a>(reader: impl BufRead + Send + 'a, options: Options) -> Result<Rows<'a>, FileRefused> {
    let mut records = Records::new(unpack::text(reader)?, options.max_bytes);
    match records.cut() {
        Ok(Some((_, Cut::Whole))) => {}
        Ok(Some(_)) => return Err(FileRefused::HeaderTooLong { limit: RECORD_BYTES }),
        Ok(None) => return Err(FileRefused::Empty),
        Err(Reason::Unreadable(kind)) => return Err(FileRefused::Unreadable(kind)),
        Err(_) => return Err(FileRefused::Damaged),
    }
    let delimiter = delimiter(records.bytes());
    records.set_delimiter(delimiter);
    let mut fields = Fields::default();
    fields.split(records.bytes(), delimiter);
    let header_fields = fields.found();
    if header_fields > COLUMNS {
        return Err(FileRefused::TooManyColumns { found: header_fields, limit: COLUMNS });
    }
    let header: Result<Vec<String>, Reason> = fields.iter().map(|cell| cells::text(cell, options.encoding)).collect();
    let columns = columns::map(&header.map_err(|_| FileRefused::HeaderEncoding)?, options.allow_unplaced)?;
    Ok(Rows { records, fields, delimiter, columns, header_fields, options, read: 0, ended: false })
}

/// The one of comma, semicolon and tab that the header has most of.
fn delimiter(header: &[u8]) -> u8 {
    let count = |delimiter: u8| header.iter().filter(|byte| **byte == delimiter).count();
    [b'\t', b';', b','].into_iter().max_by_key(|delimiter| count(*delimiter)).unwrap_or(b',')
}

impl Rows<'_> {
    fn row(&mut self, line: u64, cut: Cut) -> Result<RegisterRow, RowRefused> {
        let refused = |column, reason| RowRefused { line, column, reason };
        match cut {
            Cut::Whole => {}
            Cut::TooLong => return Err(refused(None, Reason::TooLong { limit: RECORD_BYTES })),
            Cut::QuoteOpen => return Err(refused(None, Reason::QuoteOpen)),
        }
        self.fields.split(self.records.bytes(), self.delimiter);
        let (found, wanted) = (self.fields.found(), self.header_fields);
        if found != wanted {
            return Err(refused(None, Reason::Fields { found, wanted }));
        }
        let (source_id, door) = cells::read(&self.fields, &self.columns, &self.options)
            .map_err(|(column, reason)| refused(column, reason))?;
        Ok(RegisterRow::new(self.options.tenant, line, source_id, door))
    }

    fn stop(&mut self, line: u64, reason: Reason) -> RowRefused {
        self.ended = true;
        RowRefused { line, column: None, reason }
    }
}

impl Iterator for Rows<'_> {
    type Item = Result<RegisterRow, RowRefused>;

    fn next(&mut self) -> Option<Self::Item> {
        while !self.ended {
            let (line, cut) = match self.records.cut() {
                Ok(Some(cut)) => cut,
                Ok(None) => break,
                Err(reason) => return Some(Err(self.stop(self.records.line(), reason))),
            };
            if cut == Cut::Whole && self.records.bytes().is_empty() {
                continue;
            }
            if self.read == self.options.max_rows {
                return Some(Err(self.stop(line, Reason::TooManyRows { limit: self.options.max_rows })));
            }
            self.read += 1;
            return Some(self.row(line, cut));
        }
        self.ended = true;
        None
    }
}
