//! Evidence for knocks: how near its door each was recorded, and whether one phone can have been at both of two.

use super::Error;
use crate::reading;
use crate::store::Store;
use std::collections::{BTreeMap, BTreeSet};
use walkbook_ledger::DoorState;
use walkbook_model::{
    DeviceId, Distance, DoorId, EntryId, Evidence, Position, TenantId, Timestamp, UserId, WalkListId,
};
use walkbook_terrain::{Witness, is_impossible};

/// A knock that counts, with what speaks for and against it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct KnockEvidence {
    /// The knock.
    pub entry: EntryId,
    /// At which door.
    pub door: DoorId,
    /// Who knocked; nothing where that cannot be told any more.
    pub user: Option<UserId>,
    /// When.
    pub at: Timestamp,
    /// What the phone said of where it was, if it was asked.
    pub evidence: Option<Evidence>,
    /// Whether it came so soon after the phone's knock before it, and so far from there, that nobody can have been at both
    /// doors.
    pub is_impossible: bool,
}

/// What the evidence for somebody's knocks comes to.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct EvidenceCount {
    /// Knocks that count.
    pub knocks: u64,
    /// At the door.
    pub near: u64,
    /// In the neighbourhood.
    pub middling: u64,
    /// Elsewhere.
    pub far: u64,
    /// Nobody knows where.
    pub no_fix: u64,
    /// With a position that was mocked.
    pub mocked: u64,
    /// Of which nobody can have been at this door and at the one before.
    pub impossible: u64,
}

impl KnockEvidence {
    /// How far from the door it was recorded; a phone that was not asked did not know.
    pub fn distance(&self) -> Distance {
        self.evidence.map_or(Distance::NoFix, |evidence| evidence.distance)
    }

    /// Whether the phone said that its position was mocked.
    pub fn is_mocked(&self) -> bool {
        self.evidence.is_some_and(|evidence| evidence.mocked)
    }

    /// Whether somebody should look at it: recorded elsewhere, mocked or impossible. To have had no fix is no fault.
    pub fn is_doubtful(&self) -> bool {
        self.distance() == Distance::Far || self.is_mocked() || self.is_impossible
    }
}

impl EvidenceCount {
    /// Counts a knock in.
    pub fn count(&mut self, knock: &KnockEvidence) {
        self.knocks += 1;
        *match knock.distance() {
            Distance::Near => &mut self.near,
            Distance::Middling => &mut self.middling,
            Distance::Far => &mut self.far,
            Distance::NoFix => &mut self.no_fix,
        } += 1;
        self.mocked += u64::from(knock.is_mocked());
        self.impossible += u64::from(knock.is_impossible);
    }
}

/// Every knock that counts at the doors of these lists, in the order in which they happened.
///
/// # Errors
/// [`Error::Store`].
pub fn evidence(store: &dyn Store, tenant: TenantId, lists: &[WalkListId]) -> Result<Vec<KnockEvidence>, Error> {
    let (mut doors, mut knocks) = (BTreeMap::new(), Vec::new());
    for door in doors_of(store, tenant, lists)? {
        let Some(state) = reading::door_state(store, tenant, door)? else { continue };
        doors.extend(state.door.position.map(|position| (door, position)));
        knocks.extend(knocks_at(&state));
    }
    let mut users: BTreeMap<DeviceId, Option<UserId>> = BTreeMap::new();
    for knock in &mut knocks {
        let device = knock.entry.device;
        if let std::collections::btree_map::Entry::Vacant(unknown) = users.entry(device) {
            unknown.insert(store.device(tenant, device)?.map(|found| found.user));
        }
        knock.user = knock.user.or_else(|| users.get(&device).copied().flatten());
    }
    // By phone: what somebody else types in for a knocker is typed where the phone is.
    knocks.sort_by_key(|knock| (knock.entry.device, knock.at, knock.entry));
    mark_impossible(&mut knocks, &doors);
    knocks.sort_by_key(|knock| (knock.at, knock.entry));
    Ok(knocks)
}

fn doors_of(store: &dyn Store, tenant: TenantId, lists: &[WalkListId]) -> Result<BTreeSet<DoorId>, Error> {
    let mut doors = BTreeSet::new();
    for list in lists {
        doors.extend(reading::list_state(store, tenant, *list)?.into_iter().flat_map(|state| state.list.doors));
    }
    Ok(doors)
}

fn knocks_at(state: &DoorState) -> impl Iterator<Item = KnockEvidence> {
    state.counting().map(|(visit, interaction)| KnockEvidence {
        entry: visit.entry,
        door: state.door.id,
        user: interaction.knocked_by,
        at: visit.moment.at(),
        evidence: interaction.evidence,
        is_impossible: false,
    })
}

/// Of knocks that are sorted by phone and time.
fn mark_impossible(knocks: &mut [KnockEvidence], doors: &BTreeMap<DoorId, Position>) {
    let mut before: Option<(DeviceId, Witness)> = None;
    for knock in knocks {
        let Some(door) = doors.get(&knock.door).copied() else { continue };
        // One that does not say where it was neither is impossible nor makes another so.
        if !matches!(knock.distance(), Distance::Near | Distance::Middling) {
            continue;
        }
        let here = Witness { door, distance: knock.distance(), at_ms: knock.at.as_ms() };
        knock.is_impossible =
            before.is_some_and(|(device, there)| device == knock.entry.device && is_impossible(there, here));
        before = Some((knock.entry.device, here));
    }
}
