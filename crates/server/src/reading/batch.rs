//! Cuts a list of mails into what is fetched and committed together. Pure.

/// The most that a batch holds. A mail that is larger than `bytes` is a batch of its own.
#[derive(Debug, Clone, Copy)]
pub(super) struct Most {
    pub(super) mails: usize,
    /// By the sizes that the server lists.
    pub(super) bytes: u64,
}

/// The mails in their order, in batches.
pub(super) fn batches<T>(mails: &[T], size: impl Fn(&T) -> u64, most: Most) -> Vec<&[T]> {
    let mut batches = Vec::new();
    let (mut start, mut bytes) = (0, 0);
    for (place, mail) in mails.iter().enumerate() {
        if place > start && (place - start >= most.mails || bytes + size(mail) > most.bytes) {
            batches.extend(mails.get(start..place));
            (start, bytes) = (place, 0);
        }
        bytes += size(mail);
    }
    batches.extend(mails.get(start..).filter(|rest| !rest.is_empty()));
    batches
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::limits::{POP3_BATCH_BYTES, POP3_BATCH_MAILS};
    use rejoinder_wire::imap::{FETCH_BYTES, FETCH_MAILS};

    fn check(most: Most) {
        let lengths = |sizes: &[u64]| -> Vec<usize> {
            batches(sizes, |size| *size, most).iter().map(|batch| batch.len()).collect()
        };
        assert_eq!(lengths(&[]), Vec::<usize>::new());
        assert_eq!(lengths(&vec![1; most.mails]), [most.mails]);
        assert_eq!(lengths(&vec![1; most.mails + 1]), [most.mails, 1]);
        assert_eq!(lengths(&[most.bytes - 1, 1, 1]), [2, 1]);
        assert_eq!(lengths(&[most.bytes + 1, 1, 1]), [1, 2]);
    }

    #[test]
    fn a_batch_is_bounded_by_mails_and_by_bytes() {
        check(Most { mails: FETCH_MAILS, bytes: FETCH_BYTES });
        check(Most { mails: POP3_BATCH_MAILS, bytes: POP3_BATCH_BYTES });
    }
}
