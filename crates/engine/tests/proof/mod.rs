//! What holds for every case, and what is proven beside the cases.

mod apart;
mod automation;
mod combinations;
mod console;
mod corpora;
mod crowd;
mod documented;
mod kinds;
mod limits;
mod malformed;
mod outcomes;
mod schedule;
mod secrets;
mod semantics;
#[cfg(not(debug_assertions))]
mod speed;
mod texts;
mod threads;
