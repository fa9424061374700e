//! What the app calls things.

use walkbook_core::{DoorChange, DoorRow, Ended, Reason, Standing, SyncPhase, SyncProgress, Synced, Why};
use walkbook_model::{
    Answer, AnswerValue, Contact, ContactField, Interaction, Knock, Outcome, Script, SuppressionReason, Timestamp,
};
use walkbook_model::{QuestionKind, TimeOfDay};

/// The first letter large, a full stop at the end.
pub(crate) fn sentence(text: &str) -> String {
    let mut letters = text.chars();
    let first = letters.next().map(|first| first.to_uppercase().to_string()).unwrap_or_default();
    format!("{first}{}.", letters.as_str().trim_end_matches('.'))
}

pub(crate) fn outcome(outcome: Outcome) -> String {
    let text = outcome.as_str().replace('_', " ");
    sentence(&text).trim_end_matches('.').to_owned()
}

/// What a list says beside a door.
pub(crate) fn standing(row: &DoorRow) -> String {
    if row.suppressed {
        return "never again".into();
    }
    let mut text = row.last_outcome.map(outcome).unwrap_or_default();
    if row.attempts > 1 {
        text.push_str(&format!(" ×{}", row.attempts));
    }
    text
}

/// The day and the minute, in UTC: a desk's app knows no time zone.
pub(crate) fn time(at: Timestamp) -> String {
    let minutes = at.as_ms() / 60_000 % (24 * 60);
    format!("{} {:02}:{:02}", walkbook_model::Day::of(at), minutes / 60, minutes % 60)
}

pub(crate) fn name(contact: &Contact) -> String {
    let name = contact.name();
    if name.is_empty() { "somebody without a name".into() } else { name }
}

pub(crate) fn visit(interaction: &Interaction) -> String {
    match &interaction.knock {
        Knock::Outcome(what, _) => outcome(*what),
        Knock::Answers(_, answers) => match answers.len() {
            1 => "Canvassed, 1 answer".into(),
            count => format!("Canvassed, {count} answers"),
        },
    }
}

pub(crate) fn field(field: &ContactField) -> String {
    sentence(&field.name().replace('_', " ")).trim_end_matches('.').to_owned()
}

/// What a change of a door says, for whoever has to choose between two.
pub(crate) fn change(change: &DoorChange, contacts: &[Contact]) -> String {
    let of = |id| contacts.iter().find(|contact| contact.id == id).map_or_else(|| "somebody".into(), name);
    match change {
        DoorChange::SetAddress(address) => format!("The address is {}", address.line()),
        DoorChange::SetPosition(Some(at)) => format!("It is at {:.5}, {:.5}", at.lat(), at.lon()),
        DoorChange::SetPosition(None) => "It is on no map".into(),
        DoorChange::SetAccessNotes(notes) => format!("How to get in: {notes}"),
        DoorChange::AddContact(contact) => format!("{} lives there", name(contact)),
        DoorChange::SetContactField(id, what, value) if value.is_empty() => {
            format!("{} of {}: none", field(what), of(*id))
        }
        DoorChange::SetContactField(id, what, value) => format!("{} of {}: {value}", field(what), of(*id)),
        DoorChange::SetStanding(id, Standing::Present) => format!("{} lives there", of(*id)),
        DoorChange::SetStanding(id, Standing::Gone) => format!("{} does not live there", of(*id)),
        DoorChange::SetStanding(id, Standing::SameAs(other)) => format!("{} is {}", of(*id), of(*other)),
    }
}

pub(crate) fn no(reason: SuppressionReason) -> &'static str {
    match reason {
        SuppressionReason::Objection => "they said no",
        SuppressionReason::DoNotKnockList => "on the town's do-not-knock list",
        SuppressionReason::RegisterMark => "marked in the register",
        SuppressionReason::Safety => "it is not safe",
        SuppressionReason::Deceased => "has died",
        SuppressionReason::Policy => "your organisation decided so",
    }
}

pub(crate) fn why(why: Why) -> &'static str {
    match why {
        Why::SetAside => "not on a list of yours: a lead decides",
        Why::Refused(Reason::Malformed) => "the server cannot read it: update the app",
        Why::Refused(Reason::NotYours) => "not on a list of yours",
        Why::Refused(Reason::NotAllowed) => "your role may not do this",
        Why::Refused(Reason::Rebase) => "made on top of something that does not count",
        Why::Refused(Reason::Erased) => "concerns somebody who was erased",
        Why::Refused(Reason::UnfitAnswer) => "does not fit the script",
        Why::Refused(Reason::Declined) => "a lead has decided against it",
        Why::Refused(Reason::Withheld) => "you are not shown what it would clear",
    }
}

/// What somebody answered, as the script's own words have it.
pub(crate) fn answer(script: &Script, answer: &Answer) -> String {
    let choice = |code: u16| match script.question(answer.question).map(|question| &question.kind) {
        Some(QuestionKind::Single(choices) | QuestionKind::Multiple(choices)) => choices
            .iter()
            .find(|choice| choice.code == code)
            .map_or_else(|| code.to_string(), |choice| choice.text.clone()),
        _ => code.to_string(),
    };
    match &answer.value {
        AnswerValue::Single(code) => choice(*code),
        AnswerValue::Multiple(codes) if codes.is_empty() => "none of them".into(),
        AnswerValue::Multiple(codes) => codes.iter().map(|code| choice(*code)).collect::<Vec<_>>().join(", "),
        AnswerValue::Scale(step) => step.to_string(),
        AnswerValue::YesNo(said) | AnswerValue::Consent(_, said) => if *said { "yes" } else { "no" }.into(),
        AnswerValue::Text(text) | AnswerValue::Note(text) | AnswerValue::ContactDetail(_, text) => text.clone(),
        AnswerValue::Integer(number) => number.to_string(),
        AnswerValue::Decimal(number) => decimal(number.digits, number.scale),
        AnswerValue::Date(day) => day.to_string(),
        AnswerValue::Time(TimeOfDay(minutes)) => format!("{:02}:{:02}", minutes / 60, minutes % 60),
    }
}

fn decimal(digits: i64, scale: u8) -> String {
    let sign = if digits < 0 { "-" } else { "" };
    let width = usize::from(scale) + 1;
    let text = format!("{:0width$}", digits.unsigned_abs());
    let (whole, part) = text.split_at(text.len() - usize::from(scale));
    if part.is_empty() { format!("{sign}{whole}") } else { format!("{sign}{whole}.{part}") }
}

/// How an exchange goes.
pub(crate) fn so_far(progress: &SyncProgress) -> String {
    let SyncProgress { phase, entries, doors, awaited_doors, .. } = *progress;
    match phase {
        SyncPhase::Sending if entries > 0 => format!(": {entries} up"),
        SyncPhase::Receiving if awaited_doors > 0 => format!(": {doors} of {} doors", doors + awaited_doors),
        SyncPhase::Receiving if doors > 0 => format!(": {doors} doors"),
        _ => String::new(),
    }
}

/// How an exchange went.
pub(crate) fn synced(synced: &Synced) -> String {
    let how = match synced.ended {
        Ended::Complete => "In step with the server",
        Ended::OutOfTime => "Out of time; S goes on",
        Ended::Cancelled => "Called off; S goes on",
        Ended::Wiped => "This phone was emptied from afar; start it anew",
    };
    let trips =
        if synced.round_trips == 1 { "1 round trip".into() } else { format!("{} round trips", synced.round_trips) };
    format!("{how}: {trips}, {} up, {} down.", bytes(synced.sent_bytes), bytes(synced.received_bytes))
}

fn bytes(count: u64) -> String {
    if count < 10_000 { format!("{count} bytes") } else { format!("{} kB", count / 1_000) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn decimals_are_written_as_people_write_them() {
        assert_eq!([decimal(125, 1), decimal(-5, 2), decimal(7, 0)], ["12.5", "-0.05", "7"]);
    }

    #[test]
    fn errors_become_sentences() {
        assert_eq!(sentence("the server is busy"), "The server is busy.");
    }
}
