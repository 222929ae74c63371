//! What was wrong with a mail that was read all the same.

use std::collections::BTreeSet;

macro_rules! defects {
    ($($(#[$doc:meta])* $name:ident = $code:literal, $sentence:literal;)+) => {
        /// One way in which a mail breaks the rules or a limit of ours. Reading went on.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
        #[non_exhaustive]
        pub enum Defect { $($(#[$doc])* $name,)+ }

        impl Defect {
            /// Every defect that there is, in the order of their severity groups.
            pub const ALL: &[Defect] = &[$(Defect::$name,)+];

            /// The stable code, for conditions and machine-readable traces.
            pub const fn code(self) -> &'static str {
                match self { $(Defect::$name => $code,)+ }
            }

            /// What happened and what was done about it, in one sentence.
            pub const fn sentence(self) -> &'static str {
                match self { $(Defect::$name => $sentence,)+ }
            }
        }
    };
}

defects! {
    /// No bytes at all.
    Empty = "empty", "The mail has no bytes.";
    /// No header field was found.
    NoHeaders = "no_headers", "The mail has no header fields; all of it was read as the body.";
    /// An mbox separator before the header.
    MboxLine = "mbox_line", "The mail begins with an mbox separator line, which was left out.";
    /// The header section ends without an empty line.
    MissingBlankLine = "missing_blank_line", "No empty line parts header and body; the body was taken to begin at the first line that is no header field.";
    /// A line in the header section that is no field.
    MalformedHeaderLine = "malformed_header_line", "The header holds a line that is no header field; the line was left out.";
    /// More fields than the limit.
    TooManyHeaders = "too_many_headers", "The header has more fields than are read; the rest was left out.";
    /// A value longer than the limit.
    HeaderTooLong = "header_too_long", "A header value is longer than is read; its end was cut off.";
    /// Unlabelled bytes that are not UTF-8 in the header.
    EightBitHeader = "eight_bit_header", "The header holds bytes of an unnamed charset; the charset was guessed.";
    /// An encoded-word (RFC 2047) that cannot be decoded.
    BrokenEncodedWord = "broken_encoded_word", "An encoded word in the header is broken; it was left as it stands or decoded in part.";
    /// NUL characters.
    NulCharacter = "nul_character", "The mail holds NUL characters; they were replaced.";
    /// Carriage returns that end no line.
    BareCarriageReturn = "bare_carriage_return", "The mail holds carriage returns without line feeds; they were read as line ends in the body and as spaces in the header.";
    /// Lines over 998 bytes.
    LongLine = "long_line", "The mail has lines longer than 998 bytes; they were read in full.";
    /// No author.
    MissingFrom = "missing_from", "The mail names no sender in From.";
    /// More than one From field.
    SeveralFrom = "several_from", "The mail has several From fields; the first was used.";
    /// An author that is no address.
    BadFrom = "bad_from", "The sender in From is no valid address.";
    /// Repeated Message-ID fields.
    SeveralMessageIds = "several_message_ids", "The mail has several Message-ID fields; the first was used.";
    /// A Message-ID without its form.
    BadMessageId = "bad_message_id", "The Message-ID does not have the form that it should have.";
    /// Repeated Subject fields.
    SeveralSubjects = "several_subjects", "The mail has several Subject fields; the first was used.";
    /// A date that cannot be read.
    BadDate = "bad_date", "The date cannot be read; the mail counts as undated.";
    /// More addresses than the limit.
    TooManyAddresses = "too_many_addresses", "An address field has more addresses than are read; the rest was left out.";
    /// More references than the limit.
    TooManyReferences = "too_many_references", "The mail has more references than are kept; the middle was left out.";
    /// Broken parameters of a MIME header (RFC 2045, RFC 2231).
    BadParameter = "bad_parameter", "A parameter of a MIME header field is broken; what could be read of it was used.";
    /// A multipart without `boundary`.
    MissingBoundary = "missing_boundary", "A multipart names no boundary; it was guessed from the body or read as text.";
    /// A boundary that the body does not hold.
    BoundaryNotFound = "boundary_not_found", "The boundary of a multipart does not occur; its content was read as text.";
    /// A multipart without its end.
    UnterminatedMultipart = "unterminated_multipart", "A multipart has no closing boundary; the mail may be cut off.";
    /// More parts than the limit.
    TooManyParts = "too_many_parts", "The mail has more parts than are read; the rest was left out.";
    /// Deeper than the limit.
    TooDeep = "too_deep", "Parts are nested deeper than is read; the rest was kept as one attachment.";
    /// An unknown `Content-Transfer-Encoding`.
    UnknownTransferEncoding = "unknown_transfer_encoding", "A part has an unknown transfer encoding; its bytes were taken as they are.";
    /// Characters that are not base64.
    BadBase64 = "bad_base64", "A base64 part holds other characters or ends early; they were left out.";
    /// A broken escape in quoted-printable.
    BadQuotedPrintable = "bad_quoted_printable", "A quoted-printable part holds broken escapes; they were left as they stand.";
    /// A charset that is not known.
    UnknownCharset = "unknown_charset", "A part names an unknown charset; the charset was guessed.";
    /// A charset that does not fit the bytes.
    WrongCharset = "wrong_charset", "The bytes of a part do not fit the charset that it names; what fits better was used, or broken characters were replaced.";
    /// More text than the limit.
    TextTooLong = "text_too_long", "The body is longer than is read; its end was cut off.";
    /// A larger attachment than the limit.
    AttachmentTooLarge = "attachment_too_large", "An attachment is larger than is read; only its name was kept.";
    /// A `winmail.dat` that cannot be read as a whole.
    BrokenTnef = "broken_tnef", "A winmail.dat is broken or holds more than is read; what could be read of it was taken out, and it was kept as it is.";
    /// HTML beyond the limits of the layout.
    HtmlTooComplex = "html_too_complex", "The HTML body is too large, too deep or too intricate for layout; only its text can be used, without layout.";
}

/// Collects defects: each at most once, so that a hostile mail cannot make the list long.
#[derive(Debug, Default)]
pub(crate) struct Defects(BTreeSet<Defect>);

impl Defects {
    pub(crate) fn note(&mut self, defect: Defect) {
        self.0.insert(defect);
    }

    pub(crate) fn note_if(&mut self, condition: bool, defect: Defect) {
        if condition {
            self.note(defect);
        }
    }

    pub(crate) fn into_list(self) -> Vec<Defect> {
        self.0.into_iter().collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn codes_are_unique_and_sentences_end() {
        let codes: BTreeSet<_> = Defect::ALL.iter().map(|defect| defect.code()).collect();
        assert_eq!(codes.len(), Defect::ALL.len());
        for defect in Defect::ALL {
            assert!(defect.sentence().ends_with('.'), "{}", defect.code());
        }
    }
}
