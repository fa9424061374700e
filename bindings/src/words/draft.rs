//! Drafts of scripts: questions that are being written, by several people at once.

mod crossing;

use super::QuestionKind;
use walkbook_model::{ContentHash, EntryId, QuestionId, ScriptId};

/// A script that is being written.
#[derive(Debug, Clone, PartialEq, Eq, uniffi::Record)]
pub struct Draft {
    /// Which script.
    pub script: ScriptId,
    /// What people call it.
    pub title: String,
    /// Its questions, in the order they are asked.
    pub questions: Vec<DraftQuestion>,
    /// Questions that were dropped, in the order they were asked. An edit of one puts it back.
    pub dropped: Vec<DraftQuestion>,
    /// What was written twice at once. Until each is decided, by `resolve_draft`, the draft cannot be published.
    pub clashes: Vec<DraftClash>,
    /// All that keeps it from being published; nothing where it can be.
    pub flaws: Vec<DraftFlaw>,
    /// The versions that were published of it, the latest last.
    pub versions: Vec<ContentHash>,
}

/// A question of a draft. It is called by its id, and gets its number when it is first published.
#[derive(Debug, Clone, PartialEq, Eq, uniffi::Record)]
pub struct DraftQuestion {
    /// What the draft calls it.
    pub question: QuestionId,
    /// The number under which it was published; nothing before.
    pub number: Option<u16>,
    /// Its column in exports.
    pub name: String,
    /// What is read out.
    pub text: String,
    /// Its type.
    pub kind: QuestionKind,
    /// When it is asked; nothing where it always is.
    pub when: Option<Condition>,
}

/// When a question of a draft is asked. An unanswered question fulfils no condition but `Not`.
#[derive(Debug, Clone, PartialEq, Eq, uniffi::Enum)]
pub enum Condition {
    /// The question was answered.
    Answered {
        /// Which.
        question: QuestionId,
    },
    /// The option was chosen, alone or among others.
    Chose {
        /// Of which question.
        question: QuestionId,
        /// The option's code.
        code: u16,
    },
    /// The answer was yes, or no.
    Said {
        /// To which question.
        question: QuestionId,
        /// Whether it was yes.
        yes: bool,
    },
    /// The number or step lies within these, both included.
    Between {
        /// Of which question.
        question: QuestionId,
        /// The lowest.
        from: i64,
        /// The highest.
        to: i64,
    },
    /// All of these hold.
    AllOf {
        /// Which.
        conditions: Vec<Condition>,
    },
    /// At least one of these holds.
    AnyOf {
        /// Which.
        conditions: Vec<Condition>,
    },
    /// This does not hold.
    Not {
        /// Which.
        condition: Box<Condition>,
    },
}

/// A change of a draft.
#[derive(Debug, Clone, PartialEq, Eq, uniffi::Enum)]
pub enum DraftChange {
    /// What people call it.
    SetTitle {
        /// The title.
        title: String,
    },
    /// One question more is asked. Seen in clashes; to ask one more, call `add_question`.
    AddQuestion {
        /// The question.
        question: DraftQuestion,
        /// The question it comes behind; nothing for the front.
        behind: Option<QuestionId>,
    },
    /// Sets a question's column in exports.
    SetName {
        /// Which question's.
        question: QuestionId,
        /// The column.
        name: String,
    },
    /// Sets what is read out.
    SetText {
        /// Of which question.
        question: QuestionId,
        /// The words.
        text: String,
    },
    /// Sets a question's type, with its options.
    SetKind {
        /// Which question's.
        question: QuestionId,
        /// The type.
        kind: QuestionKind,
    },
    /// Sets when a question is asked.
    SetCondition {
        /// Which question.
        question: QuestionId,
        /// When; nothing for always.
        when: Option<Condition>,
    },
    /// Moves a question.
    Move {
        /// Which.
        question: QuestionId,
        /// The question it comes behind; nothing for the front.
        behind: Option<QuestionId>,
    },
    /// Asks a question no more.
    Drop {
        /// Which.
        question: QuestionId,
    },
    /// Gives a question the number under which it is published.
    Number {
        /// Which question.
        question: QuestionId,
        /// The number.
        number: u16,
    },
    /// Publishes the draft. Seen among what was refused; to publish, call `publish_draft`.
    Publish {
        /// The numbers of the questions that had none.
        numbers: Vec<QuestionNumber>,
        /// The version.
        version: ContentHash,
    },
}

/// A question's number.
#[derive(Debug, Clone, PartialEq, Eq, uniffi::Record)]
pub struct QuestionNumber {
    /// Which question.
    pub question: QuestionId,
    /// Its number.
    pub number: u16,
}

/// One way to decide a clash of a draft.
#[derive(Debug, Clone, PartialEq, Eq, uniffi::Record)]
pub struct DraftChoice {
    /// The edit that wrote it: what `resolve_draft` takes.
    pub entry: EntryId,
    /// What it wrote.
    pub change: DraftChange,
}

/// One place of a draft that two people wrote without knowing of each other.
#[derive(Debug, Clone, PartialEq, Eq, uniffi::Record)]
pub struct DraftClash {
    /// What there is to choose from: the first is shown meanwhile.
    pub choices: Vec<DraftChoice>,
}

/// Why a draft cannot be published.
#[derive(Debug, Clone, PartialEq, Eq, uniffi::Record)]
pub struct DraftFlaw {
    /// The question it lies in; nothing where it is about the whole.
    pub question: Option<QuestionId>,
    /// What is wrong, in English.
    pub problem: String,
}
