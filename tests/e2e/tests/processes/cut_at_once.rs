//! Operators who cut lists at the same time, each with a command of their own.

use crate::world::{TOWN, office_at};
use std::collections::BTreeSet;
use std::thread;

#[test]
fn commands_that_cut_at_the_same_time_put_no_door_on_two_lists() {
    let folder = tempfile::tempdir().unwrap();
    let (office, tenant) = office_at(folder.path().join("server"));
    let taken = office.run_for_one(&["import", TOWN, "--tenant", &tenant]);
    let doors: usize = taken.split('\t').next().unwrap().parse().unwrap();
    let cut = |size: &str| {
        let arguments = ["list", "cut", "--tenant", &tenant, "--effort", "Trial", "--size", size];
        let said = office.attempt(&arguments);
        assert_eq!(said.code, Some(0), "{}", said.to_people);
        said.results.lines().map(str::to_owned).collect::<Vec<_>>()
    };
    let lists: Vec<String> = thread::scope(|scope| {
        let cutting: Vec<_> = ["3", "4", "5", "6"].map(|size| scope.spawn(move || cut(size))).into();
        cutting.into_iter().flat_map(|command| command.join().unwrap()).collect()
    });
    let on_lists = lists.iter().flat_map(|list| office.run(&["list", "show", list, "--tenant", &tenant]));
    let on_lists: Vec<String> = on_lists.map(|line| line.split('\t').next().unwrap().to_owned()).collect();
    let apart: BTreeSet<&String> = on_lists.iter().collect();
    assert!(doors > 20);
    assert_eq!((on_lists.len(), apart.len()), (doors, doors), "each door is on one list");
}
