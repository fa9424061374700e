//! `init`: a server is made.

use super::Error;
use super::opened::{self, Opened};
use super::place::Place;
use crate::backend;
use crate::clock;
use crate::config::{Layout, Settings, make_master_key, make_private_folder, read_private, write_new};
use crate::office::Pen;
use crate::store::postgres::migrate;
use crate::tls::Authority;
use clap::Args;
use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use walkbook_sync::ServerUrl;
use walkbook_vault::SystemRandom;

#[derive(Debug, Args)]
pub(super) struct Init {
    /// The region, for ever, such as eu-west-1
    #[arg(long)]
    region: String,
    /// Where phones find the server
    #[arg(long, default_value = "https://localhost:8443")]
    url: ServerUrl,
    /// A PostgreSQL database for the store, in the place of the server's folder, as postgres://role:password@host/database.
    /// TLS is always verify-full
    #[arg(long, env = "WALKBOOK_STORE", hide_env_values = true, requires = "store_ca", value_name = "URL")]
    store: Option<String>,
    /// The certificates (PEM) of the authorities that the database's server is known by
    #[arg(long, env = "WALKBOOK_STORE_CA", value_name = "FILE")]
    store_ca: Option<PathBuf>,
    /// The database's address for its owner, to make the schema or bring it up to date
    #[arg(long, env = "WALKBOOK_STORE_OWNER", hide_env_values = true, requires = "store", value_name = "URL")]
    store_owner: Option<String>,
    /// A PostgreSQL database for the tenants' tables, in the place of a file in the server's folder; it may be the store's
    #[arg(long, env = "WALKBOOK_BACKEND", hide_env_values = true, requires = "backend_ca", value_name = "URL")]
    backend: Option<String>,
    /// The certificates (PEM) of the authorities that that database's server is known by
    #[arg(long, env = "WALKBOOK_BACKEND_CA", value_name = "FILE")]
    backend_ca: Option<PathBuf>,
    /// That database's address for its owner, to make the schema or bring it up to date
    #[arg(long, env = "WALKBOOK_BACKEND_OWNER", hide_env_values = true, requires = "backend", value_name = "URL")]
    backend_owner: Option<String>,
}

impl Init {
    /// What is there already is kept: running it again completes what an interrupted attempt left.
    pub(super) fn run(self, place: &Place) -> Result<(), Error> {
        let folder = place.operator()?;
        if self.region.is_empty() || self.region.len() > 64 {
            return Err(Error::Usage("a region's name has from 1 to 64 letters".into()));
        }
        let random = Arc::new(SystemRandom::new());
        let layout = Layout::new(folder);
        make_private_folder(folder)?;
        let (regions, authorities) = (BTreeMap::new(), BTreeMap::new());
        let settings = Settings { region: self.region.clone(), url: self.url.clone(), regions, authorities };
        if !layout.write_settings(&settings)? && layout.read_settings()? != settings {
            return Err(Error::Usage(format!("{} holds another server already", folder.display())));
        }
        make_master_key(&layout.master_key(), &*random)?;
        make_master_key(&layout.backup_key(), &*random)?;
        Pen::make(&layout.pen_key(), &*random)?;
        write_new(&layout.metrics_token(), metrics_token(&random)?.as_bytes())?;
        Authority::make(&layout.tls(), &settings.region, clock::now())?;
        self.settle_store(&layout)?;
        self.settle_backend(&layout)?;
        Opened::open(&layout, &settings.region, random)?;
        opened::backend(&layout)?.reach()?;
        eprintln!("a server for {} is in {}", settings.region, folder.display());
        eprintln!("keep copies of {} and {}", layout.master_key().display(), layout.backup_key().display());
        eprintln!(
            "where no copy of the rest lies, nor a backup: without the one nothing in the store can be read, and"
        );
        eprintln!("without the other nothing in a backup, by anybody, ever");
        Ok(())
    }

    /// Notes where the store is, and has its schema made.
    fn settle_store(&self, layout: &Layout) -> Result<(), Error> {
        let (Some(url), Some(ca)) = (&self.store, &self.store_ca) else { return Ok(()) };
        let is_elsewhere = layout.store().exists() && !layout.store_address().exists();
        if is_elsewhere {
            return Err(Error::Usage(format!("{} holds a store already", layout.folder().display())));
        }
        if let Some(owner) = &self.store_owner {
            migrate(&opened::parse(owner, ca)?, opened::parse(url, ca)?.role())?;
        }
        keep_address(layout, url, &layout.store_address(), ca, &layout.store_authority())
    }

    /// Notes where the tenants' tables are, and has their schema made.
    fn settle_backend(&self, layout: &Layout) -> Result<(), Error> {
        let (Some(url), Some(ca)) = (&self.backend, &self.backend_ca) else { return Ok(()) };
        let is_elsewhere = layout.backend().exists() && !layout.backend_address().exists();
        if is_elsewhere {
            return Err(Error::Usage(format!("{} holds the tenants' tables already", layout.folder().display())));
        }
        if let Some(owner) = &self.backend_owner {
            backend::migrate(&opened::parse(owner, ca)?, opened::parse(url, ca)?.role())?;
        }
        keep_address(layout, url, &layout.backend_address(), ca, &layout.backend_authority())
    }
}

/// Writes down where a database is, and by whom it is known.
fn keep_address(layout: &Layout, url: &str, to: &Path, ca: &Path, ca_to: &Path) -> Result<(), Error> {
    opened::parse(url, ca)?;
    let pem = std::fs::read(ca).map_err(|source| Error::Io { file: ca.to_owned(), source })?;
    keep(layout, ca_to, &pem)?;
    keep(layout, to, format!("{url}\n").as_bytes())
}

/// Writes a file, unless the same is there already.
fn keep(layout: &Layout, file: &Path, bytes: &[u8]) -> Result<(), Error> {
    if write_new(file, bytes)? || read_private(file)?.as_slice() == bytes {
        return Ok(());
    }
    let (file, folder) = (file.display(), layout.folder().display());
    Err(Error::Usage(format!("{folder} has another database already: see {file}")))
}

fn metrics_token(random: &SystemRandom) -> Result<String, Error> {
    use base64::Engine as _;
    use walkbook_vault::SecureRandom as _;
    let mut bytes = [0; 32];
    random.fill(&mut bytes).map_err(|_| crate::config::Error::NoRandomness)?;
    Ok(base64::engine::general_purpose::URL_SAFE_NO_PAD.encode(bytes))
}
