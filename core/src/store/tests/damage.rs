use super::*;

const PAGE: usize = 4096;

fn pages(path: &Path) -> usize {
    std::fs::read(path).unwrap().len() / PAGE
}

/// Overwrites a page, counted from 1.
fn damage(path: &Path, page: usize) {
    let mut bytes = std::fs::read(path).unwrap();
    bytes[(page - 1) * PAGE..page * PAGE].fill(0xAA);
    std::fs::write(path, bytes).unwrap();
}

#[test]
fn a_damaged_book_is_moved_aside_and_the_log_is_untouched() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("book.db");
    for (round, first_page) in [(1, false), (2, true)] {
        let mut store = Store::open(folder.path(), &KEY).unwrap();
        if round == 1 {
            (1..=30).for_each(|seq| store.log.append(&entry(seq)).unwrap());
        }
        store
            .book
            .change(|writer| {
                writer.set_applied_to(30)?;
                (0..500).try_for_each(|number| writer.put_row(&row(number, "Mannerheimintie 4", &["Väinö"])))
            })
            .unwrap();
        drop(store);
        let log = std::fs::read(folder.path().join("log.db")).unwrap();
        if first_page {
            damage(&path, 1);
        } else {
            // Not the pages that opening reads, or the book would be made anew before anyone has looked.
            (pages(&path) / 2 + 4..pages(&path)).for_each(|page| damage(&path, page));
            let store = Store::open(folder.path(), &KEY).unwrap();
            let error = store.book.view().search("mannerheimintie", 1_000).unwrap_err();
            assert_eq!(error, Error::Damaged { file: StoreFile::Book });
        }
        let store = Store::mend(folder.path(), &KEY).unwrap();
        let aside = folder.path().join(format!("book.damaged-{round}.db"));
        assert_eq!(store.mended(), &Mended { log: None, book: Some(aside.clone()) });
        assert!(aside.exists());
        assert_eq!(store.standing().unwrap(), Standing::BookBehind { applied_to: 0, tail: 30 });
        drop(store);
        assert_eq!(std::fs::read(folder.path().join("log.db")).unwrap(), log);
    }
}

#[test]
fn whatever_page_of_the_log_is_damaged_only_its_own_entries_are_lost() {
    const ENTRIES: u64 = 300;
    let folder = tempfile::tempdir().unwrap();
    drop(with_entries(folder.path(), ENTRIES));
    let whole = std::fs::read(folder.path().join("log.db")).unwrap();
    let mut lost_in_all = 0;
    for page in 2..=whole.len() / PAGE {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("log.db");
        std::fs::write(&path, &whole).unwrap();
        damage(&path, page);
        let damaged = std::fs::read(&path).unwrap();

        let mut store = Store::mend(folder.path(), &KEY).unwrap();
        let salvage = store.mended().log.clone().unwrap();
        let kept = store.log.from(1, usize::MAX).unwrap();
        assert!(kept.iter().all(|kept| *kept == entry(kept.seq)), "page {page}");
        assert_eq!(salvage.kept, kept.len() as u64);
        lost_in_all += ENTRIES - salvage.kept;
        assert_eq!(std::fs::read(&salvage.aside).unwrap(), damaged, "page {page}");
        let next = store.log.tail().unwrap().unwrap().seq + 1;
        store.log.append(&entry(next)).unwrap();
        assert!(!folder.path().join("log.scan.db").exists());
        assert!(!folder.path().join("log.salvaged.db").exists());
    }
    // Every entry lies on one page: each was lost exactly once.
    assert_eq!(lost_in_all, ENTRIES);
}

#[test]
fn salvage_keeps_states_and_names_what_is_missing() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("log.db");
    let mut store = with_entries(folder.path(), 300);
    store.log.acknowledge_up_to(100, Reached::Server).unwrap();
    refuse(&mut store, 101, 9);
    turn(&mut store, 102, EntryState::SetAside);
    store.log.see(102).unwrap();
    let told = store.log.from(102, 0).unwrap().remove(0);
    store.log.set_note("identity", b"who").unwrap();
    drop(store);
    (8..11).for_each(|page| damage(&path, page));
    let store = Store::mend(folder.path(), &KEY).unwrap();
    let salvage = store.mended().log.clone().unwrap();
    let missing: u64 = salvage.missing.iter().map(|gap| gap.end() - gap.start() + 1).sum();
    assert!(missing > 0 && missing < 100);
    assert_eq!(salvage.kept + missing, 300);
    for kept in store.log.from(1, usize::MAX).unwrap() {
        assert!(!salvage.missing.iter().any(|gap| gap.contains(&kept.seq)));
        let state = match kept.seq {
            ..=100 => EntryState::OnServer,
            101 => EntryState::Refused { reason: 9 },
            102 => EntryState::SetAside,
            _ => EntryState::Saved,
        };
        assert_eq!(kept.state, state);
    }
    assert_eq!(store.log.from(102, 0).unwrap(), [told]);
    assert_eq!(store.log.note("identity").unwrap(), Some(b"who".to_vec()));
}

#[test]
fn a_log_whose_first_page_is_damaged_loses_nothing_though_it_looks_like_a_wrong_key() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("log.db");
    let mut store = with_entries(folder.path(), 300);
    refuse(&mut store, 101, 9);
    store.log.set_note("identity", b"who").unwrap();
    store.book.change(|writer| writer.set_applied_to(300)).unwrap();
    let before = store.log.from(1, usize::MAX).unwrap();
    drop(store);
    damage(&path, 1);
    let damaged = std::fs::read(&path).unwrap();
    let store = Store::open(folder.path(), &KEY).unwrap();
    let salvage = store.mended().log.clone().unwrap();
    assert_eq!((salvage.kept, salvage.missing), (300, vec![]));
    assert_eq!(store.log.from(1, usize::MAX).unwrap(), before);
    assert_eq!(store.log.note("identity").unwrap(), Some(b"who".to_vec()));
    assert_eq!(std::fs::read(salvage.aside).unwrap(), damaged);
    assert_eq!(store.standing().unwrap(), Standing::Level);
    let names: Vec<_> = std::fs::read_dir(folder.path()).unwrap().map(|file| file.unwrap().file_name()).collect();
    assert!(!names.iter().any(|name| name == "log.lender.db" || name == "log.scan.db"), "{names:?}");
}

#[test]
fn a_salvage_that_was_cut_off_is_finished() {
    let folder = tempfile::tempdir().unwrap();
    drop(with_entries(folder.path(), 30));
    let at = |name: &str| folder.path().join(name);
    // The damaged log was moved aside, its write-ahead log and the new name were not yet.
    std::fs::rename(at("log.db"), at("log.salvaged.db")).unwrap();
    std::fs::write(at("log.damaged-1.db"), b"damaged").unwrap();
    std::fs::write(at("log.db-wal"), b"of the damaged one").unwrap();
    let store = Store::open(folder.path(), &KEY).unwrap();
    assert_eq!(store.log.counts().unwrap().saved, 30);
    assert_eq!(std::fs::read(at("log.damaged-1.db-wal")).unwrap(), b"of the damaged one");
}

#[test]
fn working_copies_of_a_salvage_that_was_cut_off_do_not_stay() {
    let folder = tempfile::tempdir().unwrap();
    drop(with_entries(folder.path(), 3));
    let copies = ["log.scan.db", "log.lender.db", "log.salvaged.db"].map(|name| folder.path().join(name));
    copies.iter().for_each(|copy| std::fs::write(copy, b"half").unwrap());
    let store = Store::open(folder.path(), &KEY).unwrap();
    assert!(!copies.iter().any(|copy| copy.exists()));
    assert_eq!(store.log.counts().unwrap().saved, 3);
}
