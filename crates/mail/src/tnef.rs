//! `winmail.dat`: the Transport Neutral Encapsulation Format of Outlook and Exchange (MS-OXTNEF).
//!
//! Reads the files, their names, and the body in the forms that it has. Every length is checked against the bytes
//! that are there, every count against [`Budget`]. What is broken or over a limit is left out and told
//! ([`Content::whole`]); the reader never follows anything outside of its bytes.

mod cursor;
mod property;
mod rtf;
mod rtf_text;

use crate::{
    charset,
    limits::{MAX_TNEF_DEPTH, MAX_TNEF_FILES, MAX_TNEF_ITEMS},
    media_type,
};
use cursor::Cursor;
use property::{Property, Value};

pub(crate) use rtf::decompress as decompress_rtf;
pub(crate) use rtf_text::text_of as text_of_rtf;

/// The first four bytes of every such stream.
const SIGNATURE: u32 = 0x223E_9F78;
/// The identity of a message as an object inside a property (`IID_IMessage`).
const MESSAGE_OBJECT: [u8; 16] = [7, 3, 2, 0, 0, 0, 0, 0, 0xC0, 0, 0, 0, 0, 0, 0, 0x46];
/// The code page that is meant where none is named.
const DEFAULT_CODE_PAGE: u32 = 1252;

/// Attributes of the stream (MS-OXTNEF, 2.1.3).
mod attribute {
    pub(super) const OEM_CODE_PAGE: u32 = 0x0006_9007;
    pub(super) const SUBJECT: u32 = 0x0001_8004;
    pub(super) const BODY: u32 = 0x0002_800C;
    pub(super) const MESSAGE_PROPERTIES: u32 = 0x0006_9003;
    pub(super) const FILE_BEGINS: u32 = 0x0006_9002;
    pub(super) const FILE_TITLE: u32 = 0x0001_8010;
    pub(super) const FILE_DATA: u32 = 0x0006_800F;
    pub(super) const FILE_PROPERTIES: u32 = 0x0006_9005;
}

/// Properties of messages and files (MS-OXPROPS).
mod tag {
    pub(super) const SUBJECT: u16 = 0x0037;
    pub(super) const BODY: u16 = 0x1000;
    pub(super) const RTF_COMPRESSED: u16 = 0x1009;
    pub(super) const HTML: u16 = 0x1013;
    pub(super) const INTERNET_CODE_PAGE: u16 = 0x3FDE;
    pub(super) const DISPLAY_NAME: u16 = 0x3001;
    pub(super) const FILE_DATA: u16 = 0x3701;
    pub(super) const SHORT_NAME: u16 = 0x3704;
    pub(super) const LONG_NAME: u16 = 0x3707;
    pub(super) const MEDIA_TYPE: u16 = 0x370E;
    pub(super) const CONTENT_ID: u16 = 0x3712;
}

/// A file of the container.
#[derive(Debug, Default, PartialEq)]
pub(crate) struct File {
    /// As it was written; possibly empty, possibly a path.
    pub(crate) name: String,
    /// `type/subtype` in lower case.
    pub(crate) media_type: String,
    pub(crate) content_id: Option<String>,
    pub(crate) bytes: Vec<u8>,
}

/// What a container holds.
#[derive(Debug, Default, PartialEq)]
pub(crate) struct Content {
    pub(crate) files: Vec<File>,
    pub(crate) text: Option<String>,
    pub(crate) html: Option<String>,
    /// The body as compressed rich text (MS-OXRTFCP).
    pub(crate) rtf: Option<Vec<u8>>,
    /// Nothing was broken and nothing left out.
    pub(crate) whole: bool,
    subject: String,
}

/// What may still be read of all containers of one mail.
#[derive(Debug)]
pub(crate) struct Budget {
    files: usize,
    items: usize,
}

impl Default for Budget {
    fn default() -> Self {
        Self { files: MAX_TNEF_FILES, items: MAX_TNEF_ITEMS }
    }
}

impl Budget {
    /// Whether one more attribute or property may be read.
    fn item(&mut self) -> bool {
        let left = self.items.checked_sub(1);
        self.items = left.unwrap_or_default();
        left.is_some()
    }

    fn file(&mut self) -> bool {
        let left = self.files.checked_sub(1);
        self.files = left.unwrap_or_default();
        left.is_some()
    }
}

/// Reads a container; none when the bytes are none.
pub(crate) fn read(bytes: &[u8], budget: &mut Budget) -> Option<Content> {
    message(bytes, 0, budget)
}

fn message(bytes: &[u8], depth: usize, budget: &mut Budget) -> Option<Content> {
    let mut cursor = Cursor::new(bytes);
    if cursor.u32()? != SIGNATURE {
        return None;
    }
    let mut reader = Reader {
        content: Content { whole: true, ..Content::default() },
        file: None,
        code_page: DEFAULT_CODE_PAGE,
        depth,
        budget,
    };
    // The key, which only tells messages of one sender apart.
    let has_key = cursor.u16().is_some();
    reader.content.whole &= has_key;
    while !cursor.is_empty() {
        if !reader.budget.item() {
            reader.content.whole = false;
            break;
        }
        let Some((id, data, fits)) = next_attribute(&mut cursor) else {
            reader.content.whole = false;
            break;
        };
        reader.content.whole &= fits;
        reader.attribute(id, data);
    }
    reader.end_file();
    Some(reader.content)
}

/// The next attribute: its id, its bytes, and whether its checksum fits.
fn next_attribute<'a>(cursor: &mut Cursor<'a>) -> Option<(u32, &'a [u8], bool)> {
    let _level = cursor.u8()?;
    let id = cursor.u32()?;
    let length = cursor.u32()?;
    let data = cursor.take(usize::try_from(length).ok()?)?;
    let sum = data.iter().fold(0u16, |sum, &byte| sum.wrapping_add(u16::from(byte)));
    Some((id, data, cursor.u16()? == sum))
}

struct Reader<'a> {
    content: Content,
    file: Option<File>,
    code_page: u32,
    depth: usize,
    budget: &'a mut Budget,
}

impl Reader<'_> {
    fn attribute(&mut self, id: u32, data: &[u8]) {
        match id {
            attribute::OEM_CODE_PAGE => {
                self.code_page = Cursor::new(data).u32().unwrap_or(DEFAULT_CODE_PAGE);
            }
            attribute::SUBJECT if self.content.subject.is_empty() => self.content.subject = self.narrow(data),
            attribute::BODY if self.content.text.is_none() => self.content.text = Some(self.narrow(data)),
            attribute::MESSAGE_PROPERTIES => self.message_properties(data),
            attribute::FILE_BEGINS => {
                self.end_file();
                self.file = Some(File::default());
            }
            attribute::FILE_TITLE => {
                let title = self.narrow(data);
                if let Some(file) = self.file.as_mut().filter(|file| file.name.is_empty()) {
                    file.name = title;
                }
            }
            attribute::FILE_DATA => {
                if let Some(file) = &mut self.file {
                    file.bytes = data.to_vec();
                }
            }
            attribute::FILE_PROPERTIES => self.file_properties(data),
            _ => {}
        }
    }

    /// Text in the code page of the stream, up to its NUL.
    fn narrow(&self, bytes: &[u8]) -> String {
        narrow(bytes, self.code_page)
    }

    fn text(&self, value: &Value<'_>) -> Option<String> {
        match value {
            Value::Narrow(bytes) => Some(self.narrow(bytes)),
            Value::Wide(bytes) => Some(up_to_nul(&charset::decode(bytes, Some("utf-16le")).0)),
            _ => None,
        }
    }

    fn properties<'b>(&mut self, data: &'b [u8]) -> Vec<Property<'b>> {
        let (properties, whole) = property::read(data, || self.budget.item());
        self.content.whole &= whole;
        properties
    }

    fn message_properties(&mut self, data: &[u8]) {
        let properties = self.properties(data);
        let page = properties.iter().find(|property| property.id == tag::INTERNET_CODE_PAGE);
        let page = page.and_then(|property| property.value.number()).unwrap_or(self.code_page);
        for property in &properties {
            match (property.id, &property.value) {
                (tag::SUBJECT, value) => {
                    self.content.subject = self.text(value).unwrap_or_default();
                }
                (tag::BODY, value) => self.content.text = self.text(value).or(self.content.text.take()),
                (tag::HTML, Value::Bytes(bytes) | Value::Narrow(bytes)) => {
                    self.content.html = Some(narrow(bytes, page));
                }
                (tag::HTML, value) => self.content.html = self.text(value),
                (tag::RTF_COMPRESSED, Value::Bytes(bytes)) => self.content.rtf = Some(bytes.to_vec()),
                _ => {}
            }
        }
    }

    fn file_properties(&mut self, data: &[u8]) {
        let properties = self.properties(data);
        let Some(mut file) = self.file.take() else { return };
        let named = |reader: &Self, id: u16| {
            let found = properties.iter().find(|property| property.id == id)?;
            reader.text(&found.value).filter(|text| !text.trim().is_empty())
        };
        if let Some(name) = named(self, tag::LONG_NAME) {
            file.name = name;
        } else if file.name.is_empty() {
            file.name =
                named(self, tag::SHORT_NAME).or_else(|| named(self, tag::DISPLAY_NAME)).unwrap_or_default();
        }
        file.media_type = named(self, tag::MEDIA_TYPE).unwrap_or_default();
        file.content_id = named(self, tag::CONTENT_ID)
            .map(|id| id.trim().trim_matches(['<', '>']).to_owned())
            .filter(|id| !id.is_empty());
        for property in properties.iter().filter(|property| property.id == tag::FILE_DATA) {
            match property.value {
                Value::Bytes(bytes) => file.bytes = bytes.to_vec(),
                Value::Object(object) => match object.split_first_chunk::<16>() {
                    Some((kind, inner)) if *kind == MESSAGE_OBJECT => {
                        self.enclosed(&file.name, inner);
                        return;
                    }
                    Some((_, inner)) => file.bytes = inner.to_vec(),
                    None => self.content.whole = false,
                },
                _ => {}
            }
        }
        self.file = Some(file);
    }

    /// A message inside: its text becomes a file with its subject as the name, its files come along.
    fn enclosed(&mut self, name: &str, bytes: &[u8]) {
        if self.depth + 1 >= MAX_TNEF_DEPTH {
            self.content.whole = false;
            return;
        }
        let Some(inner) = message(bytes, self.depth + 1, self.budget) else {
            self.content.whole = false;
            return;
        };
        self.content.whole &= inner.whole;
        let subject = if inner.subject.trim().is_empty() { name } else { inner.subject.trim() };
        // A subject is no path: its slashes are part of the name.
        let subject = subject.replace(['/', '\\', ':'], "_");
        let rtf = inner.rtf.as_deref().and_then(rtf::decompress);
        let (text, html) = (inner.text.map(String::into_bytes), inner.html.map(String::into_bytes));
        let forms =
            [(text, "text/plain", "txt"), (html, "text/html", "html"), (rtf, "application/rtf", "rtf")];
        if let Some((bytes, kind, end)) =
            forms.into_iter().find_map(|(form, kind, end)| form.map(|bytes| (bytes, kind, end)))
        {
            self.keep(File {
                name: format!("{subject}.{end}"),
                media_type: kind.into(),
                content_id: None,
                bytes,
            });
        }
        self.content.files.extend(inner.files);
    }

    fn end_file(&mut self) {
        if let Some(file) = self.file.take() {
            self.keep(file);
        }
    }

    fn keep(&mut self, mut file: File) {
        if !self.budget.file() {
            self.content.whole = false;
            return;
        }
        file.media_type = media_type::media_type(&file.media_type, &file.name);
        self.content.files.push(file);
    }
}

fn narrow(bytes: &[u8], code_page: u32) -> String {
    up_to_nul(&charset::decode(bytes, Some(&format!("cp{code_page}"))).0)
}

fn up_to_nul(text: &str) -> String {
    text.split('\0').next().unwrap_or_default().to_owned()
}

#[cfg(test)]
mod tests;
