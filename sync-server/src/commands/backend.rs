//! `backend`: a look into the tenant's tables, and what could not be brought there.

mod authority;

use super::folder::Folder;
use super::output::put;
use super::place::Place;
use super::{Error, opened};
use crate::backend::{self, Asking, NotTaken, Published, Records, Settled, publish_bases, publish_marked};
use crate::config::Layout;
use crate::store::audit::{LookedAt, subject_name as name};
use crate::store::{self, Deed, LogPosition, OutboxItem, Stamp, Store};
use authority::Authority;
use clap::{Args, Subcommand};
use std::sync::Arc;
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
    /// Changes that others made in the tables and that cannot be taken: the change's number, field, how often it was tried,
    /// why. With a number, try that one once more, or drop it
    Changes {
        #[arg(long)]
        tenant: TenantId,
        #[arg(long, value_name = "NUMBER")]
        retry: Option<i64>,
        #[arg(long, value_name = "NUMBER", conflicts_with = "retry")]
        drop: Option<i64>,
    },
    /// Who has the last word on a field that phones and the tables both change: `ours` the phones, `theirs` the tables; on any
    /// other people are asked where two disagree. Without a field, those that are set, a line each; with one, how it is, or
    /// is to be
    Authority(Authority),
    /// Bring the schema of tables in PostgreSQL up to date; prints its version before and after. Servers of the version
    /// before this one work on
    Migrate {
        /// The database's address for its owner, as postgres://owner:password@host/database
        #[arg(long, env = "WALKBOOK_BACKEND_OWNER", hide_env_values = true, value_name = "URL")]
        owner: String,
    },
    /// Bring every document as it stands: into tables that were lost, or after the import of a changed file was
    /// cut off
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
        if let Self::Migrate { owner } = &self {
            return migrate(&Layout::new(place.operator()?), owner);
        }
        let folder = Folder::open(place)?;
        match self {
            Self::Migrate { .. } => Ok(()),
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
            Self::Changes { tenant, retry, drop } => {
                let (records, tenant) = (folder.backend_at_hand()?, folder.operators(tenant)?);
                match (retry, drop) {
                    (Some(change), _) => {
                        settle(&folder, &*records, tenant, change, Settled::Again, Deed::ChangeRetried { change })
                    }
                    (None, Some(change)) => {
                        settle(&folder, &*records, tenant, change, Settled::Done, Deed::ChangeDropped { change })
                    }
                    (None, None) => changes(&*records, tenant),
                }
            }
            Self::Authority(authority) => authority.run(&folder),
            Self::Bring { tenant } => {
                let tenant = folder.operators(tenant)?;
                bring(&folder, &*folder.backend_at_hand()?, tenant)
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
    let tell = &mut |row: Vec<String>| match put(row.join("\t")) {
        Err(Error::Output(error)) => Err(backend::Error::NotTold(error)),
        _ => Ok(()),
    };
    match folder.backend()?.ask(sql, tell) {
        Err(backend::Error::NotTold(error)) => Err(Error::Output(error)),
        asked => Ok(asked?),
    }
}

/// What was changed may be personal, and is not printed.
fn changes(records: &dyn Records, tenant: TenantId) -> Result<(), Error> {
    for noticed in records.noticed(tenant, Asking::GivenUp)? {
        let reason = noticed.reason.unwrap_or_default();
        put(format_args!("{}\t{}\t{}\t{reason}", noticed.number, noticed.field, noticed.attempts))?;
    }
    Ok(())
}

/// Decides about a change that was given up; first it is written down by whom.
fn settle(
    folder: &Folder,
    records: &dyn Records,
    tenant: TenantId,
    number: i64,
    settled: Settled,
    deed: Deed,
) -> Result<(), Error> {
    if !records.noticed(tenant, Asking::GivenUp)?.iter().any(|noticed| noticed.number == number) {
        return Err(Error::Usage(format!(
            "{number}: there is no such change; `backend changes` shows those there are"
        )));
    }
    folder.note(tenant, deed)?;
    records.settle(tenant, number, settled)?;
    put(number)
}

fn migrate(layout: &Layout, owner: &str) -> Result<(), Error> {
    let none = || Error::Usage("the tables are in the server's folder, and bring themselves up to date".into());
    let own = opened::backend_address(layout)?.ok_or_else(none)?;
    let owner = opened::parse(owner, &layout.backend_authority())?;
    let (before, after) = backend::migrate(&owner, own.role())?;
    put(format_args!("{before}\t{after}"))
}

/// Makes sure that every document of a tenant stands in the tables.
pub(super) fn bring(folder: &Folder, tables: &dyn backend::Backend, tenant: TenantId) -> Result<(), Error> {
    say(publish_bases(&*folder.store, tables, tenant)?);
    Ok(())
}

/// Brings whatever is marked to be brought: what this command has made, and what one before has not come to bring. Where the
/// tables are away, it comes there when they are there again.
pub(super) fn bring_marked(
    folder: &Folder,
    tables: &mut Option<Arc<dyn Records>>,
    tenant: TenantId,
) -> Result<Published, Error> {
    let Some(there) = &*tables else { return Ok(Published::default()) };
    match publish_marked(&*folder.store, &**there, tenant) {
        Err(error @ backend::Error::NotTaken(NotTaken::Unavailable(_))) => {
            eprintln!("{error}: what is new comes to the tables when they are there again");
            *tables = None;
            Ok(Published::default())
        }
        published => Ok(published?),
    }
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
