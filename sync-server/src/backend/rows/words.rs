//! Values as tables write them.

use crate::words::word;
use walkbook_model::{AnswerValue, Decimal, QuestionKind, TimeOfDay};

/// A number as a database holds it.
pub(super) fn number(number: u64) -> i64 {
    i64::try_from(number).unwrap_or(i64::MAX)
}

/// An answer as a person reads it, and the codes of its options.
pub(super) fn answer(value: &AnswerValue, kind: Option<&QuestionKind>) -> (String, Option<String>) {
    let option = |code: &u16| match kind {
        Some(QuestionKind::Single(choices) | QuestionKind::Multiple(choices)) => choices
            .iter()
            .find(|choice| choice.code == *code)
            .map_or_else(|| code.to_string(), |choice| choice.text.clone()),
        _ => code.to_string(),
    };
    match value {
        AnswerValue::Single(code) => (option(code), Some(code.to_string())),
        AnswerValue::Multiple(codes) => {
            let texts: Vec<String> = codes.iter().map(option).collect();
            (texts.join("; "), Some(format!("{codes:?}")))
        }
        AnswerValue::Scale(step) => (step.to_string(), None),
        AnswerValue::YesNo(yes) => (if *yes { "yes" } else { "no" }.to_owned(), None),
        AnswerValue::Text(text) | AnswerValue::Note(text) => (text.clone(), None),
        AnswerValue::Integer(number) => (number.to_string(), None),
        AnswerValue::Decimal(number) => (decimal(*number), None),
        AnswerValue::Date(day) => (day.to_string(), None),
        AnswerValue::Time(TimeOfDay(minutes)) => (format!("{:02}:{:02}", minutes / 60, minutes % 60), None),
        AnswerValue::ContactDetail(_, value) => (value.clone(), None),
        AnswerValue::Consent(purpose, given) => {
            (format!("{}: {}", word(purpose), if *given { "given" } else { "refused" }), None)
        }
    }
}

fn decimal(number: Decimal) -> String {
    let digits = number.digits.unsigned_abs().to_string();
    let scale = usize::from(number.scale);
    let digits = format!("{digits:0>width$}", width = scale + 1);
    let (whole, rest) = digits.split_at(digits.len() - scale);
    let sign = if number.digits < 0 { "-" } else { "" };
    if rest.is_empty() { format!("{sign}{whole}") } else { format!("{sign}{whole}.{rest}") }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_are_written_as_people_read_them() {
        assert_eq!(decimal(Decimal { digits: -125, scale: 2 }), "-1.25");
        assert_eq!(decimal(Decimal { digits: 5, scale: 3 }), "0.005");
        assert_eq!(decimal(Decimal { digits: 5, scale: 0 }), "5");
    }
}
