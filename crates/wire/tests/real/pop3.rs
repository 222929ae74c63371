//! POP3 with Dovecot.

use rejoinder_wire::{
    endpoint::{Kind, Login, Security, Step},
    imap::Imap,
    pop3::Pop3,
};

use crate::servers::Dovecot;

const MAIL: &[u8] = b"Subject: x\r\n\r\n.\r\n..\r\n.hidden\r\ntext\r\n";

async fn fill(server: &Dovecot, mails: usize) {
    let mut imap = Imap::connect(&server.imap(Security::None), &Dovecot::login(), &mut |_| {}).await.unwrap();
    for _ in 0..mails {
        imap.append("INBOX", MAIL, &[]).await.unwrap();
    }
    imap.logout().await;
}

async fn connect(server: &Dovecot, security: Security) -> Pop3 {
    Pop3::connect(&server.pop3(security), &Dovecot::login(), &mut |_| {}).await.unwrap()
}

#[tokio::test]
async fn a_session_is_opened_with_each_kind_of_encryption() {
    let Some(server) = Dovecot::start(|builder| builder) else { return };
    for security in [Security::None, Security::StartTls, Security::Tls] {
        let pop3 = connect(&server, security).await;
        assert!(pop3.offers().uidl && pop3.offers().top);
        pop3.quit().await.unwrap();
        let wrong = Login::new("anna", "wrong");
        let failure = Pop3::connect(&server.pop3(security), &wrong, &mut |_| {}).await.unwrap_err();
        assert_eq!((failure.step, &failure.kind), (Step::Login, &Kind::LoginRefused));
        assert!(failure.to_string().contains("[AUTH]"), "{failure}");
    }
}

#[tokio::test]
async fn mails_are_read_octet_for_octet_and_removed_at_the_end_only() {
    let Some(server) = Dovecot::start(|builder| builder) else { return };
    fill(&server, 3).await;
    let mut pop3 = connect(&server, Security::Tls).await;
    let mails = pop3.list().await.unwrap();
    assert_eq!(mails.iter().map(|mail| mail.number).collect::<Vec<_>>(), [1, 2, 3]);
    assert_eq!(mails[0].size, MAIL.len() as u64);
    assert_eq!(pop3.retrieve(2, 1000).await.unwrap(), MAIL);
    assert_eq!(pop3.top(2, 1000).await.unwrap(), b"Subject: x\r\n\r\n");
    assert_eq!(pop3.retrieve(9, 1000).await.unwrap_err().kind, Kind::MailMissing);
    pop3.delete(1).await.unwrap();
    drop(pop3);

    // Ended without a word: nothing is removed, and the names last.
    let mut pop3 = connect(&server, Security::None).await;
    assert_eq!(pop3.list().await.unwrap(), mails);
    pop3.delete(1).await.unwrap();
    pop3.quit().await.unwrap();
    let mut pop3 = connect(&server, Security::None).await;
    let left: Vec<String> = pop3.list().await.unwrap().into_iter().map(|mail| mail.uidl).collect();
    assert_eq!(left, [mails[1].uidl.as_str(), mails[2].uidl.as_str()]);
}

#[tokio::test]
async fn a_mailbox_that_another_client_holds_is_told() {
    // Dovecot itself waits for ten seconds before it says so.
    let extra = "protocol pop3 {\n  pop3_lock_session = yes\n}\n";
    let Some(server) = Dovecot::start(|builder| builder.settings(extra)) else { return };
    fill(&server, 1).await;
    let mut first = connect(&server, Security::None).await;
    first.list().await.unwrap();
    let failure = Pop3::connect(&server.pop3(Security::None), &Dovecot::login(), &mut |_| {}).await;
    let failure = failure.unwrap_err();
    assert_eq!((failure.step, failure.kind), (Step::Login, Kind::InUse));
    first.quit().await.unwrap();
}
