//! Reading a tenant's register: address lists, voter files and OpenStreetMap extracts become doors.
//!
//! A file from outside is refused whole ([`FileRefused`]) only when nothing in it can be trusted; anything else costs one
//! row ([`RowRefused`]), with its line, column and reason, and reading goes on. Memory is bounded by the number of rows
//! taken, never by what a row claims to hold. Neither error carries a value from the file: a register is personal data.
//!
//! ```
//! use walkbook_model::TenantId;
//! use walkbook_server::import::{Options, addresses_csv, gather};
//! let file = "id,number,street,city,lon,lat\n1,12,Main St,Springfield,-72.5,42.1\n2,14,Main St,Springfield,,\n";
//! let rows = addresses_csv::read(file.as_bytes(), Options::new(TenantId::from_bytes([1; 16]))).unwrap();
//! let gathered = gather(rows);
//! assert_eq!(gathered.doors.len(), 1);
//! assert_eq!(gathered.refused[0].to_string(), "line 3: no coordinates");
//! ```

pub mod addresses_csv;
pub mod made_up;
pub mod osm;

mod admitted;
mod cells;
mod columns;
mod fields;
mod gathered;
mod options;
mod records;
mod refused;
mod row;
mod source;
mod streets;
mod summary;
mod unpack;

pub use gathered::{Gathered, gather};
pub use options::{Encoding, Options};
pub use refused::{FileRefused, Reason, RowRefused};
pub use row::RegisterRow;
pub use source::{BoxedRows, Source, open};
pub use streets::read_streets;
pub use summary::{Kind, Summary};

#[cfg(test)]
mod real_places;
