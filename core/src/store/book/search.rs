//! Finding doors by what people type: parts of addresses and names, with or without accents.

use super::rows::{COLUMNS, from_row};
use super::{View, Writer};
use crate::error::Error;
use crate::store::door_row::DoorRow;

/// More than anyone types; a longer text is cut, not refused.
const CHARACTERS: usize = 256;
const WORDS: usize = 8;

impl View<'_> {
    /// Rows that hold a word beginning with each of the typed words, in address or names, best first, at most `limit`. Case
    /// and accents make no difference. Any text may be typed; one without letters and digits finds nothing.
    ///
    /// # Errors
    /// As described at [`View`].
    pub fn search(&self, typed: &str, limit: u32) -> Result<Vec<DoorRow>, Error> {
        let Some(query) = query(typed) else { return Ok(Vec::new()) };
        let sql = format!(
            "SELECT {COLUMNS} FROM door_text JOIN door_row ON door_row.row = door_text.rowid
             WHERE door_text MATCH ?1 ORDER BY door_text.rank, door_row.line, door_row.door LIMIT ?2"
        );
        self.all(&sql, rusqlite::params![query, limit], from_row)
    }
}

impl Writer<'_> {
    /// Makes the search index anew from the rows; for tests of the two agreeing, and after a change of the tokenizer.
    ///
    /// # Errors
    /// As described at [`Writer`].
    pub fn rebuild_search(&self) -> Result<(), Error> {
        self.run("INSERT INTO door_text (door_text) VALUES ('rebuild')", []).map(drop)
    }
}

/// The typed words as quoted prefixes, so that nothing typed is an operator. Punctuation of ASCII separates words, as the
/// tokenizer has it, except that marks which combine with letters stay with them.
fn query(typed: &str) -> Option<String> {
    let text: String = typed.chars().take(CHARACTERS).collect();
    let separates = |letter: char| letter.is_ascii() && !letter.is_ascii_alphanumeric() || letter.is_control();
    let words: Vec<String> = text
        .split(|letter: char| separates(letter) || letter.is_whitespace())
        .filter(|word| word.chars().any(char::is_alphanumeric))
        .take(WORDS)
        .map(|word| format!("\"{word}\"*"))
        .collect();
    if words.is_empty() { None } else { Some(words.join(" ")) }
}

#[cfg(test)]
mod tests {
    use super::query;

    #[test]
    fn nothing_typed_is_an_operator() {
        assert_eq!(query("a\" OR b*"), Some("\"a\"* \"OR\"* \"b\"*".into()));
        assert_eq!(query("NEAR(x y, 2)"), Some("\"NEAR\"* \"x\"* \"y\"* \"2\"*".into()));
        assert_eq!(query("line:x ^y -z {"), Some("\"line\"* \"x\"* \"y\"* \"z\"*".into()));
    }

    #[test]
    fn a_text_without_words_is_no_query() {
        for typed in ["", "   ", "\"", "\0", "*", "🙂", "\u{301}"] {
            assert_eq!(query(typed), None, "{typed:?}");
        }
    }
}
