use super::*;

fn street() -> (tempfile::TempDir, Store) {
    let folder = tempfile::tempdir().unwrap();
    let mut store = Store::open(folder.path(), &KEY).unwrap();
    store
        .book
        .change(|writer| {
            writer.put_row(&row(1, "Aleksanterinkatu 12, A 3", &["Äijälä Aino"]))?;
            writer.put_row(&row(2, "Säästöpankinranta 4", &["Öhman Åke", "Nguyễn Văn"]))
        })
        .unwrap();
    (folder, store)
}

fn found(store: &Store, typed: &str) -> Vec<String> {
    store.book.view().search(typed, 10).unwrap().into_iter().map(|row| row.number).collect()
}

#[test]
fn parts_of_words_are_found_with_or_without_accents() {
    let (_folder, store) = street();
    for typed in ["aleksanterinkatu", "ALEKS", "aleks 12", "12 aleks a 3", "äijälä", "aijala", "ÄI", "a\u{308}ijala"]
    {
        assert_eq!(found(&store, typed), ["1"], "{typed}");
    }
    for typed in ["saasto", "SÄÄSTÖ", "ohman", "åke", "nguyen van", "Nguyễn"] {
        assert_eq!(found(&store, typed), ["2"], "{typed}");
    }
    assert!(found(&store, "aleks ohman").is_empty());
}

#[test]
fn nothing_that_is_typed_breaks_the_search() {
    let (_folder, store) = street();
    let megabyte = "aleks ".repeat(200_000);
    let long_word = "a".repeat(1_000_000);
    let hostile = [
        "",
        " ",
        "\"",
        "\"\"",
        "'",
        "aleks\"",
        "\"aleks",
        "*",
        "a*b",
        "^aleks",
        "NEAR(aleks 12, 2)",
        "aleks AND",
        "OR",
        "NOT aleks",
        "line:aleks",
        "{line names}: aleks",
        "-aleks",
        "+aleks",
        "(",
        "))",
        "🙂",
        "aleks 🙂",
        "🙂aleks",
        "\0",
        "aleks\0katu",
        "'; DROP TABLE door_row; --",
        "%",
        "_",
        "\\",
        "\u{301}",
        "\u{200b}",
        "\u{feff}a",
        "½",
        "１２",
        "\u{10ffff}",
        &megabyte,
        &long_word,
    ];
    for typed in hostile {
        let found = store.book.view().search(typed, 10);
        assert!(found.is_ok(), "{:?}", typed.chars().take(30).collect::<String>());
    }
    assert_eq!(found(&store, "aleks\"; --"), ["1"]);
    assert_eq!(found(&store, &megabyte), ["1"]);
    assert_eq!(found(&store, "aleks 🙂"), ["1"]);
    assert_eq!(store.book.view().search("a", 0).unwrap().len(), 0);
}

#[test]
fn the_index_follows_the_rows() {
    let (_folder, mut store) = street();
    store.book.change(|writer| writer.put_row(&row(1, "Fabianinkatu 3", &["Väinö"]))).unwrap();
    assert!(found(&store, "aleks").is_empty());
    assert_eq!(found(&store, "fabian vaino"), ["1"]);
    store.book.change(|writer| writer.remove_row(door(1))).unwrap();
    assert!(found(&store, "fabian").is_empty());
    store.book.change(|writer| writer.rebuild_search()).unwrap();
    assert_eq!(found(&store, "ohman"), ["2"]);
    store.book.db.check().unwrap();
}
