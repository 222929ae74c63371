//! `GlideSysAttachment` and the reading of what it gives: files of records.

use std::cell::Cell;
use std::rc::Rc;

use data_encoding::BASE64;

use super::system::texts::base64_bytes;
use super::user::list;
use crate::describe::{Class, Member};
use crate::interp::convert::Halt;
use crate::interp::kit::{Answer, Call, State};
use crate::limits::MAX_FILE_BYTES;
use crate::record::Record;
use crate::{Filter, HostError, Term};

const COPY: &str = "(fromTable: string, fromId: string, toTable: string, toId: string): string[]";

/// `GlideSysAttachment`.
pub(crate) static CLASS: Class = Class {
    name: "GlideSysAttachment",
    doc: "Files of records: copied, written, read.",
    constructor: "()",
    make: Some(|_| Ok(Rc::new(()))),
    members: &[
        Member::method(
            "copy",
            COPY,
            "Copies all files of a record to another one; the ids of the copies.",
            copy,
        ),
        Member::method(
            "write",
            "(record: GlideRecord, name: string, contentType: string, content: string): string | null",
            "Plans a new file of a record with a text; its id, or null where it is refused.",
            |call| {
                let content = call.text(3)?.into_bytes();
                write(call, content)
            },
        ),
        Member::method(
            "writeBase64",
            "(record: GlideRecord, name: string, contentType: string, base64: string): string | null",
            "The same with the bytes of a Base64.",
            |call| match base64_bytes(&call.text(3)?) {
                Some(bytes) => write(call, bytes),
                None => Err(call.type_error("writeBase64: argument 4 must be Base64")),
            },
        ),
        Member::method(
            "getContent",
            "(attachment: GlideRecord | string): string",
            "The text of a file; empty where there is none. Up to 5 MiB.",
            |call| {
                let bytes = content(call)?.unwrap_or_default();
                call.give_text(&String::from_utf8_lossy(&bytes).replace('\0', "\u{fffd}"))
            },
        ),
        Member::method(
            "getContentBase64",
            "(attachment: GlideRecord | string): string",
            "The bytes of a file as Base64; empty where there is none. Up to 5 MiB.",
            |call| call.give_text(&BASE64.encode(&content(call)?.unwrap_or_default())),
        ),
        Member::method(
            "getContentStream",
            "(id: string): GlideContentStream | null",
            "A file to be read by a `GlideTextReader`; null where there is none.",
            |call| match content(call)? {
                Some(bytes) => call.object(&STREAM, Rc::new(Stream(bytes))),
                None => Ok(call.null()),
            },
        ),
        Member::method("deleteAttachment", "(id: string): boolean", "Plans the removal of a file.", |call| {
            let id = call.text(0)?;
            Ok(call.give_flag(call.plan(|host| host.delete_attachment(&id))?))
        }),
        Member::method(
            "getAttachments",
            "(table: string, id: string): GlideRecord",
            "The files of a record: rows of `sys_attachment` to go through with `next()`.",
            attachments,
        ),
    ],
    statics: &[Member::method(
        "copy",
        COPY,
        "Copies all files of a record to another one; the ids of the copies.",
        copy,
    )],
    fields: None,
};

/// The bytes of a file.
struct Stream(Vec<u8>);

/// `GlideContentStream`.
pub(crate) static STREAM: Class = Class {
    name: "GlideContentStream",
    doc: "A file that a `GlideTextReader` reads.",
    constructor: "",
    make: None,
    members: &[],
    statics: &[],
    fields: None,
};

/// A text, and how far it was read.
struct Reader {
    text: String,
    at: Cell<usize>,
}

/// `GlideTextReader`.
pub(crate) static READER: Class = Class {
    name: "GlideTextReader",
    doc: "Reads a file line by line.",
    constructor: "(stream: GlideContentStream)",
    make: Some(make_reader),
    members: &[Member::method("readLine", "(): string | null", "The next line; null at the end.", read_line)],
    statics: &[],
    fields: None,
};

fn make_reader(call: &Call<'_, '_>) -> Result<State, Halt> {
    let Some(stream) = call.argument_state::<Stream>(0) else {
        return Err(call.type_error("new GlideTextReader: a stream of getContentStream() is needed"));
    };
    let text = String::from_utf8_lossy(&stream.0).replace('\0', "\u{fffd}");
    Ok(Rc::new(Reader { text, at: Cell::new(0) }))
}

fn read_line<'js>(call: &Call<'_, 'js>) -> Answer<'js> {
    let reader = call.state::<Reader>()?;
    let rest = reader.text.get(reader.at.get()..).unwrap_or_default();
    if rest.is_empty() {
        return Ok(call.null());
    }
    let (line, taken) = rest.split_once('\n').map_or((rest, rest.len()), |(line, _)| (line, line.len() + 1));
    reader.at.set(reader.at.get() + taken);
    call.give_text(line.strip_suffix('\r').unwrap_or(line))
}

fn attachments<'js>(call: &Call<'_, 'js>) -> Answer<'js> {
    let record = Record::open(call, "sys_attachment")?;
    for (field, value) in [("table_name", call.value(0)?), ("table_sys_id", call.value(1)?)] {
        let operator = "=".to_owned();
        record.narrow(Filter::Term(Term { field: field.to_owned(), operator, value }));
    }
    record.run(call)?;
    super::record::object(call, record)
}

fn copy<'js>(call: &Call<'_, 'js>) -> Answer<'js> {
    let (from_table, from, to_table, to) = (call.text(0)?, call.text(1)?, call.text(2)?, call.text(3)?);
    let copies = call.plan(|host| host.copy_attachments((&from_table, &from), (&to_table, &to)))?;
    list(call, &copies)
}

fn write<'js>(call: &Call<'_, 'js>, bytes: Vec<u8>) -> Answer<'js> {
    let Some(record) = call.argument_state::<Record>(0).filter(|record| record.is_saved()) else {
        return Err(call.type_error("argument 1 must be a record that is saved: insert() it first"));
    };
    let (name, media_type) = (call.text(1)?, call.text(2)?);
    if name.is_empty() {
        return Err(call.type_error("argument 2 must be the name of the file"));
    }
    if bytes.len() > MAX_FILE_BYTES {
        return Err(too_large(bytes.len()));
    }
    let (table, id) = (record.row_table(), record.id());
    match call.plan(|host| host.write_attachment((&table, &id), &name, &media_type, bytes)) {
        Ok(id) => call.give_text(&id),
        Err(Halt::Host(error)) => {
            call.log(crate::Level::Warning, format!("the file {name} was not written: {}", error.message));
            Ok(call.null())
        }
        Err(halt) => Err(halt),
    }
}

fn content(call: &Call<'_, '_>) -> Result<Option<Vec<u8>>, Halt> {
    let id = match call.argument_state::<Record>(0) {
        Some(record) => record.id(),
        None => call.text(0)?,
    };
    let Some((file, _, _)) = call.read(|host| host.attachment(&id))? else { return Ok(None) };
    let size = usize::try_from(file.size).unwrap_or(usize::MAX);
    if size > MAX_FILE_BYTES {
        return Err(too_large(size));
    }
    call.host(|host| host.attachment_bytes(&id))
}

fn too_large(size: usize) -> Halt {
    let message = format!("the file has {size} bytes, more than the {MAX_FILE_BYTES} that a script may use");
    HostError::refused("file_too_large", message).into()
}
