use super::PostgresStore;
use super::audit::append;
use super::directory::expect_user;
use super::row::bytes;
use super::transaction::params;
use crate::store::registrations::Registrations;
use crate::store::{Deed, Error, Stamp};
use walkbook_model::{TenantId, UserId};
use walkbook_vault::RegistrationTag;

impl Registrations for PostgresStore {
    fn register(
        &self,
        tenant: TenantId,
        user: UserId,
        tag: Option<RegistrationTag>,
        stamp: Stamp,
    ) -> Result<bool, Error> {
        self.write(tenant, |tx, keyring| {
            expect_user(tx, tenant, user)?;
            let sql = "UPDATE users SET registered = $3
                WHERE tenant = $1 AND id = $2 AND registered IS DISTINCT FROM $3";
            let tag = tag.map(RegistrationTag::to_bytes);
            let tag_bytes = tag.as_ref().map(|tag| &tag[..]);
            if tx.execute(sql, params![tenant.to_bytes(), user.to_bytes(), tag_bytes])? == 0 {
                return Ok(false);
            }
            append(tx, keyring, tenant, Deed::registered(user, tag.is_some()), stamp)?;
            Ok(true)
        })
    }

    fn registered(&self, tenant: TenantId) -> Result<Vec<RegistrationTag>, Error> {
        self.read(tenant, |tx, _| {
            let sql = "SELECT registered FROM users WHERE tenant = $1 AND registered IS NOT NULL";
            let rows = tx.rows(sql, params![tenant.to_bytes()])?;
            rows.iter().map(|row| Ok(RegistrationTag::from_bytes(bytes(row, 0)?))).collect()
        })
    }
}
