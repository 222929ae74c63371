//! A program that starts under a name on a shared database takes the place of the one that had it before.

use std::sync::mpsc::channel;
use std::time::Duration;

use rejoinder_server::serve::{Options, start};
use rejoinder_store::{OpenOptions, Store, Target};
use rejoinder_testkit::folder::Folder;
use rejoinder_testkit::postgres::database;
use tokio::runtime::Runtime;

/// Longer than a connection takes to be made again; nothing waits for so long unless the test fails.
const PATIENCE: Duration = Duration::from_secs(20);

#[test]
fn a_program_that_starts_ends_the_sessions_that_its_name_left_on_postgresql() {
    let Ok(server) = std::env::var("REJOINDER_TEST_POSTGRES") else {
        assert!(std::env::var("CI").as_deref() != Ok("true"), "REJOINDER_TEST_POSTGRES is not set");
        println!("left out: REJOINDER_TEST_POSTGRES names no server (make test starts one)");
        return;
    };
    let url = database(&server, "nodes");
    let options = OpenOptions { node: Some("one".to_owned()), ..OpenOptions::default() };
    let earlier = Store::open(&Target::parse(&url).unwrap(), &options).unwrap();
    let (heard, hears) = channel();
    // Called whenever its connection is made; what its own name announces it does not hear.
    earlier.listen("one", move || heard.send(()).unwrap_or_default(), std::future::pending());
    hears.recv_timeout(PATIENCE).unwrap();
    let folder = Folder::new("nodes");
    let again =
        Options { database: Some(url), node: Some("one".to_owned()), ..Options::on_loopback(folder.path()) };
    let runtime = Runtime::new().unwrap();
    let running = runtime.block_on(start(again)).unwrap();
    hears.recv_timeout(PATIENCE).expect("its session was ended, so that it connects again");
    runtime.block_on(running.stop());
}
