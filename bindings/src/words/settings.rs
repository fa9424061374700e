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
}

impl From<model::Settings> for Settings {
    fn from(settings: model::Settings) -> Self {
        let model::Settings { outcome_codes, keeps_positions } = settings;
        let outcome_codes = outcome_codes.iter().map(|(code, outcome)| (code.to_owned(), outcome)).collect();
        Self { outcome_codes, keeps_positions }
    }
}
