//! A canvasser with a terminal, on one stairwell's list; a town that answers without a network; pictures of the screen.
#![allow(dead_code, unreachable_pub, reason = "each test file uses its part")]

use ratatui::Terminal;
use ratatui::backend::TestBackend;
use std::path::PathBuf;
use tempfile::TempDir;
use walkbook_model::{Role, WalkListId};
use walkbook_phone::{App, Effect, Event, Key, draw, now};
use walkbook_town::real::{Phone, Town};

pub struct Stairwell {
    pub town: Town,
    pub list: WalkListId,
    _folder: TempDir,
}

/// Somebody who holds a phone.
pub struct Canvasser {
    pub phone: Phone,
    pub app: App,
}

impl Stairwell {
    pub fn new() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let town = Town::build(folder.path(), 24, 12);
        let list = town.lists[0];
        Self { town, list, _folder: folder }
    }

    pub fn canvassers<const N: usize>(&self, names: [&str; N], role: Role) -> [Canvasser; N] {
        let users = names.map(|name| self.town.user_of(name, role));
        self.town.assign(self.list, &users);
        users.map(|user| {
            let phone = Phone::enrol(&self.town, user);
            phone.sync(&self.town);
            let app = App::over_walkbook(phone.walkbook.clone(), now());
            Canvasser { phone, app }
        })
    }
}

impl Canvasser {
    /// Presses keys: letters as they are, and `<Enter>`, `<Esc>`, `<Down>` and so on. Nothing may want the network.
    pub fn press(&mut self, keys: &str) -> &mut Self {
        let effects = self.press_for_effects(keys);
        assert!(effects.is_empty(), "{keys} wants the network");
        self
    }

    pub fn press_for_effects(&mut self, keys: &str) -> Vec<Effect> {
        let mut effects = Vec::new();
        let mut rest = keys;
        while let Some(first) = rest.chars().next() {
            let named = rest.strip_prefix('<').and_then(|named| named.split_once('>'));
            let (key, behind) = match named {
                Some((name, behind)) => (self::named(name), behind),
                None => (Key::Char(first), &rest[first.len_utf8()..]),
            };
            rest = behind;
            effects.extend(self.app.update(Event::Key(key), now()));
        }
        effects
    }

    /// What a network would have done, and what the change feed then tells.
    pub fn sync(&mut self, town: &Town) {
        self.phone.sync(town);
        self.app.update(Event::Changed, now());
    }

    /// The screen as text, without what differs from day to day.
    pub fn screen(&self) -> String {
        let mut terminal = Terminal::new(TestBackend::new(96, 24)).unwrap();
        terminal.draw(|frame| draw(&self.app, frame)).unwrap();
        let buffer = terminal.backend().buffer();
        let row = |y| (0..buffer.area.width).map(|x| buffer[(x, y)].symbol()).collect::<String>();
        let rows = (0..buffer.area.height).map(|y| row(y).replace('\u{a0}', " ").trim_end().to_owned());
        without_times(&rows.collect::<Vec<_>>().join("\n"))
    }

    /// Holds the screen against its picture. `WALKBOOK_DRAW=1` draws pictures anew, to be looked at before they are kept.
    pub fn looks_like(&self, picture: &str) {
        let path = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join(format!("tests/pictures/{picture}.txt"));
        let screen = format!("{}\n", self.screen());
        if std::env::var_os("WALKBOOK_DRAW").is_some() {
            std::fs::write(&path, &screen).unwrap();
        }
        let wanted = std::fs::read_to_string(&path).unwrap_or_default();
        assert!(screen == wanted, "{picture} looks otherwise:\n{screen}\nand not\n{wanted}");
    }

    pub fn sees(&self, text: &str) -> bool {
        self.screen().contains(text)
    }
}

fn named(name: &str) -> Key {
    match name {
        "Enter" => Key::Enter,
        "Esc" => Key::Esc,
        "Up" => Key::Up,
        "Down" => Key::Down,
        "Left" => Key::Left,
        "Tab" => Key::Tab,
        "Backspace" => Key::Backspace,
        other => panic!("there is no key {other}"),
    }
}

/// `2026-11-24 17:30` is a day and a time.
fn without_times(text: &str) -> String {
    let mut out = String::new();
    let mut rest: &str = text;
    while let Some(at) = rest.find("20") {
        let form = "dddd-dd-dd dd:dd";
        let found = rest.get(at..at + form.len()).filter(|found| {
            found
                .chars()
                .zip(form.chars())
                .all(|(is, wanted)| if wanted == 'd' { is.is_ascii_digit() } else { is == wanted })
        });
        let length = if found.is_some() { form.len() } else { 2 };
        out.push_str(&rest[..at]);
        out.push_str(if found.is_some() { "(day)      (time)" } else { "20" });
        rest = &rest[at + length..];
    }
    out + rest
}
