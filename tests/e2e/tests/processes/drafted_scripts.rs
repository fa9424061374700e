//! Two who lead write a script on their phones, without a network, and one of them publishes it.

use crate::world::{Phone, World};
use walkbook_e2e::protocol::{DraftOrder, DraftSeen, Order, Report};
use walkbook_model::{ContentHash, QuestionId, ScriptId};

fn lead(world: &World, name: &str, role: &str) -> Phone {
    let user = world.office.run_for_one(&["user", "add", name, "--tenant", &world.tenant, "--role", role]);
    world.ready_phone(name, &user)
}

fn start(phone: &mut Phone, title: &str) -> ScriptId {
    match phone.tell(&Order::Draft(DraftOrder::Start { title: title.into() })) {
        Some(Report::Drafted { script }) => script,
        other => panic!("starting: {other:?}"),
    }
}

fn ask(phone: &mut Phone, script: ScriptId, (name, text): (&str, &str), behind: Option<QuestionId>) -> QuestionId {
    let (name, text) = (name.into(), text.into());
    match phone.tell(&Order::Draft(DraftOrder::Ask { script, name, text, behind })) {
        Some(Report::Asked { question }) => question,
        other => panic!("asking: {other:?}"),
    }
}

fn say(phone: &mut Phone, script: ScriptId, question: QuestionId, text: &str) {
    let said = phone.tell(&Order::Draft(DraftOrder::SetText { script, question, text: text.into() }));
    assert!(matches!(said, Some(Report::Done)), "{said:?}");
}

fn publish(phone: &mut Phone, script: ScriptId) -> Result<ContentHash, String> {
    match phone.tell(&Order::Draft(DraftOrder::Publish { script })) {
        Some(Report::Published { version }) => Ok(version),
        Some(Report::Failed { why }) => Err(why),
        other => panic!("publishing: {other:?}"),
    }
}

fn drafts(phone: &mut Phone) -> Vec<DraftSeen> {
    match phone.tell(&Order::Draft(DraftOrder::Show)) {
        Some(Report::Drafts(drafts)) => drafts,
        other => panic!("showing: {other:?}"),
    }
}

#[test]
fn two_write_a_script_offline_and_what_they_agreed_on_is_published() {
    let world = World::start(12);
    let [mut lea, mut otto] =
        [("Lea", "team_lead"), ("Otto", "organiser")].map(|(name, role)| lead(&world, name, role));
    let script = start(&mut lea, "Spring");
    let sign = ask(&mut lea, script, ("sign", "May we put up a sign?"), None);
    // Her phone dies before anybody has heard of it.
    lea.kill();
    lea.start_again();
    assert_eq!(drafts(&mut lea)[0].texts, ["May we put up a sign?"]);
    lea.sync().unwrap();
    otto.sync().unwrap();
    assert_eq!(drafts(&mut otto), drafts(&mut lea));

    // Both on the train: one question twice, and one more.
    say(&mut lea, script, sign, "A sign in your window?");
    say(&mut otto, script, sign, "Would you put up a sign?");
    ask(&mut lea, script, ("help", "Would you help us?"), Some(sign));
    assert_eq!((lea.sync(), otto.sync(), lea.sync()), (Ok(0), Ok(0), Ok(0)));
    let shown = drafts(&mut otto);
    assert_eq!(shown, drafts(&mut lea), "both see the same, and what was written twice");
    assert_eq!((shown[0].texts.len(), shown[0].clashes.len()), (2, 1));
    assert!(publish(&mut otto, script).unwrap_err().contains("1 things are wrong"), "nobody has chosen yet");

    let choice = shown[0].clashes[0][1];
    let resolved = otto.tell(&Order::Draft(DraftOrder::Resolve { script, choice }));
    assert!(matches!(resolved, Some(Report::Done)), "{resolved:?}");
    let version = publish(&mut otto, script).unwrap();
    otto.kill();
    otto.start_again();
    assert_eq!(otto.sync(), Ok(0));
    assert_eq!(lea.sync(), Ok(0));
    assert_eq!(drafts(&mut lea)[0].versions, [version]);
    let office = world.office.run(&["script", "show", &version.to_string(), "--tenant", &world.tenant]).concat();
    assert!(drafts(&mut lea)[0].texts.iter().all(|text| office.contains(text)), "{office}");
}

#[test]
fn a_lead_who_may_write_and_not_publish_is_told_so_and_who_walks_sees_no_draft() {
    let world = World::start(12);
    let mut lea = lead(&world, "Lea", "team_lead");
    let script = start(&mut lea, "Spring");
    ask(&mut lea, script, ("sign", "May we put up a sign?"), None);
    publish(&mut lea, script).unwrap();
    assert_eq!(lea.sync(), Ok(1), "what was refused is at risk until she has seen it");
    assert_eq!(lea.status(), (0, 3, 1));
    assert_eq!(drafts(&mut lea)[0].versions, [], "it is rolled back on her phone");
    let aino = world.add_canvasser("Aino");
    let mut aino = world.ready_phone("Aino", &aino);
    assert_eq!(drafts(&mut aino), []);
}
