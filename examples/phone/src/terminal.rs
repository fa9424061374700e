//! The terminal: brings keys to the app and shows what it draws.

use crate::{App, Event, Key, draw, network, now};
use ratatui::DefaultTerminal;
use ratatui::crossterm::event::{
    self, DisableBracketedPaste, EnableBracketedPaste, Event as Input, KeyCode, KeyEvent, KeyEventKind, KeyModifiers,
};
use ratatui::crossterm::execute;
use std::io;
use std::sync::mpsc::{self, Sender};
use walkbook_core::{Changes, Listener};

/// Shows the app until somebody ends it. The terminal is as it was when this returns.
///
/// # Errors
/// The terminal cannot be used, or the system gives no thread.
pub fn run(app: &mut App) -> io::Result<()> {
    let mut terminal = ratatui::try_init()?;
    let shown = execute!(io::stdout(), EnableBracketedPaste).and_then(|()| show(app, &mut terminal));
    let left = execute!(io::stdout(), DisableBracketedPaste);
    ratatui::restore();
    shown.and(left)
}

fn show(app: &mut App, terminal: &mut DefaultTerminal) -> io::Result<()> {
    let (sender, events) = mpsc::channel();
    let keys = sender.clone();
    std::thread::Builder::new().name("keys".into()).spawn(move || read_keys(&keys))?;
    app.listen(|| Box::new(Bell(sender.clone())));
    while !app.is_over() {
        terminal.draw(|frame| draw(app, frame))?;
        let Ok(event) = events.recv() else { break };
        for effect in app.update(event, now()) {
            if let Some(phone) = app.phone() {
                network::perform(effect, phone, sender.clone())?;
            }
        }
        app.listen(|| Box::new(Bell(sender.clone())));
    }
    Ok(())
}

/// Tells the app that something has changed: a sync works in portion by portion.
struct Bell(Sender<Event>);

impl Listener for Bell {
    fn changed(&self, _: Changes) {
        // Nobody listens any more where the app has ended.
        let _ = self.0.send(Event::Changed);
    }
}

fn read_keys(events: &Sender<Event>) {
    loop {
        let event = match event::read() {
            Ok(Input::Key(key)) if key.kind != KeyEventKind::Release => known(key),
            Ok(Input::Paste(text)) => Some(Event::Pasted(text)),
            Ok(Input::Resize(..)) => Some(Event::Changed),
            Ok(_) => None,
            // The terminal has gone.
            Err(_) => Some(Event::Closed),
        };
        let is_last = matches!(event, Some(Event::Closed));
        if event.is_some_and(|event| events.send(event).is_err()) || is_last {
            return;
        }
    }
}

fn known(key: KeyEvent) -> Option<Event> {
    if key.modifiers.contains(KeyModifiers::CONTROL) {
        return (key.code == KeyCode::Char('c')).then_some(Event::Closed);
    }
    let key = match key.code {
        KeyCode::Char(letter) => Key::Char(letter),
        KeyCode::Enter => Key::Enter,
        KeyCode::Esc => Key::Esc,
        KeyCode::Backspace => Key::Backspace,
        KeyCode::Tab => Key::Tab,
        KeyCode::Up => Key::Up,
        KeyCode::Down => Key::Down,
        KeyCode::Left => Key::Left,
        KeyCode::Right => Key::Right,
        _ => return None,
    };
    Some(Event::Key(key))
}
