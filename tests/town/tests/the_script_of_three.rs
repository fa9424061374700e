//! Dora, an organiser, starts a script; Emil and Fatma, team leads, work on it without a network. Canvassers see nothing of it
//! until it is published.

#![allow(clippy::unwrap_used, clippy::indexing_slicing)]

mod people;

use people::Stairwell;
use walkbook_core::{Error, Reason, ScriptChange, Why};
use walkbook_model::{QuestionId, QuestionKind, Role, ScriptId};
use walkbook_server::reading;
use walkbook_town::Fate;
use walkbook_town::real::{Phone, now};

struct Desk {
    stairwell: Stairwell,
    dora: Phone,
    emil: Phone,
    fatma: Phone,
    script: ScriptId,
    sign: QuestionId,
}

impl Desk {
    /// Dora has started a script with one question, and everybody has it.
    fn new() -> Self {
        let stairwell = Stairwell::new();
        let people = [("Dora", Role::Organiser), ("Emil", Role::TeamLead), ("Fatma", Role::TeamLead)];
        let [dora, emil, fatma] =
            people.map(|(name, role)| Phone::enrol(&stairwell.town, stairwell.town.user_of(name, role)));
        let script = dora.walkbook.start_draft("Spring", now()).unwrap();
        let (text, kind) = ("May we put up a sign?", QuestionKind::YesNo);
        let sign = dora.walkbook.add_question(script, "sign", text, kind, None, now()).unwrap();
        let desk = Self { stairwell, dora, emil, fatma, script, sign };
        desk.all_sync();
        desk
    }

    fn phones(&self) -> [&Phone; 3] {
        [&self.dora, &self.emil, &self.fatma]
    }

    /// Twice, so that everybody hears of everybody.
    fn all_sync(&self) {
        for _ in 0..2 {
            self.phones().iter().for_each(|phone| phone.sync(&self.stairwell.town));
        }
    }

    fn say(&self, phone: &Phone, text: &str) {
        phone.walkbook.edit_draft(self.script, ScriptChange::SetText(self.sign, text.into()), now()).unwrap();
    }

    fn all_agree(&self) {
        let town = &self.stairwell.town;
        let wanted = reading::draft_state(&*town.store, town.tenant, self.script).unwrap().unwrap();
        for phone in self.phones() {
            assert_eq!(phone.walkbook.draft(self.script).unwrap().to_bytes(), wanted.to_bytes());
        }
    }
}

#[test]
fn three_write_a_script_offline_and_the_one_who_may_publishes_what_they_agreed_on() {
    let desk = Desk::new();
    let town = &desk.stairwell.town;
    desk.say(&desk.emil, "A sign in your window?");
    desk.say(&desk.fatma, "Would you put up a sign?");
    let kind = QuestionKind::Scale(1, 5);
    desk.fatma.walkbook.add_question(desk.script, "support", "How much?", kind, Some(desk.sign), now()).unwrap();
    desk.all_sync();
    desk.all_agree();
    let clash = desk.dora.walkbook.draft(desk.script).unwrap().clashes[0].clone();
    assert_eq!(desk.dora.walkbook.publish_draft(desk.script, now()), Err(Error::NotReady { flaws: 1 }));
    desk.dora.walkbook.resolve_draft(desk.script, clash[0].0, now()).unwrap();
    let version = desk.dora.walkbook.publish_draft(desk.script, now()).unwrap();
    // Dora's train goes into a tunnel at the worst moment, several times.
    for fate in [Fate::RequestLost, Fate::AnswerLost, Fate::AnswerCut(40), Fate::Twice] {
        desk.dora.exchange(town, fate);
    }
    desk.all_sync();
    desk.all_agree();
    for phone in desk.phones() {
        let versions = phone.walkbook.draft(desk.script).unwrap().versions;
        assert_eq!(versions.iter().map(|(_, version)| *version).collect::<Vec<_>>(), [version]);
        assert_eq!(phone.at_risk(), 0);
    }
    // A canvasser gets the version with the list, and nothing of how it came about.
    let [bilal] = desk.stairwell.canvassers(["Bilal"]);
    assert_eq!(bilal.walkbook.drafts(), Ok(Vec::new()));
    town.give_script(desk.stairwell.list, version);
    bilal.sync(town);
    let (hash, script) = bilal.walkbook.script_of(desk.stairwell.list).unwrap().unwrap();
    assert_eq!((hash, script.content_hash(), script.questions.len()), (version, version, 2));
}

#[test]
fn nobody_publishes_what_has_changed_behind_their_back() {
    let desk = Desk::new();
    let town = &desk.stairwell.town;
    desk.say(&desk.emil, "A sign in your window?");
    desk.emil.sync(town);
    let version = desk.dora.walkbook.publish_draft(desk.script, now()).unwrap();
    desk.dora.sync(town);
    assert_eq!(reading::script(&*town.store, town.tenant, version).unwrap(), None);
    let refused = desk.dora.walkbook.refused().unwrap();
    assert_eq!((refused.len(), refused[0].why), (1, Why::Refused(Reason::Rebase)));
    desk.all_sync();
    desk.all_agree();
    // She has read what Emil wrote, and publishes that.
    let version = desk.dora.walkbook.publish_draft(desk.script, now()).unwrap();
    desk.all_sync();
    let published = reading::script(&*town.store, town.tenant, version).unwrap().unwrap();
    assert_eq!(published.questions[0].text, "A sign in your window?");
}

#[test]
fn a_team_lead_who_publishes_is_told_no_and_publishes_nothing() {
    let desk = Desk::new();
    let version = desk.emil.walkbook.publish_draft(desk.script, now()).unwrap();
    desk.all_sync();
    desk.all_agree();
    let town = &desk.stairwell.town;
    assert_eq!(reading::script(&*town.store, town.tenant, version).unwrap(), None);
    assert_eq!(desk.emil.walkbook.refused().unwrap()[0].why, Why::Refused(Reason::NotAllowed));
    assert!(desk.emil.walkbook.draft(desk.script).unwrap().versions.is_empty());
}

#[test]
fn a_lead_who_leads_no_more_has_no_drafts_and_what_was_written_afterwards_is_told_back() {
    let desk = Desk::new();
    let town = &desk.stairwell.town;
    town.set_role(&desk.emil, Role::Canvasser);
    desk.say(&desk.emil, "Mine all the same");
    desk.emil.sync(town);
    assert_eq!(desk.emil.walkbook.drafts(), Ok(Vec::new()));
    assert_eq!(desk.emil.walkbook.draft(desk.script), Err(Error::NotHere { what: "draft" }));
    assert_eq!(desk.emil.walkbook.refused().unwrap()[0].why, Why::Refused(Reason::NotAllowed));
    town.set_role(&desk.emil, Role::TeamLead);
    desk.all_sync();
    desk.all_agree();
}

#[test]
fn the_office_and_a_phone_write_one_draft() {
    let desk = Desk::new();
    let town = &desk.stairwell.town;
    let json = br#"{ "title": "Autumn", "questions": [] }"#;
    let autumn = town.start_draft(json);
    desk.all_sync();
    let kind = QuestionKind::YesNo;
    desk.fatma.walkbook.add_question(autumn, "sign", "A sign?", kind, None, now()).unwrap();
    desk.all_sync();
    let version = town.publish_draft(autumn);
    desk.all_sync();
    assert_eq!(desk.fatma.walkbook.draft(autumn).unwrap().versions[0].1, version);
    assert_eq!(desk.fatma.walkbook.drafts().unwrap().len(), 2);
}
