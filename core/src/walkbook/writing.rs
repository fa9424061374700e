//! Writing an entry: into the log, which is the acknowledgement, then into the book.

use super::fitting::check_fits;
use super::states::{document, door_state, held};
use super::{Error, Inner};
use crate::store::{EntryState, Notice, OwnContent, OwnEntry};
use walkbook_ledger::{DoorState, Entry, Header, Payload, Subject};
use walkbook_model::{DoorId, EntryId, Invalid, Timestamp, limits};
use walkbook_vault::{ChainHash, payload_hash};

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
        let state = door_state(view, door)?.ok_or(Error::NotHere { what: "door" })?;
        let payload = payload(&state, id)?;
        check_fits(view, &state, &payload)?;
        self.write(Subject::Door(door), state.epoch, payload, now)
    }

    pub(super) fn write(
        &mut self,
        subject: Subject,
        epoch: u32,
        payload: Payload,
        now: Timestamp,
    ) -> Result<EntryId, Error> {
        let id = self.next_id()?;
        let mut clock = self.clock;
        let header = Header { seq: id.seq, moment: clock.tick(now), subject, epoch };
        let entry = Entry { device: id.device, header, bound: None, payload };
        entry.check()?;
        let (header_bytes, payload_bytes) = (header.to_bytes(), entry.payload.to_bytes());
        if payload_bytes.len() > limits::PAYLOAD_BYTES {
            return Err(Invalid::TooLong { what: "entry", limit: limits::PAYLOAD_BYTES }.into());
        }
        let salt = self.seed.salt(id.seq);
        let hash = payload_hash(salt, &payload_bytes);
        let tip = self.tip.unwrap_or_else(|| ChainHash::start(id.device)).next(&header_bytes, hash);
        self.store.log.append(&OwnEntry {
            seq: id.seq,
            moment: header.moment,
            header: header_bytes,
            content: Some(OwnContent { payload: payload_bytes, salt: salt.to_bytes() }),
            payload_hash: hash.to_bytes(),
            chain: tip.to_bytes(),
            state: EntryState::Saved,
            notice: Notice::default(),
        })?;
        (self.clock, self.last_seq, self.tip) = (clock, id.seq, Some(tip));
        // From here on the entry is safe. Where the book cannot take it, opening works it in.
        let worked_in = self.change_book(now, |writer, touched| {
            writer.add_entry(&held(&entry))?;
            touched.documents.insert(document(subject));
            writer.set_applied_to(id.seq)
        });
        match worked_in {
            Ok(()) | Err(Error::Store(_)) => Ok(id),
            Err(error) => Err(error),
        }
    }
}
