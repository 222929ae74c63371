//! Which crate may use which: the arrows between our crates point down, and what a pure crate draws in from outside
//! is pure too.

use crate::packages::Package;
use crate::{Finding, PURE_CRATES, Packages};

/// What each of our crates may use of ours in the product.
const ARROWS: [(&str, &[&str]); 11] = [
    ("rejoinder-mail", &[]),
    ("rejoinder-script", &[]),
    ("rejoinder-engine", &["rejoinder-mail", "rejoinder-script"]),
    ("rejoinder-ruletest", &["rejoinder-engine", "rejoinder-mail"]),
    ("rejoinder-store", &["rejoinder-engine", "rejoinder-mail"]),
    ("rejoinder-wire", &["rejoinder-mail"]),
    ("rejoinder-server", &BELOW_SERVER),
    ("rejoinder", &["rejoinder-server"]),
    ("rejoinder-testservers", &[]),
    ("rejoinder-testkit", &BELOW_TESTKIT),
    ("xtask", &[]),
];
const BELOW_SERVER: [&str; 6] = [
    "rejoinder-mail",
    "rejoinder-script",
    "rejoinder-engine",
    "rejoinder-ruletest",
    "rejoinder-store",
    "rejoinder-wire",
];
const BELOW_TESTKIT: [&str; 9] = [
    "rejoinder-mail",
    "rejoinder-script",
    "rejoinder-engine",
    "rejoinder-ruletest",
    "rejoinder-store",
    "rejoinder-wire",
    "rejoinder-server",
    "rejoinder",
    "rejoinder-testservers",
];

/// Crates whose tests may use the testkit: it stands on top of all crates, so the pure ones must do without.
const TESTED_WITH_TESTKIT: [&str; 3] = ["rejoinder-store", "rejoinder-server", "rejoinder"];

/// Crates whose tests play the case files, though they stand below what plays them.
const TESTED_WITH_CASES: [&str; 2] = ["rejoinder-engine", "rejoinder-store"];

/// Crates whose tests may start mail servers: those that speak to some.
const TESTED_WITH_SERVERS: [&str; 3] = ["rejoinder-wire", "rejoinder-server", "rejoinder"];

/// What must not be in the tree of a pure crate: runtimes, sockets, databases, entropy, TLS. A name that ends with
/// `*` stands for all that begin so.
const IMPURE: [&str; 17] = [
    "tokio",
    "tokio-*",
    "async-std",
    "smol",
    "rusqlite",
    "libsqlite3-sys",
    "mio",
    "socket2",
    "getrandom",
    "rand",
    "rand_*",
    "hyper",
    "hyper-*",
    "axum",
    "reqwest",
    "rustls",
    "fastrand",
];

/// Database drivers and the only crate that may use them directly: SQL is written in one place.
const DRIVERS: [&str; 4] = ["rusqlite", "tokio-postgres", "deadpool-postgres", "sqlx"];
const DRIVERS_HOME: &str = "rejoinder-store";

/// Arrows between our crates that the design does not have.
pub fn arrows(packages: &Packages) -> Vec<Finding> {
    packages.members().flat_map(|member| arrows_of(packages, member)).collect()
}

fn arrows_of(packages: &Packages, member: &Package) -> Vec<Finding> {
    let name = member.name.as_str();
    let Some((_, allowed)) = ARROWS.iter().find(|(krate, _)| *krate == name) else {
        return vec![Finding::of(
            name,
            "is a crate that the list of arrows does not know: give it its place there",
        )];
    };
    let ours = |other: &&str| ARROWS.iter().any(|(krate, _)| krate == other);
    let mut findings = Vec::new();
    for other in
        packages.normal_needs(member).into_iter().filter(ours).filter(|other| !allowed.contains(other))
    {
        findings.push(Finding::of(name, format!("must not depend on {other}: arrows point down only")));
    }
    for other in packages.dev_needs(member).into_iter().filter(ours) {
        let for_tests = match other {
            "rejoinder-testkit" => TESTED_WITH_TESTKIT.contains(&name),
            "rejoinder-ruletest" => TESTED_WITH_CASES.contains(&name),
            "rejoinder-testservers" => TESTED_WITH_SERVERS.contains(&name),
            _ => false,
        };
        if !for_tests && !allowed.contains(&other) {
            findings.push(Finding::of(name, format!("must not depend on {other} in its tests")));
        }
    }
    findings
}

/// Packages in the tree of a pure crate that bring a runtime, a socket, a database or entropy.
pub fn pure_trees(packages: &Packages) -> Vec<Finding> {
    let mut findings = Vec::new();
    for krate in PURE_CRATES {
        let name = format!("rejoinder-{krate}");
        for (package, way) in packages.tree(&name) {
            if IMPURE.iter().any(|pattern| matches(pattern, &package.name)) {
                findings
                    .push(Finding::of(&name, format!("is pure and must not reach {}: {way}", package.name)));
            }
        }
    }
    findings
}

/// Crates other than the store that use a database driver.
pub fn drivers(packages: &Packages) -> Vec<Finding> {
    let mut findings = Vec::new();
    for member in packages.members().filter(|member| member.name != DRIVERS_HOME) {
        for driver in packages.normal_needs(member).into_iter().filter(|name| DRIVERS.contains(name)) {
            findings.push(Finding::of(
                &member.name,
                format!("uses {driver}: only {DRIVERS_HOME} speaks to a database"),
            ));
        }
    }
    findings
}

fn matches(pattern: &str, name: &str) -> bool {
    pattern.strip_suffix('*').map_or(pattern == name, |start| name.starts_with(start))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::packages::sample;

    fn texts(findings: Vec<Finding>) -> Vec<String> {
        findings.iter().map(ToString::to_string).collect()
    }

    #[test]
    fn an_arrow_that_points_up_or_aside_is_found() {
        let graph = sample(&[
            ("rejoinder-mail", "", &[], &[]),
            ("rejoinder-engine", "", &["rejoinder-mail", "rejoinder-store"], &[]),
            ("rejoinder-store", "", &["rejoinder-engine"], &["rejoinder-testkit"]),
            ("rejoinder-wire", "", &["rejoinder-engine"], &["rejoinder-testkit", "rejoinder-testservers"]),
            ("rejoinder-testservers", "", &["rejoinder-mail"], &[]),
            ("rejoinder-server", "", &["rejoinder-testservers"], &["rejoinder-testservers"]),
            ("rejoinder-script", "", &[], &["rejoinder-testservers"]),
            ("rejoinder-testkit", "", &["rejoinder-wire", "rejoinder-testservers"], &[]),
        ]);
        assert_eq!(
            texts(arrows(&graph)),
            [
                "rejoinder-engine: must not depend on rejoinder-store: arrows point down only",
                "rejoinder-script: must not depend on rejoinder-testservers in its tests",
                "rejoinder-server: must not depend on rejoinder-testservers: arrows point down only",
                "rejoinder-testservers: must not depend on rejoinder-mail: arrows point down only",
                "rejoinder-wire: must not depend on rejoinder-engine: arrows point down only",
                "rejoinder-wire: must not depend on rejoinder-testkit in its tests",
            ]
        );
    }

    #[test]
    fn a_crate_without_a_place_is_found() {
        let graph = sample(&[("rejoinder-extra", "", &[], &[])]);
        assert_eq!(arrows(&graph).len(), 1);
    }

    #[test]
    fn a_runtime_deep_in_a_pure_tree_is_found_with_its_way() {
        let graph = sample(&[
            ("rejoinder-mail", "", &["parser", "rand_core"], &["tokio"]),
            ("rejoinder-wire", "", &["tokio"], &[]),
            ("parser", "MIT", &["tokio"], &[]),
            ("rand_core", "MIT", &[], &[]),
            ("tokio", "MIT", &[], &[]),
        ]);
        assert_eq!(
            texts(pure_trees(&graph)),
            [
                "rejoinder-mail: is pure and must not reach rand_core: rejoinder-mail > rand_core",
                "rejoinder-mail: is pure and must not reach tokio: rejoinder-mail > parser > tokio",
            ]
        );
    }

    #[test]
    fn a_driver_outside_the_store_is_found() {
        let graph = sample(&[
            ("rejoinder-store", "", &["rusqlite"], &[]),
            ("rejoinder-server", "", &["rusqlite"], &[]),
            ("rusqlite", "MIT", &[], &[]),
        ]);
        assert_eq!(
            texts(drivers(&graph)),
            ["rejoinder-server: uses rusqlite: only rejoinder-store speaks to a database"]
        );
    }
}
