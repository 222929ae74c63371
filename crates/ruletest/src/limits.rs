//! The hard limits of rule tests. Each names its effect.

/// Bytes of one case file; a longer one is refused.
pub const CASE_BYTES_MAX: usize = 1024 * 1024;
/// Sections of one case file; more are refused. What a case sends and receives is kept until its end.
pub const CASE_SECTIONS_MAX: usize = 500;
/// What `{times:…}` repeats at most: a larger number is refused.
pub const TIMES_MAX: usize = 1_000_000;
/// Lines of an expectation times lines of an outcome that are compared line by line; beyond, all of the one are shown
/// and then all of the other.
pub const COMPARED_MAX: usize = 4_000_000;
/// Equal lines that are shown around one that differs.
pub const CONTEXT_LINES: usize = 2;
/// Characters of a value that are told of an outcome; longer ones are cut, with their length.
pub const TOLD_CHARS_MAX: usize = 300;
