//! Everything that a server holds, to be compared before and after.

use walkbook_ledger::Subject;
use walkbook_model::{DeviceId, Role, TenantId, Timestamp, UserId, WalkListId};
use walkbook_server::store::audit::Deed;
use walkbook_server::store::{
    Assignment, Device, Held, LogPosition, Store, StoredBase, StoredEntry, Tenant, User, Verdict,
};
use walkbook_vault::ChainHash;

const PAGE: u32 = 10_000;

/// What a server holds of every tenant: what counts, and what only a log has.
#[derive(PartialEq, Eq)]
pub(crate) struct Stand {
    counts: Vec<Counting>,
    logs: Vec<LogEnd>,
}

/// What anybody can see the effect of.
#[derive(PartialEq, Eq)]
struct Counting {
    tenant: Tenant,
    head: LogPosition,
    users: Vec<(UserId, Role, String, Vec<Assignment>)>,
    devices: Vec<(DeviceId, UserId, [Option<Timestamp>; 3])>,
    documents: Vec<Document>,
    lists: Vec<(WalkListId, Vec<walkbook_model::DoorId>)>,
    aside: Vec<StoredEntry>,
    settings: Option<Vec<u8>>,
}

#[derive(PartialEq, Eq)]
struct Document {
    subject: Subject,
    base: Option<StoredBase>,
    entries: Vec<StoredEntry>,
}

/// Where a device's log ends, with whatever was refused of it.
#[derive(PartialEq, Eq)]
struct LogEnd {
    device: DeviceId,
    last_seq: u64,
    tip: ChainHash,
}

impl Stand {
    pub(super) fn of(store: &dyn Store) -> Self {
        let tenants = store.tenants().unwrap();
        let logs = tenants.iter().flat_map(|tenant| logs(store, tenant.id)).collect();
        let counts = tenants.into_iter().map(|tenant| counting(store, tenant)).collect();
        Self { counts, logs }
    }

    /// Nothing has come in, be it to be refused.
    #[track_caller]
    pub(crate) fn is_still(&self, now: &Self) {
        self.counts_as(now);
        assert!(self.logs == now.logs, "a log has grown");
    }

    /// Nothing has come to count, or to be set aside.
    #[track_caller]
    pub(crate) fn counts_as(&self, now: &Self) {
        for (before, now) in self.counts.iter().zip(&now.counts) {
            assert!(before.users == now.users, "users or their lists have changed");
            assert!(before.devices == now.devices, "devices have changed");
            assert!(before.lists == now.lists, "doors have come onto lists, or off them");
            assert!(before.aside == now.aside, "something was set aside");
            assert!(before.documents == now.documents, "a document has changed");
            assert!(before == now, "something has changed");
        }
        assert_eq!(self.counts.len(), now.counts.len(), "tenants have come or gone");
    }
}

fn logs(store: &dyn Store, tenant: TenantId) -> Vec<LogEnd> {
    let users = store.users(tenant).unwrap();
    let devices = users.iter().flat_map(|user| store.devices_of(tenant, user.id).unwrap());
    devices.map(|device| LogEnd { device: device.id, last_seq: device.last_seq, tip: device.tip }).collect()
}

fn counting(store: &dyn Store, tenant: Tenant) -> Counting {
    let id = tenant.id;
    let users = store.users(id).unwrap();
    let devices = users.iter().flat_map(|user| store.devices_of(id, user.id).unwrap());
    let stands = |device: &Device| [device.revoked_at, device.wipe_ordered_at, device.wiped_at];
    let devices = devices.map(|device| (device.id, device.user, stands(&device))).collect();
    let subjects = store.subjects(id, None, PAGE).unwrap();
    let lists = subjects.iter().filter_map(|subject| match subject {
        Subject::List(list) => Some((*list, doors_of(store, id, *list))),
        _ => None,
    });
    Counting {
        head: store.head(id).unwrap(),
        lists: lists.collect(),
        devices,
        users: users
            .into_iter()
            .map(|User { id: user, role, label }| (user, role, label, store.assignments_of(id, user).unwrap()))
            .collect(),
        documents: subjects.into_iter().map(|subject| document(store, id, subject)).collect(),
        aside: store.quarantined(id, 0, PAGE).unwrap(),
        settings: store.settings(id).unwrap(),
        tenant,
    }
}

fn document(store: &dyn Store, tenant: TenantId, subject: Subject) -> Document {
    let mut entries = store.entries_of(tenant, subject).unwrap();
    entries.retain(|entry| entry.verdict == Verdict::Accepted);
    Document { subject, base: store.base_of(tenant, subject).unwrap(), entries }
}

pub(super) fn doors_of(store: &dyn Store, tenant: TenantId, list: WalkListId) -> Vec<walkbook_model::DoorId> {
    let page = store.doors_of(tenant, list, LogPosition::START, PAGE).unwrap();
    page.into_iter().map(|(_, door)| door).collect()
}

pub(super) fn audit(store: &dyn Store, tenant: TenantId) -> Vec<Deed> {
    let records = store.audit(tenant, 0, PAGE).unwrap();
    let deed = |act| match act {
        Held::Readable(walkbook_server::store::Act { deed, .. }) => deed,
        Held::Erased | Held::Damaged => panic!("a record cannot be read"),
    };
    records.into_iter().map(|record| deed(record.act)).collect()
}
