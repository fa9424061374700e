//! A list is re-based: what was done to it is folded into what it is, and nobody sees a difference.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing, missing_docs)]

mod street;

use proptest::prelude::*;
use street::{Act, Street, device, door_id, list_base};
use walkbook_ledger::{Base, Entry, Header, ListBase, ListChange, ListEdit, ListState, Payload, Subject};
use walkbook_model::{EntryId, Moment, Timestamp};

const AINO: usize = 0;
const BEN: usize = 1;
const CLEO: usize = 2;

fn compute(base: &ListBase, entries: &[Entry]) -> ListState {
    ListState::compute(base, entries).unwrap()
}

/// What a list shows, whatever its base.
fn shown(state: &ListState) -> ListState {
    ListState { epoch: 0, tips: Vec::new(), ..state.clone() }
}

fn written(by: usize, seq: u64, epoch: u32, on: &[EntryId], change: ListChange) -> Entry {
    let moment = Moment::new(Timestamp::from_ms(1_795_000_000_000 + seq * 1_000), 0);
    let header = Header { seq, moment, subject: Subject::List(list_base().record.id), epoch };
    let payload = Payload::List(ListEdit { on: on.to_vec(), change });
    Entry { device: device(by), header, bound: None, payload }
}

fn rename(name: &str) -> ListChange {
    ListChange::Rename(name.into())
}

fn place(door: u8, behind: u8) -> ListChange {
    ListChange::Place { door: door_id(door), behind: Some(door_id(behind)) }
}

fn acts() -> impl Strategy<Value = Vec<(usize, Act)>> {
    let act = prop_oneof![
        4 => (0..6u8, 0..7u8).prop_map(|(door, behind)| Act::Place(door, behind)),
        2 => (0..6u8).prop_map(Act::Drop),
        1 => (0..3u8).prop_map(Act::Rename),
        4 => (0..8usize).prop_map(Act::Hear),
        1 => (-100_000_000i64..100_000_000_000).prop_map(Act::ClockJumps),
        1 => any::<u8>().prop_map(Act::Knock),
    ];
    prop::collection::vec((0..8usize, act), 1..60)
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 256, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn nobody_sees_that_a_list_was_rebased(acts in acts(), picks in prop::collection::vec(any::<prop::sample::Index>(), 1..9)) {
        let entries = Street::after(&acts).everything();
        // Some of them are set aside, and may count later.
        let (aside, entries): (Vec<Entry>, Vec<Entry>) = entries.into_iter().enumerate().partition_map_by(&picks);
        let ids: Vec<EntryId> = aside.iter().map(Entry::id).collect();
        let base = list_base();
        let before = compute(&base, &entries);
        let Some(rebased) = base.rebased(&entries, &ids).unwrap() else { return Ok(()) };
        prop_assert_eq!(rebased.epoch, 1);
        let after = compute(&rebased, &entries);
        prop_assert_eq!(shown(&after), shown(&before));
        prop_assert!(rebased.unfolded(&entries) < base.unfolded(&entries));
        // A phone that has dropped what is folded, and has the rest in another order and twice, shows the same.
        let mut kept: Vec<Entry> = entries.iter().filter(|entry| !rebased.has_folded(entry.id())).cloned().collect();
        kept.extend(kept.clone());
        kept.reverse();
        prop_assert_eq!(compute(&rebased, &kept), after);
        // What is released later is not taken for folded.
        prop_assert!(ids.iter().all(|id| !rebased.has_folded(*id)) );
        // And once more, on top of that.
        prop_assert_eq!(rebased.rebased(&entries, &ids).unwrap().map(|again| again.folded == rebased.folded), None);
    }

    #[test]
    fn phones_that_were_away_agree_with_everybody_on_the_new_base(acts in acts(), later in acts(), cut in 0..8usize) {
        // The server has what one phone knows; all go on with what they have.
        let mut street = Street::after(&acts);
        let on_server = street.known_to(cut);
        let Some(rebased) = list_base().rebased(&on_server, &[]).unwrap() else { return Ok(()) };
        later.iter().for_each(|(phone, act)| street.act(*phone, act));
        let mut entries = street.everything();
        let state = compute(&rebased, &entries);
        // Every edit is folded, or stands, or waits for one that is not here.
        let unfolded = entries.iter().filter(|entry| matches!(entry.payload, Payload::List(_)) && !rebased.has_folded(entry.id()));
        for edit in unfolded {
            let names_missing = edit.payload.made_on().iter().any(|on| !entries.iter().any(|entry| entry.id() == *on));
            prop_assert!(names_missing || !state.waiting.contains(&edit.id()));
        }
        entries.reverse();
        prop_assert_eq!(compute(&rebased, &entries), state.clone());
        if let Some(again) = rebased.rebased(&entries, &[]).unwrap() {
            let after = compute(&again, &entries);
            prop_assert_eq!(shown(&after), shown(&state));
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 256, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn whatever_was_made_on_an_epoch_that_was_lost_counts_from_the_next_base_on(
        acts in acts(), picks in prop::collection::vec(any::<prop::sample::Index>(), 1..9),
    ) {
        let mut entries = Street::after(&acts).everything();
        let mut edits: Vec<&mut Entry> =
            entries.iter_mut().filter(|entry| matches!(entry.payload, Payload::List(_))).collect();
        if edits.is_empty() {
            return Ok(());
        }
        for pick in picks {
            let count = edits.len();
            edits[pick.index(count)].header.epoch = 3;
        }
        prop_assert!(!compute(&list_base(), &entries).waiting.is_empty());
        let rebased = list_base().rebased(&entries, &[]).unwrap().expect("a base for what waits");
        prop_assert_eq!(rebased.epoch, 3);
        prop_assert_eq!(compute(&rebased, &entries).waiting, []);
    }
}

trait PartitionBy {
    fn partition_map_by(self, picks: &[prop::sample::Index]) -> (Vec<Entry>, Vec<Entry>);
}

impl<I: ExactSizeIterator<Item = (usize, Entry)>> PartitionBy for I {
    fn partition_map_by(self, picks: &[prop::sample::Index]) -> (Vec<Entry>, Vec<Entry>) {
        let picked: Vec<usize> = picks.iter().skip(1).map(|pick| pick.index(self.len())).collect();
        let (aside, rest): (Vec<_>, Vec<_>) = self.partition(|(index, _)| picked.contains(index));
        let entries = |some: Vec<(usize, Entry)>| some.into_iter().map(|(_, entry)| entry).collect();
        (entries(aside), entries(rest))
    }
}

#[test]
fn what_someone_wrote_on_the_old_epoch_while_away_takes_effect_on_the_new() {
    let aino = written(AINO, 1, 0, &[], rename("Harbour"));
    let rebased = list_base().rebased([&aino], &[]).unwrap().unwrap();
    // Ben was away, and has never heard of the harbour.
    let ben = [written(BEN, 1, 0, &[], rename("Docks")), written(BEN, 2, 0, &[], ListChange::Drop(door_id(3)))];
    let cleo = written(CLEO, 1, 1, &[], place(0, 4));
    let state = compute(&rebased, &[aino, ben[0].clone(), ben[1].clone(), cleo]);
    assert_eq!(state.list.name, "Docks");
    assert_eq!(state.list.doors, [1, 2, 4, 0].map(door_id));
    assert!(state.waiting.is_empty());
}

#[test]
fn a_clash_is_shown_until_someone_resolves_it_and_is_folded_then() {
    let clash = [written(AINO, 1, 0, &[], rename("Harbour")), written(BEN, 1, 0, &[], rename("Docks"))];
    let moved = written(CLEO, 1, 0, &[], place(0, 4));
    let mut entries = [clash[0].clone(), clash[1].clone(), moved].to_vec();
    let rebased = list_base().rebased(&entries, &[]).unwrap().unwrap();
    assert_eq!(rebased.folded, [(device(CLEO), 1)]);
    assert_eq!(compute(&rebased, &entries).clashes.len(), 1);
    let tips = compute(&rebased, &entries).tips;
    entries.push(written(CLEO, 2, 1, &tips, rename("Docks")));
    let again = rebased.rebased(&entries, &[]).unwrap().unwrap();
    assert_eq!((again.epoch, again.unfolded(&entries), &*again.record.name), (2, 0, "Docks"));
}

#[test]
fn what_waits_for_another_phone_is_not_folded_and_counts_when_that_one_comes() {
    let first = written(AINO, 1, 0, &[], rename("Harbour"));
    let second = written(BEN, 1, 0, &[first.id()], place(0, 4));
    let third = written(CLEO, 1, 0, &[], ListChange::Drop(door_id(2)));
    let rebased = list_base().rebased([&second, &third], &[]).unwrap().unwrap();
    assert_eq!(rebased.folded, [(device(CLEO), 1)]);
    let state = compute(&rebased, &[first, second, third]);
    assert_eq!((&*state.list.name, state.list.doors), ("Harbour", [1, 3, 4, 0].map(door_id).to_vec()));
}

#[test]
fn what_a_restored_server_has_forgotten_of_epochs_is_made_good_by_the_next() {
    // The base of epoch 3 was lost with the server; what was made on it has come back with a phone.
    let early = written(AINO, 1, 3, &[], rename("Harbour"));
    assert_eq!(compute(&list_base(), std::slice::from_ref(&early)).waiting, [early.id()]);
    let rebased = list_base().rebased([&early], &[]).unwrap().unwrap();
    let state = compute(&rebased, std::slice::from_ref(&early));
    assert_eq!((rebased.epoch, &*state.list.name, state.waiting.len()), (3, "Harbour", 0));
}

#[test]
fn where_nothing_can_be_folded_the_base_stays() {
    let base: ListBase = Base::first(list_base().record);
    assert_eq!(base.rebased([], &[]).unwrap(), None);
    let aside = written(AINO, 1, 0, &[], rename("Harbour"));
    let later = written(AINO, 2, 0, &[], rename("Docks"));
    assert_eq!(base.rebased([&later], &[aside.id()]).unwrap(), None, "it may have been made knowing of it");
}

#[test]
fn a_hundred_edits_that_knew_nothing_of_each_other_are_folded_into_one_base() {
    let edits: Vec<Entry> = (0..8)
        .flat_map(|by| (1..=13u64).map(move |seq| written(by, seq, 0, &[], place((seq % 5) as u8, 5 + by as u8))))
        .collect();
    let rebased = list_base().rebased(&edits, &[]).unwrap().unwrap();
    assert_eq!((edits.len(), rebased.unfolded(&edits), rebased.folded.len()), (104, 0, 8));
    assert_eq!(shown(&compute(&rebased, &[])), shown(&compute(&list_base(), &edits)));
}
