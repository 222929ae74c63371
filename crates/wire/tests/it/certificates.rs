//! Certificates made for one test: good ones, and each with one defect.

use rcgen::{BasicConstraints, Certificate, CertificateParams, DnType, IsCa, Issuer, KeyPair, date_time_ymd};
use rejoinder_wire::endpoint::Trust;
use rustls::{
    ServerConfig,
    crypto::ring,
    pki_types::{CertificateDer, PrivateKeyDer},
};

/// An authority that issues what is asked for.
pub(crate) struct Authority {
    issuer: Issuer<'static, KeyPair>,
    own: Certificate,
}

/// What a server shows.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Defect {
    None,
    Expired,
    NotYetValid,
    Misnamed,
}

impl Authority {
    pub(crate) fn new() -> Self {
        let mut params = CertificateParams::default();
        params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
        params.distinguished_name.push(DnType::CommonName, "Test authority");
        let key = KeyPair::generate().unwrap();
        let own = params.self_signed(&key).unwrap();
        Self { issuer: Issuer::new(params, key), own }
    }

    pub(crate) fn trust(&self) -> Trust {
        Trust::only([self.own.pem()]).unwrap()
    }

    pub(crate) fn issue(&self, defect: Defect) -> ServerConfig {
        let key = KeyPair::generate().unwrap();
        let certificate = params(defect).signed_by(&key, &self.issuer).unwrap();
        config(certificate.der(), &key)
    }
}

/// The usual self-signed certificate, which calls itself an authority; the trust that knows it, too.
pub(crate) fn self_signed(defect: Defect) -> (ServerConfig, Trust) {
    let mut params = params(defect);
    params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
    let key = KeyPair::generate().unwrap();
    let certificate = params.self_signed(&key).unwrap();
    (config(certificate.der(), &key), Trust::only([certificate.der()]).unwrap())
}

fn params(defect: Defect) -> CertificateParams {
    let name = if defect == Defect::Misnamed { "other.example" } else { "127.0.0.1" };
    let mut params = CertificateParams::new([name.to_owned()]).unwrap();
    params.distinguished_name.push(DnType::CommonName, "Test server");
    (params.not_before, params.not_after) = match defect {
        Defect::Expired => (date_time_ymd(2019, 1, 1), date_time_ymd(2020, 1, 1)),
        Defect::NotYetValid => (date_time_ymd(2999, 1, 1), date_time_ymd(3000, 1, 1)),
        Defect::None | Defect::Misnamed => (date_time_ymd(2019, 1, 1), date_time_ymd(3000, 1, 1)),
    };
    params
}

fn config(certificate: &CertificateDer<'static>, key: &KeyPair) -> ServerConfig {
    let key = PrivateKeyDer::try_from(key.serialize_der()).unwrap();
    ServerConfig::builder_with_provider(ring::default_provider().into())
        .with_safe_default_protocol_versions()
        .unwrap()
        .with_no_client_auth()
        .with_single_cert(vec![certificate.clone()], key)
        .unwrap()
}
