//! `restore`: the server as it was. What is there is set aside, never taken away.

mod database;

use super::Error;
use super::backend::{bring_marked, say};
use super::backup::{given, there};
use super::erase;
use super::folder::Folder;
use super::opened::{address, masters};
use super::output::put;
use super::place::Place;
use super::serve::Options as Serving;
use crate::backup::{Restored, restore};
use crate::clock;
use crate::config::{self, Layout, make_private_folder, read_master_key, write_new};
use crate::office::Pen;
use crate::privacy::{Ledger, NotErased};
use crate::store::embedded::{FILE, LOCK, recorded_in};
use crate::store::{self, EmbeddedStore, Options};
use clap::Args;
use database::Database;
use std::fs::{File, TryLockError};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use walkbook_model::Timestamp;
use walkbook_vault::SystemRandom;

#[derive(Debug, Args)]
pub(super) struct Restore {
    /// The backup's folder. Of a store in PostgreSQL there is none: pgBackRest knows its own
    #[arg(long, env = "WALKBOOK_BACKUP_TO", value_name = "FOLDER")]
    from: Option<PathBuf>,
    /// The moment, such as 2026-10-03T14:30:00Z; the latest, unless given
    #[arg(long, value_parser = clock::read, value_name = "TIME")]
    to: Option<Timestamp>,
    /// The backup's key, unless it is backup.key in the server's folder
    #[arg(long, value_name = "FILE")]
    key: Option<PathBuf>,
    /// The ledger of erasures, unless serve.toml says where it is, or it is erasures.log in the server's folder
    #[arg(long, env = "WALKBOOK_ERASURES", value_name = "FILE")]
    erasures: Option<PathBuf>,
    #[command(flatten)]
    database: Database,
}

impl Restore {
    /// Interrupted anywhere, it is done by running it again; until then no server starts in the folder.
    pub(super) fn run(self, place: &Place) -> Result<(), Error> {
        let folder = place.operator()?;
        let layout = Layout::new(folder);
        if let Some(address) = address(&layout)? {
            return self.database.restore(place, &layout, &address, self.to, self.erasures);
        }
        let key = read_master_key(&self.key.unwrap_or_else(|| layout.backup_key()))?;
        let from = there(given(self.from, "--from")?)?;
        make_private_folder(folder)?;
        let _alone = alone(&layout)?;

        let new = folder.join("store.restoring");
        take_away(&new)?;
        make_private_folder(&new)?;
        let to = self.to.unwrap_or(Timestamp::from_ms(u64::MAX));
        let random = Arc::new(SystemRandom::new());
        let restored = restore(&from, &key, random.clone(), to, &new.join(FILE))?;
        let at = clock::written(restored.at);
        // Before anything is moved: without its ledger nothing could be worked in, and no server would start.
        let ledger = ledger(&layout, self.erasures.clone(), &restored)?;
        ledger.behind(recorded_in(&new.join(FILE))?).map_err(NotErased::from)?;

        write_new(&layout.restore_pending(), at.as_bytes())?;
        let aside = folder.join(format!("before-restore-{}", clock::now().as_ms()));
        make_private_folder(&aside)?;
        put_files(&layout, &restored)?;
        settle_master_key(&layout, &restored, &new, &aside)?;
        for file in [layout.store(), layout.pen_key()].into_iter().chain(tables(&layout)) {
            set_aside(&file, &aside)?;
        }
        rename(&new, &layout.store())?;
        Pen::make(&layout.pen_key(), &*random)?;
        take_away(&layout.restore_pending())?;

        publish(place, self.erasures)?;
        put(&at)?;
        eprintln!("the server is as it was at {at}; what was there before is in {}", aside.display());
        eprintln!("phones bring again what they have; what the office did after that moment is to be done again");
        Ok(())
    }
}

/// Makes sure that no server and no command works in the folder, for as long as the file lives.
fn alone(layout: &Layout) -> Result<Option<File>, Error> {
    let file = layout.store().join(LOCK);
    let lock = match File::options().write(true).open(&file) {
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => return Ok(None),
        lock => lock.map_err(failed(&file))?,
    };
    match lock.try_lock() {
        Ok(()) => Ok(Some(lock)),
        Err(TryLockError::WouldBlock) => Err(Error::Usage("a server runs in this folder; stop it first".into())),
        Err(TryLockError::Error(source)) => Err(Error::Io { file, source }),
    }
}

/// Files that are there stay as they are.
fn put_files(layout: &Layout, restored: &Restored) -> Result<(), Error> {
    for (name, bytes) in &restored.files {
        let file = layout.folder().join(name);
        make_private_folder(file.parent().unwrap_or(layout.folder()))?;
        write_new(&file, bytes)?;
    }
    Ok(())
}

/// The ledger of erasures: the one that is given, the one that `serve.toml` names, as it is here or comes out of the backup, or
/// the one in the folder.
fn ledger(layout: &Layout, given: Option<PathBuf>, restored: &Restored) -> Result<Ledger, Error> {
    let serving = layout.serving();
    let comes = restored.files.iter().find(|(name, _)| layout.folder().join(name) == serving);
    let named = match (given, comes) {
        (Some(given), _) => Some(given),
        (None, Some((_, bytes))) if !serving.exists() => Serving::erasures_in(layout, bytes)?,
        (None, _) => Serving::erasures_of(layout)?,
    };
    Ok(named.map_or_else(|| Ledger::by_default(layout.erasures()), Ledger::named))
}

/// The master key may have been another one then.
fn settle_master_key(layout: &Layout, restored: &Restored, store: &Path, aside: &Path) -> Result<(), Error> {
    let region = layout.read_settings_anyhow()?.region;
    let opens = || -> Result<(), Error> {
        let masters = masters(layout)?;
        let random = Arc::new(SystemRandom::new());
        let opened = EmbeddedStore::open(store, &region, masters, random, Options::default());
        opened.map(drop).map_err(|error| Error::NotOpened { folder: store.to_owned(), error })
    };
    match opens() {
        Err(Error::NotOpened { error: store::Error::WrongMasterKey, .. }) => {}
        opened => return opened,
    }
    let name = layout.master_key();
    set_aside(&name, aside)?;
    if let Some((_, bytes)) = restored.files.iter().find(|(file, _)| layout.folder().join(file) == name) {
        write_new(&name, bytes)?;
    }
    opens()
}

/// The backend's tables are made anew from what was restored.
fn tables(layout: &Layout) -> impl Iterator<Item = PathBuf> {
    let file = layout.backend();
    ["", "-wal", "-shm"].into_iter().map(move |end| {
        let mut name = file.as_os_str().to_owned();
        name.push(end);
        name.into()
    })
}

fn publish(place: &Place, erasures: Option<PathBuf>) -> Result<(), Error> {
    let folder = Folder::open(place)?;
    // Whom the backup has and the ledger does not: they come back nowhere.
    erase::work_in(&folder, erasures)?;
    // Everything is marked to be brought there anew.
    let mut tables = folder.backend_if_there()?;
    for tenant in folder.store.tenants()? {
        if tenant.region == folder.settings.region {
            say(bring_marked(&folder, &mut tables, tenant.id)?);
        }
    }
    Ok(())
}

fn set_aside(file: &Path, aside: &Path) -> Result<(), Error> {
    match file.file_name() {
        Some(name) if file.exists() => rename(file, &aside.join(name)),
        _ => Ok(()),
    }
}

fn rename(from: &Path, to: &Path) -> Result<(), Error> {
    let folder = to.parent().unwrap_or(to);
    std::fs::rename(from, to).map_err(failed(from))?;
    File::open(folder).and_then(|folder| folder.sync_all()).map_err(failed(folder))
}

fn take_away(path: &Path) -> Result<(), Error> {
    let gone = if path.is_dir() { std::fs::remove_dir_all(path) } else { std::fs::remove_file(path) };
    match gone {
        Err(error) if error.kind() != std::io::ErrorKind::NotFound => Err(failed(path)(error)),
        _ => Ok(()),
    }
}

fn failed(file: &Path) -> impl Fn(std::io::Error) -> Error {
    let file = file.to_owned();
    move |source| Error::Config(config::Error::File { file: file.clone(), source })
}
