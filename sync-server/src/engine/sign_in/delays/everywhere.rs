//! A user's tries, wherever they come in.

use super::{Whom, to_wait};
use crate::engine::Refused;
use crate::store::{Store, Tries};
use walkbook_model::{TenantId, Timestamp, UserId};

/// Servers that count for one user at the same moment race at most this often.
const RACES: usize = 5;

/// They are counted for a slot of users, so that names that are made up take no room: two users in one slot cost each other
/// half a minute at most, which whoever knows a user's name can do anyway.
pub(super) struct Everywhere<'a> {
    store: &'a dyn Store,
    tenant: TenantId,
    user: Whom,
    slot: u16,
}

impl<'a> Everywhere<'a> {
    /// Those of this user, whether there is one or not. Of a tenant that there is not nothing is kept.
    pub(super) fn of(store: &'a dyn Store, tenant: TenantId, user: UserId) -> Result<Option<Self>, Refused> {
        if store.tenant(tenant)?.is_none() {
            return Ok(None);
        }
        let user = Whom::User(tenant, user);
        let [high, low, ..] = user.name().to_bytes();
        Ok(Some(Self { store, tenant, user, slot: u16::from_be_bytes([high, low]) }))
    }

    pub(super) fn may_be_made(&self, now: Timestamp) -> Result<(), Refused> {
        self.user.one_more(self.store.tries(self.tenant, self.slot)?, now).map(|_| ())
    }

    pub(super) fn count(&self, now: Timestamp) -> Result<(), Refused> {
        self.change(|tries| self.user.one_more(tries, now))
    }

    pub(super) fn take_back(&self) -> Result<(), Refused> {
        self.change(|tries| Ok(Tries { count: tries.count.saturating_sub(1), ..tries }))
    }

    fn change(&self, change: impl Fn(Tries) -> Result<Tries, Refused>) -> Result<(), Refused> {
        for _ in 0..RACES {
            let seen = self.store.tries(self.tenant, self.slot)?;
            if self.store.replace_tries(self.tenant, self.slot, seen, change(seen)?)? {
                return Ok(());
            }
        }
        Err(to_wait(1))
    }
}
