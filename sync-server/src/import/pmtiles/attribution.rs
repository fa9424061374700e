//! Whose data a map file is. Files say so for web pages, with links in it; phones show plain text.

use super::MapFlaw;
use serde::Deserialize;
use walkbook_model::limits::ATTRIBUTION_BYTES;

#[derive(Deserialize)]
struct Metadata {
    #[serde(default)]
    attribution: Option<String>,
}

/// What the metadata say, as plain text; empty where they say nothing.
pub(super) fn attribution(metadata: &[u8]) -> Result<String, MapFlaw> {
    if metadata.is_empty() {
        return Ok(String::new());
    }
    let metadata: Metadata = serde_json::from_slice(metadata).map_err(|_| MapFlaw::Damaged)?;
    let text = metadata.attribution.as_deref().map(plain).unwrap_or_default();
    // A part of it would name some and not others.
    if text.len() > ATTRIBUTION_BYTES { Err(MapFlaw::TooLarge { limit: ATTRIBUTION_BYTES as u64 }) } else { Ok(text) }
}

/// The text between the tags, with what stands for a character in its place.
fn plain(html: &str) -> String {
    let (first, tags) = html.split_once('<').unwrap_or((html, ""));
    let behind_tags = tags.split('<').filter_map(|tag| tag.split_once('>')).map(|(_, behind)| behind);
    let text: String = std::iter::once(first).chain(behind_tags).collect();
    let names = [
        ("&copy;", "©"),
        ("&#169;", "©"),
        ("&nbsp;", " "),
        ("&quot;", "\""),
        ("&#39;", "'"),
        ("&lt;", "<"),
        ("&gt;", ">"),
        ("&amp;", "&"),
    ];
    let text = names.into_iter().fold(text, |text, (name, character)| text.replace(name, character));
    text.split(|letter: char| letter.is_whitespace() || letter.is_control())
        .filter(|word| !word.is_empty())
        .collect::<Vec<_>>()
        .join(" ")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn links_become_the_names_that_they_show() {
        let of = |metadata: &str| attribution(metadata.as_bytes());
        let osm = r#"<a href=\"https://www.openstreetmap.org/copyright\" target='_blank'>&copy; OpenStreetMap\n contributors</a>"#;
        assert_eq!(of(&format!(r#"{{"attribution":"{osm}"}}"#)), Ok("© OpenStreetMap contributors".into()));
        let two = r#"{"attribution":"<b>A &amp; B</b>, C &amp;lt; D","vector_layers":[{"id":1}]}"#;
        assert_eq!(of(two), Ok("A & B, C &lt; D".into()));
        for (metadata, text) in
            [("", ""), ("{}", ""), (r#"{"attribution":null}"#, ""), (r#"{"attribution":"a<b"}"#, "a")]
        {
            assert_eq!(of(metadata), Ok(text.into()));
        }
        assert_eq!(of("[1"), Err(MapFlaw::Damaged));
        let long = format!(r#"{{"attribution":"{}"}}"#, "x".repeat(2_000));
        assert_eq!(of(&long), Err(MapFlaw::TooLarge { limit: 1_024 }));
    }
}
