//! Several servers on one PostgreSQL: phones meet whichever they meet.

use crate::killed_servers::{come_home, hold, team};
use crate::world::{Draw, World};
use std::thread;
use walkbook_cluster::Cluster;
use walkbook_e2e::protocol::{Order, Report};

const KILLS: u64 = 8;

/// Two servers; phones are led to one and the other in turn, and the one they are at is killed amid their exchanges.
#[test]
fn phones_that_meet_any_of_two_servers_lose_nothing_when_one_is_killed() {
    let mut draw = Draw::from_seed("two servers, killed 8 times");
    let mut world = World::start_in(&Cluster::shared().database(), 24);
    let other = world.second_server();
    let mut phones = team(&world, &["Aino", "Bilal", "Chiara"]);
    for kill in 0..KILLS {
        for phone in &mut phones {
            phone.work(1 + draw.below(6)).unwrap();
        }
        let usual = phones.iter().map(|phone| phone.exchanges_within).max().unwrap();
        for phone in &mut phones {
            phone.begin(&Order::Sync);
        }
        thread::sleep(draw.within(usual * 2));
        world.kill_server();
        for phone in &mut phones {
            match phone.hear() {
                Some(Report::Synced { at_risk: 0 } | Report::Failed { .. }) => {}
                other => panic!("exchanging with a server that dies: {other:?}"),
            }
        }
        // At once the phones meet the one that lives, and find there what they brought to the other.
        world.lead_to(&other);
        for phone in &mut phones {
            // A connection that the dead one held may break only now: whoever is told so tries again.
            let cut_off = Err("the server cannot be reached".to_owned());
            let came = Some(phone.sync()).filter(|came| *came != cut_off).unwrap_or_else(|| phone.sync());
            assert_eq!(came, Ok(0), "after kill {kill}");
        }
        let told: u64 = phones.iter_mut().map(|phone| phone.status().1).sum();
        assert!(world.entries() >= told, "what one server told is not there for the other");
        world.serve();
    }
    come_home(&mut phones);
    drop(other);
    // The one that is left brings what still waits to the tables that both have.
    hold(&world, &mut phones);
}
