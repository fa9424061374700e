//! Dana's list is handed out again and again while she is in the cellars, and its base is cut anew meanwhile. What she found
//! there is on the list all the same, for everybody.

#![allow(clippy::unwrap_used, clippy::indexing_slicing)]

mod people;

use people::Stairwell;
use walkbook_model::{Address, DoorId, Role};
use walkbook_server::reading;
use walkbook_town::real::{Phone, now};

fn doors(phone: &Phone, stairwell: &Stairwell) -> Vec<DoorId> {
    phone.walkbook.walk_list(stairwell.list).unwrap().into_iter().map(|row| row.door).collect()
}

#[test]
fn what_was_found_on_an_old_base_is_on_the_new_one_for_everybody() {
    let stairwell = Stairwell::new();
    let [dana, emil] = stairwell.canvassers(["Dana", "Emil"]);
    let number = stairwell.doors.len();
    let address = Address { street: "Cellar Steps".into(), number: "1".into(), ..Address::default() };
    let found = dana.walkbook.add_door(stairwell.list, address, None, Some(stairwell.doors[0]), now()).unwrap();
    let knock = dana.not_home(stairwell.list, found);
    let both = [&dana, &emil].map(|phone| phone.walkbook.identity().unwrap().user);
    for _ in 0..40 {
        let helper = stairwell.town.user_of("a helper", Role::Canvasser);
        stairwell.town.assign(stairwell.list, &[both[0], both[1], helper]);
    }
    let state = || reading::list_state(&*stairwell.town.store, stairwell.town.tenant, stairwell.list).unwrap().unwrap();
    assert!(state().epoch >= 1, "the base was cut anew");
    for phone in [&emil, &dana, &emil] {
        phone.sync(&stairwell.town);
    }
    assert_eq!((dana.at_risk(), state().waiting.len()), (0, 0));
    assert_eq!(state().list.doors[..2], [stairwell.doors[0], found]);
    for phone in [&dana, &emil] {
        assert_eq!(doors(phone, &stairwell), state().list.doors);
        assert_eq!((doors(phone, &stairwell).len(), phone.knocks_at(found)), (number + 1, vec![knock]));
    }
    // And who finds something afterwards builds on the new base.
    let address = Address { street: "Cellar Steps".into(), number: "2".into(), ..Address::default() };
    let second = emil.walkbook.add_door(stairwell.list, address, None, Some(found), now()).unwrap();
    for phone in [&emil, &dana] {
        phone.sync(&stairwell.town);
        assert_eq!(doors(phone, &stairwell)[..3], [stairwell.doors[0], found, second]);
    }
}
