//! One pass over what waits.

use super::bring::{Brought, Way};
use super::delivery::Reader;
use super::{Backend, Error};
use crate::reading;
use crate::store::{self, LogPosition, OutboxItem, Store};
use std::collections::BTreeMap;
use walkbook_ledger::Subject;
use walkbook_model::{TenantId, Timestamp};

/// Entries of one page.
const PAGE: u32 = 500;
/// Documents of one delivery when a register is published.
const DOCUMENTS: usize = 200;
/// So often something is tried that the backend does not take, or the store cannot read, before it is given up.
const TRIES: u32 = 5;
/// The first wait before it is tried again; doubled with every try.
const RETRY_MS: i64 = 30_000;

/// What a pass did.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Pumped {
    /// Entries that the backend has now.
    pub delivered: u64,
    /// Entries to be tried again later.
    pub put_off: u64,
    /// Entries given up.
    pub dead_letters: u64,
}

/// Brings everything of a tenant that is due to the backend.
///
/// # Errors
/// [`Error::NotTaken`] if the backend is not available, [`Error::Store`]; what was delivered before stays delivered.
pub fn pump(store: &dyn Store, backend: &dyn Backend, tenant: TenantId, now: Timestamp) -> Result<Pumped, Error> {
    let mut pumped = Pumped::default();
    pump_while(Way { store, backend, tenant }, now, &mut pumped, &|| true)?;
    Ok(pumped)
}

/// As [`pump`], page by page for as long as it is told to go on. What was done before an error is counted too.
pub(super) fn pump_while(
    way: Way<'_>,
    now: Timestamp,
    pumped: &mut Pumped,
    goes_on: &dyn Fn() -> bool,
) -> Result<(), Error> {
    let mut after = LogPosition::START;
    while goes_on() {
        let page = way.store.outbox_after(way.tenant, after, PAGE, now)?;
        let Some(last) = page.last() else { break };
        after = last.id;
        let items = by_subject(page);
        let subjects: Vec<Subject> = items.keys().copied().collect();
        let as_of = way.store.head(way.tenant)?;
        let mut pass = Pass { store: way.store, tenant: way.tenant, now, as_of, items, pumped };
        way.bring(&subjects, &mut |subjects, brought| pass.note(subjects, brought))?;
    }
    Ok(())
}

type Items = BTreeMap<Subject, Vec<OutboxItem>>;

fn by_subject(page: Vec<OutboxItem>) -> Items {
    let mut items = Items::new();
    for item in page {
        items.entry(item.entry.header.subject).or_default().push(item);
    }
    items
}

/// A page that is on its way.
struct Pass<'a> {
    store: &'a dyn Store,
    tenant: TenantId,
    now: Timestamp,
    /// The tenant's position before the documents were read.
    as_of: LogPosition,
    items: Items,
    pumped: &'a mut Pumped,
}

impl Pass<'_> {
    fn note(&mut self, subjects: &[Subject], brought: Brought) -> Result<(), store::Error> {
        let items: Vec<OutboxItem> =
            subjects.iter().filter_map(|subject| self.items.remove(subject)).flatten().collect();
        match brought {
            Brought::Taken => {
                self.done(&items)?;
                catch_up(self.store, self.tenant, subjects, self.as_of)
            }
            Brought::Unfit(why) => items.iter().try_for_each(|item| self.put_off(item, why)),
        }
    }

    fn done(&mut self, items: &[OutboxItem]) -> Result<(), store::Error> {
        let ids: Vec<LogPosition> = items.iter().map(|item| item.id).collect();
        self.pumped.delivered += self.store.outbox_done(self.tenant, &ids)?;
        Ok(())
    }

    fn put_off(&mut self, item: &OutboxItem, reason: &str) -> Result<(), store::Error> {
        let wait_ms = RETRY_MS << item.attempts.min(TRIES);
        let retry_at = (item.attempts + 1 < TRIES).then(|| self.now.shifted_ms(wait_ms));
        self.store.outbox_failed(self.tenant, item.id, reason, retry_at)?;
        match retry_at {
            Some(_) => self.pumped.put_off += 1,
            None => self.pumped.dead_letters += 1,
        }
        Ok(())
    }
}

/// What was given up about documents that the backend has now as they stand has come with them.
fn catch_up(store: &dyn Store, tenant: TenantId, about: &[Subject], as_of: LogPosition) -> Result<(), store::Error> {
    let counts = store.outbox_counts(tenant)?;
    if counts.dead + counts.dropped > 0 {
        store.outbox_caught_up(tenant, about, as_of)?;
    }
    Ok(())
}

/// What became of a tenant's documents.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Published {
    /// The backend has them.
    pub taken: u64,
    /// The backend does not take them, or the store cannot read them.
    pub unfit: u64,
}

impl Published {
    /// Adds what became of others.
    pub const fn add(&mut self, other: Self) {
        self.taken += other.taken;
        self.unfit += other.unfit;
    }
}

/// Makes a tenant known to the backend, which may have nothing of it yet.
///
/// # Errors
/// As [`pump`].
pub fn introduce(store: &dyn Store, backend: &dyn Backend, tenant: TenantId) -> Result<(), Error> {
    Ok(backend.take(&Reader::new(store, tenant)?.finish())?)
}

/// Brings every document of a tenant to the backend, whether anything happened to it or not: everything to a backend that was
/// lost.
///
/// # Errors
/// As [`pump`]. Documents that do not fit, or cannot be read, are counted and hold up nothing.
pub fn publish_bases(store: &dyn Store, backend: &dyn Backend, tenant: TenantId) -> Result<Published, Error> {
    let mut published = Published::default();
    let mut subjects = reading::subjects(store, tenant).peekable();
    while subjects.peek().is_some() {
        let page = subjects.by_ref().take(DOCUMENTS).collect::<Result<Vec<_>, _>>()?;
        published.add(publish(store, backend, tenant, &page)?);
    }
    Ok(published)
}

/// Brings the documents that are marked to be brought anew: what a command that was cut off, or that found the tables away,
/// has left.
///
/// # Errors
/// As [`publish_bases`].
pub fn publish_marked(store: &dyn Store, backend: &dyn Backend, tenant: TenantId) -> Result<Published, Error> {
    let mut published = Published::default();
    loop {
        let (page, more) = publish_page(store, backend, tenant)?;
        published.add(page);
        if !more {
            return Ok(published);
        }
    }
}

/// Brings a page of what is marked; whether there may be more.
pub(super) fn publish_page(
    store: &dyn Store,
    backend: &dyn Backend,
    tenant: TenantId,
) -> Result<(Published, bool), Error> {
    let page = store.marked(tenant, PAGE)?;
    Ok((publish(store, backend, tenant, &page)?, page.len() >= PAGE as usize))
}

/// Brings these documents to the backend: what an import has put, lists that were cut.
///
/// # Errors
/// As [`publish_bases`].
pub fn publish(
    store: &dyn Store,
    backend: &dyn Backend,
    tenant: TenantId,
    subjects: &[Subject],
) -> Result<Published, Error> {
    let way = Way { store, backend, tenant };
    let mut published = Published::default();
    for page in subjects.chunks(DOCUMENTS) {
        let as_of = store.head(tenant)?;
        way.bring(page, &mut |subjects, brought| {
            match brought {
                Brought::Taken => {
                    published.taken += subjects.len() as u64;
                    catch_up(store, tenant, subjects, as_of)?;
                }
                Brought::Unfit(why) => {
                    published.unfit += subjects.len() as u64;
                    tracing::warn!(why, "a document is not in the backend as it stands");
                }
            }
            // One that does not fit is not tried for ever.
            store.unmark(tenant, subjects, as_of)
        })?;
    }
    Ok(published)
}
