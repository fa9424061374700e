use super::EmbeddedStore;
use super::audit::append;
use super::directory::expect_user;
use super::row::bytes;
use crate::store::registrations::Registrations;
use crate::store::{Deed, Error, Stamp};
use rusqlite::params;
use walkbook_model::{TenantId, UserId};
use walkbook_vault::RegistrationTag;

impl Registrations for EmbeddedStore {
    fn register(
        &self,
        tenant: TenantId,
        user: UserId,
        tag: Option<RegistrationTag>,
        stamp: Stamp,
    ) -> Result<bool, Error> {
        self.write(move |connection, keyring| {
            expect_user(connection, tenant, user)?;
            let sql = "UPDATE users SET registered = ?1 WHERE tenant = ?2 AND id = ?3 AND registered IS NOT ?1";
            let tag = tag.map(RegistrationTag::to_bytes);
            if connection.execute(sql, params![tag, tenant.to_bytes(), user.to_bytes()])? == 0 {
                return Ok(false);
            }
            append(connection, keyring, tenant, Deed::registered(user, tag.is_some()), stamp)?;
            Ok(true)
        })
    }

    fn registered(&self, tenant: TenantId) -> Result<Vec<RegistrationTag>, Error> {
        self.read(|connection, _| {
            let sql = "SELECT registered FROM users WHERE tenant = ? AND registered IS NOT NULL";
            let mut query = connection.prepare_cached(sql)?;
            let tag = |row: &rusqlite::Row<'_>| Ok(RegistrationTag::from_bytes(bytes(row, 0)?));
            query.query_and_then([tenant.to_bytes()], tag)?.collect()
        })
    }
}
