//! How fast, and how much room. Run in release.

use super::{InFolder, new_tables};
use crate::backend::{publish_bases, pump};
use crate::office::tests::world::{Phone, World, answered, at, contact_id, door};
use crate::office::{assign, take_register};
use std::time::{Duration, Instant};
use walkbook_model::{Contact, Door, DoorId, Interaction, Position, Role, TenantId, WalkListId};

const PAGE: u32 = 500;
const DOORS: u32 = 5_000;

fn id(number: u32) -> [u8; 16] {
    let mut bytes = [5; 16];
    bytes[..4].copy_from_slice(&number.to_be_bytes());
    bytes
}

fn numbered(number: u32) -> Door {
    let (row, column) = (f64::from(number / 100), f64::from(number % 100));
    let mut door = Door { id: DoorId::from_bytes(id(number)), ..door(1) };
    door.address.street = format!("Long Street {}", number / 100);
    door.address.number = (number % 100 + 1).to_string();
    door.position = Position::from_degrees(60.1 + row * 0.002, 24.9 + column * 0.001).ok();
    door.contacts = vec![Contact { fields: door.contacts[0].fields.clone(), ..Contact::new(contact_id(1)) }];
    door
}

/// The room that the tables take once everything is in the database itself.
fn bytes(tables: &InFolder) -> u64 {
    let file = rusqlite::Connection::open(tables.file()).unwrap();
    file.query_row("PRAGMA wal_checkpoint(TRUNCATE)", [], |_| Ok(())).unwrap();
    std::fs::metadata(tables.file()).unwrap().len()
}

struct Shift {
    world: World,
    tenant: TenantId,
    list: WalkListId,
    knock: Interaction,
    aino: Phone,
}

impl Shift {
    fn new() -> Self {
        let world = World::new();
        let tenant = world.tenant("North");
        let aino = world.phone(tenant, "Aino", Role::Canvasser);
        take_register(world.store(), tenant, (0..DOORS).map(numbered).collect(), |_| {}).unwrap();
        let lists = world.cut(tenant, DOORS as usize).lists;
        lists.iter().for_each(|list| assign(world.store(), &world.pen, tenant, *list, &[aino.user()], at(2)).unwrap());
        let knock = answered(lists[0], world.script(tenant), 1);
        Self { list: lists[0], world, tenant, knock, aino }
    }

    /// Knocks at these doors, in one page; how long the page takes to the backend.
    fn page(&mut self, tables: &InFolder, doors: impl Iterator<Item = u32>) -> Duration {
        let knock = Interaction { list: self.list, ..self.knock.clone() };
        doors.for_each(|number| {
            self.aino.knock(DoorId::from_bytes(id(number)), knock.clone(), at(10));
        });
        self.aino.sync_well(self.world.store(), at(11));
        let started = Instant::now();
        let pumped = pump(self.world.store(), tables, self.tenant, at(12)).unwrap();
        assert_eq!(pumped.delivered, u64::from(PAGE));
        started.elapsed()
    }
}

#[test]
#[ignore = "a measurement: run it in release"]
fn how_many_entries_a_second_and_how_many_bytes() {
    for (doors, what) in [(DOORS, "each at a door of its own"), (100, "five at each of a hundred doors")] {
        let (mut shift, tables) = (Shift::new(), new_tables());
        publish_bases(shift.world.store(), &tables, shift.tenant).unwrap();
        pump(shift.world.store(), &tables, shift.tenant, at(9)).unwrap();
        let (empty, pages) = (bytes(&tables), DOORS / PAGE);
        let mut took = Vec::new();
        for page in 0..pages {
            let numbers = (page * PAGE..).take(PAGE as usize).map(|number| number % doors);
            took.push(shift.page(&tables, numbers));
        }
        let rate = |took: &[Duration]| {
            let seconds: f64 = took.iter().map(Duration::as_secs_f64).sum();
            f64::from(PAGE) * took.len() as f64 / seconds
        };
        let room = (bytes(&tables) - empty) / u64::from(DOORS / 1_000);
        println!("pages of {PAGE} knocks, {what}: {:.0} entries a second in all", rate(&took));
        println!("  the first page {:.0}, the last {:.0} a second", rate(&took[..1]), rate(&took[took.len() - 1..]));
        println!("  {room} bytes for each 1,000 knocks; the register alone takes {empty} bytes for {DOORS} doors");
    }
}
