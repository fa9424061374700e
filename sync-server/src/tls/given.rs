//! Certificates that the operator brings.

use super::Error;
use crate::config;
use rustls::pki_types::pem::PemObject;
use rustls::pki_types::{CertificateDer, PrivateKeyDer};
use std::path::Path;
use std::time::SystemTime;

/// By what a change of the two files is noticed: their times and lengths.
pub(super) type Stamp = [(Option<SystemTime>, u64); 2];

pub(super) fn stamp(chain: &Path, key: &Path) -> Result<Stamp, Error> {
    Ok([about(chain)?, about(key)?])
}

fn about(file: &Path) -> Result<(Option<SystemTime>, u64), Error> {
    let about = std::fs::metadata(file).map_err(|error| config::Error::file(file, error))?;
    Ok((about.modified().ok(), about.len()))
}

pub(super) fn read_chain(file: &Path) -> Result<Vec<CertificateDer<'static>>, Error> {
    let unreadable = || Error::Unreadable { file: file.to_owned(), what: "certificate" };
    let pem = std::fs::read(file).map_err(|error| config::Error::file(file, error))?;
    let chain: Result<Vec<_>, _> = CertificateDer::pem_slice_iter(&pem).collect();
    chain.ok().filter(|chain| !chain.is_empty()).ok_or_else(unreadable)
}

pub(super) fn read_key(file: &Path) -> Result<PrivateKeyDer<'static>, Error> {
    let pem = config::read_private(file)?;
    PrivateKeyDer::from_pem_slice(&pem).map_err(|_| Error::Unreadable { file: file.to_owned(), what: "key" })
}
