//! The document of a script's draft: title, the questions with their fields, and the order they are asked in.
//!
//! Every edit of a question also marks that it is asked, and dropping it marks that it is not, in one place. So a question
//! that one person drops while another works on it has both marks, which makes a clash; it is gone only where nobody who
//! did not know of the drop has touched it. Publishing is the numbering of several questions at once.

use super::{Edit, Edits, Orders, Replayed, container, in_causal_order, mark_of, order};
use crate::edit::ScriptChange;
use crate::{Error, ScriptBase, ScriptDraft};
use automerge::transaction::{Transactable, Transaction};
use automerge::{ObjId, ObjType, ROOT, ReadDoc};
use std::collections::{BTreeMap, BTreeSet};
use walkbook_model::{ContentHash, EntryId, Question, QuestionId, QuestionKey};

const TITLE: &str = "title";
const QUESTIONS: &str = "questions";
const NAME: &str = "name";
const TEXT: &str = "text";
const KIND: &str = "kind";
const WHEN: &str = "when";
const NUMBER: &str = "number";
const ASKED: &str = "asked";

/// A draft with its edits applied.
pub(crate) struct ScriptDocument<'a> {
    base: Option<&'a ScriptDraft>,
    edits: Edits<'a, ScriptChange>,
    replayed: Replayed,
}

/// The numbers that an edit gives.
fn numbers_in(change: &ScriptChange) -> impl Iterator<Item = (QuestionId, QuestionKey)> {
    let (one, several) = match change {
        ScriptChange::Number(question, number) => (Some((*question, *number)), None),
        ScriptChange::Publish { numbers, .. } => (None, Some(numbers)),
        _ => (None, None),
    };
    one.into_iter().chain(several.into_iter().flatten().map(|(question, number)| (*question, *number)))
}

fn number_in(change: &ScriptChange, question: QuestionId) -> Option<QuestionKey> {
    numbers_in(change).find(|(numbered, _)| *numbered == question).map(|(_, number)| number)
}

/// A question as the document has it.
pub(crate) struct DocumentQuestion {
    pub(crate) question: Question<QuestionId>,
    pub(crate) number: Option<QuestionKey>,
    pub(crate) is_dropped: bool,
    /// The edits that set name, text, kind and condition, the latest first.
    pub(crate) set_by: [Vec<EntryId>; 4],
    /// The edits that set the number, the latest first.
    pub(crate) numbered_by: Vec<EntryId>,
    /// Where some drop it while others do not: those who do not, then those who do, the latest first.
    pub(crate) disputed_by: Vec<EntryId>,
}

impl<'a> ScriptDocument<'a> {
    pub(crate) fn new(base: Option<&'a ScriptBase>, edits: Edits<'a, ScriptChange>) -> Result<Self, Error> {
        let base = base.map(|base| &base.record);
        let replayed = Replayed::new(&edits, |transaction| lay_out(transaction, base), mark)?;
        Ok(Self { base, edits, replayed })
    }

    pub(crate) fn tips(&self) -> Vec<EntryId> {
        self.replayed.tips(&self.edits)
    }

    /// The edits that name one which is not here.
    pub(crate) fn waiting(&self) -> impl Iterator<Item = EntryId> {
        self.edits.keys().copied().filter(|id| !self.replayed.has(*id))
    }

    pub(crate) fn change(&self, id: EntryId) -> Option<&'a ScriptChange> {
        self.edits.get(&id).map(|edit| edit.change)
    }

    /// The title, and which edits set it.
    pub(crate) fn title(&self) -> Result<(String, Vec<EntryId>), Error> {
        let set_by = self.replayed.marks(&ROOT, TITLE)?;
        let title = match set_by.first().and_then(|id| self.change(*id)) {
            Some(ScriptChange::SetTitle(title)) => title.clone(),
            _ => self.base.map(|base| base.script.title.clone()).unwrap_or_default(),
        };
        Ok((title, set_by))
    }

    /// Every question that the base or an edit put here, in the order they are asked.
    pub(crate) fn questions(&self) -> Result<Vec<DocumentQuestion>, Error> {
        let (doc, firsts) = (self.replayed.doc(), self.firsts());
        let mut all = Vec::new();
        for id in order::in_order(&self.replayed)?.into_iter().map(QuestionId::from_bytes) {
            if let (Some(first), Some(object)) = (firsts.get(&id), of_question(doc, id)?) {
                all.push(self.question(first, &object)?);
            }
        }
        Ok(all)
    }

    /// What an edit says of this question's number.
    pub(crate) fn numbering(&self, question: QuestionId, id: EntryId) -> Option<ScriptChange> {
        number_in(self.change(id)?, question).map(|number| ScriptChange::Number(question, number))
    }

    /// What was published, by which edit, the latest last: whoever knew of another comes after it, whatever the clocks say.
    pub(crate) fn versions(&self) -> Vec<(EntryId, ContentHash)> {
        let published = in_causal_order(&self.edits).into_iter().filter_map(|edit| match edit.change {
            ScriptChange::Publish { version, .. } => Some((edit.id, *version)),
            _ => None,
        });
        published.collect()
    }

    /// The highest number that was ever given.
    pub(crate) fn last_number(&self) -> u16 {
        let given = self.replayed_edits().flat_map(|edit| numbers_in(edit.change)).map(|(_, number)| number.0);
        given.chain(self.base.map(|base| base.last_number)).max().unwrap_or_default()
    }

    fn replayed_edits(&self) -> impl Iterator<Item = &Edit<'a, ScriptChange>> {
        self.edits.values().filter(|edit| self.replayed.has(edit.id))
    }

    /// The questions as they were when they came.
    fn firsts(&self) -> BTreeMap<QuestionId, &'a Question<QuestionId>> {
        let added = self.edits.values().filter_map(|edit| match edit.change {
            ScriptChange::AddQuestion { question, .. } => Some(question),
            _ => None,
        });
        let known = self.base.iter().flat_map(|base| &base.script.questions);
        added.chain(known).map(|question| (question.key, question)).collect()
    }

    fn question(&self, first: &Question<QuestionId>, object: &ObjId) -> Result<DocumentQuestion, Error> {
        let marks = |key| self.replayed.marks(object, key);
        let set_by = [marks(NAME)?, marks(TEXT)?, marks(KIND)?, marks(WHEN)?];
        let numbered_by = marks(NUMBER)?;
        let drops = |id: &EntryId| matches!(self.change(*id), Some(ScriptChange::Drop(_)));
        let (dropped_by, mut disputed_by): (Vec<EntryId>, Vec<EntryId>) = marks(ASKED)?.into_iter().partition(drops);
        let is_dropped = disputed_by.is_empty() && !dropped_by.is_empty();
        if dropped_by.is_empty() {
            disputed_by.clear();
        } else if !is_dropped {
            disputed_by.extend(dropped_by);
        }
        let mut question = first.clone();
        for latest in set_by.iter().filter_map(|marks| marks.first()) {
            match self.change(*latest) {
                Some(ScriptChange::SetName(_, name)) => question.name.clone_from(name),
                Some(ScriptChange::SetText(_, text)) => question.text.clone_from(text),
                Some(ScriptChange::SetKind(_, kind)) => question.kind.clone_from(kind),
                Some(ScriptChange::SetCondition(_, when)) => question.when.clone_from(when),
                _ => {}
            }
        }
        let given = numbered_by.first().and_then(|latest| number_in(self.change(*latest)?, question.key));
        let number = given.or_else(|| self.base?.numbers.get(&question.key).copied());
        Ok(DocumentQuestion { question, number, is_dropped, set_by, numbered_by, disputed_by })
    }
}

fn lay_out(transaction: &mut Transaction<'_>, base: Option<&ScriptDraft>) -> Result<(), Error> {
    let ids = || base.iter().flat_map(|base| &base.script.questions).map(|question| question.key);
    let questions = transaction.put_object(ROOT, QUESTIONS, ObjType::Map)?;
    // By id, so that every replica lays out the same operations.
    for id in ids().collect::<BTreeSet<QuestionId>>() {
        transaction.put_object(&questions, id.to_string(), ObjType::Map)?;
    }
    order::lay_out(transaction, ids().map(QuestionId::to_bytes))
}

/// Marks the places that an edit writes. An edit of a question that is not there marks nothing.
fn mark(transaction: &mut Transaction<'_>, orders: &Orders, edit: &Edit<'_, ScriptChange>) -> Result<(), Error> {
    for (question, _) in numbers_in(edit.change) {
        if let Some(question) = of_question(transaction, question)? {
            transaction.put(&question, NUMBER, mark_of(edit.id))?;
        }
    }
    let (id, fields) = match edit.change {
        ScriptChange::SetTitle(_) => return Ok(transaction.put(ROOT, TITLE, mark_of(edit.id))?),
        ScriptChange::AddQuestion { question, behind } => {
            if let Some(questions) = container(transaction, &ROOT, QUESTIONS)? {
                transaction.put_object(questions, question.key.to_string(), ObjType::Map)?;
            }
            return place(transaction, orders, question.key, *behind, edit.id);
        }
        ScriptChange::SetName(id, _) => (*id, &[NAME, ASKED][..]),
        ScriptChange::SetText(id, _) => (*id, &[TEXT, ASKED][..]),
        ScriptChange::SetKind(id, _) => (*id, &[KIND, ASKED][..]),
        ScriptChange::SetCondition(id, _) => (*id, &[WHEN, ASKED][..]),
        ScriptChange::Number(..) | ScriptChange::Publish { .. } => return Ok(()),
        ScriptChange::Move { question, .. } => (*question, &[ASKED][..]),
        ScriptChange::Drop(id) => (*id, &[ASKED][..]),
    };
    let Some(question) = of_question(transaction, id)? else { return Ok(()) };
    for field in fields {
        transaction.put(&question, *field, mark_of(edit.id))?;
    }
    match edit.change {
        ScriptChange::Move { question, behind } => place(transaction, orders, *question, *behind, edit.id),
        _ => Ok(()),
    }
}

fn place(
    transaction: &mut Transaction<'_>,
    orders: &Orders,
    question: QuestionId,
    behind: Option<QuestionId>,
    by: EntryId,
) -> Result<(), Error> {
    order::place(transaction, orders, question.to_bytes(), behind.map(QuestionId::to_bytes), by)
}

fn of_question(doc: &impl ReadDoc, id: QuestionId) -> Result<Option<ObjId>, Error> {
    let Some(questions) = container(doc, &ROOT, QUESTIONS)? else { return Ok(None) };
    container(doc, &questions, &id.to_string())
}
