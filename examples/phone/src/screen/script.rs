//! Asking: one question at a time, and only those that fit the person.

mod reply;

use super::{Desk, Screen, Step};
use crate::event::Key;
use crate::paint::{DIM, STRONG, draw_text};
use crate::words;
use ratatui::Frame;
use ratatui::layout::Rect;
use ratatui::text::{Line, Span};
use reply::{Reply, Taken};
use walkbook_core::Error;
use walkbook_model::{
    Answer, ContactId, ContentHash, DoorId, Interaction, Knock, Outcome, Question, QuestionKey, Script, WalkListId,
};

pub(crate) struct Asking {
    list: WalkListId,
    door: DoorId,
    contact: Option<ContactId>,
    version: ContentHash,
    script: Script,
    answers: Vec<Answer>,
    /// The questions that were shown, with or without an answer: the way back.
    path: Vec<QuestionKey>,
    reply: Reply,
    leaving: bool,
}

impl Asking {
    pub(crate) fn new(
        list: WalkListId,
        door: DoorId,
        contact: Option<ContactId>,
        version: ContentHash,
        script: Script,
    ) -> Self {
        let mut asking = Self {
            list,
            door,
            contact,
            version,
            script,
            answers: vec![],
            path: vec![],
            reply: Reply::None,
            leaving: false,
        };
        asking.turn();
        asking
    }

    /// The first question that is to be asked and was not shown yet.
    fn question(&self) -> Option<&Question> {
        self.script.asked(&self.answers).find(|question| !self.path.contains(&question.key))
    }

    fn turn(&mut self) {
        self.reply = self.question().map_or(Reply::None, |question| Reply::to(&question.kind));
    }

    fn answer(&mut self, taken: Taken) {
        let Some(key) = self.question().map(|question| question.key) else { return };
        if let Taken::Answer(value) = taken {
            self.answers.push(Answer { question: key, value });
        }
        self.path.push(key);
        self.turn();
    }

    fn go_back(&mut self) {
        if let Some(key) = self.path.pop() {
            self.answers.retain(|answer| answer.question != key);
            self.turn();
        }
    }

    fn save(&self, desk: &Desk<'_>) -> Result<Step, Error> {
        if self.answers.is_empty() {
            return Ok(Step::say("Nothing was answered: Esc leaves, and x at the door records an outcome."));
        }
        let mut answers = self.answers.clone();
        answers.sort_by_key(|answer| answer.question);
        let about = Interaction::of_outcome(self.list, self.contact, Outcome::Canvassed);
        let interaction = Interaction { knock: Knock::Answers(self.version, answers), ..about };
        desk.phone.record_knock(self.door, interaction, desk.now)?;
        Ok(Step::Back("Saved; u takes it back.".into()))
    }
}

impl Screen for Asking {
    fn title(&self) -> String {
        self.script.title.clone()
    }

    fn keys(&self) -> Vec<(&'static str, &'static str)> {
        match self.question() {
            _ if self.leaving => vec![("y", "leave it unsaved"), ("Esc", "go on asking")],
            Some(_) => {
                let mut keys = self.reply.keys();
                keys.extend([("Tab", "skip"), ("←", "back"), ("Esc", "leave")]);
                keys
            }
            None => vec![("Enter", "save"), ("←", "back"), ("Esc", "leave")],
        }
    }

    fn types(&self) -> bool {
        true
    }

    fn refresh(&mut self, _: &Desk<'_>) -> Result<(), Error> {
        Ok(())
    }

    fn update(&mut self, key: Key, desk: &Desk<'_>) -> Result<Step, Error> {
        if std::mem::take(&mut self.leaving) {
            return Ok(if key == Key::Char('y') { Step::Back("Nothing was saved.".into()) } else { Step::Stay });
        }
        match key {
            Key::Esc if self.answers.is_empty() => return Ok(Step::back()),
            Key::Esc => self.leaving = true,
            Key::Left => self.go_back(),
            Key::Enter if self.question().is_none() => return self.save(desk),
            Key::Tab => self.answer(Taken::Nothing),
            key => match self.reply.take(key) {
                Ok(Some(taken)) => self.answer(taken),
                Ok(None) => {}
                Err(wanted) => return Ok(Step::say(wanted)),
            },
        }
        Ok(Step::Stay)
    }

    fn draw(&self, frame: &mut Frame<'_>, area: Rect) {
        let mut lines = Vec::new();
        for key in &self.path {
            let Some(question) = self.script.question(*key) else { continue };
            let said = self.answers.iter().find(|answer| answer.question == *key);
            let said = said.map_or_else(|| "skipped".into(), |answer| words::answer(&self.script, answer));
            lines.push(Line::from(vec![Span::styled(format!("  {}  ", question.text), DIM), Span::raw(said)]));
        }
        lines.push(Line::default());
        match self.question() {
            Some(question) => {
                lines.push(Line::styled(format!("  {}", question.text), STRONG));
                lines.extend(self.reply.lines());
            }
            None => lines.push(Line::styled("  That was all. Enter saves.", STRONG)),
        }
        if self.leaving {
            lines.push(Line::default());
            lines.push(Line::styled("  Leave, and forget these answers? y", crate::paint::TROUBLE));
        }
        draw_text(frame, area, lines);
    }
}
