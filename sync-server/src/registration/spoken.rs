//! What servers of two regions say to each other. Each shows that it has the key that all regions share, and an answer is one to its
//! question and to no other: what is played again tells nobody anything, and changes nothing.

use super::tags::{self, Version};
use walkbook_model::{ContentHash, Timestamp};
use walkbook_vault::{RegistrationKey, RegistrationTag};

/// A question may have so many bytes.
pub(crate) const MAX_QUESTION_BYTES: usize = 512;
/// An answer may have so many.
pub(super) const MAX_ANSWER_BYTES: usize = tags_at(PAGE) + 1024;
/// Tags in one answer.
pub(super) const PAGE: usize = 16 * 1024;

const QUESTION: &[u8] = b"walkbook-registrations-question-1\n";
const ANSWER: &[u8] = b"walkbook-registrations-answer-1\n";
const PROOF_BYTES: usize = 32;

const fn tags_at(count: usize) -> usize {
    count * 16
}

/// One region asks another who is there.
#[derive(Clone, PartialEq, Eq)]
pub(super) struct Question {
    pub(super) from: String,
    pub(super) to: String,
    pub(super) at: Timestamp,
    pub(super) nonce: [u8; 16],
    /// What it has already.
    pub(super) known: Version,
    /// Up to where it has been told in the answers before this one.
    pub(super) after: Option<RegistrationTag>,
}

/// What it is told.
#[derive(Clone, PartialEq, Eq)]
pub(super) struct Answer {
    pub(super) version: Version,
    /// Nothing where that is what it has already.
    pub(super) page: Option<Page>,
}

#[derive(Clone, PartialEq, Eq)]
pub(super) struct Page {
    pub(super) tags: Vec<RegistrationTag>,
    pub(super) is_last: bool,
}

walkbook_model::redacted!(Question, Answer);

impl Question {
    /// The question as it travels; nothing where a name is too long.
    pub(super) fn to_bytes(&self, key: &RegistrationKey) -> Option<Vec<u8>> {
        let mut said = Vec::new();
        for name in [&self.from, &self.to] {
            said.push(u8::try_from(name.len()).ok()?);
            said.extend_from_slice(name.as_bytes());
        }
        said.extend(self.at.as_ms().to_be_bytes());
        said.extend([self.nonce, self.known].concat());
        said.extend(self.after.iter().flat_map(|after| after.to_bytes()));
        Some(proven(key, QUESTION, said))
    }

    /// Reads [`Self::to_bytes`] of whoever has the key.
    pub(super) fn from_bytes(key: &RegistrationKey, bytes: &[u8]) -> Option<Self> {
        let mut rest = said(key, QUESTION, bytes)?;
        let [from, to] = [text(&mut rest)?, text(&mut rest)?];
        let at = Timestamp::from_ms(u64::from_be_bytes(taken(&mut rest)?));
        let [nonce, known] = [taken(&mut rest)?, taken(&mut rest)?];
        let after = match rest {
            [] => None,
            _ => Some(RegistrationTag::from_bytes(taken(&mut rest)?)),
        };
        rest.is_empty().then_some(Self { from, to, at, nonce, known, after })
    }
}

impl Answer {
    /// The answer to this question, as it travels.
    pub(super) fn to_bytes(&self, key: &RegistrationKey, question: &[u8]) -> Vec<u8> {
        let mut said = self.version.to_vec();
        if let Some(page) = &self.page {
            said.push(u8::from(page.is_last));
            said.extend(tags::bytes(&page.tags));
        }
        proven(key, &answering(question), said)
    }

    /// Reads [`Self::to_bytes`] of whoever has the key, and was asked this.
    pub(super) fn from_bytes(key: &RegistrationKey, question: &[u8], bytes: &[u8]) -> Option<Self> {
        let mut rest = said(key, &answering(question), bytes)?;
        let version = taken(&mut rest)?;
        let page = match rest {
            [] => None,
            [is_last @ (0 | 1), tags @ ..] => Some(Page { tags: tags::read(tags)?, is_last: *is_last == 1 }),
            _ => return None,
        };
        Some(Self { version, page })
    }
}

fn answering(question: &[u8]) -> Vec<u8> {
    [ANSWER, &ContentHash::of(question).to_bytes()].concat()
}

fn proven(key: &RegistrationKey, label: &[u8], mut said: Vec<u8>) -> Vec<u8> {
    let proof = key.prove(&[label, &said].concat());
    said.extend(proof);
    said
}

fn said<'b>(key: &RegistrationKey, label: &[u8], bytes: &'b [u8]) -> Option<&'b [u8]> {
    let (said, proof) = bytes.split_last_chunk::<PROOF_BYTES>()?;
    key.verify(&[label, said].concat(), proof).ok().map(|()| said)
}

fn taken<const N: usize>(rest: &mut &[u8]) -> Option<[u8; N]> {
    let (taken, behind) = rest.split_first_chunk::<N>()?;
    *rest = behind;
    Some(*taken)
}

fn text(rest: &mut &[u8]) -> Option<String> {
    let [length] = taken(rest)?;
    let (text, behind) = rest.split_at_checked(length.into())?;
    *rest = behind;
    String::from_utf8(text.to_vec()).ok()
}

#[cfg(test)]
mod tests {
    use super::*;
    use walkbook_vault::SealKey;

    fn key(byte: u8) -> RegistrationKey {
        RegistrationKey::new(&SealKey::from_bytes([byte; 32]))
    }

    fn question() -> Question {
        let (from, to, at) = ("us-west-1".into(), "eu-west-1".into(), Timestamp::from_ms(1_795_000_000_000));
        Question { from, to, at, nonce: [1; 16], known: [2; 16], after: Some(RegistrationTag::from_bytes([3; 16])) }
    }

    #[test]
    fn what_is_said_is_read_by_whoever_has_the_key_and_by_nobody_else() {
        for asked in [question(), Question { after: None, ..question() }] {
            let bytes = asked.to_bytes(&key(7)).unwrap();
            assert!(Question::from_bytes(&key(7), &bytes) == Some(asked));
            assert!(Question::from_bytes(&key(8), &bytes).is_none());
            for cut in 0..bytes.len() {
                assert!(Question::from_bytes(&key(7), &bytes[..cut]).is_none());
                let mut bent = bytes.clone();
                bent[cut] ^= 1;
                assert!(Question::from_bytes(&key(7), &bent).is_none());
            }
        }
        assert!(Question { from: "x".repeat(256), ..question() }.to_bytes(&key(7)).is_none());
    }

    #[test]
    fn an_answer_is_one_to_its_question_only() {
        let tags = vec![RegistrationTag::from_bytes([4; 16]), RegistrationTag::from_bytes([5; 16])];
        let asked = question().to_bytes(&key(7)).unwrap();
        let another = Question { nonce: [9; 16], ..question() }.to_bytes(&key(7)).unwrap();
        let page = |is_last| Some(Page { tags: tags.clone(), is_last });
        for page in [None, page(false), page(true), Some(Page { tags: Vec::new(), is_last: true })] {
            let answer = Answer { version: [6; 16], page };
            let bytes = answer.to_bytes(&key(7), &asked);
            assert!(Answer::from_bytes(&key(7), &asked, &bytes) == Some(answer));
            assert!(Answer::from_bytes(&key(7), &another, &bytes).is_none());
            assert!(Answer::from_bytes(&key(8), &asked, &bytes).is_none());
            // A question is no answer.
            assert!(Answer::from_bytes(&key(7), &asked, &asked).is_none());
        }
    }

    #[test]
    fn whoever_has_the_key_and_says_rubbish_is_not_understood() {
        let asked = question().to_bytes(&key(7)).unwrap();
        for rubbish in [&[][..], &[6; 15], &[6; 17], &[[6; 16], [1; 16]].concat(), &[255; 64]] {
            let bytes = proven(&key(7), &answering(&asked), rubbish.to_vec());
            assert!(Answer::from_bytes(&key(7), &asked, &bytes).is_none(), "{rubbish:?}");
            assert!(Question::from_bytes(&key(7), &proven(&key(7), QUESTION, rubbish.to_vec())).is_none());
        }
    }
}
