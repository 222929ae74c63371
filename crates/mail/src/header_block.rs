//! The header section of a message or of a part: where it ends and which fields it has.
//!
//! This is the only reader of header lines; [`crate::parse()`] and [`crate::header_scan`] both stand on it and can
//! therefore not disagree. It decodes nothing but the bytes of the value.

use crate::{
    charset::{self, Fit},
    defect::{Defect, Defects},
    limits::{MAX_HEADER_BYTES, MAX_HEADERS},
    lines::split_line,
    media_type::Parameterized,
};

/// Lines that are looked at to tell a broken line inside the header from a body without its empty line.
const LOOK_AHEAD_LINES: usize = 3;

/// One header field: unfolded, bytes decoded to characters, encoded words not.
#[derive(Debug, Clone)]
pub(crate) struct RawHeader {
    pub(crate) name: String,
    pub(crate) value: String,
}

/// A header section and the bytes behind it.
#[derive(Debug)]
pub(crate) struct HeaderBlock<'a> {
    pub(crate) headers: Vec<RawHeader>,
    pub(crate) body: &'a [u8],
}

impl HeaderBlock<'_> {
    /// The value of the first field of this name (any case).
    pub(crate) fn first(&self, name: &str) -> Option<&str> {
        self.headers
            .iter()
            .find(|header| header.name.eq_ignore_ascii_case(name))
            .map(|header| header.value.as_str())
    }

    /// The values of all fields of this name, in order.
    pub(crate) fn all<'b>(&'b self, name: &'b str) -> impl Iterator<Item = &'b str> {
        self.headers
            .iter()
            .filter(move |header| header.name.eq_ignore_ascii_case(name))
            .map(|header| header.value.as_str())
    }
}

enum Line<'a> {
    End,
    Continuation,
    Field { name: &'a [u8], value: &'a [u8] },
    Mbox,
    Other,
}

fn classify(line: &[u8]) -> Line<'_> {
    match line.first() {
        None => return Line::End,
        Some(b' ' | b'\t') => return Line::Continuation,
        Some(_) => {}
    }
    if line.starts_with(b"From ") || line.starts_with(b">From ") {
        return Line::Mbox;
    }
    let Some(colon) = line.iter().position(|&byte| byte == b':') else { return Line::Other };
    let Some((name, value)) = line.split_at_checked(colon) else { return Line::Other };
    let name = name.trim_ascii_end();
    if name.is_empty() || !name.iter().all(u8::is_ascii_graphic) {
        return Line::Other;
    }
    Line::Field { name, value: value.get(1..).unwrap_or_default() }
}

/// Reads the header section at the start of `bytes`.
pub(crate) fn read<'a>(bytes: &'a [u8], defects: &mut Defects) -> HeaderBlock<'a> {
    let mut fields: Vec<(&[u8], Vec<u8>)> = Vec::new();
    let mut rest = bytes;
    let mut at_start = true;
    let mut left_out = false;
    let body = loop {
        if rest.is_empty() {
            break rest;
        }
        let (line, after) = split_line(rest);
        match classify(line) {
            Line::End => break after,
            Line::Mbox if at_start => defects.note(Defect::MboxLine),
            Line::Continuation if fields.is_empty() && line.trim_ascii().is_empty() => break after,
            Line::Continuation if left_out => {}
            Line::Continuation => match fields.last_mut() {
                Some((_, value)) => {
                    if value.len() <= MAX_HEADER_BYTES {
                        value.extend_from_slice(line);
                    }
                }
                None => break no_headers(rest, defects),
            },
            Line::Field { .. } if fields.len() >= MAX_HEADERS => {
                defects.note(Defect::TooManyHeaders);
                left_out = true;
            }
            Line::Field { name, value } => fields.push((name, value.to_vec())),
            Line::Mbox | Line::Other if fields.is_empty() => break no_headers(rest, defects),
            Line::Mbox | Line::Other if header_goes_on(after) => defects.note(Defect::MalformedHeaderLine),
            Line::Mbox | Line::Other => {
                defects.note(Defect::MissingBlankLine);
                break rest;
            }
        }
        at_start = false;
        rest = after;
    };
    let label = body_charset(&fields);
    let headers = fields
        .into_iter()
        .map(|(name, value)| decode_field(name, value, label.as_deref(), defects))
        .collect();
    HeaderBlock { headers, body }
}

/// The charset that the header names for its body.
fn body_charset(fields: &[(&[u8], Vec<u8>)]) -> Option<String> {
    let (_, value) = fields.iter().find(|(name, _)| name.eq_ignore_ascii_case(b"Content-Type"))?;
    let media =
        Parameterized::parse(&String::from_utf8_lossy(value.get(..MAX_HEADER_BYTES).unwrap_or(value)));
    media.parameter("charset").map(str::to_owned)
}

fn no_headers<'a>(rest: &'a [u8], defects: &mut Defects) -> &'a [u8] {
    defects.note(Defect::NoHeaders);
    rest
}

/// Whether a field that nobody writes in prose follows before the next empty line.
fn header_goes_on(bytes: &[u8]) -> bool {
    const KNOWN: &[&str] = &["from", "to", "cc", "subject", "date", "received", "sender"];
    let mut rest = bytes;
    for _ in 0..LOOK_AHEAD_LINES {
        if rest.is_empty() {
            return false;
        }
        let (line, after) = split_line(rest);
        match classify(line) {
            Line::End => return false,
            Line::Field { name, .. } => {
                let known = KNOWN.iter().any(|known| name.eq_ignore_ascii_case(known.as_bytes()));
                return known || name.contains(&b'-');
            }
            _ => rest = after,
        }
    }
    false
}

/// Bytes that name no charset are in that of the body (`label`), if they fit it.
fn decode_field(name: &[u8], mut value: Vec<u8>, label: Option<&str>, defects: &mut Defects) -> RawHeader {
    if value.len() > MAX_HEADER_BYTES {
        defects.note(Defect::HeaderTooLong);
        value.truncate(MAX_HEADER_BYTES);
    }
    let (mut text, fit) = charset::decode_unlabelled(&value);
    if let (Fit::Guessed, Some(label)) = (fit, label)
        && let (labelled, Fit::Good) = charset::decode(&value, Some(label))
    {
        text = labelled;
    }
    defects.note_if(fit == Fit::Guessed, Defect::EightBitHeader);
    defects.note_if(text.contains('\0'), Defect::NulCharacter);
    defects.note_if(text.contains('\r'), Defect::BareCarriageReturn);
    let value = crate::lines::one_line(&text);
    RawHeader { name: String::from_utf8_lossy(name).into_owned(), value }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn fields(bytes: &[u8]) -> (Vec<(String, String)>, String, Vec<Defect>) {
        let mut defects = Defects::default();
        let block = read(bytes, &mut defects);
        let headers =
            block.headers.iter().map(|header| (header.name.clone(), header.value.clone())).collect();
        (headers, String::from_utf8_lossy(block.body).into_owned(), defects.into_list())
    }

    #[test]
    fn folded_lines_are_joined() {
        let (headers, body, defects) = fields(b"Subject: a\r\n b\r\n\tc\r\n\r\nbody");
        assert_eq!(headers, [("Subject".into(), "a b c".into())]);
        assert_eq!((body.as_str(), defects.as_slice()), ("body", &[][..]));
    }

    #[test]
    fn a_body_without_its_empty_line_is_found() {
        let (headers, body, defects) = fields(b"Subject: a\nHello there\nwhat now\n");
        assert_eq!(headers.len(), 1);
        assert_eq!(
            (body.as_str(), defects.as_slice()),
            ("Hello there\nwhat now\n", &[Defect::MissingBlankLine][..])
        );
    }

    #[test]
    fn a_broken_line_inside_the_header_is_left_out() {
        let (headers, body, defects) = fields(b"Subject: a\nbroken line\nFrom: x@example.org\n\nbody");
        assert_eq!(headers.len(), 2);
        assert_eq!((body.as_str(), defects.as_slice()), ("body", &[Defect::MalformedHeaderLine][..]));
    }

    #[test]
    fn mbox_lines_are_left_out_at_the_start_only() {
        let (headers, _, defects) = fields(b"From x@example.org Thu Jan  1 00:00:00 2015\nSubject: a\n\n");
        assert_eq!((headers.len(), defects.as_slice()), (1, &[Defect::MboxLine][..]));
    }

    #[test]
    fn bytes_without_a_charset_are_in_that_of_the_body() {
        let subject = encoding_rs::GBK.encode("打印机").0;
        let header = |label: &str| {
            let mut bytes = b"Subject: ".to_vec();
            bytes.extend_from_slice(&subject);
            bytes.extend(format!("\nContent-Type: text/plain; charset={label}\n\n").as_bytes());
            let (headers, _, defects) = fields(&bytes);
            (headers.first().map(|(_, value)| value.clone()).unwrap_or_default(), defects)
        };
        assert_eq!(header("gb2312"), ("打印机".into(), vec![Defect::EightBitHeader]));
        for label in ["us-ascii", "utf-8", "nonsense"] {
            let (value, defects) = header(label);
            assert!(value != "打印机" && defects == [Defect::EightBitHeader], "{label}");
        }
    }

    #[test]
    fn at_the_limits() {
        let exactly = "A: b\n".repeat(MAX_HEADERS);
        assert_eq!(fields(exactly.as_bytes()).2, []);
        let (headers, body, defects) = fields(format!("{exactly}B: c\n folded\n\nbody").as_bytes());
        assert_eq!(
            (headers.len(), body.as_str(), defects.as_slice()),
            (MAX_HEADERS, "body", &[Defect::TooManyHeaders][..])
        );
        assert!(headers.last().is_some_and(|(_, value)| value == "b"));

        let long = format!("A:{}\n\n", "x".repeat(MAX_HEADER_BYTES));
        assert_eq!(fields(long.as_bytes()).2, []);
        let longer = format!("A:{}\n x\n\n", "x".repeat(MAX_HEADER_BYTES));
        let (headers, _, defects) = fields(longer.as_bytes());
        assert_eq!(defects, [Defect::HeaderTooLong]);
        assert_eq!(headers.first().map(|(_, value)| value.len()), Some(MAX_HEADER_BYTES));
    }
}
