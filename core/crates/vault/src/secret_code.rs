//! The code on an invitation: 128 random bits that a person can read aloud and type.

use crate::Error;
use crate::digest::sha256;
use walkbook_model::ContentHash;
use zeroize::Zeroizing;

const ALPHABET: &[u8; 32] = b"0123456789ABCDEFGHJKMNPQRSTVWXYZ";
const GROUPS: [usize; 6] = [4, 4, 5, 4, 4, 5];
const DIGITS: usize = 26;
const MAX_BYTES: usize = 64;
const LABEL: &[u8] = b"walkbook-invitation-1\n";

/// An invitation's secret. Whoever has it may join, so it is wiped when dropped and never printed; the server keeps only
/// its [`digest`](Self::digest).
pub struct InvitationCode(Zeroizing<[u8; 16]>);

impl InvitationCode {
    /// The code with these bytes, which the caller drew at random.
    pub fn from_bytes(bytes: [u8; 16]) -> Self {
        Self(Zeroizing::new(bytes))
    }

    /// The text to show: 26 digits of Crockford's base 32 (<https://www.crockford.com/base32.html>) in six groups.
    ///
    /// ```
    /// use walkbook_vault::InvitationCode;
    /// let code = InvitationCode::from_bytes([0xff; 16]);
    /// assert_eq!(code.text().as_str(), "7ZZZ-ZZZZ-ZZZZZ-ZZZZ-ZZZZ-ZZZZZ");
    /// ```
    pub fn text(&self) -> Zeroizing<String> {
        let value = u128::from_be_bytes(*self.0);
        let mut places = (0..DIGITS).rev();
        let mut text = Zeroizing::new(String::with_capacity(DIGITS + GROUPS.len()));
        for size in GROUPS {
            if !text.is_empty() {
                text.push('-');
            }
            for place in places.by_ref().take(size) {
                let digit = (value >> (place * 5)) as usize & 31;
                text.push(ALPHABET.get(digit).copied().map_or('0', char::from));
            }
        }
        text
    }

    /// Reads a code as people type it: in either case, with hyphens or spaces anywhere, O for 0 and I or L for 1.
    ///
    /// # Errors
    ///
    /// [`Error::InvalidCode`] if it is not 26 such digits within 128 bits, or is longer than 64 bytes.
    ///
    /// ```
    /// use walkbook_vault::InvitationCode;
    /// let code = InvitationCode::from_bytes([7; 16]);
    /// let typed = InvitationCode::parse(&code.text().to_lowercase().replace('-', " "))?;
    /// assert!(typed.matches(code.digest()));
    /// # Ok::<(), walkbook_vault::Error>(())
    /// ```
    pub fn parse(text: &str) -> Result<Self, Error> {
        Some(text).filter(|text| text.len() <= MAX_BYTES).and_then(read).map(Self).ok_or(Error::InvalidCode)
    }

    pub(crate) fn bytes(&self) -> &[u8; 16] {
        &self.0
    }

    /// What the server keeps to know the code by. A plain hash is enough: 128 random bits cannot be tried out.
    pub fn digest(&self) -> ContentHash {
        ContentHash::from_bytes(sha256(&[LABEL, &*self.0]))
    }

    /// Whether this is the code with that digest, in a time that does not depend on where they differ.
    #[must_use]
    pub fn matches(&self, digest: ContentHash) -> bool {
        let (ours, theirs) = (self.digest().to_bytes(), digest.to_bytes());
        let difference = ours.iter().zip(theirs).fold(0, |all, (a, b)| std::hint::black_box(all | (a ^ b)));
        difference == 0
    }
}

impl std::fmt::Debug for InvitationCode {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("InvitationCode(..)")
    }
}

fn read(text: &str) -> Option<Zeroizing<[u8; 16]>> {
    let (mut value, mut digits) = (Zeroizing::new(0_u128), 0);
    for letter in text.bytes().filter(|letter| !matches!(letter, b'-' | b' ')) {
        let letter = match letter.to_ascii_uppercase() {
            b'O' => b'0',
            b'I' | b'L' => b'1',
            other => other,
        };
        let digit = ALPHABET.iter().position(|known| *known == letter)?;
        // 26 digits hold 130 bits: the first may use three of its five.
        if digits == DIGITS || (digits == 0 && digit > 7) {
            return None;
        }
        *value = *value << 5 | digit as u128;
        digits += 1;
    }
    (digits == DIGITS).then(|| Zeroizing::new(value.to_be_bytes()))
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn counting() -> InvitationCode {
        InvitationCode::from_bytes(std::array::from_fn(|place| place as u8))
    }

    #[test]
    fn text_and_digest_are_frozen() {
        assert_eq!(counting().text().as_str(), "0004-1061-050R3-GG28-A1C6-0T3GF");
        assert_eq!(counting().digest().to_string(), "01492dad1b92d164f3914faa7dcf9045fe376b094bb7bc7753dd7f44f27cf9fc");
    }

    #[test]
    fn letters_that_look_like_digits_are_read_as_those() {
        let typed = InvitationCode::parse("0oO0 1iIlL 0000 0000 0000 00000").unwrap();
        let meant = InvitationCode::parse("0000-1111-10000-0000-0000-00000").unwrap();
        assert!(typed.matches(meant.digest()));
    }

    #[test]
    fn texts_that_are_no_code_are_refused() {
        let good = counting().text();
        let (short, long) = (good.get(1..).unwrap().to_owned(), format!("{}0", good.as_str()));
        let (large, letter) = (format!("8{short}"), format!("U{short}"));
        let (accent, padded) = (format!("é{short}"), format!("{}{}", good.as_str(), "-".repeat(64)));
        for bad in ["", "-", &short, &long, &large, &letter, &accent, &padded] {
            assert_eq!(InvitationCode::parse(bad).unwrap_err(), Error::InvalidCode, "{bad}");
        }
    }

    #[test]
    fn a_code_with_any_other_bit_does_not_match() {
        for bit in 0..128 {
            let other = u128::from_be_bytes(*counting().0) ^ 1 << bit;
            assert!(!InvitationCode::from_bytes(other.to_be_bytes()).matches(counting().digest()));
        }
    }

    #[test]
    fn a_code_is_not_printed() {
        assert_eq!(format!("{:?}", counting()), "InvitationCode(..)");
    }

    proptest! {
        #[test]
        fn every_code_is_read_back(bytes: [u8; 16]) {
            let code = InvitationCode::from_bytes(bytes);
            prop_assert_eq!(*InvitationCode::parse(&code.text()).unwrap().0, bytes);
        }

        #[test]
        fn no_text_makes_the_reader_panic(text in ".{0,80}", digits in "[0-9a-zA-Z -]{20,40}") {
            let _ = InvitationCode::parse(&text);
            let _ = InvitationCode::parse(&digits);
        }
    }
}
