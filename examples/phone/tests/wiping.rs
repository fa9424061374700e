//! A phone is given back.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing, missing_docs)]

use std::os::unix::fs::PermissionsExt;
use walkbook_core::Identity;
use walkbook_model::{DeviceId, Role, TenantId, UserId};
use walkbook_phone::{App, Effect, Event, Key, now};

fn press(app: &mut App, keys: &str) -> Vec<Effect> {
    keys.chars().flat_map(|letter| app.update(Event::Key(Key::Char(letter)), now())).collect()
}

#[test]
fn the_key_lies_beside_the_folder_for_its_owner_alone_and_a_wipe_takes_it_along() {
    let desk = tempfile::tempdir().unwrap();
    let folder = desk.path().join("phone");
    let app = App::open(folder.clone(), "", now()).unwrap();
    let key = app.key_file().unwrap().to_owned();
    assert_eq!(std::fs::metadata(&key).unwrap().permissions().mode() & 0o777, 0o600);
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

    let mut app = App::open(folder.clone(), "", now()).unwrap();
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
fn a_link_that_is_none_is_said_and_can_be_pasted_again() {
    let desk = tempfile::tempdir().unwrap();
    let mut app = App::open(desk.path().join("phone"), "", now()).unwrap();
    app.update(Event::Pasted("walkbook://nowhere\n".into()), now());
    let effects = app.update(Event::Key(Key::Enter), now());
    assert!(matches!(effects.as_slice(), [Effect::Enrol(link)] if link == "walkbook://nowhere"));
}
