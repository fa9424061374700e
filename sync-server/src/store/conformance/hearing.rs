//! What is new, and for whom.

use super::world::*;
use crate::store::hearing::{Bell, Heard, News, Rung, Watched};
use crate::store::{Deed, Error, ListUpdate, NewEntry, Store, Verdict};
use std::time::Duration;
use walkbook_ledger::Subject;
use walkbook_model::{ContentHash, ScriptId, TenantId};

fn watched() -> Watched {
    Watched { lists: [LIST].into(), users: [AINO].into() }
}

fn news(store: &dyn Store, since: Heard) -> News {
    let news = store.news(NORTH, &watched(), since).unwrap();
    assert_eq!(news.heard, store.heard(NORTH).unwrap());
    news
}

/// A list is new by what happens to it and at its doors; what happens elsewhere is nobody's news who does not watch it.
pub fn what_is_new_on_a_list_is_told_with_who_wrote_it(store: &dyn Store) {
    settle_with_phone(store, NORTH);
    settle_with_phone(store, SOUTH);
    join(store, LIST, &[1]);
    join(store, OTHER_LIST, &[2]);
    let start = store.heard(NORTH).unwrap();
    assert_eq!(news(store, start), News { heard: start, ..News::default() });

    store.put_bases(NORTH, &[base(at_door(1), "a door")]).unwrap();
    let first_news = news(store, start);
    assert_eq!(first_news.lists, [(LIST, None)].into());

    let refused = NewEntry { verdict: Verdict::Refused(crate::store::Reason(2)), ..knock(3, at_door(1), "refused") };
    let sent = vec![knock(1, at_door(1), "here"), knock(2, at_door(2), "elsewhere"), refused];
    store.merge(NORTH, first(sent), at(1)).unwrap();
    let second_news = news(store, first_news.heard);
    assert_eq!(second_news.lists, [(LIST, Some(PHONE))].into());
    assert!(second_news.heard.position > first_news.heard.position);
    assert_eq!(news(store, start).lists, [(LIST, None), (LIST, Some(PHONE))].into());
    assert_eq!(news(store, second_news.heard).lists, [].into());
    assert_eq!(store.heard(SOUTH).unwrap().position.get(), 0, "another tenant hears nothing of it");
}

/// Who is handed a list, or loses one, is told, though nothing happened to the list.
pub fn who_is_handed_a_list_or_loses_one_is_told(store: &dyn Store) {
    settle_with_phone(store, NORTH);
    let mut since = store.heard(NORTH).unwrap();
    for update in [ListUpdate::Assign(LIST, AINO), ListUpdate::Unassign(LIST, AINO)] {
        store.update_lists(NORTH, &[update], at(1)).unwrap();
        let told = news(store, since);
        assert_eq!(told.users, [AINO].into());
        since = told.heard;
        assert_eq!(news(store, since).users, [].into());
    }
    let nobody = Watched::default();
    assert_eq!(store.news(NORTH, &nobody, Heard::default()).unwrap().users, [].into());
}

/// Drafts are told by who edited them, and what was done at the office by the audit log's number.
pub fn drafts_and_deeds_are_news(store: &dyn Store) {
    settle_with_phone(store, NORTH);
    let start = store.heard(NORTH).unwrap();
    let draft = Subject::Script(ScriptId::from_bytes([9; 16]));
    store.merge(NORTH, first(vec![knock(1, draft, "a question")]), at(1)).unwrap();
    let told = news(store, start);
    assert_eq!((told.drafts.clone(), told.heard.record), ([PHONE].into(), start.record));
    store.put_settings(NORTH, b"settings", by_operator(2)).unwrap();
    let later = news(store, told.heard);
    assert_eq!((later.drafts, later.heard.record), ([].into(), start.record + 1));
    assert_eq!(later.heard.position, told.heard.position);
}

/// A tenant that there is not is an error, and no silence.
pub fn of_a_tenant_that_there_is_not_nothing_is_heard(store: &dyn Store) {
    let nobody = TenantId::from_bytes([9; 16]);
    assert!(matches!(store.heard(nobody), Err(Error::Unknown { what: "tenant" })));
    assert!(matches!(store.news(nobody, &watched(), Heard::default()), Err(Error::Unknown { what: "tenant" })));
}

/// Whatever is news rings, also what only the audit log has.
pub fn a_bell_rings_for_what_is_new(store: &dyn Store) {
    settle_with_phone(store, NORTH);
    let mut bell = store.listen().unwrap();
    // Listening begins with a look: what was before it, nobody has heard.
    let heard =
        |bell: &mut Box<dyn Bell>, tenant| (0..600).any(|_| bell.wait(Duration::from_millis(100)).is_for(tenant));
    let writes: [&dyn Fn(); 3] = [
        &|| join(store, LIST, &[1]),
        &|| drop(store.merge(NORTH, first(vec![knock(1, at_door(1), "a knock")]), at(1)).unwrap()),
        &|| {
            store
                .note(NORTH, Deed::SettingsChanged { settings: ContentHash::from_bytes([0; 32]) }, by_operator(2))
                .unwrap()
        },
    ];
    for write in writes {
        while bell.wait(Duration::from_secs(3)) != Rung::Quiet {}
        write();
        assert!(heard(&mut bell, NORTH));
    }
}
