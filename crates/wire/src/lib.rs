//! Mail over the network: an SMTP/LMTP listener, and clients for SMTP, IMAP and POP3. Bytes in, bytes out.
//!
//! Each part keeps one promise. The [`listener`] writes `250` only after its [`Acceptor`] has said that the mail is kept.
//! The [`smtp`] client says for every recipient whether the mail went out, did not, or *may* have: the one moment that
//! SMTP leaves open, between the final dot and the answer to it, is named and never guessed. The [`imap`] and [`pop3`]
//! clients read mails without changing them, and change and remove only what they are told to. What all three need to reach
//! a server, and why they did not, is in [`endpoint`].
//!
//! This crate knows no records, reads no configuration and keeps nothing. Every time limit is handed in.
//!
//! [`Acceptor`]: listener::Acceptor

mod address;
pub mod endpoint;
pub mod imap;
pub mod listener;
pub mod pop3;
pub mod smtp;
