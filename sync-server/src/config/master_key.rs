//! The region's master key: 32 random bytes in a file, in hexadecimal. Without it nothing in the store can be read, so
//! the operator keeps a copy where no copy of the store lies.

use super::Error;
use super::private_file::{check_private, write_new};
use std::fmt::Write;
use std::path::Path;
use walkbook_vault::{SealKey, SecureRandom};
use zeroize::Zeroizing;

/// Draws a master key into a file, unless there is one; says whether it did.
///
/// # Errors
/// [`Error::NoRandomness`], [`Error::File`].
pub fn make_master_key(file: &Path, random: &dyn SecureRandom) -> Result<bool, Error> {
    let mut key = Zeroizing::new([0; 32]);
    random.fill(key.as_mut()).map_err(|_| Error::NoRandomness)?;
    let mut text = Zeroizing::new(String::with_capacity(65));
    for byte in key.iter() {
        // Writing to a string does not fail.
        let _ = write!(text, "{byte:02x}");
    }
    text.push('\n');
    write_new(file, text.as_bytes())
}

/// Reads the master key.
///
/// # Errors
/// [`Error::Exposed`] if others may read it, [`Error::Damaged`] if it is not 64 hexadecimal digits.
pub fn read_master_key(file: &Path) -> Result<SealKey, Error> {
    check_private(file)?;
    let text = Zeroizing::new(std::fs::read_to_string(file).map_err(|error| Error::file(file, error))?);
    let mut key = Zeroizing::new([0; 32]);
    decode(text.trim_end(), &mut key).ok_or_else(|| Error::Damaged { file: file.to_owned() })?;
    Ok(SealKey::from_bytes(*key))
}

fn decode(text: &str, key: &mut [u8; 32]) -> Option<()> {
    let (pairs, rest) = text.as_bytes().as_chunks::<2>();
    if pairs.len() != key.len() || !rest.is_empty() {
        return None;
    }
    for (byte, [high, low]) in key.iter_mut().zip(pairs) {
        let digit = |letter: u8| char::from(letter).to_digit(16).and_then(|digit| u8::try_from(digit).ok());
        *byte = digit(*high)? << 4 | digit(*low)?;
    }
    Some(())
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
}
