//! What holds for every mail, tried on all combinations of senders, subjects, header signs and texts.

use rejoinder_engine::id::Id;
use rejoinder_engine::inbound;
use rejoinder_engine::plan::{ActivityKind, Authenticity, Class, EmailState, Plan, Purpose, RecordOp};
use rejoinder_engine::record::Record;

use crate::support::loading::by_name;
use crate::support::mailing::arrival;
use crate::support::world::World;

const SENDERS: [&str; 5] = [
    "anna@example.com",
    "vera@example.com",
    "guest@example.org",
    "no-reply@example.org",
    "support@example.com",
];
const SUBJECTS: [&str; 6] = [
    "Printer",
    "Re: Printer",
    "Fwd: Printer",
    "Information needed INC0000001",
    "Automatic reply: [INC0000001] Printer",
    "INC0000001 and INC0000002",
];
const SIGNS: [&str; 7] = [
    "",
    "Auto-Submitted: auto-replied\r\n",
    "Auto-Submitted: auto-generated\r\n",
    "List-Id: <x.example.org>\r\n",
    "Return-Path: <>\r\n",
    "In-Reply-To: <filed@mail.example.net>\r\n",
    "Authentication-Results: mx.example.com; dmarc=fail\r\n",
];
const TEXTS: [&str; 3] = [
    "Hello.",
    "",
    "See below.\r\n\r\n---------- Forwarded message ---------\r\nFrom: a@b.example\r\nSubject: x\r\n\r\nText.",
];

fn check(world: &World, plan: &Plan, record: &Record, what: &str) {
    let mail = plan.incoming.as_ref().unwrap();
    let answers = plan.outgoing.iter().filter(|email| email.purpose == Purpose::Answer);
    for answer in answers {
        assert_eq!(mail.do_not_answer, None, "{what}: what must not be answered is not answered");
        for to in &answer.deliveries {
            assert!(!world.config.is_own_address(&to.address), "{what}: never to ourselves");
        }
    }
    let noted = matches!(mail.class, Class::AutomaticAnswer | Class::DeliveryReport | Class::OwnMail);
    if noted || mail.state == EmailState::Ignored {
        assert!(plan.records.is_empty(), "{what}: only noted");
        assert!(
            plan.activities.iter().all(|one| one.kind == ActivityKind::AutomaticAnswer),
            "{what}: no comment"
        );
    }
    let caller: Option<Id> = record.get("caller").as_ref_id();
    for one in plan.activities.iter().filter(|one| one.kind == ActivityKind::Comment) {
        assert_eq!(one.actor.user, caller, "{what}: an unverified stranger comments nowhere");
        assert_eq!(one.mark.as_deref(), Some("unverified"), "{what}");
    }
    if mail.authenticity == Authenticity::Failed {
        assert_eq!(mail.sender, None, "{what}: who failed the check is a guest");
        let changed = plan.records.iter().any(|operation| matches!(operation, RecordOp::Update { .. }));
        assert!(!changed, "{what}: and changes no record");
    }
    let done = !plan.records.is_empty() || !plan.activities.is_empty() || noted;
    assert!(done || mail.attention.is_some() || mail.why.is_some(), "{what}: nothing is dropped silently");
}

#[test]
fn no_combination_breaks_what_must_never_happen() {
    let mut world = World::new();
    world.write(
        "[email_account.\"Help desk\"]\ntrusted_hosts = [\"mx.example.com\"]\n[incident.INC0000001]\nsubject = \"Printer\"\nstate = \"information_needed\"\ncaller = \"Anna Ivanova\"\n",
    );
    let filed = b"From: anna@example.com\r\nSubject: Information needed INC0000001\r\nMessage-ID: <filed@mail.example.net>\r\n\r\nRed.\r\n";
    crate::support::mailing::receive(&mut world, filed.to_vec());
    let id = by_name(&world.view.list(), &world.config.dictionary, "incident", "INC0000001").unwrap();
    let record = world.view.records[&id].clone();
    let view = world.view.clone();
    for (place, from) in SENDERS.iter().enumerate() {
        for subject in SUBJECTS {
            for sign in SIGNS {
                for text in TEXTS {
                    let what = format!("{from}, {subject}, {}, {text:?}", sign.trim());
                    let bytes = format!(
                        "{sign}From: {from}\r\nTo: help@example.com\r\nSubject: {subject}\r\nMessage-ID: <{place}@x.example>\r\n\r\n{text}\r\n"
                    );
                    let (seed, arrival) = arrival(&mut world, bytes.into_bytes());
                    let plan =
                        world.decide(seed, &view, |context| inbound::decide(context, &arrival).unwrap());
                    check(&world, &plan, &record, &what);
                    view.clone().apply(&plan).unwrap();
                }
            }
        }
    }
}
