//! Whose certificates are believed.

use std::{fmt, sync::Arc};

use rustls::{
    CertificateError, Error, RootCertStore,
    client::{verify_server_cert_signed_by_trust_anchor, verify_server_name},
    crypto::{CryptoProvider, ring},
    pki_types::{CertificateDer, ServerName, UnixTime, pem::PemObject},
    server::ParsedCertificate,
};
use thiserror::Error as ThisError;

use super::certificate;

/// Roots of trust. Cheap to clone.
#[derive(Clone)]
pub struct Trust(Arc<Roots>);

pub(super) struct Roots {
    store: RootCertStore,
    /// As handed in: each is believed as a server's own certificate, too.
    extra: Vec<CertificateDer<'static>>,
    pub(super) provider: Arc<CryptoProvider>,
}

/// A certificate that was to be trusted cannot be read.
#[derive(Debug, Clone, PartialEq, Eq, ThisError)]
#[error("certificate {place} is neither PEM nor DER: {reason}")]
pub struct TrustError {
    /// Its place among those handed in, from 1.
    pub place: usize,
    /// What is wrong with it.
    pub reason: String,
}

impl Trust {
    /// The authorities of this system and `extra`, each PEM (one certificate or more) or DER. An authority's certificate
    /// makes those that it issued believed, a server's own certificate that one alone. Reads the system's files: made
    /// once and cloned.
    pub fn new<C: AsRef<[u8]>>(extra: impl IntoIterator<Item = C>) -> Result<Self, TrustError> {
        let mut store = RootCertStore::empty();
        let system = rustls_native_certs::load_native_certs();
        for error in &system.errors {
            tracing::warn!(%error, "an authority of this system could not be read");
        }
        store.add_parsable_certificates(system.certs);
        Self::with(store, extra)
    }

    /// Only `extra`, read as by [`Trust::new`].
    pub fn only<C: AsRef<[u8]>>(extra: impl IntoIterator<Item = C>) -> Result<Self, TrustError> {
        Self::with(RootCertStore::empty(), extra)
    }

    /// No certificate at all: for connections without TLS, or without verification.
    pub fn nobody() -> Self {
        Self::from(RootCertStore::empty(), Vec::new())
    }

    fn with<C: AsRef<[u8]>>(
        mut store: RootCertStore,
        extra: impl IntoIterator<Item = C>,
    ) -> Result<Self, TrustError> {
        let mut all = Vec::new();
        for (at, octets) in extra.into_iter().enumerate() {
            let wrong = |reason: String| TrustError { place: at + 1, reason };
            for certificate in read(octets.as_ref()).map_err(wrong)? {
                store.add(certificate.clone()).map_err(|error| wrong(error.to_string()))?;
                all.push(certificate);
            }
        }
        Ok(Self::from(store, all))
    }

    fn from(store: RootCertStore, extra: Vec<CertificateDer<'static>>) -> Self {
        Self(Arc::new(Roots { store, extra, provider: Arc::new(ring::default_provider()) }))
    }

    pub(super) fn roots(&self) -> Arc<Roots> {
        Arc::clone(&self.0)
    }
}

/// PEM where it says so, DER otherwise.
fn read(octets: &[u8]) -> Result<Vec<CertificateDer<'static>>, String> {
    const PEM: &[u8] = b"-----BEGIN";
    if !octets.windows(PEM.len()).any(|window| window == PEM) {
        return Ok(vec![CertificateDer::from(octets.to_vec())]);
    }
    let all: Result<Vec<_>, _> = CertificateDer::pem_slice_iter(octets).collect();
    match all {
        Ok(all) if all.is_empty() => Err("the PEM file holds no certificate".to_owned()),
        Ok(all) => Ok(all),
        Err(error) => Err(error.to_string()),
    }
}

impl Roots {
    /// Whether the certificate holds at `now` for `name`.
    pub(super) fn check(
        &self,
        own: &CertificateDer<'_>,
        others: &[CertificateDer<'_>],
        name: &ServerName<'_>,
        now: UnixTime,
    ) -> Result<(), Error> {
        let parsed = ParsedCertificate::try_from(own)?;
        let algorithms = self.provider.signature_verification_algorithms.all;
        match verify_server_cert_signed_by_trust_anchor(&parsed, &self.store, others, now, algorithms) {
            // The usual self-signed certificate calls itself an authority, which a server's may not.
            Err(Error::InvalidCertificate(CertificateError::Other(_))) if self.is_pinned(own) => {
                certificate::check_time(own, now)?;
            }
            other => other?,
        }
        verify_server_name(&parsed, name)
    }

    fn is_pinned(&self, own: &CertificateDer<'_>) -> bool {
        self.extra.iter().any(|one| one == own)
    }
}

impl fmt::Debug for Trust {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Trust({} roots, {} of them added)", self.0.store.len(), self.0.extra.len())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn pem() -> String {
        rcgen::generate_simple_self_signed(["mail.example.org".to_owned()]).unwrap().cert.pem()
    }

    #[test]
    fn roots_are_read_from_pem_with_several_and_from_der() {
        let two = pem() + &pem();
        let der = rcgen::generate_simple_self_signed(["x.example".to_owned()]).unwrap().cert.der().to_vec();
        let trust = Trust::only([two.as_bytes(), &der]).unwrap();
        assert_eq!(format!("{trust:?}"), "Trust(3 roots, 3 of them added)");
        assert_eq!(format!("{:?}", Trust::nobody()), "Trust(0 roots, 0 of them added)");
    }

    #[test]
    fn a_root_that_cannot_be_read_is_named() {
        let good = pem();
        for bad in ["nonsense", "-----BEGIN PRIVATE KEY-----\nAAAA\n-----END PRIVATE KEY-----\n", ""] {
            let error = Trust::only([good.as_str(), bad]).unwrap_err();
            assert_eq!(error.place, 2, "{bad:?}");
            assert!(error.to_string().starts_with("certificate 2 is neither PEM nor DER: "), "{error}");
        }
    }
}
