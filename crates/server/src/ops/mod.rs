//! Use cases, one file each, used by the API, the demo and the command line alike.

pub mod accounts;
pub mod action_file;
pub mod change;
pub mod compared;
pub mod connection_test;
pub mod decided;
pub mod dictionary;
pub mod did;
pub mod diff;
pub mod doctor;
pub mod event_names;
pub mod explain;
pub mod ingest;
pub mod passwords;
pub mod raise;
pub mod replay;
pub mod reprocess;
pub mod rule_tests;
pub mod scheduled_jobs;
pub mod script_run;
pub mod script_told;
pub mod scripts;
pub mod sign_in;
pub mod try_mail;
pub mod try_told;
pub mod users;
