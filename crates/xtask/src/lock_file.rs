//! What may stand in `Cargo.lock`, on any platform: no second TLS library, and nothing from outside crates.io.

use crate::Finding;

/// The only source of packages that are not ours: `cargo` checks what comes from it against the lock file's sums.
const CRATES_IO: &str = "registry+https://github.com/rust-lang/crates.io-index";

/// Packages that must not come in, each with the reason.
const BANNED: [(&str, &str); 6] = [
    ("openssl-sys", "TLS is rustls with ring: one library, no system headers"),
    ("openssl", "TLS is rustls with ring: one library, no system headers"),
    ("native-tls", "TLS is rustls with ring: one library, no system headers"),
    ("aws-lc-sys", "TLS is rustls with ring: aws-lc needs cmake"),
    ("aws-lc-rs", "TLS is rustls with ring: aws-lc needs cmake"),
    ("cmake", "a build needs cargo and a C compiler, nothing else"),
];

/// Packages of the lock file that are banned or come from elsewhere.
pub fn origins(lock_file: &str) -> Vec<Finding> {
    let packages: Vec<&str> = lock_file.split("[[package]]").skip(1).collect();
    if packages.is_empty() {
        return vec![Finding::of("Cargo.lock", "names no package: its form has changed, or it is empty")];
    }
    let mut findings = Vec::new();
    for package in packages {
        let Some(name) = value(package, "name") else {
            findings.push(Finding::of("Cargo.lock", "has a package without a name"));
            continue;
        };
        if let Some((_, reason)) = BANNED.iter().find(|(banned, _)| *banned == name) {
            findings.push(Finding::of(name, format!("is banned: {reason}")));
        }
        // No source: a crate of this workspace.
        if let Some(source) = value(package, "source").filter(|source| *source != CRATES_IO) {
            findings.push(Finding::of(name, format!("comes from {source}: only crates.io is a source")));
        }
    }
    findings
}

fn value<'a>(package: &'a str, key: &str) -> Option<&'a str> {
    package.lines().find_map(|line| line.strip_prefix(key)?.strip_prefix(" = \"")?.strip_suffix('"'))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn banned_and_foreign_packages_are_found() {
        let lock = r#"version = 4

[[package]]
name = "rejoinder-mail"
version = "0.1.0"

[[package]]
name = "ring"
version = "0.17.0"
source = "registry+https://github.com/rust-lang/crates.io-index"
checksum = "00"

[[package]]
name = "openssl-sys"
version = "0.9.0"
source = "registry+https://github.com/rust-lang/crates.io-index"

[[package]]
name = "patched"
version = "1.0.0"
source = "git+https://example.org/patched#00"
"#;
        let found: Vec<String> = origins(lock).iter().map(ToString::to_string).collect();
        assert_eq!(
            found,
            [
                "openssl-sys: is banned: TLS is rustls with ring: one library, no system headers",
                "patched: comes from git+https://example.org/patched#00: only crates.io is a source",
            ]
        );
    }

    #[test]
    fn a_lock_file_that_cannot_be_read_is_found() {
        assert_eq!(origins("").len(), 1);
        assert_eq!(origins("[[package]]\nversion = \"1\"\n").len(), 1);
    }
}
