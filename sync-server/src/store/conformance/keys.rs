//! The region's master key is changed, while others have the store open.

use super::world::*;
use crate::store::audit::Deed;
use crate::store::{Error, MasterName, Masters, Store};
use walkbook_model::TenantId;
use walkbook_vault::SealKey;

fn key(number: u8) -> SealKey {
    SealKey::from_bytes([number; 32])
}

/// As a file has them once the second is to wrap.
fn both() -> (SealKey, Vec<SealKey>) {
    (key(8), vec![key(7)])
}

fn knows_both() -> Masters {
    let (current, others) = both();
    Masters::new(current, others)
}

/// What of a tenant is sealed under its key, and under a document's.
fn reads(store: &dyn Store, tenant: TenantId) -> Result<(), Error> {
    assert_eq!(store.users(tenant)?[0].label, "Aino");
    assert!(store.base_of(tenant, at_door(1))?.unwrap().bytes.readable().is_some());
    Ok(())
}

/// The process that changes it is killed in between; one server reads its keys again, and one was not given the new one.
pub fn the_master_key_is_changed<S: Store>(open: impl Fn(Masters) -> Result<S, Error>) {
    let (mid, north_and_south) = ("eu-west-1", [NORTH, SOUTH]);
    let first = open(key(7).into()).unwrap();
    for tenant in north_and_south {
        settle(&first, tenant);
        first.put_bases(tenant, &[base(at_door(1), "a door with Aino")]).unwrap();
    }
    drop(first);
    let reads_again = open(Masters::from(key(7)).read_again(|| Some(both()))).unwrap();
    let left_out = open(key(7).into()).unwrap();
    let killed = open(knows_both()).unwrap();
    assert!(killed.rewrap(NORTH, by_operator(1)).unwrap());
    drop(killed);
    let names = [MasterName::of(&key(7)), MasterName::of(&key(8))];
    let mut wrapped = reads_again.wrapped_by().unwrap();
    wrapped.sort_by_key(|(by, _)| *by != Some(names[0]));
    assert_eq!(wrapped, names.map(|name| (Some(name), 1)));
    for tenant in north_and_south {
        reads(&reads_again, tenant).unwrap();
        reads(&open(knows_both()).unwrap(), tenant).unwrap();
    }
    // It is not taken for damage, which others would work with.
    assert!(matches!(reads(&left_out, NORTH), Err(Error::WrongMasterKey)));
    assert!(matches!(left_out.base_of(NORTH, at_door(1)), Err(Error::WrongMasterKey)));
    reads(&left_out, SOUTH).unwrap();
    assert!(matches!(open(key(8).into()), Err(Error::WrongMasterKey)), "it is needed still");

    let again = open(knows_both()).unwrap();
    assert_eq!(north_and_south.map(|tenant| again.rewrap(tenant, by_operator(2)).unwrap()), [false, true]);
    assert!(!again.opens_with_current(mid).unwrap());
    again.open_with_current(mid).unwrap();
    assert!(again.opens_with_current(mid).unwrap());
    assert_eq!(again.wrapped_by().unwrap(), [(Some(names[1]), 2)]);
    assert!(matches!(open(key(7).into()), Err(Error::WrongMasterKey)));
    let alone = open(key(8).into()).unwrap();
    for tenant in north_and_south {
        reads(&alone, tenant).unwrap();
        let records = alone.audit(tenant, 0, 100).unwrap().into_iter();
        let deeds: Vec<Deed> = records.map(|record| record.act.readable().unwrap().deed).collect();
        let noted = Deed::KeyRewrapped { master: names[1].to_string() };
        assert_eq!(deeds.iter().filter(|deed| **deed == noted).count(), 1);
    }
    assert!(alone.destroy_tenant_key(SOUTH, at(9)).unwrap() && !alone.rewrap(SOUTH, by_operator(9)).unwrap());
    assert_eq!(alone.wrapped_by().unwrap(), [(Some(names[1]), 1)]);
}
