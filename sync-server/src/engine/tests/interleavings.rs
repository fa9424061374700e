//! Whatever the order, and whatever is lost on the way: everybody ends up with what the server computes.

use super::agreement::{assert_all_agree, forget_what_does_not_count};
use super::phone::Phone;
use super::world::{AINO, BERTA, HILL, LEA, NORTH, RIVER, World, at, door};
use proptest::prelude::*;
use walkbook_ledger::{Correction, DoorChange, ListChange, Payload};
use walkbook_model::{
    Contact, ContactField, DoorId, EntryId, Lift, Suppression, SuppressionReason, Target, Timestamp, UserId, WalkListId,
};

/// What happens next: what, to which of the phones, at which door, and anything else it depends on.
type Step = (u8, u8, u8, u8);

/// Phones that share a list, and what has been written so far.
struct Team {
    world: World,
    phones: Vec<Phone>,
    doors: Vec<DoorId>,
    written: Vec<(EntryId, DoorId)>,
    seconds: u64,
}

impl Team {
    fn new(rebased_every: usize) -> Self {
        let world = World::new().rebasing_every(rebased_every);
        world.put_list(NORTH, RIVER, 1..=4, &[AINO, BERTA, LEA]);
        world.put_list(NORTH, HILL, 5..=8, &[BERTA, LEA]);
        let mut phones: Vec<_> = [AINO, BERTA, LEA, AINO].iter().map(|user| world.phone(NORTH, *user)).collect();
        (phones[1].skew_ms, phones[3].skew_ms) = (3_600_000, -7_000);
        phones.iter_mut().for_each(|phone| phone.sync(&world, at(1)).unwrap());
        Self { world, phones, doors: (1..=8).map(door).collect(), written: Vec::new(), seconds: 10 }
    }

    fn now(&self) -> Timestamp {
        at(self.seconds)
    }

    fn step(&mut self, (what, who, r#where, which): Step, lists_change: bool) {
        self.seconds += u64::from(which % 7);
        let now = self.now();
        let who = usize::from(who) % self.phones.len();
        let door = self.doors[usize::from(r#where) % self.doors.len()];
        let list = if r#where % 3 == 0 { HILL } else { RIVER };
        let named = self.written.get(usize::from(which) % self.written.len().max(1)).copied();
        match what % 16 {
            0..=5 => self.meet(who, which),
            6 | 7 => {
                let knock = self.phones[who].knock(list, door, now);
                self.written.push((knock, door));
            }
            8 | 9 => self.edit(who, door, which),
            10 => {
                let said = Suppression { target: Target::Door, reason: SuppressionReason::Objection, until_on: None };
                let said = self.phones[who].write_at(door, Payload::Suppression(said), now);
                self.written.push((said, door));
            }
            11 => {
                if let Some((names, door)) = named {
                    let lift = Lift { names: vec![names], reason: "asked for".into() };
                    self.phones[who].write_at(door, Payload::Lift(lift), now);
                }
            }
            12 => {
                if let Some((replaces, door)) = named {
                    let correction = Correction { replaces, with: None };
                    self.phones[who].write_at(door, Payload::Correction(correction), now);
                }
            }
            13 => {
                self.phones[who].write_bytes(walkbook_ledger::Subject::Door(door), b"poison".to_vec(), now);
            }
            14 => self.add_door(who, list, now),
            _ if lists_change => self.change_list(list, door, which, now),
            _ => {}
        }
    }

    fn edit(&mut self, who: usize, door: DoorId, which: u8) {
        let now = self.now();
        let phone = &mut self.phones[who];
        let contact = walkbook_ledger::contact_added_by(EntryId::new(phone.device, phone.last_seq() + 1));
        let change = match (which % 3, self.written.last()) {
            (0, _) => DoorChange::SetAccessNotes(format!("notes {which}")),
            (1, _) => DoorChange::AddContact(Contact {
                id: contact,
                fields: [(ContactField::GivenName, "Maija".to_owned())].into(),
            }),
            _ => match phone.book.door(door).contacts.first() {
                Some(known) => DoorChange::SetContactField(known.contact.id, ContactField::Phone, format!("{which}")),
                None => DoorChange::SetPosition(None),
            },
        };
        let id = phone.edit(door, change, now);
        self.written.push((id, door));
    }

    fn add_door(&mut self, who: usize, list: WalkListId, now: Timestamp) {
        let new = self.phones[who].add_door(list, now);
        self.doors.push(new);
    }

    fn change_list(&mut self, list: WalkListId, door: DoorId, which: u8, now: Timestamp) {
        let users: [Vec<UserId>; 3] = [vec![AINO, LEA], vec![LEA, BERTA], vec![AINO, BERTA, LEA]];
        let change = match which % 4 {
            0 => ListChange::Assign(users[usize::from(which / 4) % 3].clone()),
            1 => ListChange::Drop(door),
            2 => ListChange::Place { door, behind: self.doors.get(usize::from(which / 4) % 8).copied() },
            _ => ListChange::Rename(format!("list {which}")),
        };
        if !matches!(change, ListChange::Place { door, behind } if behind == Some(door)) {
            self.phones[2].edit_list(list, change, now);
        }
    }

    /// A phone meets the server, on a network like any.
    fn meet(&mut self, who: usize, fate: u8) {
        let now = self.now();
        let (world, phone) = (&self.world, &mut self.phones[who]);
        let sent = phone.request(now);
        let mut answer = match fate % 8 {
            // The request is lost.
            0 => return,
            // It comes twice, or is sent again.
            1 => {
                phone.send(world, &sent, now).unwrap();
                let again = phone.sign(sent.body, now);
                phone.send(world, &again, now).unwrap()
            }
            _ => phone.send(world, &sent, now).unwrap(),
        };
        match fate % 8 {
            // The answer is lost, or breaks off.
            2 => return,
            3 => answer.truncate(answer.len() * usize::from(fate) / 256),
            _ => {}
        }
        phone.take(&answer, now);
    }

    /// Everybody meets the server on a good network.
    fn finish(&mut self) {
        self.seconds += 100;
        for _ in 0..3 {
            let now = self.now();
            self.phones.iter_mut().for_each(|phone| phone.sync(&self.world, now).unwrap());
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 48, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn any_interleaving_of_phones_ends_with_one_truth(
        steps in prop::collection::vec(any::<Step>(), 1..80),
        rebased_every in 1..6_usize,
    ) {
        let mut team = Team::new(rebased_every);
        steps.into_iter().for_each(|step| team.step(step, true));
        team.finish();
        assert_all_agree(&team.world, &team.phones);
    }

    #[test]
    fn also_when_the_server_is_set_back_in_between(
        before in prop::collection::vec(any::<Step>(), 1..30),
        lost in prop::collection::vec(any::<Step>(), 1..30),
        after in prop::collection::vec(any::<Step>(), 1..30),
        rebased_every in 1..6_usize,
    ) {
        let mut team = Team::new(rebased_every);
        before.into_iter().for_each(|step| team.step(step, false));
        let (world, backup) = team.world.backed_up();
        team.world = world.rebasing_every(rebased_every);
        lost.into_iter().for_each(|step| team.step(step, false));
        team.world = World::restored(backup).rebasing_every(rebased_every);
        after.into_iter().for_each(|step| team.step(step, false));
        team.finish();
        // What came in the lost time, and was set aside when it came again, is shown by those who know it.
        forget_what_does_not_count(&team.world, &mut team.phones);
        assert_all_agree(&team.world, &team.phones);
    }
}

#[test]
fn two_who_write_at_once_never_let_a_reader_skip_one() {
    let world = World::new();
    world.put_list(NORTH, RIVER, 1..=4, &[AINO, LEA]);
    let mut reader = world.phone(NORTH, LEA);
    let mut writers: Vec<_> = (0..2).map(|_| world.phone(NORTH, AINO)).collect();
    reader.sync(&world, at(1)).unwrap();
    let left = std::sync::atomic::AtomicUsize::new(writers.len());
    std::thread::scope(|scope| {
        for writer in &mut writers {
            let (world, left) = (&world, &left);
            scope.spawn(move || {
                for second in 0..40_u64 {
                    writer.knock(RIVER, door(1 + u16::try_from(second % 4).unwrap()), at(10 + second));
                    writer.sync(world, at(10 + second)).unwrap();
                }
                left.fetch_sub(1, std::sync::atomic::Ordering::SeqCst);
            });
        }
        loop {
            let last_time = left.load(std::sync::atomic::Ordering::SeqCst) == 0;
            reader.sync(&world, at(20)).unwrap();
            if last_time {
                break;
            }
        }
    });
    let mut came = reader.book.came.clone();
    came.sort_unstable();
    let mut written: Vec<_> =
        writers.iter().flat_map(|writer| (1..=40).map(|seq| EntryId::new(writer.device, seq))).collect();
    written.sort_unstable();
    assert_eq!(came, written, "each once");
    assert_all_agree(&world, &[reader]);
}
