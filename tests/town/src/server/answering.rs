//! What the server says to a phone.

use super::Server;
use crate::{DOORS, door_base, list_id};
use walkbook_ledger::Subject;
use walkbook_model::{EntryId, Timestamp};
use walkbook_sync::{
    Decision, Decisions, Delivered, Frame, Hello, ListCursor, Request, ResponseWriter, Settled, Verdicts, Welcome,
};
use walkbook_vault::ChainHash;

/// How far a reader has come, in one life of the server: the place among what was accepted, and the base of the list.
struct Place {
    accepted: usize,
    epoch: u32,
}

impl Server {
    pub(super) fn answer(&self, request: &Request, verdicts: Verdicts, now: Timestamp) -> Vec<u8> {
        let device = request.hello.device;
        let log = self.logs.get(&device).map(Vec::as_slice).unwrap_or_default();
        let tip = log.last().copied().unwrap_or_else(|| ChainHash::start(device)).to_bytes().into();
        let last_seq = log.len() as u64;
        let mut writer = ResponseWriter::new(1 << 20);
        writer.push(&Frame::Welcome(Welcome { now, last_seq, tip, in_backend_up_to: last_seq }));
        writer.push(&Frame::Verdicts(verdicts));
        let cursor = request.hello.lists.first().map(|list| list.cursor.to_vec());
        let known = cursor.and_then(|cursor| self.place(&cursor));
        if known.as_ref().is_none_or(|known| known.epoch != self.list.epoch) {
            writer.push(&Frame::List(self.list.to_bytes().into()));
        }
        if known.is_none() {
            writer.push(&Frame::Doors((0..DOORS).map(|door| door_base(door).to_bytes().into()).collect()));
        }
        if request.hello.knows(Frame::FORGET_ENTRIES) {
            // Whether phones have them from before a restore or not: there are few.
            writer.push(&Frame::ForgetEntries(self.refused.keys().chain(self.aside.keys()).copied().collect()));
        }
        let new = self
            .accepted
            .iter()
            .skip(known.map_or(0, |known| known.accepted))
            .filter(|entry| !matches!(entry.header.subject, Subject::Script(_)) && entry.device != device);
        writer.push(&Frame::Entries(new.map(Delivered::from).collect()));
        writer.push(&Frame::Cursor(ListCursor { list: list_id(), cursor: self.here().into() }));
        writer.push(&Frame::Decisions(self.decisions(&request.hello)));
        writer.finish(false)
    }

    fn here(&self) -> Vec<u8> {
        let numbers = [self.life, self.accepted.len() as u64, u64::from(self.list.epoch)];
        numbers.map(u64::to_be_bytes).concat()
    }

    /// The place that a cursor of this life names.
    fn place(&self, cursor: &[u8]) -> Option<Place> {
        let [accepted, epoch] = self.of_this_life(cursor)?;
        Some(Place { accepted: usize::try_from(accepted).ok()?, epoch: u32::try_from(epoch).ok()? })
    }

    /// The numbers behind the life, if it is this one.
    fn of_this_life<const N: usize>(&self, mark: &[u8]) -> Option<[u64; N]> {
        let (life, rest) = mark.split_first_chunk::<8>()?;
        let numbers: Vec<u64> =
            rest.chunks_exact(8).map(|number| u64::from_be_bytes(number.try_into().expect("eight bytes"))).collect();
        (u64::from_be_bytes(*life) == self.life).then(|| numbers.try_into().ok())?
    }

    /// What the phone does not know of; to one whose mark is of another life, how each of its entries stands that is or was
    /// set aside.
    fn decisions(&self, hello: &Hello) -> Decisions {
        let device = hello.device;
        let of_device = |id: &EntryId| id.device == device;
        let known = hello.decisions.as_ref().and_then(|mark| self.of_this_life::<1>(mark));
        let mut decided = Vec::new();
        if known.is_none() {
            let waiting = self.aside.keys().filter(|id| of_device(id));
            decided.extend(waiting.map(|id| Decision { seq: id.seq, settled: Settled::SetAside }));
        }
        let after = known.map_or(0, |[after]| after as usize);
        let news = self.decided.iter().skip(after).filter(|(id, _)| of_device(id));
        decided.extend(news.map(|(id, settled)| Decision { seq: id.seq, settled: settled.clone() }));
        let mark = [self.life, self.decided.len() as u64].map(u64::to_be_bytes).concat();
        Decisions { decided, cursor: mark.into() }
    }
}
