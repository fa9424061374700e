use super::*;
use crate::engine::tests::world::{AINO, NORTH, World};
use crate::store::Accounts;

const fn at(ms: u64) -> Timestamp {
    Timestamp::from_ms(1_000_000_000 + ms)
}

fn from(last: u8) -> Network {
    Network::of([192, 0, 2, last].into())
}

/// A server on a store.
struct Server<'a> {
    delays: Delays,
    store: &'a dyn Store,
}

impl<'a> Server<'a> {
    fn on(world: &'a World) -> Self {
        Self { delays: Delays::default(), store: &*world.store }
    }

    fn tries(&self, user: UserId, from: Network, now: Timestamp) -> Result<Counted<'_>, Refused> {
        self.delays.of_user(self.store, user, Coming { tenant: NORTH, from, now })
    }

    /// Somebody's wrong try from there; how long they are told to wait.
    fn wait(&self, user: UserId, from: Network, now: Timestamp) -> Option<u64> {
        match self.tries(user, from, now) {
            Ok(_) => None,
            Err(Refused::TooMany { after }) => Some(after.as_secs()),
            Err(other) => panic!("{other}"),
        }
    }
}

#[test]
fn each_wrong_try_makes_the_next_wait_longer() {
    let world = World::new();
    let server = Server::on(&world);
    let mut now = 0;
    for told in [None, None, None, Some(1), Some(2), Some(4), Some(8), Some(16)] {
        assert_eq!(server.wait(AINO, from(1), at(now)), told);
        let Some(seconds) = told else { continue };
        now += seconds * 1_000;
        assert_eq!(server.wait(AINO, from(1), at(now - 1)), Some(1), "not before");
        assert_eq!(server.wait(AINO, from(1), at(now)), None);
    }
}

#[test]
fn whoever_gets_it_right_begins_anew() {
    let world = World::new();
    let server = Server::on(&world);
    for _ in 0..10 {
        server.tries(AINO, from(1), at(0)).ok().unwrap();
        server.tries(AINO, from(1), at(0)).ok().unwrap().were_right();
    }
    // What others tried is not forgotten: ten of hers were wrong, and as many more are let through at once.
    let others = (2..20).filter(|place| server.wait(AINO, from(*place), at(0)).is_none());
    assert_eq!(others.count(), 10);
}

#[test]
fn nobody_is_locked_out_by_tries_from_elsewhere() {
    let world = World::new();
    let server = Server::on(&world);
    for place in 1..=200 {
        let _ = server.wait(AINO, from(place), at(u64::from(place) * 10_000));
    }
    let after = at(203 * 10_000);
    assert_eq!(server.wait(AINO, from(250), after), None, "half a minute later she is let try");
    // And another user is not touched at all.
    assert_eq!(server.wait(UserId::from_bytes([3; 16]), from(250), after), None);
}

#[test]
fn many_places_together_try_no_faster_than_the_users_own_wait() {
    let world = World::new();
    let server = Server::on(&world);
    let tried = (0..1_000_u32).filter(|place| {
        let address = Network::of((u32::from_be_bytes([10, 0, 0, 0]) + place).to_be_bytes().into());
        server.wait(AINO, address, at(u64::from(*place) * 60)).is_none()
    });
    // A minute of it: twenty at once, then at growing distances.
    assert!(tried.count() <= 30);
}

#[test]
fn one_place_tries_no_users_without_end() {
    let world = World::new();
    let server = Server::on(&world);
    let tried = (0..200_u8).filter(|user| server.wait(UserId::from_bytes([*user; 16]), from(1), at(0)).is_none());
    assert_eq!(tried.count(), 50);
}

#[test]
fn no_number_of_names_exhausts_the_memory() {
    let delays = Delays::default();
    for number in 0..=REMEMBERED as u32 {
        let address = Network::of((u32::from_be_bytes([10, 0, 0, 0]) + number).to_be_bytes().into());
        delays.of_address(address, at(u64::from(number))).ok().unwrap();
    }
    assert!(delays.lock().len() <= REMEMBERED);
}

#[test]
fn who_has_not_come_for_an_hour_begins_anew() {
    let world = World::new();
    let server = Server::on(&world);
    (0..3).for_each(|_| assert_eq!(server.wait(AINO, from(1), at(0)), None));
    for _ in 0..3 {
        assert_eq!(server.wait(AINO, from(1), at(FORGOTTEN_MS)), None);
    }
}

#[test]
fn what_was_tried_at_one_server_counts_at_the_other_and_after_a_restart() {
    let world = World::new();
    let servers = [Server::on(&world), Server::on(&world)];
    let tried = (0..40_usize).filter(|number| {
        let place = u8::try_from(*number).unwrap();
        servers[number % 2].wait(AINO, from(place), at(0)).is_none()
    });
    assert_eq!(tried.count(), 20);
    drop(servers);
    let world = world.restarted();
    assert_eq!(Server::on(&world).wait(AINO, from(100), at(0)), Some(1));
    assert_eq!(Server::on(&world).wait(AINO, from(100), at(1_000)), None);
}

#[test]
fn a_tenant_that_there_is_not_takes_no_room() {
    let world = World::new();
    let (delays, tenant) = (Delays::default(), TenantId::from_bytes([77; 16]));
    delays.of_user(&*world.store, AINO, Coming { tenant, from: from(1), now: at(0) }).ok().unwrap();
    let everywhere = Whom::User(tenant, AINO).name().to_bytes();
    let slot = u16::from_be_bytes([everywhere[0], everywhere[1]]);
    assert_eq!(world.store.tries(tenant, slot).unwrap(), Tries::default());
}
