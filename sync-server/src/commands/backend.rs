//! `backend`: a look into the tenant's tables, and what could not be brought there.

use super::Error;
use super::folder::Folder;
use super::output::put;
use super::place::Place;
use crate::backend::{Published, Tables, publish_bases};
use crate::store::audit::{LookedAt, subject_name as name};
use crate::store::{self, Deed, LogPosition, OutboxItem, Stamp, Store};
use clap::{Args, Subcommand};
use walkbook_model::{EntryId, TenantId};

#[derive(Debug, Subcommand)]
pub(super) enum Backend {
    /// Ask the tables in SQL, and change nothing; rows are printed with tabs between columns
    Query { sql: String },
    /// Entries that the tables did not take: the letter's number, entry, what it is about, how often it was tried, why
    Letters {
        #[arg(long)]
        tenant: TenantId,
        /// Those that were dropped
        #[arg(long)]
        dropped: bool,
    },
    /// Bring letters once more, also dropped ones: when what was wrong with the tables is mended
    Retry(Which),
    /// Give letters up for good: the tables are not to have them. The entries stay, and count on every phone
    Drop(Which),
    /// Bring every document as it stands: into tables that were lost, or after an import that was cut off
    Bring {
        #[arg(long)]
        tenant: TenantId,
    },
}

#[derive(Debug, Args)]
pub(super) struct Which {
    #[arg(required_unless_present = "all")]
    letters: Vec<u64>,
    /// Every dead letter
    #[arg(long, conflicts_with = "letters")]
    all: bool,
    #[arg(long)]
    tenant: TenantId,
}

impl Backend {
    pub(super) fn run(self, place: &Place) -> Result<(), Error> {
        let folder = Folder::open(place)?;
        match self {
            Self::Query { sql } => {
                place.operator()?;
                query(&folder, &sql)
            }
            Self::Letters { tenant, dropped } => letters(&folder, folder.operators(tenant)?, dropped),
            Self::Retry(which) => {
                which.each(&folder, "due again", |store, tenant, id, stamp| store.revive(tenant, id, stamp))
            }
            Self::Drop(which) => {
                which.each(&folder, "dropped", |store, tenant, id, stamp| store.drop_letter(tenant, id, stamp))
            }
            Self::Bring { tenant } => {
                let (tenant, tables) = (folder.operators(tenant)?, Tables::open(&folder.layout.backend())?);
                bring(&folder, &tables, tenant)
            }
        }
    }
}

/// The tables hold every tenant's; what was asked may name people, and stands nowhere.
fn query(folder: &Folder, sql: &str) -> Result<(), Error> {
    for tenant in folder.store.tenants()? {
        match folder.note(tenant.id, Deed::Exported { what: LookedAt::Tables }) {
            Ok(()) | Err(Error::Store(store::Error::KeyDestroyed)) => {}
            Err(error) => return Err(error),
        }
    }
    Tables::query(&folder.layout.backend(), sql, |row| put(row.join("\t")))
}

/// Makes sure that every document of a tenant stands in the tables.
pub(super) fn bring(folder: &Folder, tables: &Tables, tenant: TenantId) -> Result<(), Error> {
    say(publish_bases(&*folder.store, tables, tenant)?);
    Ok(())
}

/// Says what the tables did not take of what was brought there.
pub(super) fn say(published: Published) {
    if published.unfit > 0 {
        eprintln!(
            "{} documents are not in the tables, which do not take them; `backend bring` tries again",
            published.unfit
        );
    }
}

fn letters(folder: &Folder, tenant: TenantId, dropped: bool) -> Result<(), Error> {
    let store = &*folder.store;
    let letters =
        if dropped { store.dropped_letters(tenant, u32::MAX)? } else { store.dead_letters(tenant, u32::MAX)? };
    for OutboxItem { id, entry, attempts, reason } in &letters {
        let (about, entry) = (name(entry.header.subject), EntryId::new(entry.device, entry.header.seq));
        put(format_args!("{}\t{entry}\t{about}\t{attempts}\t{}", id.get(), reason.as_deref().unwrap_or_default()))?;
    }
    eprintln!("{} letters", letters.len());
    Ok(())
}

impl Which {
    /// One that is none holds up no other.
    fn each(
        &self,
        folder: &Folder,
        became: &str,
        act: impl Fn(&dyn Store, TenantId, LogPosition, Stamp) -> Result<bool, store::Error>,
    ) -> Result<(), Error> {
        let (store, tenant) = (&*folder.store, folder.operators(self.tenant)?);
        let dead = if self.all { store.dead_letters(tenant, u32::MAX)? } else { Vec::new() };
        let named = self.letters.iter().map(|number| LogPosition::new(*number));
        let mut none = 0;
        for id in named.chain(dead.iter().map(|letter| letter.id)) {
            if act(store, tenant, id, folder.stamp())? {
                put(format_args!("{}\t{became}", id.get()))?;
            } else {
                eprintln!("{}: there is no such letter", id.get());
                none += 1;
            }
        }
        if none > 0 {
            return Err(Error::Usage(format!(
                "{none} of the letters named are none; `backend letters` shows those there are"
            )));
        }
        Ok(())
    }
}
