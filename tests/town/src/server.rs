//! The town's server: as little as a server can be that keeps the promises, in memory.

mod answering;
mod office;

pub(crate) use office::Decided;

use crate::{door_base, door_id, list_base};
use std::collections::{BTreeMap, BTreeSet};
use walkbook_ledger::{DoorState, Entry, ListBase, ListState, Payload, Subject};
use walkbook_model::{DeviceId, EntryId, Moment, Timestamp};
use walkbook_sync::{Admission, Admitted, LogPosition, Reason, Refusal, Request, Settled, Verdicts, admit};
use walkbook_vault::{ChainHash, PublicKey};

/// A list's edits are folded into its base after so many.
const REBASED_EVERY: usize = 5;

/// A server in memory. Its clone is a backup.
#[derive(Clone)]
pub struct Server {
    keys: BTreeMap<DeviceId, PublicKey>,
    logs: BTreeMap<DeviceId, Vec<ChainHash>>,
    /// Accepted entries in commit order: the place is the cursor.
    accepted: Vec<Entry>,
    refused: BTreeMap<EntryId, Reason>,
    /// Set aside until the office decides.
    aside: BTreeMap<EntryId, Entry>,
    /// What the office has decided, in that order.
    decided: Vec<(EntryId, Settled)>,
    /// Devices of which everything is set aside.
    watched: BTreeSet<DeviceId>,
    bounded: BTreeMap<EntryId, Moment>,
    list: ListBase,
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
            aside: BTreeMap::new(),
            decided: Vec::new(),
            watched: BTreeSet::new(),
            bounded: BTreeMap::new(),
            list: list_base(),
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

    /// Whether it has set this entry aside.
    pub fn has_aside(&self, id: EntryId) -> bool {
        self.aside.contains_key(&id)
    }

    /// Why it refused this entry, if it did.
    pub fn refusal(&self, id: EntryId) -> Option<Reason> {
        self.refused.get(&id).copied()
    }

    /// The list as everybody is to see it.
    pub fn list_state(&self) -> ListState {
        ListState::compute(&self.list, &self.accepted).expect("sound")
    }

    /// Which base of the list it has.
    pub fn list_epoch(&self) -> u32 {
        self.list.epoch
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
                verdicts.quarantined.extend(self.aside.contains_key(&id).then_some(seq));
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
        let entry = payload.map(|payload| Entry { device, header, bound, payload });
        let Some(entry) = entry.filter(|entry| entry.check().is_ok()) else {
            self.refused.insert(id, Reason::Malformed);
            return;
        };
        self.bounded.extend(bound.map(|bound| (id, bound)));
        let made_on = made_on(&entry);
        if made_on.iter().any(|named| self.refused.contains_key(named)) {
            self.refused.insert(id, Reason::Rebase);
        } else if self.watched.contains(&device) || !self.is_on_list(&entry) || self.rests_on_aside(&entry) {
            self.aside.insert(id, entry);
        } else {
            self.accept(entry);
        }
    }

    /// Whether it is about the list, or a door that is on it now.
    fn is_on_list(&self, entry: &Entry) -> bool {
        match entry.header.subject {
            Subject::Door(door) => self.list_state().list.doors.contains(&door),
            Subject::List(_) | Subject::Script(_) => true,
        }
    }

    fn rests_on_aside(&self, entry: &Entry) -> bool {
        made_on(entry).iter().any(|named| self.aside.contains_key(named))
    }

    /// Lets an entry count, behind all that came before it.
    fn accept(&mut self, entry: Entry) {
        let is_of_list = matches!(entry.payload, Payload::List(_));
        let is_early = is_of_list && entry.header.epoch > self.list.epoch;
        self.accepted.push(entry);
        let is_due = self.list.unfolded(&self.accepted) >= REBASED_EVERY;
        if is_of_list && (is_due || is_early) {
            let aside: Vec<EntryId> = self.aside.keys().copied().collect();
            if let Some(rebased) = self.list.rebased(&self.accepted, &aside).expect("sound") {
                self.list = rebased;
            }
        }
    }
}

/// The edits on top of which an edit was made.
fn made_on(entry: &Entry) -> &[EntryId] {
    match &entry.payload {
        Payload::Door(edit) => &edit.on,
        Payload::List(edit) => &edit.on,
        _ => &[],
    }
}
