//! The morning: a server, a register, lists, and phones that get theirs.

use super::{PEOPLE, Seen, World, say};
use crate::Day;
use crate::error::Error;
use crate::network::Network;
use crate::office::Office;
use crate::protocol::{Order, Report};
use crate::runner::Phone;
use std::path::Path;
use walkbook_model::WalkListId;

const SCRIPT: &str = include_str!("../script.json");
/// Every phone is shown all of its doors' history, so that phones can be held against each other to the byte.
const SETTINGS: &str = r#"{ "canvassers_see_history": true }"#;
/// What holds streets besides addresses.
const EXTRACT: &str = ".osm.pbf";

pub(super) fn begin(options: &Day, data: &Path) -> Result<World, Error> {
    let folder = options.folder.clone();
    let network = Network::start()?;
    let office = Office::new(&options.server, folder.join("server"));
    say("In the office: a server, a register, lists");
    office.run(&["init", "--region", "eu-west-1", "--url", &network.url()])?;
    let server = office.serve()?;
    network.lead_to(server.port);
    let tenant = office.run_for_one(&["tenant", "add", "Made-up Movement"])?;
    let settings = written(&folder, "settings.json", SETTINGS)?;
    office.run(&["tenant", "set", &tenant, &settings])?;
    let data = data.display().to_string();
    let language = ["--made-up-contacts", "2026", "--language", &options.language];
    office.run(&[&["import", &data, "--tenant", &tenant][..], &language].concat())?;
    if data.ends_with(EXTRACT) {
        // Lists go along the streets, and no turf lies across the water.
        office.run(&["streets", "import", &data])?;
    }
    let script_file = written(&folder, "script.json", SCRIPT)?;
    let script = office.run_for_one(&["script", "publish", &script_file, "--tenant", &tenant])?;
    let size = options.size.to_string();
    let cut = ["list", "cut", "--tenant", &tenant, "--effort", "Spring visits", "--size", &size, "--script", &script];
    let lists: Result<Vec<WalkListId>, _> = office.run(&cut)?.iter().map(|list| list.parse()).collect();
    let lists = lists.map_err(|_| Error::TooFew)?;
    let mut world =
        World { folder, office, network, _server: server, tenant, phones: Vec::new(), lists, seen: Seen::default() };
    hand_out(&mut world)?;
    Ok(world)
}

/// A file for a command to read.
fn written(folder: &Path, name: &'static str, text: &str) -> Result<String, Error> {
    let file = folder.join(name);
    std::fs::write(&file, text).map_err(Error::io(name))?;
    Ok(file.display().to_string())
}

/// Makes people and their invitations, hands the lists out, and lets every phone fetch its own.
fn hand_out(world: &mut World) -> Result<(), Error> {
    let tenant = world.tenant.clone();
    let phones = world.folder.join("phones");
    std::fs::create_dir_all(&phones).map_err(Error::io("the phones"))?;
    let mut users = Vec::new();
    for (name, ..) in PEOPLE {
        users.push(world.office.run_for_one(&["user", "add", name, "--tenant", &tenant])?);
    }
    for place in 0..3 {
        let list = world.lists.get(place).ok_or(Error::TooFew)?.to_string();
        let theirs = PEOPLE.iter().zip(&users).filter(|((_, of, _), _)| *of == place).map(|(_, user)| user.as_str());
        let command: Vec<&str> = ["list", "assign", &list].into_iter().chain(theirs).collect();
        world.office.run(&[&command[..], &["--tenant", &tenant]].concat())?;
    }
    say("In the street: phones enrol, and fetch their lists");
    for ((name, place, clock_ms), user) in PEOPLE.into_iter().zip(&users) {
        let link = world.office.run_for_one(&["user", "invite", user, "--tenant", &tenant])?;
        let mut phone = Phone::start(name, &phones, clock_ms)?;
        phone.must(&Order::Enrol { link })?;
        phone.tally.download = phone.sync()?;
        let Report::Lists { lists } = phone.must(&Order::Lists)? else { return Err(Error::TooFew) };
        for (list, list_name, doors) in lists {
            println!("    {name}: {list_name}, {doors} doors");
            if world.lists.get(place) != Some(&list) || doors < 20 {
                return Err(Error::TooFew);
            }
        }
        world.phones.push(phone);
    }
    Ok(())
}
