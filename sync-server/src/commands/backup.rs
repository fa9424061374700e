//! `backup`: by hand, and to look at.

use super::Error;
use super::folder::Folder;
use super::output::put;
use super::pgbackrest::PgBackRest;
use super::place::Place;
use crate::backup::{self, Policy, back_up_once, moments, verify};
use crate::clock;
use crate::config::{Layout, make_master_key, read_master_key};
use clap::Subcommand;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;
use walkbook_vault::SystemRandom;

const HOUR: Duration = Duration::from_secs(60 * 60);

#[derive(Debug, Subcommand)]
pub(super) enum Backup {
    /// Back up everything as it is now, where no server does so all the time; prints the moment. Of a store in PostgreSQL
    /// pgBackRest does: what changed since its last whole backup, which a timer has it make every night
    Now {
        /// The backup's folder, which has to be there
        #[arg(long, env = "WALKBOOK_BACKUP_TO", value_name = "FOLDER")]
        to: Option<PathBuf>,
        /// Of a store in PostgreSQL: make a whole backup
        #[arg(long)]
        whole: bool,
        #[command(flatten)]
        pgbackrest: PgBackRest,
    },
    /// What can be restored: every moment from a snapshot on to the last before the next. Of a store in PostgreSQL pgBackRest's
    /// backups, and what kind each is
    List {
        /// The backup's folder
        #[arg(long, env = "WALKBOOK_BACKUP_TO", value_name = "FOLDER")]
        from: Option<PathBuf>,
        #[command(flatten)]
        pgbackrest: PgBackRest,
    },
    /// Open all of a backup and rebuild the latest state from it; nothing is changed. Of a store in PostgreSQL make sure that every
    /// file that pgBackRest has is as it was written, that there is no gap in the log, that the newest backup is new enough, and
    /// that what is committed reaches it
    Verify {
        /// The backup's folder
        #[arg(long, env = "WALKBOOK_BACKUP_TO", value_name = "FOLDER")]
        from: Option<PathBuf>,
        /// The backup's key, unless it is backup.key in the server's folder
        #[arg(long, value_name = "FILE")]
        key: Option<PathBuf>,
        /// Where there is room for a database while it is rebuilt
        #[arg(long, default_value_os_t = std::env::temp_dir(), value_name = "FOLDER")]
        rehearse_in: PathBuf,
        /// Of a store in PostgreSQL: how old the newest backup may be
        #[arg(long, env = "WALKBOOK_BACKUP_HOURS", default_value_t = 26, value_name = "HOURS")]
        no_older_than_hours: u64,
        /// Of a store in PostgreSQL: how large a segment of its log is, unless it was made with another --wal-segsize
        #[arg(long, default_value_t = 16, value_parser = clap::value_parser!(u64).range(1..=1_024), value_name = "MIB")]
        segment_mib: u64,
        #[command(flatten)]
        pgbackrest: PgBackRest,
    },
}

impl Backup {
    pub(super) fn run(self, place: &Place) -> Result<(), Error> {
        let folder = place.operator()?;
        match self {
            Self::Now { whole, pgbackrest, .. } if is_in_database(folder) => pgbackrest.back_up(whole),
            Self::List { pgbackrest, .. } if is_in_database(folder) => pgbackrest.list(),
            Self::Now { to, .. } => now(&Folder::open(place)?, given(to, "--to")?),
            Self::List { from, .. } => {
                for moment in moments(&there(given(from, "--from")?)?)? {
                    put(format_args!("{}\t{}", clock::written(moment.snapshot_at), clock::written(moment.last_at)))?;
                }
                Ok(())
            }
            Self::Verify { no_older_than_hours, segment_mib, pgbackrest, .. } if is_in_database(folder) => pgbackrest
                .verify(HOUR.saturating_mul(u32::try_from(no_older_than_hours).unwrap_or(u32::MAX)), segment_mib << 20),
            Self::Verify { from, key, rehearse_in, .. } => {
                let key = read_master_key(&key.unwrap_or_else(|| Layout::new(folder).backup_key()))?;
                let verified =
                    verify(&there(given(from, "--from")?)?, &key, Arc::new(SystemRandom::new()), &rehearse_in)?;
                put(format_args!("{}\t{}\t{}", verified.snapshots, verified.blocks, verified.commits))?;
                eprintln!(
                    "{} snapshots of {} blocks, and {} pieces of what was committed between them: all sound",
                    verified.snapshots, verified.blocks, verified.commits
                );
                Ok(())
            }
        }
    }
}

fn is_in_database(folder: &Path) -> bool {
    Layout::new(folder).store_address().exists()
}

/// The backup's folder, which of a store in the server's folder has to be named.
pub(super) fn given(folder: Option<PathBuf>, name: &str) -> Result<PathBuf, Error> {
    folder.ok_or_else(|| Error::Usage(format!("name the backup's folder: {name} FOLDER, or WALKBOOK_BACKUP_TO")))
}

fn now(folder: &Folder, to: PathBuf) -> Result<(), Error> {
    let store = folder.embedded()?;
    let key = folder.layout.backup_key();
    if make_master_key(&key, &*folder.random)? {
        eprintln!("keep a copy of {} where neither the server nor the backup is", key.display());
    }
    let key = read_master_key(&key)?;
    let (to, random) = (backup::Folder::new(to), folder.random.clone());
    let at = back_up_once(store, folder.layout.clone(), to, &key, random, Policy::default())?;
    put(clock::written(at))
}

/// A backup that is to be read has to be there.
pub(super) fn there(folder: PathBuf) -> Result<backup::Folder, Error> {
    match std::fs::read_dir(&folder) {
        Ok(_) => Ok(backup::Folder::new(folder)),
        Err(source) => Err(Error::Io { file: folder, source }),
    }
}
