//! What `serve` can be told: on the command line, in the environment, or in `serve.toml` in the server's folder. What is
//! said further to the front wins; what is said nowhere has its default.

use super::super::Error;
use crate::config::Layout;
use clap::Args;
use serde::Deserialize;
use std::net::{Ipv4Addr, SocketAddr};
use std::path::PathBuf;

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
    /// Back up into this folder, all the time. It has to be there: a mounted disk, or what is copied elsewhere
    #[arg(long, env = "WALKBOOK_BACKUP_TO", value_name = "FOLDER")]
    backup_to: Option<PathBuf>,
    /// Days whose every moment can be restored [default: 30]
    #[arg(long, env = "WALKBOOK_BACKUP_KEEP_DAYS", value_name = "DAYS")]
    backup_keep_days: Option<u32>,
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
    pub(super) connections: usize,
    pub(super) backup_to: Option<PathBuf>,
    pub(super) backup_keep_days: u32,
    pub(super) log: String,
}

impl Options {
    /// These, completed by the folder's file and the defaults.
    pub(super) fn choose(self, layout: &Layout) -> Result<Chosen, Error> {
        let file = Self::read(layout)?;
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
            connections: self.connections.or(file.connections).unwrap_or(4_096),
            backup_to: self.backup_to.or(file.backup_to),
            backup_keep_days: self.backup_keep_days.or(file.backup_keep_days).unwrap_or(30),
            log: self.log.or(file.log).unwrap_or_else(|| "info".into()),
        })
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
        let text = std::fs::read_to_string(&file).map_err(failed)?;
        toml::from_str(&text).map_err(|error| Error::Usage(format!("{}: {error}", file.display())))
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
