//! The table as a page of the docs.

use super::{Action, Circle};
use crate::Role;
use std::fmt::Write;

const ABOVE: &str = "# Who may do what

This page is printed from the table by which the server decides, `core/crates/model/src/rights.rs`; a test fails when the two
differ. `cargo run -p walkbook-model --example roles > core/crates/model/ROLES.md` prints it anew.

Each cell says how far the right reaches: to one's **own** (lists that were handed out to oneself with their doors, doors one
has added, one's own phones), to one's **team** (the lists of the teams one belongs to with the doors on them, their members),
to everything of the **tenant**. A right that reaches further reaches what is nearer too. Nothing reaches another tenant.

";

const BELOW: &str = "
Of a door that somebody sees, a part may be withheld. Whoever may not see the history gets of what others recorded the outcome of
the last attempt, and what nobody may miss: every \"no\", every permission. A tenant may show canvassers the history
(`canvassers_see_history`), and withhold fields of contacts from organisers, team leads and canvassers (`withheld_fields`). What
somebody recorded they see.

As long as a tenant has no teams it is one team by itself. Once it has, a list of no team is the tenant's, and whoever leads
without being in a team leads nothing. An organiser may be in several teams, everybody else is in one at most.

Whose something is is looked at when it arrives. What was recorded while the door was the sender's counts whenever it comes;
what was recorded at it afterwards is set aside for somebody to look at.

Support, the operator's staff, may do nothing. Where an owner or a manager has granted it, for a reason and for a time, they may
see, everything of the tenant, until it ends:

SUPPORT
A role may be given, and taken away, by:

";

/// The page, in Markdown.
pub fn page() -> String {
    let mut page = ABOVE.to_owned();
    let row = |page: &mut String, first: &str, cells: [&str; Role::ALL.len()]| {
        // Writing into a string never fails.
        let _ = writeln!(page, "| {first} | {} |", cells.join(" | "));
    };
    row(&mut page, "", Role::ALL.map(words_of));
    row(&mut page, "---", [":-:"; Role::ALL.len()]);
    for action in Action::ALL {
        row(&mut page, action.words(), Role::ALL.map(|role| circle_in_words(role.reach(*action))));
    }
    let seen = Action::ALL.iter().filter(|action| action.is_for_granted_support());
    let seen: String = seen.map(|action| format!("- {}\n", action.words())).collect();
    page.push_str(&BELOW.replace("SUPPORT\n", &format!("{seen}\n")));
    for role in Role::ALL {
        let givers: Vec<_> = Role::ALL.into_iter().filter(|giver| giver.may_give(role)).map(words_of).collect();
        let givers = if givers.is_empty() { "the operator only".to_owned() } else { givers.join(", ") };
        let _ = writeln!(page, "- {}: {givers}", words_of(role));
    }
    page
}

const fn words_of(role: Role) -> &'static str {
    match role {
        Role::TeamLead => "team lead",
        other => other.as_str(),
    }
}

const fn circle_in_words(circle: Circle) -> &'static str {
    match circle {
        Circle::Nothing => "–",
        Circle::Own => "own",
        Circle::Team => "team",
        Circle::Tenant => "tenant",
    }
}
