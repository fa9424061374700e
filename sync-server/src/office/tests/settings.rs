//! Settings come from files that people write.

use super::world::*;
use crate::office::{Error, set_settings};
use crate::reading;
use walkbook_model::{Outcome, Settings};

#[test]
fn what_is_set_last_stands_as_a_whole() {
    let world = World::new();
    let tenant = world.tenant("North");
    assert_eq!(reading::settings(world.store(), tenant).unwrap(), Settings::default());
    set_settings(
        world.store(),
        tenant,
        br#"{ "outcome_codes": { "NH": "not_home", "WK": "refused" } }"#,
        by_operator(1),
    )
    .unwrap();
    let codes = reading::settings(world.store(), tenant).unwrap().outcome_codes;
    assert_eq!((codes.resolve("WK"), codes.iter().len()), (Ok(Outcome::Refused), 2));
    set_settings(world.store(), tenant, b"{}", by_operator(1)).unwrap();
    assert_eq!(reading::settings(world.store(), tenant).unwrap(), Settings::default());
}

#[test]
fn a_file_that_is_wrong_is_refused_with_what_and_where_and_changes_nothing() {
    let world = World::new();
    let tenant = world.tenant("North");
    set_settings(world.store(), tenant, br#"{ "outcome_codes": { "NH": "not_home" } }"#, by_operator(1)).unwrap();
    let before = reading::settings(world.store(), tenant).unwrap();
    let cases = [
        ("{\n \"outcome_codes\": { \"NH\": \"gone\" }\n}".to_owned(), "unknown variant `gone`"),
        ("{\n \"outcome_code\": {}\n}".to_owned(), "unknown field `outcome_code`"),
        ("{\n \"outcome_codes\": 5\n}".to_owned(), "line 2 column"),
        ("{ \"outcome_codes\": { \"refused\": \"not_home\" } }".to_owned(), "the outcomes' own names"),
        ("{ \"outcome_codes\": { \"\": \"not_home\" } }".to_owned(), "is empty"),
        (" ".repeat(70_000), "longer than 65536 bytes"),
    ];
    for (json, what) in cases {
        let refused = set_settings(world.store(), tenant, json.as_bytes(), by_operator(1)).unwrap_err();
        assert!(matches!(refused, Error::Settings(_) | Error::Invalid(_)), "{refused:?}");
        assert!(refused.to_string().contains(what), "{refused}");
    }
    assert_eq!(reading::settings(world.store(), tenant).unwrap(), before);
}
