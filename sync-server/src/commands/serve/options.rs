//! What `serve` can be told: on the command line, in the environment, or in `serve.toml` in the server's folder. What is
//! said further to the front wins; what is said nowhere has its default.

use super::super::Error;
use crate::config::Layout;
use crate::routes::{Pace, Paces};
use crate::server::Connections;
use crate::telemetry::Collector;
use clap::Args;
use serde::Deserialize;
use std::net::{Ipv4Addr, SocketAddr};
use std::path::PathBuf;
use std::time::Duration;

/// A larger file is not one that somebody wrote by hand.
const LARGEST_FILE: u64 = 64 * 1024;

/// Each by its name on the command line. In the file, two words are parted by `_`.
#[derive(Debug, Default, Args, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub(in super::super) struct Options {
    /// Where to listen; port 0 means any that is free [default: 127.0.0.1:8443]
    #[arg(long, env = "WALKBOOK_LISTEN", value_name = "ADDRESS")]
    listen: Option<SocketAddr>,
    /// A certificate chain (PEM) instead of the private one; read again when it changes, or on SIGHUP
    #[arg(long, env = "WALKBOOK_CERT", value_name = "FILE")]
    cert: Option<PathBuf>,
    /// The certificate's key (PEM)
    #[arg(long, env = "WALKBOOK_KEY", value_name = "FILE")]
    key: Option<PathBuf>,
    /// Write the port into this file once the server listens
    #[arg(long, env = "WALKBOOK_PORT_FILE", value_name = "FILE")]
    port_file: Option<PathBuf>,
    /// Connections at once [default: 4096]
    #[arg(long, env = "WALKBOOK_CONNECTIONS", value_name = "NUMBER")]
    connections: Option<usize>,
    /// Connections at once from one address, such as a carrier's with a thousand phones behind it [default: 2048]
    #[arg(long, env = "WALKBOOK_CONNECTIONS_OF_ADDRESS", value_name = "NUMBER")]
    connections_of_address: Option<usize>,
    /// Requests of one device: so many at once, and so many a minute in the long run [default: 120/60]
    #[arg(long, env = "WALKBOOK_PACE_OF_DEVICE", value_name = "PACE")]
    pace_of_device: Option<Pace>,
    /// Requests of one user, with all their devices [default: 240/120]
    #[arg(long, env = "WALKBOOK_PACE_OF_USER", value_name = "PACE")]
    pace_of_user: Option<Pace>,
    /// Requests of one tenant [default: 20000/30000]
    #[arg(long, env = "WALKBOOK_PACE_OF_TENANT", value_name = "PACE")]
    pace_of_tenant: Option<Pace>,
    /// Requests from one address, whoever sends them [default: 5000/6000]
    #[arg(long, env = "WALKBOOK_PACE_OF_ADDRESS", value_name = "PACE")]
    pace_of_address: Option<Pace>,
    /// Questions from one address, in which region somebody is of whom only an e-mail address is known [default: 120/30]
    #[arg(long, env = "WALKBOOK_PACE_OF_FINDING", value_name = "PACE")]
    pace_of_finding: Option<Pace>,
    /// Seconds between two looks at who is registered here and in the other regions [default: 30]
    #[arg(long, env = "WALKBOOK_REGISTRATIONS_EVERY", value_name = "SECONDS", value_parser = clap::value_parser!(u32).range(1..))]
    registrations_every: Option<u32>,
    /// Back up into this folder, all the time. It has to be there: a mounted disk, or what is copied elsewhere
    #[arg(long, env = "WALKBOOK_BACKUP_TO", value_name = "FOLDER")]
    backup_to: Option<PathBuf>,
    /// Days whose every moment can be restored [default: 30]
    #[arg(long, env = "WALKBOOK_BACKUP_KEEP_DAYS", value_name = "DAYS")]
    backup_keep_days: Option<u32>,
    /// The ledger of erasures, which has to be there: outside of every backup, and the same for all servers of a store
    /// [default: erasures.log in the folder]
    #[arg(long, env = "WALKBOOK_ERASURES", value_name = "FILE")]
    erasures: Option<PathBuf>,
    /// Send traces to this collector, by OTLP over HTTP, such as https://collector.example/v1/traces
    #[arg(long, env = "WALKBOOK_TRACES_TO", value_name = "URL")]
    traces_to: Option<Collector>,
    /// How many percent of the requests are traced [default: 100]
    #[arg(long, env = "WALKBOOK_TRACES_PERCENT", value_name = "PERCENT")]
    traces_percent: Option<u8>,
    /// What is logged, such as info or info,walkbook_server=debug [default: info]
    #[arg(long, env = "WALKBOOK_LOG", value_name = "FILTER")]
    log: Option<String>,
}

/// What holds for this run.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Chosen {
    pub(super) listen: SocketAddr,
    /// The certificate chain and its key.
    pub(super) certificate: Option<(PathBuf, PathBuf)>,
    pub(super) port_file: Option<PathBuf>,
    pub(super) connections: Connections,
    pub(super) paces: Paces,
    /// How often somebody looks who is registered.
    pub(super) registrations_every: Duration,
    pub(super) backup_to: Option<PathBuf>,
    pub(super) backup_keep_days: u32,
    /// The ledger of erasures, where it is named.
    pub(super) erasures: Option<PathBuf>,
    /// The collector of traces, and how many percent of the requests it is sent.
    pub(super) traces: Option<(Collector, u8)>,
    pub(super) log: String,
}

impl Options {
    /// These, completed by the folder's file and the defaults.
    pub(super) fn choose(self, layout: &Layout) -> Result<Chosen, Error> {
        let file = Self::read(layout)?;
        let (connections, paces) = (Connections::default(), Paces::default());
        let certificate = match (self.cert.or(file.cert), self.key.or(file.key)) {
            (None, None) => None,
            (Some(cert), Some(key)) => Some((cert, key)),
            (Some(_), None) => return Err(Error::Usage("a certificate is given (cert), but not its key (key)".into())),
            (None, Some(_)) => return Err(Error::Usage("a key is given (key), but not its certificate (cert)".into())),
        };
        Ok(Chosen {
            listen: self.listen.or(file.listen).unwrap_or_else(|| (Ipv4Addr::LOCALHOST, 8443).into()),
            certificate,
            port_file: self.port_file.or(file.port_file),
            connections: Connections {
                in_all: self.connections.or(file.connections).unwrap_or(connections.in_all),
                of_address: self
                    .connections_of_address
                    .or(file.connections_of_address)
                    .unwrap_or(connections.of_address),
            },
            paces: Paces {
                device: self.pace_of_device.or(file.pace_of_device).unwrap_or(paces.device),
                user: self.pace_of_user.or(file.pace_of_user).unwrap_or(paces.user),
                tenant: self.pace_of_tenant.or(file.pace_of_tenant).unwrap_or(paces.tenant),
                address: self.pace_of_address.or(file.pace_of_address).unwrap_or(paces.address),
                finding: self.pace_of_finding.or(file.pace_of_finding).unwrap_or(paces.finding),
            },
            registrations_every: Duration::from_secs(
                self.registrations_every.or(file.registrations_every).unwrap_or(30).max(1).into(),
            ),
            backup_to: self.backup_to.or(file.backup_to),
            backup_keep_days: self.backup_keep_days.or(file.backup_keep_days).unwrap_or(30),
            erasures: self.erasures.or(file.erasures),
            traces: self
                .traces_to
                .or(file.traces_to)
                .map(|to| (to, self.traces_percent.or(file.traces_percent).unwrap_or(100))),
            log: self.log.or(file.log).unwrap_or_else(|| "info".into()),
        })
    }

    /// The ledger of erasures that the folder's file names.
    pub(in super::super) fn erasures_of(layout: &Layout) -> Result<Option<PathBuf>, Error> {
        Ok(Self::read(layout)?.erasures)
    }

    /// The same of a file that is not in the folder yet.
    pub(in super::super) fn erasures_in(layout: &Layout, bytes: &[u8]) -> Result<Option<PathBuf>, Error> {
        let text = std::str::from_utf8(bytes)
            .map_err(|_| Error::Usage(format!("{}: is no text", layout.serving().display())))?;
        Ok(Self::parse(layout, text)?.erasures)
    }

    /// What the folder's file says; nothing, where there is none.
    fn read(layout: &Layout) -> Result<Self, Error> {
        let file = layout.serving();
        let failed = |source| Error::Io { file: file.clone(), source };
        match std::fs::metadata(&file) {
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => return Ok(Self::default()),
            Err(error) => return Err(failed(error)),
            Ok(found) if found.len() > LARGEST_FILE => {
                return Err(Error::Usage(format!("{}: more than {LARGEST_FILE} bytes", file.display())));
            }
            Ok(_) => {}
        }
        Self::parse(layout, &std::fs::read_to_string(&file).map_err(failed)?)
    }

    fn parse(layout: &Layout, text: &str) -> Result<Self, Error> {
        toml::from_str(text).map_err(|error| Error::Usage(format!("{}: {error}", layout.serving().display())))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// As `serve` would be told on a command line, in a folder with this file.
    fn chosen(line: &[&str], file: Option<&str>) -> Result<Chosen, String> {
        #[derive(clap::Parser)]
        struct Line {
            #[command(flatten)]
            options: Options,
        }
        let folder = tempfile::tempdir().unwrap();
        if let Some(text) = file {
            std::fs::write(folder.path().join("serve.toml"), text).unwrap();
        }
        let line = <Line as clap::Parser>::parse_from([&["serve"], line].concat());
        line.options.choose(&Layout::new(folder.path())).map_err(|error| error.to_string())
    }

    #[test]
    fn the_example_file_says_what_holds_without_it() {
        let example = include_str!("../../../deploy/serve.toml");
        let spelt_out: String = example
            .lines()
            .map(|line| line.strip_prefix("#: ").unwrap_or(line))
            .fold(String::new(), |text, line| text + line + "\n");
        assert_ne!(example, spelt_out);
        assert_eq!(chosen(&[], Some(example)), chosen(&[], None));
        assert_eq!(chosen(&[], Some(&spelt_out)), chosen(&[], None));
    }

    #[test]
    fn the_command_line_wins_over_the_file() {
        let file = "listen = \"0.0.0.0:443\"\nbackup_keep_days = 90\n";
        let chosen = chosen(&["--listen", "[::1]:9000"], Some(file)).unwrap();
        assert_eq!((chosen.listen, chosen.backup_keep_days), ("[::1]:9000".parse().unwrap(), 90));
    }

    #[test]
    fn a_certificate_may_stand_in_the_file_and_its_key_on_the_command_line() {
        let both = chosen(&["--key", "k.pem"], Some("cert = \"c.pem\"")).unwrap();
        assert_eq!(both.certificate, Some(("c.pem".into(), "k.pem".into())));
        assert!(chosen(&[], Some("cert = \"c.pem\"")).unwrap_err().contains("but not its key"));
        assert!(chosen(&["--key", "k.pem"], None).unwrap_err().contains("but not its certificate"));
    }

    #[test]
    fn a_slip_in_the_file_is_named_with_its_line() {
        let slip = chosen(&[], Some("listen = \"0.0.0.0:443\"\nconections = 10\n")).unwrap_err();
        assert!(slip.contains("serve.toml") && slip.contains("line 2") && slip.contains("conections"), "{slip}");
        let slip = chosen(&[], Some("connections = \"many\"\n")).unwrap_err();
        assert!(slip.contains("line 1") && slip.contains("connections"), "{slip}");
    }
}
