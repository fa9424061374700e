//! The board as the tables tell it is the board as the office tells it, whatever happened in the town.

use super::{InFolder, new_tables};
use crate::backend::conformance::world::Field;
use crate::backend::publish_bases;
use crate::office::tests::world::{answered, at, contact_id, door_id, knocked};
use crate::{clock, office, reading};
use proptest::prelude::*;
use walkbook_ledger::{Correction, DoorChange, ListChange, Payload, Standing, Subject};
use walkbook_model::{Day, EntryId, Interaction, Lift, Outcome, Suppression, SuppressionReason, Target};

const DOORS: u8 = 3;

/// Something that happens at a door.
#[derive(Debug, Clone)]
enum Event {
    Knock(Outcome, Option<u8>),
    Answers,
    Replace(u8, Option<Outcome>),
    Suppress(Option<u8>, Until),
    Lift(u8),
    Stand(u8, Standing),
    NewPerson,
    Drop,
    Place,
}

#[derive(Debug, Clone, Copy)]
enum Until {
    Ever,
    Yesterday,
    Today,
    Tomorrow,
}

fn event() -> impl Strategy<Value = (u8, Event)> {
    let outcome = || prop::sample::select(Outcome::ALL);
    // One of those at the door, or nobody in particular.
    let whom = || prop::option::of(any::<u8>());
    let until = prop::sample::select(&[Until::Ever, Until::Yesterday, Until::Today, Until::Tomorrow][..]);
    let standing =
        prop::sample::select(vec![Standing::Present, Standing::Gone, Standing::Gone, Standing::SameAs(contact_id(99))]);
    let event = prop_oneof![
        6 => (outcome(), whom()).prop_map(|(outcome, whom)| Event::Knock(outcome, whom)),
        2 => Just(Event::Answers),
        3 => (any::<u8>(), prop::option::of(outcome())).prop_map(|(which, with)| Event::Replace(which, with)),
        4 => (whom(), until).prop_map(|(whom, until)| Event::Suppress(whom, until)),
        2 => any::<u8>().prop_map(Event::Lift),
        3 => (any::<u8>(), standing).prop_map(|(whom, standing)| Event::Stand(whom, standing)),
        2 => Just(Event::NewPerson),
        1 => Just(Event::Drop),
        1 => Just(Event::Place),
    ];
    (1..=DOORS, event)
}

/// Lets it happen. The leader may do everything.
fn happen(field: &mut Field, said: &mut Vec<(u8, EntryId)>, (number, event): (u8, Event), today: Day) {
    let (store, now, door) = (field.world.store(), at(10), door_id(number));
    let at_door = Subject::Door(door);
    let people = reading::door_state(store, field.tenant, door).unwrap().unwrap().contacts;
    let person = |which: u8| people[usize::from(which) % people.len()].contact.id;
    let earlier: Vec<EntryId> = said.iter().filter(|(at, _)| *at == number).map(|(_, id)| *id).collect();
    let pick = |which: u8| (!earlier.is_empty()).then(|| earlier[usize::from(which) % earlier.len()]);
    let lead = &mut field.cilla;
    let id = match event {
        Event::Knock(outcome, whom) => {
            lead.knock(door, Interaction { contact: whom.map(person), ..knocked(field.list, outcome) }, now)
        }
        Event::Answers => lead.knock(door, answered(field.list, field.script, number), now),
        Event::Replace(which, with) => {
            let Some(replaces) = pick(which) else { return };
            let with = with.map(|outcome| knocked(field.list, outcome));
            lead.write(at_door, &Payload::Correction(Correction { replaces, with }), now)
        }
        Event::Suppress(whom, until) => {
            let target = whom.map_or(Target::Door, |which| Target::Contact(person(which)));
            let suppression = Suppression { target, reason: SuppressionReason::Objection, until_on: day(until, today) };
            lead.write(at_door, &Payload::Suppression(suppression), now)
        }
        Event::Lift(which) => {
            let Some(named) = pick(which) else { return };
            let lift = Lift { names: vec![named], reason: "a mistake".into() };
            lead.write(at_door, &Payload::Lift(lift), now)
        }
        Event::Stand(which, standing) => {
            lead.edit_door(store, door, DoorChange::SetStanding(person(which), standing), now)
        }
        Event::NewPerson => lead.add_person(store, door, now),
        Event::Drop => lead.edit_list(store, field.list, ListChange::Drop(door), now),
        Event::Place => lead.edit_list(store, field.list, ListChange::Place { door, behind: None }, now),
    };
    said.push((number, id));
    // What it names may be of another kind than can be replaced: then it is refused, here as there.
    lead.sync(store, now);
}

fn day(until: Until, today: Day) -> Option<Day> {
    let by_ms = match until {
        Until::Ever => return None,
        Until::Yesterday => -86_400_000,
        Until::Today => 0,
        Until::Tomorrow => 86_400_000,
    };
    let day = Day::of(clock::now().shifted_ms(by_ms));
    Some(if by_ms == 0 { today } else { day })
}

/// Name, doors, untouched, attempted, contacted, data fix, suppressed and knocks, by name.
type Counts = Vec<(String, [u64; 7])>;

fn in_tables(tables: &InFolder) -> Counts {
    let file = tables.open();
    let sql = "SELECT name, doors, untouched, attempted, contacted, data_fix, suppressed, knocks FROM board";
    let mut query = file.prepare(sql).unwrap();
    let mut counts: Counts = query
        .query_map([], |row| {
            let count = |index: usize| row.get::<_, i64>(index).map(i64::unsigned_abs);
            let counts = [count(1)?, count(2)?, count(3)?, count(4)?, count(5)?, count(6)?, count(7)?];
            Ok((row.get(0)?, counts))
        })
        .unwrap()
        .map(Result::unwrap)
        .collect();
    counts.sort();
    counts
}

fn in_the_office(field: &Field, today: Day) -> Counts {
    let lists = office::board(field.store(), field.tenant, today).unwrap();
    let mut counts: Counts = lists
        .into_iter()
        .map(|list| {
            let board = list.board;
            let [doors, knocks] = [board.doors, board.knocks];
            let of_status = [board.untouched, board.attempted, board.contacted, board.data_fix, board.suppressed];
            let [a, b, c, d, e] = of_status;
            (list.name, [doors, a, b, c, d, e, knocks])
        })
        .collect();
    counts.sort();
    counts
}

fn assert_boards_agree(field: &Field, tables: &InFolder) {
    loop {
        let today = Day::of(clock::now());
        let (told, wanted) = (in_tables(tables), in_the_office(field, today));
        // The tables look at the clock themselves.
        if Day::of(clock::now()) == today {
            assert_eq!(told, wanted);
            return;
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 32, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn the_tables_and_the_office_tell_the_same_of_any_town(events in prop::collection::vec(event(), 1..40)) {
        after(events);
    }
}

/// Lets things happen in a town, and holds both boards against each other.
fn after(events: impl IntoIterator<Item = (u8, Event)>) -> Counts {
    let (mut field, tables, mut said) = (Field::new(DOORS), new_tables(), Vec::new());
    publish_bases(field.store(), &tables, field.tenant).unwrap();
    let today = Day::of(clock::now());
    for event in events {
        happen(&mut field, &mut said, event, today);
    }
    field.pump(&tables, 20);
    assert_boards_agree(&field, &tables);
    in_tables(&tables)
}

#[test]
fn a_door_is_suppressed_once_everybody_who_is_left_there_has_said_no() {
    let no_of_first = (1, Event::Suppress(Some(0), Until::Ever));
    let events = [(1, Event::NewPerson), no_of_first.clone(), (1, Event::Stand(1, Standing::Gone))];
    let suppressed = |counts: Counts| counts[0].1[5];
    assert_eq!(suppressed(after(events[..2].to_vec())), 0);
    assert_eq!(suppressed(after(events.to_vec())), 1);
    assert_eq!(suppressed(after([no_of_first, (1, Event::Stand(0, Standing::Gone))])), 0);
}

#[test]
fn a_list_that_has_lost_all_its_doors_is_still_on_the_board() {
    let (mut field, tables) = (Field::new(1), new_tables());
    field.cilla.edit_list(field.world.store(), field.list, ListChange::Drop(door_id(1)), at(10));
    field.cilla.sync_well(field.world.store(), at(11));
    field.pump(&tables, 12);
    assert_eq!(in_the_office(&field, Day::of(clock::now())), [("List 1".to_owned(), [0; 7])]);
    assert_boards_agree(&field, &tables);
}
