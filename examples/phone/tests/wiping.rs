//! A phone is given back.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing, missing_docs)]

use std::os::unix::fs::PermissionsExt;
use std::path::Path;
use walkbook_core::Identity;
use walkbook_model::{DeviceId, Role, TenantId, UserId};
use walkbook_phone::{App, Effect, Event, Key, now};

fn press(app: &mut App, keys: &str) -> Vec<Effect> {
    keys.chars().flat_map(|letter| app.update(Event::Key(Key::Char(letter)), now())).collect()
}

/// The app over a phone in this folder that is a device.
fn enrolled(folder: &Path) -> App {
    let app = App::open(folder.to_owned(), "", now()).unwrap();
    let identity = Identity {
        device: DeviceId::from_bytes([1; 16]),
        user: UserId::from_bytes([2; 16]),
        role: Role::Canvasser,
        tenant: TenantId::from_bytes([3; 16]),
        clock_offset_ms: 0,
        server: None,
        authority: None,
    };
    app.phone().unwrap().enrolled_as(identity).unwrap();
    drop(app);
    App::open(folder.to_owned(), "", now()).unwrap()
}

#[test]
fn the_key_lies_beside_the_folder_for_its_owner_alone_and_a_wipe_takes_it_along() {
    let desk = tempfile::tempdir().unwrap();
    let folder = desk.path().join("phone");
    let mut app = enrolled(&folder);
    let key = app.key_file().unwrap().to_owned();
    assert_eq!(std::fs::metadata(&key).unwrap().permissions().mode() & 0o777, 0o600);
    let before = std::fs::read(&key).unwrap();
    assert!(press(&mut app, "RWn").is_empty());
    assert_eq!(std::fs::read(&key).unwrap(), before, "it was wiped without a yes");
    press(&mut app, "r");
    assert!(desk.path().join("phone.rescue-1").exists());
    press(&mut app, "Wy");
    assert_ne!(std::fs::read(&key).unwrap(), before, "the new phone has the old one's key");
    assert!(app.phone().unwrap().identity().is_none());
}

#[test]
fn a_phone_that_cannot_go_on_begins_anew_in_its_folder() {
    let desk = tempfile::tempdir().unwrap();
    let folder = desk.path().join("phone");
    let mut app = enrolled(&folder);
    press(&mut app, "RAn");
    assert!(app.phone().unwrap().identity().is_some(), "it began anew without a yes");
    press(&mut app, "Ay");
    assert!(app.phone().unwrap().identity().is_none());
    assert!(folder.join("log.former-1.db").exists());
}

#[test]
fn a_phone_whose_key_is_gone_is_moved_aside_and_given_up_with_a_yes() {
    let desk = tempfile::tempdir().unwrap();
    let folder = desk.path().join("phone");
    let key = enrolled(&folder).key_file().unwrap().to_owned();
    assert_eq!(App::begin_without_key(&folder), Err(walkbook_core::Error::KeyIsThere));
    std::fs::remove_file(key).unwrap();
    assert!(App::open(folder.clone(), "", now()).is_err());
    App::begin_without_key(&folder).unwrap();
    let mut app = enrolled(&folder);
    press(&mut app, "RWy");
    assert!(app.phone().unwrap().identity().is_some(), "it was wiped with what nobody can read");
    press(&mut app, "Gn");
    assert!(folder.join("log.unreadable-1.db").exists());
    press(&mut app, "GyWy");
    assert!(app.phone().unwrap().identity().is_none() && !folder.join("log.unreadable-1.db").exists());
}

#[test]
fn a_link_that_is_none_is_said_and_can_be_pasted_again() {
    let desk = tempfile::tempdir().unwrap();
    let mut app = App::open(desk.path().join("phone"), "", now()).unwrap();
    app.update(Event::Pasted("walkbook://nowhere\n".into()), now());
    let effects = app.update(Event::Key(Key::Enter), now());
    assert!(matches!(effects.as_slice(), [Effect::Enrol(link)] if link == "walkbook://nowhere"));
}
