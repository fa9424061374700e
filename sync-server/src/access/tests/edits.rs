//! What edits are made on top of.

use super::*;
use crate::engine::tests::world::{HILL, RIVER, door};
use crate::store::ListUpdate;
use walkbook_ledger::{DoorChange, DoorEdit};
use walkbook_model::DeviceId;

fn notes(on: Vec<EntryId>, text: &str) -> Payload {
    Payload::Door(DoorEdit { on, change: DoorChange::SetAccessNotes(text.into()) })
}

#[test]
fn an_edit_on_top_of_a_refused_one_is_to_be_made_again() {
    let mut field = Field::new();
    let refused = field.aino.write_at(door(5), notes(Vec::new(), "dog"), at(1));
    let on_top = field.aino.write_at(door(1), notes(vec![refused], "dog"), at(1));
    let further = field.aino.write_at(door(1), notes(vec![on_top], "dog"), at(1));
    let sound = field.aino.write_at(door(1), notes(Vec::new(), "cat"), at(1));
    field.sync(2);
    let later = field.aino.write_at(door(1), notes(vec![refused], "dog"), at(3));
    let again = field.aino.edit(door(1), DoorChange::SetAccessNotes("dog".into()), at(4));
    field.sync(5);
    let became = [refused, on_top, further, sound, later, again].map(|id| field.aino.became(id));
    assert_eq!(became, [NOT_YOURS, REBASE, REBASE, Became::Accepted, REBASE, Became::Accepted]);
    assert_eq!(field.aino.book.door(door(1)).door.access_notes, "dog");
}

#[test]
fn an_edit_on_top_of_nothing_anybody_can_have_written_is_to_be_made_again() {
    let mut field = Field::new();
    let strangers = EntryId::new(DeviceId::from_bytes([99; 16]), 1);
    let never = EntryId::new(field.berta.device, 0);
    let ids = [strangers, never].map(|on| field.aino.write_at(door(1), notes(vec![on], "dog"), at(1)));
    field.sync(2);
    assert_eq!(ids.map(|id| field.aino.became(id)), [REBASE; 2]);
}

#[test]
fn an_edit_names_edits_of_its_own_document() {
    let mut field = Field::new();
    let at_another = field.aino.edit(door(2), DoorChange::SetAccessNotes("dog".into()), at(1));
    let knock = field.aino.knock(RIVER, door(1), at(1));
    let ids = [at_another, knock].map(|on| field.aino.write_at(door(1), notes(vec![on], "cat"), at(1)));
    field.sync(2);
    let later = [at_another, knock].map(|on| field.aino.write_at(door(1), notes(vec![on], "cat"), at(3)));
    field.sync(4);
    assert_eq!([ids, later].concat().into_iter().map(|id| field.aino.became(id)).collect::<Vec<_>>(), [MALFORMED; 4]);
}

#[test]
fn an_edit_on_top_of_one_that_is_set_aside_is_set_aside_with_it() {
    let mut field = Field::new();
    field.world.update(&[ListUpdate::Unassign(RIVER, AINO)], at(10));
    let aside = field.aino.write_at(door(1), notes(Vec::new(), "dog"), at(11));
    field.sync(12);
    field.world.update(&[ListUpdate::Assign(RIVER, AINO)], at(13));
    let on_top = field.aino.write_at(door(1), notes(vec![aside], "two dogs"), at(14));
    let apart = field.aino.write_at(door(1), notes(Vec::new(), "cat"), at(15));
    field.sync(16);
    let became = [aside, on_top, apart].map(|id| field.aino.became(id));
    assert_eq!(became, [Became::SetAside, Became::SetAside, Became::Accepted]);
    // Within one run, too.
    field.world.update(&[ListUpdate::Unassign(RIVER, AINO)], at(20));
    let first = field.aino.write_at(door(2), notes(Vec::new(), "dog"), at(21));
    let second = field.aino.write_at(door(2), notes(vec![first], "two dogs"), at(21));
    field.sync(22);
    assert_eq!([first, second].map(|id| field.aino.became(id)), [Became::SetAside; 2]);
}

#[test]
fn two_who_write_one_place_at_once_make_a_clash_and_both_stand() {
    let mut field = Field::new();
    field.world.update(&[ListUpdate::Assign(RIVER, BERTA)], at(0));
    field.sync(1);
    let hers = field.aino.edit(door(1), DoorChange::SetAccessNotes("dog".into()), at(2));
    let mine = field.berta.edit(door(1), DoorChange::SetAccessNotes("cat".into()), at(3));
    field.sync(4);
    field.sync(5);
    assert_eq!([field.aino.became(hers), field.berta.became(mine)], [Became::Accepted; 2]);
    let state = field.aino.book.door(door(1));
    assert_eq!((state.door.access_notes.as_str(), state.clashes.len()), ("cat", 1));
    assert_eq!(state.to_bytes(), field.berta.book.door(door(1)).to_bytes());
    // Somebody settles it.
    field.berta.edit(door(1), DoorChange::SetAccessNotes("dog".into()), at(6));
    field.sync(7);
    field.sync(8);
    assert!(field.aino.book.door(door(1)).clashes.is_empty());
    assert!(!field.aino.book.doors.contains_key(&door(5)) && field.berta.book.lists.contains_key(&HILL));
}
