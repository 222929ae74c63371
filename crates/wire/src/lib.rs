//! Mail over the network: an SMTP/LMTP listener and an SMTP client. Bytes in, bytes out.
//!
//! The two halves keep one promise each. The [`listener`] writes `250` only after its [`Acceptor`] has said that
//! the mail is kept. The [`client`] says for every recipient whether the mail went out, did not, or *may* have:
//! the one moment that SMTP leaves open, between the final dot and the answer to it, is named and never guessed.
//!
//! This crate knows no records, reads no configuration and keeps nothing. Every time limit is handed in.
//!
//! [`Acceptor`]: listener::Acceptor

mod address;
pub mod client;
pub mod listener;
