//! What holds for every case, and what is proven beside the cases.

mod outcomes;
