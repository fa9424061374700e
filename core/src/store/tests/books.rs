use super::*;
use walkbook_model::{Class, Outcome, Position};

const LIST: WalkListId = WalkListId::from_bytes([5; 16]);
const OTHER: WalkListId = WalkListId::from_bytes([6; 16]);
const MATE: DeviceId = DeviceId::from_bytes([2; 16]);

fn book() -> (tempfile::TempDir, Store) {
    let folder = tempfile::tempdir().unwrap();
    let store = Store::open(folder.path(), &KEY).unwrap();
    (folder, store)
}

#[test]
fn a_row_comes_back_as_it_went_in_and_replaces_the_one_before() {
    let (_folder, mut store) = book();
    let first = row(1, "Fabianinkatu 3", &["Aino", "Väinö"]);
    let second = DoorRow {
        position: Some(Position::from_degrees(60.1708123, 24.9426789).unwrap()),
        class: Some(Class::DataFix),
        last_outcome: Some(Outcome::Vacant),
        attempts: 3,
        suppressed: true,
        names: vec![],
        clashes: 2,
        holds_until: Some(walkbook_model::Day::new(2026, 11, 24).unwrap()),
        ..row(1, "Fabianinkatu 3 B", &[])
    };
    for row in [&first, &second] {
        store.book.change(|writer| writer.put_row(row)).unwrap();
        assert_eq!(store.book.view().row(door(1)).unwrap().as_ref(), Some(row));
    }
    assert!(store.book.view().search("aino", 10).unwrap().is_empty());
    store.book.db.check().unwrap();
}

#[test]
fn a_map_shows_the_doors_in_view() {
    let (_folder, mut store) = book();
    let at = |lat, lon| Position::from_degrees(lat, lon).unwrap();
    let put = |store: &mut Store, number, position| {
        let row = DoorRow { position, ..row(number, "Fabianinkatu", &[]) };
        store.book.change(|writer| writer.put_row(&row)).unwrap();
    };
    put(&mut store, 1, Some(at(60.1, 24.9)));
    put(&mut store, 2, Some(at(60.2, 24.9)));
    put(&mut store, 3, None);
    let view = Bounds { south_west: at(60.0, 24.0), north_east: at(60.15, 25.0) };
    let seen = |store: &Store| {
        let rows = store.book.view().rows_in(view, 10).unwrap();
        rows.into_iter().map(|row| row.number).collect::<Vec<_>>()
    };
    assert_eq!(seen(&store), ["1"]);
    put(&mut store, 1, Some(at(61.0, 24.9)));
    put(&mut store, 3, Some(at(60.15, 25.0)));
    assert_eq!(seen(&store), ["3"]);
    put(&mut store, 3, None);
    assert!(seen(&store).is_empty());
}

#[test]
fn an_entry_comes_in_once_and_is_found_at_its_door() {
    let (_folder, mut store) = book();
    let about = Document::Door(door(1));
    let first = held(MATE, 1, about);
    let changed = HeldEntry { payload: Some(vec![9; 9]), ..first.clone() };
    let added = store.book.change(|writer| {
        Ok([writer.add_entry(&first)?, writer.add_entry(&changed)?, writer.add_entry(&held(DEVICE, 1, about))?])
    });
    assert_eq!(added.unwrap(), [true, false, true]);
    assert_eq!(store.book.view().entries_about(about).unwrap(), [held(DEVICE, 1, about), first]);
    let bound = Some(walkbook_model::Moment::from_bits(77));
    store.book.change(|writer| writer.add_entry(&HeldEntry { bound, ..held(DEVICE, 1, about) })).unwrap();
    store.book.change(|writer| writer.erase_payload(EntryId::new(DEVICE, 1))).unwrap();
    let entries = store.book.view().entries_about(about).unwrap();
    assert_eq!(entries[0], HeldEntry { bound, payload: None, ..held(DEVICE, 1, about) });
}

#[test]
fn a_list_has_its_doors_in_order_and_a_base_is_replaced() {
    let (_folder, mut store) = book();
    store
        .book
        .change(|writer| {
            writer.set_order(LIST, &[door(3), door(1), door(3), door(2)])?;
            writer.set_order(OTHER, &[door(1)])?;
            [1, 2, 3].iter().try_for_each(|number| writer.put_row(&row(*number, "Fabianinkatu", &[])))
        })
        .unwrap();
    let numbers: Vec<_> = store.book.view().rows_of(LIST).unwrap().into_iter().map(|row| row.number).collect();
    assert_eq!(numbers, ["3", "1", "2"]);
    assert_eq!(store.book.view().lists_of(door(1)).unwrap(), [LIST, OTHER]);
    for epoch in [0, 1] {
        let base = HeldBase { epoch, record: vec![1, 2, 3] };
        store.book.change(|writer| writer.put_base(Document::List(LIST), &base)).unwrap();
        assert_eq!(store.book.view().base(Document::List(LIST)).unwrap(), Some(base));
    }
    assert_eq!(store.book.view().base(Document::Door(door(1))).unwrap(), None);
}

#[test]
fn forgetting_a_list_keeps_shared_doors_and_what_nobody_else_has() {
    let (_folder, mut store) = book();
    (1..=2).for_each(|seq| store.log.append(&entry(seq)).unwrap());
    store.log.acknowledge(&[1], Reached::Server).unwrap();
    let (gone, shared) = (Document::Door(door(1)), Document::Door(door(2)));
    let base = HeldBase { epoch: 0, record: vec![1] };
    store
        .book
        .change(|writer| {
            writer.set_order(LIST, &[door(1), door(2)])?;
            writer.set_order(OTHER, &[door(2)])?;
            writer.set_cursor(LIST, b"here")?;
            for (number, document) in [(1, gone), (2, shared)] {
                writer.put_base(document, &base)?;
                writer.put_row(&row(number, "Fabianinkatu", &["Aino"]))?;
                writer.add_entry(&held(MATE, number.into(), document))?;
            }
            writer.add_entry(&held(DEVICE, 1, gone))?;
            writer.add_entry(&held(DEVICE, 2, gone)).map(drop)
        })
        .unwrap();
    let keep = BTreeSet::from([EntryId::new(DEVICE, 2)]);
    let forget = |writer: &Writer<'_>| {
        let doors = writer.forget_list(LIST, &keep)?;
        doors.into_iter().try_for_each(|door| writer.forget_if_on_no_list(door, &keep))
    };
    store.book.change(forget).unwrap();
    let view = store.book.view();
    assert_eq!(view.entries_about(gone).unwrap(), [held(DEVICE, 2, gone)]);
    assert_eq!((view.base(gone).unwrap(), view.row(door(1)).unwrap()), (None, None));
    assert_eq!((view.base(shared).unwrap(), view.entries_about(shared).unwrap().len()), (Some(base), 1));
    assert_eq!(view.search("aino", 10).unwrap().len(), 1);
    assert!(view.cursors().unwrap().is_empty());
    assert_eq!(store.log.counts().unwrap().saved, 1);
}
