//! A cluster that pgBackRest backs up, with the settings that operators are given.

use crate::binaries::{RunAs, find};
use crate::cluster::{Cluster, write};
use std::path::{Path, PathBuf};

const BACKREST: &str = include_str!("../../../sync-server/deploy/pgbackrest.conf");
const SETTINGS: &str = include_str!("../../../sync-server/deploy/postgresql-archive.conf");

/// PostgreSQL's settings, to be added to its own.
pub(crate) fn settings(folder: &Path) -> String {
    format!("unix_socket_directories = '{}'\n{SETTINGS}", folder.display())
}

/// The environment in which the server and pgBackRest find their settings.
pub(crate) fn environment(folder: &Path) -> (&'static str, PathBuf) {
    ("PGBACKREST_CONFIG", folder.join("pgbackrest.conf"))
}

/// Writes pgBackRest's settings: those in the repository, with this cluster's places.
pub(crate) fn prepare(run_as: RunAs, folder: &Path, port: u16) {
    let places = [
        ("/var/lib/pgbackrest", folder.join("repository").display().to_string()),
        ("/var/lib/postgresql/15/main", folder.join("data").display().to_string()),
        ("pg1-port=5432", format!("pg1-port={port}\npg1-socket-path={0}\npg1-user=postgres", folder.display())),
        ("[global]", format!("[global]\nlock-path={0}/lock\nlog-path={0}\nspool-path={0}/spool", folder.display())),
    ];
    let mut text = BACKREST.to_owned();
    for (usual, here) in places {
        assert!(text.contains(usual), "{usual} is not in pgbackrest.conf any more");
        text = text.replace(usual, &here);
    }
    write(run_as, &folder.join("pgbackrest.conf"), &text);
}

impl Cluster {
    /// Makes a backup of everything, from which on any moment can be come back to.
    pub fn back_up(&self) {
        self.backrest(&["stanza-create"]);
        self.backrest(&["check"]);
        self.backrest(&["--type=full", "backup"]);
    }

    /// The database's clock.
    pub fn now(&self) -> String {
        self.session("postgres").value("SELECT clock_timestamp()::text")
    }

    /// Waits until all that is committed is in the backup.
    pub fn wait_until_archived(&self) {
        let session = self.session("postgres");
        let last = session.value("SELECT pg_walfile_name(pg_switch_wal())");
        session.wait_for(&format!("SELECT last_archived_wal >= '{last}' FROM pg_stat_archiver"));
    }

    /// Where in the backup the last segment of the log but one lies.
    pub fn last_segment_but_one(&self) -> PathBuf {
        let archive = self.folder().join("repository/archive/walkbook");
        let mut segments: Vec<PathBuf> = Vec::new();
        let mut folders = vec![archive];
        while let Some(folder) = folders.pop() {
            for entry in std::fs::read_dir(folder).expect("the backup can be read") {
                let path = entry.expect("the backup can be read").path();
                match path.file_name().and_then(|name| name.to_str()) {
                    _ if path.is_dir() => folders.push(path),
                    Some(name) if name.find('-') == Some(24) => segments.push(path),
                    _ => {}
                }
            }
        }
        segments.sort();
        segments.iter().rev().nth(1).cloned().expect("the backup has several segments")
    }

    /// Stops the server and brings it back to this moment.
    pub fn restore_to(&self, moment: &str) {
        self.stop();
        self.backrest(&["--type=time", &format!("--target={moment}"), "--target-action=promote", "restore"]);
        self.start_again();
        self.session("postgres").wait_for("SELECT NOT pg_is_in_recovery()");
    }

    /// The command lines by which an operator runs pgBackRest, stops the server and starts it.
    pub fn by_hand(&self) -> [String; 3] {
        let (name, file) = environment(self.folder());
        let prefix =
            [vec!["env".into(), "LC_ALL=C".into(), format!("{name}={}", file.display())], self.run_as().prefix()];
        let line = |rest: &str| format!("cd / && {} {rest}", prefix.concat().join(" "));
        let control = |rest: &str| {
            let (program, data) = (find("pg_ctl"), self.folder().join("data"));
            line(&format!("{} -D {} -w {rest}", program.display(), data.display()))
        };
        let start = control(&format!("-l {} start", self.folder().join("log").display()));
        [line("/usr/bin/pgbackrest"), control("-m fast stop"), start]
    }

    fn backrest(&self, arguments: &[&str]) {
        self.run(Path::new("/usr/bin/pgbackrest"), &[&["--stanza=walkbook"], arguments].concat());
    }
}
