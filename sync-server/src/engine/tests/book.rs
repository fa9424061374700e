//! What a test phone has been told, and what it makes of it: with the ledger's own functions, as every phone does.

use std::collections::{BTreeMap, BTreeSet};
use walkbook_ledger::{DoorBase, DoorState, Entry, ListBase, ListState, ScriptState, Subject};
use walkbook_model::{BaseMap, ContentHash, DeviceId, DoorId, EntryId, Script, ScriptId, WalkListId};
use walkbook_sync::Effect;

#[derive(Default)]
pub(crate) struct Book {
    pub(crate) doors: BTreeMap<DoorId, DoorBase>,
    pub(crate) lists: BTreeMap<WalkListId, ListBase>,
    pub(crate) scripts: BTreeMap<ContentHash, Script>,
    /// The streets around each list's doors, as often as they came.
    pub(crate) streets: Vec<(WalkListId, Vec<u8>)>,
    /// The map under each list's doors, and how often one came.
    pub(crate) maps: BTreeMap<WalkListId, BaseMap>,
    pub(crate) maps_came: u32,
    /// Every tile that came, as often as it came.
    pub(crate) tiles: Vec<Vec<u8>>,
    pub(crate) entries: BTreeMap<EntryId, Entry>,
    pub(crate) cursors: BTreeMap<WalkListId, Vec<u8>>,
    /// The mark of the drafts.
    pub(crate) drafts: Option<Vec<u8>>,
    /// Every entry that came, as often as it came.
    pub(crate) came: Vec<EntryId>,
    /// Every door whose base came, as often as it came.
    pub(crate) doors_came: Vec<DoorId>,
    on: BTreeMap<WalkListId, BTreeSet<DoorId>>,
    pending: Vec<Effect>,
}

impl Book {
    /// Holds an effect back until the server's mark.
    pub(crate) fn handle(&mut self, effect: Effect, own: DeviceId) {
        match effect {
            Effect::Commit(list, cursor) => {
                self.commit(Some(list), own);
                self.cursors.insert(list, cursor);
            }
            Effect::CommitDrafts(cursor) => {
                self.commit(None, own);
                self.drafts = Some(cursor);
            }
            Effect::ForgetDrafts => {
                self.commit(None, own);
                self.entries.retain(|_, entry| !matches!(entry.header.subject, Subject::Script(_)));
                self.drafts = None;
            }
            Effect::Done { .. } => self.commit(None, own),
            Effect::ForgetList(list) => {
                self.lists.remove(&list);
                self.cursors.remove(&list);
                self.maps.remove(&list);
                let doors = self.on.remove(&list).unwrap_or_default();
                doors.into_iter().for_each(|door| self.forget(door, own));
            }
            // They wait for no mark.
            Effect::KeepTiles(tiles) => self.tiles.extend(tiles),
            Effect::SetAside(why) => panic!("the server sent something {why}"),
            other => self.pending.push(other),
        }
    }

    /// What an answer left behind that broke off.
    pub(crate) fn drop_pending(&mut self) {
        self.pending.clear();
    }

    fn commit(&mut self, list: Option<WalkListId>, own: DeviceId) {
        for effect in std::mem::take(&mut self.pending) {
            match effect {
                Effect::KeepDoor(base) => {
                    self.doors_came.push(base.record.id);
                    self.put_on(list, base.record.id);
                    self.doors.insert(base.record.id, *base);
                }
                Effect::KeepList(base) => {
                    self.lists.insert(base.record.id, *base);
                }
                Effect::KeepScript(script) => {
                    self.scripts.insert(script.content_hash(), *script);
                }
                Effect::KeepBaseMap(list, map) => {
                    self.maps.insert(list, *map);
                    self.maps_came += 1;
                }
                Effect::KeepStreets(list, streets) => self.streets.push((list, streets)),
                Effect::KeepEntry(entry) => {
                    if let Subject::Door(door) = entry.header.subject {
                        self.put_on(list, door);
                    }
                    self.came.push(entry.id());
                    self.entries.insert(entry.id(), *entry);
                }
                Effect::ForgetEntry(id) => {
                    self.entries.remove(&id);
                }
                Effect::EraseOwn(seqs) => {
                    self.entries.retain(|id, _| id.device != own || !seqs.contains(&id.seq));
                }
                Effect::ForgetDoor(list, door) => {
                    self.on.entry(list).or_default().remove(&door);
                    self.forget(door, own);
                }
                _ => {}
            }
        }
    }

    fn put_on(&mut self, list: Option<WalkListId>, door: DoorId) {
        list.into_iter().for_each(|list| {
            self.on.entry(list).or_default().insert(door);
        });
    }

    /// Forgets a door, unless it is on another list.
    fn forget(&mut self, door: DoorId, own: DeviceId) {
        if self.on.values().all(|doors| !doors.contains(&door)) {
            self.doors.remove(&door);
            self.entries.retain(|id, entry| id.device == own || entry.header.subject != Subject::Door(door));
        }
    }

    /// The tiles of its lists' maps that have not come.
    pub(crate) fn lacks(&self) -> Vec<ContentHash> {
        let has: BTreeSet<ContentHash> = self.tiles.iter().map(|tile| ContentHash::of(tile)).collect();
        let named = self.maps.values().flat_map(|map| map.tiles.iter().map(|(_, hash)| *hash));
        named.filter(|hash| !has.contains(hash)).collect::<BTreeSet<_>>().into_iter().collect()
    }

    pub(crate) fn doors_on(&self, list: WalkListId) -> BTreeSet<DoorId> {
        self.on.get(&list).cloned().unwrap_or_default()
    }

    pub(crate) fn door(&self, door: DoorId) -> DoorState {
        DoorState::compute(door, self.doors.get(&door), self.entries.values()).unwrap()
    }

    pub(crate) fn draft(&self, script: ScriptId) -> ScriptState {
        ScriptState::compute(script, None, self.entries.values()).unwrap()
    }

    pub(crate) fn list(&self, list: WalkListId) -> ListState {
        ListState::compute(&self.lists[&list], self.entries.values()).unwrap()
    }
}
