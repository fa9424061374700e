//! Maps under the doors of lists.

use super::documents::told;
use super::world::*;
use crate::store::{Held, NewMap, Store};
use walkbook_ledger::Subject;

const TOWN: NewMap<'_> = NewMap { record: b"town", tiles: b"roads and rivers" };

/// Another map takes its place.
pub fn the_map_of_a_list_is_told_to_its_readers_once(store: &dyn Store) {
    settle(store, NORTH);
    let since = store.head(NORTH).unwrap();
    assert!(store.put_map(NORTH, LIST, TOWN).unwrap());
    assert!(!store.put_map(NORTH, LIST, TOWN).unwrap());
    let wider = NewMap { record: b"town and country", tiles: &[7; 3_000_000] };
    for map in [wider, TOWN, wider] {
        assert!(store.put_map(NORTH, LIST, map).unwrap());
        assert_eq!(store.map_of(NORTH, LIST).unwrap(), Some(Held::Readable(map.record.to_vec())));
        assert_eq!(store.tiles_of(NORTH, LIST).unwrap(), Some(Held::Readable(map.tiles.to_vec())));
    }
    assert_eq!(told(store, LIST, since), ["map"; 4]);
    assert!(told(store, OTHER_LIST, since).is_empty());
    assert_eq!((store.map_of(NORTH, OTHER_LIST).unwrap(), store.tiles_of(NORTH, OTHER_LIST).unwrap()), (None, None));
}

/// One that is put later gets the new key.
pub fn a_map_goes_with_its_lists_key(store: &dyn Store) {
    settle(store, NORTH);
    store.put_map(NORTH, LIST, TOWN).unwrap();
    store.put_map(NORTH, OTHER_LIST, TOWN).unwrap();
    assert!(store.destroy_document_key(NORTH, Subject::List(LIST), at(1)).unwrap());
    assert_eq!((store.map_of(NORTH, LIST).unwrap(), store.tiles_of(NORTH, LIST).unwrap()), (None, None));
    assert!(store.put_map(NORTH, LIST, TOWN).unwrap());
    for list in [LIST, OTHER_LIST] {
        assert_eq!(store.tiles_of(NORTH, list).unwrap(), Some(Held::Readable(TOWN.tiles.to_vec())));
    }
}

/// Nor can one be put where there is no tenant.
pub fn another_tenants_map_does_not_exist(store: &dyn Store) {
    settle(store, NORTH);
    settle(store, SOUTH);
    store.put_map(NORTH, LIST, TOWN).unwrap();
    assert_eq!((store.map_of(SOUTH, LIST).unwrap(), store.tiles_of(SOUTH, LIST).unwrap()), (None, None));
    store.put_map(SOUTH, LIST, NewMap { record: b"south", tiles: b"hills" }).unwrap();
    assert_eq!(store.map_of(NORTH, LIST).unwrap(), Some(Held::Readable(b"town".to_vec())));
    let nobody = walkbook_model::TenantId::from_bytes([77; 16]);
    assert!(store.put_map(nobody, LIST, TOWN).is_err());
}
