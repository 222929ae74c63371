//! What people do with the mails that they have, and what the program may make of each.

use std::collections::BTreeSet;

/// How a mail of a thread is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Kind {
    /// A matter of its own.
    First,
    /// An answer with everything that a mail program adds.
    Answer,
    /// Its headers are there, prefix, subject and quote are not.
    HeadersOnly,
    /// Only References, and another subject.
    ReferencesOnly,
    /// Headers and prefix are lost, the quote is there.
    WatermarkOnly,
    /// Only the prefix and the number in the subject.
    NumberOnly,
    /// The address with the token and a prefix; no headers, no quote.
    TokenOnly,
    /// From the user's second address.
    SecondAddress,
    /// An answer to the sender's own mail, from the folder of sent ones.
    OwnMail,
    /// An answer that also holds a mail of another record, with its watermark and number.
    QuotesAnother,
    /// The same without headers: below what is quoted, or pasted above it.
    QuotesAnotherOnly,
    /// An answer whose subject was changed to name another record.
    NamesAnother,
    /// The caller writes anew, with the topic and the number of what was asked for.
    Topic,
    /// An absence assistant.
    Absent,
    /// Somebody who was forwarded a mail answers it.
    Stranger,
    /// Somebody who saw the sender's own mail answers that.
    StrangerToSender,
    /// A new matter to an address that was learnt from an answer.
    NewToToken,
    /// A new matter that names a record.
    NewNamesAnother,
    /// A mail of ours sent on to us, as a matter of its own.
    Forwarded,
    /// A mail that holds two of ours, and nothing says which counts.
    Ambiguous,
}

/// What a mail became.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Outcome {
    /// On its record, for everybody who reads it.
    Filed,
    /// On its record, where agents see it.
    Note,
    /// Noted on its record as an automatic answer.
    Noted,
    /// A new record that is linked to the closed one.
    FollowUp,
    /// A new record, beside the one that the mail is about or mentions.
    Related,
    /// A new record and nothing else.
    New,
    /// For a person to look at, with or without a new record.
    Attention,
    /// On another record, or beside another one.
    Wrong,
}

use Outcome::{Attention, Filed, FollowUp, New, Note, Noted, Related};

impl Kind {
    /// What the specification lets become of a mail of this kind.
    pub(super) fn allowed(self) -> BTreeSet<Outcome> {
        let all: &[Outcome] = match self {
            Self::First => &[New],
            Self::Answer
            | Self::HeadersOnly
            | Self::ReferencesOnly
            | Self::WatermarkOnly
            | Self::TokenOnly
            | Self::SecondAddress
            | Self::OwnMail
            | Self::QuotesAnother
            | Self::QuotesAnotherOnly
            | Self::NamesAnother => &[Filed, FollowUp],
            Self::Topic => &[Filed],
            // Where the subject is that of a question, the number is enough for the caller.
            Self::NumberOnly => &[Related, Filed],
            Self::Absent => &[Noted],
            Self::Stranger => &[Note, FollowUp],
            Self::StrangerToSender | Self::NewToToken | Self::NewNamesAnother | Self::Forwarded => &[Related],
            Self::Ambiguous => &[Attention],
        };
        all.iter().copied().collect()
    }

    /// Whether the mail is about a record that is there.
    pub(super) const fn is_about_a_record(self) -> bool {
        !matches!(
            self,
            Self::First | Self::NewToToken | Self::NewNamesAnother | Self::Forwarded | Self::Ambiguous
        )
    }
}

/// All kinds but the first mail of a thread, each as often as it is drawn.
pub(super) const DRAWN: [(Kind, usize); 19] = [
    (Kind::Answer, 24),
    (Kind::HeadersOnly, 8),
    (Kind::ReferencesOnly, 8),
    (Kind::WatermarkOnly, 8),
    (Kind::NumberOnly, 5),
    (Kind::TokenOnly, 5),
    (Kind::SecondAddress, 6),
    (Kind::OwnMail, 4),
    (Kind::QuotesAnother, 7),
    (Kind::QuotesAnotherOnly, 6),
    (Kind::NamesAnother, 5),
    (Kind::Topic, 4),
    (Kind::Absent, 4),
    (Kind::Stranger, 6),
    (Kind::StrangerToSender, 3),
    (Kind::NewToToken, 6),
    (Kind::NewNamesAnother, 6),
    (Kind::Forwarded, 6),
    (Kind::Ambiguous, 3),
];
