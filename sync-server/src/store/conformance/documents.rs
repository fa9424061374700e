//! Bases, scripts, lists and what is new on them.

use super::world::*;
use crate::store::{Change, Error, Held, Life, ListUpdate, LogPosition, Reach, Store};
use walkbook_ledger::Subject;
use walkbook_model::{ContentHash, DeviceId, ScriptId, WalkListId};

const ALL: u32 = 1_000;

/// What a list's reader is told since a position, in short.
pub(super) fn told(store: &dyn Store, list: WalkListId, since: LogPosition) -> Vec<String> {
    let page = store.changes_since(NORTH, list, since, None, ALL).unwrap();
    let short = |change: &Change| match change {
        Change::Base(base) => format!("base {}", String::from_utf8(base.bytes.clone().readable().unwrap()).unwrap()),
        Change::Entry(entry) => format!("entry {}", note(entry).unwrap_or_default()),
        Change::Joined(door) => format!("joined {}", door.to_bytes()[0] - 100),
        Change::Streets => "streets".into(),
        Change::Map => "map".into(),
        Change::Recalled(_, entry) => format!("recalled {}", entry.seq),
        Change::Erased(entry) => format!("erased {}", entry.header.seq),
        Change::Left(door) => format!("left {}", door.to_bytes()[0] - 100),
    };
    page.changes.iter().map(|(_, change)| short(change)).collect()
}

/// Importing the same file twice changes nothing; a new version takes the old one's place.
pub fn a_base_put_twice_changes_nothing(store: &dyn Store) {
    settle(store, NORTH);
    let put = store.put_bases(NORTH, &[base(at_door(1), "one"), base(at_door(2), "two")]).unwrap();
    let head = store.head(NORTH).unwrap();
    assert_eq!(store.put_bases(NORTH, &[base(at_door(2), "two")]).unwrap(), put[1..]);
    assert_eq!(store.head(NORTH).unwrap(), head);
    let newer = store.put_bases(NORTH, &[base(at_door(2), "newer")]).unwrap();
    let stored = store.base_of(NORTH, at_door(2)).unwrap().unwrap();
    assert_eq!((stored.bytes, stored.position), (Held::Readable(b"newer".to_vec()), newer[0]));
    assert_eq!(stored.content_hash, ContentHash::of(b"newer"));
    assert_eq!(store.base_of(NORTH, at_door(3)).unwrap(), None);
}

/// A version's name is its content.
pub fn a_script_is_found_by_its_content(store: &dyn Store) {
    settle(store, NORTH);
    let hash = store.put_script(NORTH, b"questions").unwrap();
    assert_eq!(store.put_script(NORTH, b"questions").unwrap(), hash);
    assert_eq!(store.script(NORTH, hash).unwrap(), Some(b"questions".to_vec()));
    assert_eq!(store.script(NORTH, ContentHash::of(b"others")).unwrap(), None);
}

/// Other streets take their place, and go with the list's key.
pub fn the_streets_of_a_list_are_told_to_its_readers_once(store: &dyn Store) {
    settle(store, NORTH);
    let since = store.head(NORTH).unwrap();
    for streets in [b"lane", b"lane", b"road"] {
        store.put_streets(NORTH, LIST, streets).unwrap();
        assert_eq!(store.streets_of(NORTH, LIST).unwrap(), Some(Held::Readable(streets.to_vec())));
    }
    assert_eq!(told(store, LIST, since), ["streets", "streets"]);
    assert!(told(store, OTHER_LIST, since).is_empty());
    assert_eq!(store.streets_of(NORTH, OTHER_LIST).unwrap(), None);
    assert!(store.destroy_document_key(NORTH, Subject::List(LIST), at(1)).unwrap());
    assert_eq!(store.streets_of(NORTH, LIST).unwrap(), None);
}

/// An interrupted download goes on where it was, whatever happened meanwhile.
pub fn a_list_is_downloaded_page_by_page_in_the_order_of_joining(store: &dyn Store) {
    settle(store, NORTH);
    join(store, LIST, &[5, 3, 4]);
    let page = store.doors_of(NORTH, LIST, LogPosition::START, 2).unwrap();
    assert_eq!(page.iter().map(|(_, door)| *door).collect::<Vec<_>>(), [door(5), door(3)]);
    store.update_lists(NORTH, &[ListUpdate::Leave(LIST, door(5))], at(0)).unwrap();
    join(store, LIST, &[3, 1, 5]);
    let rest = store.doors_of(NORTH, LIST, page[1].0, ALL).unwrap();
    assert_eq!(rest.iter().map(|(_, door)| *door).collect::<Vec<_>>(), [door(4), door(1), door(5)]);
    assert!(store.doors_of(NORTH, OTHER_LIST, LogPosition::START, ALL).unwrap().is_empty());
}

/// A door may be on several lists.
pub fn changes_reach_every_list_that_has_the_door(store: &dyn Store) {
    settle_with_phone(store, NORTH);
    join(store, LIST, &[1, 2]);
    join(store, OTHER_LIST, &[2]);
    assert_eq!(store.lists_with(NORTH, door(2)).unwrap(), [LIST, OTHER_LIST]);
    let since = store.head(NORTH).unwrap();
    store
        .put_bases(NORTH, &[base(Subject::List(LIST), "list"), base(at_door(2), "old"), base(at_door(9), "x")])
        .unwrap();
    let entries =
        vec![knock(1, at_door(1), "one"), knock(2, at_door(2), "two"), knock(3, Subject::List(OTHER_LIST), "three")];
    store.merge(NORTH, first(entries), at(1)).unwrap();
    store.put_bases(NORTH, &[base(at_door(2), "new")]).unwrap();
    assert_eq!(told(store, LIST, since), ["base list", "entry one", "entry two", "base new"]);
    assert_eq!(told(store, OTHER_LIST, since), ["entry two", "entry three", "base new"]);
}

/// Also one that has the id of a list and of a door.
pub fn a_draft_of_a_script_is_kept_and_told_to_no_list(store: &dyn Store) {
    settle_with_phone(store, NORTH);
    join(store, LIST, &[1]);
    let since = store.head(NORTH).unwrap();
    let drafts = [LIST.to_bytes(), door(1).to_bytes()].map(|id| Subject::Script(ScriptId::from_bytes(id)));
    let entries = vec![knock(1, drafts[0], "one"), knock(2, drafts[1], "two")];
    store.merge(NORTH, first(entries), at(1)).unwrap();
    store.put_bases(NORTH, &[base(drafts[0], "draft")]).unwrap();
    assert!(told(store, LIST, since).is_empty());
    assert!(store.entries_of(NORTH, at_door(1)).unwrap().is_empty());
    for (draft, text) in drafts.into_iter().zip(["one", "two"]) {
        let entries = store.entries_of(NORTH, draft).unwrap();
        assert_eq!((entries.len(), entries[0].header.subject, note(&entries[0]).as_deref()), (1, draft, Some(text)));
    }
    assert_eq!(store.subjects(NORTH, None, ALL).unwrap(), [drafts[0]]);
    assert!(store.destroy_document_key(NORTH, drafts[1], at(2)).unwrap());
    assert_eq!(store.entries_of(NORTH, drafts[1]).unwrap()[0].content, Held::Erased);
}

/// Nobody sees what is not theirs any more.
pub fn what_concerned_a_door_that_left_is_no_longer_told(store: &dyn Store) {
    settle_with_phone(store, NORTH);
    join(store, LIST, &[1]);
    let merged = store.merge(NORTH, first(vec![knock(1, at_door(1), "while on it")]), at(1)).unwrap();
    store.update_lists(NORTH, &[ListUpdate::Leave(LIST, door(1)), ListUpdate::Leave(LIST, door(1))], at(0)).unwrap();
    let gone = batch(PHONE, merged.tip, vec![knock(2, at_door(1), "while gone")]);
    store.merge(NORTH, gone, at(2)).unwrap();
    assert_eq!(told(store, LIST, LogPosition::START), ["left 1"]);
    join(store, LIST, &[1, 1]);
    assert_eq!(told(store, LIST, LogPosition::START), ["joined 1"]);
    assert_eq!(store.entries_of(NORTH, at_door(1)).unwrap().len(), 2);
}

/// Pages join up, even where a page has nothing left to tell.
pub fn changes_come_page_by_page_without_gaps(store: &dyn Store) {
    settle_with_phone(store, NORTH);
    join(store, LIST, &[1, 2, 3]);
    store.update_lists(NORTH, &[ListUpdate::Leave(LIST, door(1)), ListUpdate::Leave(LIST, door(2))], at(0)).unwrap();
    store.merge(NORTH, first((1..=5).map(|seq| knock(seq, at_door(3), "knock")).collect()), at(1)).unwrap();
    let whole = store.changes_since(NORTH, LIST, LogPosition::START, None, ALL).unwrap();
    assert!(!whole.more && whole.changes.len() == 8);
    for limit in 1..=11 {
        let (mut since, mut changes) = (LogPosition::START, Vec::new());
        loop {
            let page = store.changes_since(NORTH, LIST, since, None, limit).unwrap();
            since = page.next;
            changes.extend(page.changes);
            if !page.more {
                break;
            }
        }
        assert_eq!((&changes, since), (&whole.changes, whole.next), "pages of {limit}");
    }
    let rest = store.changes_since(NORTH, LIST, whole.next, None, ALL).unwrap();
    assert_eq!((rest.changes.len(), rest.next, rest.more), (0, whole.next, false));
}

/// A reader that has written everything itself comes just as far.
pub fn nobody_is_told_what_they_wrote(store: &dyn Store) {
    settle_with_phone(store, NORTH);
    join(store, LIST, &[1]);
    let since = store.head(NORTH).unwrap();
    store.merge(NORTH, first(vec![knock(1, at_door(1), "one"), knock(2, at_door(1), "two")]), at(1)).unwrap();
    let own = store.changes_since(NORTH, LIST, since, Some(PHONE), ALL).unwrap();
    let others = store.changes_since(NORTH, LIST, since, Some(DeviceId::from_bytes([22; 16])), ALL).unwrap();
    assert_eq!((own.changes.len(), others.changes.len()), (0, 2));
    assert_eq!((own.next, own.more), (store.head(NORTH).unwrap(), false));
    assert_eq!(own.next, others.next);
}

/// What a phone wrote while the list was still its own can be told from what it wrote after.
pub fn an_assignment_remembers_from_when_until_when(store: &dyn Store) {
    settle(store, NORTH);
    let (assign, unassign) = (ListUpdate::Assign(LIST, AINO), ListUpdate::Unassign(LIST, AINO));
    store.update_lists(NORTH, &[unassign, assign, assign], at(0)).unwrap();
    let lasting = store.assignments_of(NORTH, AINO).unwrap();
    assert_eq!((lasting.len(), lasting[0].list, lasting[0].until), (1, LIST, None));
    store.update_lists(NORTH, &[unassign, unassign, assign], at(0)).unwrap();
    let all = store.assignments_of(NORTH, AINO).unwrap();
    assert_eq!((all.len(), all[0].from, all[1].until), (2, lasting[0].from, None));
    assert!(all[0].until > Some(all[0].from) && all[0].until < Some(all[1].from));
}

/// Erased is erased; what is put afterwards is not.
pub fn a_destroyed_key_takes_the_document_with_it_and_a_new_one_serves_what_comes_later(store: &dyn Store) {
    settle_with_phone(store, NORTH);
    join(store, LIST, &[1, 2]);
    store.put_bases(NORTH, &[base(at_door(1), "a door")]).unwrap();
    let entries = vec![knock(1, at_door(1), "erased"), knock(2, at_door(2), "kept")];
    let merged = store.merge(NORTH, first(entries), at(1)).unwrap();
    assert!(store.destroy_document_key(NORTH, at_door(1), at(2)).unwrap());
    assert!(!store.destroy_document_key(NORTH, at_door(1), at(3)).unwrap());
    assert_eq!(store.base_of(NORTH, at_door(1)).unwrap(), None);
    assert_eq!(store.entries_of(NORTH, at_door(1)).unwrap()[0].content, Held::Erased);
    assert_eq!(note(&store.entries_of(NORTH, at_door(2)).unwrap()[0]).as_deref(), Some("kept"));
    store.put_bases(NORTH, &[base(at_door(1), "a door")]).unwrap();
    store.merge(NORTH, batch(PHONE, merged.tip, vec![knock(3, at_door(1), "later")]), at(4)).unwrap();
    assert!(store.base_of(NORTH, at_door(1)).unwrap().unwrap().bytes.readable().is_some());
    let notes: Vec<_> = store.entries_of(NORTH, at_door(1)).unwrap().iter().map(note).collect();
    assert_eq!(notes, [None, Some("later".into())]);
    let told = told(store, LIST, merged.receipts[0].position.unwrap());
    assert_eq!(told, ["entry kept", "base a door", "entry later"]);
}

/// What was recorded before the list moved on counts; what came later is someone else's.
pub fn a_door_is_someones_to_work_while_list_and_assignment_last(store: &dyn Store) {
    settle(store, NORTH);
    let reach = |number| store.reach(NORTH, AINO, &[door(number)]).unwrap()[0];
    join(store, LIST, &[1, 2]);
    assert_eq!(reach(1), Reach::Never);
    store.update_lists(NORTH, &[ListUpdate::Assign(LIST, AINO)], at(1)).unwrap();
    assert_eq!(reach(1), Reach::Now);
    assert_eq!(reach(3), Reach::Never);
    store.update_lists(NORTH, &[ListUpdate::Leave(LIST, door(1))], at(5)).unwrap();
    assert_eq!(reach(1), Reach::Until(at(5)));
    store.update_lists(NORTH, &[ListUpdate::Unassign(LIST, AINO)], at(7)).unwrap();
    assert_eq!((reach(1), reach(2)), (Reach::Until(at(5)), Reach::Until(at(7))));
    store.update_lists(NORTH, &[ListUpdate::Assign(LIST, AINO)], at(8)).unwrap();
    assert_eq!((reach(1), reach(2)), (Reach::Until(at(5)), Reach::Now));
    let in_turn = store.reach(NORTH, AINO, &[door(3), door(2), door(1)]).unwrap();
    assert_eq!(in_turn, [Reach::Never, Reach::Now, Reach::Until(at(5))]);
    join(store, LIST, &[1]);
    assert_eq!(reach(1), Reach::Now);
}

/// Until the register knows it.
pub fn a_door_that_someone_added_is_theirs(store: &dyn Store) {
    settle_with_phone(store, NORTH);
    store.merge(NORTH, first(vec![knock(1, at_door(9), "a new door")]), at(1)).unwrap();
    assert_eq!(store.reach(NORTH, AINO, &[door(9)]).unwrap(), [Reach::Now]);
    assert_eq!(store.reach(NORTH, walkbook_model::UserId::from_bytes([12; 16]), &[door(9)]).unwrap(), [Reach::Never]);
    store.put_bases(NORTH, &[base(at_door(9), "imported")]).unwrap();
    assert_eq!(store.reach(NORTH, AINO, &[door(9)]).unwrap(), [Reach::Never]);
}

/// Whoever was there first; the others' lists are not made at all.
pub fn of_several_lists_that_want_one_door_one_is_made(store: &dyn Store) {
    settle(store, NORTH);
    let lists: Vec<WalkListId> = (0..8).map(|number| WalkListId::from_bytes([40 + number; 16])).collect();
    // Each wants a door of its own beside the one that all want.
    let make = |(number, list): (u8, WalkListId)| {
        let doors = [door(20 + number), door(1), door(30 + number)];
        store.make_list(NORTH, list, format!("list {number}").as_bytes(), &doors)
    };
    let made: Vec<_> = std::thread::scope(|scope| {
        let racers: Vec<_> = (0..8).zip(lists.clone()).map(|racer| scope.spawn(move || make(racer))).collect();
        racers.into_iter().map(|racer| racer.join().unwrap()).collect()
    });
    let winners: Vec<usize> = (0..8).filter(|number| made[*number].is_ok()).collect();
    let [winner] = winners[..] else { panic!("{} lists were made", winners.len()) };
    for (number, (list, made)) in lists.into_iter().zip(made).enumerate() {
        let doors: Vec<_> = store.doors_of(NORTH, list, LogPosition::START, ALL).unwrap();
        let base = store.base_of(NORTH, Subject::List(list)).unwrap();
        if number == winner {
            let own = u8::try_from(number).unwrap();
            let in_order: Vec<_> = doors.into_iter().map(|(_, door)| door).collect();
            assert_eq!((in_order, base.is_some()), (vec![door(20 + own), door(1), door(30 + own)], true));
            assert_eq!(store.lists_with(NORTH, door(1)).unwrap(), [list]);
        } else {
            assert!(matches!(made, Err(Error::Taken)));
            assert_eq!((doors, base), (vec![], None));
        }
    }
}

/// Also where all of its doors have left it.
pub fn a_list_is_made_once(store: &dyn Store) {
    settle(store, NORTH);
    store.make_list(NORTH, LIST, b"list", &[door(1)]).unwrap();
    store.update_lists(NORTH, &[ListUpdate::Leave(LIST, door(1))], at(1)).unwrap();
    let again = store.make_list(NORTH, LIST, b"another", &[door(1)]);
    assert!(matches!(again, Err(Error::Exists { what: "list" })));
    assert!(store.lists_with(NORTH, door(1)).unwrap().is_empty());
    assert!(matches!(store.make_list(SOUTH, LIST, b"list", &[door(1)]), Err(Error::Unknown { what: "tenant" })));
}

/// What is on a list, or not a door, or not in the register, is not free.
pub fn doors_that_are_on_no_list_are_told_page_by_page(store: &dyn Store) {
    settle(store, NORTH);
    let known = (1..=5).map(at_door).chain([Subject::List(OTHER_LIST)]);
    store.put_bases(NORTH, &known.map(|subject| base(subject, "base")).collect::<Vec<_>>()).unwrap();
    join(store, LIST, &[2, 9]);
    for limit in 1..=5 {
        let (mut free, mut after) = (Vec::new(), None);
        loop {
            let page = store.free_doors(NORTH, after, limit).unwrap();
            after = page.last().copied().or(after);
            if page.is_empty() {
                break;
            }
            free.extend(page);
        }
        assert_eq!(free, [1, 3, 4, 5].map(door), "pages of {limit}");
    }
    store.update_lists(NORTH, &[ListUpdate::Leave(LIST, door(2))], at(1)).unwrap();
    assert_eq!(store.free_doors(NORTH, None, ALL).unwrap(), [1, 2, 3, 4, 5].map(door));
    assert!(store.free_doors(SOUTH, None, ALL).unwrap().is_empty());
}

/// Else what came in between would be taken for done with.
pub fn a_base_is_replaced_unless_something_came_in_between(store: &dyn Store) {
    settle_with_phone(store, NORTH);
    let list = |text| base(Subject::List(LIST), text);
    let text = || store.base_of(NORTH, Subject::List(LIST)).unwrap().unwrap().bytes.readable().unwrap();
    store.put_bases(NORTH, &[list("first")]).unwrap();
    let before = store.head(NORTH).unwrap();
    let edits = vec![knock(1, at_door(1), "elsewhere"), knock(2, Subject::List(LIST), "an edit")];
    let merged = store.merge(NORTH, first(edits), at(1)).unwrap();
    assert!(
        !store.replace_base(NORTH, &list("of yesterday"), &[ListUpdate::Join(LIST, door(2))], before, at(3)).unwrap()
    );
    assert_eq!(text(), b"first");
    let now = store.head(NORTH).unwrap();
    store.merge(NORTH, batch(PHONE, merged.tip, vec![knock(3, at_door(1), "elsewhere")]), at(2)).unwrap();
    assert!(store.replace_base(NORTH, &list("second"), &[ListUpdate::Join(LIST, door(1))], now, at(3)).unwrap());
    assert_eq!(told(store, LIST, now), ["base second", "joined 1"]);
    assert!(!store.replace_base(NORTH, &list("third"), &[], now, at(4)).unwrap(), "the second came in between");
}

/// Each once, whatever the size of the page.
pub fn documents_with_a_base_are_told_page_by_page(store: &dyn Store) {
    settle(store, NORTH);
    let all = [at_door(1), at_door(2), at_door(3), Subject::List(LIST)];
    store.put_bases(NORTH, &all.map(|subject| base(subject, "base"))).unwrap();
    let first = store.subjects(NORTH, None, 3).unwrap();
    assert_eq!(first, all[..3]);
    assert_eq!(store.subjects(NORTH, first.last().copied(), 3).unwrap(), all[3..]);
    assert!(store.subjects(SOUTH, None, 3).unwrap().is_empty());
}

/// A position from the future, or of a life that the store does not know, was given out before a restore.
pub fn a_store_stands_by_the_positions_it_gave_out_and_no_others(store: &dyn Store) {
    settle(store, NORTH);
    join(store, LIST, &[1, 2]);
    let head = store.head(NORTH).unwrap();
    assert!(store.stands_by(NORTH, store.life(), head).unwrap());
    assert!(!store.stands_by(NORTH, store.life(), LogPosition::new(head.get() + 1)).unwrap());
    assert!(!store.stands_by(NORTH, Life([0; 8]), LogPosition::START).unwrap());
}

/// Whatever has a base or an entry, once each, and no draft.
pub fn everything_can_be_marked_to_be_brought_anew(store: &dyn Store) {
    settle_with_phone(store, NORTH);
    settle(store, SOUTH);
    store.put_bases(NORTH, &[base(at_door(1), "a door"), base(Subject::List(LIST), "a list")]).unwrap();
    store.put_bases(SOUTH, &[base(at_door(1), "another one")]).unwrap();
    let draft = Subject::Script(ScriptId::from_bytes([9; 16]));
    let entries = vec![knock(1, at_door(1), "one"), knock(2, at_door(2), "two"), knock(3, draft, "three")];
    store.merge(NORTH, first(entries), at(1)).unwrap();
    let all = [at_door(1), at_door(2), Subject::List(LIST)];
    store.unmark(NORTH, &all, store.head(NORTH).unwrap()).unwrap();
    let elsewhere = store.marked(SOUTH, 10).unwrap();
    for _ in 0..2 {
        store.mark_all(NORTH).unwrap();
        assert_eq!(store.marked(NORTH, 10).unwrap(), all);
    }
    assert_eq!(store.marked(SOUTH, 10).unwrap(), elsewhere);
    store.unmark(NORTH, &all, store.head(NORTH).unwrap()).unwrap();
    assert!(store.marked(NORTH, 10).unwrap().is_empty());
    store.destroy_tenant_key(NORTH, at(9)).unwrap();
    store.mark_all(NORTH).unwrap();
    assert!(store.marked(NORTH, 10).unwrap().is_empty(), "nobody can bring them");
}
