//! Which store a server has: the one in its folder, or the PostgreSQL database whose address lies there.

use super::Error;
use crate::config::{Layout, read_master_key, read_private};
use crate::store::postgres::{self, Address, PostgresStore};
use crate::store::{self, EmbeddedStore, Options, Store};
use std::path::Path;
use std::sync::Arc;
use walkbook_vault::SystemRandom;

/// A store, opened.
pub(super) struct Opened {
    pub(super) store: Arc<dyn Store>,
    /// The same, where it is in the folder: for what only such a store can do.
    pub(super) embedded: Option<Arc<EmbeddedStore>>,
}

impl Opened {
    pub(super) fn open(layout: &Layout, region: &str, random: Arc<SystemRandom>) -> Result<Self, Error> {
        let master = read_master_key(&layout.master_key())?;
        let not_opened = |error: store::Error| Error::NotOpened { folder: layout.store(), error };
        match address(layout)? {
            None => {
                let store = EmbeddedStore::open(&layout.store(), region, master, random, Options::default());
                let store = Arc::new(store.map_err(not_opened)?);
                Ok(Self { store: Arc::clone(&store) as _, embedded: Some(store) })
            }
            Some(address) => {
                let store = PostgresStore::open(address, region, master, random, postgres::Options::default())?;
                Ok(Self { store: Arc::new(store), embedded: None })
            }
        }
    }
}

/// The database's address, if the server has one.
pub(super) fn address(layout: &Layout) -> Result<Option<Address>, Error> {
    let file = layout.store_address();
    if !file.exists() {
        return Ok(None);
    }
    let url = read_private(&file)?;
    let url = std::str::from_utf8(&url).map_err(|_| crate::config::Error::Damaged { file: file.clone() })?;
    parse(url.trim_end(), &layout.store_authority()).map(Some)
}

/// An address, with the certificates of the authorities in this file.
pub(super) fn parse(url: &str, authorities: &Path) -> Result<Address, Error> {
    let pem = std::fs::read(authorities).map_err(|source| Error::Io { file: authorities.to_owned(), source })?;
    Ok(Address::parse(url, &pem)?)
}

/// Refuses what only a store in the folder can do.
pub(super) fn expect_embedded(layout: &Layout) -> Result<(), Error> {
    if layout.store_address().exists() { Err(not_embedded()) } else { Ok(()) }
}

pub(super) fn not_embedded() -> Error {
    Error::Usage("the store is in PostgreSQL: it is backed up and restored with PostgreSQL's own means".into())
}
