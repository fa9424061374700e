//! A phone's databases with wounds in them. The bytes say where: they are not the file, which is sealed page by page, so
//! that a fuzzer would find out nothing about it.

use std::path::Path;
use std::sync::LazyLock;
use tempfile::TempDir;
use walkbook_core::DoorRow;
use walkbook_core::store::{EntryState, Error, Notice, OwnContent, OwnEntry, Standing, Store, StoreFile};
use walkbook_model::{DoorId, Moment};

const KEY: [u8; 32] = [7; 32];
/// Enough for some pages.
const ENTRIES: u64 = 60;

static PHONE: LazyLock<TempDir> = LazyLock::new(|| {
    let folder = tempfile::tempdir().unwrap();
    let mut store = Store::open(folder.path(), &KEY).unwrap();
    (1..=ENTRIES).for_each(|seq| store.log.append(&entry(seq)).unwrap());
    let rows: Vec<DoorRow> = (0..100).map(row).collect();
    let written = store.book.change(|writer| {
        writer.set_applied_to(ENTRIES)?;
        rows.iter().try_for_each(|row| writer.put_row(row))
    });
    written.unwrap();
    folder
});

fn entry(seq: u64) -> OwnEntry {
    let payload = format!("knock {seq} ").into_bytes().repeat(12);
    OwnEntry {
        seq,
        moment: Moment::from_bits(seq << 16),
        header: vec![1; 40],
        content: Some(OwnContent { payload, salt: [3; 16] }),
        payload_hash: [4; 32],
        chain: [5; 32],
        state: EntryState::Saved,
        notice: Notice::default(),
    }
}

fn row(number: u32) -> DoorRow {
    DoorRow {
        door: DoorId::derive(&[&number.to_be_bytes()]),
        line: format!("Unioninkatu {number}"),
        street: "Unioninkatu".into(),
        number: number.to_string(),
        unit: String::new(),
        building: walkbook_model::BuildingId::from_bytes([number as u8; 16]),
        floor: None,
        position: None,
        class: None,
        attempts: 0,
        last_outcome: None,
        suppressed: false,
        names: vec!["Aino".into()],
        clashes: 0,
        holds_until: None,
    }
}

/// Wounds in the log: what is lost is said, what is kept is what was written, and the damaged file stays.
pub(crate) fn damaged_log(wounds: &[u8]) {
    let folder = wounded("log.db", wounds);
    let damaged = std::fs::read(folder.path().join("log.db")).unwrap();
    let store = match Store::mend(folder.path(), &KEY) {
        Ok(store) => store,
        // A file that was emptied cannot be told from a new one, nor a wrong key from a wound without the other file.
        Err(error) => panic!("a damaged log is not mended: {error}"),
    };
    let kept = store.log.from(1, usize::MAX).unwrap();
    assert!(kept.iter().all(|kept| *kept == entry(kept.seq)), "an entry is not what was written");
    match &store.mended().log {
        Some(salvage) => {
            assert_eq!(salvage.kept, kept.len() as u64);
            assert!(std::fs::read(&salvage.aside).unwrap() == damaged, "the damaged log is not as it was");
        }
        None => assert!(
            kept.len() as u64 == ENTRIES || matches!(store.standing().unwrap(), Standing::LogShort { .. }),
            "entries went without a word"
        ),
    }
    let missing = kept.last().is_none_or(|last| last.seq < ENTRIES);
    assert!(!missing || !store.can_append().unwrap(), "numbers would be given out twice");
}

/// Wounds in the book: the log is untouched, and what the book holds can be had again.
pub(crate) fn damaged_book(wounds: &[u8]) {
    let folder = wounded("book.db", wounds);
    let log = std::fs::read(folder.path().join("log.db")).unwrap();
    let damaged = std::fs::read(folder.path().join("book.db")).unwrap();
    let opened = Store::open(folder.path(), &KEY).and_then(|store| {
        store.book.view().search("unioninkatu", 1_000)?;
        Ok(store)
    });
    let store = match opened {
        Ok(store) => store,
        Err(Error::Damaged { file: StoreFile::Book }) => Store::mend(folder.path(), &KEY).unwrap(),
        Err(error) => panic!("a damaged book is told as {error}"),
    };
    assert_eq!(store.log.counts().unwrap().saved, ENTRIES);
    if let Some(aside) = &store.mended().book {
        assert!(std::fs::read(aside).unwrap() == damaged, "the damaged book is not as it was");
    }
    drop(store);
    assert!(std::fs::read(folder.path().join("log.db")).unwrap() == log, "the log was touched");
}

/// A copy of the phone's folder in which each five bytes of wounds strike one file: where (three bytes), how long, with
/// what. The last wound may cut the file off.
fn wounded(name: &str, wounds: &[u8]) -> TempDir {
    let folder = tempfile::tempdir().unwrap();
    for name in ["log.db", "book.db"] {
        std::fs::copy(PHONE.path().join(name), folder.path().join(name)).unwrap();
    }
    let path = folder.path().join(name);
    let mut bytes = std::fs::read(&path).unwrap();
    let (strikes, _) = wounds.as_chunks::<5>();
    for &[high, middle, low, length, with] in strikes.iter().take(8) {
        let at = u32::from_be_bytes([0, high, middle, low]) as usize % bytes.len();
        let end = (at + usize::from(length) * 16 + 1).min(bytes.len());
        if length == u8::MAX {
            bytes.truncate(at.max(1));
        } else {
            bytes[at..end].iter_mut().for_each(|byte| *byte ^= with | 1);
        }
    }
    write(&path, &bytes);
    folder
}

fn write(path: &Path, bytes: &[u8]) {
    std::fs::write(path, bytes).unwrap();
}
