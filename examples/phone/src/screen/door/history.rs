//! What happened at a door.

use crate::paint::{DIM, STRONG};
use crate::words;
use ratatui::text::{Line, Span};
use walkbook_core::{DoorState, Visit};
use walkbook_model::{Interaction, Withheld};

/// Every attempt, the latest first. What was taken back is told too: history is kept. Where it is withheld, that is said.
pub(super) fn lines(state: &DoorState, withheld: &Withheld) -> Vec<Line<'static>> {
    if state.visits.is_empty() {
        return vec![Line::styled("Nobody has been here yet.", DIM)];
    }
    let mut lines = vec![Line::styled("What happened", STRONG)];
    for visit in state.visits.iter().rev() {
        match &visit.counts {
            Some(what) => lines.extend(counting(visit, what, state)),
            None => lines.push(Line::styled(format!("{}  taken back", words::time(visit.moment.at())), DIM)),
        }
    }
    if withheld.history {
        lines.push(Line::styled("Of others you see the last outcome only.", DIM));
    }
    lines
}

fn counting(visit: &Visit, what: &Interaction, state: &DoorState) -> Vec<Line<'static>> {
    let with = what.contact.and_then(|id| state.contacts.iter().find(|shown| shown.contact.id == id));
    let with = with.map(|shown| format!(", {}", words::name(&shown.contact))).unwrap_or_default();
    let corrected = if visit.corrected_by.is_empty() { "" } else { " (corrected)" };
    let mut lines = vec![Line::from(vec![
        Span::styled(format!("{}  ", words::time(visit.moment.at())), DIM),
        Span::raw(format!("{}{with}{corrected}", words::visit(what))),
    ])];
    lines.extend(what.note.as_ref().map(|note| Line::from(format!("    “{note}”"))));
    lines
}
