//! The licences of what we ship. Stands in for `cargo deny check licenses`, which takes minutes to build and needs a
//! second list of the same facts; advisories, which need the network, are left to `make audit`.

use crate::{Finding, Packages, WORKSHOP_CRATES, spdx};

/// Licences under which a package may come in: permissive ones, with no duty beyond keeping their text.
const ALLOWED: [&str; 11] = [
    "Apache-2.0",
    "Apache-2.0 WITH LLVM-exception",
    "BSD-2-Clause",
    "BSD-3-Clause",
    "CC0-1.0",
    "CDLA-Permissive-2.0",
    "ISC",
    "MIT",
    "Unicode-3.0",
    "Unlicense",
    "Zlib",
];

/// Packages that may come in under another licence. MPL-2.0 asks for the source of changed files only, and these are
/// used unchanged.
const EXCEPTIONS: [(&str, &str); 4] = [
    ("cssparser", "MPL-2.0"),
    ("cssparser-macros", "MPL-2.0"),
    ("dtoa-short", "MPL-2.0"),
    ("selectors", "MPL-2.0"),
];

/// Packages of the product, on this platform, whose licence is missing, cannot be read or is not in the list.
pub fn licences(packages: &Packages) -> Vec<Finding> {
    let ours: Vec<&str> = packages.members().map(|member| member.name.as_str()).collect();
    let workshop = |name: &str| WORKSHOP_CRATES.contains(&name.trim_start_matches("rejoinder-"));
    let mut findings: Vec<Finding> = Vec::new();
    for member in ours.iter().filter(|name| !workshop(name)) {
        for (package, way) in packages.tree(member) {
            if ours.contains(&package.name.as_str()) {
                continue;
            }
            let place = format!("{} {}", package.name, package.version);
            if findings.iter().any(|finding| finding.place == place) {
                continue;
            }
            let problem = problem(&package.name, package.licence.as_deref());
            findings.extend(problem.map(|problem| Finding::of(place, format!("{problem} ({way})"))));
        }
    }
    findings
}

fn problem(package: &str, licence: Option<&str>) -> Option<String> {
    let Some(expression) = licence else { return Some("states no licence".to_owned()) };
    let accept = |name: &str| ALLOWED.contains(&name) || EXCEPTIONS.contains(&(package, name));
    match spdx::acceptable(expression, &accept) {
        Ok(true) => None,
        Ok(false) => Some(format!("is under `{expression}`, which is not in the list")),
        Err(error) => Some(format!("has a licence that cannot be read: {error}")),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::packages::sample;

    #[test]
    fn licences_outside_the_list_are_found_once() {
        let graph = sample(&[
            ("rejoinder-mail", "", &["good", "viral", "none"], &["in-tests"]),
            ("rejoinder-wire", "", &["viral", "selectors", "other-mpl"], &[]),
            ("rejoinder-testkit", "", &["in-tests"], &[]),
            ("good", "MIT OR GPL-3.0", &[], &[]),
            ("viral", "AGPL-3.0", &[], &[]),
            ("none", "", &[], &[]),
            ("selectors", "MPL-2.0", &[], &[]),
            ("other-mpl", "MPL-2.0", &[], &[]),
            ("in-tests", "AGPL-3.0", &[], &[]),
        ]);
        let found: Vec<String> = licences(&graph).iter().map(ToString::to_string).collect();
        assert_eq!(
            found,
            [
                "none 1.0.0: states no licence (rejoinder-mail > none)",
                "viral 1.0.0: is under `AGPL-3.0`, which is not in the list (rejoinder-mail > viral)",
                "other-mpl 1.0.0: is under `MPL-2.0`, which is not in the list (rejoinder-wire > other-mpl)",
            ]
        );
    }
}
