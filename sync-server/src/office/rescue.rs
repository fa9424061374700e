//! A rescue file is taken as if its phone had sent what is in it. What belongs into no log is kept for somebody to look at.

use super::Error;
use crate::access::Sender;
use crate::engine::{self, Taken, take_run};
use crate::privacy;
use crate::store::{self, Deed, Device, Enrolment, NewRescued, Reason, Stamp, Store, Verdict};
use std::collections::{BTreeMap, BTreeSet};
use walkbook_ledger::Header;
use walkbook_model::{DeviceId, DoorId, TenantId, UserId};
use walkbook_sync::{Loose, Rescue, RescueRefused, Run};
use walkbook_vault::PublicKey;

const PAGE: u32 = 1_000;

/// What became of a rescue file's entries.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Rescued {
    /// They count.
    pub counts: u64,
    /// They were here before.
    pub known: u64,
    /// They are set aside, until somebody has looked at them.
    pub set_aside: u64,
    /// They are refused.
    pub refused: u64,
}

/// Takes what is in a rescue file. Taking it again changes nothing.
///
/// A device that this server does not know (it enrolled after the backup was made from which the server was restored) is
/// taken for `user`'s, and shut out: its phone was wiped. What a device brings that is shut out is set aside, all of it.
///
/// # Errors
/// [`Error::Rescue`] if the file is not what the device signed, or of another tenant; [`Error::NotEnrolled`] without a
/// `user` for a device that nobody knows, [`Error::Unknown`] without that user. [`Error::Store`]: what was taken before stays.
pub fn take_rescue(
    store: &dyn Store,
    tenant: TenantId,
    rescue: &Rescue,
    user: Option<UserId>,
    stamp: Stamp,
) -> Result<Rescued, Error> {
    let unverified = Error::Rescue(RescueRefused::Unverified);
    let key = PublicKey::from_bytes(&rescue.public_key).map_err(|_| Error::Rescue(RescueRefused::Unverified))?;
    if rescue.tenant != tenant {
        return Err(Error::OtherTenant);
    }
    let (device, is_new) = match store.device(tenant, rescue.device)? {
        Some(device) => (device, false),
        None => (enrol(store, tenant, rescue.device, key, user, stamp)?, true),
    };
    if device.public_key != key {
        return Err(unverified);
    }
    let user = store.user(tenant, device.user)?.ok_or(Error::Unknown { what: "user" })?;
    let entries_in_runs: usize = rescue.runs.iter().map(Run::len).sum();
    let deed = Deed::RescueTaken { device: device.id, entries: (entries_in_runs + rescue.loose.len()) as u64 };
    store.note(tenant, deed, stamp)?;
    let sender = Sender { tenant, device: device.id, user, spent: None };
    let mut rescued = Rescued::default();
    let mut strays = Vec::new();
    for run in &rescue.runs {
        match take_run(store, &sender, run, device.revoked_at.is_some() && !is_new, stamp.at) {
            Ok(Taken::New(tally)) => {
                rescued.counts += tally.all_accepted();
                rescued.set_aside += tally.quarantined;
                rescued.refused += tally.all_refused();
                let new = tally.all_accepted() + tally.quarantined + tally.all_refused();
                rescued.known += (run.len() as u64).saturating_sub(new);
            }
            Ok(Taken::Known) => rescued.known += run.len() as u64,
            // The file's runs were verified when it was opened: they are the device's, and fit to no log that is here.
            Ok(Taken::Ahead | Taken::Refused(_)) | Err(engine::Refused::Forked) => strays.extend(entries(run)),
            Err(error) => return Err(error.into()),
        }
    }
    let loose = rescue.loose.iter().map(|Loose { header, payload, reason }| Stray {
        header: *header,
        payload: payload.to_vec(),
        reason: reason.map(Reason),
    });
    strays.extend(loose);
    keep(store, tenant, device.id, strays, &mut rescued)?;
    Ok(rescued)
}

fn enrol(
    store: &dyn Store,
    tenant: TenantId,
    device: DeviceId,
    public_key: PublicKey,
    user: Option<UserId>,
    stamp: Stamp,
) -> Result<Device, Error> {
    if device != DeviceId::derive(&[&tenant.to_bytes(), public_key.as_bytes()]) {
        return Err(Error::Rescue(RescueRefused::Unverified));
    }
    let user = user.ok_or(Error::NotEnrolled)?;
    store.user(tenant, user)?.ok_or(Error::Unknown { what: "user" })?;
    let enrolled = store.enrol_device(tenant, user, &Enrolment { device, public_key }, stamp.at)?;
    store.revoke_device(tenant, device, stamp)?;
    Ok(enrolled)
}

/// An entry that stands by itself.
struct Stray {
    header: Header,
    payload: Vec<u8>,
    reason: Option<Reason>,
}

/// A run's entries, without those that were erased.
fn entries(run: &Run) -> Vec<Stray> {
    let entries = run.entries().unwrap_or_default().into_iter();
    entries
        .filter_map(|entry| {
            let (_, payload) = entry.body.ok()?;
            Some(Stray { header: entry.header, payload, reason: None })
        })
        .collect()
}

/// Keeps what the log does not have as it is.
fn keep(
    store: &dyn Store,
    tenant: TenantId,
    device: DeviceId,
    strays: Vec<Stray>,
    rescued: &mut Rescued,
) -> Result<(), store::Error> {
    let log = if strays.is_empty() { BTreeMap::new() } else { counting(store, tenant, device)? };
    let strays: Vec<NewRescued> = strays
        .into_iter()
        .filter(|stray| log.get(&stray.header.seq) != Some(&stray.header))
        .map(|Stray { header, payload, reason }| NewRescued { device, header, payload, reason })
        .collect();
    let new = store.keep_rescued(tenant, &strays)?;
    // A file may speak of somebody who was erased since it was written.
    let doors: BTreeSet<DoorId> = strays.iter().filter_map(|stray| stray.header.subject.door()).collect();
    privacy::sweep(store, tenant, &doors.into_iter().collect::<Vec<_>>())?;
    rescued.set_aside += new;
    rescued.known += strays.len() as u64 - new;
    Ok(())
}

/// The headers of a log's entries that count, or are set aside.
fn counting(store: &dyn Store, tenant: TenantId, device: DeviceId) -> Result<BTreeMap<u64, Header>, store::Error> {
    let (mut headers, mut after) = (BTreeMap::new(), 0);
    loop {
        let page = store.log_of(tenant, device, after, PAGE)?;
        let Some(last) = page.last() else { return Ok(headers) };
        after = last.header.seq;
        let known = page.iter().filter(|stored| !matches!(stored.verdict, Verdict::Refused(_)));
        headers.extend(known.map(|stored| (stored.header.seq, stored.header)));
    }
}
