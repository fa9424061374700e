//! What everything looks like: the frame around a screen, and the few styles there are.

use crate::{App, words};
use ratatui::Frame;
use ratatui::layout::{Constraint, Layout, Rect};
use ratatui::style::{Color, Modifier, Style};
use ratatui::text::{Line, Span};
use ratatui::widgets::{List, ListItem, ListState, Paragraph, Wrap};
use walkbook_core::DoorRow;
use walkbook_model::Class;

pub(crate) const DIM: Style = Style::new().fg(Color::DarkGray);
pub(crate) const STRONG: Style = Style::new().add_modifier(Modifier::BOLD);
pub(crate) const TROUBLE: Style = Style::new().fg(Color::Red).add_modifier(Modifier::BOLD);
pub(crate) const CHOSEN: Style = Style::new().add_modifier(Modifier::REVERSED);
const HEAD: Style = Style::new().fg(Color::Black).bg(Color::Cyan);

/// Paints the app.
pub fn draw(app: &App, frame: &mut Frame<'_>) {
    let [head, body, said, keys] =
        Layout::vertical([Constraint::Length(1), Constraint::Min(3), Constraint::Length(1), Constraint::Length(2)])
            .areas(frame.area());
    let Some(screen) = app.screens.last() else { return };
    draw_head(app, &screen.title(), frame, head);
    screen.draw(frame, body);
    let style = if app.said.is_trouble { TROUBLE } else { STRONG };
    frame.render_widget(Line::styled(app.said.text.as_str(), style), said);
    let mut hints: Vec<Span<'_>> = Vec::new();
    for (key, what) in screen.keys() {
        // A key and what it does stay on one line.
        let [key, what] = [key, what].map(|text| text.replace(' ', "\u{a0}"));
        hints.extend([Span::styled(format!("{key}\u{a0}"), STRONG), Span::styled(format!("{what}  "), DIM)]);
    }
    if !screen.types() {
        hints.extend([Span::styled("?\u{a0}", STRONG), Span::styled("help", DIM)]);
    }
    frame.render_widget(Paragraph::new(Line::from(hints)).wrap(Wrap { trim: true }), keys);
}

/// What a canvasser has to see on every screen: offline or not, how much is only on this phone, what is to be looked at.
fn draw_head(app: &App, title: &str, frame: &mut Frame<'_>, area: Rect) {
    let mut marks: Vec<String> = Vec::new();
    if let Some((what, _)) = &app.under_way {
        let so_far = app.so_far.as_ref().map(words::so_far).unwrap_or_default();
        marks.push(format!("⇅ {what}{so_far}"));
    }
    if app.offline {
        marks.push("OFFLINE".into());
    }
    if let Some(status) = &app.status {
        if status.unseen() > 0 {
            marks.push(format!("{} to look at (T)", status.unseen()));
        }
        marks.push(match status.at_risk() {
            0 => "nothing at risk".into(),
            count => format!("{count} at risk"),
        });
    }
    let marks = format!("{} ", marks.join(" · "));
    let width = u16::try_from(marks.chars().count()).unwrap_or(u16::MAX);
    let [left, right] = Layout::horizontal([Constraint::Min(10), Constraint::Length(width)]).areas(area);
    frame.render_widget(Line::styled(format!(" {title}"), HEAD.add_modifier(Modifier::BOLD)).style(HEAD), left);
    frame.render_widget(Line::styled(marks, HEAD).style(HEAD), right);
}

/// The colour of what happened last.
pub(crate) fn colour(row: &DoorRow) -> Color {
    match row.class {
        _ if row.suppressed => Color::Red,
        None => Color::White,
        Some(Class::Contact) => Color::Green,
        Some(Class::Attempt) => Color::Yellow,
        Some(Class::DataFix) => Color::Magenta,
        Some(Class::Suppress) => Color::Red,
    }
}

/// Lines of which one is marked, in the middle where there are many.
pub(crate) fn draw_lines(frame: &mut Frame<'_>, area: Rect, lines: Vec<Line<'_>>, at: Option<usize>) {
    let height = usize::from(area.height);
    let last = lines.len().saturating_sub(height);
    let offset = at.unwrap_or_default().saturating_sub(height / 2).min(last);
    let mut state = ListState::default().with_offset(offset).with_selected(at);
    let items = lines.into_iter().map(ListItem::new);
    let list = List::new(items).highlight_symbol("▸ ").highlight_style(CHOSEN);
    frame.render_stateful_widget(list, area, &mut state);
}

/// Words for where there is nothing else.
pub(crate) fn draw_text(frame: &mut Frame<'_>, area: Rect, lines: Vec<Line<'_>>) {
    frame.render_widget(Paragraph::new(lines).wrap(Wrap { trim: false }), area);
}

/// Text cut or filled to a width.
pub(crate) fn fitted(text: &str, width: usize) -> String {
    let count = text.chars().count();
    if count <= width {
        return format!("{text}{}", " ".repeat(width - count));
    }
    let cut: String = text.chars().take(width.saturating_sub(1)).collect();
    format!("{cut}…")
}
