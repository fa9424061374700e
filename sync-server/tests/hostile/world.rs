//! A server's process, with a list that everybody works.

use reqwest::{Certificate, Client};
use std::fs::File;
use std::path::PathBuf;
use std::process::{Child, Command, Stdio};
use std::thread;
use std::time::{Duration, Instant};
use tempfile::TempDir;
use walkbook_model::WalkListId;
use walkbook_sync::InvitationLink;

const TOWN: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/../tests/fixtures/made-up-town.csv");
const STARTS_WITHIN: Duration = Duration::from_secs(60);

pub(crate) struct World {
    pub(crate) list: WalkListId,
    tenant: String,
    port: u16,
    process: Child,
    folder: TempDir,
}

impl World {
    /// A server that runs, and has a list.
    pub(crate) fn start() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let run = |arguments: &[&str]| run(&folder, arguments);
        run(&["init", "--region", "eu-west-1"]);
        let tenant = run(&["tenant", "add", "Made-up Movement"]);
        run(&["import", TOWN, "--tenant", &tenant]);
        let cut = run(&["list", "cut", "--tenant", &tenant, "--effort", "Trial", "--size", "24"]);
        let list = cut.lines().next().unwrap().parse().unwrap();
        let process = serve(&folder);
        let mut world = Self { list, tenant, port: 0, process, folder };
        world.listens();
        world
    }

    fn listens(&mut self) {
        let started = Instant::now();
        while self.port == 0 {
            assert!(started.elapsed() < STARTS_WITHIN, "the server does not start: {}", self.logs());
            thread::sleep(Duration::from_millis(5));
            let port = std::fs::read_to_string(port_file(&self.folder));
            self.port = port.ok().and_then(|port| port.trim_end().parse().ok()).unwrap_or(0);
        }
    }

    /// A link for somebody new, who works the list with those that were named before.
    pub(crate) fn invite(&self, users: &mut Vec<String>, name: &str) -> InvitationLink {
        let user = run(&self.folder, &["user", "add", name, "--tenant", &self.tenant]);
        users.push(user.clone());
        let users: Vec<&str> = users.iter().map(String::as_str).collect();
        let list = self.list.to_string();
        run(&self.folder, &[&["list", "assign", &list, "--tenant", &self.tenant], &users[..]].concat());
        let link = run(&self.folder, &["user", "invite", &user, "--tenant", &self.tenant]);
        InvitationLink::parse(&link).unwrap()
    }

    /// Somebody's connection, which trusts the server's authority and nobody else.
    pub(crate) fn client(authority: &[u8]) -> Client {
        let provider = rustls::crypto::ring::default_provider();
        // Another test may have been first.
        let _ = provider.install_default();
        let authority = Certificate::from_der(authority).unwrap();
        Client::builder().tls_certs_only([authority]).no_proxy().build().unwrap()
    }

    pub(crate) fn path(&self, what: &str) -> String {
        format!("/v1/tenants/{}/{what}", self.tenant)
    }

    pub(crate) fn url(&self, path: &str) -> String {
        format!("https://localhost:{}{path}", self.port)
    }

    /// The most memory that the server has ever held, in bytes.
    pub(crate) fn peak_bytes(&self) -> u64 {
        let status = std::fs::read_to_string(format!("/proc/{}/status", self.process.id())).unwrap();
        let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:")).unwrap();
        line.trim().trim_end_matches(" kB").parse::<u64>().unwrap() * 1024
    }

    /// What the server has logged.
    pub(crate) fn logs(&self) -> String {
        std::fs::read_to_string(logs_file(&self.folder)).unwrap()
    }
}

impl Drop for World {
    fn drop(&mut self) {
        // It may have ended already.
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}

fn server(folder: &TempDir, arguments: &[&str]) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_walkbook-server"));
    command.arg("--folder").arg(folder.path().join("server")).args(arguments).stdin(Stdio::null());
    command
}

fn run(folder: &TempDir, arguments: &[&str]) -> String {
    let output = server(folder, arguments).output().unwrap();
    assert!(output.status.success(), "{arguments:?}: {}", String::from_utf8_lossy(&output.stderr));
    String::from_utf8(output.stdout).unwrap().trim_end().to_owned()
}

fn logs_file(folder: &TempDir) -> PathBuf {
    folder.path().join("log")
}

fn port_file(folder: &TempDir) -> PathBuf {
    folder.path().join("port")
}

fn serve(folder: &TempDir) -> Child {
    let logs = File::create(logs_file(folder)).unwrap();
    let mut command = server(folder, &["serve", "--listen", "127.0.0.1:0", "--port-file"]);
    command.arg(port_file(folder)).stdout(Stdio::null()).stderr(logs).spawn().unwrap()
}
