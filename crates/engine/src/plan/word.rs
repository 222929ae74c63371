//! The words of the plan's enumerations, as they are stored and written everywhere.

use super::{
    ActivityKind, Authenticity, CauseKind, Class, DeliveryState, Direction, EmailState, Protection, Purpose,
    Slot,
};

macro_rules! words {
    ($($type:ty { $($variant:ident => $word:literal),+ $(,)? })+) => {$(
        impl $type {
            /// The word as it is stored and written everywhere.
            pub const fn word(self) -> &'static str {
                match self { $(Self::$variant => $word),+ }
            }
            /// Reads the word.
            pub fn from_word(word: &str) -> Option<Self> {
                match word { $($word => Some(Self::$variant),)+ _ => None }
            }
        }
        impl std::fmt::Display for $type {
            fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                f.write_str(self.word())
            }
        }
    )+};
}

words! {
    EmailState { Ready => "ready", InProcess => "in_process", Processed => "processed", Failed => "failed",
        Ignored => "ignored" }
    DeliveryState { Ready => "ready", Sending => "sending", Sent => "sent", Deferred => "deferred",
        Failed => "failed", Uncertain => "uncertain", Bounced => "bounced", Suppressed => "suppressed",
        Held => "held", Cancelled => "cancelled" }
    ActivityKind { Comment => "comment", WorkNote => "work_note", Mail => "mail",
        AutomaticAnswer => "automatic_answer", DeliveryReport => "delivery_report", Change => "change",
        FileAdded => "file_added", FileRemoved => "file_removed" }
    Class { OwnMail => "own_mail", DeliveryReport => "delivery_report", AutomaticAnswer => "automatic_answer",
        Calendar => "calendar", Forward => "forward", Reply => "reply", New => "new" }
    Authenticity { Verified => "verified", Unverified => "unverified", Failed => "failed" }
    Protection { None => "none", Signed => "signed", Encrypted => "encrypted" }
    Direction { Incoming => "incoming", Outgoing => "outgoing" }
    Slot { To => "to", Cc => "cc", Bcc => "bcc" }
    Purpose { Notification => "notification", Answer => "answer", FanOut => "fan_out" }
    CauseKind { Arrival => "arrival", Event => "event", Job => "job", Request => "request" }
}
