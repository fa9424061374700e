//! What comes of a knock: drawn from a seed, about as often as on a real day.

use walkbook_core::{Error, Walkbook};
use walkbook_model::{
    Answer, AnswerValue, DoorId, EntryId, Interaction, Knock, Outcome, QuestionKey, Timestamp, WalkListId,
};

/// Outcomes of a hundred knocks at which nobody answers the questions.
const OTHERWISE: [(u64, Outcome); 7] = [
    (48, Outcome::NotHome),
    (12, Outcome::Refused),
    (8, Outcome::ComeBack),
    (14, Outcome::LeftLiterature),
    (8, Outcome::Inaccessible),
    (5, Outcome::LanguageBarrier),
    (5, Outcome::Moved),
];
/// Knocks of a hundred at which someone answers.
const ANSWERED: u64 = 30;

pub(super) fn knock(
    walkbook: &Walkbook,
    list: WalkListId,
    door: DoorId,
    seed: u64,
    now: Timestamp,
) -> Result<EntryId, Error> {
    let mut draw = Draw::new(seed, door);
    let state = walkbook.door(door)?;
    let contact = state.present().map(|contact| contact.contact.id).next();
    let script = walkbook.lists()?.into_iter().find(|state| state.list.id == list).and_then(|state| state.list.script);
    let interaction = match script.filter(|_| contact.is_some() && draw.below(100) < ANSWERED) {
        Some(script) => Interaction {
            knock: Knock::Answers(script, answers(&mut draw)),
            contact,
            ..Interaction::of_outcome(list, None, Outcome::NotHome)
        },
        None => Interaction::of_outcome(list, None, otherwise(&mut draw)),
    };
    walkbook.record_knock(door, interaction, now)
}

fn otherwise(draw: &mut Draw) -> Outcome {
    let mut left = draw.below(100);
    for (share, outcome) in OTHERWISE {
        match left.checked_sub(share) {
            Some(rest) => left = rest,
            None => return outcome,
        }
    }
    Outcome::NotHome
}

/// Answers to the day's script: `script.json` beside this.
fn answers(draw: &mut Draw) -> Vec<Answer> {
    let support = 1 + draw.below(5) as i16;
    let mut values = vec![
        (1, AnswerValue::YesNo(true)),
        (2, AnswerValue::Scale(support)),
        (3, AnswerValue::Single(1 + draw.below(3) as u16)),
    ];
    // Asked of supporters only: the server refuses answers to questions that the script hides.
    if support <= 2 {
        values.push((4, AnswerValue::Multiple(vec![1 + draw.below(3) as u16])));
    }
    values.push((5, AnswerValue::YesNo(draw.below(2) == 0)));
    values.push((6, AnswerValue::Integer(1 + draw.below(4) as i64)));
    values.push((7, AnswerValue::Note("come again before the election".into())));
    values.into_iter().map(|(key, value)| Answer { question: QuestionKey(key), value }).collect()
}

/// Numbers that follow from the seed and the door (xorshift64*, Vigna 2016).
struct Draw(u64);

impl Draw {
    fn new(seed: u64, door: DoorId) -> Self {
        let bytes = door.to_bytes();
        let start = bytes.first_chunk::<8>().map_or(0, |bytes| u64::from_be_bytes(*bytes));
        Self((start ^ seed.wrapping_mul(0x9e37_79b9_7f4a_7c15)).max(1))
    }

    fn below(&mut self, limit: u64) -> u64 {
        self.0 ^= self.0 >> 12;
        self.0 ^= self.0 << 25;
        self.0 ^= self.0 >> 27;
        (self.0.wrapping_mul(0x2545_f491_4f6c_dd1d) >> 32) % limit
    }
}
