//! Reads a certificate for people, and says in our words what is wrong with one. It decides nothing about trust.

use std::net::IpAddr;

use rustls::{
    CertificateError, Error,
    pki_types::{CertificateDer, UnixTime},
};
use x509_cert::{
    Certificate as Read,
    der::Decode,
    ext::pkix::{SubjectAltName, name::GeneralName},
    time::Time,
};

use super::{Certificate, Kind, shown};

/// Names of a certificate that are shown.
const NAMES_MAX: usize = 100;

/// What an administrator asks for; none if it is no certificate.
pub(super) fn read(der: &[u8]) -> Option<Certificate> {
    let certificate = Read::from_der(der).ok()?;
    let body = certificate.tbs_certificate();
    let names = body.get_extension::<SubjectAltName>().ok().flatten().map(|(_, names)| names.0);
    Some(Certificate {
        subject: shown(body.subject().to_string().as_bytes()),
        names: names.iter().flatten().filter_map(name).take(NAMES_MAX).collect(),
        issuer: shown(body.issuer().to_string().as_bytes()),
        not_before: seconds(body.validity().not_before),
        not_after: seconds(body.validity().not_after),
    })
}

fn name(name: &GeneralName) -> Option<String> {
    match name {
        GeneralName::DnsName(name) => Some(shown(name.as_str().as_bytes())),
        GeneralName::IpAddress(octets) => match octets.as_bytes() {
            [a, b, c, d] => Some(IpAddr::from([*a, *b, *c, *d]).to_string()),
            long => <[u8; 16]>::try_from(long).ok().map(|octets| IpAddr::from(octets).to_string()),
        },
        _ => None,
    }
}

fn seconds(time: Time) -> i64 {
    i64::try_from(time.to_unix_duration().as_secs()).unwrap_or(i64::MAX)
}

/// Whether `now` lies in the certificate's time, for one that is trusted by itself.
pub(super) fn check_time(der: &CertificateDer<'_>, now: UnixTime) -> Result<(), Error> {
    let certificate = read(der).ok_or(CertificateError::BadEncoding)?;
    let now = i64::try_from(now.as_secs()).unwrap_or(i64::MAX);
    if now < certificate.not_before {
        return Err(CertificateError::NotValidYet.into());
    }
    if now > certificate.not_after {
        return Err(CertificateError::Expired.into());
    }
    Ok(())
}

/// What is wrong with the certificate of `wanted`.
pub(super) fn fault(error: &Error, certificate: Option<&Certificate>, wanted: &str) -> Kind {
    let Error::InvalidCertificate(fault) = error else {
        return Kind::TlsOther { reason: error.to_string() };
    };
    let self_signed = certificate.is_some_and(|one| one.subject == one.issuer);
    match fault {
        CertificateError::ExpiredContext { not_after, .. } => {
            Kind::CertificateExpired { not_after: i64::try_from(not_after.as_secs()).unwrap_or(i64::MAX) }
        }
        CertificateError::Expired => {
            Kind::CertificateExpired { not_after: certificate.map_or(0, |one| one.not_after) }
        }
        CertificateError::NotValidYetContext { not_before, .. } => Kind::CertificateNotYetValid {
            not_before: i64::try_from(not_before.as_secs()).unwrap_or(i64::MAX),
        },
        CertificateError::NotValidYet => {
            Kind::CertificateNotYetValid { not_before: certificate.map_or(0, |one| one.not_before) }
        }
        CertificateError::NotValidForName | CertificateError::NotValidForNameContext { .. } => {
            let names = certificate.map(|one| one.names.clone()).unwrap_or_default();
            Kind::CertificateName { wanted: wanted.to_owned(), names }
        }
        CertificateError::UnknownIssuer | CertificateError::BadSignature => untrusted(certificate),
        // The usual self-signed certificate calls itself an authority: that is not what an administrator has to mend.
        CertificateError::Other(_) if self_signed => untrusted(certificate),
        other => Kind::CertificateUnusable { reason: other.to_string() },
    }
}

fn untrusted(certificate: Option<&Certificate>) -> Kind {
    let issuer = certificate.map(|one| one.issuer.clone()).unwrap_or_default();
    Kind::CertificateUntrusted { issuer }
}

#[cfg(test)]
mod tests {
    use rcgen::{CertificateParams, DnType, KeyPair, date_time_ymd};

    use super::*;

    #[test]
    fn a_certificate_reads_as_an_administrator_asks_for_it() {
        let names = ["mail.example.org".to_owned(), "127.0.0.1".to_owned(), "::1".to_owned()];
        let mut params = CertificateParams::new(names).unwrap();
        params.distinguished_name.push(DnType::OrganizationName, "Example");
        params.not_before = date_time_ymd(2020, 1, 1);
        params.not_after = date_time_ymd(2021, 1, 1);
        let made = params.self_signed(&KeyPair::generate().unwrap()).unwrap();
        let certificate = read(made.der()).unwrap();
        assert_eq!(certificate.names, ["mail.example.org", "127.0.0.1", "::1"]);
        assert!(certificate.subject.contains("O=Example"), "{certificate:?}");
        assert_eq!(certificate.subject, certificate.issuer);
        assert_eq!((certificate.not_before, certificate.not_after), (1_577_836_800, 1_609_459_200));
        assert_eq!(read(b"nonsense"), None);
    }
}
