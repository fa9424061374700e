//! What most commands begin with: the server's folder, opened.

use super::Error;
use super::opened::{Opened, not_embedded};
use super::place::Place;
use crate::clock;
use crate::config::{Layout, Settings};
use crate::office::{self, Desk, Pen};
use crate::store::{By, Deed, EmbeddedStore, Stamp, Store};
use crate::tls::Authority;
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

    pub(super) fn pen(&self) -> Result<Pen, Error> {
        Ok(Pen::open(&self.layout.pen_key(), self.random.clone())?)
    }

    pub(super) fn authority(&self) -> Result<Authority, Error> {
        Ok(Authority::read(&self.layout.tls())?)
    }

    /// The desk of the tenant's office, with whoever gives the command at it; if there is such a tenant, of this region.
    pub(super) fn desk(&self, tenant: TenantId) -> Result<Desk<'_>, Error> {
        Ok(Desk::new(&*self.store, self.tenant(tenant)?, self.by)?)
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
