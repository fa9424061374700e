//! What is shown, and the only way to change it.

mod online;

use crate::event::{Effect, Event, Key};
use crate::screen::{Desk, Enrol, Lists, Refused, Safety, Screen, Step, help};
use crate::words;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use walkbook_core::{CancelToken, Error, Listener, Status, Subscription, SyncProgress, Walkbook};
use walkbook_desk::DeskKeyStore;
use walkbook_model::Timestamp;

/// The app.
pub struct App {
    /// Nothing, where a wipe was cut off and nothing could be opened since.
    phone: Option<Arc<Walkbook>>,
    place: Option<Place>,
    listening: Option<Subscription>,
    /// The last one is shown.
    pub(crate) screens: Vec<Box<dyn Screen>>,
    pub(crate) status: Option<Status>,
    pub(crate) offline: bool,
    /// What is under way on the network, and how it is called off.
    pub(crate) under_way: Option<(&'static str, CancelToken)>,
    /// How far that is, where it says so.
    pub(crate) so_far: Option<SyncProgress>,
    /// Whether nobody has asked for that: then nothing is said of it.
    is_unasked: bool,
    /// How waiting for news is called off, and what is done to the files once it is.
    hearing: Option<CancelToken>,
    /// Whether there were news while something was under way.
    has_news: bool,
    closes_for: Option<Act>,
    pub(crate) said: Said,
    seen: u64,
    over: bool,
}

/// The line at the bottom.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct Said {
    pub(crate) text: String,
    pub(crate) is_trouble: bool,
}

/// Where the phone's files are, for an app that opens and wipes them itself.
struct Place {
    folder: PathBuf,
    key_store: DeskKeyStore,
}

/// What is done to the files of a walkbook that is closed.
type Act = fn(&Place) -> Result<&'static str, Box<dyn std::error::Error>>;

impl Place {
    fn open(&self, now: Timestamp) -> Result<Arc<Walkbook>, Error> {
        Walkbook::open(&self.folder, &self.key_store, None, now).map(Arc::new)
    }
}

impl App {
    /// Moves a phone aside whose key is gone, so that it can be opened as a new one.
    ///
    /// # Errors
    /// As [`Walkbook::begin_without_key`].
    pub fn begin_without_key(folder: &Path) -> Result<(), Error> {
        Walkbook::begin_without_key(folder, &DeskKeyStore::beside(folder))
    }

    /// Opens the phone in this folder, or makes one.
    ///
    /// # Errors
    /// As [`Walkbook::open`].
    pub fn open(folder: PathBuf, link: &str, now: Timestamp) -> Result<Self, Error> {
        let place = Place { key_store: DeskKeyStore::beside(&folder), folder };
        let mut app = Self::over_walkbook(place.open(now)?, now);
        app.place = Some(place);
        if app.phone.as_ref().is_some_and(|phone| phone.identity().is_none()) {
            app.screens = vec![Box::new(Enrol::new(link))];
        }
        Ok(app)
    }

    /// The app over a walkbook that somebody else has opened, and that cannot be wiped from here.
    pub fn over_walkbook(phone: Arc<Walkbook>, now: Timestamp) -> Self {
        let mut app = Self {
            screens: first_screens(&phone),
            phone: Some(phone),
            place: None,
            listening: None,
            status: None,
            offline: false,
            under_way: None,
            so_far: None,
            is_unasked: false,
            hearing: None,
            has_news: false,
            closes_for: None,
            said: Said::default(),
            seen: 0,
            over: false,
        };
        app.refresh(now);
        app
    }

    /// What an app's network works for.
    pub fn phone(&self) -> Option<Arc<Walkbook>> {
        self.phone.clone()
    }

    /// Whether somebody has ended it.
    pub const fn is_over(&self) -> bool {
        self.over
    }

    /// Has every change told to the listener, unless one is told already.
    pub fn listen(&mut self, listener: impl Fn() -> Box<dyn Listener>) {
        if self.listening.is_none()
            && let Some(phone) = &self.phone
        {
            // Where the system has no thread for it, the screen is read anew at the next key.
            self.listening = phone.subscribe(Arc::from(listener())).ok();
        }
    }

    /// Takes an event. What comes back is to be done meanwhile; nobody waits for it.
    pub fn update(&mut self, event: Event, now: Timestamp) -> Vec<Effect> {
        let effects = match event {
            Event::Key(key) => self.press(key, now),
            Event::Pasted(text) => text.chars().flat_map(|letter| self.press(Key::Char(letter), now)).collect(),
            Event::Changed => vec![],
            Event::Enrolled(enrolled) => self.enrolled(enrolled.map(|_| ())),
            Event::Progressed(so_far) => self.progressed(so_far),
            Event::Synced(synced) => self.synced(&synced),
            Event::Heard(heard) => self.heard(heard, now),
            Event::Closed => {
                self.over = true;
                vec![]
            }
        };
        self.refresh(now);
        effects
    }

    fn press(&mut self, key: Key, now: Timestamp) -> Vec<Effect> {
        // What was said is about the key before.
        self.said = Said::default();
        let types = self.screens.last().is_some_and(|screen| screen.types());
        if let (Key::Char(letter), false) = (key, types)
            && let Some(effects) = self.press_anywhere(letter)
        {
            return effects;
        }
        let (Some(phone), Some(screen)) = (&self.phone, self.screens.last_mut()) else { return vec![] };
        let folder = self.place.as_ref().map(|place| place.folder.as_path());
        let step = screen.update(key, &Desk { phone, now, folder });
        self.step(step, now)
    }

    /// The keys that mean the same on every screen.
    fn press_anywhere(&mut self, letter: char) -> Option<Vec<Effect>> {
        let is_enrolled = self.phone.as_ref().is_some_and(|phone| phone.identity().is_some());
        match letter {
            'S' if is_enrolled => return Some(self.begin_sync()),
            'O' => {
                self.offline = !self.offline;
                if self.offline {
                    self.under_way.iter().map(|(_, cancel)| cancel).chain(&self.hearing).for_each(CancelToken::cancel);
                }
                self.say(if self.offline { "Offline: nothing leaves the phone." } else { "Online again." });
            }
            'T' if is_enrolled => self.show(Box::new(Refused::default())),
            'R' if is_enrolled => self.show(Box::new(Safety::default())),
            '?' => self.show(Box::new(help::Help)),
            _ => return None,
        }
        Some(vec![])
    }

    fn show(&mut self, screen: Box<dyn Screen>) {
        // Not twice on top of itself.
        if self.screens.last().is_none_or(|last| last.title() != screen.title()) {
            self.screens.push(screen);
        }
        self.seen = 0;
    }

    fn step(&mut self, step: Result<Step, Error>, now: Timestamp) -> Vec<Effect> {
        match step {
            Ok(Step::Stay) => {}
            Ok(Step::Say(text)) => self.say(&text),
            Ok(Step::Open(screen)) => self.show(screen),
            Ok(Step::Back(text)) => {
                if self.screens.len() > 1 {
                    self.screens.pop();
                    self.seen = 0;
                } else if text.is_empty() {
                    self.over = true;
                }
                self.say(&text);
            }
            Ok(Step::Enrol(link)) => return self.begin_enrolment(link),
            Ok(Step::Wipe) => self.close_for(wipe, now),
            Ok(Step::BeginAnew) => self.close_for(begin_anew, now),
            Err(error) => self.complain(&error),
        }
        vec![]
    }

    /// Does to the phone's files what is done to a walkbook that is closed, and opens it again: everybody lets go of it first.
    fn close_for(&mut self, act: Act, now: Timestamp) {
        if let Some(hearing) = &self.hearing {
            hearing.cancel();
            self.closes_for = Some(act);
            return;
        }
        let Some(place) = self.place.take() else { return self.say("That cannot be done to this phone from here.") };
        if self.under_way.is_some() {
            self.place = Some(place);
            return self.say("Not while the phone is syncing. O calls that off.");
        }
        (self.listening, self.phone) = (None, None);
        match act(&place) {
            Ok(done) => self.say(done),
            Err(error) => self.complain(&*error),
        }
        match place.open(now) {
            Ok(phone) => {
                if phone.identity().is_none() {
                    self.screens = first_screens(&phone);
                }
                self.phone = Some(phone);
            }
            Err(error) => self.complain(&error),
        }
        self.place = Some(place);
        self.seen = 0;
    }

    /// Reads anew what has changed. Cheap where nothing has.
    fn refresh(&mut self, now: Timestamp) {
        let Some(phone) = &self.phone else { return };
        let changes = phone.changes_since(self.seen);
        if changes.version == self.seen && self.status.is_some() {
            return;
        }
        self.seen = changes.version;
        let desk = Desk { phone, now, folder: self.place.as_ref().map(|place| place.folder.as_path()) };
        let read = self.screens.last_mut().map_or(Ok(()), |screen| screen.refresh(&desk));
        match read.and_then(|()| phone.status()) {
            Ok(status) => self.status = Some(status),
            Err(error) => self.complain(&error),
        }
    }

    fn say(&mut self, text: &str) {
        self.said = Said { text: text.to_owned(), is_trouble: false };
    }

    fn complain(&mut self, error: &dyn std::error::Error) {
        self.said = Said { text: words::sentence(&error.to_string()), is_trouble: true };
    }

    /// Where the phone's key lies, for people to know.
    pub fn key_file(&self) -> Option<&Path> {
        self.place.as_ref().map(|place| place.key_store.file())
    }
}

/// Destroys the phone, its key in the desk's drawer too.
fn wipe(place: &Place) -> Result<&'static str, Box<dyn std::error::Error>> {
    Walkbook::wipe(&place.folder, &place.key_store)?;
    place.key_store.destroy()?;
    Ok("Wiped: nothing is left on this phone.")
}

fn begin_anew(place: &Place) -> Result<&'static str, Box<dyn std::error::Error>> {
    Walkbook::begin_anew(&place.folder, &place.key_store)?;
    Ok("This phone is a new one now. Give the rescue file to a lead, and ask for an invitation.")
}

fn first_screens(phone: &Walkbook) -> Vec<Box<dyn Screen>> {
    if phone.identity().is_some() { vec![Box::new(Lists::default())] } else { vec![Box::new(Enrol::new(""))] }
}
