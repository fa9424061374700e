//! The day itself, from morning to evening.

mod evening;
mod morning;
mod shift;

use crate::error::Error;
use crate::network::Network;
use crate::office::{Office, Serving};
use crate::promises::Promises;
use crate::runner::Phone;
use std::path::{Path, PathBuf};
use walkbook_model::{DoorId, WalkListId};

/// What marks a folder that may be emptied.
const MARK: &str = "field-day";

/// Everybody and everything of the day.
pub(crate) struct World {
    folder: PathBuf,
    office: Office,
    network: Network,
    _server: Serving,
    tenant: String,
    /// Aino, Bilal and Chiara on the first list; Dmitri and Eeva on the second; Farah on the third.
    phones: Vec<Phone>,
    lists: Vec<WalkListId>,
    seen: Seen,
}

/// What happened in the field that the evening asks about.
#[derive(Default)]
pub(crate) struct Seen {
    /// Where two people mended one number at once.
    clash: Option<DoorId>,
    /// Where somebody said no while somebody else knocked.
    no: Option<DoorId>,
    /// A knock of the phone whose clock says 2030.
    of_2030: Option<DoorId>,
}

/// Who carries a phone, which list they work, and by how much the phone's clock is wrong, in milliseconds.
const PEOPLE: [(&str, usize, i64); 6] =
    [("Aino", 0, 0), ("Bilal", 0, -1_500), ("Chiara", 0, 2_000), ("Dmitri", 1, 0), ("Eeva", 1, 0), ("Farah", 2, 0)];

/// Lives the day; whether every promise was kept.
pub(crate) fn live(options: &super::Day) -> Result<bool, Error> {
    let data = options.data.as_deref().ok_or(Error::NoData)?;
    empty(&options.folder)?;
    let mut world = morning::begin(options, data)?;
    shift::work(&mut world)?;
    let mut promises = Promises::default();
    evening::come_home(&mut world, &mut promises)?;
    evening::hold(&mut world, &mut promises)?;
    evening::show(&mut world, options)?;
    let all_kept = promises.conclude();
    println!("\n{}", if all_kept { "Every promise was kept." } else { "A promise was broken." });
    Ok(all_kept)
}

/// Empties a folder of an earlier day, and no other.
fn empty(folder: &Path) -> Result<(), Error> {
    let is_empty = std::fs::read_dir(folder).map_or(true, |mut files| files.next().is_none());
    if !is_empty {
        if !folder.join(MARK).exists() {
            return Err(Error::NotOurs(folder.to_owned()));
        }
        std::fs::remove_dir_all(folder).map_err(Error::io(folder.display()))?;
    }
    std::fs::create_dir_all(folder).map_err(Error::io(folder.display()))?;
    std::fs::write(folder.join(MARK), "").map_err(Error::io(folder.display()))
}

fn say(heading: &str) {
    println!("\n{heading}");
}
