//! One pass over what waits.

use super::delivery::{NotRead, Reader};
use super::{Backend, Error, NotTaken};
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
    let mut after = LogPosition::START;
    loop {
        let page = store.outbox_after(tenant, after, PAGE, now)?;
        let Some(last) = page.last() else { return Ok(pumped) };
        after = last.id;
        Pass { store, backend, tenant, now, pumped: &mut pumped }.deliver(by_subject(page))?;
    }
}

type Items = BTreeMap<Subject, Vec<OutboxItem>>;

fn by_subject(page: Vec<OutboxItem>) -> Items {
    let mut items = Items::new();
    for item in page {
        items.entry(item.entry.header.subject).or_default().push(item);
    }
    items
}

struct Pass<'a> {
    store: &'a dyn Store,
    backend: &'a dyn Backend,
    tenant: TenantId,
    now: Timestamp,
    pumped: &'a mut Pumped,
}

impl Pass<'_> {
    /// Delivers documents together; if one of them does not fit, apart.
    fn deliver(&mut self, mut items: Items) -> Result<(), Error> {
        let mut reader = Reader::new(self.store, self.tenant)?;
        let mut unreadable = Vec::new();
        for subject in items.keys() {
            match reader.read(*subject) {
                Ok(()) => {}
                Err(NotRead::Unreadable) => unreadable.push(*subject),
                Err(NotRead::Store(error)) => return Err(error.into()),
            }
        }
        for subject in unreadable {
            let of_subject = items.remove(&subject).unwrap_or_default();
            self.put_off(&of_subject, "document")?;
        }
        if items.is_empty() {
            return Ok(());
        }
        match self.backend.take(&reader.finish()) {
            Ok(()) => self.done(&items),
            Err(NotTaken::Unfit(why)) if items.len() == 1 => {
                Ok(items.values().try_for_each(|of_subject| self.put_off(of_subject, why))?)
            }
            Err(NotTaken::Unfit(_)) => {
                let middle = items.keys().nth(items.len() / 2).copied();
                let rest = middle.map(|middle| items.split_off(&middle)).unwrap_or_default();
                self.deliver(items)?;
                self.deliver(rest)
            }
            Err(unavailable) => Err(unavailable.into()),
        }
    }

    fn done(&mut self, items: &Items) -> Result<(), Error> {
        let ids: Vec<LogPosition> = items.values().flatten().map(|item| item.id).collect();
        self.pumped.delivered += self.store.outbox_done(self.tenant, &ids)?;
        Ok(())
    }

    fn put_off(&mut self, items: &[OutboxItem], reason: &str) -> Result<(), store::Error> {
        for item in items {
            let wait_ms = RETRY_MS << item.attempts.min(TRIES);
            let retry_at = (item.attempts + 1 < TRIES).then(|| self.now.shifted_ms(wait_ms));
            self.store.outbox_failed(self.tenant, item.id, reason, retry_at)?;
            match retry_at {
                Some(_) => self.pumped.put_off += 1,
                None => self.pumped.dead_letters += 1,
            }
        }
        Ok(())
    }
}

/// Brings every document of a tenant to the backend, whether anything happened to it or not: what an import has put.
///
/// # Errors
/// As [`pump`]. Documents that cannot be read are passed over.
pub fn publish_bases(store: &dyn Store, backend: &dyn Backend, tenant: TenantId) -> Result<u64, Error> {
    let mut published = 0;
    let mut subjects = reading::subjects(store, tenant).peekable();
    while subjects.peek().is_some() {
        let mut reader = Reader::new(store, tenant)?;
        for subject in subjects.by_ref().take(DOCUMENTS) {
            match reader.read(subject?) {
                Ok(()) => published += 1,
                Err(NotRead::Unreadable) => tracing::warn!("a document cannot be read; it is not in the backend"),
                Err(NotRead::Store(error)) => return Err(error.into()),
            }
        }
        backend.take(&reader.finish())?;
    }
    Ok(published)
}
