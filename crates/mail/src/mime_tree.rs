//! The MIME structure of a message: multiparts inside one another and their decoded leaves (RFC 2046).
//!
//! Depth and number of parts are bounded here, so that neither reading nor dropping the tree can exhaust the
//! stack. Messages inside the message stay closed: they are leaves with their bytes.

use crate::{
    cms::{self, Cms},
    defect::{Defect, Defects},
    header_block::{self, HeaderBlock},
    limits::{MAX_DEPTH, MAX_LINE_BYTES, MAX_PARTS},
    lines::split_line,
    media_type::{Parameterized, clean_file_name},
    message_id,
    protection::Protection,
    transfer_encoding::{decode_base64, decode_quoted_printable},
};

/// Bytes of a boundary (RFC 2046, 5.1.1) with room for those who do not count.
const MAX_BOUNDARY_BYTES: usize = 200;

/// A node of the tree.
#[derive(Debug)]
pub(crate) enum Node {
    Leaf(Leaf),
    Multipart { subtype: String, children: Vec<Node> },
}

/// A part without parts.
#[derive(Debug, Default)]
pub(crate) struct Leaf {
    /// `type/subtype` and its parameters.
    pub(crate) media: Parameterized,
    /// `inline`, `attachment` or empty.
    pub(crate) disposition: String,
    pub(crate) file_name: String,
    pub(crate) content_id: Option<String>,
    /// Content without its transfer encoding.
    pub(crate) bytes: Vec<u8>,
}

/// Reads the parts below `header` from its body, and what they are wrapped in.
pub(crate) fn read(header: &HeaderBlock<'_>, defects: &mut Defects) -> (Node, Protection) {
    let mut walker = Walker { parts: 0, protection: Protection::None, defects };
    let place = Place { default_type: "text/plain", depth: 0, leads: true };
    let node = walker.node(header, place);
    (node, walker.protection)
}

/// Where a part stands.
#[derive(Clone, Copy)]
struct Place {
    /// The media type of a part that names none.
    default_type: &'static str,
    depth: usize,
    /// The part is the mail itself, or nothing but its wrapping comes before it: what is encrypted here is the mail,
    /// and no file of it.
    leads: bool,
}

struct Walker<'a> {
    parts: usize,
    protection: Protection,
    defects: &'a mut Defects,
}

impl Walker<'_> {
    fn node(&mut self, part: &HeaderBlock<'_>, place: Place) -> Node {
        let Place { default_type, depth, .. } = place;
        let mut media = Parameterized::parse(part.first("Content-Type").unwrap_or(default_type));
        self.defects.note_if(media.broken, Defect::BadParameter);
        if !is_media_type(&media.value) {
            media.value = if media.value.starts_with("text") {
                "text/plain".into()
            } else {
                default_or_binary(&media.value, default_type)
            };
        }
        let Some(subtype) = media.value.strip_prefix("multipart/").map(str::to_owned) else {
            let leaf = self.leaf(part, media);
            return self.unwrapped(leaf, place);
        };
        match subtype.as_str() {
            "signed" => self.found(Protection::Signed),
            "encrypted" => self.found(Protection::Encrypted),
            _ => {}
        }
        if depth >= MAX_DEPTH {
            self.defects.note(Defect::TooDeep);
            self.parts += 1;
            return Node::Leaf(Leaf {
                media,
                disposition: "attachment".into(),
                bytes: part.body.to_vec(),
                ..Leaf::default()
            });
        }
        let Some(boundary) = self.boundary(&media, part.body) else { return self.as_text(part) };
        let sections = self.split(part.body, &boundary);
        if sections.is_empty() {
            self.defects.note(Defect::BoundaryNotFound);
            return self.as_text(part);
        }
        let child_type = if subtype == "digest" { "message/rfc822" } else { "text/plain" };
        let mut children = Vec::new();
        for section in sections {
            if self.parts >= MAX_PARTS {
                self.defects.note(Defect::TooManyParts);
                break;
            }
            let child = self.part_header(section);
            let leads = place.leads && children.is_empty();
            children.push(self.node(&child, Place { default_type: child_type, depth: depth + 1, leads }));
        }
        Node::Multipart { subtype, children }
    }

    fn found(&mut self, protection: Protection) {
        self.protection = self.protection.max(protection);
    }

    /// The content of a signed CMS message that is the mail (RFC 8551, 3.5.2); every other leaf as it is.
    fn unwrapped(&mut self, leaf: Leaf, place: Place) -> Node {
        if leaf.media.value == "application/pgp-encrypted" {
            self.found(Protection::Encrypted);
        }
        let is_cms =
            matches!(leaf.media.value.as_str(), "application/pkcs7-mime" | "application/x-pkcs7-mime");
        if !is_cms || !place.leads {
            return Node::Leaf(leaf);
        }
        let content = match cms::read(&leaf.bytes) {
            Some(Cms::Signed(content)) if place.depth < MAX_DEPTH => content,
            Some(Cms::Enveloped) => {
                self.found(Protection::Encrypted);
                return Node::Leaf(leaf);
            }
            Some(Cms::Other) => return Node::Leaf(leaf),
            // Unreadable: what it claims to be.
            _ => {
                match leaf.media.parameter("smime-type").map(str::to_ascii_lowercase).as_deref() {
                    Some("signed-data") => self.found(Protection::Signed),
                    Some("enveloped-data" | "authenveloped-data") => self.found(Protection::Encrypted),
                    _ => {}
                }
                return Node::Leaf(leaf);
            }
        };
        self.found(Protection::Signed);
        // The container is no part of its own: its content is.
        self.parts = self.parts.saturating_sub(1);
        let inner = self.part_header(&content);
        self.node(&inner, Place { default_type: "text/plain", depth: place.depth + 1, leads: true })
    }

    /// The header of a part may be missing altogether; that is no defect (RFC 2046, 5.1).
    fn part_header<'b>(&mut self, section: &'b [u8]) -> HeaderBlock<'b> {
        let (first, after) = split_line(section);
        if first.is_empty() {
            return HeaderBlock { headers: Vec::new(), body: after };
        }
        header_block::read(section, self.defects)
    }

    /// A multipart that cannot be taken apart is shown as the text that it is.
    fn as_text(&mut self, part: &HeaderBlock<'_>) -> Node {
        let media = Parameterized { value: "text/plain".into(), ..Parameterized::default() };
        Node::Leaf(self.leaf(part, media))
    }

    fn boundary(&mut self, media: &Parameterized, body: &[u8]) -> Option<Vec<u8>> {
        if let Some(boundary) =
            media.parameter("boundary").map(str::trim_end).filter(|boundary| !boundary.is_empty())
        {
            return Some(boundary.as_bytes().to_vec());
        }
        self.defects.note(Defect::MissingBoundary);
        guess_boundary(body).map(<[u8]>::to_vec)
    }

    /// The sections between the delimiter lines, without the line end before each delimiter.
    fn split<'b>(&mut self, body: &'b [u8], boundary: &[u8]) -> Vec<&'b [u8]> {
        let mut sections = Vec::new();
        let mut rest = body;
        let mut start: Option<usize> = None;
        let mut closed = false;
        while !rest.is_empty() {
            let at = body.len() - rest.len();
            let (line, after) = split_line(rest);
            rest = after;
            let Some(last) = delimiter(line, boundary) else { continue };
            if let Some(start) = start {
                sections.push(without_line_end(body.get(start..at).unwrap_or_default()));
            }
            start = Some(body.len() - rest.len());
            if last {
                closed = true;
                break;
            }
            if sections.len() > MAX_PARTS {
                return sections;
            }
        }
        if let (Some(start), false) = (start, closed) {
            self.defects.note(Defect::UnterminatedMultipart);
            let tail = body.get(start..).unwrap_or_default();
            if !tail.trim_ascii().is_empty() || sections.is_empty() {
                sections.push(tail);
            }
        }
        sections
    }

    fn leaf(&mut self, part: &HeaderBlock<'_>, media: Parameterized) -> Leaf {
        self.parts += 1;
        let disposition = Parameterized::parse(part.first("Content-Disposition").unwrap_or_default());
        self.defects.note_if(disposition.broken, Defect::BadParameter);
        let names = [disposition.parameter("filename"), media.parameter("name")];
        let name = names.into_iter().flatten().find(|name| !name.trim().is_empty()).unwrap_or_default();
        let content_id = part.first("Content-ID").and_then(message_id::parse_one);
        let bytes = self.decode(part);
        let kind = if disposition.value == "inline" || disposition.value.is_empty() {
            disposition.value.clone()
        } else {
            "attachment".into()
        };
        Leaf { file_name: clean_file_name(name), disposition: kind, content_id, bytes, media }
    }

    fn decode(&mut self, part: &HeaderBlock<'_>) -> Vec<u8> {
        let encoding = part.first("Content-Transfer-Encoding").unwrap_or_default();
        let encoding = encoding
            .split(['(', ';'])
            .next()
            .unwrap_or_default()
            .trim()
            .trim_matches('"')
            .to_ascii_lowercase();
        match encoding.as_str() {
            "base64" => {
                let (bytes, broken) = decode_base64(part.body);
                self.defects.note_if(broken, Defect::BadBase64);
                bytes
            }
            "quoted-printable" => {
                let (bytes, broken) = decode_quoted_printable(part.body);
                self.defects.note_if(broken, Defect::BadQuotedPrintable);
                bytes
            }
            "" | "7bit" | "8bit" | "binary" | "7-bit" | "8-bit" => {
                if encoding != "binary" {
                    self.defects.note_if(has_long_line(part.body), Defect::LongLine);
                }
                part.body.to_vec()
            }
            _ => {
                self.defects.note(Defect::UnknownTransferEncoding);
                part.body.to_vec()
            }
        }
    }
}

fn is_media_type(value: &str) -> bool {
    value.split_once('/').is_some_and(|(kind, subtype)| !kind.is_empty() && !subtype.is_empty())
}

/// RFC 2045, 5.2: what names no type is text; a type that is no type is of unknown content.
fn default_or_binary(value: &str, default_type: &str) -> String {
    if value.is_empty() { default_type.into() } else { "application/octet-stream".into() }
}

/// Whether `line` delimits parts of `boundary`: some if it does, true for the closing one.
fn delimiter(line: &[u8], boundary: &[u8]) -> Option<bool> {
    let rest = line.strip_prefix(b"--")?.strip_prefix(boundary)?;
    let (rest, last) = match rest.strip_prefix(b"--") {
        Some(rest) => (rest, true),
        None => (rest, false),
    };
    rest.trim_ascii().is_empty().then_some(last)
}

/// The first line that looks like a delimiter and is followed by a header field.
fn guess_boundary(body: &[u8]) -> Option<&[u8]> {
    let mut rest = body;
    while !rest.is_empty() {
        let (line, after) = split_line(rest);
        rest = after;
        let Some(candidate) = line.trim_ascii_end().strip_prefix(b"--") else { continue };
        let plausible =
            !candidate.is_empty() && candidate.len() <= MAX_BOUNDARY_BYTES && !candidate.contains(&b' ');
        let (next, _) = split_line(after);
        let content = next.get(..8).is_some_and(|start| start.eq_ignore_ascii_case(b"content-"));
        if plausible && content {
            return Some(candidate);
        }
    }
    None
}

fn without_line_end(section: &[u8]) -> &[u8] {
    let section = section.strip_suffix(b"\n").unwrap_or(section);
    section.strip_suffix(b"\r").unwrap_or(section)
}

fn has_long_line(bytes: &[u8]) -> bool {
    bytes.len() > MAX_LINE_BYTES
        && bytes
            .split(|&byte| byte == b'\n')
            .any(|line| line.strip_suffix(b"\r").unwrap_or(line).len() > MAX_LINE_BYTES)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn tree(message: &str) -> (Node, Vec<Defect>) {
        let mut defects = Defects::default();
        let block = header_block::read(message.as_bytes(), &mut defects);
        let (node, _) = read(&block, &mut defects);
        (node, defects.into_list())
    }

    fn leaves(node: &Node) -> Vec<&Leaf> {
        match node {
            Node::Leaf(leaf) => vec![leaf],
            Node::Multipart { children, .. } => children.iter().flat_map(leaves).collect(),
        }
    }

    fn texts(message: &str) -> (Vec<String>, Vec<Defect>) {
        let (node, defects) = tree(message);
        (
            leaves(&node).iter().map(|leaf| String::from_utf8_lossy(&leaf.bytes).into_owned()).collect(),
            defects,
        )
    }

    fn flat(parts: usize) -> String {
        let body: String =
            (0..parts).fold(String::new(), |text, number| text + &format!("--b\n\n{number}\n"));
        format!("Content-Type: multipart/mixed; boundary=b\n\n{body}--b--\n")
    }

    fn nested(depth: usize) -> String {
        let opening: String = (0..depth).fold(String::new(), |text, level| {
            text + &format!("Content-Type: multipart/mixed; boundary=b{level}x\n\n--b{level}x\n")
        });
        let closing: String =
            (0..depth).rev().fold(String::new(), |text, level| text + &format!("\n--b{level}x--\n"));
        format!("{opening}\ninside{closing}")
    }

    #[test]
    fn parts_are_separated_by_delimiter_lines_only() {
        let (found, defects) = texts(
            "Content-Type: multipart/mixed; boundary=b\n\npreamble\n--b\n\none --b\n--bb\n--b \n\ntwo\n--b--\nepilogue",
        );
        assert_eq!((found, defects), (vec!["one --b\n--bb".to_owned(), "two".to_owned()], vec![]));
    }

    #[test]
    fn what_is_missing_is_made_up_for() {
        let (found, defects) =
            texts("Content-Type: multipart/mixed\n\n--x1\nContent-Type: text/plain\n\none\n--x1--\n");
        assert_eq!((found, defects), (vec!["one".to_owned()], vec![Defect::MissingBoundary]));
        let (found, defects) = texts("Content-Type: multipart/mixed; boundary=b\n\njust text");
        assert_eq!((found, defects), (vec!["just text".to_owned()], vec![Defect::BoundaryNotFound]));
        let (found, defects) = texts("Content-Type: multipart/mixed; boundary=b\n\n--b\n\ncut o");
        assert_eq!((found, defects), (vec!["cut o".to_owned()], vec![Defect::UnterminatedMultipart]));
    }

    #[test]
    fn at_the_limit_of_parts() {
        let (found, defects) = texts(&flat(MAX_PARTS));
        assert_eq!((found.len(), defects), (MAX_PARTS, vec![]));
        let (found, defects) = texts(&flat(MAX_PARTS + 5));
        assert_eq!((found.len(), defects), (MAX_PARTS, vec![Defect::TooManyParts]));
    }

    #[test]
    fn at_the_limit_of_depth() {
        assert_eq!(texts(&nested(MAX_DEPTH)), (vec!["inside".to_owned()], vec![]));
        let (node, defects) = tree(&nested(MAX_DEPTH + 1));
        assert_eq!(defects, [Defect::TooDeep]);
        assert_eq!(leaves(&node).first().map(|leaf| leaf.disposition.as_str()), Some("attachment"));
    }

    #[test]
    fn at_the_limit_of_a_line() {
        let line = "x".repeat(MAX_LINE_BYTES);
        assert_eq!(texts(&format!("A: b\r\n\r\n{line}\r\n")).1, []);
        assert_eq!(texts(&format!("A: b\r\n\r\n{line}x\r\n")).1, [Defect::LongLine]);
    }
}
