//! A phone's log, signed as the core signs it.

use super::World;
use crate::access::Sender;
use crate::engine;
use crate::reading;
use crate::store::{Directory, Enrolment, Store, User};
use std::sync::Arc;
use walkbook_ledger::{
    DoorChange, DoorEdit, Header, ListChange, ListEdit, Payload, ScriptChange, ScriptEdit, Subject, contact_added_by,
};
use walkbook_model::{
    Contact, DeviceId, DoorId, EntryId, Interaction, Moment, ScriptId, TenantId, Timestamp, UserId, WalkListId,
};
use walkbook_sync::{Hello, Request, Run, RunEntry, Verdicts};
use walkbook_vault::{ChainHash, Salt, Signer, SoftwareSigner, SystemRandom, make_device_key, payload_hash, sign_tip};

/// A person with a phone. What is written waits until the phone syncs.
pub(crate) struct Phone {
    sender: Sender,
    signer: SoftwareSigner,
    /// Where the log stood when it last synced.
    synced: (u64, ChainHash),
    written: Vec<RunEntry>,
}

/// The key of a new device.
pub(crate) fn new_signer() -> SoftwareSigner {
    let random = Arc::new(SystemRandom::new());
    SoftwareSigner::from_pkcs8(&make_device_key(&*random).unwrap(), random).unwrap()
}

impl Phone {
    pub(super) fn enrolled(world: &World, tenant: TenantId, user: User) -> Self {
        let signer = new_signer();
        let public_key = signer.public_key();
        let device = DeviceId::derive(&[&tenant.to_bytes(), public_key.as_bytes()]);
        world.store.enrol_device(tenant, user.id, &Enrolment { device, public_key }, super::at(0)).unwrap();
        let synced = (0, ChainHash::start(device));
        Self { sender: Sender { tenant, device, user, spent: None }, signer, synced, written: Vec::new() }
    }

    pub(crate) fn user(&self) -> UserId {
        self.sender.user.id
    }

    pub(crate) fn device(&self) -> DeviceId {
        self.sender.device
    }

    pub(crate) fn next_seq(&self) -> u64 {
        self.synced.0 + self.written.len() as u64 + 1
    }

    /// Writes an entry; its name.
    pub(crate) fn write(&mut self, subject: Subject, payload: &Payload, now: Timestamp) -> EntryId {
        let seq = self.next_seq();
        let header = Header { seq, moment: Moment::new(now, 0), subject, epoch: 0 };
        let salt = Salt::from_bytes([seq.to_le_bytes()[0]; 16]);
        self.written.push(RunEntry { header, body: Ok((salt, payload.to_bytes())) });
        EntryId::new(self.device(), seq)
    }

    pub(crate) fn knock(&mut self, door: DoorId, interaction: Interaction, now: Timestamp) -> EntryId {
        self.write(Subject::Door(door), &Payload::Interaction(interaction), now)
    }

    /// Edits a door on top of what the server has.
    pub(crate) fn edit_door(&mut self, store: &dyn Store, door: DoorId, change: DoorChange, now: Timestamp) -> EntryId {
        let on = reading::door_state(store, self.sender.tenant, door).unwrap().unwrap().tips;
        self.write(Subject::Door(door), &Payload::Door(DoorEdit { on, change }), now)
    }

    /// Adds somebody to a door, on top of what the server has.
    pub(crate) fn add_person(&mut self, store: &dyn Store, door: DoorId, now: Timestamp) -> EntryId {
        let id = EntryId::new(self.device(), self.next_seq());
        self.edit_door(store, door, DoorChange::AddContact(Contact::new(contact_added_by(id))), now)
    }

    /// Edits a list on top of what the server has.
    pub(crate) fn edit_list(
        &mut self,
        store: &dyn Store,
        list: WalkListId,
        change: ListChange,
        now: Timestamp,
    ) -> EntryId {
        let on = reading::list_state(store, self.sender.tenant, list).unwrap().unwrap().tips;
        self.write(Subject::List(list), &Payload::List(ListEdit { on, change }), now)
    }

    /// Edits a draft on top of what the server has.
    pub(crate) fn edit_draft(
        &mut self,
        store: &dyn Store,
        script: ScriptId,
        change: ScriptChange,
        now: Timestamp,
    ) -> EntryId {
        let on = reading::draft_state(store, self.sender.tenant, script).unwrap().unwrap().tips;
        self.write(Subject::Script(script), &Payload::Script(ScriptEdit { on, change }), now)
    }

    /// Brings everything that was written; what the server made of it.
    pub(crate) fn sync(&mut self, store: &dyn Store, now: Timestamp) -> Verdicts {
        let (before, mut tip) = self.synced;
        let start = tip;
        let mut last = before;
        for RunEntry { header, body } in &self.written {
            let (salt, payload) = body.as_ref().unwrap();
            tip = tip.next(&header.to_bytes(), payload_hash(*salt, payload));
            last = header.seq;
        }
        let signature = sign_tip(&self.signer, self.device(), last, tip).unwrap();
        let run = Run::new(start.to_bytes(), &self.written, *signature.as_bytes());
        let hello = Hello::new(self.device(), now, last);
        let verdicts = engine::take(store, &self.sender, &Request { hello, runs: vec![run] }, now).unwrap();
        self.synced = (last, tip);
        self.written.clear();
        verdicts
    }

    /// Brings everything that was written, none of which is refused.
    pub(crate) fn sync_well(&mut self, store: &dyn Store, now: Timestamp) {
        let verdicts = self.sync(store, now);
        assert!(verdicts.refused.is_empty() && verdicts.quarantined.is_empty(), "{verdicts:?}");
    }
}
