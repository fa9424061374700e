//! `base-map`: the map under the doors.

use super::Error;
use super::folder::Folder;
use super::output::put;
use super::place::Place;
use crate::import::MapFile;
use crate::office::{self, GivenMaps, MapCutter};
use crate::reading;
use clap::Subcommand;
use std::fs::File;
use std::io::BufReader;
use std::path::{Path, PathBuf};
use walkbook_model::limits::ATTRIBUTION_BYTES;
use walkbook_model::{TenantId, WalkListId};

#[derive(Debug, Subcommand)]
pub(super) enum BaseMap {
    /// Take a map of the region (vector tiles in a PMTiles file), in the place of the one there was; every list gets the
    /// tiles around its doors, and phones get what has changed
    Import {
        file: PathBuf,
        /// Whose data it is too, to be shown with the map; what the file says of itself is shown by itself
        #[arg(long, value_name = "NAMES")]
        attribution: Vec<String>,
    },
    /// Take the map away, from phones too
    Remove,
}

type Cutter = MapCutter<BufReader<File>>;

impl BaseMap {
    pub(super) fn run(self, place: &Place) -> Result<(), Error> {
        // It is all tenants'.
        place.operator()?;
        let folder = Folder::open(place)?;
        match self {
            Self::Import { file, attribution } => import(&folder, &file, attribution),
            Self::Remove => remove(&folder),
        }
    }
}

fn import(folder: &Folder, file: &Path, named: Vec<String>) -> Result<(), Error> {
    // What cannot be read takes nothing's place.
    let map = open(file)?;
    let mut names: Vec<String> = Vec::new();
    for name in std::iter::once(map.attribution().to_owned()).chain(named) {
        if !name.is_empty() && !names.contains(&name) {
            names.push(name);
        }
    }
    let names = names.join(", ");
    if names.is_empty() {
        return Err(Error::Usage("the file does not say whose data it is: name them with --attribution".into()));
    }
    if names.len() > ATTRIBUTION_BYTES {
        return Err(Error::Usage(format!("whose data it is takes more than {ATTRIBUTION_BYTES} bytes: {names}")));
    }
    let (first, last) = map.zooms().into_inner();
    eprintln!("{}: vector tiles of the zooms {first} to {last}, {names}", file.display());
    drop(map);
    folder.layout.replace_base_map(file, &names)?;
    let Some(mut cutter) = cutter(folder)? else { return Ok(()) };
    let mut all = GivenMaps::default();
    for tenant in of_the_region(folder)? {
        let lists = reading::lists(&*folder.store, tenant)?;
        all = all.and(given(folder, tenant, lists, &mut cutter)?);
    }
    put(format_args!("{}\t{}\t{}\t{}", all.lists, all.without, all.reduced, all.bytes))?;
    eprintln!("{} lists have a map, {} have none: the file has no tile around their doors", all.lists, all.without);
    say(all, &cutter);
    Ok(())
}

fn remove(folder: &Folder) -> Result<(), Error> {
    folder.layout.remove_base_map()?;
    for tenant in of_the_region(folder)? {
        office::take_maps_away(&*folder.store, tenant, reading::lists(&*folder.store, tenant)?)?;
    }
    Ok(())
}

/// Gives lists that were made or changed the map under their doors, where one was taken.
pub(super) fn give(
    folder: &Folder,
    tenant: TenantId,
    lists: impl IntoIterator<Item = WalkListId>,
) -> Result<(), Error> {
    let Some(mut cutter) = cutter(folder)? else { return Ok(()) };
    let given = given(folder, tenant, lists, &mut cutter)?;
    say(given, &cutter);
    Ok(())
}

fn given(
    folder: &Folder,
    tenant: TenantId,
    lists: impl IntoIterator<Item = WalkListId>,
    cutter: &mut Cutter,
) -> Result<GivenMaps, Error> {
    match office::give_maps(&*folder.store, tenant, lists, cutter) {
        Err(office::Error::Map(refused)) => Err(Error::Map { file: folder.layout.base_map(), refused }),
        given => Ok(given?),
    }
}

/// What an operator may want to mend.
fn say(given: GivenMaps, cutter: &Cutter) {
    if given.reduced > 0 {
        eprintln!(
            "{} lists have a smaller map than wished, to stay within its bound: less around the doors, or fewer zooms",
            given.reduced
        );
    }
    if let Some(first) = cutter.left_out().first() {
        eprintln!("{} tiles were left out; the first: {first}", cutter.left_out().len());
    }
}

fn cutter(folder: &Folder) -> Result<Option<Cutter>, Error> {
    let Some((file, attribution)) = folder.layout.open_base_map()? else { return Ok(None) };
    let refused = |refused| Error::Map { file: folder.layout.base_map(), refused };
    let map = MapFile::open(BufReader::new(file)).map_err(refused)?;
    Ok(Some(MapCutter::new(map, attribution)))
}

fn open(file: &Path) -> Result<MapFile<BufReader<File>>, Error> {
    let opened = File::open(file).map_err(|source| Error::Io { file: file.to_owned(), source })?;
    MapFile::open(BufReader::new(opened)).map_err(|refused| Error::Map { file: file.to_owned(), refused })
}

fn of_the_region(folder: &Folder) -> Result<Vec<TenantId>, Error> {
    let tenants = folder.store.tenants()?;
    Ok(tenants.into_iter().filter(|tenant| tenant.region == folder.settings.region).map(|tenant| tenant.id).collect())
}
