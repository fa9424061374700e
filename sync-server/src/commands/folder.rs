//! What most commands begin with: the server's folder, opened.

use super::Error;
use super::opened::{self, Opened, not_embedded};
use super::place::Place;
use super::serve::Options;
use crate::backend::Records;
use crate::clock;
use crate::config::{Layout, Settings, read_master_key};
use crate::office::{self, Desk, Pen};
use crate::privacy::Ledger;
use crate::registration::{self, Registration};
use crate::store::{By, Deed, EmbeddedStore, Stamp, Store};
use crate::tls::Authority;
use std::path::PathBuf;
use std::sync::Arc;
use walkbook_model::{TenantId, UserId};
use walkbook_vault::SystemRandom;

/// A server's folder with its store open.
pub(super) struct Folder {
    pub(super) layout: Layout,
    pub(super) settings: Settings,
    pub(super) store: Arc<dyn Store>,
    embedded: Option<Arc<EmbeddedStore>>,
    pub(super) random: Arc<SystemRandom>,
    by: Option<UserId>,
}

impl Folder {
    pub(super) fn open(place: &Place) -> Result<Self, Error> {
        let layout = Layout::new(&place.folder);
        let settings = layout.read_settings()?;
        let random = Arc::new(SystemRandom::new());
        let Opened { store, embedded } = Opened::open(&layout, &settings.region, Arc::clone(&random))?;
        Ok(Self { layout, settings, store, embedded, random, by: place.by })
    }

    /// The store, for what only one in the server's folder can do.
    pub(super) fn embedded(&self) -> Result<&Arc<EmbeddedStore>, Error> {
        self.embedded.as_ref().ok_or_else(not_embedded)
    }

    /// The regional backend, whether it is there now or not.
    pub(super) fn backend(&self) -> Result<Arc<dyn Records>, Error> {
        opened::backend(&self.layout)
    }

    /// The regional backend, for what is not to begin without it.
    pub(super) fn backend_at_hand(&self) -> Result<Arc<dyn Records>, Error> {
        let backend = self.backend()?;
        backend.reach()?;
        Ok(backend)
    }

    /// The regional backend, where it can be reached now. Where it cannot, that is said: what is new is marked, and comes there
    /// later.
    pub(super) fn backend_if_there(&self) -> Result<Option<Arc<dyn Records>>, Error> {
        let backend = self.backend()?;
        match backend.reach() {
            Ok(()) => Ok(Some(backend)),
            Err(error) => {
                eprintln!(
                    "the tables cannot be reached now ({error}): what is new comes there when they are there again"
                );
                Ok(None)
            }
        }
    }

    /// The ledger of erasures: the one that is given, the one that `serve.toml` names, or the one in the folder.
    pub(super) fn erasures(&self, given: Option<PathBuf>) -> Result<Ledger, Error> {
        Ok(match given.map_or_else(|| Options::erasures_of(&self.layout), |given| Ok(Some(given)))? {
            Some(file) => Ledger::named(file),
            None => Ledger::by_default(self.layout.erasures()),
        })
    }

    /// Who gives the command, and when.
    pub(super) fn stamp(&self) -> Stamp {
        Stamp::new(self.by.map_or(By::Operator, By::User), clock::now())
    }

    /// Writes into the audit log what this command does and the store does not do itself.
    pub(super) fn note(&self, tenant: TenantId, deed: Deed) -> Result<(), Error> {
        Ok(self.store.note(tenant, deed, self.stamp())?)
    }

    /// Writes into the audit log that a command was refused to the user for whom it was given; of any other error nothing.
    pub(super) fn note_refusal(&self, error: &Error) -> Result<(), Error> {
        match error {
            Error::Office(office::Error::NotAllowed { tenant, action, .. }) => {
                self.note(*tenant, Deed::CommandRefused { action: Some(*action) })
            }
            _ => Ok(()),
        }
    }

    /// The registration directory, where this server has its key.
    pub(super) fn registration(&self) -> Result<Option<Arc<Registration>>, Error> {
        let file = self.layout.registrations_key();
        if !file.exists() {
            return Ok(None);
        }
        let Settings { region, url, regions, authorities } = &self.settings;
        let place = |url: &str, region: &str| registration::Place {
            url: url.to_owned(),
            authorities: authorities.get(region).cloned(),
        };
        let others = regions.iter().map(|(name, url)| (name.clone(), place(url, name))).collect();
        let (key, own) = (read_master_key(&file)?, place(url.as_str(), region));
        let (layout, store, random) = (self.layout.clone(), Arc::clone(&self.store), self.random.clone());
        Ok(Some(Registration::new(&key, (region, &own), &others, layout, store, random)?))
    }

    pub(super) fn pen(&self) -> Result<Pen, Error> {
        Ok(Pen::open(&self.layout.pen_key(), self.random.clone())?)
    }

    pub(super) fn authority(&self) -> Result<Authority, Error> {
        Ok(Authority::read(&self.layout.tls())?)
    }

    /// The desk of the tenant's office, with whoever gives the command at it; if there is such a tenant, of this region.
    pub(super) fn desk(&self, tenant: TenantId) -> Result<Desk<'_>, Error> {
        Ok(Desk::new(&*self.store, self.tenant(tenant)?, self.by)?.at(clock::now())?)
    }

    /// The tenant, for what only the operator does.
    pub(super) fn operators(&self, tenant: TenantId) -> Result<TenantId, Error> {
        let tenant = self.tenant(tenant)?;
        if self.by.is_none() {
            return Ok(tenant);
        }
        self.note(tenant, Deed::CommandRefused { action: None })?;
        Err(Error::Operators)
    }

    /// Makes sure that there is such a tenant, and that it is of this region.
    pub(super) fn tenant(&self, tenant: TenantId) -> Result<TenantId, Error> {
        match self.store.tenant(tenant)? {
            Some(found) if found.region == self.settings.region => Ok(tenant),
            Some(found) => Err(Error::Usage(format!("the tenant belongs to the region {}", found.region))),
            None => Err(Error::Usage("there is no such tenant; `tenant list` shows those there are".into())),
        }
    }
}
