//! Somebody who knows no more than their e-mail address: a phone asks a server where to go.

use crate::world::World;
use tokio::runtime::Runtime;
use walkbook_core::{Error, Region, SyncFailed, Walkbook};
use walkbook_model::Timestamp;
use walkbook_server::tls::Authority;

#[test]
fn a_phone_that_knows_an_address_is_told_where_to_go_whoever_has_it() {
    let mut world = World::start(24);
    let url = world.url();
    let authority = Authority::read(&world.office.folder().join("tls")).unwrap().certificate().to_vec();
    let folder = world.phone_folder("aino");
    std::fs::create_dir(&folder).unwrap();
    let phone = Walkbook::open_with_key(&folder, &[7; 32], [3; 16], Timestamp::from_ms(1_795_000_000_000)).unwrap();
    let (phone, runtime) = (std::sync::Arc::new(phone), Runtime::new().unwrap());
    let ask = |email: &str| runtime.block_on(phone.find_regions(&url, Some(&authority), email));

    assert_eq!(ask("aino@example.org").unwrap(), [], "there is no directory yet");
    assert!(world.stop_server().success());
    world.office.run(&["region", "key"]);
    world.office.run(&["user", "add", "Aino", "--email", "aino@example.org", "--tenant", &world.tenant]);
    world.serve();
    let here = [Region { name: "eu-west-1".into(), server: url.clone() }];
    for email in ["aino@example.org", " Aino@Example.ORG ", "nobody@example.org"] {
        assert_eq!(ask(email).unwrap(), here, "{email}");
    }
    for no_address in ["", "aino", "aino@", "@example.org"] {
        assert!(matches!(ask(no_address), Err(SyncFailed::Phone(Error::Invalid(_)))), "{no_address}");
    }
    let logs = world.office.logs();
    assert!(!logs.to_lowercase().contains("aino") && !logs.contains("nobody@"), "an address is in the log");
}
