//! `SimpleAttachment`: files of records.

use std::rc::Rc;

use data_encoding::{BASE64, Encoding, Specification};
use rquickjs as js;

use super::document;
use crate::describe::{Class, Member};
use crate::interp::convert::Halt;
use crate::interp::kit::{Answer, Call};
use crate::limits::MAX_READ_FILE_BYTES;
use crate::record::plain;
use crate::{Attachment, HostError, Level};

/// `SimpleAttachment`.
pub(crate) static CLASS: Class = Class {
    name: "SimpleAttachment",
    doc: "Files of records. Records are named by their Document IDs: `ss.getDocIdByIds(table, id)`.",
    constructor: "()",
    make: Some(|_| Ok(Rc::new(()))),
    members: &[
        Member::method(
            "copy",
            "(fromTable: string, fromId: string, toTable: string, toId: string): boolean",
            "Plans copies of all files of a record at another one; whether there were any.",
            copy,
        ),
        Member::method(
            "write",
            "(documentId: string, fileName: string, content: string, mime: string): string | null",
            "Plans a file with this text; its id, or `null` with an error in the log.",
            |call| {
                let bytes = call.text(2)?.into_bytes();
                write(call, "write", bytes)
            },
        ),
        Member::method(
            "writeBase64",
            "(documentId: string, fileName: string, base64: string, mime: string): string | null",
            "Plans a file with these bytes; its id, or `null` with an error in the log.",
            |call| match BASE64.decode(without_breaks(&call.text(2)?).as_bytes()) {
                Ok(bytes) => write(call, "writeBase64", bytes),
                Err(error) => Ok(fail(call, "writeBase64", &format!("the content is no Base64: {error}"))),
            },
        ),
        Member::method(
            "readBase64",
            "(id: string): string",
            "The bytes of a file as Base64; `''` with an error in the log above 10 MiB.",
            read,
        ),
        Member::method(
            "getContent",
            "(id: string): string | null",
            "The text of a text file of at most 10 MiB, `null` otherwise.",
            content,
        ),
        Member::method(
            "getAttachmentUrlById",
            "(id: string): string",
            "The address of a file, relative to that of the application; `''` where there is none.",
            url,
        ),
        Member::method(
            "rename",
            "(id: string, name: string): boolean",
            "Plans another name of a file; `false` where there is no such file.",
            |call| {
                let (id, name) = (call.text(0)?, call.text(1)?);
                Ok(call.give_flag(call.plan(|host| host.rename_attachment(&id, &name))?))
            },
        ),
        Member::method(
            "deleteAttachment",
            "(id: string): boolean",
            "Plans the removal of a file; `false` where there is no such file.",
            |call| {
                let id = call.text(0)?;
                Ok(call.give_flag(call.plan(|host| host.delete_attachment(&id))?))
            },
        ),
        Member::method("base64Encode", "(text: string): string", "The UTF-8 of a text as Base64.", |call| {
            let text = call.text(0)?;
            call.give_text(&BASE64.encode(text.as_bytes()))
        }),
        Member::method(
            "base64Decode",
            "(base64: string, strict?: boolean): string | false",
            "The text of Base64. Other characters make it `false`, or are passed over where `strict` is `false`.",
            decode,
        ),
    ],
    statics: &[],
    fields: None,
};

fn without_breaks(text: &str) -> String {
    text.chars().filter(|c| !c.is_ascii_whitespace()).collect()
}

fn copy<'js>(call: &Call<'_, 'js>) -> Answer<'js> {
    let (from, id) = (call.text(0)?, plain(&call.value(1)?));
    let (to, other) = (call.text(2)?, plain(&call.value(3)?));
    let copies = call.plan(|host| host.copy_attachments((&from, &id), (&to, &other)))?;
    Ok(call.give_flag(!copies.is_empty()))
}

/// A refused file is no exception: it is told by the value, and by the log.
fn fail<'js>(call: &Call<'_, 'js>, method: &str, message: &str) -> js::Value<'js> {
    call.log(Level::Error, format!("SimpleAttachment.{method}: {message}"));
    call.null()
}

fn write<'js>(call: &Call<'_, 'js>, method: &str, bytes: Vec<u8>) -> Answer<'js> {
    let (document, name, mime) = (call.text(0)?, call.text(1)?, call.text(3)?);
    let Some((table, id)) = document::parts(&document) else {
        return Ok(fail(
            call,
            method,
            "argument 1 is no Document ID: ask ss.getDocIdByIds(table, id) for it",
        ));
    };
    if name.is_empty() {
        return Ok(fail(call, method, "the file has no name"));
    }
    let mime = if mime.is_empty() { "application/octet-stream" } else { &mime };
    match call.plan(|host| host.write_attachment((table, id), &name, mime, bytes)) {
        Err(Halt::Host(HostError { message, .. })) => Ok(fail(call, method, &message)),
        other => call.give_text(&other?),
    }
}

/// A file that may be read as a whole, and its bytes.
fn bytes(call: &Call<'_, '_>, method: &str) -> Result<Option<(Attachment, Vec<u8>)>, Halt> {
    let id = call.text(0)?;
    let Some((file, ..)) = call.read(|host| host.attachment(&id))? else { return Ok(None) };
    if file.size > MAX_READ_FILE_BYTES {
        let size = file.size;
        let message = format!("{} has {size} bytes, more than {MAX_READ_FILE_BYTES}", file.name);
        call.log(Level::Error, format!("SimpleAttachment.{method}: {message}"));
        return Ok(None);
    }
    let bytes = call.host(|host| host.attachment_bytes(&id))?;
    call.shared.cross_border(bytes.as_ref().map_or(0, Vec::len))?;
    Ok(bytes.map(|bytes| (file, bytes)))
}

fn read<'js>(call: &Call<'_, 'js>) -> Answer<'js> {
    let found = bytes(call, "readBase64")?;
    call.give_text(&found.map(|(_, bytes)| BASE64.encode(&bytes)).unwrap_or_default())
}

fn content<'js>(call: &Call<'_, 'js>) -> Answer<'js> {
    let Some((file, bytes)) = bytes(call, "getContent")? else { return Ok(call.null()) };
    let kinds = ["text/", "application/json", "application/xml", "application/javascript"];
    if !kinds.iter().any(|kind| file.media_type.starts_with(kind)) {
        return Ok(call.null());
    }
    match String::from_utf8(bytes) {
        Ok(text) => call.give_text(&text),
        Err(_) => Ok(call.null()),
    }
}

fn url<'js>(call: &Call<'_, 'js>) -> Answer<'js> {
    let id = call.text(0)?;
    match call.read(|host| host.attachment(&id))? {
        Some(_) => call.give_text(&call.host(|host| host.link("attachment", &id))?),
        None => call.give_text(""),
    }
}

fn decode<'js>(call: &Call<'_, 'js>) -> Answer<'js> {
    let (text, strict) = (without_breaks(&call.text(0)?), call.flag(1, true)?);
    let text = text.trim_end_matches('=');
    let kept: String =
        text.chars().filter(|c| strict || c.is_ascii_alphanumeric() || matches!(c, '+' | '/')).collect();
    match lenient().map(|encoding| encoding.decode(kept.as_bytes())) {
        Some(Ok(bytes)) => call.give_text(&String::from_utf8_lossy(&bytes)),
        _ => Ok(call.give_flag(false)),
    }
}

/// Base64 without padding, and with whatever the last bits are.
fn lenient() -> Option<Encoding> {
    let mut specification = Specification::new();
    specification.symbols.push_str("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/");
    specification.check_trailing_bits = false;
    specification.encoding().ok()
}
