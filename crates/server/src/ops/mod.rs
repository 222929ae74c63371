//! Use cases, one file each, used by the API, the demo and the command line alike.

pub mod accounts;
pub mod change;
pub mod connection_test;
pub mod doctor;
pub mod explain;
pub mod ingest;
pub mod passwords;
pub mod rehearse;
pub mod sign_in;
pub mod users;
