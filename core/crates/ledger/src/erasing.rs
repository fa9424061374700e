//! Erasing a person: what is left of a door and of what happened there.
//!
//! Counts stay, the person goes. An interaction stays as one with nobody in particular, with what was answered by choosing and
//! without what was said in words. An edit of the person becomes one that changes nothing, so that what others made on top
//! of it keeps its ground. What is about the person alone (a "no", a permission, its lift) goes as a whole.

use crate::{Correction, DoorBase, DoorChange, DoorEdit, DoorState, Entry, Payload, Standing};
use std::collections::{BTreeMap, BTreeSet};
use walkbook_model::{AnswerValue, Class, ContactId, EntryId, Interaction, Knock, Level, Lift, Outcome, Target};

/// The reason of a lift that names what spoke of the person, and is needed all the same: its words may have spoken of them too.
const ERASED: &str = "erased";

/// What is left of a payload.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Left {
    /// All of it: it is not about them.
    All,
    /// This much.
    This(Payload),
    /// Nothing.
    Nothing,
}

impl Payload {
    /// What is left of this without these people.
    ///
    /// ```
    /// use walkbook_ledger::{Left, Payload};
    /// use walkbook_model::{ContactId, Interaction, Outcome, WalkListId};
    ///
    /// let (list, aino) = (WalkListId::from_bytes([1; 16]), ContactId::from_bytes([2; 16]));
    /// let knock = |contact| Payload::Interaction(Interaction::of_outcome(list, contact, Outcome::Refused));
    /// assert_eq!(knock(Some(aino)).without(&[aino].into()), Left::This(knock(None)));
    /// assert_eq!(knock(None).without(&[aino].into()), Left::All);
    /// ```
    pub fn without(&self, erased: &BTreeSet<ContactId>) -> Left {
        let is_erased = |contact: &Option<ContactId>| contact.is_some_and(|contact| erased.contains(&contact));
        match self {
            Self::Interaction(interaction) if is_erased(&interaction.contact) => {
                Left::This(Self::Interaction(with_nobody(interaction)))
            }
            Self::Correction(Correction { replaces, with: Some(with) }) if is_erased(&with.contact) => {
                Left::This(Self::Correction(Correction { replaces: *replaces, with: Some(with_nobody(with)) }))
            }
            Self::Suppression(suppression) => match suppression.target {
                Target::Contact(contact) if erased.contains(&contact) => Left::Nothing,
                Target::Contact(_) | Target::Door => Left::All,
            },
            Self::Consent(consent) if erased.contains(&consent.contact) => Left::Nothing,
            Self::Door(edit) => match named(&edit.change).into_iter().flatten().find(|named| erased.contains(named)) {
                Some(contact) => match DoorChange::SetStanding(contact, Standing::Gone) {
                    nothing if nothing == edit.change => Left::All,
                    nothing => Left::This(Self::Door(DoorEdit { on: edit.on.clone(), change: nothing })),
                },
                None => Left::All,
            },
            Self::Interaction(_)
            | Self::Correction(_)
            | Self::Lift(_)
            | Self::Consent(_)
            | Self::List(_)
            | Self::Script(_) => Left::All,
        }
    }
}

/// Of a door's entries those that are not left as they are, and what is left of them. Of those `before` less is left already
/// than was written, or nothing: what names them may have come later.
pub fn without_people<'a>(
    entries: impl IntoIterator<Item = &'a Entry> + Clone,
    erased: &BTreeSet<ContactId>,
    before: &BTreeSet<EntryId>,
) -> BTreeMap<EntryId, Option<Payload>> {
    let mut left = BTreeMap::new();
    for entry in entries.clone() {
        match entry.payload.without(erased) {
            Left::All => {}
            Left::This(payload) => drop(left.insert(entry.id(), Some(payload))),
            Left::Nothing => drop(left.insert(entry.id(), None)),
        }
    }
    let there: BTreeSet<EntryId> = entries.clone().into_iter().map(Entry::id).collect();
    let is_gone = |left: &BTreeMap<EntryId, Option<Payload>>, id: &EntryId| match left.get(id) {
        Some(left) => left.is_none(),
        None => before.contains(id) && !there.contains(id),
    };
    for entry in entries {
        let Payload::Lift(lift) = &entry.payload else { continue };
        if lift.names.iter().all(|name| is_gone(&left, name)) {
            left.insert(entry.id(), None);
        } else if lift.reason != ERASED
            && lift.names.iter().any(|name| left.contains_key(name) || before.contains(name))
        {
            let lift = Lift { names: lift.names.clone(), reason: ERASED.to_owned() };
            left.insert(entry.id(), Some(Payload::Lift(lift)));
        }
    }
    left
}

impl DoorBase {
    /// The base without these people; nothing where it has none of them.
    pub fn without(&self, erased: &BTreeSet<ContactId>) -> Option<Self> {
        let mut base = self.clone();
        base.record.contacts.retain(|contact| !erased.contains(&contact.id));
        (base != *self).then_some(base)
    }
}

impl DoorState {
    /// This contact, and whoever at this door is said to be the same person.
    pub fn same_person(&self, contact: ContactId) -> BTreeSet<ContactId> {
        let mut same = BTreeSet::from([contact]);
        loop {
            let before = same.len();
            for state in &self.contacts {
                if let Standing::SameAs(other) = state.standing
                    && (same.contains(&other) || same.contains(&state.contact.id))
                {
                    same.extend([other, state.contact.id]);
                }
            }
            if same.len() == before {
                return same;
            }
        }
    }
}

/// The contacts that a change is about.
const fn named(change: &DoorChange) -> [Option<ContactId>; 2] {
    match change {
        DoorChange::AddContact(contact) => [Some(contact.id), None],
        DoorChange::SetStanding(contact, Standing::SameAs(other)) => [Some(*contact), Some(*other)],
        DoorChange::SetContactField(contact, ..) | DoorChange::SetStanding(contact, _) => [Some(*contact), None],
        DoorChange::SetAddress(_) | DoorChange::SetPosition(_) | DoorChange::SetAccessNotes(_) => [None, None],
    }
}

fn with_nobody(interaction: &Interaction) -> Interaction {
    let knock = match &interaction.knock {
        Knock::Outcome(outcome, code) => match (outcome.class(), outcome.level()) {
            // Said of nobody in particular it would be said of the door.
            (Class::Suppress, Level::Contact) => Knock::Outcome(Outcome::Moved, None),
            _ => Knock::Outcome(*outcome, code.clone()),
        },
        Knock::Answers(script, answers) => {
            let chosen: Vec<_> = answers.iter().filter(|answer| is_chosen(&answer.value)).cloned().collect();
            match chosen.is_empty() {
                true => Knock::Outcome(Outcome::Canvassed, None),
                false => Knock::Answers(*script, chosen),
            }
        }
    };
    Interaction { knock, contact: None, note: None, ..interaction.clone() }
}

/// Whether an answer was chosen among few: it counts, and tells nobody apart.
const fn is_chosen(value: &AnswerValue) -> bool {
    match value {
        AnswerValue::Single(_) | AnswerValue::Multiple(_) | AnswerValue::Scale(_) | AnswerValue::YesNo(_) => true,
        AnswerValue::Text(_)
        | AnswerValue::Integer(_)
        | AnswerValue::Decimal(_)
        | AnswerValue::Date(_)
        | AnswerValue::Time(_)
        | AnswerValue::ContactDetail(..)
        | AnswerValue::Consent(..)
        | AnswerValue::Note(_) => false,
    }
}
