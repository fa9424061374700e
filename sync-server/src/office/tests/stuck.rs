//! Phones that do not get on are named, and why.

use crate::office::{Why, phones};
use crate::store::audit::{Audit, LogFlaw};
use crate::store::conformance::world::{AINO, LIST, NORTH, PHONE, SOUTH, at, by_operator, settle_with_phone};
use crate::store::{By, Deed, Directory, Documents, EmbeddedStore, ListUpdate, Options, Stamp};
use std::sync::Arc;
use tempfile::TempDir;
use walkbook_model::EntryId;
use walkbook_vault::{SealKey, SystemRandom};

const HOUR: u64 = 3_600;
const AWAY: u64 = 72;

/// Aino's phone, in a store of its own.
struct Phone {
    store: EmbeddedStore,
    _folder: TempDir,
}

impl Phone {
    /// One that was let in at the beginning.
    fn new() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let (key, random) = (SealKey::from_bytes([7; 32]), Arc::new(SystemRandom::new()));
        let store = EmbeddedStore::open(folder.path(), "eu-west-1", key, random, Options::default()).unwrap();
        settle_with_phone(&store, NORTH);
        settle_with_phone(&store, SOUTH);
        Self { store, _folder: folder }
    }

    /// One that came in the first hour, too.
    fn seen() -> Self {
        let phone = Self::new();
        phone.comes(HOUR);
        phone
    }

    fn comes(&self, seconds: u64) {
        self.store.device_seen(NORTH, PHONE, 0, None, at(seconds)).unwrap();
    }

    fn has_a_list(&self) {
        self.store.update_lists(NORTH, &[ListUpdate::Assign(LIST, AINO)], at(0)).unwrap();
    }

    fn does(&self, deed: Deed, seconds: u64) {
        self.store.note(NORTH, deed, Stamp::new(By::Device(PHONE), at(seconds))).unwrap();
    }

    /// Why it does not get on, at that time.
    #[track_caller]
    fn is(&self, seconds: u64, why: &[Why]) {
        let stuck = phones(&self.store, NORTH, AWAY, at(seconds)).unwrap().stuck;
        let found: Vec<Why> = stuck.iter().flat_map(|stuck| stuck.why.iter().copied()).collect();
        assert_eq!(found, why);
        assert!(stuck.iter().all(|stuck| (stuck.device, stuck.user) == (PHONE, AINO)));
        assert_eq!(phones(&self.store, SOUTH, AWAY, at(seconds)).unwrap().stuck, [], "another tenant's is another one");
    }
}

#[test]
fn a_phone_with_a_list_that_does_not_come_is_away() {
    let phone = Phone::seen();
    phone.is(1_000 * HOUR, &[]);
    phone.has_a_list();
    phone.is((AWAY + 1) * HOUR - 1, &[]);
    phone.is((AWAY + 1) * HOUR, &[Why::Away(at(HOUR))]);
    phone.comes((AWAY + 1) * HOUR);
    phone.is((AWAY + 2) * HOUR, &[]);
    let never = Phone::new();
    never.has_a_list();
    never.is(AWAY * HOUR, &[Why::NeverCame]);
    never.store.revoke_device(NORTH, PHONE, by_operator(1)).unwrap();
    never.is(AWAY * HOUR, &[]);
}

#[test]
fn a_log_that_was_refused_counts_until_the_phone_gets_on() {
    let phone = Phone::seen();
    phone.does(Deed::LogRefused { device: PHONE, flaw: LogFlaw::Forged }, HOUR - 1);
    phone.is(3 * HOUR, &[]);
    phone.does(Deed::LogRefused { device: PHONE, flaw: LogFlaw::Forked }, 2 * HOUR);
    phone.is(3 * HOUR, &[Why::Forked]);
    // However much else is written down.
    for _ in 0..1_200 {
        phone.store.note(NORTH, Deed::TenantMade, by_operator(2 * HOUR)).unwrap();
    }
    phone.is(3 * HOUR, &[Why::Forked]);
    phone.comes(4 * HOUR);
    phone.is(5 * HOUR, &[]);
}

#[test]
fn what_is_refused_once_is_a_slip_and_three_times_is_trouble_for_a_week() {
    let phone = Phone::seen();
    for time in 1..=3 {
        phone.is(5 * HOUR, &[]);
        let entry = EntryId::new(PHONE, time);
        phone.does(Deed::WritesRefused { first: entry, last: entry, reasons: vec![(1, 1)] }, HOUR + time);
    }
    phone.is(5 * HOUR, &[Why::Refused(3)]);
    phone.is(8 * 24 * HOUR, &[]);
}

#[test]
fn a_phone_that_is_shut_out_is_stuck_when_it_comes_and_one_to_be_wiped_until_it_does() {
    let phone = Phone::seen();
    phone.store.revoke_device(NORTH, PHONE, by_operator(2 * HOUR)).unwrap();
    phone.is(3 * HOUR, &[]);
    phone.does(Deed::CameShutOut { user: AINO, device: PHONE }, 3 * HOUR);
    phone.is(4 * HOUR, &[Why::ShutOut]);
    let lost = Phone::seen();
    lost.store.order_wipe(NORTH, PHONE, by_operator(2 * HOUR)).unwrap();
    lost.is(3 * HOUR, &[Why::ToBeWiped(at(2 * HOUR))]);
    lost.store.note_wiped(NORTH, PHONE, by_operator(4 * HOUR)).unwrap();
    lost.is(5 * HOUR, &[]);
}

#[test]
fn a_clock_that_is_hours_off_is_told_with_its_way() {
    let phone = Phone::new();
    for (ms, words) in [(7_200_000, "its clock is 120 minutes ahead"), (-3_600_000, "its clock is 60 minutes behind")] {
        phone.store.device_seen(NORTH, PHONE, ms, None, at(HOUR)).unwrap();
        phone.is(2 * HOUR, &[Why::Clock(ms)]);
        assert_eq!(Why::Clock(ms).to_string(), words);
    }
    phone.store.device_seen(NORTH, PHONE, 60_000, None, at(HOUR)).unwrap();
    phone.is(2 * HOUR, &[]);
}
