//! Evidence for knocks: what a lead sees of it, and what of it is doubtful.

use super::world::*;
use crate::office::{EvidenceCount, KnockEvidence, evidence};
use walkbook_ledger::{Correction, Payload, Subject};
use walkbook_model::{Distance, Evidence, Interaction, Outcome, Role, UserId, WalkListId};

fn seen(list: WalkListId, distance: Distance, mocked: bool) -> Interaction {
    Interaction { evidence: Some(Evidence { distance, mocked, position: None }), ..knocked(list, Outcome::NotHome) }
}

fn count(knocks: &[KnockEvidence], user: UserId) -> EvidenceCount {
    let mut count = EvidenceCount::default();
    knocks.iter().filter(|knock| knock.user == Some(user)).for_each(|knock| count.count(knock));
    count
}

#[test]
fn a_lead_sees_how_near_the_doors_each_persons_knocks_were() {
    let world = World::new();
    let tenant = world.tenant("North");
    let mut aino = world.phone(tenant, "Aino", Role::Canvasser);
    let mut cilla = world.phone(tenant, "Cilla", Role::TeamLead);
    let list = world.one_list(tenant, 6, &[aino.user()]);
    aino.knock(door_id(1), seen(list, Distance::Near, false), at(10));
    aino.knock(door_id(2), seen(list, Distance::Middling, true), at(200));
    aino.knock(door_id(3), seen(list, Distance::NoFix, false), at(400));
    aino.knock(door_id(4), knocked(list, Outcome::NotHome), at(600));
    let undone = aino.knock(door_id(5), seen(list, Distance::Far, false), at(800));
    aino.write(Subject::Door(door_id(5)), &Payload::Correction(Correction { replaces: undone, with: None }), at(900));
    aino.sync_well(world.store(), at(1_000));
    // Written on paper, and typed in by the lead at home.
    let paper = Interaction { knocked_by: Some(aino.user()), ..seen(list, Distance::Far, false) };
    cilla.knock(door_id(6), paper, at(1_100));
    cilla.sync_well(world.store(), at(1_200));
    let knocks = evidence(world.store(), tenant, &[list, list]).unwrap();
    let wanted = EvidenceCount { knocks: 5, near: 1, middling: 1, far: 1, no_fix: 2, mocked: 1, impossible: 0 };
    assert_eq!((count(&knocks, aino.user()), count(&knocks, cilla.user())), (wanted, EvidenceCount::default()));
    let doubtful: Vec<_> = knocks.iter().filter(|knock| knock.is_doubtful()).map(|knock| knock.door).collect();
    assert_eq!(doubtful, [door_id(2), door_id(6)]);
}

#[test]
fn nobody_is_at_two_far_doors_at_once_and_another_phone_says_nothing_of_it() {
    let world = World::new();
    let tenant = world.tenant("North");
    let mut aino = world.phone(tenant, "Aino", Role::Canvasser);
    let mut bela = world.phone(tenant, "Bela", Role::Canvasser);
    let list = world.one_list(tenant, 9, &[aino.user(), bela.user()]);
    // 440 m apart.
    let (near, far) = (door_id(1), door_id(9));
    aino.knock(near, seen(list, Distance::Near, false), at(10));
    bela.knock(far, seen(list, Distance::Near, false), at(11));
    // What does not say where it was does not hide the next one.
    aino.knock(far, seen(list, Distance::NoFix, false), at(12));
    aino.knock(far, seen(list, Distance::Near, false), at(13));
    aino.knock(near, seen(list, Distance::Near, false), at(4_000));
    aino.sync_well(world.store(), at(5_000));
    bela.sync_well(world.store(), at(5_000));
    let knocks = evidence(world.store(), tenant, &[list]).unwrap();
    let impossible: Vec<_> =
        knocks.iter().filter(|knock| knock.is_impossible).map(|knock| (knock.door, knock.at)).collect();
    assert_eq!(impossible, [(far, at(13))]);
    assert_eq!((count(&knocks, aino.user()).impossible, count(&knocks, bela.user()).impossible), (1, 0));
}
