//! Mail that breaks the rules ends as stated beside each file: state, reason, and what was salvaged of it.

use std::fs;
use std::path::{Path, PathBuf};

use rejoinder_engine::plan::{EmailState, Plan, Unit};

use crate::support::mailing::receive;
use crate::support::world::World;

/// Of thirty files, so many are processed: "everything failed" is no pass.
const PROCESSED_OF_THIRTY: usize = 24;

fn files() -> Vec<PathBuf> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../mail/tests/malformed");
    let mut files: Vec<PathBuf> = fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()).collect();
    files.retain(|path| path.extension().is_some_and(|ending| ending == "eml"));
    files.sort();
    files
}

fn decided(bytes: &[u8]) -> Plan {
    receive(&mut World::new(), bytes.to_vec())
}

#[test]
fn each_malformed_mail_ends_as_it_is_stated() {
    let (mut all, mut processed) = (0, 0);
    for file in files() {
        let stated = fs::read_to_string(file.with_extension("expected")).unwrap();
        let value = |name: &str| {
            let line = stated.lines().find_map(|line| line.strip_prefix(name)?.strip_prefix(':')).unwrap();
            line.trim().to_owned()
        };
        let plan = decided(&fs::read(&file).unwrap());
        let mail = plan.incoming.as_ref().unwrap();
        let name = file.display();
        assert_eq!(mail.state.word(), value("state"), "{name}");
        let Unit::Arrival { state, why, .. } = &plan.unit else { panic!("{name}") };
        assert_eq!(*state, mail.state, "{name}");
        assert_eq!(why.as_ref().map(|why| why.code.as_str()).unwrap_or_default(), value("reason"), "{name}");
        assert_eq!(
            (mail.from.trim(), mail.subject.trim()),
            (value("sender").as_str(), value("subject").as_str()),
            "{name}"
        );
        if mail.state == EmailState::Failed {
            assert_eq!(mail.attention, *why, "{name}: a person looks at it");
            assert!(plan.records.is_empty() && plan.outgoing.is_empty(), "{name}");
        } else {
            assert!(!plan.records.is_empty(), "{name}: what could be read became an incident");
            processed += 1;
        }
        all += 1;
    }
    assert!(all >= 30 && processed * 30 >= all * PROCESSED_OF_THIRTY, "{processed} of {all}");
}

#[test]
fn a_mail_cut_anywhere_is_decided() {
    let mail = b"From: anna@example.com\r\nSubject: Re: [INC0000001] x\r\nIn-Reply-To: <a@b>\r\nContent-Type: multipart/mixed; boundary=b\r\n\r\n--b\r\n\r\nHello\r\n--b\r\nContent-Type: message/delivery-status\r\n\r\nFinal-Recipient: rfc822; a@b\r\nAction: failed\r\n--b--\r\n";
    for end in (0..=mail.len()).step_by(7) {
        let plan = decided(&mail[..end]);
        assert!(plan.incoming.is_some(), "cut at {end}");
    }
}
