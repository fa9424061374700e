//! People are let in.

use super::world::*;
use crate::engine::{Exchange, InvitationRefused, Refused};
use crate::office::{Error, add_tenant, add_user, invite};
use std::time::Duration;
use walkbook_model::{Invalid, Role, TenantId, Timestamp, UserId};
use walkbook_sync::{EnrolRequest, Enrolled};
use walkbook_vault::{InvitationCode, SoftwareSigner};

const DAY: Duration = Duration::from_secs(86_400);

fn let_in(world: &World, tenant: TenantId, user: UserId, lasts: Duration) -> InvitationCode {
    invite(world.store(), &*world.random, tenant, user, lasts, by_operator(0)).unwrap()
}

fn redeem(
    world: &World,
    tenant: TenantId,
    code: &InvitationCode,
    phone: &SoftwareSigner,
    now: Timestamp,
) -> Result<Enrolled, Refused> {
    let request = EnrolRequest::new(tenant, *code.expose(), phone).unwrap();
    world.engine.enrol(tenant, &request.to_bytes(), now).map(|bytes| Enrolled::from_bytes(&bytes).unwrap())
}

#[test]
fn an_invitation_lets_one_phone_in_until_its_time_has_passed() {
    let world = World::new();
    let tenant = world.tenant("North");
    let aino = world.user(tenant, "Aino", Role::Canvasser);
    let (early, late) = (let_in(&world, tenant, aino, DAY), let_in(&world, tenant, aino, DAY));
    let (phone, other) = (new_signer(), new_signer());
    let last = at(86_400).shifted_ms(-1);
    let enrolled = redeem(&world, tenant, &early, &phone, last).unwrap();
    assert_eq!((enrolled.user, enrolled.role), (aino, Role::Canvasser));
    let refused = redeem(&world, tenant, &late, &other, at(86_400)).unwrap_err();
    assert!(matches!(refused, Refused::Invitation(InvitationRefused::Expired)));
    let used = redeem(&world, tenant, &early, &other, last).unwrap_err();
    assert!(matches!(used, Refused::Invitation(InvitationRefused::Used)));
    // A lost answer is asked for again, whatever the time.
    assert_eq!(redeem(&world, tenant, &early, &phone, at(100_000)).unwrap().device, enrolled.device);
}

#[test]
fn an_invitation_may_last_for_ever_or_not_at_all() {
    let world = World::new();
    let tenant = world.tenant("North");
    let aino = world.user(tenant, "Aino", Role::Canvasser);
    let (ever, never) = (let_in(&world, tenant, aino, Duration::MAX), let_in(&world, tenant, aino, Duration::ZERO));
    assert!(redeem(&world, tenant, &ever, &new_signer(), at(1_000_000_000)).is_ok());
    let refused = redeem(&world, tenant, &never, &new_signer(), at(0)).unwrap_err();
    assert!(matches!(refused, Refused::Invitation(InvitationRefused::Expired)));
}

#[test]
fn nobody_is_invited_into_another_tenant() {
    let world = World::new();
    let (north, south) = (world.tenant("North"), world.tenant("South"));
    let aino = world.user(north, "Aino", Role::Canvasser);
    let invited = invite(world.store(), &*world.random, south, aino, DAY, by_operator(0));
    assert!(matches!(invited, Err(Error::Unknown { what: "user" })));
    let code = let_in(&world, north, aino, DAY);
    let refused = redeem(&world, south, &code, &new_signer(), at(1)).unwrap_err();
    assert!(matches!(refused, Refused::Invitation(InvitationRefused::Unknown)));
}

#[test]
fn tenants_and_users_have_names_within_bounds() {
    let world = World::new();
    let tenant = world.tenant("North");
    let long = "x".repeat(257);
    for (name, is_empty) in [("", true), (" \t", true), (&long, false)] {
        let tenant_made = add_tenant(world.store(), &*world.random, name, REGION, at(0)).unwrap_err();
        let user_made =
            add_user(world.store(), &*world.random, tenant, name, Role::Canvasser, by_operator(0)).unwrap_err();
        for refused in [tenant_made, user_made] {
            let Error::Invalid(invalid) = refused else { panic!("{refused:?}") };
            assert_eq!(matches!(invalid, Invalid::Empty { .. }), is_empty);
        }
    }
}
