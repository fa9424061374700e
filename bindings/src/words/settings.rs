//! What the tenant has decided for all its phones.

use std::collections::HashMap;
use walkbook_model::{self as model, Outcome};

/// What the tenant has decided for all its phones.
#[derive(Debug, Clone, PartialEq, Eq, uniffi::Record)]
pub struct Settings {
    /// The tenant's own codes for outcomes, each with the outcome that it stands for: a knock takes one beside it.
    pub outcome_codes: HashMap<String, Outcome>,
    /// Whether the position where a knock was recorded is kept with it.
    pub keeps_positions: bool,
    /// For how many hours a phone that is out of touch shows anybody; nothing for ever. `status` tells when that is over.
    pub lease_hours: Option<u16>,
}

impl From<model::Settings> for Settings {
    fn from(settings: model::Settings) -> Self {
        // What is shown to whom the server decides; what this phone is not shown stands in `Withheld`.
        let model::Settings {
            outcome_codes,
            keeps_positions,
            lease_hours,
            canvassers_see_history: _,
            withheld_fields: _,
        } = settings;
        let outcome_codes = outcome_codes.iter().map(|(code, outcome)| (code.to_owned(), outcome)).collect();
        Self { outcome_codes, keeps_positions, lease_hours }
    }
}

/// What of its doors the server does not show to this phone's user: it is not on the phone at all.
#[derive(Debug, Clone, PartialEq, Eq, uniffi::Record)]
pub struct Withheld {
    /// What others recorded at a door before the last attempt, and of that all but the outcome. Say so where it would stand: a
    /// door with one visit may have been visited often.
    pub history: bool,
    /// Fields of contacts, by their names as in a register's file. They look empty. A new value can be written, none cleared.
    pub fields: Vec<String>,
}

impl From<model::Withheld> for Withheld {
    fn from(withheld: model::Withheld) -> Self {
        let model::Withheld { history, fields } = withheld;
        Self { history, fields: fields.iter().map(|field| field.name().to_owned()).collect() }
    }
}
