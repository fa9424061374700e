//! A person, a terminal, and a whole server.

use crate::world::{Terminal, World};

#[test]
fn what_was_knocked_offline_in_a_terminal_outlives_it_and_comes_into_the_tables() {
    let world = World::start(12);
    let user = world.add_canvasser("Aino");
    world.assign(std::slice::from_ref(&user));
    let folder = world.phone_folder("terminal");

    let terminal = Terminal::open(&folder);
    terminal.shows("This phone belongs to nobody yet");
    terminal.paste(&world.invite(&user));
    terminal.press(&["Enter"]);
    terminal.shows("In step with the server");
    terminal.press(&["Enter"]);
    terminal.shows(" doors tried · 0 talked to");
    terminal.press(&["O"]);
    terminal.shows("OFFLINE");
    terminal.press(&["n", "n", "n", "u", "S"]);
    terminal.shows("4 at risk");
    terminal.shows("what you record is safe on this phone");
    assert!(world.interactions().is_empty(), "something left a phone that was offline");
    // The window is closed in mid-walk.
    drop(terminal);

    let terminal = Terminal::open(&folder);
    terminal.shows("4 at risk");
    terminal.press(&["S"]);
    terminal.shows("nothing at risk");
    assert_eq!(world.interactions().len(), 3);
    let counting = "SELECT count(*) FROM interaction WHERE undone = 0";
    assert_eq!(world.office.run_for_one(&["backend", "query", counting]), "2");
}
