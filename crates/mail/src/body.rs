//! Which parts are the body and which are attachments.
//!
//! Of a `multipart/alternative` the plain part is the text and the HTML part the HTML; parts in sequence are
//! joined in both. Everything else is an attachment: nothing is left out silently.

use std::fmt::Write as _;

use crate::{
    Attachment,
    charset::{self, Fit},
    cid,
    defect::{Defect, Defects},
    header_block, html,
    limits::{MAX_ATTACHMENT_BYTES, MAX_TEXT_BYTES},
    lines::{clean_text, cut_at_char},
    media_type::{clean_file_name, extension},
    mime_tree::{Leaf, Node},
    protection::{self, Protection},
    tnef,
};

/// The body and the attachments of a mail.
#[derive(Debug, Default)]
pub(crate) struct Body {
    pub(crate) text: String,
    pub(crate) html: Option<String>,
    pub(crate) text_from_html: bool,
    pub(crate) attachments: Vec<Attachment>,
    pub(crate) calendar: Option<String>,
    /// Of the texts: what they are wrapped in.
    pub(crate) protection: Protection,
}

/// One piece of the body: the same content in one or both forms.
#[derive(Debug, Default)]
struct Piece {
    plain: Option<String>,
    html: Option<String>,
}

impl Piece {
    fn is_blank(&self) -> bool {
        let is_blank = |form: &Option<String>| form.as_deref().is_none_or(|text| text.trim().is_empty());
        is_blank(&self.plain) && is_blank(&self.html)
    }
}

/// Sorts the parts of a mail into body and attachments.
pub(crate) fn read(root: Node, defects: &mut Defects) -> Body {
    let mut sorter = Sorter {
        attachments: Vec::new(),
        calendar: None,
        containers: tnef::Budget::default(),
        contained: None,
        protection: Protection::None,
        defects,
    };
    let is_single = matches!(root, Node::Leaf(_));
    let mut pieces = sorter.pieces(root, Place { is_single, parent: "" });
    if pieces.iter().all(Piece::is_blank) {
        pieces.extend(sorter.contained_body());
    }
    let Sorter { mut attachments, calendar, protection, .. } = sorter;
    let (text, text_from_html) = join_text(&pieces, defects);
    let html = join_html(&pieces).map(|html| bounded(&html, defects));
    note_shown(&mut attachments, html.as_deref());
    // Also where the text was not made of it: somebody may want to show it.
    defects.note_if(html.as_deref().is_some_and(html::is_too_complex), Defect::HtmlTooComplex);
    Body { text: bounded(&text, defects), html, text_from_html, attachments, calendar, protection }
}

/// What the HTML shows is inline, wherever it stands in the mail and whatever its disposition says.
fn note_shown(attachments: &mut [Attachment], html: Option<&str>) {
    let Some(html) = html.filter(|_| attachments.iter().any(|file| file.content_id.is_some())) else {
        return;
    };
    let shown = cid::references(html);
    for file in attachments {
        file.inline |= file.content_id.as_ref().is_some_and(|id| shown.contains(id));
    }
}

fn bounded(text: &str, defects: &mut Defects) -> String {
    defects.note_if(text.len() > MAX_TEXT_BYTES, Defect::TextTooLong);
    cut_at_char(text, MAX_TEXT_BYTES).to_owned()
}

/// Where a part stands.
#[derive(Clone, Copy)]
struct Place<'a> {
    /// The mail has no other part.
    is_single: bool,
    /// The subtype of the multipart around it.
    parent: &'a str,
}

struct Sorter<'a> {
    attachments: Vec<Attachment>,
    calendar: Option<String>,
    /// What may still be read of `winmail.dat`.
    containers: tnef::Budget,
    /// The first `winmail.dat`, without its files: its body counts where the mail has no other.
    contained: Option<tnef::Content>,
    protection: Protection,
    defects: &'a mut Defects,
}

impl Sorter<'_> {
    fn pieces(&mut self, node: Node, place: Place<'_>) -> Vec<Piece> {
        match node {
            Node::Leaf(leaf) => self.leaf(leaf, place).into_iter().collect(),
            Node::Multipart { subtype, children } => {
                let inner = Place { is_single: false, parent: &subtype };
                let groups: Vec<Vec<Piece>> =
                    children.into_iter().map(|child| self.pieces(child, inner)).collect();
                if subtype == "alternative" {
                    vec![alternative(groups)]
                } else {
                    groups.into_iter().flatten().collect()
                }
            }
        }
    }

    fn leaf(&mut self, leaf: Leaf, place: Place<'_>) -> Option<Piece> {
        self.note_calendar(&leaf);
        let named = !leaf.file_name.is_empty() && !place.is_single;
        if leaf.disposition == "attachment" || named {
            self.attach(leaf, place);
            return None;
        }
        match leaf.media.value.as_str() {
            "text/plain" => Some(Piece { plain: Some(self.plain_text(&leaf)), html: None }),
            "text/html" | "application/xhtml+xml" => {
                Some(Piece { plain: None, html: Some(self.text(&leaf)) })
            }
            "text/enriched" | "text/richtext" | "text/markdown" if place.is_single => {
                Some(Piece { plain: Some(self.text(&leaf)), html: None })
            }
            _ => {
                self.attach(leaf, place);
                None
            }
        }
    }

    /// Plain text, without the armour of a signature.
    fn plain_text(&mut self, leaf: &Leaf) -> String {
        let text = self.text(leaf);
        let (protection, unwrapped) = protection::unwrap_text(&text);
        self.protection = self.protection.max(protection);
        unwrapped.unwrap_or(text)
    }

    fn text(&mut self, leaf: &Leaf) -> String {
        let (text, fit) = charset::decode(&leaf.bytes, leaf.media.parameter("charset"));
        match fit {
            Fit::Good => {}
            Fit::UnknownLabel => self.defects.note(Defect::UnknownCharset),
            Fit::Guessed | Fit::Misfit => self.defects.note(Defect::WrongCharset),
        }
        self.defects.note_if(text.contains('\0'), Defect::NulCharacter);
        let text = clean_text_noting(&text, self.defects);
        text.strip_prefix('\u{feff}').map(str::to_owned).unwrap_or(text)
    }

    /// An invitation is a calendar part of the body, or one that states its method; a booking that somebody
    /// attached is neither.
    fn note_calendar(&mut self, leaf: &Leaf) {
        if leaf.media.value != "text/calendar" || self.calendar.is_some() {
            return;
        }
        let stated = leaf.media.parameter("method").map(str::to_ascii_uppercase);
        let is_body = leaf.disposition != "attachment";
        let written = || {
            let text = charset::decode(&leaf.bytes, leaf.media.parameter("charset")).0;
            text.lines()
                .find_map(|line| line.strip_prefix("METHOD:"))
                .map(|method| method.trim().to_ascii_uppercase())
        };
        self.calendar = stated.or_else(|| is_body.then(written).flatten());
    }

    fn attach(&mut self, leaf: Leaf, place: Place<'_>) {
        let is_container = leaf.media.value.ends_with("/ms-tnef")
            || leaf.media.value.ends_with("/vnd.ms-tnef")
            || leaf.file_name.eq_ignore_ascii_case("winmail.dat");
        if is_container && self.take_out(&leaf) {
            return;
        }
        let is_message = matches!(leaf.media.value.as_str(), "message/rfc822" | "message/global");
        let mut file_name = leaf.file_name;
        if file_name.is_empty() && is_message {
            file_name = message_file_name(&leaf.bytes);
        }
        let in_body = leaf.content_id.is_some() && place.parent == "related";
        self.push(Attachment {
            file_name,
            media_type: leaf.media.value,
            content_id: leaf.content_id,
            inline: leaf.disposition == "inline" || (leaf.disposition.is_empty() && in_body),
            bytes: leaf.bytes,
        });
    }

    /// Takes the files out of a `winmail.dat`. True when nothing is left in it, so that it need not be kept.
    fn take_out(&mut self, leaf: &Leaf) -> bool {
        let content = tnef::read(&leaf.bytes, &mut self.containers);
        let whole = content.as_ref().is_some_and(|content| content.whole);
        self.defects.note_if(!whole, Defect::BrokenTnef);
        let Some(mut content) = content else { return false };
        for file in std::mem::take(&mut content.files) {
            self.push(Attachment {
                file_name: clean_file_name(&file.name),
                media_type: file.media_type,
                content_id: file.content_id,
                inline: false,
                bytes: file.bytes,
            });
        }
        self.contained.get_or_insert(content);
        whole
    }

    /// The body of a `winmail.dat`. Rich text becomes a file for its looks, and the text of the mail.
    fn contained_body(&mut self) -> Option<Piece> {
        let content = self.contained.take()?;
        let clean = |text: String, defects: &mut Defects| clean_text_noting(&text, defects);
        let piece = Piece {
            plain: content.text.map(|text| clean(text, self.defects)),
            html: content.html.map(|html| clean(html, self.defects)),
        };
        if !piece.is_blank() {
            return Some(piece);
        }
        let packed = content.rtf?;
        let Some(bytes) = tnef::decompress_rtf(&packed) else {
            self.defects.note(Defect::BrokenTnef);
            return None;
        };
        let text = tnef::text_of_rtf(&bytes).filter(|text| !text.trim().is_empty());
        self.push(Attachment {
            file_name: "message.rtf".into(),
            media_type: "application/rtf".into(),
            content_id: None,
            inline: false,
            bytes,
        });
        Some(Piece { plain: text.map(|text| clean(text, self.defects)), html: None })
    }

    fn push(&mut self, mut file: Attachment) {
        if file.file_name.is_empty() {
            let number = self.attachments.len() + 1;
            file.file_name = format!("part-{number}.{}", extension(&file.media_type));
        }
        if file.bytes.len() > MAX_ATTACHMENT_BYTES {
            self.defects.note(Defect::AttachmentTooLarge);
            file.bytes = Vec::new();
        }
        self.attachments.push(file);
    }
}

/// The subject of an enclosed message with `.eml`; empty when it has none.
fn message_file_name(bytes: &[u8]) -> String {
    let block = header_block::read(bytes, &mut Defects::default());
    let subject =
        block.first("Subject").map(|subject| crate::encoded_word::decode(subject).0).unwrap_or_default();
    // A subject is no path: its slashes are part of the name.
    let name = clean_file_name(&subject.replace(['/', '\\', ':'], "_"));
    if name.is_empty() { name } else { clean_file_name(&format!("{name}.eml")) }
}

fn clean_text_noting(text: &str, defects: &mut Defects) -> String {
    let bare = text.split('\r').skip(1).any(|after| !after.starts_with('\n'));
    defects.note_if(bare, Defect::BareCarriageReturn);
    clean_text(text)
}

/// One piece of a `multipart/alternative`: the first plain form that says something, the last HTML form.
fn alternative(groups: Vec<Vec<Piece>>) -> Piece {
    let mut merged = Piece::default();
    for group in groups {
        let plain: Vec<&str> = group.iter().filter_map(|piece| piece.plain.as_deref()).collect();
        if merged.plain.as_deref().is_none_or(|text| text.trim().is_empty()) && !plain.is_empty() {
            merged.plain = Some(plain.join("\n"));
        }
        if let Some(html) = join_html_parts(&group) {
            merged.html = Some(html);
        }
    }
    merged
}

fn join_html_parts(pieces: &[Piece]) -> Option<String> {
    let parts: Vec<&str> = pieces.iter().filter_map(|piece| piece.html.as_deref()).collect();
    (!parts.is_empty()).then(|| parts.join("\n"))
}

/// The text of all pieces, and whether all of it was made from HTML.
fn join_text(pieces: &[Piece], defects: &mut Defects) -> (String, bool) {
    let mut text = String::new();
    let mut from_plain = false;
    let mut from_html = false;
    for piece in pieces {
        let says_something = |text: &&str| !text.trim().is_empty();
        let part = match (piece.plain.as_deref().filter(says_something), piece.html.as_deref()) {
            (Some(plain), _) => {
                from_plain = true;
                plain.to_owned()
            }
            (None, Some(html)) => {
                let (rendered, without_layout) = html::to_text_noting(cut_at_char(html, MAX_TEXT_BYTES));
                defects.note_if(without_layout, Defect::HtmlTooComplex);
                from_html |= !rendered.trim().is_empty();
                rendered
            }
            (None, None) => continue,
        };
        if !text.is_empty() && !text.ends_with('\n') {
            text.push('\n');
        }
        text.push_str(&part);
    }
    (text, from_html && !from_plain)
}

/// The HTML of all pieces; plain pieces between HTML ones are escaped into it. None when there is no HTML.
fn join_html(pieces: &[Piece]) -> Option<String> {
    if !pieces.iter().any(|piece| piece.html.is_some()) {
        return None;
    }
    let mut html = String::new();
    for piece in pieces {
        if let Some(part) = &piece.html {
            html.push_str(part);
        } else if let Some(plain) = piece.plain.as_deref().filter(|plain| !plain.trim().is_empty()) {
            // Writing to a string cannot fail.
            let _ = write!(html, "<pre>{}</pre>", escape(plain.trim_end()));
        }
    }
    Some(html)
}

fn escape(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;")
}
