//! `list coverage`: how far things have come, by turf, team, ward and hour.

use super::super::Error;
use super::super::folder::Folder;
use super::super::output::{put, put_json};
use super::board::seen;
use super::ground::boundaries;
use crate::clock;
use crate::office::{Desk, Hour, Progress};
use chrono::FixedOffset;
use clap::{Args, ValueEnum};
use std::path::PathBuf;
use walkbook_model::{Action, Day, TenantId, WalkListId};

#[derive(Debug, Args)]
pub(in crate::commands) struct Coverage {
    #[arg(long)]
    tenant: TenantId,
    /// What a line is about
    #[arg(long, value_enum, default_value = "turf")]
    per: Per,
    /// The wards: areas as GeoJSON or KML
    #[arg(long, value_name = "FILE", required_if_eq("per", "ward"))]
    boundaries: Option<PathBuf>,
    /// How far the clocks that hours are told by are from UTC, such as +02:00
    #[arg(long, default_value = "+00:00", allow_hyphen_values = true)]
    zone: FixedOffset,
    /// JSON in place of a table
    #[arg(long)]
    json: bool,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
enum Per {
    Turf,
    Team,
    Ward,
    Hour,
}

impl Coverage {
    pub(super) fn run(self, folder: &Folder) -> Result<(), Error> {
        let lists: Vec<WalkListId> = seen(folder, self.tenant, &[])?.into_iter().map(|list| list.list).collect();
        let desk = folder.desk(self.tenant)?;
        let mut sees_doors = true;
        for list in &lists {
            sees_doors &= Desk::is_allowed(desk.may_to_list(Action::SeeDoors, *list))?;
        }
        let exact = crate::office::Coverage::of(&*folder.store, self.tenant, lists, Day::of(clock::now()))?;
        let coverage = if sees_doors { exact } else { exact.coarse() };
        let progress = match (self.per, &self.boundaries) {
            (Per::Turf, _) => coverage.by_turf()?,
            (Per::Team, _) => coverage.by_team()?,
            (Per::Ward, Some(file)) => coverage.by_ward(&boundaries(file, None)?)?,
            (Per::Ward, None) => Vec::new(),
            (Per::Hour, _) => {
                let hours = coverage.by_hour(self.zone)?;
                return if self.json { put_json(&hours) } else { put_hours(&hours) };
            }
        };
        if self.json { put_json(&progress) } else { put_progress(&progress) }
    }
}

fn put_progress(all: &[Progress]) -> Result<(), Error> {
    put("name\tdone\tdoors\tuntouched\tattempted\tcontacted\tdata fix\tsuppressed\tknocks\tcontacts")?;
    for Progress { name, done, board } in all {
        put(format_args!(
            "{name}\t{}\t{}\t{}\t{}\t{}\t{}\t{}\t{}\t{}",
            done.map(|done| format!("{:.0} %", done * 100.0)).unwrap_or_default(),
            board.doors,
            board.untouched,
            board.attempted,
            board.contacted,
            board.data_fix,
            board.suppressed,
            board.knocks,
            board.contacts
        ))?;
    }
    Ok(())
}

fn put_hours(hours: &[Hour]) -> Result<(), Error> {
    put("from\tknocks\tcontacts\tnew doors")?;
    hours.iter().try_for_each(|Hour { from, knocks, contacts, new_doors }| {
        put(format_args!("{from}\t{knocks}\t{contacts}\t{new_doors}"))
    })
}
