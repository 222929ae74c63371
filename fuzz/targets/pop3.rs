//! Answers of a POP3 server to a client that logs in, lists, reads and removes.
#![no_main]

use libfuzzer_sys::fuzz_target;
use rejoinder_fuzz::against;
use rejoinder_wire::endpoint::{Endpoint, Failure, Login};
use rejoinder_wire::pop3::Pop3;

const MAIL_MAX: usize = 10_000;

async fn talk(endpoint: Endpoint) -> Result<(), Failure> {
    let mut pop3 = Pop3::connect(&endpoint, &Login::new("anna", "secret"), &mut |_| {}).await?;
    let listed = pop3.list().await?;
    for mail in listed.iter().take(3) {
        let bytes = pop3.retrieve(mail.number, MAIL_MAX).await?;
        assert!(bytes.len() <= MAIL_MAX);
        pop3.top(mail.number, MAIL_MAX).await?;
        pop3.delete(mail.number).await?;
    }
    pop3.quit().await
}

fuzz_target!(|answers: &[u8]| against(answers, talk));
