//! The region's master key: 32 random bytes in a file, in hexadecimal. Without it nothing in the store can be read, so
//! the operator keeps a copy where no copy of the store lies.
//!
//! While it is changed there are several, a line each: the first wraps, the others open; the one that is to wrap next says so.

use super::Error;
use super::private_file::{check_private, replace, write_new};
use std::fmt::Write;
use std::path::Path;
use walkbook_vault::{SealKey, SecureRandom};
use zeroize::Zeroizing;

/// What stands behind the key that is to wrap next.
const NEXT: &str = " next";
/// More than one who changes keys can have.
const MOST_KEYS: usize = 16;

/// The region's master keys.
pub struct MasterKeys {
    /// The one that wraps.
    pub current: SealKey,
    /// Those that open what they have wrapped before.
    pub former: Vec<SealKey>,
    /// The one that is to wrap next.
    pub next: Option<SealKey>,
}

impl MasterKeys {
    /// Draws a key that is to wrap next.
    ///
    /// # Errors
    /// [`Error::NoRandomness`].
    pub fn draw(random: &dyn SecureRandom) -> Result<SealKey, Error> {
        let mut key = Zeroizing::new([0; 32]);
        random.fill(key.as_mut()).map_err(|_| Error::NoRandomness)?;
        Ok(SealKey::from_bytes(*key))
    }

    /// Reads the file.
    ///
    /// # Errors
    /// As [`read_master_key`].
    pub fn read(file: &Path) -> Result<Self, Error> {
        check_private(file)?;
        let text = Zeroizing::new(std::fs::read_to_string(file).map_err(|error| Error::file(file, error))?);
        Self::parse(&text).ok_or_else(|| Error::Damaged { file: file.to_owned() })
    }

    fn parse(text: &str) -> Option<Self> {
        let mut lines = text.trim_end().lines();
        let mut keys = Self { current: decode(lines.next()?)?, former: Vec::new(), next: None };
        for line in lines {
            match line.strip_suffix(NEXT) {
                None => keys.former.push(decode(line)?),
                Some(next) if keys.next.is_none() => keys.next = Some(decode(next)?),
                Some(_) => return None,
            }
        }
        (keys.former.len() < MOST_KEYS).then_some(keys)
    }

    /// Puts them in the place of what the file has, all or nothing.
    ///
    /// # Errors
    /// [`Error::File`].
    pub fn write(&self, file: &Path) -> Result<(), Error> {
        let mut text = Zeroizing::new(String::with_capacity((self.former.len() + 2) * 80));
        for key in std::iter::once(&self.current).chain(&self.former) {
            text.push_str(&written(key));
            text.push('\n');
        }
        if let Some(next) = &self.next {
            text.push_str(&written(next));
            text.push_str(NEXT);
            text.push('\n');
        }
        replace(file, text.as_bytes())
    }

    /// The one that wraps, and all others, which open.
    pub fn to_open(self) -> (SealKey, Vec<SealKey>) {
        (self.current, self.former.into_iter().chain(self.next).collect())
    }
}

/// Draws a master key into a file, unless there is one; says whether it did.
///
/// # Errors
/// [`Error::NoRandomness`], [`Error::File`].
pub fn make_master_key(file: &Path, random: &dyn SecureRandom) -> Result<bool, Error> {
    let mut text = written(&MasterKeys::draw(random)?);
    text.push('\n');
    write_new(file, text.as_bytes())
}

/// Reads a file that has one key.
///
/// # Errors
/// [`Error::Exposed`] if others may read it, [`Error::Damaged`] if it is not 64 hexadecimal digits.
pub fn read_master_key(file: &Path) -> Result<SealKey, Error> {
    let keys = MasterKeys::read(file)?;
    let is_only = keys.former.is_empty() && keys.next.is_none();
    if is_only { Ok(keys.current) } else { Err(Error::Damaged { file: file.to_owned() }) }
}

/// A key as a line has it.
pub fn written(key: &SealKey) -> Zeroizing<String> {
    // Room for the line, so that no half of it is left behind where it grows.
    let mut text = Zeroizing::new(String::with_capacity(65));
    for byte in key.expose() {
        // Writing to a string does not fail.
        let _ = write!(text, "{byte:02x}");
    }
    text
}

fn decode(text: &str) -> Option<SealKey> {
    let mut key = Zeroizing::new([0; 32]);
    let (pairs, rest) = text.as_bytes().as_chunks::<2>();
    if pairs.len() != key.len() || !rest.is_empty() {
        return None;
    }
    for (byte, [high, low]) in key.iter_mut().zip(pairs) {
        let digit = |letter: u8| char::from(letter).to_digit(16).and_then(|digit| u8::try_from(digit).ok());
        *byte = digit(*high)? << 4 | digit(*low)?;
    }
    Some(SealKey::from_bytes(*key))
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::os::unix::fs::PermissionsExt;
    use walkbook_vault::SystemRandom;

    #[test]
    fn a_master_key_is_made_once_and_read_back() {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("master.key");
        assert!(make_master_key(&file, &SystemRandom::new()).unwrap());
        let first = std::fs::read_to_string(&file).unwrap();
        assert!(!make_master_key(&file, &SystemRandom::new()).unwrap());
        assert_eq!(std::fs::read_to_string(&file).unwrap(), first);
        let key = read_master_key(&file).unwrap();
        let text: String = key.expose().iter().map(|byte| format!("{byte:02x}")).collect();
        assert_eq!(first.trim_end(), text);
    }

    #[test]
    fn a_master_key_that_others_can_read_is_refused() {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("master.key");
        make_master_key(&file, &SystemRandom::new()).unwrap();
        assert_eq!(std::fs::metadata(&file).unwrap().permissions().mode() & 0o777, 0o600);
        std::fs::set_permissions(&file, std::fs::Permissions::from_mode(0o644)).unwrap();
        assert!(matches!(read_master_key(&file), Err(Error::Exposed { .. })));
    }

    #[test]
    fn a_cut_off_master_key_is_refused() {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("master.key");
        write_new(&file, "ab".repeat(31).as_bytes()).unwrap();
        assert!(matches!(read_master_key(&file), Err(Error::Damaged { .. })));
    }

    #[test]
    fn several_keys_are_told_apart_and_stand_in_no_file_that_is_to_have_one() {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("master.key");
        let key = |number| SealKey::from_bytes([number; 32]);
        MasterKeys { current: key(2), former: vec![key(1)], next: Some(key(3)) }.write(&file).unwrap();
        assert_eq!(std::fs::metadata(&file).unwrap().permissions().mode() & 0o777, 0o600);
        let read = MasterKeys::read(&file).unwrap();
        let shown = |key: &SealKey| key.expose()[0];
        assert_eq!(
            (shown(&read.current), read.former.iter().map(shown).collect(), read.next.as_ref().map(shown)),
            (2, vec![1], Some(3))
        );
        assert!(matches!(read_master_key(&file), Err(Error::Damaged { .. })));
        let line = "ab".repeat(32);
        for wrong in [
            "",
            &format!("{line} next"),
            &format!("{line}\n{line} next\n{line} next"),
            &format!("{line}\n{line} former"),
        ] {
            std::fs::write(&file, wrong).unwrap();
            assert!(matches!(MasterKeys::read(&file), Err(Error::Damaged { .. })), "{wrong}");
        }
    }
}
