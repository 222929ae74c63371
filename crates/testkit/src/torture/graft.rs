//! What leads to records of the world: tokens, Message-IDs and numbers, whole and damaged.

use crate::random::Random;

use super::mutate::{end_of_head, place};

/// What a mail may name to be filed on a record of the world.
#[derive(Debug, Clone)]
pub struct Lead {
    /// The number of the record.
    pub number: String,
    /// A signed token of it.
    pub token: String,
    /// The Message-ID of a mail of ours about it.
    pub message_id: String,
}

/// Names a record in one of the ways in which mails do, often with a mistake.
pub(super) fn lead(mail: &mut Vec<u8>, leads: &[Lead], random: &mut Random) {
    let Some(lead) = leads.get(place(leads.len(), random)) else { return };
    let (mut token, mut message_id) = (lead.token.clone().into_bytes(), lead.message_id.clone().into_bytes());
    if random.below(3) == 0 {
        super::damage::flip(&mut token, random);
    }
    if random.below(3) == 0 {
        super::damage::flip(&mut message_id, random);
    }
    let piece = |begin: &str, middle: &[u8], end: &str| [begin.as_bytes(), middle, end.as_bytes()].concat();
    let number = lead.number.as_bytes();
    match random.below(6) {
        0 => head(mail, piece("In-Reply-To: <", &message_id, ">\r\n")),
        1 => head(mail, piece("References: <x@y> <", &message_id, "> <z@y>\r\n")),
        2 => head(mail, piece("To: help+", &token, "@example.com\r\n")),
        3 => head(mail, piece("Subject: Re: [", number, "] it is so\r\n")),
        4 => body(mail, piece("\r\n> Ref: rj.", &token, "\r\n"), random),
        _ => {
            let status = piece(
                "From: mailer-daemon@example.net\r\nContent-Type: multipart/report; report-type=delivery-status; \
                 boundary=r\r\n\r\n--r\r\n\r\nSorry\r\n--r\r\nContent-Type: message/delivery-status\r\n\r\n\
                 Reporting-MTA: dns; x\r\n\r\nFinal-Recipient: rfc822; anna@example.com\r\nAction: failed\r\n\
                 Status: 5.1.1\r\n\r\n--r\r\nContent-Type: text/rfc822-headers\r\n\r\nMessage-ID: <",
                &message_id,
                ">\r\n\r\n--r--\r\n",
            );
            mail.splice(0..0, status);
        }
    }
}

fn head(mail: &mut Vec<u8>, line: Vec<u8>) {
    mail.splice(0..0, line);
}

fn body(mail: &mut Vec<u8>, text: Vec<u8>, random: &mut Random) {
    let begin = end_of_head(mail);
    let at = begin + place(mail.len() - begin + 1, random);
    mail.splice(at..at, text);
}
