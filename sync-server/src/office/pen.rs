//! The server's own pen: a device like any other, with which the office writes.

mod arranging;
mod wanted;

pub(super) use arranging::Arranged;

use super::{Error, draw};
use crate::access::Sender;
use crate::config::{self, read_private, write_new};
use crate::engine;
use crate::store::{self, By, Device, Enrolment, Stamp, Store, User};
use std::path::Path;
use std::sync::Arc;
use walkbook_ledger::{Entry, Header};
use walkbook_model::limits::NAMED_ENTRIES;
use walkbook_model::{DeviceId, EntryId, HybridClock, Moment, Role, TenantId, Timestamp, UserId};
use walkbook_sync::{Hello, Request, Run, RunEntry};
use walkbook_vault::{ChainHash, Salt, SecureRandom, Signer, SoftwareSigner, make_device_key, payload_hash, sign_tip};
use wanted::Wanted;

/// Two commands that write at the same time: the second tries again.
const TRIES: usize = 5;

/// Signs what the office decides.
pub struct Pen {
    signer: SoftwareSigner,
    random: Arc<dyn SecureRandom + Send + Sync>,
}

impl Pen {
    /// Makes the pen's key in this file, unless there is one; says whether it did.
    ///
    /// # Errors
    /// [`Error::NotSigned`], [`Error::Config`].
    pub fn make(file: &Path, random: &dyn SecureRandom) -> Result<bool, Error> {
        Ok(write_new(file, &make_device_key(random)?)?)
    }

    /// Opens the pen with the key in this file.
    ///
    /// # Errors
    /// [`Error::Config`].
    pub fn open(file: &Path, random: Arc<dyn SecureRandom + Send + Sync>) -> Result<Self, Error> {
        let key = read_private(file)?;
        let signer = SoftwareSigner::from_pkcs8(&key, Arc::clone(&random))
            .map_err(|_| config::Error::Damaged { file: file.to_owned() })?;
        Ok(Self { signer, random })
    }

    /// Writes about a document, and returns the first entry. `wanted` is asked anew whenever another command was faster with
    /// the pen; it is given the entry that comes first, and looks at what is there by then.
    fn write(
        &self,
        store: &dyn Store,
        tenant: TenantId,
        now: Timestamp,
        wanted: impl Fn(EntryId) -> Result<Wanted, Error>,
    ) -> Result<EntryId, Error> {
        for _ in 0..TRIES {
            let sender = self.sender(store, tenant, now)?;
            let device = store.device(tenant, sender.device)?.ok_or(Error::Unknown { what: "device" })?;
            let first = EntryId::new(device.id, device.last_seq + 1);
            let wanted = wanted(first)?;
            let Some(count) = std::num::NonZero::new(wanted.changes.len() as u64) else { return Ok(first) };
            // Another command was faster with the pen: between the two looks, or before the third.
            let Some(run) = self.run(store, &sender, &device, vec![wanted], now)? else { continue };
            let hello = Hello::new(device.id, now, device.last_seq + count.get());
            let verdicts = match engine::take(store, &sender, &Request { hello, runs: vec![run] }, now) {
                Err(engine::Refused::Forked | engine::Refused::Busy) => continue,
                verdicts => verdicts?,
            };
            return match verdicts.refused.first() {
                None => Ok(first),
                Some(refusal) => Err(Error::Refused(refusal.reason)),
            };
        }
        Err(engine::Refused::Busy.into())
    }

    /// The office, as the server knows it for this tenant.
    fn sender(&self, store: &dyn Store, tenant: TenantId, now: Timestamp) -> Result<Sender, Error> {
        let id = UserId::derive(&[&tenant.to_bytes(), b"office"]);
        let public_key = self.signer.public_key();
        let device = DeviceId::derive(&[&tenant.to_bytes(), public_key.as_bytes()]);
        let user = match store.user(tenant, id)? {
            Some(user) => user,
            None => {
                let user = User { id, label: "office".into(), role: Role::Manager };
                store.put_user(tenant, &user, Stamp::new(By::Server, now))?;
                user
            }
        };
        if store.device(tenant, device)?.is_none() {
            match store.enrol_device(tenant, id, &Enrolment { device, public_key }, now) {
                // Another command was faster with its first words.
                Ok(_) | Err(store::Error::Exists { .. }) => {}
                Err(error) => return Err(error.into()),
            }
        }
        Ok(Sender { tenant, device, user, spent: None })
    }

    /// The changes, signed; nothing if the device has written since it was looked at.
    fn run(
        &self,
        store: &dyn Store,
        sender: &Sender,
        device: &Device,
        wanted: Vec<Wanted>,
        now: Timestamp,
    ) -> Result<Option<Run>, Error> {
        let mut tips = wanted.iter().flat_map(|wanted| &wanted.tips);
        if tips.any(|tip| tip.device == device.id && tip.seq > device.last_seq) {
            return Ok(None);
        }
        let mut clock = HybridClock::resume(self.last_moment(store, sender, device)?, 0);
        let (mut seq, mut tip) = (device.last_seq, device.tip);
        let mut entries = Vec::new();
        for Wanted { subject, epoch, tips: mut on, changes, moment } in wanted {
            for change in changes {
                seq += 1;
                let ticked = clock.tick(now);
                let moment = moment.map_or(ticked, |moment| moment.min(ticked));
                let header = Header { seq, moment, subject, epoch };
                // Of very many made at once it names as many as it may; the next change sees the rest.
                on.truncate(NAMED_ENTRIES);
                let entry = Entry { device: device.id, header, bound: None, payload: change.made_on(on) };
                entry.check()?;
                let payload = entry.payload.to_bytes();
                on = vec![EntryId::new(device.id, seq)];
                let salt = Salt::from_bytes(draw(&*self.random)?);
                tip = tip.next(&header.to_bytes(), payload_hash(salt, &payload));
                entries.push(RunEntry { header, body: Ok((salt, payload)) });
            }
        }
        let signature = sign_tip(&self.signer, device.id, seq, tip)?;
        Ok(Some(Run::new(ChainHash::to_bytes(device.tip), &entries, *signature.as_bytes())))
    }

    fn last_moment(&self, store: &dyn Store, sender: &Sender, device: &Device) -> Result<Moment, Error> {
        let Some(before) = device.last_seq.checked_sub(1) else { return Ok(Moment::default()) };
        let last = store.log_of(sender.tenant, device.id, before, 1)?;
        Ok(last.first().map(|entry| entry.header.moment).unwrap_or_default())
    }
}
