//! A region: its server's folder, its commands, and the server itself.

use std::collections::BTreeMap;
use std::fs::File;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::sync::Arc;
use std::thread;
use std::time::{Duration, Instant};
use walkbook_model::{TenantId, UserId};
use walkbook_server::config::{Layout, read_master_key};
use walkbook_server::store::{EmbeddedStore, Options, Store};
use walkbook_vault::SystemRandom;

const STARTS_WITHIN: Duration = Duration::from_secs(120);

pub(crate) struct Region {
    folder: PathBuf,
    serving: Option<Serving>,
    /// What is given to `serve` beside the rest.
    options: BTreeMap<&'static str, &'static str>,
}

struct Serving {
    process: Child,
    port: u16,
}

/// What a command came to.
#[derive(Debug)]
pub(crate) struct Said {
    pub(crate) code: Option<i32>,
    pub(crate) results: String,
    pub(crate) to_people: String,
}

impl Region {
    pub(crate) fn new(folder: PathBuf) -> Self {
        // Whoever attacks does so faster than any phone; paces have tests of their own.
        let paces = ["--pace-of-device", "--pace-of-user", "--pace-of-tenant", "--pace-of-address"];
        Self { folder, serving: None, options: paces.map(|pace| (pace, "1000000/1000000")).into() }
    }

    pub(crate) fn folder(&self) -> &Path {
        &self.folder
    }

    /// From its next start on the server is given this option too.
    pub(crate) fn with_option(&mut self, option: &'static str, value: &'static str) {
        self.options.insert(option, value);
    }

    /// The server's store, opened beside it.
    pub(crate) fn store(&self) -> Arc<dyn Store> {
        let layout = Layout::new(&self.folder);
        let region = layout.read_settings().unwrap().region;
        let master = read_master_key(&layout.master_key()).unwrap();
        let random = Arc::new(SystemRandom::new());
        Arc::new(EmbeddedStore::open(&layout.store(), &region, master, random, Options::default()).unwrap())
    }

    /// Runs a command that has to work; gives its lines.
    pub(crate) fn run(&self, arguments: &[&str]) -> Vec<String> {
        let said = self.attempt(arguments);
        assert_eq!(said.code, Some(0), "{arguments:?}: {}", said.to_people);
        said.results.lines().map(str::to_owned).collect()
    }

    /// The one line that a command prints.
    pub(crate) fn run_for_one(&self, arguments: &[&str]) -> String {
        self.run(arguments).into_iter().next().expect("a command prints its result")
    }

    /// Runs a command that may fail.
    pub(crate) fn attempt(&self, arguments: &[&str]) -> Said {
        said(&mut self.command(arguments))
    }

    /// Runs a command that is told a rescue file's code.
    pub(crate) fn attempt_with_code(&self, arguments: &[&str], code: &str) -> Said {
        said(self.command(arguments).env("WALKBOOK_RESCUE_CODE", code))
    }

    /// Runs a command of a tenant for a user of it.
    pub(crate) fn attempt_by(&self, user: UserId, tenant: TenantId, arguments: &[&str]) -> Said {
        let (user, tenant) = (user.to_string(), tenant.to_string());
        self.attempt(&[arguments, &["--tenant", &tenant, "--by", &user]].concat())
    }

    fn command(&self, arguments: &[&str]) -> Command {
        let mut command = Command::new(env!("CARGO_BIN_EXE_attacked_server"));
        command.arg("--folder").arg(&self.folder).args(arguments).stdin(Stdio::null());
        command
    }

    fn file(&self, kind: &str) -> PathBuf {
        self.folder.with_extension(kind)
    }

    /// Starts the server, and returns when it listens.
    pub(crate) fn serve(&mut self) {
        let port_file = self.file("port");
        let _ = std::fs::remove_file(&port_file);
        let logs = File::options().append(true).create(true).open(self.file("log")).unwrap();
        let mut command = self.command(&["serve", "--listen", "127.0.0.1:0", "--port-file"]);
        command
            .arg(&port_file)
            .args(self.options.iter().flat_map(|(option, value)| [option, value]))
            .stdout(Stdio::null())
            .stderr(logs);
        let mut process = command.spawn().unwrap();
        let started = Instant::now();
        let port = loop {
            let port = std::fs::read_to_string(&port_file).ok().and_then(|text| text.trim_end().parse().ok());
            if let Some(port) = port {
                break port;
            }
            let ended = process.try_wait().unwrap();
            assert!(ended.is_none() && started.elapsed() < STARTS_WITHIN, "it does not start: {}", self.logs());
            thread::sleep(Duration::from_millis(5));
        };
        self.serving = Some(Serving { process, port });
    }

    /// SIGKILL.
    pub(crate) fn kill(&mut self) {
        drop(self.serving.take());
    }

    pub(crate) fn port(&self) -> u16 {
        self.serving.as_ref().expect("the server runs").port
    }

    pub(crate) fn url(&self, path: &str) -> String {
        format!("https://localhost:{}{path}", self.port())
    }

    /// The number of the server's process.
    pub(crate) fn process(&self) -> u32 {
        self.serving.as_ref().expect("the server runs").process.id()
    }

    /// The most memory that the server has ever held, in bytes.
    pub(crate) fn peak_bytes(&self) -> u64 {
        let status = std::fs::read_to_string(format!("/proc/{}/status", self.process())).unwrap();
        let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:")).unwrap();
        line.trim().trim_end_matches(" kB").parse::<u64>().unwrap() * 1024
    }

    /// What the server has logged.
    pub(crate) fn logs(&self) -> String {
        std::fs::read_to_string(self.file("log")).unwrap()
    }
}

fn said(command: &mut Command) -> Said {
    let output = command.output().unwrap();
    Said {
        code: output.status.code(),
        results: String::from_utf8(output.stdout).unwrap(),
        to_people: String::from_utf8(output.stderr).unwrap(),
    }
}

impl Drop for Serving {
    fn drop(&mut self) {
        // It may have ended already.
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}
