//! Rescuing what only this phone has, before it is wiped: into a file, sealed under a code that the person keeps.

use super::{Error, Identity, Inner, Walkbook};
use crate::store::{self, EntryState, HeldEntry, OwnEntry, Store, StoreFile, write_new_file};
use std::collections::BTreeSet;
use std::io::ErrorKind;
use std::path::Path;
use walkbook_ledger::Header;
use walkbook_model::cbor::{self, Caps};
use walkbook_model::{EntryId, Timestamp};
use walkbook_sync::{Loose, Rescue, RescueRefused};
use walkbook_vault::{Nonce, RescueCode, SecureRandom, Signer};

/// What the last rescue file holds: the sequence numbers.
const NOTE: &str = "rescued";
const SEQS: Caps = Caps { bytes: 16 * 1024 * 1024, depth: 2, items: 2 * 1024 * 1024 };

impl Walkbook {
    /// Rescues what only this phone has into a file, signed with the phone's own key: [`Walkbook::write_rescue_file`] for
    /// an app. The code that opens the file is to be shown to the person now; it is kept nowhere.
    ///
    /// # Errors
    /// As there; [`Error::NoRandomness`].
    pub fn rescue(&self, path: &Path, now: Timestamp) -> Result<RescueCode, Error> {
        let mut random = [0; 28];
        self.random.fill(&mut random).map_err(|_| Error::NoRandomness)?;
        self.write_rescue_file(path, &*self.signer()?, random, now)
    }

    /// Writes everything into a file that only this phone has: what is not on the server, as a run of the log that can be
    /// verified and brought there, and what was refused and not seen. The code that opens the file is to be shown to the
    /// person now; it is kept nowhere. `random` are 28 random bytes, new for every file.
    ///
    /// # Errors
    /// [`Error::RescueFile`] if the file cannot be written, or is there already; [`Error::NotEnrolled`],
    /// [`Error::NotSigned`], [`Error::Store`]. Then nothing counts as rescued.
    pub fn write_rescue_file(
        &self,
        path: &Path,
        signer: &dyn Signer,
        random: [u8; 28],
        now: Timestamp,
    ) -> Result<RescueCode, Error> {
        let mut inner = self.lock();
        inner.check_order()?;
        let rescue = inner.rescue(signer, now)?;
        let (code, nonce) = code_and_nonce(random);
        let failed = |kind| Error::RescueFile { kind };
        let sealed = rescue.seal(&code, nonce).map_err(|_| failed(ErrorKind::FileTooLarge))?;
        let written = write_new_file(path, &sealed).and_then(|()| std::fs::read(path));
        let written = written.map_err(|error| failed(error.kind()))?;
        // Nothing counts as rescued that could not be read back.
        let read = Rescue::open(&written, &code).ok().filter(|read| *read == rescue);
        let read = read.ok_or(failed(ErrorKind::InvalidData))?;
        let held: Vec<u64> = read.seqs().collect();
        inner.store.log.set_note(NOTE, &cbor::encode(&held))?;
        inner.news.status = true;
        Ok(code)
    }
}

/// Opens a rescue file with the code as the person types it, and verifies that the device wrote what is in it.
///
/// # Errors
/// [`RescueRefused`] says what is wrong.
pub fn read_rescue_file(bytes: &[u8], code: &str) -> Result<Rescue, RescueRefused> {
    Rescue::read(bytes, code)
}

fn code_and_nonce(random: [u8; 28]) -> (RescueCode, Nonce) {
    let (mut code, mut nonce) = ([0; 16], [0; 12]);
    code.iter_mut().chain(&mut nonce).zip(random).for_each(|(to, from)| *to = from);
    (RescueCode::from_bytes(code), Nonce::from_bytes(nonce))
}

/// Own entries that a damaged log has lost and the book still has, and of which the server has said nothing. They cannot be
/// sent any more: nobody has signed them but together with those around them.
pub(super) fn lost_from_log(store: &Store) -> Result<Vec<HeldEntry>, Error> {
    if store.can_append()? {
        return Ok(Vec::new());
    }
    let Some(identity) = Identity::load(&store.log)? else { return Ok(Vec::new()) };
    let last = EntryId::new(identity.device, store.log.last_told()?);
    let here: BTreeSet<u64> = store.log.unacknowledged_seqs()?.into_iter().collect();
    let mut held = store.book.view().entries_behind(last)?;
    held.retain(|entry| entry.payload.is_some() && !here.contains(&entry.id.seq));
    Ok(held)
}

/// The entries that would be lost with the phone and are in no rescue file, by sequence number; `lost` are those that the
/// log has lost.
pub(super) fn at_risk(store: &Store, lost: &[HeldEntry]) -> Result<BTreeSet<u64>, Error> {
    let rescued: BTreeSet<u64> = match store.log.note(NOTE)? {
        Some(seqs) => {
            let seqs: Vec<u64> = cbor::decode(&seqs, SEQS).map_err(|_| damaged())?;
            seqs.into_iter().collect()
        }
        None => BTreeSet::new(),
    };
    let refused = store.log.refused_unseen()?;
    let all = store.log.unacknowledged_seqs()?.into_iter();
    let all = all.chain(refused.iter().map(|own| own.seq)).chain(lost.iter().map(|held| held.id.seq));
    Ok(all.filter(|seq| !rescued.contains(seq)).collect())
}

impl Inner {
    fn rescue(&self, signer: &dyn Signer, now: Timestamp) -> Result<Rescue, Error> {
        let identity = self.identity()?;
        let (unsent, lost) = (self.store.log.unacknowledged_seqs()?, lost_from_log(&self.store)?);
        let (mut runs, mut loose, mut next) = (Vec::new(), self.store.log.refused_unseen()?, unsent.first().copied());
        while let Some(first) = next {
            let sent = match self.run_from(first, signer)? {
                Some((run, last)) => {
                    runs.push(run);
                    last
                }
                // Behind a gap.
                None => {
                    loose.extend(self.store.log.from(first, 0)?);
                    first
                }
            };
            next = unsent.iter().copied().find(|seq| *seq > sent);
        }
        Ok(Rescue {
            device: identity.device,
            user: identity.user,
            tenant: identity.tenant,
            public_key: signer.public_key().as_bytes().to_vec().into(),
            written_at: now.shifted_ms(self.clock.offset_ms()),
            runs,
            loose: loose.iter().filter_map(by_itself).chain(lost.iter().filter_map(held_by_itself)).collect(),
        })
    }
}

/// An entry by itself; nothing, where it was erased.
fn by_itself(own: &OwnEntry) -> Option<Loose> {
    let reason = match own.state {
        EntryState::Refused { reason } => Some(reason),
        _ => None,
    };
    let payload = own.content.as_ref()?.payload.clone().into();
    Some(Loose { header: Header::from_bytes(&own.header).ok()?, payload, reason })
}

/// The same of one that only the book has.
fn held_by_itself(held: &HeldEntry) -> Option<Loose> {
    let payload = held.payload.clone()?.into();
    Some(Loose { header: Header::from_bytes(&held.header).ok()?, payload, reason: None })
}

fn damaged() -> Error {
    store::Error::Damaged { file: StoreFile::Log }.into()
}
