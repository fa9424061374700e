//! Writing an entry: into the log, which is the acknowledgement, then into the book.

use super::fitting::check_fits;
use super::states::{OpenDoor, held};
use super::{Error, Inner};
use crate::store::{EntryState, Notice, OwnContent, OwnEntry};
use walkbook_ledger::{DoorState, Entry, Header, Payload, Subject};
use walkbook_model::{DoorId, EntryId, HybridClock, Invalid, Timestamp, limits};
use walkbook_vault::{ChainHash, payload_hash};

/// An entry that is still to be given its place and time.
pub(super) struct Draft {
    pub(super) subject: Subject,
    pub(super) epoch: u32,
    pub(super) payload: Payload,
}

/// What an edit names that is made on top of these: as many as an edit may name. Beyond, so many people have written at once
/// that it stands beside the rest of them, as theirs stand beside each other.
pub(super) fn made_on(tips: &[EntryId]) -> Vec<EntryId> {
    tips.iter().copied().take(limits::NAMED_ENTRIES).collect()
}

impl Inner {
    /// Writes at a door that the phone has, on what it shows of it.
    pub(super) fn write_at(
        &mut self,
        door: DoorId,
        now: Timestamp,
        payload: impl FnOnce(&DoorState, EntryId) -> Result<Payload, Error>,
    ) -> Result<EntryId, Error> {
        let id = self.next_id()?;
        let view = self.store.book.view();
        let open = OpenDoor::read(view, door)?.ok_or(Error::NotHere { what: "door" })?;
        let state = open.state()?;
        let payload = payload(&state, id)?;
        check_fits(view, &state, &payload)?;
        let draft = Draft { subject: Subject::Door(door), epoch: state.epoch, payload };
        let (entries, own) = self.made(vec![draft], now)?;
        self.append(&own, None)?;
        self.written(&entries, &own, Some(open), now)
    }

    /// Writes several entries, all or none; the first of them in the place of one that was refused, if there is one. Gives
    /// the first.
    pub(super) fn write_all(
        &mut self,
        drafts: Vec<Draft>,
        replaced: Option<u64>,
        now: Timestamp,
    ) -> Result<EntryId, Error> {
        let (entries, own) = self.made(drafts, now)?;
        self.append(&own, replaced)?;
        self.written(&entries, &own, None, now)
    }

    fn append(&mut self, own: &[OwnEntry], replaced: Option<u64>) -> Result<(), Error> {
        match (own, replaced) {
            ([one], None) => self.store.log.append(one)?,
            (all, replaced) => self.store.log.append_all(all, replaced)?,
        }
        Ok(())
    }

    /// The next entries of the log, checked; nothing is changed yet.
    fn made(&self, drafts: Vec<Draft>, now: Timestamp) -> Result<(Vec<Entry>, Vec<OwnEntry>), Error> {
        let mut id = self.next_id()?;
        let mut clock = self.clock;
        let mut tip = self.tip.unwrap_or_else(|| ChainHash::start(id.device));
        let (mut entries, mut own) = (Vec::with_capacity(drafts.len()), Vec::with_capacity(drafts.len()));
        for Draft { subject, epoch, payload } in drafts {
            let header = Header { seq: id.seq, moment: clock.tick(now), subject, epoch };
            let entry = Entry { device: id.device, header, bound: None, payload };
            entry.check()?;
            let (header_bytes, payload_bytes) = (header.to_bytes(), entry.payload.to_bytes());
            if payload_bytes.len() > limits::PAYLOAD_BYTES {
                return Err(Invalid::TooLong { what: "entry", limit: limits::PAYLOAD_BYTES }.into());
            }
            let salt = self.seed.salt(id.seq);
            let hash = payload_hash(salt, &payload_bytes);
            tip = tip.next(&header_bytes, hash);
            entries.push(entry);
            own.push(OwnEntry {
                seq: id.seq,
                moment: header.moment,
                header: header_bytes,
                content: Some(OwnContent { payload: payload_bytes, salt: salt.to_bytes() }),
                payload_hash: hash.to_bytes(),
                chain: tip.to_bytes(),
                state: EntryState::Saved,
                notice: Notice::default(),
            });
            id.seq += 1;
        }
        Ok((entries, own))
    }

    /// The entries are on the disk: from here on they are safe. Where the book cannot take them now, the next entry or the
    /// next opening works them in.
    fn written(
        &mut self,
        entries: &[Entry],
        own: &[OwnEntry],
        open: Option<OpenDoor>,
        now: Timestamp,
    ) -> Result<EntryId, Error> {
        let first = self.next_id()?;
        let Some(last) = own.last() else { return Ok(first) };
        let before = self.last_seq;
        self.news.status = true;
        self.clock = HybridClock::resume(last.moment, self.clock.offset_ms());
        (self.last_seq, self.tip) = (last.seq, Some(ChainHash::from_bytes(last.chain)));
        let worked_in = match self.store.book.view().applied_to() {
            Ok(applied_to) if applied_to < before => self.catch_up(applied_to, last.seq, now),
            _ => self.change_book(now, |writer, touched| {
                for held in entries.iter().map(held) {
                    writer.add_entry(&held)?;
                    touched.documents.insert(held.about);
                }
                touched.open = open.map(|open| open.with(entries));
                writer.set_applied_to(last.seq)
            }),
        };
        match worked_in {
            Ok(()) | Err(Error::Store(_)) => Ok(first),
            Err(error) => Err(error),
        }
    }
}
