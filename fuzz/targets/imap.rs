//! Answers of an IMAP server to a client that logs in, looks, reads and searches.
#![no_main]

use libfuzzer_sys::fuzz_target;
use rejoinder_fuzz::against;
use rejoinder_wire::endpoint::{Endpoint, Failure, Login};
use rejoinder_wire::imap::Imap;

async fn talk(endpoint: Endpoint) -> Result<(), Failure> {
    let mut imap = Imap::connect(&endpoint, &Login::new("anna", "secret"), &mut |_| {}).await?;
    imap.folders().await?;
    imap.select("INBOX").await?;
    let listed = imap.list(0, 100).await?;
    assert!(listed.windows(2).all(|two| two[0].uid < two[1].uid), "in the order of their UIDs");
    let mut fetched = Vec::new();
    imap.fetch(&listed, &mut |mail| fetched.push(mail)).await?;
    imap.fetch_headers(1).await?;
    imap.search_message_id("a@b").await?;
    imap.logout().await;
    Ok(())
}

fuzz_target!(|answers: &[u8]| against(answers, talk));
