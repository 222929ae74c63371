//! Logins in the three protocols: which way is taken, what a refusal means, and that the password stays hidden.

use rejoinder_wire::{
    endpoint::{Fact, Failure, Kind, Login, Progress, Step, StepReport},
    imap::Imap,
    pop3::Pop3,
};

use crate::fake_server::{Fake, all_shown, send};

fn login() -> Login {
    Login::new("anna", "swordfish")
}

fn mechanism(steps: &[StepReport]) -> Option<&'static str> {
    steps.iter().find_map(|report| match report.progress {
        Progress::Learnt(Fact::LoggedIn { mechanism, .. }) => Some(mechanism),
        _ => None,
    })
}

async fn smtp(conversation: &str) -> (Option<Failure>, Vec<StepReport>) {
    let fake = Fake::new(format!("S: 220 fake\nC: EHLO\nS: 250-fake\n{conversation}hang")).await;
    let (result, steps) = fake.login(&login()).await;
    (result.err(), steps)
}

async fn imap(conversation: &str) -> (Option<Failure>, Vec<StepReport>) {
    let fake = Fake::new(format!("{conversation}hang")).await;
    let mut steps = Vec::new();
    let result = Imap::connect(&fake.endpoint, &login(), &mut |step| steps.push(step)).await;
    (result.err(), steps)
}

async fn pop3(conversation: &str) -> (Option<Failure>, Vec<StepReport>) {
    let fake = Fake::new(format!("S: +OK fake\n{conversation}hang")).await;
    let mut steps = Vec::new();
    let result = Pop3::connect(&fake.endpoint, &login(), &mut |step| steps.push(step)).await;
    (result.err(), steps)
}

#[tokio::test]
async fn the_best_way_that_is_offered_is_taken() {
    for (conversation, expected) in [
        ("S: 250 AUTH LOGIN PLAIN\nC: AUTH PLAIN AGFubmEAc3dvcmRmaXNo\r\nS: 235 in\n", "PLAIN"),
        ("S: 250 AUTH PLAIN\nC: AUTH PLAIN\nS: 334 \nC: AGFubmEAc3dvcmRmaXNo\r\nS: 235 in\n", "PLAIN"),
        (
            "S: 250 AUTH LOGIN\nC: AUTH LOGIN\r\nS: 334 VXNlcm5hbWU6\nC: YW5uYQ==\r\nS: 334 UGFzc3dvcmQ6\nC: c3dvcmRmaXNo\r\nS: 235 in\n",
            "LOGIN",
        ),
    ] {
        let (failure, steps) = smtp(conversation).await;
        assert_eq!((failure, mechanism(&steps)), (None, Some(expected)), "{conversation}");
    }
    for (conversation, expected) in [
        (
            "S: * OK [CAPABILITY IMAP4rev1 SASL-IR AUTH=PLAIN] fake\nC: R1 AUTHENTICATE PLAIN AGFubmEAc3dvcmRmaXNo\r\n\
             S: R1 OK [CAPABILITY IDLE] in\n",
            "PLAIN",
        ),
        (
            "S: * OK [CAPABILITY IMAP4rev1 LOGINDISABLED AUTH=PLAIN] fake\nC: R1 AUTHENTICATE PLAIN\r\nS: + \n\
             C: AGFubmEAc3dvcmRmaXNo\r\nS: * CAPABILITY IMAP4rev1\nS: R1 OK in\n\
             C: R2 CAPABILITY\nS: * CAPABILITY IMAP4rev1\nS: R2 OK\n",
            "PLAIN",
        ),
        (
            "S: * OK [CAPABILITY IMAP4rev1] fake\nC: R1 LOGIN \"anna\" \"swordfish\"\r\nS: R1 OK [CAPABILITY IDLE] in\n",
            "LOGIN",
        ),
        (
            "S: * PREAUTH [CAPABILITY IMAP4rev1] fake\nC: R1 CAPABILITY\nS: * CAPABILITY IMAP4rev1\nS: R1 OK\n",
            "PREAUTH",
        ),
    ] {
        let (failure, steps) = imap(conversation).await;
        assert_eq!((failure, mechanism(&steps)), (None, Some(expected)), "{conversation}");
    }
    for (conversation, expected) in [
        (
            "C: CAPA\nS: +OK\nS: SASL LOGIN PLAIN\nS: USER\nS: .\nC: AUTH PLAIN\r\nS: + \nC: AGFubmEAc3dvcmRmaXNo\r\nS: +OK\n",
            "PLAIN",
        ),
        ("C: CAPA\nS: -ERR what\nC: USER anna\r\nS: +OK\nC: PASS swordfish\r\nS: +OK\n", "USER"),
    ] {
        let (failure, steps) = pop3(conversation).await;
        assert_eq!((failure, mechanism(&steps)), (None, Some(expected)), "{conversation}");
    }
}

fn at_login(failure: Option<Failure>, what: &str) -> (Kind, Option<String>) {
    let Some(failure) = failure else { panic!("{what}: the login was accepted") };
    assert_eq!(failure.step, Step::Login, "{what}");
    (failure.kind, failure.said)
}

#[tokio::test]
async fn a_refused_login_says_whether_it_is_the_password_the_way_or_the_moment() {
    for (reply, kind) in [
        ("535 5.7.8 wrong", Kind::LoginRefused),
        ("550 5.7.1 closed", Kind::LoginRefused),
        ("538 5.7.11 encryption required", Kind::LoginNotOffered),
        ("530 5.7.0 Must issue a STARTTLS command first", Kind::LoginNotOffered),
        ("504 5.5.4 unknown mechanism", Kind::LoginNotOffered),
        ("454 4.7.0 later", Kind::Unavailable),
        ("421 4.7.0 too many", Kind::Unavailable),
        ("501 5.5.2 cannot decode", Kind::ServerSaid),
    ] {
        let (failure, _) = smtp(&format!("S: 250 AUTH PLAIN\nC: AUTH\nS: {reply}\n")).await;
        assert_eq!(at_login(failure, reply), (kind, Some(reply.to_owned())));
    }
    assert_eq!(at_login(smtp("S: 250 AUTH CRAM-MD5\n").await.0, "SMTP"), (Kind::LoginNotOffered, None));

    for (reply, kind) in [
        ("NO [AUTHENTICATIONFAILED] wrong", Kind::LoginRefused),
        ("NO wrong", Kind::LoginRefused),
        ("NO [ALERT] wrong", Kind::LoginRefused),
        ("NO [UNAVAILABLE] later", Kind::Unavailable),
        ("NO [PRIVACYREQUIRED] encrypt", Kind::LoginNotOffered),
        ("NO [INUSE] one at a time", Kind::InUse),
        ("BAD what", Kind::ServerSaid),
    ] {
        let (failure, _) =
            imap(&format!("S: * OK [CAPABILITY IMAP4rev1] fake\nC: R1 LOGIN\nS: R1 {reply}\n")).await;
        let words = reply.split_once(' ').unwrap().1.to_owned();
        assert_eq!(at_login(failure, reply), (kind, Some(words)));
    }
    let (failure, _) = imap("S: * OK [CAPABILITY IMAP4rev1 LOGINDISABLED] fake\n").await;
    assert_eq!(at_login(failure, "IMAP"), (Kind::LoginNotOffered, None));

    for (reply, kind) in [
        ("-ERR [AUTH] wrong", Kind::LoginRefused),
        ("-ERR wrong", Kind::LoginRefused),
        ("-ERR [IN-USE] locked", Kind::InUse),
        ("-ERR [LOGIN-DELAY] wait", Kind::LoginTooSoon),
        ("-ERR [SYS/TEMP] later", Kind::Unavailable),
    ] {
        let (failure, _) = pop3(&format!("C: CAPA\nS: -ERR\nC: USER\nS: +OK\nC: PASS\nS: {reply}\n")).await;
        let words = reply.split_once(' ').unwrap().1.to_owned();
        assert_eq!(at_login(failure, reply), (kind, Some(words)));
    }
    let (failure, _) = pop3("C: CAPA\nS: +OK\nS: STLS\nS: .\n").await;
    assert_eq!(at_login(failure, "POP3"), (Kind::LoginNotOffered, None));
}

#[tokio::test]
async fn a_server_that_repeats_the_password_does_not_get_it_into_an_error() {
    let repeats = "unknown: AGFubmEAc3dvcmRmaXNo c3dvcmRmaXNo swordfish";
    for failure in [
        smtp(&format!("S: 250 AUTH PLAIN\nC: AUTH\nS: 535 {repeats}\n")).await.0,
        imap(&format!("S: * OK [CAPABILITY X] fake\nC: R1 LOGIN\nS: R1 NO {repeats}\n")).await.0,
        imap(&format!("S: * OK [CAPABILITY X] fake\nC: R1 LOGIN\nS: * BYE {repeats}\n")).await.0,
        pop3(&format!("C: CAPA\nS: -ERR\nC: USER\nS: +OK\nC: PASS\nS: -ERR {repeats}\n")).await.0,
    ] {
        let shown = format!("{failure:?}");
        assert!(shown.contains("unknown: "), "{shown}");
        for secret in ["swordfish", "c3dvcmRmaXNo", "AGFubmEAc3dvcmRmaXNo"] {
            assert!(!shown.contains(secret), "{shown}");
        }
    }
}

#[tokio::test]
async fn a_password_of_any_characters_goes_over_imap() {
    let fake = Fake::new(
        "S: * OK [CAPABILITY IMAP4rev1] fake\nC: R1 LOGIN \"an\\\"na\" {12}\nS: + go\nC: #14\nS: R1 OK [CAPABILITY X] in\nhang",
    )
    .await;
    let login = Login::new("an\"na", "пароль");
    assert!(Imap::connect(&fake.endpoint, &login, &mut |_| {}).await.is_ok());
}

#[tokio::test]
async fn after_an_smtp_login_mails_go_as_without_one() {
    let fake = Fake::new(
        "S: 220 fake\nC: EHLO\nS: 250-fake\nS: 250 AUTH PLAIN\nC: AUTH\nS: 235 in\nC: MAIL\nS: 250 ok\n\
         C: RCPT\nS: 250 ok\nC: DATA\nS: 354 go\nC: .\nS: 250 queued\nhang",
    )
    .await;
    let mut session = fake.login(&login()).await.0.unwrap();
    assert_eq!(all_shown(&send(&mut session, &["b@x.org"]).await.0), ["sent 250 queued"]);
}
