//! Which store and which backend a server has: the one in its folder, or the PostgreSQL database whose address lies there.

use super::Error;
use crate::backend::{PostgresTables, Records, Tables};
use crate::config::{Layout, MasterKeys, read_private};
use crate::store::postgres::{self, Address, PostgresStore};
use crate::store::{self, EmbeddedStore, Masters, Options, Store};
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
        let masters = masters(layout)?;
        let not_opened = |error: store::Error| Error::NotOpened { folder: layout.store(), error };
        match address(layout)? {
            None => {
                let store = EmbeddedStore::open(&layout.store(), region, masters, random, Options::default());
                let store = Arc::new(store.map_err(not_opened)?);
                Ok(Self { store: Arc::clone(&store) as _, embedded: Some(store) })
            }
            Some(address) => {
                let store = PostgresStore::open(address, region, masters, random, postgres::Options::default())?;
                Ok(Self { store: Arc::new(store), embedded: None })
            }
        }
    }
}

/// The region's master keys, read again where a command has changed them since.
pub(super) fn masters(layout: &Layout) -> Result<Masters, Error> {
    let file = layout.master_key();
    let (current, others) = MasterKeys::read(&file)?.to_open();
    let again = move || match MasterKeys::read(&file) {
        Ok(keys) => Some(keys.to_open()),
        Err(error) => {
            tracing::error!(%error, "the master keys cannot be read again");
            None
        }
    };
    Ok(Masters::new(current, others).read_again(again))
}

/// The store's address, if it is in a database.
pub(super) fn address(layout: &Layout) -> Result<Option<Address>, Error> {
    kept(&layout.store_address(), &layout.store_authority())
}

/// The backend's address, if it is in a PostgreSQL database.
pub(super) fn backend_address(layout: &Layout) -> Result<Option<Address>, Error> {
    kept(&layout.backend_address(), &layout.backend_authority())
}

/// The server's backend.
pub(super) fn backend(layout: &Layout) -> Result<Arc<dyn Records>, Error> {
    Ok(match backend_address(layout)? {
        None => Arc::new(Tables::open(&layout.backend())?),
        Some(address) => Arc::new(PostgresTables::new(address)?),
    })
}

fn kept(file: &Path, authorities: &Path) -> Result<Option<Address>, Error> {
    if !file.exists() {
        return Ok(None);
    }
    let url = read_private(file)?;
    let url = std::str::from_utf8(&url).map_err(|_| crate::config::Error::Damaged { file: file.to_owned() })?;
    parse(url.trim_end(), authorities).map(Some)
}

/// An address, with the certificates of the authorities in this file.
pub(super) fn parse(url: &str, authorities: &Path) -> Result<Address, Error> {
    let pem = std::fs::read(authorities).map_err(|source| Error::Io { file: authorities.to_owned(), source })?;
    Ok(Address::parse(url, &pem)?)
}

pub(super) fn not_embedded() -> Error {
    Error::Usage("the store is in PostgreSQL: pgBackRest backs it up, see `backup now`".into())
}
