//! Lists are cut, handed out and worked by several at once.

use super::world::*;
use crate::reading;
use walkbook_ledger::Subject;
use walkbook_model::{Outcome, Role};

#[test]
fn a_list_that_is_handed_out_can_be_worked() {
    let world = World::new();
    let tenant = world.tenant("North");
    let mut aino = world.phone(tenant, "Aino", Role::Canvasser);
    let list = world.one_list(tenant, 5, &[aino.user()]);
    let script = world.script(tenant);
    aino.knock(door_id(2), knocked(list, Outcome::NotHome), at(10));
    aino.knock(door_id(1), answered(list, script, 1), at(11));
    aino.sync_well(world.store(), at(12));
    let entries = reading::entries_of(world.store(), tenant, Subject::Door(door_id(1))).unwrap();
    assert_eq!(entries.len(), 1);
}
