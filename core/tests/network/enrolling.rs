//! An invitation is redeemed.

use super::world::{Open, Phone, Server, TENANT, enrolled, exchanged, ok, problem, right_clock, system_time, wait};
use walkbook_core::{Error, KeyStore, KeyStoreRefused, SyncFailed, Walkbook};
use walkbook_sync::EnrolRequest;

#[test]
fn a_phone_enrols_and_is_the_same_device_after_a_restart() {
    let (server, phone) = (Server::start(), Phone::new());
    server.reply(|_| enrolled());
    let identity = wait(phone.walkbook.enrol(&server.link(), right_clock())).unwrap();
    let asked = &server.asked()[0];
    assert_eq!(asked.path, format!("/v1/tenants/{TENANT}/enrol"));
    assert!(EnrolRequest::from_bytes(&asked.body).unwrap().proven_key().is_ok());
    let folder = phone.folder;
    drop(phone.walkbook);
    let again = Walkbook::open(folder.path(), &Open, None, system_time()).unwrap();
    assert_eq!(again.identity(), Some(identity));
}

#[test]
fn an_enrolment_whose_answer_was_lost_is_repeated_with_the_same_key() {
    let (server, phone) = (Server::start(), Phone::new());
    server.reply(|_| ok(axum::body::Body::empty()));
    let lost = wait(phone.walkbook.enrol(&server.link(), right_clock()));
    assert_eq!(lost.unwrap_err(), SyncFailed::NotUnderstood);
    assert_eq!(phone.walkbook.identity(), None);
    server.reply(|_| enrolled());
    wait(phone.walkbook.enrol(&server.link(), right_clock())).unwrap();
    let keys: Vec<_> = server
        .asked()
        .iter()
        .map(|asked| *EnrolRequest::from_bytes(&asked.body).unwrap().proven_key().unwrap().as_bytes())
        .collect();
    assert_eq!(keys[0], keys[1]);
}

#[test]
fn what_is_wrong_with_an_invitation_is_told() {
    let (server, phone) = (Server::start(), Phone::new());
    for (code, wanted) in [
        ("invitation-unknown", SyncFailed::InvitationUnknown),
        ("invitation-expired", SyncFailed::InvitationExpired),
        ("invitation-used", SyncFailed::InvitationUsed),
    ] {
        server.reply(move |_| problem(403, code, ""));
        assert_eq!(wait(phone.walkbook.enrol(&server.link(), right_clock())).unwrap_err(), wanted);
    }
    let half = &server.link()[..60];
    assert!(matches!(wait(phone.walkbook.enrol(half, right_clock())), Err(SyncFailed::Link(_))));
}

#[test]
fn a_phone_that_is_not_enrolled_does_not_exchange() {
    let phone = Phone::new();
    assert_eq!(phone.sync().unwrap_err(), SyncFailed::Phone(Error::NotEnrolled));
}

#[test]
fn the_databases_key_is_never_in_clear_and_a_folder_without_it_is_left_alone() {
    /// Turns every bit.
    struct Turning;
    impl KeyStore for Turning {
        fn wrap(&self, key: Vec<u8>) -> Result<Vec<u8>, KeyStoreRefused> {
            Ok(key.into_iter().map(|byte| !byte).collect())
        }

        fn unwrap(&self, wrapped: Vec<u8>) -> Result<Vec<u8>, KeyStoreRefused> {
            self.wrap(wrapped)
        }
    }
    /// A phone that is locked.
    struct Locked;
    impl KeyStore for Locked {
        fn wrap(&self, _: Vec<u8>) -> Result<Vec<u8>, KeyStoreRefused> {
            Err(KeyStoreRefused::Locked)
        }

        fn unwrap(&self, _: Vec<u8>) -> Result<Vec<u8>, KeyStoreRefused> {
            Err(KeyStoreRefused::Locked)
        }
    }
    let folder = tempfile::tempdir().unwrap();
    let open = |key_store: &dyn KeyStore| Walkbook::open(folder.path(), key_store, None, system_time()).map(drop);
    assert_eq!(open(&Locked), Err(Error::KeyStore(KeyStoreRefused::Locked)));
    assert_eq!(open(&Turning), Ok(()));
    assert_eq!(open(&Turning), Ok(()));
    assert_eq!(open(&Locked), Err(Error::KeyStore(KeyStoreRefused::Locked)));
    // Another key store unwraps to another key.
    assert_eq!(open(&Open), Err(Error::Store(walkbook_core::store::Error::WrongKey)));
    let key = folder.path().join("key.wrapped");
    std::fs::write(&key, "half").unwrap();
    assert_eq!(open(&Turning), Err(Error::KeyDamaged));
    std::fs::remove_file(&key).unwrap();
    assert_eq!(open(&Turning), Err(Error::KeyGone));
}

#[test]
fn a_second_answer_does_not_make_the_phone_another_device() {
    let server = Server::start();
    let phone = Phone::of(&server);
    let known = phone.walkbook.identity().unwrap();
    server.reply(|_| {
        let other = walkbook_sync::Enrolled {
            device: walkbook_model::DeviceId::from_bytes([66; 16]),
            user: walkbook_model::UserId::from_bytes([8; 16]),
            role: walkbook_model::Role::Canvasser,
            now: system_time(),
        };
        ok(other.to_bytes())
    });
    let refused = wait(phone.walkbook.enrol(&server.link(), right_clock())).unwrap_err();
    assert_eq!(refused, SyncFailed::Phone(Error::AlreadyEnrolled));
    assert_eq!(phone.walkbook.identity().unwrap(), known);
    server.reply(|_| ok(exchanged(0, Vec::new(), false)));
    phone.sync().unwrap();
}

#[test]
fn a_wiped_phone_begins_anew_with_another_key() {
    let server = Server::start();
    let phone = Phone::of(&server);
    phone.knock();
    let Phone { walkbook, folder } = phone;
    drop(walkbook);
    let key = || std::fs::read(folder.path().join("key.wrapped")).unwrap();
    let before = key();
    assert_eq!(Walkbook::wipe(folder.path(), &Open), Err(Error::AtRisk { entries: 1 }));
    let walkbook = std::sync::Arc::new(Walkbook::open(folder.path(), &Open, None, system_time()).unwrap());
    server.reply(|_| ok(exchanged(1, Vec::new(), false)));
    wait(walkbook.sync(walkbook_core::SyncOptions::default(), right_clock())).unwrap();
    drop(walkbook);
    assert!(Walkbook::wipe(folder.path(), &Open).unwrap().files.contains(&"key.wrapped".to_owned()));
    let walkbook = Walkbook::open(folder.path(), &Open, None, system_time()).unwrap();
    assert_eq!((walkbook.identity(), walkbook.lists().unwrap().len()), (None, 0));
    assert_ne!(key(), before);
}
