//! Each list gets the streets around its doors.

use super::Error;
use crate::reading;
use crate::store::Store;
use walkbook_model::{Position, TenantId};
use walkbook_terrain::Region;

/// What lists have got.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Given {
    /// Lists that have streets now.
    pub lists: u64,
    /// Lists around which there are none: they are planned by straight lines.
    pub without: u64,
}

/// Gives every list of a tenant the streets around its doors; the order of the lists stays as it is. Doing it again changes
/// nothing.
///
/// # Errors
/// [`Error::Store`]: lists that have got theirs keep them, and doing it again does the rest.
pub fn give_streets(store: &dyn Store, tenant: TenantId, region: &Region) -> Result<Given, Error> {
    let mut given = Given::default();
    for list in reading::lists(store, tenant)? {
        let Some(state) = reading::list_state(store, tenant, list)? else { continue };
        let mut positions: Vec<Position> = Vec::new();
        for door in state.list.doors {
            positions.extend(reading::door_state(store, tenant, door)?.and_then(|state| state.door.position));
        }
        match region.piece(&positions) {
            Some(piece) => {
                store.put_streets(tenant, list, &piece.to_bytes())?;
                given.lists += 1;
            }
            None => given.without += 1,
        }
    }
    Ok(given)
}
