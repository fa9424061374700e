//! How far things have come: by turf, team, ward and hour. Figures, and nobody in them.

use super::{Error, coarse};
use crate::import::Boundary;
use crate::reading;
use crate::store::{Store, Team};
use chrono::{DateTime, FixedOffset};
use serde::Serialize;
use std::collections::{BTreeMap, BTreeSet};
use walkbook_ledger::{Board, DoorState, ListState};
use walkbook_model::{Class, Day, DoorId, TeamId, TenantId, Timestamp, WalkListId};

/// How far the doors of something have come.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Progress {
    /// What it is called.
    pub name: String,
    /// The share of doors where somebody was met, or nobody shall go, or the register is wrong; none without a door.
    pub done: Option<f64>,
    /// Its counts.
    #[serde(flatten)]
    pub board: Board,
}

/// What happened within an hour.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Hour {
    /// When it began (RFC 3339).
    pub from: String,
    /// Knocks that count.
    pub knocks: u64,
    /// Knocks that count at which somebody was spoken to.
    pub contacts: u64,
    /// Doors where nobody had been before.
    pub new_doors: u64,
}

/// The lists that figures are about, with their doors as they stand.
pub struct Coverage<'a> {
    store: &'a dyn Store,
    tenant: TenantId,
    today: Day,
    lists: Vec<ListState>,
    is_coarse: bool,
}

impl<'a> Coverage<'a> {
    /// Figures about these lists, as they stand on this day.
    ///
    /// # Errors
    /// [`Error::Store`].
    pub fn of(
        store: &'a dyn Store,
        tenant: TenantId,
        lists: impl IntoIterator<Item = WalkListId>,
        today: Day,
    ) -> Result<Self, Error> {
        let mut read = Vec::new();
        for list in lists {
            read.extend(reading::list_state(store, tenant, list)?);
        }
        Ok(Self { store, tenant, today, lists: read, is_coarse: false })
    }

    /// The same for whoever may see no doors: counts are rounded to the nearest five, and shares of few doors left out.
    #[must_use]
    pub fn coarse(self) -> Self {
        Self { is_coarse: true, ..self }
    }

    /// By turf, which is a list.
    ///
    /// # Errors
    /// [`Error::Store`].
    pub fn by_turf(&self) -> Result<Vec<Progress>, Error> {
        self.by(|state, _| Ok(state.list.name.clone()))
    }

    /// By the team that has the list. Lists of no team come together.
    ///
    /// # Errors
    /// [`Error::Store`].
    pub fn by_team(&self) -> Result<Vec<Progress>, Error> {
        let labels: BTreeMap<TeamId, String> =
            self.store.teams(self.tenant)?.into_iter().map(|Team { id, label }| (id, label)).collect();
        let mut team_of = BTreeMap::new();
        for state in &self.lists {
            let team = self.store.team_of_list(self.tenant, state.list.id)?;
            let label = team.and_then(|team| labels.get(&team)).map_or("no team", String::as_str);
            team_of.insert(state.list.id, label.to_owned());
        }
        self.by(|state, _| Ok(team_of.get(&state.list.id).cloned().unwrap_or_default()))
    }

    /// By ward. Where wards overlap the first counts; doors that lie in none come together.
    ///
    /// # Errors
    /// [`Error::Store`].
    pub fn by_ward(&self, wards: &[Boundary]) -> Result<Vec<Progress>, Error> {
        self.by(|_, door| {
            let ward = door.door.position.and_then(|at| wards.iter().find(|ward| ward.area.contains(at)));
            Ok(ward.map_or("no ward", |ward| &ward.name).to_owned())
        })
    }

    /// By the hour in which it happened, as clocks show it that are so far from UTC. Hours in which nothing happened are left
    /// out.
    ///
    /// # Errors
    /// [`Error::Store`].
    pub fn by_hour(&self, zone: FixedOffset) -> Result<Vec<Hour>, Error> {
        let mut hours: BTreeMap<u64, Hour> = BTreeMap::new();
        let mut seen = BTreeSet::new();
        self.each_door(|_, door| {
            if !seen.insert(door.door.id) {
                return Ok(());
            }
            for (number, (visit, interaction)) in door.counting().enumerate() {
                let from = began_at(visit.moment.at(), zone);
                let hour = hours.entry(from).or_insert_with(|| Hour {
                    from: written(from, zone),
                    knocks: 0,
                    contacts: 0,
                    new_doors: 0,
                });
                hour.knocks += 1;
                hour.contacts += u64::from(interaction.knock.class() == Class::Contact);
                hour.new_doors += u64::from(number == 0);
            }
            Ok(())
        })?;
        let hours = hours.into_values();
        Ok(if self.is_coarse { hours.map(coarse::hour).collect() } else { hours.collect() })
    }

    /// Counts the doors under names, each door once under a name.
    fn by(&self, name_of: impl Fn(&ListState, &DoorState) -> Result<String, Error>) -> Result<Vec<Progress>, Error> {
        let mut boards: BTreeMap<String, Board> = BTreeMap::new();
        let mut seen: BTreeSet<(String, DoorId)> = BTreeSet::new();
        self.each_door(|state, door| {
            let name = name_of(state, door)?;
            if seen.insert((name.clone(), door.door.id)) {
                boards.entry(name).or_default().count(door, self.today);
            }
            Ok(())
        })?;
        let mut all: Vec<Progress> =
            boards.into_iter().map(|(name, board)| Progress { name, done: done(&board), board }).collect();
        all.sort_by(|a, b| (a.name.len(), &a.name).cmp(&(b.name.len(), &b.name)));
        Ok(if self.is_coarse { all.into_iter().map(coarse::progress).collect() } else { all })
    }

    fn each_door(&self, mut see: impl FnMut(&ListState, &DoorState) -> Result<(), Error>) -> Result<(), Error> {
        for state in &self.lists {
            for door in &state.list.doors {
                if let Some(door) = reading::door_state(self.store, self.tenant, *door)? {
                    see(state, &door)?;
                }
            }
        }
        Ok(())
    }
}

#[allow(clippy::cast_precision_loss, reason = "a share of counts far below 2⁵²")]
pub(super) fn done(board: &Board) -> Option<f64> {
    let done = board.contacted + board.data_fix + board.suppressed;
    (board.doors > 0).then(|| done as f64 / board.doors as f64)
}

const HOUR_MS: u64 = 3_600_000;

/// When the hour began in which this lies, in milliseconds since 1970.
fn began_at(at: Timestamp, zone: FixedOffset) -> u64 {
    // A zone may be half an hour off; a day more keeps the number from going below nothing.
    let ahead =
        24 * HOUR_MS + u64::try_from(i64::from(zone.local_minus_utc()) * 1_000 + 24 * 3_600_000).unwrap_or_default();
    let shown = at.as_ms().saturating_add(ahead);
    (shown / HOUR_MS * HOUR_MS).saturating_sub(ahead)
}

fn written(ms: u64, zone: FixedOffset) -> String {
    let at = i64::try_from(ms).ok().and_then(DateTime::from_timestamp_millis);
    at.map(|at| at.with_timezone(&zone).format("%Y-%m-%dT%H:%M%:z").to_string()).unwrap_or_default()
}
