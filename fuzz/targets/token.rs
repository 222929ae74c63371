//! Tokens, Message-IDs and addresses: only what was signed is believed.
#![no_main]

use libfuzzer_sys::fuzz_target;
use rejoinder_engine::inbound::evidence::without_number_tags;
use rejoinder_engine::token::{Keys, SigningKey, TOKEN_CHARS, find_tokens};
use rejoinder_fuzz::DICTIONARY;
use rejoinder_mail::address::{Address, parse_list};
use std::sync::LazyLock;

static KEYS: LazyLock<Keys> =
    LazyLock::new(|| Keys(vec![SigningKey { id: "fuzz".to_owned(), secret: vec![7; 32], retired: false }]));

fuzz_target!(|text: &str| {
    for (token, line) in find_tokens(text) {
        assert!(token.len() == TOKEN_CHARS && text.contains(&line));
        assert!(KEYS.read_token(&token).is_none(), "nobody guesses a signature: {token}");
    }
    assert!(KEYS.read_token(text).is_none() && KEYS.read_message_id(text).is_none());
    assert!(text.contains(without_number_tags(&DICTIONARY, text)));
    for address in parse_list(text).iter().chain(&Address::parse(text)) {
        let again = Address::new(address.normalized());
        assert_eq!(again.normalized(), address.normalized(), "normal is normal");
        (address.domain(), address.is_valid(), address.is_no_reply());
    }
});
