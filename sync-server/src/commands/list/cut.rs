//! `list cut`: turfs become lists.

use super::super::Error;
use super::super::backend::{bring_marked, say as say_unfit};
use super::super::base_map;
use super::super::folder::Folder;
use super::super::import::bar;
use super::super::output::put;
use super::ground::Ground;
use crate::clock;
use crate::office::{self, Near, Plan, Wish};
use clap::Args;
use walkbook_model::{Action, ContentHash, TenantId};
use walkbook_terrain::Region;

/// Places and names that are said one by one.
const SHOWN: usize = 20;

#[derive(Debug, Args)]
pub(in crate::commands) struct Cut {
    #[arg(long)]
    tenant: TenantId,
    /// The effort that the lists belong to
    #[arg(long)]
    effort: String,
    /// What the lists' names begin with, where there are no boundaries
    #[arg(long, default_value = "List")]
    name: String,
    #[command(flatten)]
    ground: Ground,
    /// The version of the script that is worked
    #[arg(long, value_name = "VERSION")]
    script: Option<ContentHash>,
    /// Say what would be cut and what would be left; make nothing
    #[arg(long)]
    dry_run: bool,
}

impl Cut {
    pub(super) fn run(self, folder: &Folder) -> Result<(), Error> {
        let tenant = folder.desk(self.tenant)?.may(Action::CutLists)?;
        let (boundaries, barriers) = self.ground.read(&folder.layout)?;
        let wish = Wish {
            effort: &self.effort,
            name: &self.name,
            size: self.ground.size(),
            script: self.script,
            boundaries: &boundaries,
            barriers: &barriers,
        };
        if self.dry_run {
            let plan = office::plan_cut(&*folder.store, tenant, wish)?;
            say(&plan);
            return plan.sizes.iter().try_for_each(put);
        }
        // Before anything is cut: where the tables cannot be opened, nothing is changed.
        let mut tables = folder.backend_if_there()?;
        let streets = folder.layout.read_streets()?.map(Region::new);
        if streets.is_none() {
            eprintln!("no streets were taken yet (`streets import`): the lists' order goes by straight lines");
        }
        let bar = bar(0, "lists made");
        let cut = office::cut(&*folder.store, tenant, wish, streets.as_ref(), clock::now(), |done, all| {
            bar.set_length(all);
            bar.set_position(done);
        })?;
        bar.finish_and_clear();
        base_map::give(folder, tenant, cut.lists.iter().copied())?;
        say_unfit(bring_marked(folder, &mut tables, tenant)?);
        cut.lists.iter().try_for_each(put)?;
        eprintln!("{} lists with {} doors", cut.lists.len(), cut.doors);
        say(&cut.plan);
        Ok(())
    }
}

/// What of the ground is left, and where that is.
fn say(plan: &Plan) {
    if let (Some(least), Some(most)) = (plan.sizes.iter().min(), plan.sizes.iter().max()) {
        eprintln!("{} turfs of {least} to {most} doors", plan.sizes.len());
    }
    if plan.unplaced > 0 {
        eprintln!("{} doors lie nowhere, and are on no list until someone places them:", plan.unplaced);
        some(plan.unplaced_in.iter().map(|(street, doors)| format!("{doors} in {street}")));
    }
    if !plan.outside.is_empty() {
        eprintln!("{} doors lie outside of every boundary, and were left:", total(&plan.outside));
        some(plan.outside.iter().map(said));
    }
    for overlap in &plan.overlaps {
        let [one, other] = &overlap.names;
        eprintln!("{one} and {other} overlap; {} doors lie in both and count as {one}'s:", total(&overlap.doors));
        some(overlap.doors.iter().map(said));
    }
    if !plan.empty.is_empty() {
        eprintln!("{} boundaries have no door that is on no list:", plan.empty.len());
        some(plan.empty.iter().cloned());
    }
}

fn total(near: &[Near]) -> u64 {
    near.iter().map(|near| near.doors).sum()
}

fn said(near: &Near) -> String {
    format!("{} near {:.3}, {:.3}", near.doors, near.position.lat(), near.position.lon())
}

fn some(lines: impl ExactSizeIterator<Item = String>) {
    let more = lines.len().saturating_sub(SHOWN);
    lines.take(SHOWN).for_each(|line| eprintln!("  {line}"));
    if more > 0 {
        eprintln!("  … and {more} more");
    }
}
