//! The database server, and databases in it.

use crate::archive;
use crate::authority::Authority;
use crate::binaries::{RunAs, find};
use crate::session::Session;
use std::net::TcpListener;
use std::os::unix::process::CommandExt;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::sync::OnceLock;
use std::sync::atomic::{AtomicU32, Ordering};

const PASSWORD: &str = "only-for-tests";

/// How a cluster differs from what tests usually take.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    /// It does not wait for its disk.
    Quick,
    /// It does, as a real one: to measure.
    Durable,
    /// It knows nothing of TLS.
    WithoutTls,
    /// pgBackRest takes what it commits.
    Archived,
}

/// A PostgreSQL server.
pub struct Cluster {
    authority: Authority,
    port: u16,
    databases: AtomicU32,
    run_as: RunAs,
    folder: PathBuf,
    _watch: Watch,
}

/// Ends the server and removes its folder once this process is gone, however it went: it then has nothing to read.
struct Watch(Child);

impl Drop for Watch {
    fn drop(&mut self) {
        self.0.stdin = None;
        let _ = self.0.wait();
    }
}

impl Cluster {
    /// The one that all tests of this process share.
    pub fn shared() -> &'static Self {
        static SHARED: OnceLock<Cluster> = OnceLock::new();
        SHARED.get_or_init(|| Self::start(Kind::Quick))
    }

    /// A new one.
    pub fn start(kind: Kind) -> Self {
        let run_as = RunAs::unprivileged();
        let folder = tempfile::Builder::new().prefix("walkbook-cluster-").tempdir().unwrap().keep();
        run_as.own(&folder);
        let data = folder.join("data");
        let secret = folder.join("secret");
        write(run_as, &secret, PASSWORD);
        let (data_text, secret_text) = (data.to_str().unwrap(), secret.to_str().unwrap());
        let made = ["--no-sync", "--encoding=UTF8", "--locale=C", "--username=postgres", "--auth=scram-sha-256"];
        run_as.run(&find("initdb"), &[&made[..], &["--pwfile", secret_text, "-D", data_text]].concat());
        let authority = Authority::new();
        let issued = authority.issue("localhost");
        write(run_as, &data.join("server.crt"), &issued.certificate);
        write(run_as, &data.join("server.key"), &issued.key);
        let port = free_port();
        let mut settings = settings(kind, port);
        if kind == Kind::Archived {
            archive::prepare(run_as, &folder, port);
            settings.push_str(&archive::settings(&folder));
        }
        let own = std::fs::read_to_string(data.join("postgresql.conf")).unwrap();
        write(run_as, &data.join("postgresql.conf"), &format!("{own}\n{settings}"));
        let host = if kind == Kind::WithoutTls { "host" } else { "hostssl" };
        // Nobody else enters the folder where the socket is.
        let local = if kind == Kind::Archived { "local all postgres trust\n" } else { "" };
        write(run_as, &data.join("pg_hba.conf"), &format!("{local}{host} all all 127.0.0.1/32 scram-sha-256\n"));
        // It watches before there is anything to watch over, so that nothing is left whatever fails.
        let watch = watch(run_as, &folder, &data);
        let cluster = Self { authority, port, databases: AtomicU32::new(0), run_as, folder, _watch: watch };
        cluster.start_again();
        if kind != Kind::WithoutTls {
            cluster.session("postgres").run(&format!(
                "CREATE ROLE walkbook_owner LOGIN PASSWORD '{PASSWORD}'; CREATE ROLE walkbook LOGIN PASSWORD '{PASSWORD}'"
            ));
        }
        cluster
    }

    /// Starts the server; also after it was stopped.
    pub fn start_again(&self) {
        let log = self.folder.join("log");
        self.control(&["-l", log.to_str().unwrap(), "start"]);
    }

    /// Stops the server at once, and cuts everybody off.
    pub fn stop(&self) {
        self.control(&["-m", "fast", "stop"]);
    }

    fn control(&self, arguments: &[&str]) {
        let data = self.folder.join("data");
        self.run(&find("pg_ctl"), &[&["-D", data.to_str().unwrap(), "-w"], arguments].concat());
    }

    pub(crate) fn folder(&self) -> &Path {
        &self.folder
    }

    pub(crate) const fn run_as(&self) -> RunAs {
        self.run_as
    }

    /// Runs a program as the database's own user.
    pub(crate) fn run(&self, program: &Path, arguments: &[&str]) {
        self.run_as.run_in(program, arguments, Some(archive::environment(&self.folder)));
    }

    /// The certificate of the authority that issued the server's, as PEM.
    pub fn authority(&self) -> String {
        self.authority.pem()
    }

    /// A new database without anything in it, which `walkbook_owner` owns.
    pub fn database(&'static self) -> Database {
        let database = self.named(format!("town_{}", self.databases.fetch_add(1, Ordering::Relaxed)));
        self.session("postgres").run(&format!("CREATE DATABASE {} OWNER walkbook_owner", database.name));
        database
    }

    /// A copy of a database to which nobody is connected.
    pub fn copy(&'static self, of: &Database) -> Database {
        let database = self.named(format!("{}_copy", of.name));
        let (name, of) = (&database.name, &of.name);
        self.session("postgres").run(&format!("CREATE DATABASE {name} TEMPLATE {of} OWNER walkbook_owner"));
        database
    }

    /// Rows a second that so many clients of `pgbench` insert for so long: 288 bytes each, one in a transaction.
    pub fn pgbench(&self, into: &Database, clients: u32, seconds: u64) -> f64 {
        let session = self.session(&into.name);
        session.run("CREATE TABLE pgbench_rows (id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY, bytes bytea)");
        let script = tempfile::NamedTempFile::new().unwrap();
        let insert = "INSERT INTO pgbench_rows (bytes) VALUES (decode(repeat(md5(random()::text), 18), 'hex'));\n";
        std::fs::write(script.path(), insert).unwrap();
        let authority = tempfile::NamedTempFile::new().unwrap();
        std::fs::write(authority.path(), self.authority()).unwrap();
        let (clients, seconds) = (clients.to_string(), seconds.to_string());
        let output = Command::new(find("pgbench"))
            .args(["-n", "-M", "prepared", "-c", &clients, "-j", "2", "-T", &seconds, "-f"])
            .arg(script.path())
            .arg(self.url("postgres", "localhost", &into.name))
            .env("PGSSLMODE", "verify-full")
            .env("PGSSLROOTCERT", authority.path())
            .output()
            .unwrap();
        let said = String::from_utf8_lossy(&output.stdout).into_owned();
        let rate = said.lines().find_map(|line| line.strip_prefix("tps = ")?.split(' ').next()?.parse().ok());
        session.run("DROP TABLE pgbench_rows");
        rate.unwrap_or_else(|| panic!("pgbench: {said}{}", String::from_utf8_lossy(&output.stderr)))
    }

    fn named(&'static self, name: String) -> Database {
        Database { cluster: self, name }
    }

    pub(crate) fn session(&self, database: &str) -> Session {
        Session::open(&self.url("postgres", "localhost", database), &self.authority())
    }

    /// The address of a database in this cluster, for a role, by a name of this machine's.
    pub fn url(&self, role: &str, host: &str, database: &str) -> String {
        format!("postgres://{role}:{PASSWORD}@{host}:{}/{database}", self.port)
    }
}

/// A database in a cluster.
#[derive(Clone)]
pub struct Database {
    cluster: &'static Cluster,
    name: String,
}

impl Database {
    /// The certificate of the authority that issued its server's, as PEM.
    pub fn authority(&self) -> String {
        self.cluster.authority()
    }

    /// Its address for a server's role, which owns nothing.
    pub fn url(&self) -> String {
        self.url_of("walkbook")
    }

    /// Its address for its owner.
    pub fn owner_url(&self) -> String {
        self.url_of("walkbook_owner")
    }

    /// Its address for this role.
    pub fn url_of(&self, role: &str) -> String {
        self.cluster.url(role, "localhost", &self.name)
    }

    /// Somebody who may do everything, and does it behind every store's back.
    pub fn superuser(&self) -> Session {
        let session = self.cluster.session(&self.name);
        session.run("SET search_path = walkbook");
        session
    }

    /// Cuts off everybody but whoever asks, and waits until they are gone.
    pub fn cut_off(&self) {
        let session = self.cluster.session("postgres");
        let others = format!("FROM pg_stat_activity WHERE datname = '{}'", self.name);
        session.run(&format!("SELECT pg_terminate_backend(pid) {others}"));
        session.wait_for(&format!("SELECT count(*) = 0 {others}"));
    }

    /// Waits until nobody is connected any more.
    pub fn wait_until_deserted(&self) {
        let session = self.cluster.session("postgres");
        session.wait_for(&format!("SELECT count(*) = 0 FROM pg_stat_activity WHERE datname = '{}'", self.name));
    }
}

fn settings(kind: Kind, port: u16) -> String {
    let mut settings = vec![
        "listen_addresses = '127.0.0.1'".to_owned(),
        format!("port = {port}"),
        "unix_socket_directories = ''".to_owned(),
        "max_connections = 400".to_owned(),
        "password_encryption = 'scram-sha-256'".to_owned(),
    ];
    if kind != Kind::WithoutTls {
        settings.push("ssl = on".to_owned());
    }
    if !matches!(kind, Kind::Durable | Kind::Archived) {
        settings.extend(["fsync = off".to_owned(), "full_page_writes = off".to_owned()]);
    }
    settings.join("\n") + "\n"
}

pub(crate) fn write(run_as: RunAs, file: &Path, text: &str) {
    use std::os::unix::fs::PermissionsExt;
    std::fs::write(file, text).unwrap();
    std::fs::set_permissions(file, std::fs::Permissions::from_mode(0o600)).unwrap();
    run_as.own(file);
}

/// A port that is free now. Whoever takes it before the server does makes the start fail, which says so.
fn free_port() -> u16 {
    TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port()
}

fn watch(run_as: RunAs, folder: &Path, data: &Path) -> Watch {
    let stop: Vec<String> = run_as
        .prefix()
        .into_iter()
        .chain([&find("pg_ctl"), &PathBuf::from("-D"), &data.to_owned()].map(|part| part.display().to_string()))
        .chain(["-m", "immediate", "-w", "stop"].map(str::to_owned))
        .collect();
    let script = r#"folder=$1; shift; cat >/dev/null; "$@"; rm -rf "$folder""#;
    let child = Command::new("sh")
        .args(["-c", script, "sh", folder.to_str().unwrap()])
        .args(stop)
        .current_dir("/")
        // What ends a test from the terminal does not end it.
        .process_group(0)
        .stdin(Stdio::piped())
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .spawn();
    Watch(child.unwrap())
}
