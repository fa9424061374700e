use super::*;

fn limit(db: &connection::Db, pages: i64) {
    db.sqlite.query_row(&format!("PRAGMA max_page_count = {pages}"), [], |_| Ok(())).unwrap();
}

fn used(db: &connection::Db) -> i64 {
    db.sqlite.query_row("PRAGMA page_count", [], |row| row.get(0)).unwrap()
}

#[test]
fn a_knock_on_a_full_disk_is_refused_whole_and_goes_in_once_there_is_room() {
    let folder = tempfile::tempdir().unwrap();
    let mut store = with_entries(folder.path(), 10);
    limit(&store.log.db, used(&store.log.db));
    let mut saved = 10;
    let error = loop {
        match store.log.append(&entry(saved + 1)) {
            Ok(()) => saved += 1,
            Err(error) => break error,
        }
    };
    assert_eq!(error, Error::DiskFull { file: StoreFile::Log });
    assert_eq!(store.log.tail().unwrap().unwrap().seq, saved);
    assert_eq!(store.log.counts().unwrap().saved, saved);
    assert_eq!(store.log.from(1, usize::MAX).unwrap().len() as u64, saved);
    limit(&store.log.db, 1_000_000);
    store.log.append(&entry(saved + 1)).unwrap();
    drop(store);
    let store = Store::mend(folder.path(), &KEY).unwrap();
    assert_eq!(store.mended(), &Mended::default());
    assert_eq!(store.log.counts().unwrap().saved, saved + 1);
}

#[test]
fn a_batch_on_a_full_disk_leaves_the_book_as_it_was_cursor_and_all() {
    let folder = tempfile::tempdir().unwrap();
    let mut store = Store::open(folder.path(), &KEY).unwrap();
    let list = WalkListId::from_bytes([5; 16]);
    let batch = |writer: &Writer<'_>| {
        writer.set_cursor(list, b"later")?;
        (0..300).try_for_each(|number| writer.put_row(&row(number, "Fabianinkatu 3", &["Aino"])))
    };
    store.book.change(|writer| writer.set_cursor(list, b"first")).unwrap();
    limit(&store.book.db, used(&store.book.db) + 5);
    assert_eq!(store.book.change(batch), Err(Error::DiskFull { file: StoreFile::Book }));
    assert_eq!(store.book.view().cursors().unwrap(), [(list, b"first".to_vec())]);
    assert!(store.book.view().search("fabianinkatu", 10).unwrap().is_empty());
    limit(&store.book.db, 1_000_000);
    store.book.change(batch).unwrap();
    assert_eq!(store.book.view().search("fabianinkatu", 1_000).unwrap().len(), 300);
    store.book.db.check().unwrap();
}
