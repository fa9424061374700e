use super::catalogue::{blocks, chains};
use super::{Error, Folder, Moment, Policy, Shipping, Target, moments, restore, verify};
use crate::clock;
use crate::config::Layout;
use crate::store::conformance::world::*;
use crate::store::embedded::FILE;
use crate::store::{Documents, EmbeddedStore, Log, LogPosition, Options, Outbox};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;
use tempfile::TempDir;
use walkbook_model::Timestamp;
use walkbook_vault::{SealKey, SystemRandom};

const QUICK: Policy = Policy {
    pace: Duration::from_millis(1),
    snapshot_every: Duration::from_secs(3_600),
    keep: Duration::from_secs(86_400),
};

struct World {
    store: Arc<EmbeddedStore>,
    shipping: Option<Shipping>,
    folder: TempDir,
}

fn open(folder: &Path) -> EmbeddedStore {
    let random = Arc::new(SystemRandom::new());
    EmbeddedStore::open(folder, "eu-west-1", SealKey::from_bytes([7; 32]), random, Options::default()).unwrap()
}

fn key() -> SealKey {
    SealKey::from_bytes([5; 32])
}

impl World {
    fn start(policy: Policy) -> Self {
        let folder = tempfile::tempdir().unwrap();
        std::fs::create_dir(folder.path().join("backup")).unwrap();
        let store = Arc::new(open(&folder.path().join("server/store")));
        settle_with_phone(&*store, NORTH);
        let mut world = Self { store, shipping: None, folder };
        world.ship(policy);
        // What comes from now on is not in the first snapshot.
        world.safe_now();
        world
    }

    fn ship(&mut self, policy: Policy) {
        let layout = Layout::new(self.folder.path().join("server"));
        let random = Arc::new(SystemRandom::new());
        self.shipping = Some(Shipping::start(Arc::clone(&self.store), layout, self.backup(), &key(), random, policy));
    }

    fn backup(&self) -> Folder {
        Folder::new(self.folder.path().join("backup"))
    }

    /// Puts a door's base; gives the moment after it, once that is safe.
    fn put(&self, store: &EmbeddedStore, number: u8, text: &str) -> (Timestamp, LogPosition) {
        store.put_bases(NORTH, &[base(at_door(number), text)]).unwrap();
        self.safe_now()
    }

    fn safe_now(&self) -> (Timestamp, LogPosition) {
        let (now, head) = (clock::now(), self.store.head(NORTH).unwrap());
        let shipping = self.shipping.as_ref().unwrap();
        while shipping.standing().safe_at <= Some(now) {
            std::thread::sleep(Duration::from_millis(1));
        }
        (shipping.standing().safe_at.unwrap(), head)
    }

    fn stop(&mut self) {
        assert!(self.shipping.take().unwrap().stop());
    }

    fn restored(&self, to: Timestamp) -> Result<(TempDir, EmbeddedStore), Error> {
        let folder = tempfile::tempdir().unwrap();
        restore(&self.backup(), &key(), Arc::new(SystemRandom::new()), to, &folder.path().join(FILE))?;
        let store = open(folder.path());
        Ok((folder, store))
    }

    fn verify(&self) -> Result<super::Verified, Error> {
        verify(&self.backup(), &key(), Arc::new(SystemRandom::new()), self.folder.path())
    }

    fn files(&self, ending: &str) -> Vec<PathBuf> {
        let under = self.folder.path().join("backup/chains");
        let chains = std::fs::read_dir(under).unwrap().map(|chain| chain.unwrap().path());
        let files = chains.flat_map(|chain| std::fs::read_dir(chain).unwrap()).map(|file| file.unwrap().path());
        let mut files: Vec<PathBuf> = files.filter(|file| file.extension().unwrap() == ending).collect();
        files.sort();
        files
    }
}

#[test]
fn every_moment_comes_back_also_where_another_process_writes_and_the_log_begins_anew() {
    let mut world = World::start(QUICK);
    let beside = open(&world.folder.path().join("server/store"));
    let mut marks = vec![world.safe_now()];
    let mut longest = 0;
    for round in 0..60_u8 {
        let store = if round % 3 == 0 { &beside } else { &*world.store };
        // Some 40 pages at a time, so that the log is moved a few times over.
        let many: Vec<_> = (0..8).map(|n| base(at_door(n), &format!("{round} {}", "x".repeat(60_000)))).collect();
        store.put_bases(NORTH, &many).unwrap();
        marks.push(world.put(store, 9, &format!("the last of round {round}")));
        let log = world.folder.path().join("server/store").join(format!("{FILE}-wal"));
        longest = longest.max(log.metadata().unwrap().len());
    }
    world.stop();
    assert!(longest < 16 * 1024 * 1024, "the log grows without end: {longest}");
    assert_eq!(world.files("snapshot").len(), 1, "something was missed, and a new chain was begun");
    for (at, head) in marks.iter().skip(1).step_by(7).chain(marks.last()) {
        let (_folder, restored) = world.restored(*at).unwrap();
        assert_eq!(restored.head(NORTH).unwrap(), *head);
        for number in (0..8).chain([9]) {
            let there = |store: &EmbeddedStore| store.base_of(NORTH, at_door(number)).unwrap();
            let then = there(&restored).unwrap();
            assert!(then.bytes.clone().readable().is_some());
            if head == &marks.last().unwrap().1 {
                assert!(Some(then) == there(&world.store));
            }
        }
    }
    assert!(world.verify().unwrap().commits > 0);
}

#[test]
fn whatever_has_a_base_is_to_be_brought_to_the_tables_anew_also_where_a_command_had_brought_it() {
    let mut world = World::start(QUICK);
    world.put(&world.store, 1, "one");
    world.store.unmark(NORTH, &[at_door(1)], world.store.head(NORTH).unwrap()).unwrap();
    let (at, _) = world.safe_now();
    world.stop();
    let (_folder, restored) = world.restored(at).unwrap();
    assert!(world.store.marked(NORTH, 10).unwrap().is_empty());
    assert_eq!(restored.marked(NORTH, 10).unwrap(), [at_door(1)]);
}

#[test]
fn what_was_in_the_making_at_a_moment_is_not_in_it() {
    let world = World::start(QUICK);
    let (before, _) = world.put(&world.store, 1, "then");
    let (after, _) = world.put(&world.store, 1, "later");
    let text = |at| {
        let (_folder, store) = world.restored(at).unwrap();
        String::from_utf8(store.base_of(NORTH, at_door(1)).unwrap().unwrap().bytes.readable().unwrap()).unwrap()
    };
    assert_eq!((text(before).as_str(), text(after).as_str()), ("then", "later"));
}

#[test]
fn a_moment_before_the_first_snapshot_is_refused_with_the_first_there_is() {
    let world = World::start(QUICK);
    world.safe_now();
    let first = moments(&world.backup()).unwrap().remove(0).snapshot_at;
    let refused = world.restored(first.shifted_ms(-1)).unwrap_err().to_string();
    assert!(refused.ends_with(&clock::written(first)), "{refused}");
    world.restored(first).unwrap();
}

#[test]
fn a_flipped_byte_a_lost_piece_and_another_key_are_each_noticed() {
    let mut world = World::start(QUICK);
    for text in ["one", "two", "three"] {
        world.put(&world.store, 1, text);
    }
    world.stop();
    world.verify().unwrap();
    let latest = Timestamp::from_ms(u64::MAX);
    let block = blocks(&world.backup()).unwrap().remove(0);
    let one_of_each = [world.files("pages")[1].clone(), world.files("snapshot")[0].clone(), {
        world.folder.path().join("backup").join(block)
    }];
    for file in one_of_each {
        let sound = std::fs::read(&file).unwrap();
        let mut spoilt = sound.clone();
        *spoilt.last_mut().unwrap() ^= 1;
        std::fs::write(&file, spoilt).unwrap();
        assert!(matches!(world.verify(), Err(Error::Damaged { .. })));
        assert!(matches!(world.restored(latest), Err(Error::Damaged { .. })));
        std::fs::remove_file(&file).unwrap();
        let lost = world.restored(latest);
        assert!(matches!(lost, Err(Error::Missing { .. } | Error::NothingThen { .. })));
        std::fs::write(&file, sound).unwrap();
    }
    world.verify().unwrap();
    let other = SealKey::from_bytes([6; 32]);
    let opened = verify(&world.backup(), &other, Arc::new(SystemRandom::new()), world.folder.path());
    assert!(matches!(opened, Err(Error::Damaged { .. })));
}

#[test]
fn nothing_of_the_store_can_be_read_in_a_backup_nor_moved_to_another_place() {
    let mut world = World::start(QUICK);
    world.put(&world.store, 1, "Aino lives here");
    world.put(&world.store, 2, "and Bela there");
    world.stop();
    let pieces = world.files("pages");
    for file in &pieces {
        let bytes = std::fs::read(file).unwrap();
        assert!(!bytes.windows(6).any(|window| window == b"SQLite") && !bytes.windows(4).any(|w| w == b"Aino"));
    }
    std::fs::copy(&pieces[0], &pieces[1]).unwrap();
    assert!(matches!(world.verify(), Err(Error::Damaged { .. })));
}

#[test]
fn snapshots_share_their_blocks_and_what_is_too_old_goes() {
    let every = Policy { snapshot_every: Duration::ZERO, ..QUICK };
    let mut world = World::start(every);
    let mut safe = world.safe_now();
    for number in 0..20 {
        safe = world.put(&world.store, number, &"y".repeat(20_000));
    }
    world.stop();
    assert!(world.files("snapshot").len() > 5);
    let verified = world.verify().unwrap();
    assert!(verified.blocks < verified.snapshots * 2 + 4, "{verified:?}");
    // All that is kept is what the last moment needs.
    std::thread::sleep(Duration::from_millis(5));
    world.ship(Policy { keep: Duration::ZERO, ..every });
    safe = safe.max(world.put(&world.store, 1, "the last"));
    world.put(&world.store, 1, "and another");
    world.stop();
    assert_eq!(chains(&world.backup()).unwrap().len(), 1);
    let verified = world.verify().unwrap();
    assert_eq!(blocks(&world.backup()).unwrap().len() as u64, verified.blocks);
    assert!(matches!(world.restored(Timestamp::from_ms(1)), Err(Error::NothingThen { .. })));
    let (_folder, restored) = world.restored(Timestamp::from_ms(u64::MAX)).unwrap();
    assert!(restored.head(NORTH).unwrap() > safe.1);
}

#[test]
fn a_backup_that_is_away_delays_nothing_is_told_and_goes_on_once_it_is_back() {
    let mut world = World::start(QUICK);
    world.put(&world.store, 1, "before");
    let (backup, away) = (world.folder.path().join("backup"), world.folder.path().join("away"));
    std::fs::rename(&backup, &away).unwrap();
    world.store.put_bases(NORTH, &[base(at_door(2), "while it is away")]).unwrap();
    while world.shipping.as_ref().unwrap().standing().failing_since.is_none() {
        std::thread::sleep(Duration::from_millis(1));
    }
    assert!(!backup.exists(), "it is made anew where a disk is not mounted");
    std::fs::rename(&away, &backup).unwrap();
    let (at, head) = world.put(&world.store, 3, "after");
    assert_eq!(world.shipping.as_ref().unwrap().standing().failing_since, None);
    world.stop();
    assert_eq!(world.restored(at).unwrap().1.head(NORTH).unwrap(), head);
}

#[test]
fn a_key_that_was_destroyed_leaves_the_log_at_once_and_the_backup_goes_on_with_a_new_chain() {
    let mut world = World::start(QUICK);
    world.put(&world.store, 1, "Aino lives here");
    let begun = std::time::Instant::now();
    world.store.destroy_document_key(NORTH, at_door(1), at(1)).unwrap();
    assert!(begun.elapsed() < Duration::from_secs(8), "it waits for the backup");
    let log = world.folder.path().join("server/store").join(format!("{FILE}-wal"));
    assert_eq!(log.metadata().unwrap().len(), 0);
    let (at, head) = world.put(&world.store, 2, "Bela");
    world.stop();
    assert_eq!(chains(&world.backup()).unwrap().len(), 2);
    let (_folder, restored) = world.restored(at).unwrap();
    assert_eq!(restored.head(NORTH).unwrap(), head);
    assert!(restored.base_of(NORTH, at_door(1)).unwrap().is_none());
}

#[test]
fn a_second_writer_is_kept_out() {
    let mut world = World::start(QUICK);
    world.safe_now();
    assert!(matches!(world.backup().lock(), Err(Error::InUse { .. })));
    world.stop();
    world.backup().lock().unwrap();
    let stretch = moments(&world.backup()).unwrap();
    assert!(matches!(stretch[..], [Moment { snapshot_at, last_at }] if snapshot_at <= last_at));
    assert!(world.backup().list("chains").unwrap().len() == 1);
}
