//! Files that an earlier version of the app wrote.

use super::*;

/// A file as the first version made it.
fn first_version(folder: &Path, file: StoreFile, sql: &str, rows: &str) {
    let path = files::path(folder, file);
    files::ensure_private(folder, &path, file).unwrap();
    let sqlite = connection::unlock(&path, file, &KEY).unwrap();
    sqlite.execute_batch(&format!("{sql} {rows} PRAGMA user_version = 1;")).unwrap();
}

#[test]
fn a_log_of_the_first_version_keeps_every_entry_and_note() {
    let folder = tempfile::tempdir().unwrap();
    let rows = "INSERT INTO entry VALUES
            (1, 65536, x'01', x'0909', zeroblob(16), zeroblob(32), zeroblob(32), 1, NULL),
            (2, 131072, x'01', NULL, NULL, zeroblob(32), zeroblob(32), 3, 5),
            (3, 196608, x'01', x'0808', zeroblob(16), zeroblob(32), zeroblob(32), 0, NULL);
        INSERT INTO note VALUES ('identity', x'07');";
    first_version(folder.path(), StoreFile::Log, include_str!("../migrations/log/0001_entry.sql"), rows);
    let store = Store::open(folder.path(), &KEY).unwrap();
    let kept = store.log.from(1, usize::MAX).unwrap();
    let states: Vec<EntryState> = kept.iter().map(|entry| entry.state).collect();
    assert_eq!(states, [EntryState::OnServer, EntryState::Refused { reason: 5 }, EntryState::Saved]);
    assert_eq!(kept[2].content.as_ref().unwrap().payload, [8, 8]);
    assert_eq!((kept[2].moment, kept[1].notice.clone()), (Moment::from_bits(3 << 16), Notice::default()));
    assert_eq!(store.log.note("identity").unwrap(), Some(vec![7]));
    assert_eq!(store.log.counts().unwrap().at_risk(), 2);
    assert_eq!(store.log.unacknowledged_seqs().unwrap(), [3]);
}

#[test]
fn a_book_of_the_first_version_goes_on() {
    let folder = tempfile::tempdir().unwrap();
    let rows = "INSERT INTO list_cursor VALUES (zeroblob(16), x'01');
        INSERT INTO entry VALUES (zeroblob(16), 2, 0, zeroblob(16), 65536, x'02', NULL),
            (zeroblob(16), 1, 0, zeroblob(16), NULL, x'01', x'0909');";
    first_version(folder.path(), StoreFile::Book, include_str!("../migrations/book/0001_book.sql"), rows);
    let mut store = Store::open(folder.path(), &KEY).unwrap();
    let hash = walkbook_model::ContentHash::of(b"script");
    store.book.change(|writer| writer.put_script(hash, b"script")).unwrap();
    let view = store.book.view();
    assert_eq!(view.cursors().unwrap().len(), 1);
    let (id, about) =
        (|seq| EntryId::new(DeviceId::from_bytes([0; 16]), seq), Document::Door(DoorId::from_bytes([0; 16])));
    let first = HeldEntry { id: id(1), about, bound: None, header: vec![1], payload: Some(vec![9, 9]) };
    let second = HeldEntry { id: id(2), about, bound: Some(Moment::from_bits(65_536)), header: vec![2], payload: None };
    assert_eq!(view.entries_about(about).unwrap(), [first, second]);
    assert_eq!((view.script(hash).unwrap(), view.exchanged_at().unwrap()), (Some(b"script".to_vec()), None));
}
