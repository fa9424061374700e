//! The server's gate, and what phones with a valid login try on it.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing, missing_docs)]

mod shift;

use shift::*;
use walkbook_sync::{Admission, LogPosition, Run, admit};
use walkbook_vault::{Salt, SaltSeed};

fn known(last_seq: u64) -> LogPosition {
    LogPosition { last_seq, tip: tip_at(last_seq) }
}

fn at_the_gate(known: LogPosition, run: &Run) -> Admission {
    admit(device(), &key(), known, |seq| (seq <= known.last_seq).then(|| tip_at(seq)), run)
}

fn new_entries(admission: Admission) -> Vec<u64> {
    match admission {
        Admission::Continues(new) => new.iter().map(|admitted| admitted.entry.header.seq).collect(),
        refused => panic!("{refused:?}"),
    }
}

#[test]
fn a_shift_goes_in_entry_by_entry() {
    let admission = at_the_gate(known(0), &run(1, 5));
    let Admission::Continues(new) = &admission else { panic!() };
    assert_eq!(new.last().unwrap().tip, tip_at(5));
    assert_eq!(new_entries(admission), [1, 2, 3, 4, 5]);
}

#[test]
fn one_seed_travels_instead_of_a_hundred_salts_and_the_chain_still_checks() {
    let seeded = run(1, 100).with_seed(SEED);
    assert_eq!(seeded.entries(), run(1, 100).entries());
    assert_eq!(new_entries(at_the_gate(known(0), &seeded)).len(), 100);
    let plain = run(1, 3);
    assert_eq!(plain.clone().with_seed(SaltSeed::from_bytes([1; 16])), plain, "another run's seed is not taken");
}

#[test]
fn after_a_lost_answer_nothing_is_taken_twice() {
    assert_eq!(new_entries(at_the_gate(known(5), &run(1, 5))), [0u64; 0]);
    assert_eq!(new_entries(at_the_gate(known(5), &run(3, 8))), [6, 7, 8]);
}

#[test]
fn a_server_restored_to_an_earlier_state_asks_for_what_it_lost() {
    assert_eq!(at_the_gate(known(2), &run(5, 8)), Admission::Ahead { last_seq: 2 });
}

#[test]
fn a_log_that_forks_is_refused() {
    let mut other = knock(5);
    other.body = Ok((Salt::from_bytes([0; 16]), b"another".to_vec()));
    let forked = run_of(5, vec![other, knock(6)], &*SIGNER);
    assert_eq!(at_the_gate(known(5), &forked), Admission::Forked);
    let elsewhere = Run::new([1; 32], &[knock(6)], [0; 64]);
    assert_eq!(at_the_gate(known(5), &elsewhere), Admission::Forked);
}

#[test]
fn a_log_that_was_set_back_is_a_fork_even_while_it_is_shorter_than_the_known_one() {
    let mut other = knock(5);
    other.body = Ok((Salt::from_bytes([0; 16]), b"another".to_vec()));
    let forked = run_of(5, vec![other, knock(6)], &*SIGNER);
    assert_eq!(at_the_gate(known(9), &forked), Admission::Forked);
    assert_eq!(new_entries(at_the_gate(known(9), &run(5, 6))), [0u64; 0]);
}

#[test]
fn another_s_signature_is_refused() {
    assert_eq!(at_the_gate(known(0), &run_of(1, vec![knock(1)], &signer())), Admission::Forged);
}

#[test]
fn an_altered_entry_and_entries_out_of_order_are_refused() {
    let signed = run(1, 3);
    let mut entries = signed.entries().unwrap();
    entries.swap(0, 1);
    (entries[0].header.seq, entries[1].header.seq) = (1, 2);
    let swapped = Run::new(signed.start(), &entries, signed.signature());
    assert_eq!(at_the_gate(known(0), &swapped), Admission::Forged);
    let mut altered = signed.entries().unwrap();
    altered[1].header.epoch = 7;
    let altered = Run::new(signed.start(), &altered, signed.signature());
    assert_eq!(at_the_gate(known(0), &altered), Admission::Forged);
}

#[test]
fn an_entry_whose_payload_was_erased_still_chains() {
    let mut entries: Vec<_> = (1..=3).map(knock).collect();
    entries[1].body = Err(hash(&entries[1]));
    let signed = run(1, 3);
    let erased = Run::new(signed.start(), &entries, signed.signature());
    assert_eq!(new_entries(at_the_gate(known(0), &erased)), [1, 2, 3]);
}

#[test]
fn an_empty_run_and_one_at_the_end_of_numbers_are_refused() {
    assert_eq!(at_the_gate(known(0), &Run::new([0; 32], &[], [0; 64])), Admission::Forged);
    let mut last = knock(1);
    last.header.seq = u64::MAX;
    let over = Run::new([0; 32], &[last, knock(1)], [0; 64]);
    assert_eq!(at_the_gate(known(0), &over), Admission::Forged);
}
