//! Drafts as the core has them, and as they cross.

use super::{Condition, Draft, DraftChange, DraftChoice, DraftClash, DraftFlaw, DraftQuestion, QuestionNumber};
use crate::words::all;
use walkbook_core as core;
use walkbook_model::{self as model, EntryId, QuestionId, QuestionKey};

impl From<core::ScriptState> for Draft {
    fn from(state: core::ScriptState) -> Self {
        let flaws = state.published().err().unwrap_or_default();
        let core::ScriptState { draft, dropped, clashes, versions, .. } = state;
        let core::ScriptDraft { script, numbers, .. } = draft;
        let numbered = |question: model::Question<QuestionId>| {
            let number = numbers.get(&question.key).map(|number| number.0);
            DraftQuestion { number, ..question.into() }
        };
        Self {
            script: script.id,
            title: script.title,
            questions: script.questions.into_iter().map(numbered).collect(),
            dropped: dropped.into_iter().map(numbered).collect(),
            clashes: clashes.into_iter().map(|choices| DraftClash { choices: all(choices) }).collect(),
            flaws: all(flaws),
            versions: versions.into_iter().map(|(_, version)| version).collect(),
        }
    }
}

impl From<core::Flaw> for DraftFlaw {
    fn from(flaw: core::Flaw) -> Self {
        let problem = flaw.to_string();
        let question = match flaw {
            core::Flaw::Question { question, .. } => Some(question),
            core::Flaw::Clashes(_) | core::Flaw::Script(_) | core::Flaw::NumbersUsedUp => None,
        };
        Self { question, problem }
    }
}

impl From<(EntryId, core::ScriptChange)> for DraftChoice {
    fn from((entry, change): (EntryId, core::ScriptChange)) -> Self {
        Self { entry, change: change.into() }
    }
}

impl From<model::Question<QuestionId>> for DraftQuestion {
    fn from(question: model::Question<QuestionId>) -> Self {
        let model::Question { key, name, text, kind, when } = question;
        Self { question: key, number: None, name, text, kind: kind.into(), when: when.map(Condition::from) }
    }
}

impl From<DraftQuestion> for model::Question<QuestionId> {
    fn from(question: DraftQuestion) -> Self {
        let DraftQuestion { question: key, number: _, name, text, kind, when } = question;
        Self { key, name, text, kind: kind.into(), when: when.map(model::Condition::from) }
    }
}

impl From<Condition> for model::Condition<QuestionId> {
    fn from(condition: Condition) -> Self {
        match condition {
            Condition::Answered { question } => Self::Answered(question),
            Condition::Chose { question, code } => Self::Chose(question, code),
            Condition::Said { question, yes } => Self::Said(question, yes),
            Condition::Between { question, from, to } => Self::Between(question, from, to),
            Condition::AllOf { conditions } => Self::All(all(conditions)),
            Condition::AnyOf { conditions } => Self::Any(all(conditions)),
            Condition::Not { condition } => Self::Not(Box::new((*condition).into())),
        }
    }
}

impl From<model::Condition<QuestionId>> for Condition {
    fn from(condition: model::Condition<QuestionId>) -> Self {
        match condition {
            model::Condition::Answered(question) => Self::Answered { question },
            model::Condition::Chose(question, code) => Self::Chose { question, code },
            model::Condition::Said(question, yes) => Self::Said { question, yes },
            model::Condition::Between(question, from, to) => Self::Between { question, from, to },
            model::Condition::All(conditions) => Self::AllOf { conditions: all(conditions) },
            model::Condition::Any(conditions) => Self::AnyOf { conditions: all(conditions) },
            model::Condition::Not(condition) => Self::Not { condition: Box::new((*condition).into()) },
        }
    }
}

impl From<DraftChange> for core::ScriptChange {
    fn from(change: DraftChange) -> Self {
        match change {
            DraftChange::SetTitle { title } => Self::SetTitle(title),
            DraftChange::AddQuestion { question, behind } => Self::AddQuestion { question: question.into(), behind },
            DraftChange::SetName { question, name } => Self::SetName(question, name),
            DraftChange::SetText { question, text } => Self::SetText(question, text),
            DraftChange::SetKind { question, kind } => Self::SetKind(question, kind.into()),
            DraftChange::SetCondition { question, when } => {
                Self::SetCondition(question, when.map(model::Condition::from))
            }
            DraftChange::Move { question, behind } => Self::Move { question, behind },
            DraftChange::Drop { question } => Self::Drop(question),
            DraftChange::Number { question, number } => Self::Number(question, QuestionKey(number)),
            DraftChange::Publish { numbers, version } => {
                let numbers = numbers.into_iter().map(|given| (given.question, QuestionKey(given.number))).collect();
                Self::Publish { numbers, version }
            }
        }
    }
}

impl From<core::ScriptChange> for DraftChange {
    fn from(change: core::ScriptChange) -> Self {
        match change {
            core::ScriptChange::SetTitle(title) => Self::SetTitle { title },
            core::ScriptChange::AddQuestion { question, behind } => {
                Self::AddQuestion { question: question.into(), behind }
            }
            core::ScriptChange::SetName(question, name) => Self::SetName { question, name },
            core::ScriptChange::SetText(question, text) => Self::SetText { question, text },
            core::ScriptChange::SetKind(question, kind) => Self::SetKind { question, kind: kind.into() },
            core::ScriptChange::SetCondition(question, when) => {
                Self::SetCondition { question, when: when.map(Condition::from) }
            }
            core::ScriptChange::Move { question, behind } => Self::Move { question, behind },
            core::ScriptChange::Drop(question) => Self::Drop { question },
            core::ScriptChange::Number(question, QuestionKey(number)) => Self::Number { question, number },
            core::ScriptChange::Publish { numbers, version } => {
                let number = |(question, QuestionKey(number))| QuestionNumber { question, number };
                Self::Publish { numbers: numbers.into_iter().map(number).collect(), version }
            }
        }
    }
}
