//! A door: who lives there, what happened, and everything that can be done.

mod history;

use super::outcomes::with_whom;
use super::{Asking, Clashes, Desk, Form, Map, Never, Outcomes, Screen, Step, moved};
use crate::event::Key;
use crate::paint::{CHOSEN, DIM, STRONG, TROUBLE, draw_text};
use crate::words;
use ratatui::Frame;
use ratatui::layout::{Constraint, Layout, Rect};
use ratatui::text::{Line, Span};
use walkbook_core::{DoorState, Error, NoMark};
use walkbook_model::{
    Contact, ContactField, ContactId, Day, DoorId, EntryId, Interaction, Outcome, Target, WalkListId, Withheld,
};

pub(crate) struct AtDoor {
    list: WalkListId,
    door: DoorId,
    state: Option<DoorState>,
    /// Whom the next knock is with: 0 is nobody in particular, 1 the first contact.
    with: Option<usize>,
    today: Option<Day>,
    withheld: Withheld,
}

impl AtDoor {
    pub(crate) fn new(list: WalkListId, door: DoorId) -> Self {
        Self { list, door, state: None, with: None, today: None, withheld: Withheld::default() }
    }

    fn people(&self) -> Vec<&Contact> {
        self.state.iter().flat_map(DoorState::present).map(|shown| &shown.contact).collect()
    }

    fn contact(&self) -> Option<ContactId> {
        self.with?.checked_sub(1).and_then(|at| self.people().get(at).map(|contact| contact.id))
    }

    fn is_closed(&self) -> bool {
        let (Some(state), Some(today)) = (&self.state, self.today) else { return false };
        state.is_suppressed(today) || self.contact().is_some_and(|contact| state.is_contact_suppressed(contact, today))
    }

    /// The latest knock of this phone that still counts: what can be taken back or corrected.
    fn own_knock(&self, desk: &Desk<'_>) -> Option<(EntryId, &Interaction)> {
        let device = desk.phone.identity()?.device;
        let mut counting = self.state.as_ref()?.counting();
        counting.rfind(|(visit, _)| visit.entry.device == device).map(|(visit, what)| (visit.entry, what))
    }

    fn on_own_knock(
        &self,
        desk: &Desk<'_>,
        act: impl FnOnce(EntryId, &Interaction) -> Result<Step, Error>,
    ) -> Result<Step, Error> {
        match self.own_knock(desk) {
            Some((knock, what)) => act(knock, what),
            None => Ok(Step::say("Nothing was recorded here with this phone.")),
        }
    }

    fn knock(&self, outcome: Outcome, desk: &Desk<'_>) -> Result<Step, Error> {
        let interaction = with_whom(Interaction::of_outcome(self.list, self.contact(), outcome), outcome);
        desk.phone.record_knock(self.door, interaction, desk.now)?;
        Ok(Step::Back(format!("{}; u at the door takes it back.", words::outcome(outcome))))
    }

    fn ask(&self, desk: &Desk<'_>) -> Result<Step, Error> {
        Ok(match desk.phone.script_of(self.list)? {
            Some((hash, script)) => Step::open(Asking::new(self.list, self.door, self.contact(), hash, script)),
            None => Step::say("This list is worked without a script."),
        })
    }

    fn lift(&self) -> Step {
        let standing =
            self.state.iter().flat_map(|state| &state.suppressions).map(|mark| mark.entry).collect::<Vec<_>>();
        if standing.is_empty() {
            Step::say("Nobody said no here.")
        } else {
            Step::open(Form::lift(self.door, standing))
        }
    }
}

impl Screen for AtDoor {
    fn title(&self) -> String {
        self.state.as_ref().map_or_else(|| "Door".into(), |state| state.door.address.line())
    }

    fn keys(&self) -> Vec<(&'static str, &'static str)> {
        vec![
            ("n", "not home"),
            ("a", "ask"),
            ("x", "other outcome"),
            ("w", "note"),
            ("u", "undo"),
            ("f", "correct"),
            ("N", "never again"),
            ("L", "lift"),
            ("e", "edit"),
            ("+", "add person"),
            ("g", "how to get in"),
            ("c", "clashes"),
            ("m", "map"),
            ("Esc", "back"),
        ]
    }

    fn refresh(&mut self, desk: &Desk<'_>) -> Result<(), Error> {
        self.today = Some(desk.today());
        self.withheld = desk.phone.withheld()?;
        self.state = match desk.phone.door(self.door) {
            Ok(state) => Some(state),
            // It has left the phone's lists meanwhile.
            Err(Error::NotHere { .. }) => None,
            Err(error) => return Err(error),
        };
        // Where one person lives, it is they who open.
        let with = self.with.unwrap_or(usize::from(self.people().len() == 1));
        self.with = Some(with.min(self.people().len()));
        Ok(())
    }

    fn update(&mut self, key: Key, desk: &Desk<'_>) -> Result<Step, Error> {
        let Some(state) = &self.state else { return Ok(Step::back()) };
        let notes = state.door.access_notes.clone();
        let at = moved(self.with.unwrap_or_default(), self.people().len() + 1, key);
        self.with = Some(at);
        Ok(match key {
            Key::Char('n' | 'a' | 'x') if self.is_closed() => Step::say("Nobody may knock here."),
            Key::Char('n') => self.knock(Outcome::NotHome, desk)?,
            Key::Char('a') | Key::Enter => self.ask(desk)?,
            Key::Char('x') => Step::open(Outcomes::record(self.list, self.door, self.contact())),
            Key::Char('w') => {
                self.on_own_knock(desk, |knock, what| Ok(Step::open(Form::note(self.door, knock, what))))?
            }
            Key::Char('u') => self.on_own_knock(desk, |knock, what| {
                desk.phone.undo(self.door, knock, desk.now)?;
                Ok(Step::Say(format!("{} taken back.", words::visit(what))))
            })?,
            Key::Char('f') => {
                self.on_own_knock(desk, |knock, what| Ok(Step::open(Outcomes::correct(self.door, knock, what))))?
            }
            Key::Char('N') => {
                Step::open(Never::new(self.door, self.people().into_iter().cloned().collect(), self.contact()))
            }
            Key::Char('L') => self.lift(),
            Key::Char('e') => match self.people().get(at.wrapping_sub(1)) {
                Some(contact) => Step::open(Form::edit_contact(self.door, contact)),
                None => Step::say("Choose a person first: ↓."),
            },
            Key::Char('+') => Step::open(Form::add_contact(self.door)),
            Key::Char('g') => Step::open(Form::access_notes(self.door, &notes)),
            Key::Char('c') => Step::open(Clashes::at(self.door)),
            Key::Char('m') => Step::open(Map::new(self.list, Some(self.door))),
            Key::Esc => Step::back(),
            _ => Step::Stay,
        })
    }

    fn draw(&self, frame: &mut Frame<'_>, area: Rect) {
        let (Some(state), Some(today)) = (&self.state, self.today) else {
            return draw_text(frame, area, vec![Line::from("This door is on none of your lists any more.")]);
        };
        let [left, right] =
            Layout::horizontal([Constraint::Percentage(52), Constraint::Min(20)]).spacing(1).areas(area);
        let mut lines = Vec::new();
        for mark in state.suppressions.iter().filter(|mark| mark.holds_on(today)) {
            lines.push(Line::styled(said_no(mark, state), TROUBLE));
        }
        if !state.clashes.is_empty() {
            lines.push(Line::styled("‼ written twice at once: c", TROUBLE));
        }
        if !state.door.access_notes.is_empty() {
            lines
                .push(Line::from(vec![Span::styled("Getting in: ", DIM), Span::raw(state.door.access_notes.as_str())]));
        }
        lines.push(self.person(0, "Nobody in particular".into()));
        for (at, contact) in (1..).zip(self.people()) {
            lines.push(self.person(at, words::name(contact)));
            lines.extend(details(contact));
        }
        draw_text(frame, left, lines);
        draw_text(frame, right, history::lines(state, &self.withheld));
    }
}

impl AtDoor {
    fn person(&self, at: usize, name: String) -> Line<'static> {
        if Some(at) == self.with {
            Line::styled(format!("▸ {name} "), CHOSEN)
        } else {
            Line::styled(format!("  {name}"), STRONG)
        }
    }
}

/// What there is to know before one knocks.
fn details(contact: &Contact) -> Vec<Line<'static>> {
    let value = |field| contact.fields.get(&field).filter(|value| !value.is_empty()).cloned();
    let about = [
        value(ContactField::BirthYear).map(|year| format!("*{year}")),
        value(ContactField::Language),
        value(ContactField::Support).map(|level| format!("support {level}")),
    ];
    let lines = [vec![value(ContactField::Phone)], vec![value(ContactField::Email)], about.into()];
    let lines = lines.into_iter().filter_map(|parts| {
        let parts: Vec<String> = parts.into_iter().flatten().collect();
        (!parts.is_empty()).then(|| Line::styled(format!("    {}", parts.join(" · ")), DIM))
    });
    lines.collect()
}

fn said_no(mark: &NoMark, state: &DoorState) -> String {
    let whom = match mark.target {
        Target::Door => "this door".into(),
        Target::Contact(id) => state
            .contacts
            .iter()
            .find(|shown| shown.contact.id == id)
            .map_or_else(|| "somebody here".into(), |shown| words::name(&shown.contact)),
    };
    let until = mark.until_on.map(|day| format!(" until {day}")).unwrap_or_default();
    format!("✗ Never again: {whom}{until}, {}", words::no(mark.reason))
}
