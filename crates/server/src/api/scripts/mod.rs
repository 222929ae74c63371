//! Scripts as people write them: whether one is right, what it finds, and what it would do.

pub(super) mod check;
pub(super) mod run;
pub(super) mod vocabularies;
