//! Writing an entry into the log, which is its acknowledgement. The book has it as soon as somebody reads.

use super::fitting::{as_kept, check_fits};
use super::states::{document, door_state};
use super::{Error, Inner};
use crate::store::{Document, EntryState, Notice, OwnContent, OwnEntry};
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
        let view = self.book_to_write_on(Document::Door(door), now)?;
        let state = door_state(view, door)?.ok_or(Error::NotHere { what: "door" })?;
        let payload = as_kept(view, payload(&state, id)?)?;
        check_fits(view, &state, &payload)?;
        let draft = Draft { subject: Subject::Door(door), epoch: state.epoch, payload };
        self.write_all(vec![draft], None, now)
    }

    /// Writes entries, all or none; the first of them in the place of one that was refused, if there is one. Gives the first.
    /// Once this returns, they are on the disk.
    pub(super) fn write_all(
        &mut self,
        drafts: Vec<Draft>,
        replaced: Option<u64>,
        now: Timestamp,
    ) -> Result<EntryId, Error> {
        let first = self.next_id()?;
        let documents: Vec<Document> = drafts.iter().map(|draft| document(draft.subject)).collect();
        let own = self.made(drafts, now)?;
        match (&own[..], replaced, self.salting.to_keep()) {
            ([one], None, None) => self.store.log.append(one)?,
            (all, replaced, seed) => self.store.log.append_all(all, replaced, seed)?,
        }
        if let Some(last) = own.last() {
            self.salting.is_kept_now();
            self.clock = HybridClock::resume(last.moment, self.clock.offset_ms());
            (self.last_seq, self.tip) = (last.seq, Some(ChainHash::from_bytes(last.chain)));
        }
        self.news.status = true;
        self.falls_behind(documents, now);
        Ok(first)
    }

    /// The next entries of the log, checked; nothing is changed yet.
    fn made(&self, drafts: Vec<Draft>, now: Timestamp) -> Result<Vec<OwnEntry>, Error> {
        let mut id = self.next_id()?;
        let mut clock = self.clock;
        let mut tip = self.tip.unwrap_or_else(|| ChainHash::start(id.device));
        let mut own = Vec::with_capacity(drafts.len());
        for Draft { subject, epoch, payload } in drafts {
            let header = Header { seq: id.seq, moment: clock.tick(now), subject, epoch };
            let entry = Entry { device: id.device, header, bound: None, payload };
            entry.check()?;
            let (header_bytes, payload_bytes) = (header.to_bytes(), entry.payload.to_bytes());
            if payload_bytes.len() > limits::PAYLOAD_BYTES {
                return Err(Invalid::TooLong { what: "entry", limit: limits::PAYLOAD_BYTES }.into());
            }
            let salt = self.salting.seed().salt(id.seq);
            let hash = payload_hash(salt, &payload_bytes);
            tip = tip.next(&header_bytes, hash);
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
        Ok(own)
    }
}
