//! What is being answered to one question.

use crate::event::Key;
use crate::input::Input;
use ratatui::text::Line;
use std::collections::BTreeSet;
use walkbook_model::{AnswerValue, Choice, ContactField, Day, Decimal, Purpose, QuestionKind, TimeOfDay};

/// A reply that is not finished.
pub(super) enum Reply {
    /// There is no question.
    None,
    YesNo(Option<(Purpose, String)>),
    One(Vec<Choice>),
    Many(Vec<Choice>, BTreeSet<u16>),
    Scale(i16, i16),
    Words(Written, Input),
}

/// How words are read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Written {
    Text,
    Note,
    Integer,
    Decimal,
    Date,
    Time,
    Detail(ContactField),
    Step(i16, i16),
}

/// What a question came to.
pub(super) enum Taken {
    Answer(AnswerValue),
    Nothing,
}

impl Reply {
    pub(super) fn to(kind: &QuestionKind) -> Self {
        let words = |written| Self::Words(written, Input::default());
        match kind {
            QuestionKind::Single(choices) => Self::One(choices.clone()),
            QuestionKind::Multiple(choices) => Self::Many(choices.clone(), BTreeSet::new()),
            // One key where one is enough.
            QuestionKind::Scale(from @ 0.., to @ ..=9) => Self::Scale(*from, *to),
            QuestionKind::Scale(from, to) => words(Written::Step(*from, *to)),
            QuestionKind::YesNo => Self::YesNo(None),
            QuestionKind::Consent(purpose, wording) => Self::YesNo(Some((*purpose, wording.clone()))),
            QuestionKind::Text => words(Written::Text),
            QuestionKind::Note => words(Written::Note),
            QuestionKind::Integer => words(Written::Integer),
            QuestionKind::Decimal => words(Written::Decimal),
            QuestionKind::Date => words(Written::Date),
            QuestionKind::Time => words(Written::Time),
            QuestionKind::ContactDetail(field) => words(Written::Detail(field.clone())),
        }
    }

    /// Takes a key: the answer, if that was all of it; what is wanted, where it cannot be read.
    pub(super) fn take(&mut self, key: Key) -> Result<Option<Taken>, &'static str> {
        match (self, key) {
            (Self::YesNo(consent), Key::Char(letter @ ('y' | 'n'))) => {
                let said = letter == 'y';
                Ok(Some(Taken::Answer(match consent {
                    Some((purpose, _)) => AnswerValue::Consent(*purpose, said),
                    None => AnswerValue::YesNo(said),
                })))
            }
            (Self::One(choices), Key::Char(letter)) => {
                Ok(chosen(choices, letter).map(|code| Taken::Answer(AnswerValue::Single(code))))
            }
            (Self::Many(choices, codes), Key::Char(letter)) => {
                if let Some(code) = chosen(choices, letter)
                    && !codes.remove(&code)
                {
                    codes.insert(code);
                }
                Ok(None)
            }
            (Self::Many(_, codes), Key::Enter) => {
                Ok(Some(Taken::Answer(AnswerValue::Multiple(codes.iter().copied().collect()))))
            }
            (Self::Scale(from, to), Key::Char(letter)) => {
                let step = letter.to_digit(10).and_then(|step| i16::try_from(step).ok());
                let step = step.filter(|step| (*from..=*to).contains(step)).ok_or("One of the steps, please.")?;
                Ok(Some(Taken::Answer(AnswerValue::Scale(step))))
            }
            (Self::Words(_, input), Key::Enter) if input.text().trim().is_empty() => Ok(Some(Taken::Nothing)),
            (Self::Words(written, input), Key::Enter) => {
                written.read(input.text().trim()).map(|value| Some(Taken::Answer(value)))
            }
            (Self::Words(_, input), key) => {
                input.take(key);
                Ok(None)
            }
            _ => Ok(None),
        }
    }

    pub(super) fn keys(&self) -> Vec<(&'static str, &'static str)> {
        match self {
            Self::None => vec![],
            Self::YesNo(_) => vec![("y", "yes"), ("n", "no")],
            Self::One(_) | Self::Scale(..) => vec![("1 …", "the answer")],
            Self::Many(..) => vec![("1 …", "mark"), ("Enter", "go on")],
            Self::Words(..) => vec![("Enter", "go on")],
        }
    }

    pub(super) fn lines(&self) -> Vec<Line<'static>> {
        match self {
            Self::None => vec![],
            Self::YesNo(None) => vec![Line::from("    y  yes"), Line::from("    n  no")],
            Self::YesNo(Some((_, wording))) => {
                vec![Line::from(format!("    “{wording}”")), Line::from("    y  yes"), Line::from("    n  no")]
            }
            Self::One(choices) => choices.iter().enumerate().map(|(at, choice)| line(at, "", choice)).collect(),
            Self::Many(choices, codes) => {
                let mark = |choice: &Choice| if codes.contains(&choice.code) { "[x] " } else { "[ ] " };
                choices.iter().enumerate().map(|(at, choice)| line(at, mark(choice), choice)).collect()
            }
            Self::Scale(from, to) => {
                let steps: Vec<String> = (*from..=*to).map(|step| step.to_string()).collect();
                vec![Line::from(format!("    {}", steps.join("   ")))]
            }
            Self::Words(written, input) => {
                vec![
                    Line::from(format!("    {}", input.shown())),
                    Line::styled(format!("    {}", written.wanted()), crate::paint::DIM),
                ]
            }
        }
    }
}

/// Digits first, then letters: a question may have a hundred options.
fn sign(at: usize) -> Option<char> {
    ('1'..='9').chain('a'..='z').chain('A'..='Z').nth(at)
}

fn chosen(choices: &[Choice], letter: char) -> Option<u16> {
    choices.iter().enumerate().find(|(at, _)| sign(*at) == Some(letter)).map(|(_, choice)| choice.code)
}

fn line(at: usize, mark: &str, choice: &Choice) -> Line<'static> {
    Line::from(format!("    {}  {mark}{}", sign(at).unwrap_or(' '), choice.text))
}

impl Written {
    const fn wanted(&self) -> &'static str {
        match self {
            Self::Text | Self::Note => "",
            Self::Integer => "a whole number",
            Self::Decimal => "a number, such as 12.5",
            Self::Date => "a date, such as 2026-11-24",
            Self::Time => "a time of day, such as 17:30",
            Self::Detail(_) => "as they say it",
            Self::Step(..) => "a step of the scale",
        }
    }

    fn read(&self, text: &str) -> Result<AnswerValue, &'static str> {
        let value = match self {
            Self::Text => Some(AnswerValue::Text(text.into())),
            Self::Note => Some(AnswerValue::Note(text.into())),
            Self::Integer => text.parse().ok().map(AnswerValue::Integer),
            Self::Decimal => decimal(text).map(AnswerValue::Decimal),
            Self::Date => text.parse::<Day>().ok().map(AnswerValue::Date),
            Self::Time => time(text).map(AnswerValue::Time),
            Self::Detail(field) => Some(AnswerValue::ContactDetail(field.clone(), text.into())),
            Self::Step(from, to) => {
                text.parse().ok().filter(|step| (*from..=*to).contains(step)).map(AnswerValue::Scale)
            }
        };
        value.ok_or(match self {
            Self::Integer => "A whole number, please.",
            Self::Decimal => "A number, please, such as 12.5.",
            Self::Date => "A date, please, such as 2026-11-24.",
            Self::Time => "A time of day, please, such as 17:30.",
            _ => "One of the steps, please.",
        })
    }
}

fn decimal(text: &str) -> Option<Decimal> {
    let text = text.replace(',', ".");
    let (whole, part) = text.split_once('.').unwrap_or((&text, ""));
    let is_plain = part.bytes().all(|digit| digit.is_ascii_digit()) && part.len() <= 18;
    let digits = format!("{whole}{part}").parse().ok()?;
    is_plain.then(|| Decimal { digits, scale: u8::try_from(part.len()).unwrap_or_default() })
}

fn time(text: &str) -> Option<TimeOfDay> {
    let (hours, minutes) = text.split_once(':')?;
    let (hours, minutes): (u16, u16) = (hours.parse().ok()?, minutes.parse().ok()?);
    (hours < 24 && minutes < 60).then(|| TimeOfDay(hours * 60 + minutes))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_people_type_is_read_as_they_mean_it() {
        assert!(decimal("12,5") == Some(Decimal { digits: 125, scale: 1 }));
        assert!(decimal("-0.05") == Some(Decimal { digits: -5, scale: 2 }));
        assert!(decimal("12.-5").is_none() && decimal("a").is_none());
        assert_eq!((time("17:30"), time("24:00"), time("9")), (Some(TimeOfDay(1_050)), None, None));
    }
}
