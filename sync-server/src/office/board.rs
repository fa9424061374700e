//! The board: how far the lists have come. Nobody is on it.

mod geojson;
mod tiles;

pub use self::geojson::geojson;
pub use tiles::{TilesNotWritten, write_tiles};

use super::{Error, coarse};
use crate::reading;
use crate::store::{Store, Team};
use std::collections::BTreeMap;
use walkbook_ledger::{Board, DoorStatus};
use walkbook_model::{Day, DoorId, Position, TeamId, TenantId, Timestamp, WalkListId};
use walkbook_terrain::turf::boundary_around;

/// Where a turf is is about its doors together as long as they are so many.
const LEAST_DOORS: usize = 10;
const HOUR_MS: u64 = 3_600_000;

/// A door as the map shows it.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct DoorOnBoard {
    /// Which door.
    pub door: DoorId,
    /// Where it is, if known.
    pub position: Option<Position>,
    /// How it stands.
    pub status: DoorStatus,
    /// Knocks that count.
    pub knocks: u64,
    /// When the hour of the last of them began. No nearer: minutes from door to door would be a track of whoever walks.
    pub visited: Option<Timestamp>,
}

/// A list as the map shows it.
#[derive(Debug, Clone, PartialEq)]
pub struct ListOnBoard {
    /// Which list.
    pub list: WalkListId,
    /// What people call it.
    pub name: String,
    /// What people call the team that has it.
    pub team: Option<String>,
    /// How many people work it.
    pub people: u64,
    /// Its counts.
    pub board: Board,
    /// Clashes at its doors that nobody has resolved.
    pub clashes: u64,
    /// Its doors in walk order.
    pub doors: Vec<DoorOnBoard>,
    /// The corners of what lies between its doors, counter-clockwise.
    pub boundary: Vec<Position>,
}

impl ListOnBoard {
    /// Takes the doors away, for whoever may not see any: where a door is and what became of it is about those who live there.
    /// Of a turf with few doors its boundary goes too, and every count about doors is rounded to the nearest five.
    pub fn hide_doors(&mut self) {
        if self.doors.len() < LEAST_DOORS {
            self.boundary.clear();
        }
        self.doors.clear();
        self.board = coarse::board(self.board);
        self.clashes = coarse::count(self.clashes);
    }

    /// What is said of its turf on a map, beside its name.
    fn counts(&self) -> [(&'static str, u64); 10] {
        let Board { doors, untouched, attempted, contacted, data_fix, suppressed, knocks, contacts } = self.board;
        [
            ("people", self.people),
            ("doors", doors),
            ("untouched", untouched),
            ("attempted", attempted),
            ("contacted", contacted),
            ("data_fix", data_fix),
            ("suppressed", suppressed),
            ("knocks", knocks),
            ("contacts", contacts),
            ("clashes", self.clashes),
        ]
    }
}

/// When the hour began in which this lies.
const fn hour_of(at: Timestamp) -> Timestamp {
    Timestamp::from_ms(at.as_ms() / HOUR_MS * HOUR_MS)
}

/// How a door that stands so is called on a map.
const fn word(status: DoorStatus) -> &'static str {
    match status {
        DoorStatus::Untouched => "untouched",
        DoorStatus::Attempted => "attempted",
        DoorStatus::Contacted => "contacted",
        DoorStatus::DataFix => "data_fix",
        DoorStatus::Suppressed => "suppressed",
    }
}

/// The lists of a tenant, by name, as they stand on this day.
///
/// # Errors
/// [`Error::Store`].
pub fn board(store: &dyn Store, tenant: TenantId, today: Day) -> Result<Vec<ListOnBoard>, Error> {
    let labels: BTreeMap<TeamId, String> =
        store.teams(tenant)?.into_iter().map(|Team { id, label }| (id, label)).collect();
    let mut lists = Vec::new();
    for id in reading::lists(store, tenant)? {
        let Some(state) = reading::list_state(store, tenant, id)? else { continue };
        // What was merged into others is history.
        if state.list.doors.is_empty() && state.list.assigned.is_empty() {
            continue;
        }
        let (name, people) = (state.list.name, state.list.assigned.len() as u64);
        let team = store.team_of_list(tenant, id)?.and_then(|team| labels.get(&team).cloned());
        let (board, boundary) = (Board::default(), Vec::new());
        let mut on_board = ListOnBoard { list: id, name, team, people, board, clashes: 0, doors: Vec::new(), boundary };
        for door in state.list.doors {
            let Some(state) = reading::door_state(store, tenant, door)? else { continue };
            on_board.board.count(&state, today);
            on_board.clashes += state.clashes.len() as u64;
            on_board.doors.push(DoorOnBoard {
                door,
                position: state.door.position,
                status: state.status(today),
                knocks: state.counting().count() as u64,
                visited: state.counting().map(|(visit, _)| visit.moment.at()).max().map(hour_of),
            });
        }
        on_board.boundary = boundary_around(on_board.doors.iter().filter_map(|door| door.position));
        lists.push(on_board);
    }
    lists.sort_by(|a, b| (a.name.len(), &a.name, a.list).cmp(&(b.name.len(), &b.name, b.list)));
    Ok(lists)
}
