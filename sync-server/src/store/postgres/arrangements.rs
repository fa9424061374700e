//! What the office decides about several lists at once.

use super::audit::append;
use super::documents::put_bases;
use super::transaction::Tx;
use super::{lists, teams};
use crate::store::sealing::Keyring;
use crate::store::{Arrangement, Error, ListUpdate};
use walkbook_model::{DoorId, TenantId};

/// Makes the lists of an arrangement, once the updates of the batch that brings it are made.
pub(super) fn carry_out(
    tx: &Tx<'_>,
    keyring: &Keyring,
    tenant: TenantId,
    updates: &[ListUpdate],
    arrangement: &Arrangement,
) -> Result<(), Error> {
    put_bases(tx, keyring, tenant, &arrangement.bases)?;
    lists::update(tx, tenant, &arrangement.updates, arrangement.stamp.at)?;
    let joined = updates.iter().chain(&arrangement.updates).filter_map(|update| match update {
        ListUpdate::Join(_, door) => Some(*door),
        ListUpdate::Leave(..) | ListUpdate::Assign(..) | ListUpdate::Unassign(..) => None,
    });
    lists::expect_on_one(tx, tenant, &joined.collect::<Vec<DoorId>>())?;
    for (list, team) in &arrangement.teams {
        teams::give(tx, keyring, tenant, *list, Some(*team), arrangement.stamp)?;
    }
    append(tx, keyring, tenant, arrangement.deed.clone(), arrangement.stamp)
}
