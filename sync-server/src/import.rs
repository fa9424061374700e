//! Reading a tenant's register: address lists, voter files and OpenStreetMap extracts become doors.
//!
//! A file from outside is refused whole ([`FileRefused`]) only when nothing in it can be trusted; anything else costs one
//! row ([`RowRefused`]), with its line, column and reason, and reading goes on. The memory that a table takes is bounded
//! whatever it holds: rows are brought together by address on the disk ([`Register`]). An extract of OpenStreetMap is held in
//! memory up to a bound. Neither error carries a value from the file: a register is personal data.
//!
//! ```
//! use walkbook_model::TenantId;
//! use walkbook_server::import::{Options, Register, addresses_csv};
//! let file = "id,number,street,city,lon,lat\n1,12,Main St,Springfield,-72.5,42.1\n2,14,Main St,Springfield,,\n";
//! let rows = addresses_csv::read(file.as_bytes(), Options::new(TenantId::from_bytes([1; 16]))).unwrap();
//! let mut refused = Vec::new();
//! let register = Register::read(rows, &std::env::temp_dir(), |row| {
//!     refused.push(row);
//!     Ok(())
//! });
//! assert_eq!(register.unwrap().filter_map(Result::ok).count(), 1);
//! assert_eq!(refused[0].to_string(), "line 3: no coordinates");
//! ```

pub mod addresses_csv;
pub mod made_up;
pub mod osm;

mod bad_rows;
mod cells;
mod columns;
mod fields;
mod options;
mod pmtiles;
mod records;
mod refused;
mod register;
mod row;
mod shapes;
mod sorting;
mod source;
mod streets;
mod summary;
mod unpack;
mod ways;

pub use bad_rows::BadRows;
pub use options::{Encoding, Options};
pub use pmtiles::{MapFile, MapFlaw, MapRefused, made_up_map};
pub use refused::{FileRefused, Reason, RowRefused};
pub use register::Register;
pub use row::RegisterRow;
pub use shapes::{Boundaries, Boundary, ShapeFlaw, ShapesRefused, barriers_to_geojson, read_barriers, read_boundaries};
pub use source::{BoxedRows, Source, open};
pub use streets::{is_extract, read_barriers_of_extract, read_streets};
pub use summary::{Kind, Summary};

#[cfg(test)]
mod gathered;
#[cfg(test)]
mod real_places;
