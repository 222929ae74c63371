//! An account whose server stops answering holds up nobody else.

use std::time::Duration;

use rejoinder_engine::value::Value;
use rejoinder_server::app::Work;
use rejoinder_server::workers::send;
use rejoinder_testkit::receiver::Receiver;
use rejoinder_testservers::{Certificates, Fault, FaultProxy, Rule, Sink, When, until};
use tokio::runtime::Runtime;
use tokio_util::sync::CancellationToken;

use crate::world::{World, texts};

/// At which moment the server of the first account stops answering.
fn other_mail_goes_out(name: &str, stalled: std::net::SocketAddr, has_stalled: &dyn Fn() -> bool) {
    let world = World::new(name, &Certificates::create().unwrap());
    let mut fields = texts(&[("server", "127.0.0.1")]);
    fields.insert("port".to_owned(), Value::Int(stalled.port().into()));
    world.outgoing(fields);
    world.answer("first");
    let receiver = Receiver::start(Duration::ZERO);
    let mut fields = texts(&[
        ("name", "Second"),
        ("type", "smtp"),
        ("server", "127.0.0.1"),
        ("encryption", "none"),
        ("from_address", "help@example.com"),
    ]);
    fields.insert("port".to_owned(), Value::Int(receiver.address.port().into()));
    let runtime = Runtime::new().unwrap();
    let stop = CancellationToken::new();
    let sending = runtime.spawn(send::run(world.app.clone(), stop.clone()));
    until("the first account hangs", has_stalled);
    world.insert("email_account", fields);
    world.insert("setting", texts(&[("name", "default.email.account.send"), ("value", "Second")]));
    world.answer("second");
    world.app.wake.tell(Work::Deliveries);
    // The first server is waited for by the minute: whatever arrives before did not wait for it.
    until("the mail of the second account is there", || receiver.received().len() == 1);
    let states: Vec<String> = world.deliveries().iter().map(|row| row.state.to_string()).collect();
    assert!(states.contains(&"sending".to_owned()), "the first account still hangs: {states:?}");
    stop.cancel();
    drop(runtime.block_on(async { tokio::time::timeout(Duration::from_millis(1), sending).await }));
    runtime.shutdown_background();
}

#[test]
fn a_server_that_never_greets_holds_up_no_other_account() {
    let sink = Sink::start();
    other_mail_goes_out("stall-greeting", sink.address(), &|| sink.connections() > 0);
}

#[test]
fn a_server_that_stops_in_the_middle_of_a_mail_holds_up_no_other_account() {
    let behind = Receiver::start(Duration::ZERO);
    let proxy = FaultProxy::start(behind.address);
    proxy.script([Rule::new(When::client_says("DATA"), Fault::Stall)]);
    other_mail_goes_out("stall-data", proxy.address(), &|| proxy.hits() > 0);
}

#[test]
fn a_stop_does_not_wait_for_a_server_that_never_greets() {
    let sink = Sink::start();
    let world = World::new("stall-stop", &Certificates::create().unwrap());
    let mut fields = texts(&[("server", "127.0.0.1")]);
    fields.insert("port".to_owned(), Value::Int(sink.address().port().into()));
    world.outgoing(fields);
    world.answer("first");
    let runtime = Runtime::new().unwrap();
    let stop = CancellationToken::new();
    let sending = runtime.spawn(send::run(world.app.clone(), stop.clone()));
    until("the account hangs", || sink.connections() > 0);
    stop.cancel();
    until("the sending has ended", || sending.is_finished());
    world.app.store.release_claims(&world.app.node).unwrap();
    let states: Vec<String> = world.deliveries().iter().map(|row| row.state.to_string()).collect();
    assert_eq!(states, ["ready"], "the mail waits for the next start");
}
