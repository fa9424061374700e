//! The evening: everybody comes home, and what was promised is held against what is there.

use super::{PEOPLE, World, say};
use crate::error::Error;
use crate::promises::Promises;
use crate::protocol::{Order, Report};
use crate::runner::Sync;
use crate::table::Table;
use std::collections::BTreeSet;
use std::thread;
use std::time::{Duration, Instant};
use walkbook_model::EntryId;

/// The backend takes what it is brought within seconds.
const SETTLES_WITHIN: Duration = Duration::from_secs(60);

/// Signal again: everybody exchanges once; one answer is lost. Then once more, for what team mates brought later.
pub(super) fn come_home(world: &mut World, promises: &mut Promises) -> Result<(), Error> {
    say("Signal again. Everybody exchanges");
    world.network.mend();
    let World { phones, network, .. } = &mut *world;
    for phone in phones.iter_mut() {
        if phone.name == "Farah" {
            network.lose_next_answer();
            let got_answer = phone.sync()?.is_some();
            let Report::Status { at_risk, .. } = phone.must(&Order::Status)? else { return Err(Error::TooFew) };
            promises.hold(
                !got_answer && at_risk > 0,
                "Farah's answer was lost, and her phone calls nothing safe",
                format_args!("{at_risk} at risk"),
            );
        }
        phone.tally.shift = phone.sync()?;
    }
    let trips: Vec<String> =
        phones.iter().filter_map(|phone| Some(format!("{} {}", phone.name, phone.tally.shift?.round_trips))).collect();
    // A phone whose clock is wrong is told the time first.
    let wanted = PEOPLE.map(|(name, ..)| format!("{name} {}", if name == "Eeva" { 2 } else { 1 }));
    promises.hold(trips == wanted, "A shift is one round trip; one more for the phone of 2030", trips.join(", "));
    for phone in phones.iter_mut() {
        phone.sync()?;
    }
    settle(world)?;
    // Now the phones learn what is in the backend.
    world.phones.iter_mut().try_for_each(|phone| phone.sync().map(drop))
}

/// Waits until the backend has everything.
fn settle(world: &World) -> Result<(), Error> {
    let started = Instant::now();
    while waiting(world)? > 0 && started.elapsed() < SETTLES_WITHIN {
        thread::sleep(Duration::from_millis(100));
    }
    Ok(())
}

/// Entries that the backend does not have yet.
fn waiting(world: &World) -> Result<u64, Error> {
    let lines = world.office.run(&["status"])?;
    let row = lines.iter().find(|line| line.starts_with(&world.tenant)).cloned().unwrap_or_default();
    row.split('\t')
        .nth(6)
        .and_then(|cell| cell.parse().ok())
        .ok_or(Error::Command { command: "status".into(), said: row })
}

pub(super) fn hold(world: &mut World, promises: &mut Promises) -> Result<(), Error> {
    say("What was promised");
    let made: BTreeSet<EntryId> =
        world.phones.iter().flat_map(|phone| phone.tally.knocks.iter().map(|(_, entry)| *entry)).collect();
    let mut missing = 0;
    for phone in &mut world.phones {
        missing += phone.missing()?;
    }
    promises.hold(
        missing == 0,
        "Every knock that was acknowledged is on its phone",
        format_args!("{} made", made.len()),
    );
    let in_tables = in_tables(world, &made)?;
    promises.hold(
        in_tables == made.len(),
        "Every knock is in the tenant's tables",
        format_args!("{in_tables} of {}", made.len()),
    );
    let doubled = world.office.ask_tables("SELECT count(*) FROM interaction")?;
    promises.hold(doubled == made.len() as u64, "None is there twice", format_args!("{doubled} rows"));
    let at_risk: u64 = world.phones.iter().map(|phone| phone.tally.at_risk).sum();
    promises.hold(at_risk == 0, "Nothing is at risk any more", format_args!("{at_risk} entries"));
    same_everywhere(world, promises)?;
    at_the_doors(world, promises)
}

/// Which of these knocks the tables have.
fn in_tables(world: &World, made: &BTreeSet<EntryId>) -> Result<usize, Error> {
    let rows = world.office.run(&["backend", "query", "SELECT interaction FROM interaction"])?;
    let there: BTreeSet<&str> = rows.iter().map(String::as_str).collect();
    Ok(made.iter().filter(|entry| there.contains(entry.to_string().as_str())).count())
}

/// One truth on every screen.
fn same_everywhere(world: &mut World, promises: &mut Promises) -> Result<(), Error> {
    let mut digests: Vec<BTreeSet<String>> = vec![BTreeSet::new(); world.lists.len()];
    for (phone, (_, place, _)) in world.phones.iter_mut().zip(PEOPLE) {
        if let (Some(list), Some(digests)) = (world.lists.get(place), digests.get_mut(place)) {
            digests.insert(phone.digest(*list)?);
        }
    }
    let same = digests.iter().all(|digests| digests.len() <= 1);
    promises.hold(same, "Phones of one list show the same, to the byte", "all lists");
    let board = world.office.run(&["list", "board", "--tenant", &world.tenant])?;
    let tables = world.office.run(&["backend", "query", BOARD])?;
    let of_server: BTreeSet<Vec<&str>> =
        board.iter().skip(1).map(|line| columns(line, &[0, 3, 4, 5, 6, 7, 8, 9])).collect();
    let of_tables: BTreeSet<Vec<&str>> = tables.iter().map(|line| line.split('\t').collect()).collect();
    promises.hold(
        of_server == of_tables,
        "Server and tables count the same",
        format_args!("{} lists", of_server.len()),
    );
    Ok(())
}

const BOARD: &str = "SELECT walk_list, doors, untouched, attempted, contacted, data_fix, suppressed, knocks FROM board";

fn columns<'a>(line: &'a str, wanted: &[usize]) -> Vec<&'a str> {
    let cells: Vec<&str> = line.split('\t').collect();
    wanted.iter().filter_map(|column| cells.get(*column).copied()).collect()
}

/// What came of the meetings.
fn at_the_doors(world: &mut World, promises: &mut Promises) -> Result<(), Error> {
    let [aino, bilal, _, dmitri, ..] = world.phones.as_mut_slice() else { return Err(Error::TooFew) };
    let (Some(clash), Some(no), Some(of_2030)) = (world.seen.clash, world.seen.no, world.seen.of_2030) else {
        return Err(Error::TooFew);
    };
    for phone in [&mut *aino, bilal] {
        if let Report::Door { clashes, .. } = phone.must(&Order::Door { door: clash })? {
            let seen = format!("{clashes} on the phone of {}", phone.name);
            promises.hold(clashes == 1, "The number that two people mended is shown as a clash", seen);
        }
    }
    if let Report::Door { is_suppressed, visits, .. } = aino.must(&Order::Door { door: no })? {
        let seen = format!("{visits} knocks are kept beside it");
        promises.hold(is_suppressed && visits > 0, "\"No\" wins over the knock that came after it", seen);
    }
    if let Report::Door { skew_ms, .. } = dmitri.must(&Order::Door { door: of_2030 })? {
        let latest_s = skew_ms.iter().max().copied().unwrap_or(0) / 1_000;
        let seen = format!("the latest is {latest_s} s from now");
        promises.hold(latest_s <= 1, "A phone set to 2030 wins nothing", seen);
    }
    Ok(())
}

pub(super) fn show(world: &mut World, options: &crate::Day) -> Result<(), Error> {
    say("The day in numbers");
    let mut table = Table::new(&[
        "",
        "knocks",
        "on server",
        "in backend",
        "lost",
        "refused",
        "trips",
        "up",
        "down",
        "time",
        "first download",
    ]);
    for phone in &mut world.phones {
        let lost = phone.missing()?;
        let Report::Status { on_server, in_backend, refused, .. } = phone.must(&Order::Status)? else { continue };
        let cost = |sync: Option<Sync>, of: fn(Sync) -> String| sync.map_or_else(|| "–".to_owned(), of);
        let (shift, download) = (phone.tally.shift, phone.tally.download);
        table.row(vec![
            phone.name.to_owned(),
            phone.tally.knocks.len().to_string(),
            (on_server + in_backend).to_string(),
            in_backend.to_string(),
            lost.to_string(),
            refused.to_string(),
            cost(shift, |sync| sync.round_trips.to_string()),
            cost(shift, |sync| format!("{} B", sync.sent_bytes)),
            cost(shift, |sync| format!("{} B", sync.received_bytes)),
            cost(shift, |sync| format!("{} ms", sync.ms)),
            cost(download, |sync| format!("{} B, {} ms", sync.received_bytes, sync.ms)),
        ]);
    }
    table.print();
    println!("  (server and backend count every entry of a phone: knocks, edits, the \"no\")");
    let geojson = world.folder.join("board.geojson");
    let file = geojson.display().to_string();
    world.office.run(&["list", "board", "--tenant", &world.tenant, "--geojson", &file])?;
    let server = format!("{} --folder {}", options.server.display(), world.folder.join("server").display());
    println!("\nLook further:");
    println!("  {server} list board --tenant {}", world.tenant);
    println!("  {server} backend query 'SELECT * FROM knock ORDER BY happened_at LIMIT 20'");
    println!("  {server} serve");
    println!("  {file} (open it in any map, such as geojson.io or QGIS)");
    Ok(())
}
