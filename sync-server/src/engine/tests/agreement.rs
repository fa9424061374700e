//! Whether phones and server hold the same, computed from what each was told.

use super::opened;
use super::phone::{Became, Phone};
use super::world::{World, at};
use crate::reading;
use crate::store::{Directory, Documents, Held, Log, LogPosition, Reason, Verdict};
use std::collections::BTreeSet;
use walkbook_ledger::{DoorBase, DoorState, Entry, ListBase, ListState, Subject, shown_base, shown_entries};
use walkbook_model::{Day, DoorId, EntryId, TenantId, UserId, WalkListId};

const ALL: u32 = 1_000_000;

/// Everything that a phone is told, and its owner may ask, is what the store computes.
pub(crate) fn assert_all_agree(world: &World, phones: &[Phone]) {
    for phone in phones {
        assert_verdicts_agree(world, phone);
        let lists = lists_of(world, phone.tenant, phone.user);
        assert_eq!(phone.book.lists.keys().copied().collect::<BTreeSet<_>>(), lists, "the lists of {:?}", phone.user);
        for list in lists {
            assert_list_agrees(world, phone, list);
        }
    }
}

/// Takes out of the phones' books what the server has set aside or refused.
pub(crate) fn forget_what_does_not_count(world: &World, phones: &mut [Phone]) {
    let logs: Vec<_> = phones.iter().map(|phone| (phone.tenant, phone.device)).collect();
    let logs = logs.into_iter().flat_map(|(tenant, device)| world.store.log_of(tenant, device, 0, ALL).unwrap());
    let counts: BTreeSet<EntryId> = logs
        .filter(|stored| stored.verdict == Verdict::Accepted)
        .map(|stored| EntryId::new(stored.device, stored.header.seq))
        .collect();
    phones.iter_mut().for_each(|phone| phone.book.entries.retain(|id, _| counts.contains(id)));
}

fn assert_verdicts_agree(world: &World, phone: &Phone) {
    let log = world.store.log_of(phone.tenant, phone.device, 0, ALL).unwrap();
    assert_eq!(log.len() as u64, phone.last_seq());
    for stored in log {
        let became = match stored.verdict {
            Verdict::Accepted => Became::Accepted,
            Verdict::Quarantined => Became::SetAside,
            Verdict::Refused(Reason(number)) => Became::Refused(walkbook_sync::Reason::of(number)),
        };
        assert_eq!(phone.became(EntryId::new(phone.device, stored.header.seq)), became);
    }
}

fn assert_list_agrees(world: &World, phone: &Phone, list: WalkListId) {
    let (tenant, subject) = (phone.tenant, Subject::List(list));
    let base = ListBase::from_bytes(&base_bytes(world, tenant, subject).unwrap()).unwrap();
    let state = ListState::compute(&base, &entries(world, tenant, subject)).unwrap();
    assert_eq!(phone.book.list(list).to_bytes(), state.to_bytes(), "the list, as {:?} has it", phone.device);
    let doors: BTreeSet<DoorId> = state.list.doors.iter().copied().collect();
    let members = world.store.doors_of(tenant, list, LogPosition::START, ALL).unwrap();
    assert_eq!(members.into_iter().map(|(_, door)| door).collect::<BTreeSet<_>>(), doors, "the table follows the list");
    assert!(state.list.assigned.contains(&phone.user), "the table follows the list");
    assert_eq!(phone.book.doors_on(list), doors, "the doors of {:?}", phone.device);
    for door in doors {
        assert_door_agrees(world, std::slice::from_ref(phone), door);
    }
}

/// Each of these phones that has the door shows what its user is to see of it, and what nobody may miss.
pub(crate) fn assert_door_agrees(world: &World, phones: &[Phone], door: DoorId) {
    for phone in
        phones.iter().filter(|phone| phone.book.lists.keys().any(|list| phone.book.doors_on(*list).contains(&door)))
    {
        let (tenant, subject) = (phone.tenant, Subject::Door(door));
        let base = base_bytes(world, tenant, subject).map(|bytes| DoorBase::from_bytes(&bytes).unwrap());
        let entries = entries(world, tenant, subject);
        let whole = DoorState::compute(door, base.as_ref(), &entries).unwrap();
        let has = phone.book.door(door);
        assert_eq!(shown(world, phone, door, base, &entries), has.to_bytes(), "a door, as {:?} has it", phone.device);
        // Whatever is withheld, nobody knocks where nobody shall, and nobody takes a door for untouched that is not.
        assert_eq!((&has.suppressions, has.status(today())), (&whole.suppressions, whole.status(today())));
        assert_eq!((&has.tips, has.contacts.len()), (&whole.tips, whole.contacts.len()));
    }
}

/// The door as the phone's user is to see it.
fn shown(world: &World, phone: &Phone, door: DoorId, base: Option<DoorBase>, entries: &[Entry]) -> Vec<u8> {
    let role = world.store.user(phone.tenant, phone.user).unwrap().unwrap().role;
    let withheld = reading::settings(&*world.store, phone.tenant).unwrap().withheld_from(role);
    let own: Vec<_> = world.store.devices_of(phone.tenant, phone.user).unwrap();
    let entries = shown_entries(entries, &withheld, |writer| own.iter().any(|device| device.id == writer));
    let base = base.map(|base| shown_base(base, &withheld));
    DoorState::compute(door, base.as_ref(), &entries).unwrap().to_bytes()
}

fn today() -> Day {
    Day::of(at(0))
}

fn lists_of(world: &World, tenant: TenantId, user: UserId) -> BTreeSet<WalkListId> {
    let held = world.store.assignments_of(tenant, user).unwrap();
    held.into_iter().filter(|held| held.until.is_none()).map(|held| held.list).collect()
}

fn base_bytes(world: &World, tenant: TenantId, subject: Subject) -> Option<Vec<u8>> {
    world.store.base_of(tenant, subject).unwrap().map(|base| base.bytes).and_then(Held::readable)
}

fn entries(world: &World, tenant: TenantId, subject: Subject) -> Vec<Entry> {
    world.store.entries_of(tenant, subject).unwrap().into_iter().filter_map(opened).collect()
}
