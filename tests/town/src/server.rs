//! The town's server: as little as a server can be that keeps the promises, in memory.

use crate::{DOORS, door_base, door_id, list_base, list_id};
use std::collections::BTreeMap;
use walkbook_ledger::{DoorState, Entry, Payload, Subject};
use walkbook_model::{DeviceId, EntryId, Moment, Timestamp};
use walkbook_sync::{
    Admission, Admitted, Delivered, Frame, ListCursor, LogPosition, Reason, Refusal, Request, ResponseWriter, Verdicts,
    Welcome, admit,
};
use walkbook_vault::{ChainHash, PublicKey};

/// A server in memory. Its clone is a backup.
#[derive(Clone)]
pub struct Server {
    keys: BTreeMap<DeviceId, PublicKey>,
    logs: BTreeMap<DeviceId, Vec<ChainHash>>,
    /// Accepted entries in commit order: the place is the cursor.
    accepted: Vec<Entry>,
    refused: BTreeMap<EntryId, Reason>,
    bounded: BTreeMap<EntryId, Moment>,
    /// Which life of the server it is. Places are given anew after a restore, so a cursor names the life it is of.
    life: u64,
}

impl Server {
    /// A server that knows these devices.
    pub fn new(keys: BTreeMap<DeviceId, PublicKey>) -> Self {
        Self {
            keys,
            logs: BTreeMap::new(),
            accepted: Vec::new(),
            refused: BTreeMap::new(),
            bounded: BTreeMap::new(),
            life: 0,
        }
    }

    /// The server after a restore from this backup.
    pub fn restored(backup: &Self, life: u64) -> Self {
        Self { life, ..backup.clone() }
    }

    /// How many entries it accepted.
    pub fn accepted(&self) -> usize {
        self.accepted.len()
    }

    /// Whether it accepted this entry.
    pub fn has(&self, id: EntryId) -> bool {
        self.accepted.iter().any(|entry| entry.id() == id)
    }

    /// The state of a door, in canonical bytes.
    pub fn state(&self, number: u8) -> Vec<u8> {
        DoorState::compute(door_id(number), Some(&door_base(number)), &self.accepted).expect("sound").to_bytes()
    }

    /// Answers a request.
    pub fn handle(&mut self, bytes: &[u8], now: Timestamp) -> Vec<u8> {
        let request = Request::read(bytes).expect("phones of the town send sound requests");
        let device = request.hello.device;
        let mut verdicts = Verdicts::default();
        for run in &request.runs {
            let log = self.logs.entry(device).or_default();
            let tip_at = |seq: u64| match seq.checked_sub(1) {
                None => Some(ChainHash::start(device)),
                Some(index) => log.get(usize::try_from(index).ok()?).copied(),
            };
            let last_seq = log.len() as u64;
            let known = LogPosition { last_seq, tip: tip_at(last_seq).expect("own log") };
            match admit(device, &self.keys[&device], known, tip_at, run) {
                Admission::Continues(new) => new.into_iter().for_each(|new| self.take(device, new, now)),
                Admission::Ahead { .. } => {}
                refused => panic!("an honest log was {refused:?}"),
            }
            // For every entry of the run, also those taken before: the answer that said so may be lost.
            for entry in run.entries().expect("sound") {
                let id = entry.id(device);
                let seq = id.seq;
                verdicts.refused.extend(self.refused.get(&id).map(|reason| Refusal { seq, reason: *reason }));
                verdicts.bounded.extend(self.bounded.get(&id).map(|moment| (seq, *moment)));
            }
        }
        self.answer(&request, verdicts, now)
    }

    fn take(&mut self, device: DeviceId, new: Admitted, now: Timestamp) {
        let header = new.entry.header;
        let id = EntryId::new(device, header.seq);
        self.logs.entry(device).or_default().push(new.tip);
        let receipt = Moment::new(now, u16::MAX);
        let bound = (header.moment > receipt).then_some(receipt);
        let payload = new.entry.body.ok().and_then(|(_, payload)| Payload::from_bytes(&payload).ok());
        match payload.map(|payload| Entry { device, header, bound, payload }) {
            Some(entry) if entry.check().is_ok() => {
                self.bounded.extend(bound.map(|bound| (id, bound)));
                self.accepted.push(entry);
            }
            _ => {
                self.refused.insert(id, Reason::Malformed);
            }
        }
    }

    fn answer(&self, request: &Request, verdicts: Verdicts, now: Timestamp) -> Vec<u8> {
        let device = request.hello.device;
        let log = self.logs.get(&device).map(Vec::as_slice).unwrap_or_default();
        let tip = log.last().copied().unwrap_or_else(|| ChainHash::start(device)).to_bytes().into();
        let last_seq = log.len() as u64;
        let mut writer = ResponseWriter::new(1 << 20);
        writer.push(&Frame::Welcome(Welcome { now, last_seq, tip, in_backend_up_to: last_seq }));
        writer.push(&Frame::Verdicts(verdicts));
        let cursor = request.hello.lists.first().map(|list| list.cursor.to_vec());
        let after = cursor.and_then(|cursor| self.place(&cursor));
        if after.is_none() {
            writer.push(&Frame::List(list_base().to_bytes().into()));
            writer.push(&Frame::Doors((0..DOORS).map(|door| door_base(door).to_bytes().into()).collect()));
        }
        let new = self
            .accepted
            .iter()
            .skip(after.unwrap_or(0))
            .filter(|entry| matches!(entry.header.subject, Subject::Door(_)) && entry.device != device);
        writer.push(&Frame::Entries(new.map(Delivered::from).collect()));
        let place = [self.life.to_be_bytes(), (self.accepted.len() as u64).to_be_bytes()].concat();
        writer.push(&Frame::Cursor(ListCursor { list: list_id(), cursor: place.into() }));
        writer.finish(false)
    }

    /// The place that a cursor of this life names.
    fn place(&self, cursor: &[u8]) -> Option<usize> {
        let (life, place) = cursor.split_first_chunk::<8>()?;
        let place = u64::from_be_bytes(place.try_into().ok()?);
        (u64::from_be_bytes(*life) == self.life).then(|| usize::try_from(place).ok())?
    }
}
