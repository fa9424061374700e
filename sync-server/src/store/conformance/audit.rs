//! The audit log: what is done is written down, in order, and found to be so.

use super::world::*;
use crate::store::audit::{Head, LookedAt, verify};
use crate::store::{
    Act, By, Decision, Deed, Error, Held, Invitation, LogPosition, NewEntry, NewRescued, Stamp, Store, User, Verdict,
    Which,
};
use walkbook_model::{ContentHash, EntryId, Role, TenantId};

fn acts(store: &dyn Store, tenant: TenantId) -> Vec<Act> {
    store.audit(tenant, 0, 1_000).unwrap().into_iter().map(|record| record.act.readable().unwrap()).collect()
}

fn deeds(store: &dyn Store, tenant: TenantId) -> Vec<Deed> {
    acts(store, tenant).into_iter().map(|act| act.deed).collect()
}

/// People come and go.
pub fn what_is_done_to_people_and_phones_is_written_down(store: &dyn Store) {
    settle(store, NORTH);
    let lead = User { id: AINO, label: "Aino".into(), role: Role::TeamLead };
    let by_user = Stamp::new(By::User(AINO), at(1));
    store.put_user(NORTH, &lead, by_user).unwrap();
    // The same once more, and another name, are no news.
    store.put_user(NORTH, &User { label: "Aino K".into(), ..lead }, by_user).unwrap();
    let invitation = Invitation { digest: ContentHash::of(b"code"), user: AINO, expires_at: at(100) };
    store.invite(NORTH, &invitation, by_operator(2)).unwrap();
    store.redeem_invitation(NORTH, invitation.digest, &enrolment(PHONE), at(3)).unwrap();
    store.redeem_invitation(NORTH, invitation.digest, &enrolment(PHONE), at(4)).unwrap();
    assert!(store.revoke_device(NORTH, PHONE, by_operator(5)).unwrap());
    assert!(!store.revoke_device(NORTH, PHONE, by_operator(6)).unwrap());
    let expected = [
        (By::Operator, Deed::TenantMade),
        (By::Operator, Deed::UserMade { user: AINO, role: Role::Canvasser }),
        (By::User(AINO), Deed::RoleChanged { user: AINO, from: Role::Canvasser, to: Role::TeamLead }),
        (By::Operator, Deed::Invited { user: AINO, until: at(100) }),
        (By::Invited, Deed::Enrolled { user: AINO, device: PHONE }),
        (By::Operator, Deed::ShutOut { user: AINO, device: PHONE }),
    ];
    assert_eq!(acts(store, NORTH), expected.map(|(by, deed)| Act { by, deed }));
    let records = store.audit(NORTH, 0, 1_000).unwrap();
    assert_eq!(records.iter().map(|record| record.number).collect::<Vec<_>>(), [1, 2, 3, 4, 5, 6]);
    assert_eq!(records.iter().map(|record| record.at).collect::<Vec<_>>(), [0, 0, 1, 2, 3, 5].map(at));
}

/// Whoever decides answers for it; the same again is no deed.
pub fn what_is_decided_is_written_down_once(store: &dyn Store) {
    settle_with_phone(store, NORTH);
    let aside = |seq| NewEntry { verdict: Verdict::Quarantined, ..knock(seq, at_door(1), "x") };
    store.merge(NORTH, first(vec![aside(1), aside(2), knock(3, at_door(1), "x")]), at(1)).unwrap();
    let strays = [7, 8].map(|seq| {
        let NewEntry { header, .. } = knock(seq, at_door(1), "x");
        NewRescued { device: PHONE, header, payload: b"x".to_vec(), reason: None }
    });
    store.keep_rescued(NORTH, &strays).unwrap();
    let letter = store.outbox_after(NORTH, LogPosition::START, 10, at(1)).unwrap()[0].id;
    store.outbox_failed(NORTH, letter, "no such list", None).unwrap();
    let before = deeds(store, NORTH).len();
    let by_user = Stamp::new(By::User(AINO), at(2));
    let [one, two] = [1, 2].map(|seq| EntryId::new(PHONE, seq));
    let [seven, eight] = [0, 1].map(|index| store.rescued(NORTH, 10).unwrap()[index].number);
    for _ in 0..2 {
        let release = Decision::Release { updates: Vec::new(), updates_as_of: store.head(NORTH).unwrap() };
        store.decide(NORTH, one, release, by_user).unwrap();
        let refuse = Decision::Refuse { reason: crate::store::Reason(6), words: "no".into() };
        store.decide(NORTH, two, refuse, by_user).unwrap();
        store.settle_rescued(NORTH, seven, true, by_user).unwrap();
        store.settle_rescued(NORTH, eight, false, by_user).unwrap();
        store.drop_letter(NORTH, letter, by_user).unwrap();
        store.put_settings(NORTH, b"settings", by_user).unwrap();
    }
    for _ in 0..2 {
        store.revive(NORTH, letter, by_user).unwrap();
    }
    assert!(
        store
            .decide(
                NORTH,
                EntryId::new(PHONE, 3),
                Decision::Refuse { reason: crate::store::Reason(6), words: String::new() },
                by_user
            )
            .is_err()
    );
    let expected = [
        Deed::Released { which: Which::Entry(one) },
        Deed::Declined { which: Which::Entry(two) },
        Deed::Released { which: Which::Rescued(seven) },
        Deed::Declined { which: Which::Rescued(eight) },
        Deed::LetterDropped { letter: letter.get() },
        Deed::SettingsChanged { settings: ContentHash::of(b"settings") },
        Deed::LetterRevived { letter: letter.get() },
    ];
    assert_eq!(acts(store, NORTH)[before..], expected.map(|deed| Act { by: by_user.by, deed }));
}

/// What fails leaves no record of a deed.
pub fn what_was_not_done_is_not_written_down(store: &dyn Store) {
    settle_with_phone(store, NORTH);
    let before = deeds(store, NORTH);
    let nobody = walkbook_model::UserId::from_bytes([99; 16]);
    let invitation = Invitation { digest: ContentHash::of(b"code"), user: nobody, expires_at: at(100) };
    assert!(store.invite(NORTH, &invitation, by_operator(1)).is_err());
    assert!(store.redeem_invitation(NORTH, invitation.digest, &enrolment(PHONE), at(1)).is_err());
    assert!(store.merge(NORTH, first(vec![knock(2, at_door(1), "a gap")]), at(1)).is_err());
    assert_eq!(deeds(store, NORTH), before);
}

/// One record a run, however many there are in it.
pub fn refused_writes_are_written_down_with_the_run_that_brought_them(store: &dyn Store) {
    settle_with_phone(store, NORTH);
    let refused = |seq, reason| {
        let mut entry = knock(seq, at_door(1), "x");
        entry.verdict = Verdict::Refused(crate::store::Reason(reason));
        entry
    };
    let run = first(vec![refused(1, 2), knock(2, at_door(1), "one"), refused(3, 1), refused(4, 2)]);
    store.merge(NORTH, run.clone(), at(1)).unwrap();
    store.merge(NORTH, run, at(2)).unwrap();
    let [first, last] = [1, 4].map(|seq| EntryId::new(PHONE, seq));
    let expected = Deed::WritesRefused { first, last, reasons: vec![(1, 1), (2, 2)] };
    let refused: Vec<_> =
        deeds(store, NORTH).into_iter().filter(|deed| matches!(deed, Deed::WritesRefused { .. })).collect();
    assert_eq!(refused, [expected], "and a repeated run is none");
}

/// The head moves with every record; a place that was noted once stays in it.
pub fn a_log_verifies_from_its_beginning_and_past_any_place_in_it(store: &dyn Store) {
    settle(store, NORTH);
    let early = verify(store, NORTH, None).unwrap().unwrap().head;
    assert_eq!(early.number, 2);
    for seconds in 1..=3 {
        let looked = Deed::Looked { what: LookedAt::Doors, document: Some("list_x".into()) };
        store.note(NORTH, looked, by_operator(seconds)).unwrap();
    }
    let audited = verify(store, NORTH, Some(early)).unwrap().unwrap();
    assert_eq!((audited.head.number, audited.erased), (5, 0));
    let other = Head { number: 2, link: audited.head.link };
    assert!(verify(store, NORTH, Some(other)).unwrap().is_err());
    let later = Head { number: 6, ..audited.head };
    assert!(verify(store, NORTH, Some(later)).unwrap().is_err());
}

/// Pages are cut anywhere.
pub fn the_log_is_read_page_by_page(store: &dyn Store) {
    settle(store, NORTH);
    for seconds in 1..=5 {
        store.note(NORTH, Deed::Exported { what: LookedAt::Board }, by_operator(seconds)).unwrap();
    }
    let whole = store.audit(NORTH, 0, 1_000).unwrap();
    for after in 0..whole.len() {
        let page = store.audit(NORTH, after as u64, 2).unwrap();
        assert_eq!(page, whole[after..whole.len().min(after + 2)]);
    }
}

/// Nobody writes into, or reads, what is another tenant's.
pub fn every_tenant_has_a_log_of_its_own(store: &dyn Store) {
    for tenant in [NORTH, SOUTH] {
        settle(store, tenant);
    }
    store.note(NORTH, Deed::Exported { what: LookedAt::Board }, by_operator(1)).unwrap();
    assert_eq!([NORTH, SOUTH].map(|tenant| deeds(store, tenant).len()), [3, 2]);
    for tenant in [NORTH, SOUTH] {
        assert!(verify(store, tenant, None).unwrap().is_ok());
    }
    let unknown = TenantId::from_bytes([77; 16]);
    assert!(store.note(unknown, Deed::TenantMade, by_operator(1)).is_err());
    assert!(matches!(store.audit(unknown, 0, 10), Err(Error::Unknown { .. })));
}

/// The log goes with the tenant's key, and still shows that nothing was taken out.
pub fn an_erased_tenants_log_says_nothing_and_is_whole(store: &dyn Store) {
    settle(store, NORTH);
    store.destroy_tenant_key(NORTH, at(2)).unwrap();
    let audited = verify(store, NORTH, None).unwrap().unwrap();
    assert_eq!((audited.head.number, audited.erased), (3, 3));
    assert!(store.audit(NORTH, 0, 10).unwrap().iter().all(|record| record.act == Held::Erased));
    assert!(matches!(store.note(NORTH, Deed::TenantMade, by_operator(3)), Err(Error::KeyDestroyed)));
}

/// Records are numbered in the order in which they are there to be read.
pub fn many_who_write_at_once_make_one_chain(store: &dyn Store) {
    settle(store, NORTH);
    std::thread::scope(|scope| {
        for writer in 0..8 {
            scope.spawn(move || {
                for _ in 0..10 {
                    store.note(NORTH, Deed::Exported { what: LookedAt::Board }, by_operator(writer)).unwrap();
                    assert!(verify(store, NORTH, None).unwrap().is_ok(), "also while others write");
                }
            });
        }
    });
    assert_eq!(verify(store, NORTH, None).unwrap().unwrap().head.number, 82);
}
