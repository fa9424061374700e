//! The private certificate authority of one server.

use super::Error;
use crate::config::{make_private_folder, read_private, write_new};
use rcgen::{
    BasicConstraints, CertificateParams, DnType, ExtendedKeyUsagePurpose, IsCa, Issuer, KeyPair, KeyUsagePurpose,
    PKCS_ECDSA_P256_SHA256, date_time_ymd,
};
use rustls::pki_types::pem::PemObject;
use rustls::pki_types::{CertificateDer, PrivateKeyDer, PrivatePkcs8KeyDer};
use std::path::{Path, PathBuf};
use std::time::Duration;
use walkbook_model::Timestamp;

const DAY: Duration = Duration::from_secs(24 * 60 * 60);
/// Phones cannot be told of another authority without a new invitation.
const AUTHORITY_DAYS: u32 = 20 * 365;
/// Issued anew every week: weeks of a stopped timer are survived.
const CERTIFICATE_DAYS: u32 = 90;
/// Phones' clocks may be behind.
const BEFORE_DAYS: u32 = 2;

/// Issues the server's certificate.
pub struct Authority {
    issuer: Issuer<'static, KeyPair>,
    certificate: CertificateDer<'static>,
}

impl Authority {
    /// Makes an authority in this folder, unless there is one; says whether it did.
    ///
    /// # Errors
    /// [`Error::Issue`], [`Error::Config`].
    pub fn make(folder: &Path, region: &str, now: Timestamp) -> Result<bool, Error> {
        make_private_folder(folder)?;
        if certificate_file(folder).exists() {
            return Ok(false);
        }
        let key = KeyPair::generate_for(&PKCS_ECDSA_P256_SHA256)?;
        let mut params = CertificateParams::default();
        params.distinguished_name.push(DnType::CommonName, format!("Walkbook {region}"));
        // It issues servers' certificates, and no other authorities'.
        params.is_ca = IsCa::Ca(BasicConstraints::Constrained(0));
        params.key_usages = vec![KeyUsagePurpose::KeyCertSign];
        set_validity(&mut params, now, AUTHORITY_DAYS);
        let certificate = params.self_signed(&key)?;
        // The certificate comes last: a folder that has it is complete. A key that an interrupted attempt left is used.
        if !write_new(&key_file(folder), key.serialize_pem().as_bytes())? {
            let left = read_key(folder)?;
            let certificate = params.self_signed(&left)?;
            return Ok(write_new(&certificate_file(folder), certificate.pem().as_bytes())?);
        }
        Ok(write_new(&certificate_file(folder), certificate.pem().as_bytes())?)
    }

    /// Reads the authority of this folder.
    ///
    /// # Errors
    /// [`Error::Config`], [`Error::Unreadable`].
    pub fn read(folder: &Path) -> Result<Self, Error> {
        let file = certificate_file(folder);
        let pem = read_private(&file)?;
        let certificate = CertificateDer::from_pem_slice(&pem)
            .map_err(|_| Error::Unreadable { file: file.clone(), what: "certificate" })?;
        let issuer = Issuer::from_ca_cert_der(&certificate, read_key(folder)?)?;
        Ok(Self { issuer, certificate })
    }

    /// The authority's certificate in DER: what invitations carry.
    pub fn certificate(&self) -> &[u8] {
        &self.certificate
    }

    /// A certificate for a server of these names or addresses, and its key.
    ///
    /// # Errors
    /// [`Error::Issue`].
    pub fn issue(
        &self,
        hosts: &[String],
        now: Timestamp,
    ) -> Result<(Vec<CertificateDer<'static>>, PrivateKeyDer<'static>), Error> {
        let key = KeyPair::generate_for(&PKCS_ECDSA_P256_SHA256)?;
        let mut params = CertificateParams::new(hosts.to_vec())?;
        params.distinguished_name = rcgen::DistinguishedName::new();
        params.key_usages = vec![KeyUsagePurpose::DigitalSignature];
        params.extended_key_usages = vec![ExtendedKeyUsagePurpose::ServerAuth];
        // Without it some verifiers find no path (RFC 5280, section 4.2.1.1).
        params.use_authority_key_identifier_extension = true;
        set_validity(&mut params, now, CERTIFICATE_DAYS);
        let certificate = params.signed_by(&key, &self.issuer)?;
        let key = PrivateKeyDer::Pkcs8(PrivatePkcs8KeyDer::from(key.serialize_der()));
        Ok((vec![certificate.der().clone()], key))
    }
}

fn set_validity(params: &mut CertificateParams, now: Timestamp, days: u32) {
    let now = date_time_ymd(1970, 1, 1) + Duration::from_millis(now.as_ms());
    params.not_before = now - DAY * BEFORE_DAYS;
    params.not_after = now + DAY * days;
}

fn certificate_file(folder: &Path) -> PathBuf {
    folder.join("authority.pem")
}

fn key_file(folder: &Path) -> PathBuf {
    folder.join("authority.key")
}

fn read_key(folder: &Path) -> Result<KeyPair, Error> {
    let file = key_file(folder);
    let pem = read_private(&file)?;
    let text = std::str::from_utf8(&pem).map_err(|_| Error::Unreadable { file: file.clone(), what: "key" })?;
    KeyPair::from_pem(text).map_err(|_| Error::Unreadable { file, what: "key" })
}
