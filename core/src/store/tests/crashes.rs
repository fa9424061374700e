use super::*;

/// The folder as a killed app leaves it: nothing closed, nothing folded in.
fn killed(folder: &Path) -> tempfile::TempDir {
    let left = tempfile::tempdir().unwrap();
    for name in ["log.db", "log.db-wal", "book.db", "book.db-wal"] {
        std::fs::copy(folder.join(name), left.path().join(name)).unwrap();
    }
    left
}

#[test]
fn a_killed_app_finds_every_acknowledged_knock() {
    let folder = tempfile::tempdir().unwrap();
    let store = with_entries(folder.path(), 40);
    let left = killed(folder.path());
    drop(store);
    let store = Store::open(left.path(), &KEY).unwrap();
    assert_eq!(store.log.from(1, usize::MAX).unwrap(), (1..=40).map(entry).collect::<Vec<_>>());
    assert_eq!(store.mended(), &Mended::default());
}

#[test]
fn a_book_behind_the_log_says_so() {
    let folder = tempfile::tempdir().unwrap();
    let mut store = with_entries(folder.path(), 5);
    store.book.change(|writer| writer.set_applied_to(3)).unwrap();
    drop(store);
    let mut store = Store::open(folder.path(), &KEY).unwrap();
    assert_eq!(store.standing().unwrap(), Standing::BookBehind { applied_to: 3, tail: 5 });
    store.book.change(|writer| writer.set_applied_to(5)).unwrap();
    assert_eq!(store.standing().unwrap(), Standing::Level);
}

#[test]
fn a_log_that_lost_its_end_says_so() {
    let folder = tempfile::tempdir().unwrap();
    let mut store = with_entries(folder.path(), 5);
    store.book.change(|writer| writer.set_applied_to(5)).unwrap();
    drop(store);
    std::fs::remove_file(folder.path().join("log.db")).unwrap();
    let store = Store::open(folder.path(), &KEY).unwrap();
    assert_eq!(store.standing().unwrap(), Standing::LogShort { applied_to: 5, tail: 0 });
}

#[test]
fn a_wrong_key_is_refused_and_changes_nothing() {
    let folder = tempfile::tempdir().unwrap();
    let store = with_entries(folder.path(), 20);
    let left = killed(folder.path());
    drop(store);
    let bytes = |name: &str| std::fs::read(left.path().join(name)).unwrap();
    let names = ["log.db", "log.db-wal", "book.db", "book.db-wal"];
    let before = names.map(bytes);
    for open in [Store::open, Store::mend] {
        assert_eq!(open(left.path(), &[8; 32]).err(), Some(Error::WrongKey));
    }
    assert_eq!(names.map(bytes), before);
    assert_eq!(Store::open(left.path(), &KEY).unwrap().log.counts().unwrap().saved, 20);
}

#[test]
fn a_wrong_key_is_refused_even_where_only_the_book_is_left() {
    let folder = tempfile::tempdir().unwrap();
    drop(with_entries(folder.path(), 1));
    std::fs::remove_file(folder.path().join("log.db")).unwrap();
    let before = std::fs::read(folder.path().join("book.db")).unwrap();
    assert_eq!(Store::open(folder.path(), &[8; 32]).err(), Some(Error::WrongKey));
    assert!(!folder.path().join("log.db").exists());
    assert_eq!(std::fs::read(folder.path().join("book.db")).unwrap(), before);
}

#[test]
fn the_log_waits_for_the_disk_and_the_book_does_not() {
    let folder = tempfile::tempdir().unwrap();
    let store = Store::open(folder.path(), &KEY).unwrap();
    for (db, synchronous) in [(&store.log.db, 2), (&store.book.db, 1)] {
        let text = |sql: &str| db.sqlite.query_row(sql, [], |row| row.get::<_, String>(0)).unwrap();
        let number = |sql: &str| db.sqlite.query_row(sql, [], |row| row.get::<_, i64>(0)).unwrap();
        assert_eq!(text("PRAGMA journal_mode"), "wal");
        assert_eq!(number("PRAGMA synchronous"), synchronous);
        assert_eq!(number("PRAGMA fullfsync"), 1);
        assert_eq!(number("PRAGMA secure_delete"), 1);
        assert_eq!(number("PRAGMA wal_autocheckpoint"), 1_000);
    }
}

#[test]
fn a_file_of_a_newer_app_is_refused_and_not_touched() {
    for file in [StoreFile::Log, StoreFile::Book] {
        let folder = tempfile::tempdir().unwrap();
        let store = with_entries(folder.path(), 1);
        let db = if file == StoreFile::Log { &store.log.db } else { &store.book.db };
        db.sqlite.pragma_update(None, "user_version", 99).unwrap();
        drop(store);
        let path = files::path(folder.path(), file);
        let before = std::fs::read(&path).unwrap();
        for open in [Store::open, Store::mend] {
            let error = open(folder.path(), &KEY).err();
            assert!(matches!(error, Some(Error::NewerVersion { file: of, found: 99, .. }) if of == file), "{error:?}");
        }
        assert_eq!(std::fs::read(&path).unwrap(), before);
    }
}

#[cfg(unix)]
#[test]
fn the_files_are_their_owners_alone() {
    use std::os::unix::fs::PermissionsExt;
    let folder = tempfile::tempdir().unwrap();
    let _store = with_entries(folder.path(), 1);
    let mut seen = 0;
    for file in std::fs::read_dir(folder.path()).unwrap() {
        assert_eq!(file.unwrap().metadata().unwrap().permissions().mode() & 0o777, 0o600);
        seen += 1;
    }
    assert_eq!(seen, 6);
}

#[test]
fn nothing_that_was_written_can_be_read_in_the_files() {
    let folder = tempfile::tempdir().unwrap();
    let mut store = with_entries(folder.path(), 20);
    store.book.change(|writer| writer.put_row(&row(1, "Aleksanterinkatu 12", &["Aino"]))).unwrap();
    for file in std::fs::read_dir(folder.path()).unwrap() {
        let bytes = std::fs::read(file.unwrap().path()).unwrap();
        for word in [&b"knock"[..], b"Aleksanterinkatu", b"SQLite format 3", b"CREATE TABLE"] {
            assert!(!bytes.windows(word.len()).any(|window| window == word));
        }
    }
}
