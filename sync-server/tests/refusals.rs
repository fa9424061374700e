//! Commands that are given for a user do what this user may do; what they may not is refused and written down.

#![allow(clippy::unwrap_used, clippy::indexing_slicing, reason = "tests fail loudly")]

use std::path::Path;
use std::process::{Command, Output, Stdio};

fn run(folder: &Path, arguments: &[&str]) -> Output {
    let mut command = Command::new(env!("CARGO_BIN_EXE_walkbook-server"));
    command.arg("--folder").arg(folder).args(arguments).stdin(Stdio::null()).output().unwrap()
}

fn lines(folder: &Path, arguments: &[&str]) -> Vec<String> {
    let said = run(folder, arguments);
    assert!(said.status.success(), "{arguments:?}: {}", String::from_utf8_lossy(&said.stderr));
    String::from_utf8(said.stdout).unwrap().lines().map(str::to_owned).collect()
}

/// What the audit log says, without numbers and times.
fn audited(folder: &Path, tenant: &str) -> Vec<String> {
    let list = lines(folder, &["audit", "list", "--tenant", tenant]);
    list.iter().map(|line| line.split('\t').skip(2).collect::<Vec<_>>().join(" ")).collect()
}

#[test]
fn a_command_that_a_user_may_not_give_changes_nothing_and_stands_in_the_audit_log() {
    let home = tempfile::tempdir().unwrap();
    let folder = home.path().join("server");
    lines(&folder, &["init", "--region", "eu-west-1"]);
    let tenant = lines(&folder, &["tenant", "add", "Made-up Movement"]).remove(0);
    let lead = lines(&folder, &["user", "add", "Lea", "--role", "team_lead", "--tenant", &tenant]).remove(0);
    let settings = home.path().join("settings.json");
    std::fs::write(&settings, r#"{ "outcome_codes": { "NH": "not_home" } }"#).unwrap();
    let settings = settings.to_str().unwrap();

    let before = audited(&folder, &tenant);
    let refused = [
        (["rescue", "nowhere", "--tenant", &tenant], "take_rescue"),
        (["tenant", "set", &tenant, settings], "change_settings"),
        (["backend", "letters", "--tenant", &tenant], ""),
        (["backend", "bring", "--tenant", &tenant], ""),
        (["backend", "authority", "--tenant", &tenant], ""),
    ];
    for (arguments, action) in refused {
        let said = run(&folder, &[&["--by", &*lead], &arguments[..]].concat());
        assert_eq!((said.status.code(), said.stdout.len()), (Some(1), 0), "{arguments:?}");
        let last = audited(&folder, &tenant).pop().unwrap();
        let action = if action.is_empty() { String::new() } else { format!("action={action}") };
        assert_eq!(last, format!("{lead} command_refused {action}"), "{arguments:?}");
    }
    assert_eq!(audited(&folder, &tenant).len(), before.len() + refused.len());

    // What is allowed, and what fails for another reason, is no refusal.
    let manager = lines(&folder, &["user", "add", "Mia", "--role", "manager", "--tenant", &tenant]).remove(0);
    let before = audited(&folder, &tenant).len();
    let nowhere = run(&folder, &["--by", &manager, "rescue", "nowhere", "--tenant", &tenant]);
    assert!(String::from_utf8_lossy(&nowhere.stderr).contains("nowhere"), "{nowhere:?}");
    for _ in 0..2 {
        lines(&folder, &["--by", &manager, "tenant", "set", &tenant, settings]);
    }
    let since = audited(&folder, &tenant).split_off(before);
    assert_eq!(since.len(), 1, "{since:?}");
    assert!(since[0].starts_with(&format!("{manager} settings_changed settings=")), "{since:?}");
}
