//! What the office decides about several lists at once.

use super::audit::append;
use super::documents::put_base;
use super::{lists, teams};
use crate::store::sealing::{Keyring, Sealer};
use crate::store::{Arrangement, Error, ListUpdate};
use rusqlite::Connection;
use walkbook_model::{DoorId, TenantId};

/// Makes the lists of an arrangement, once the updates of the batch that brings it are made.
pub(super) fn carry_out(
    connection: &Connection,
    keyring: &Keyring,
    tenant: TenantId,
    updates: &[ListUpdate],
    arrangement: &Arrangement,
) -> Result<(), Error> {
    let mut sealer = Sealer::new(connection, keyring, tenant);
    for base in &arrangement.bases {
        put_base(connection, &mut sealer, tenant, base)?;
    }
    lists::update(connection, tenant, &arrangement.updates, arrangement.stamp.at)?;
    let joined = updates.iter().chain(&arrangement.updates).filter_map(|update| match update {
        ListUpdate::Join(_, door) => Some(*door),
        ListUpdate::Leave(..) | ListUpdate::Assign(..) | ListUpdate::Unassign(..) => None,
    });
    lists::expect_on_one(connection, tenant, &joined.collect::<Vec<DoorId>>())?;
    for (list, team) in &arrangement.teams {
        teams::give(connection, keyring, tenant, *list, Some(*team), arrangement.stamp)?;
    }
    append(connection, keyring, tenant, arrangement.deed.clone(), arrangement.stamp)
}
