//! `import`: a register comes in.

use super::Error;
use super::folder::Folder;
use super::output::put;
use super::place::Place;
use crate::backend::Tables;
use crate::import::{Encoding, Gathered, Kind, Options, gather, made_up, open};
use crate::office;
use crate::store::Deed;
use clap::{Args, ValueEnum};
use indicatif::{ProgressBar, ProgressStyle};
use std::path::PathBuf;
use std::time::Duration;
use walkbook_model::{Action, TenantId};

/// Refused rows that are shown one by one.
const SHOWN: usize = 20;

#[derive(Debug, Args)]
pub(super) struct Import {
    /// An address CSV (plain or gzip) or an OpenStreetMap extract (.osm.pbf)
    file: PathBuf,
    #[arg(long)]
    tenant: TenantId,
    /// How the bytes of a CSV are text
    #[arg(long, value_enum, default_value = "utf-8")]
    encoding: Charset,
    /// Take rows without coordinates; their doors are on no list until someone places them
    #[arg(long)]
    allow_unplaced: bool,
    /// Give every door made-up people, for trials: nobody who lives anywhere. The same number gives the same people
    #[arg(long, value_name = "SEED")]
    made_up_contacts: Option<u64>,
    /// The language of the made-up people's names
    #[arg(long, value_enum, default_value = "en", requires = "made_up_contacts")]
    language: Tongue,
    /// Read the file and say what would be refused; take nothing
    #[arg(long)]
    dry_run: bool,
}

#[derive(Debug, Clone, Copy, ValueEnum)]
enum Charset {
    #[value(name = "utf-8")]
    Utf8,
    #[value(name = "windows-1252")]
    Windows1252,
}

#[derive(Debug, Clone, Copy, ValueEnum)]
enum Tongue {
    En,
    Fi,
}

impl Import {
    pub(super) fn run(self, place: &Place) -> Result<(), Error> {
        let folder = Folder::open(place)?;
        let tenant = folder.desk(self.tenant)?.may(Action::Import)?;
        let mut gathered = self.read(tenant)?;
        self.add_made_up(&mut gathered);
        say(&gathered);
        if gathered.doors.is_empty() {
            return Err(Error::NothingToTake { file: self.file });
        }
        if self.dry_run {
            return Ok(());
        }
        // Before anything is taken: where the tables cannot be opened, nothing is changed.
        let tables = Tables::open(&folder.layout.backend())?;
        let bar = bar(gathered.doors.len() as u64, "doors taken");
        let taken = office::take_register(&*folder.store, tenant, gathered.doors, |more| bar.inc(more))?;
        bar.finish_and_clear();
        folder.note(tenant, Deed::RegisterTaken { new: taken.new, changed: taken.changed })?;
        // What another process pumps is pumped there; here it is only made sure that the doors stand in the tables.
        super::backend::bring(&folder, &tables, tenant)?;
        put(format_args!("{}\t{}\t{}", taken.new, taken.changed, taken.same))?;
        eprintln!("{} doors new, {} changed, {} as they were", taken.new, taken.changed, taken.same);
        if taken.full > 0 {
            eprintln!("{} doors were left as they were: they would hold too many people", taken.full);
        }
        Ok(())
    }

    fn read(&self, tenant: TenantId) -> Result<Gathered, Error> {
        let encoding = match self.encoding {
            Charset::Utf8 => Encoding::Utf8,
            Charset::Windows1252 => Encoding::Windows1252,
        };
        let options = Options { encoding, allow_unplaced: self.allow_unplaced, ..Options::new(tenant) };
        let rows = open(&self.file, options).map_err(|refused| Error::File { file: self.file.clone(), refused })?;
        let spinner = ProgressBar::new_spinner().with_message("rows read");
        spinner.enable_steady_tick(Duration::from_millis(200));
        let style = ProgressStyle::with_template("{spinner} {pos} {msg}");
        spinner.set_style(style.unwrap_or_else(|_| ProgressStyle::default_spinner()));
        let gathered = gather(rows.inspect(|_| spinner.inc(1)));
        spinner.finish_and_clear();
        Ok(gathered)
    }

    fn add_made_up(&self, gathered: &mut Gathered) {
        let Some(seed) = self.made_up_contacts else { return };
        let language = match self.language {
            Tongue::En => made_up::Language::English,
            Tongue::Fi => made_up::Language::Finnish,
        };
        for door in &mut gathered.doors {
            door.contacts.extend(made_up::contacts(seed, door.id, language));
        }
    }
}

fn say(gathered: &Gathered) {
    let summary = &gathered.summary;
    eprintln!(
        "{} rows read, {} taken, {} repeats, {} refused; {} doors",
        summary.read,
        summary.taken,
        summary.duplicates,
        summary.refused.values().sum::<u64>(),
        gathered.doors.len()
    );
    let wrong = gathered.refused.iter().filter(|row| row.reason.kind() != Kind::Duplicate);
    wrong.clone().take(SHOWN).for_each(|row| eprintln!("  {row}"));
    let more = wrong.count().saturating_sub(SHOWN);
    if more > 0 {
        eprintln!("  … and {more} more");
    }
    if !summary.is_whole() {
        eprintln!("the file was not read to its end");
    }
}

/// A bar that shows itself when something takes longer than a moment.
pub(super) fn bar(length: u64, what: &'static str) -> ProgressBar {
    let style = ProgressStyle::with_template("{bar:40} {pos}/{len} {msg}, {eta} left");
    let bar = ProgressBar::new(length).with_message(what);
    bar.set_style(style.unwrap_or_else(|_| ProgressStyle::default_bar()));
    bar
}
