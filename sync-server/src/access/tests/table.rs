//! Every role, every action that an entry can be, at every distance: the server takes what the table says, and nothing else.

use super::teams::{Teams, put_teams};
use super::*;
use crate::engine::Refused;
use crate::engine::tests::world::{SOUTH, door};
use walkbook_ledger::{
    Correction, DoorChange, DoorEdit, ListChange, ListEdit, ScriptChange, ScriptEdit, ScriptState, Subject,
    door_added_by, question_added_by, script_started_by,
};
use walkbook_model::{Action, Address, Question, QuestionKind, Role, Timestamp, Whose};

const BOSS: UserId = UserId::from_bytes([15; 16]);
const ME: UserId = UserId::from_bytes([16; 16]);

/// A door, its list, a colleague, and what the boss has written there.
struct Place {
    list: WalkListId,
    door: walkbook_model::DoorId,
    user: UserId,
    knock: EntryId,
    no: EntryId,
    draft: ScriptState,
}

/// A draft that can be published, as its writer sees it.
fn start_draft(phone: &mut Phone) -> ScriptState {
    let [first, second] = [1, 2].map(|place| EntryId::new(phone.device, phone.last_seq() + place));
    let script = script_started_by(first);
    let (key, kind) = (question_added_by(second), QuestionKind::YesNo);
    let question = Question { key, name: "sign".into(), text: "A sign?".into(), kind, when: None };
    let changes = [
        (Vec::new(), ScriptChange::SetTitle("Spring".into())),
        (vec![first], ScriptChange::AddQuestion { question, behind: None }),
    ];
    for (on, change) in changes {
        phone.write(Subject::Script(script), Payload::Script(ScriptEdit { on, change }), at(1));
    }
    phone.book.draft(script)
}

/// Publishes, or changes, a draft.
fn on_draft(me: &mut Phone, draft: &ScriptState, change: ScriptChange, now: Timestamp) -> EntryId {
    let edit = ScriptEdit { on: draft.tips.clone(), change };
    me.write(Subject::Script(draft.draft.script.id), Payload::Script(edit), now)
}

/// My own door, my team's, another team's, and another tenant's.
fn places(world: &World) -> [Place; 4] {
    let Teams { mine, theirs, .. } = put_teams(world, ME);
    let place = |tenant, list, number, user, assigned: &[UserId]| {
        world.put_list(tenant, list, [number], assigned);
        world.set_role(tenant, BOSS, Role::Owner);
        let mut boss = world.phone(tenant, BOSS);
        let knock = boss.knock(list, door(number), at(1));
        let no = boss.write_at(door(number), no(SuppressionReason::Objection), at(1));
        let draft = start_draft(&mut boss);
        boss.sync(world, at(2)).unwrap();
        Place { list, door: door(number), user, knock, no, draft }
    };
    let list = |number| WalkListId::from_bytes([number; 16]);
    let stranger = UserId::from_bytes([90; 16]);
    world.set_role(SOUTH, stranger, Role::Canvasser);
    let places = [
        place(NORTH, list(71), 51, ME, &[ME]),
        place(NORTH, list(72), 52, AINO, &[AINO]),
        place(NORTH, list(73), 53, BERTA, &[BERTA]),
        place(SOUTH, list(74), 54, stranger, &[]),
    ];
    for (place, team) in places.iter().zip([mine, mine, theirs]) {
        crate::store::Teams::give_list(&*world.store, NORTH, place.list, Some(team), by_operator(0)).unwrap();
    }
    places
}

/// Tries it; nothing where there is no such thing to try.
fn attempt(me: &mut Phone, own: &Place, action: Action, whose: Whose, place: &Place) -> Option<EntryId> {
    let now = at(10);
    let at_tenant = matches!(whose, Whose::Tenant | Whose::OtherTenant);
    Some(match action {
        Action::Knock => me.knock(place.list, place.door, now),
        Action::RecordForOthers if whose != Whose::Own => {
            let for_other = Interaction { knocked_by: Some(place.user), ..not_home(own.list) };
            me.write_at(own.door, Payload::Interaction(for_other), now)
        }
        Action::CorrectOthers => {
            me.write_at(place.door, Payload::Correction(Correction { replaces: place.knock, with: None }), now)
        }
        Action::LiftNo => me.write_at(place.door, lift(place.no), now),
        Action::PlaceFoundDoor => {
            let found = door_added_by(EntryId::new(me.device, me.last_seq() + 1));
            let address = Address { street: "Back Lane".into(), number: "1".into(), ..Address::default() };
            let added = DoorEdit { on: Vec::new(), change: DoorChange::SetAddress(address) };
            me.write_at(found, Payload::Door(added), now);
            me.edit_list(place.list, ListChange::Place { door: found, behind: None }, now)
        }
        Action::ChangeList => me.edit_list(place.list, ListChange::Rename("mine".into()), now),
        Action::HandOutList => me.edit_list(place.list, ListChange::Assign(vec![ME]), now),
        Action::WriteDraft if at_tenant => on_draft(me, &place.draft, ScriptChange::SetTitle("Spring".into()), now),
        Action::PublishScript if at_tenant => on_draft(me, &place.draft, place.draft.publishing().unwrap(), now),
        // What is not done by entries.
        _ => return None,
    })
}

#[test]
fn the_server_takes_what_the_table_says_and_nothing_else() {
    let mut tried = 0;
    for role in Role::ALL {
        let world = World::new();
        world.set_role(NORTH, ME, Role::Canvasser);
        let places = places(&world);
        world.set_role(NORTH, ME, role);
        for action in Action::ALL {
            // Each with a phone of its own: nothing rests on what was tried before.
            let mut me = world.phone(NORTH, ME);
            let ids: Vec<_> = Whose::ALL
                .into_iter()
                .zip(&places)
                .filter_map(|(whose, place)| Some((whose, attempt(&mut me, &places[0], *action, whose, place)?)))
                .collect();
            let let_in = match me.sync(&world, at(11)) {
                Ok(()) => true,
                Err(Refused::ShutOut) => false,
                Err(other) => panic!("{role} {action:?}: {other}"),
            };
            for (whose, id) in ids {
                let taken = let_in && me.became(id) == Became::Accepted;
                assert_eq!(taken, role.may(*action, whose), "{role} {action:?} {whose:?}");
                tried += 1;
            }
        }
    }
    assert_eq!(tried, 7 * (6 * 4 + 3 + 2 + 2));
}

#[test]
fn nobody_hands_a_list_to_another_team_unless_both_are_within_reach() {
    for (role, taken) in [(Role::TeamLead, false), (Role::Organiser, false), (Role::Manager, true), (Role::Owner, true)]
    {
        let world = World::new();
        world.set_role(NORTH, ME, role);
        let places = places(&world);
        let mut me = world.phone(NORTH, ME);
        let ids = [AINO, BERTA].map(|user| me.edit_list(places[0].list, ListChange::Assign(vec![user]), at(10)));
        let stranger = me.edit_list(places[0].list, ListChange::Assign(vec![places[3].user]), at(10));
        me.sync(&world, at(11)).unwrap();
        let became = if taken { Became::Accepted } else { NOT_YOURS };
        assert_eq!(ids.map(|id| me.became(id)), [Became::Accepted, became], "{role}");
        assert_eq!(me.became(stranger), NOT_YOURS, "{role}");
    }
}

#[test]
fn nobody_gets_hold_of_another_teams_door_by_putting_it_onto_an_own_list() {
    let world = World::new();
    world.set_role(NORTH, ME, Role::TeamLead);
    let places = places(&world);
    let mut me = world.phone(NORTH, ME);
    let ids = [1, 2, 3].map(|place: usize| {
        let change = ListChange::Place { door: places[place].door, behind: None };
        me.write(Subject::List(places[0].list), Payload::List(ListEdit { on: Vec::new(), change }), at(10))
    });
    me.sync(&world, at(11)).unwrap();
    assert_eq!(ids.map(|id| me.became(id)), [Became::Accepted, NOT_YOURS, NOT_YOURS]);
}
