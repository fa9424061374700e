//! `import`: a register comes in.

use super::Error;
use super::backend::bring_marked;
use super::folder::Folder;
use super::output::put;
use super::place::Place;
use crate::backend::Published;
use crate::import::{BadRows, Encoding, Kind, Options, Register, RowRefused, Summary, made_up, open};
use crate::office::{self, DOORS_AT_ONCE, Difference, Taken};
use crate::store::Deed;
use clap::{Args, ValueEnum};
use indicatif::{ProgressBar, ProgressStyle};
use std::fs::File;
use std::io::{self, BufWriter};
use std::path::{Path, PathBuf};
use std::time::Duration;
use walkbook_model::{Action, Door, DoorId, TenantId};

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
    /// Say what would change, and what would be refused; take nothing
    #[arg(long)]
    dry_run: bool,
    /// Write every row that was not taken into this file: line, column, reason
    #[arg(long, value_name = "FILE")]
    bad_rows: Option<PathBuf>,
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
        // Before anything is taken: where the tables cannot be opened, or the bad rows written, nothing is changed.
        let mut tables = if self.dry_run { None } else { folder.backend_if_there()? };
        let out = self.bad_rows.as_ref().map(|file| File::create(file).map_err(io_at(file))).transpose()?;
        let scratch = folder.layout.folder();
        let mut refused = Refused::new(out.is_some().then(|| BadRows::new(scratch)));
        let mut register = self.read(tenant, scratch, |row| refused.add(row))?;
        let bar = bar(register.left(), "rows brought together");
        let (mut taken, mut published) = (Taken::default(), Published::default());
        loop {
            let mut doors =
                register.by_ref().take(DOORS_AT_ONCE).collect::<io::Result<Vec<Door>>>().map_err(io_at(scratch))?;
            if doors.is_empty() {
                break;
            }
            self.add_made_up(&mut doors);
            if self.dry_run {
                tell(office::compare_doors(&*folder.store, tenant, doors, &mut taken)?)?;
            } else {
                office::take_doors(&*folder.store, tenant, doors, &mut taken)?;
                published.add(bring_marked(&folder, &mut tables, tenant)?);
            }
            bar.set_position(bar.length().unwrap_or_default().saturating_sub(register.left()));
        }
        // What an import that was cut off has taken, and not come to bring.
        published.add(bring_marked(&folder, &mut tables, tenant)?);
        bar.finish_and_clear();
        let summary = register.summary().clone();
        drop(register);
        refused.say(&summary);
        if let (Some(file), Some(out)) = (&self.bad_rows, out) {
            refused.write(out).map_err(io_at(file))?;
            eprintln!("the rows that were not taken are in {}", file.display());
        }
        if summary.taken == 0 {
            return Err(Error::NothingToTake { file: self.file });
        }
        super::backend::say(published);
        self.finish(&folder, tenant, taken)
    }

    fn read<F: FnMut(RowRefused) -> io::Result<()>>(
        &self,
        tenant: TenantId,
        scratch: &Path,
        refuse: F,
    ) -> Result<Register<F>, Error> {
        let encoding = match self.encoding {
            Charset::Utf8 => Encoding::Utf8,
            Charset::Windows1252 => Encoding::Windows1252,
        };
        let options = Options { encoding, allow_unplaced: self.allow_unplaced, ..Options::new(tenant) };
        let spinner = ProgressBar::new_spinner().with_message("rows read");
        spinner.enable_steady_tick(Duration::from_millis(200));
        let style = ProgressStyle::with_template("{spinner} {pos} {msg}");
        spinner.set_style(style.unwrap_or_else(|_| ProgressStyle::default_spinner()));
        let rows = open(&self.file, options).map_err(|refused| Error::File { file: self.file.clone(), refused })?;
        let register = Register::read(rows.inspect(|_| spinner.inc(1)), scratch, refuse).map_err(io_at(scratch));
        spinner.finish_and_clear();
        register
    }

    fn add_made_up(&self, doors: &mut [Door]) {
        let Some(seed) = self.made_up_contacts else { return };
        let language = match self.language {
            Tongue::En => made_up::Language::English,
            Tongue::Fi => made_up::Language::Finnish,
        };
        for door in doors {
            door.contacts.extend(made_up::contacts(seed, door.id, language));
        }
    }

    /// What changed nothing is not written down.
    fn finish(&self, folder: &Folder, tenant: TenantId, taken: Taken) -> Result<(), Error> {
        let Taken { new, changed, same, full } = taken;
        if !self.dry_run && new + changed > 0 {
            folder.note(tenant, Deed::RegisterTaken { new, changed })?;
        }
        put(format_args!("{new}\t{changed}\t{same}"))?;
        let would = if self.dry_run { "would be " } else { "" };
        eprintln!("{new} doors {would}new, {changed} {would}changed, {same} as they were");
        if full > 0 {
            eprintln!("{full} doors {would}left as they were: they would hold too many people");
        }
        Ok(())
    }
}

/// Rows that are not taken: the first of them are shown.
struct Refused {
    shown: Vec<String>,
    bad_rows: Option<BadRows>,
}

impl Refused {
    const fn new(bad_rows: Option<BadRows>) -> Self {
        Self { shown: Vec::new(), bad_rows }
    }

    fn add(&mut self, row: RowRefused) -> io::Result<()> {
        if self.shown.len() < SHOWN && row.reason.kind() != Kind::Duplicate {
            self.shown.push(row.to_string());
        }
        self.bad_rows.as_mut().map_or(Ok(()), |bad_rows| bad_rows.add(&row))
    }

    fn say(&self, summary: &Summary) {
        let refused = summary.refused.values().sum::<u64>();
        eprintln!(
            "{} rows read, {} taken, {} repeats, {refused} refused",
            summary.read, summary.taken, summary.duplicates
        );
        self.shown.iter().for_each(|row| eprintln!("  {row}"));
        let more = refused.saturating_sub(self.shown.len() as u64);
        if more > 0 {
            eprintln!("  … and {more} more; `--bad-rows FILE` writes them all");
        }
        if !summary.is_whole() {
            eprintln!("the file was not read to its end");
        }
    }

    fn write(self, out: File) -> io::Result<()> {
        self.bad_rows.map_or(Ok(()), |bad_rows| bad_rows.write(BufWriter::new(out)))
    }
}

/// What would change, a line each; new doors and those that stay are counted only.
fn tell(differences: Vec<(DoorId, Difference)>) -> Result<(), Error> {
    for (door, difference) in differences {
        match difference {
            Difference::Changed(parts) => put(format_args!("changed\t{door}\t{}", parts.join(", ")))?,
            Difference::Full => put(format_args!("full\t{door}\tpeople"))?,
            Difference::New | Difference::Same => {}
        }
    }
    Ok(())
}

fn io_at(place: &Path) -> impl Fn(io::Error) -> Error {
    let file = place.to_owned();
    move |source| Error::Io { file: file.clone(), source }
}

/// A bar that shows itself when something takes longer than a moment.
pub(super) fn bar(length: u64, what: &'static str) -> ProgressBar {
    let style = ProgressStyle::with_template("{bar:40} {pos}/{len} {msg}, {eta} left");
    let bar = ProgressBar::new(length).with_message(what);
    bar.set_style(style.unwrap_or_else(|_| ProgressStyle::default_bar()));
    bar
}
