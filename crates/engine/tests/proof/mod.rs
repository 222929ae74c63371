//! What holds for every case, and what is proven beside the cases.

mod crowd;
mod limits;
mod malformed;
mod outcomes;
mod semantics;
mod texts;
