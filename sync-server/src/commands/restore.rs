//! `restore`: the server as it was. What is there is set aside, never taken away.

use super::Error;
use super::backup::there;
use super::folder::Folder;
use super::opened::expect_embedded;
use super::output::put;
use super::place::Place;
use crate::backend::{Tables, publish_bases};
use crate::backup::{Restored, restore};
use crate::clock;
use crate::config::{self, Layout, make_private_folder, read_master_key, write_new};
use crate::office::Pen;
use crate::store::embedded::{FILE, LOCK};
use crate::store::{self, EmbeddedStore, Options};
use clap::Args;
use std::fs::{File, TryLockError};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use walkbook_model::Timestamp;
use walkbook_vault::SystemRandom;

#[derive(Debug, Args)]
pub(super) struct Restore {
    /// The backup's folder
    #[arg(long, env = "WALKBOOK_BACKUP_TO", value_name = "FOLDER")]
    from: PathBuf,
    /// The moment, such as 2026-10-03T14:30:00Z; the latest, unless given
    #[arg(long, value_parser = clock::read, value_name = "TIME")]
    to: Option<Timestamp>,
    /// The backup's key, unless it is backup.key in the server's folder
    #[arg(long, value_name = "FILE")]
    key: Option<PathBuf>,
}

impl Restore {
    /// Interrupted anywhere, it is done by running it again; until then no server starts in the folder.
    pub(super) fn run(self, place: &Place) -> Result<(), Error> {
        let folder = place.operator()?;
        let layout = Layout::new(folder);
        expect_embedded(&layout)?;
        let key = read_master_key(&self.key.unwrap_or_else(|| layout.backup_key()))?;
        let from = there(self.from)?;
        make_private_folder(folder)?;
        let _alone = alone(&layout)?;

        let new = folder.join("store.restoring");
        take_away(&new)?;
        make_private_folder(&new)?;
        let to = self.to.unwrap_or(Timestamp::from_ms(u64::MAX));
        let random = Arc::new(SystemRandom::new());
        let restored = restore(&from, &key, random.clone(), to, &new.join(FILE))?;
        let at = clock::written(restored.at);

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

        publish(place)?;
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

/// The master key may have been another one then.
fn settle_master_key(layout: &Layout, restored: &Restored, store: &Path, aside: &Path) -> Result<(), Error> {
    let region = layout.read_settings_anyhow()?.region;
    let opens = || -> Result<(), Error> {
        let master = read_master_key(&layout.master_key())?;
        let random = Arc::new(SystemRandom::new());
        let opened = EmbeddedStore::open(store, &region, master, random, Options::default());
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

fn publish(place: &Place) -> Result<(), Error> {
    let folder = Folder::open(place)?;
    let tables = Tables::open(&folder.layout.backend())?;
    for tenant in folder.store.tenants()? {
        if tenant.region == folder.settings.region {
            publish_bases(&*folder.store, &tables, tenant.id)?;
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
