//! `status`: what there is, and what waits.

use super::Error;
use super::folder::Folder;
use super::output::put;
use super::place::Place;
use crate::store::Store;
use crate::{clock, office, reading, store};
use clap::Args;
use std::time::{Duration, Instant};
use walkbook_ledger::Subject;
use walkbook_model::TenantId;

#[derive(Debug, Args)]
pub(super) struct Status {}

/// A connection is made by then.
const HEARS_WITHIN: Duration = Duration::from_secs(5);
const LOOKS_EVERY: Duration = Duration::from_millis(50);

/// More than so much behind or ahead is worth a word.
const SKEW_MS: u64 = 60_000;
/// A phone with lists that was not heard of for so long is stuck.
const AWAY_HOURS: u64 = 72;

impl Status {
    pub(super) fn run(self, place: &Place) -> Result<(), Error> {
        place.operator()?;
        let folder = Folder::open(place)?;
        eprintln!("region {}, reached at {}", folder.settings.region, folder.settings.url);
        if !is_heard(&*folder.store)? {
            eprintln!(
                "the database cannot be listened to (LISTEN): phones that are open hear of what is new up to a minute late; see \
                 whether it has a connection left for it"
            );
        }
        put("tenant\tdoors\tlists\tusers\tphones\tentries\twaiting\tdead letters\tclocks wrong\tset aside\tstuck")?;
        for tenant in folder.store.tenants()? {
            if tenant.region == folder.settings.region {
                match count(&folder, tenant.id) {
                    Err(Error::Store(store::Error::KeyDestroyed)) => {
                        eprintln!("{}: its key is destroyed; `tenant erase` takes away what is left of it", tenant.id);
                    }
                    counts => {
                        let counts = counts?.map(|count| count.to_string());
                        put(format_args!("{}\t{}", tenant.id, counts.join("\t")))?;
                    }
                }
            }
        }
        Ok(())
    }
}

/// Whether a server can hear of what others write. Where no other server may be, there is nothing to try.
fn is_heard(store: &dyn Store) -> Result<bool, Error> {
    if !store.is_shared() {
        return Ok(true);
    }
    let (mut bell, started) = (store.listen()?, Instant::now());
    while !bell.is_heard() && started.elapsed() < HEARS_WITHIN {
        bell.wait(LOOKS_EVERY);
    }
    Ok(bell.is_heard())
}

fn count(folder: &Folder, tenant: TenantId) -> Result<[u64; 10], Error> {
    let store = &*folder.store;
    let (mut doors, mut lists) = (0, 0);
    for subject in reading::subjects(store, tenant) {
        match subject? {
            Subject::Door(_) => doors += 1,
            Subject::List(_) => lists += 1,
            Subject::Script(_) => {}
        }
    }
    let users = store.users(tenant)?;
    let (mut phones, mut entries, mut wrong) = (0, 0, 0);
    for user in &users {
        for device in store.devices_of(tenant, user.id)? {
            phones += 1;
            entries += device.last_seq;
            wrong += u64::from(device.clock_skew_ms.unsigned_abs() > SKEW_MS);
        }
    }
    let outbox = store.outbox_counts(tenant)?;
    let stuck = office::phones(store, tenant, AWAY_HOURS, clock::now())?.stuck.len() as u64;
    let aside = store.count_quarantined(tenant)? + store.count_rescued(tenant)?;
    Ok([doors, lists, users.len() as u64, phones, entries, outbox.waiting, outbox.dead, wrong, aside, stuck])
}
