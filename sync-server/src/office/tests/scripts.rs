//! Scripts come from files that people write.

use super::world::*;
use crate::office::{Error, publish_script};
use crate::reading;
use crate::store::Documents;
use walkbook_model::{ContentHash, TenantId};

fn publish(world: &World, tenant: TenantId, json: &str) -> Result<ContentHash, Error> {
    publish_script(world.store(), tenant, json.as_bytes())
}

#[test]
fn a_script_published_twice_is_one_version_and_a_changed_one_is_another_of_the_same_script() {
    let world = World::new();
    let tenant = world.tenant("North");
    let first = publish(&world, tenant, script_json()).unwrap();
    assert_eq!(publish(&world, tenant, script_json()).unwrap(), first);
    let second = publish(&world, tenant, &script_json().replace("Whom?", "For whom?")).unwrap();
    let [first, second] = [first, second].map(|hash| reading::script(world.store(), tenant, hash).unwrap().unwrap());
    assert_eq!((first.id, second.questions[0].text.as_str()), (second.id, "For whom?"));
    let other = publish(&world, tenant, &script_json().replace("Kitchen table", "Doorstep")).unwrap();
    assert_ne!(reading::script(world.store(), tenant, other).unwrap().unwrap().id, first.id);
    // A file that names its script stays with it under another title.
    let named = format!("{{ \"id\": \"{}\",{}", first.id, &script_json().replace("Kitchen table", "Renamed")[1..]);
    let named = publish(&world, tenant, &named).unwrap();
    assert_eq!(reading::script(world.store(), tenant, named).unwrap().unwrap().id, first.id);
}

#[test]
fn a_file_that_is_no_script_is_refused_with_the_place_where_it_is_wrong() {
    let world = World::new();
    let tenant = world.tenant("North");
    let cases = [
        ("{\n \"title\": \"Doorstep\",\n \"questions\": [\n}", "line 4 column 1"),
        ("{\n \"title\": \"Doorstep\",\n \"questions\": 5\n}", "line 3 column 15"),
        ("{\n \"questions\": []\n}", "missing field `title` at line 3 column 1"),
        ("{\n \"title\": \"Doorstep\",\n \"qestions\": []\n}", "unknown field `qestions`"),
        ("{\n \"title\": \"Doorstep\",\n \"id\": \"list_5\",\n \"questions\": []\n}", "line 3 column"),
        (&script_json().replace("\"yes_no\"", "\"maybe\""), "unknown variant `maybe`"),
        (&script_json().replace("\"yes_no\"", "\"maybe\""), "line 7 column"),
        ("", "line 1 column 0"),
    ];
    for (json, place) in cases {
        let refused = publish(&world, tenant, json).unwrap_err();
        assert!(matches!(refused, Error::Script(_)) && refused.to_string().contains(place), "{refused}");
    }
}

#[test]
fn a_script_beyond_its_bounds_is_refused_with_what_is_wrong() {
    let world = World::new();
    let tenant = world.tenant("North");
    let twice = script_json().replace("\"key\": 2", "\"key\": 1");
    let later = script_json().replace("\"kind\": \"yes_no\"", "\"kind\": \"yes_no\", \"when\": { \"answered\": 6 }");
    let deep = format!("{{ \"title\": {}{} }}", "[".repeat(100_000), "]".repeat(100_000));
    assert!(matches!(publish(&world, tenant, &twice), Err(Error::Invalid(_))));
    assert!(matches!(publish(&world, tenant, &later), Err(Error::Invalid(_))));
    assert!(matches!(publish(&world, tenant, &deep), Err(Error::Script(_))));
    assert!(matches!(publish(&world, tenant, &" ".repeat(5_000_000)), Err(Error::Invalid(_))));
    assert_eq!(world.store.script(tenant, ContentHash::of(twice.as_bytes())).unwrap(), None);
}
