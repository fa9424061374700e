//! Proofs of requests.

use super::world::*;
use crate::store::{SeenProof, Store};

fn proof(seconds: u64, nonce: u8) -> SeenProof {
    SeenProof { at: at(seconds), device: PHONE, nonce: [nonce; 16] }
}

/// By its tenant, its time, its device and its nonce.
pub fn a_proof_is_seen_for_the_first_time_once(store: &dyn Store) {
    settle(store, NORTH);
    settle(store, SOUTH);
    let anothers = SeenProof { device: walkbook_model::DeviceId::from_bytes([22; 16]), ..proof(1, 1) };
    for first in [proof(1, 1), proof(1, 2), proof(2, 1), anothers] {
        assert!(store.note_proof(NORTH, first).unwrap());
        assert!(!store.note_proof(NORTH, first).unwrap());
        assert!(store.note_proof(SOUTH, first).unwrap());
    }
}

/// Whoever is second is told so, whatever comes between.
pub fn of_many_who_show_one_proof_at_once_one_is_first(store: &dyn Store) {
    settle(store, NORTH);
    let first = std::thread::scope(|scope| {
        let tries: Vec<_> = (0..4).map(|_| scope.spawn(|| store.note_proof(NORTH, proof(1, 1)).unwrap())).collect();
        tries.into_iter().map(|tried| tried.join().unwrap()).filter(|first| *first).count()
    });
    assert_eq!(first, 1);
}

/// Of this tenant's, and nothing that is as old as the moment itself.
pub fn what_is_forgotten_is_what_is_old(store: &dyn Store) {
    settle(store, NORTH);
    settle(store, SOUTH);
    for tenant in [NORTH, SOUTH] {
        assert!((1..=3).all(|second| store.note_proof(tenant, proof(second, 1)).unwrap()));
    }
    store.forget_proofs(NORTH, at(2)).unwrap();
    let is_new = |tenant| [1, 2, 3].map(|second| store.note_proof(tenant, proof(second, 1)).unwrap());
    assert_eq!((is_new(NORTH), is_new(SOUTH)), ([true, false, false], [false; 3]));
}
