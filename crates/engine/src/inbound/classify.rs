//! What a mail is; the first hit wins (design 7.2).

use super::Work;
use super::evidence::{Evidence, EvidenceKind};
use crate::config::Filing;
use crate::plan::Class;
use crate::trace::Step;

/// The class of the mail. Mail of our own was dealt with before.
pub fn classify(work: &mut Work<'_>, evidence: &Evidence) -> Class {
    let signs = &work.facts.signs;
    // Watermarks of several records make a new mail, whatever its subject begins with.
    let prefix = signs
        .reply_prefix
        .as_ref()
        .filter(|_| !evidence.ambiguous)
        .map(|hit| format!("the prefix `{}`", hit.word));
    let by_number = work.account.number_policy != Filing::New;
    let leads = evidence.pieces.iter().find(|piece| match piece.kind {
        EvidenceKind::AddressToken => evidence.reply_headers || signs.reply_prefix.is_some(),
        EvidenceKind::Number => by_number && !evidence.ambiguous,
        EvidenceKind::Reference | EvidenceKind::Watermark => true,
    });
    let (class, because) = if let Some(report) = &signs.delivery_report {
        (Class::DeliveryReport, format!("a delivery report ({:?})", report.kind))
    } else if let Some(answer) = &signs.automatic_answer {
        (Class::AutomaticAnswer, answer.why.to_owned())
    } else if let Some(method) = &signs.calendar {
        (Class::Calendar, format!("a calendar part ({method})"))
    } else if let (Some(hit), true) = (&signs.forward_prefix, signs.forwarded_block) {
        (Class::Forward, format!("the prefix `{}` and a forwarded block", hit.word))
    } else if let Some(piece) = leads {
        (Class::Reply, format!("evidence of a record ({})", piece.kind.word()))
    } else if let Some(prefix) = prefix {
        (Class::Reply, prefix)
    } else {
        (Class::New, "nothing that says otherwise".to_owned())
    };
    let silent = do_not_answer(work, class);
    work.trace().push(Step::Class { class: class.word().to_owned(), because, do_not_answer: silent });
    class
}

/// Why the mail must not be answered automatically (design 7.2 and 7.6); a stable code.
pub fn do_not_answer(work: &Work<'_>, class: Class) -> Option<String> {
    let from = work.facts.mail.from.as_ref().map(rejoinder_mail::Address::normalized);
    let own = from.as_ref().is_some_and(|from| work.context.config.is_own_address(from));
    let code = match class {
        Class::OwnMail => "own_mail",
        Class::DeliveryReport => "delivery_report",
        Class::AutomaticAnswer => "automatic_answer",
        _ if work.facts.null_return_path => "null_return_path",
        _ if own => "own_address",
        _ if from.is_none() => "no_sender",
        _ => return work.facts.signs.do_not_answer.map(str::to_owned),
    };
    Some(code.to_owned())
}
