//! The scripts, as their users call them: what they print, and how they end. `tests/summaries` holds outputs of
//! `cargo test` beside what the summary says of them.
#![expect(clippy::unwrap_used, clippy::expect_used, reason = "tests")]

use std::os::unix::fs::PermissionsExt as _;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};
use std::{env, fs};

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR"))
        .ancestors()
        .nth(2)
        .expect("crates/xtask is two folders deep")
        .to_path_buf()
}

fn script(name: &str) -> Command {
    let mut command = Command::new(root().join(name));
    command.env_remove("CI").env_remove("REJOINDER_TEST_POSTGRES");
    command
}

fn stdout(output: &Output) -> String {
    String::from_utf8_lossy(&output.stdout).into_owned()
}

fn stderr(output: &Output) -> String {
    String::from_utf8_lossy(&output.stderr).into_owned()
}

/// Holds the summary of a log against the expected text and end.
#[track_caller]
fn summary(log: &str, arguments: [&str; 2], ci: bool, expected: &str, succeeds: bool) {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/summaries");
    let mut command = script("scripts/test-summary");
    command.arg(folder.join(log)).args(arguments);
    if ci {
        command.env("CI", "true");
    }
    let output = command.output().unwrap();
    assert_eq!(stdout(&output), fs::read_to_string(folder.join(expected)).unwrap(), "{}", stderr(&output));
    assert_eq!(output.status.success(), succeeds);
}

/// A folder of programs to put before all others, each a shell script of this text.
fn programs(name: &str, entries: &[(&str, &str)]) -> PathBuf {
    let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join(name);
    fs::create_dir_all(&folder).unwrap();
    for (program, text) in entries {
        let path = folder.join(program);
        fs::write(&path, format!("#!/bin/sh\n{text}\n")).unwrap();
        fs::set_permissions(&path, fs::Permissions::from_mode(0o755)).unwrap();
    }
    folder
}

fn path_with(folder: &Path) -> String {
    format!("{}:{}", folder.display(), env::var("PATH").unwrap())
}

#[test]
fn a_green_run_is_summed_over_all_programs_and_says_what_was_left_out() {
    summary("green.log", ["0", "0"], true, "green.txt", true);
}

#[test]
fn failed_and_skipped_tests_are_named() {
    summary("failed.log", ["101", "0"], false, "failed.txt", false);
}

#[test]
fn a_program_that_ends_without_a_result_is_a_failure_also_if_it_exits_with_zero() {
    summary("crashed.log", ["101", "0"], false, "crashed.txt", false);
    summary("crashed.log", ["0", "0"], false, "crashed.txt", false);
}

#[test]
fn a_build_that_failed_is_a_failure() {
    summary("unbuilt.log", ["1", "0"], false, "unbuilt.txt", false);
}

#[test]
fn a_failed_check_of_lint_turns_a_green_run_red() {
    summary("green.log", ["0", "2"], false, "checks.txt", false);
}

#[test]
fn a_skipped_test_is_a_failure_in_ci_only() {
    summary("skipped.log", ["0", "0"], false, "skipped.txt", true);
    summary("skipped.log", ["0", "0"], true, "skipped-in-ci.txt", false);
}

/// What the summary of the page's tests says of a log of node's test runner.
fn page_summary(log: &Path, status: &str) -> String {
    let output = script("scripts/test-page-summary").arg(log).arg(status).output().unwrap();
    assert!(output.status.success(), "{}", stderr(&output));
    stdout(&output)
}

#[test]
fn tests_of_the_page_are_summed_up_as_those_of_cargo() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/summaries");
    let log = Path::new(env!("CARGO_TARGET_TMPDIR")).join("page.log");
    fs::write(&log, page_summary(&folder.join("page.tap"), "1")).unwrap();
    let output = script("scripts/test-summary").arg(&log).args(["1", "0"]).output().unwrap();
    assert_eq!(stdout(&output), fs::read_to_string(folder.join("page.txt")).unwrap());
    assert!(!output.status.success());
}

#[test]
fn tests_of_the_page_that_did_not_come_to_an_end_are_a_failure() {
    let log = Path::new(env!("CARGO_TARGET_TMPDIR")).join("page-broken.tap");
    fs::write(&log, "npm error code ENOTFOUND\n").unwrap();
    let said = page_summary(&log, "1");
    fs::write(&log, said).unwrap();
    let output = script("scripts/test-summary").arg(&log).args(["1", "0"]).output().unwrap();
    assert!(stdout(&output).ends_with("0 passed, 1 failed\n"), "{}", stdout(&output));
}

#[test]
fn preflight_speaks_of_node_only_where_the_web_application_is_built() {
    let folder = programs("old-node", &[("node", "echo v18.19.0"), ("npm", "exit 0")]);
    let run = |arguments: &[&str]| {
        script("scripts/preflight").args(arguments).env("PATH", path_with(&folder)).output().unwrap()
    };
    assert!(run(&[]).status.success());
    let output = run(&["--node"]);
    assert!(!output.status.success());
    let sentence = "preflight: the web application is built with Node.js 20.19 or newer, and it is 18.19.0";
    assert!(stderr(&output).starts_with(sentence), "{}", stderr(&output));
}

#[test]
fn without_node_the_web_application_is_not_built_and_one_sentence_says_what_to_do() {
    let folder = programs("old-node-for-build", &[("node", "echo v18.19.0"), ("npm", "exit 1")]);
    let output = script("scripts/build-web").env("PATH", path_with(&folder)).output().unwrap();
    assert!(!output.status.success());
    assert_eq!(stdout(&output), "");
    assert_eq!(stderr(&output).lines().count(), 1, "{}", stderr(&output));
    assert!(stderr(&output).contains("get it from https://nodejs.org"), "{}", stderr(&output));
}

#[test]
fn the_page_cannot_be_left_untested_in_ci() {
    let folder = programs("old-node-in-ci", &[("node", "echo v18.19.0"), ("npm", "exit 0")]);
    for (ci, succeeds) in [("", true), ("true", false)] {
        let mut command = script("scripts/test-page");
        // A target of its own: the log of a run that is under way stays.
        command.env("PATH", path_with(&folder)).env("CARGO_TARGET_DIR", folder.join("target"));
        let output = command.env("CI", ci).output().unwrap();
        assert_eq!(output.status.success(), succeeds, "{}", stderr(&output));
        assert!(stdout(&output).starts_with("the tests of the page were left out: preflight: "));
    }
}

#[test]
fn preflight_is_silent_when_all_is_there() {
    let output = script("scripts/preflight").output().unwrap();
    assert_eq!((stdout(&output), stderr(&output)), (String::new(), String::new()));
    assert!(output.status.success());
}

#[test]
fn preflight_says_what_to_do_about_an_old_rust() {
    let needed = env!("CARGO_PKG_RUST_VERSION");
    for (version, old) in
        [("1.63.0", true), ("1.9.0", true), (needed, false), ("1.100.1-nightly", false), ("2.0.0", false)]
    {
        let rustc = format!("echo 'rustc {version} (abcdef 2026-01-01)'");
        let folder = programs(&format!("rust-{version}"), &[("rustc", &rustc), ("cargo", "exit 0")]);
        let output = script("scripts/preflight").env("PATH", path_with(&folder)).output().unwrap();
        assert_eq!(output.status.success(), !old, "{version}: {}", stderr(&output));
        let sentence = format!(
            "preflight: Rust is {version}, and {needed} or newer is needed: run 'rustup update stable'"
        );
        assert_eq!(stderr(&output).starts_with(&sentence), old, "{}", stderr(&output));
    }
}

#[test]
fn preflight_says_what_to_do_without_a_c_compiler() {
    let output = script("scripts/preflight").env("CC", "no-such-compiler").output().unwrap();
    assert!(!output.status.success());
    assert!(
        stderr(&output).contains("on Debian run 'apt-get install gcc libc6-dev' as root"),
        "{}",
        stderr(&output)
    );
}

#[test]
fn ci_runs_the_tests_from_the_root_whatever_the_folder() {
    let folder = programs("make", &[("make", "echo \"$CI $PWD $*\"")]);
    let output = script(".ci/run").current_dir("/").env("PATH", path_with(&folder)).output().unwrap();
    assert_eq!(stdout(&output), format!("true {} test\n", root().canonicalize().unwrap().display()));
}

/// Runs a line of shell after `scripts/lib.sh`.
fn with_lib(line: &str, folder: Option<&Path>) -> Output {
    let mut command = Command::new("bash");
    command.args(["-c", &format!(". scripts/lib.sh; {line}")]).current_dir(root());
    command.env_remove("REJOINDER_TEST_POSTGRES");
    if let Some(folder) = folder {
        command.env("PATH", path_with(folder));
    }
    command.output().unwrap()
}

#[test]
fn the_packages_that_are_missing_are_named_and_only_those() {
    let nothing = "postgres_bin() { return 1; }; program() { return 1; }";
    let all = "postgresql\ndovecot-imapd\ndovecot-pop3d\ndovecot-lmtpd\npostfix\nchromium\ng++\n";
    assert_eq!(stdout(&with_lib(&format!("{nothing}; missing_packages"), None)), all);
    let given = format!("{nothing}; REJOINDER_TEST_POSTGRES=postgres://there missing_packages");
    assert_eq!(stdout(&with_lib(&given, None)), all.replace("postgresql\n", ""));
    let one = "postgres_bin() { echo there; }; program() { [ \"$1\" != lmtp ]; }; missing_packages";
    assert_eq!(stdout(&with_lib(one, None)), "dovecot-lmtpd\n");
}

#[test]
fn another_mail_server_is_noticed_before_postfix_would_replace_it() {
    let listed = |packages: &str| format!("printf '{packages}'");
    for (name, packages, other) in [
        (
            "exim",
            "ii  libc6 \\nii  exim4-daemon-light exim4, mail-transport-agent\\n",
            "exim4-daemon-light\n",
        ),
        ("gone", "rc  exim4-daemon-light mail-transport-agent\\n", ""),
        ("postfix", "ii  postfix mail-transport-agent, postfix-sqlite\\n", ""),
    ] {
        let folder = programs(&format!("dpkg-{name}"), &[("dpkg-query", &listed(packages))]);
        let output = with_lib("other_mail_server", Some(&folder));
        assert_eq!((stdout(&output).as_str(), output.status.success()), (other, !other.is_empty()), "{name}");
    }
}

#[test]
fn a_database_lives_as_long_as_the_command_and_its_status_is_kept() {
    let root = root();
    let find = Command::new("bash")
        .args(["-c", ". scripts/lib.sh && postgres_bin"])
        .current_dir(&root)
        .output()
        .unwrap();
    if !find.status.success() {
        println!("the test of scripts/with-postgres was left out: PostgreSQL's server is not installed");
        return;
    }
    let client = Path::new(stdout(&find).trim()).join("psql");
    let query = "\"$0\" \"$REJOINDER_TEST_POSTGRES\" -At -c 'show fsync' -c 'show listen_addresses' -c 'show data_directory'; \
                 pwd; exit 7";
    let output = script("scripts/with-postgres")
        .args(["sh", "-c", query])
        .arg(&client)
        .current_dir("/usr")
        .output()
        .unwrap();
    let said = stdout(&output);
    let lines: Vec<&str> = said.lines().collect();
    let ["on", "127.0.0.1", data, "/usr"] = lines[..] else {
        unreachable!("{said}{}", stderr(&output));
    };
    assert_eq!(output.status.code(), Some(7));
    let cluster = Path::new(data).parent().unwrap();
    assert!(!cluster.exists(), "{} is still there", cluster.display());
}

#[test]
fn a_database_that_is_there_already_is_used_as_it_is() {
    let mut command = script("scripts/with-postgres");
    command.env("REJOINDER_TEST_POSTGRES", "postgres://there").args([
        "sh",
        "-c",
        "echo $REJOINDER_TEST_POSTGRES",
    ]);
    assert_eq!(stdout(&command.output().unwrap()), "postgres://there\n");
}
