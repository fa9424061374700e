//! A made-up map around real or made-up addresses, for trials: tiles with a layer each, and nothing to be seen on them.
//!
//! `cargo run -p walkbook-server --example made_up_map -- MAP.pmtiles TILE_BYTES ADDRESSES...`

use std::error::Error;
use std::path::Path;
use walkbook_model::{Position, TenantId};
use walkbook_server::import::{Options, made_up_map, open};

/// Metres around each address.
const MARGIN_M: f64 = 600.0;

fn main() -> Result<(), Box<dyn Error>> {
    let mut arguments = std::env::args().skip(1);
    let out = arguments.next().ok_or("into which file?")?;
    let bytes: usize = arguments.next().ok_or("how many bytes a tile?")?.parse()?;
    let mut places: Vec<Position> = Vec::new();
    for file in arguments {
        let rows = open(Path::new(&file), Options::new(TenantId::from_bytes([1; 16])))?;
        places.extend(rows.filter_map(Result::ok).filter_map(|row| row.door.position));
    }
    std::fs::write(out, made_up_map(&places, 12..=15, MARGIN_M, |_| bytes)?)?;
    Ok(())
}
