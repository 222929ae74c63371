//! Certificates made on the spot: one authority that a test trusts, and leaves that are right or wrong in one way each.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use rcgen::{
    BasicConstraints, CertificateParams, CertifiedIssuer, DnType, ExtendedKeyUsagePurpose, IsCa, KeyPair,
    KeyUsagePurpose, date_time_ymd,
};

use crate::folder::Folder;

/// What the servers of the tests are reached by.
const NAMES: [&str; 3] = ["localhost", "127.0.0.1", "127.0.0.2"];
/// The name that the misnamed certificate is for.
const ELSEWHERE: &str = "elsewhere.example";

/// What is right or wrong with a certificate.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Kind {
    /// Signed by the authority, valid from 2020 to 2049, for `localhost`, `127.0.0.1` and `127.0.0.2`.
    #[default]
    Good,
    /// As the good one, but its time ended in 2021.
    Expired,
    /// As the good one, but for `elsewhere.example` only.
    Misnamed,
    /// As the good one, but signed by another authority.
    Untrusted,
}

impl Kind {
    /// All of them.
    pub const ALL: [Self; 4] = [Self::Good, Self::Expired, Self::Misnamed, Self::Untrusted];

    fn name(self) -> &'static str {
        match self {
            Self::Good => "good",
            Self::Expired => "expired",
            Self::Misnamed => "misnamed",
            Self::Untrusted => "untrusted",
        }
    }
}

/// A server's certificate with its key.
#[derive(Debug)]
pub struct Leaf {
    /// The certificate as a PEM file.
    pub certificate: PathBuf,
    /// Its key (PKCS #8) as a PEM file.
    pub key: PathBuf,
    /// The certificate, DER.
    pub certificate_der: Vec<u8>,
    /// Its key, PKCS #8 in DER.
    pub key_der: Vec<u8>,
}

/// An authority and one leaf of each kind, in a folder that is removed with the last clone.
#[derive(Debug, Clone)]
pub struct Certificates(Arc<Inner>);

#[derive(Debug)]
struct Inner {
    ca_pem: PathBuf,
    ca_der: Vec<u8>,
    leaves: [Leaf; 4],
    folder: Folder,
}

impl Certificates {
    /// Makes them.
    pub fn create() -> Result<Self, String> {
        let folder = Folder::new()?;
        let trusted = authority("Authority of the test")?;
        let stranger = authority("Authority that nobody knows")?;
        let leaf = |kind: Kind| {
            let issuer = if kind == Kind::Untrusted { &stranger } else { &trusted };
            leaf(kind, issuer, &folder)
        };
        let [good, expired, misnamed, untrusted] = Kind::ALL;
        let leaves = [leaf(good)?, leaf(expired)?, leaf(misnamed)?, leaf(untrusted)?];
        let ca_pem = folder.write("ca.pem", trusted.pem())?;
        Ok(Self(Arc::new(Inner { ca_pem, ca_der: trusted.der().to_vec(), leaves, folder })))
    }

    /// The authority's certificate as a PEM file: what a client has to trust.
    pub fn ca_pem(&self) -> &Path {
        &self.0.ca_pem
    }

    /// The authority's certificate, DER.
    pub fn ca_der(&self) -> &[u8] {
        &self.0.ca_der
    }

    pub(crate) fn folder(&self) -> &Path {
        self.0.folder.path()
    }

    /// The leaf of a kind.
    pub fn leaf(&self, kind: Kind) -> &Leaf {
        let [good, expired, misnamed, untrusted] = &self.0.leaves;
        match kind {
            Kind::Good => good,
            Kind::Expired => expired,
            Kind::Misnamed => misnamed,
            Kind::Untrusted => untrusted,
        }
    }
}

fn authority(name: &str) -> Result<CertifiedIssuer<'static, KeyPair>, String> {
    let mut params = CertificateParams::default();
    params.distinguished_name.push(DnType::CommonName, name);
    params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
    params.key_usages = vec![KeyUsagePurpose::KeyCertSign, KeyUsagePurpose::CrlSign];
    params.not_before = date_time_ymd(2020, 1, 1);
    params.not_after = date_time_ymd(2049, 12, 31);
    let key = KeyPair::generate().map_err(failed)?;
    CertifiedIssuer::self_signed(params, key).map_err(failed)
}

fn leaf(kind: Kind, issuer: &CertifiedIssuer<'_, KeyPair>, folder: &Folder) -> Result<Leaf, String> {
    let names = match kind {
        Kind::Misnamed => vec![ELSEWHERE.to_owned()],
        _ => NAMES.map(str::to_owned).to_vec(),
    };
    let mut params = CertificateParams::new(names).map_err(failed)?;
    params.distinguished_name.push(DnType::CommonName, format!("The {} one", kind.name()));
    params.is_ca = IsCa::ExplicitNoCa;
    params.use_authority_key_identifier_extension = true;
    params.key_usages = vec![KeyUsagePurpose::DigitalSignature];
    params.extended_key_usages = vec![ExtendedKeyUsagePurpose::ServerAuth];
    params.not_before = date_time_ymd(2020, 1, 1);
    params.not_after = date_time_ymd(if kind == Kind::Expired { 2021 } else { 2049 }, 12, 31);
    let key = KeyPair::generate().map_err(failed)?;
    let certificate = params.signed_by(&key, issuer).map_err(failed)?;
    Ok(Leaf {
        certificate: folder.write(&format!("{}.pem", kind.name()), certificate.pem())?,
        key: folder.write(&format!("{}.key", kind.name()), key.serialize_pem())?,
        certificate_der: certificate.der().to_vec(),
        key_der: key.serialize_der(),
    })
}

fn failed(error: rcgen::Error) -> String {
    format!("a certificate cannot be made: {error}")
}
