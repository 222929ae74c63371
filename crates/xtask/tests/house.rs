//! The rules of the house, held against this workspace as it stands.
#![expect(clippy::unwrap_used, clippy::expect_used, reason = "tests")]

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::LazyLock;
use std::{env, fs};

use xtask::{
    Finding, PURE_CRATES, Packages, Workspace, architecture, layers, licences, limit_tests, lock_file,
    purity, report, shape, sql,
};

static WORKSPACE: LazyLock<Workspace> =
    LazyLock::new(|| Workspace::load(&root()).expect("the workspace is readable"));
static PACKAGES: LazyLock<Packages> =
    LazyLock::new(|| Packages::parse(&metadata()).expect("cargo's answer is readable"));

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR"))
        .ancestors()
        .nth(2)
        .expect("crates/xtask is two folders deep")
        .to_path_buf()
}

/// What cargo knows of this platform's packages. Offline: whatever the tests were built from is there already.
fn metadata() -> String {
    let cargo = env::var_os("CARGO").unwrap_or_else(|| "cargo".into());
    let version = Command::new("rustc").arg("-vV").output().expect("rustc runs");
    let version = String::from_utf8(version.stdout).unwrap();
    let platform =
        version.lines().find_map(|line| line.strip_prefix("host: ")).expect("rustc names its platform");
    let output = Command::new(cargo)
        .args(["metadata", "--format-version", "1", "--locked", "--offline", "--filter-platform", platform])
        .current_dir(root())
        .output()
        .expect("cargo runs");
    assert!(output.status.success(), "cargo metadata: {}", String::from_utf8_lossy(&output.stderr));
    String::from_utf8(output.stdout).unwrap()
}

#[track_caller]
fn holds(rule: &str, findings: Vec<Finding>) {
    assert!(findings.is_empty(), "{}", report(rule, &findings));
}

/// The other tests would find nothing in an empty workspace either.
#[test]
fn the_workspace_and_its_packages_were_read() {
    for krate in [
        "mail",
        "script",
        "engine",
        "ruletest",
        "store",
        "wire",
        "server",
        "rejoinder",
        "testkit",
        "testservers",
        "xtask",
    ] {
        assert!(WORKSPACE.src_of(krate).next().is_some(), "crates/{krate}/src holds no source");
    }
    for krate in PURE_CRATES {
        assert!(PACKAGES.tree(&format!("rejoinder-{krate}")).len() > 1, "rejoinder-{krate} needs no package");
    }
    assert!(PACKAGES.tree("rejoinder").iter().any(|(package, _)| package.name == "tokio"));
}

#[test]
fn arrows_between_our_crates_point_down() {
    holds("Dependencies point down only.", layers::arrows(&PACKAGES));
}

#[test]
fn pure_crates_draw_in_pure_packages() {
    holds("A pure crate reaches no runtime, socket, database or entropy.", layers::pure_trees(&PACKAGES));
}

#[test]
fn pure_crates_are_pure() {
    holds("A pure crate has no async, clock, thread, file or socket.", purity::pure_sources(&WORKSPACE));
}

#[test]
fn clock_and_entropy_enter_in_one_file() {
    holds("Time and entropy are passed as values.", purity::clock_and_entropy(&WORKSPACE));
}

#[test]
fn sql_stands_in_the_store() {
    holds("SQL stands in the store only.", sql::sql(&WORKSPACE));
    holds("Only the store uses a database driver.", layers::drivers(&PACKAGES));
}

#[test]
fn files_say_what_they_are_for() {
    holds("Every source file opens with `//!`.", shape::opening_words(&WORKSPACE));
}

#[test]
fn files_hold_one_thing() {
    holds("A source file has at most 600 lines.", shape::lengths(&WORKSPACE));
}

#[test]
fn both_databases_have_the_same_migrations() {
    holds("The two folders of migrations list equal names.", shape::migrations(&WORKSPACE));
}

#[test]
fn every_limit_has_a_test() {
    holds("Each constant of a limits.rs is named in a test.", limit_tests::untested_limits(&WORKSPACE));
}

#[test]
fn the_architecture_names_what_is_there() {
    let path = root().join("ARCHITECTURE.md");
    if !path.exists() {
        return;
    }
    let text = fs::read_to_string(path).unwrap();
    let crates: BTreeSet<&str> = PACKAGES.members().map(|member| member.name.as_str()).collect();
    let findings = architecture::names("ARCHITECTURE.md", &text, &WORKSPACE, &crates);
    holds("ARCHITECTURE.md names only crates and folders that exist.", findings);
}

#[test]
fn licences_are_in_the_list() {
    holds("What we ship is under permissive licences.", licences::licences(&PACKAGES));
}

#[test]
fn packages_come_from_the_registry() {
    let text = fs::read_to_string(root().join("Cargo.lock")).unwrap();
    holds("No banned package, no source but crates.io.", lock_file::origins(&text));
}
