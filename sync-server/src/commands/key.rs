//! `key`: the region's master key is changed, while servers run.

use super::Error;
use super::folder::Folder;
use super::import::bar;
use super::output::put;
use super::place::Place;
use crate::config::{Layout, MasterKeys, write_new};
use crate::store::MasterName;
use clap::Subcommand;
use walkbook_vault::{SealKey, SystemRandom};
use zeroize::Zeroizing;

#[derive(Debug, Subcommand)]
pub(super) enum Key {
    /// The master keys by name: whether one wraps, opens or is to wrap next, and how many tenants' keys it wraps
    List,
    /// Draw the key that is to wrap next, into `master.key`; prints its name. Copy that file into every server's folder, and
    /// keep a copy where no backup lies, before `key rotate`
    New,
    /// Wrap every tenant's key with the key that was drawn; prints how many were. Cut off, it goes on where it was
    Rotate,
    /// Put the keys that wrap nothing any more out of `master.key`, into files of their own; prints their names. They are
    /// still needed for backups from before
    Retire,
}

impl Key {
    pub(super) fn run(self, place: &Place) -> Result<(), Error> {
        let layout = Layout::new(place.operator()?);
        match self {
            Self::List => list(&Folder::open(place)?),
            Self::New => new(&layout),
            Self::Rotate => rotate(place, &layout),
            Self::Retire => retire(&Folder::open(place)?),
        }
    }
}

fn list(folder: &Folder) -> Result<(), Error> {
    let keys = MasterKeys::read(&folder.layout.master_key())?;
    let wrapped = folder.store.wrapped_by()?;
    let of = |name| wrapped.iter().filter(|(by, _)| *by == name).map(|(_, count)| count).sum::<u64>();
    let named = std::iter::once((&keys.current, "wraps"))
        .chain(keys.former.iter().map(|key| (key, "opens")))
        .chain(keys.next.iter().map(|key| (key, "next")));
    for (key, what) in named {
        let name = MasterName::of(key);
        put(format_args!("{name}\t{what}\t{}", of(Some(name))))?;
    }
    match of(None) {
        0 => Ok(()),
        some => {
            eprintln!("of {some} tenants' keys it was not noted what wraps them; `key rotate` wraps them anew");
            Ok(())
        }
    }
}

fn new(layout: &Layout) -> Result<(), Error> {
    let file = layout.master_key();
    let keys = MasterKeys::read(&file)?;
    if let Some(next) = &keys.next {
        return Err(Error::Usage(format!("{} is to wrap next already: `key rotate`", MasterName::of(next))));
    }
    let next = MasterKeys::draw(&SystemRandom::new())?;
    let name = MasterName::of(&next);
    MasterKeys { next: Some(next), ..keys }.write(&file)?;
    put(name)?;
    eprintln!(
        "copy {} into the folder of every server of this store, and keep a copy where no backup lies; then `key rotate`",
        file.display()
    );
    Ok(())
}

/// The file comes first: from then on whatever reads it knows both keys, and which of them wraps.
fn rotate(place: &Place, layout: &Layout) -> Result<(), Error> {
    let file = layout.master_key();
    let mut keys = MasterKeys::read(&file)?;
    if let Some(next) = keys.next.take() {
        keys.former.insert(0, std::mem::replace(&mut keys.current, next));
        keys.write(&file)?;
    }
    let folder = Folder::open(place)?;
    let (store, region) = (&*folder.store, &folder.settings.region);
    let tenants = store.tenants()?;
    let bar = bar(tenants.len() as u64, "tenants' keys wrapped");
    let mut wrapped = 0_u64;
    for tenant in tenants {
        wrapped += u64::from(store.rewrap(tenant.id, folder.stamp())?);
        bar.inc(1);
    }
    bar.finish_and_clear();
    if !store.opens_with_current(region)? {
        store.open_with_current(region)?;
    }
    put(wrapped)?;
    match keys.former.len() {
        0 => eprintln!("no key is to wrap next: `key new` draws one"),
        _ => eprintln!("copy {} into every server's folder once more; then `key retire`", file.display()),
    }
    Ok(())
}

fn retire(folder: &Folder) -> Result<(), Error> {
    let file = folder.layout.master_key();
    let keys = MasterKeys::read(&file)?;
    if keys.former.is_empty() {
        eprintln!("there is no key that only opens");
        return Ok(());
    }
    let current = MasterName::of(&keys.current);
    let others = folder.store.wrapped_by()?.into_iter().any(|(by, _)| by != Some(current));
    if others || !folder.store.opens_with_current(&folder.settings.region)? {
        return Err(Error::Usage("not every tenant's key is wrapped by the first key yet: `key rotate`".into()));
    }
    let mut names = Vec::new();
    for key in &keys.former {
        let name = MasterName::of(key);
        write_new(&folder.layout.folder().join(format!("retired-{name}.key")), line(key).as_bytes())?;
        names.push(name);
    }
    MasterKeys { former: Vec::new(), ..keys }.write(&file)?;
    names.iter().try_for_each(put)?;
    eprintln!(
        "keep what is in retired-….key where no backup lies, for as long as there are backups from before; then destroy it, \
         and copy {} into every server's folder",
        file.display()
    );
    Ok(())
}

fn line(key: &SealKey) -> Zeroizing<String> {
    let mut line = crate::config::written(key);
    line.push('\n');
    line
}
