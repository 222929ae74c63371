//! How long one decision takes. Only an optimised build has this test, because no other says anything:
//! `cargo test --release -p rejoinder-engine --test cases speed -- --nocapture`.

use std::hint::black_box;
use std::time::Instant;

use rejoinder_engine::context::{Context, CountedNumbers};
use rejoinder_engine::inbound;

use crate::support::mailing::arrival;
use crate::support::world::World;

/// Batches; the fastest counts, so that what else the machine does is not measured.
const BATCHES: u32 = 20;
/// Decisions of one batch.
const TURNS: u32 = 100;
/// Milliseconds that one may take, from bytes to a plan with its answer.
const MILLISECONDS_MAX: f64 = 0.4;

#[test]
#[expect(clippy::disallowed_methods, reason = "it measures")]
fn a_simple_new_mail_is_decided_in_well_under_half_a_millisecond() {
    let mut world = World::new();
    let mail = b"From: Anna Ivanova <anna@example.com>\r\nTo: help@example.com\r\nSubject: Printer on floor 3 is dead\r\nMessage-ID: <1@mail.example.net>\r\nDate: Mon, 23 Nov 2026 12:00:00 +0000\r\n\r\nIt blinks red.\r\n\r\nAnna\r\n";
    let (seed, arrival) = arrival(&mut world, mail.to_vec());
    let numbers = CountedNumbers::default();
    let context =
        Context { config: &world.config, view: &world.view, now: world.now, seed, numbers: &numbers };
    let decide = || inbound::decide(context, &arrival).unwrap();
    assert_eq!(decide().outgoing.len(), 1);
    let batch = || {
        let start = Instant::now();
        (0..TURNS).for_each(|_| drop(black_box(decide())));
        start.elapsed().as_secs_f64() * 1_000.0 / f64::from(TURNS)
    };
    let each = (0..BATCHES).map(|_| batch()).fold(f64::INFINITY, f64::min);
    println!("{each:.3} ms from bytes to plan");
    assert!(each < MILLISECONDS_MAX, "{each:.3} ms");
}
