//! The limits of reading a mail, each with what happens beyond it.
//!
//! They bound memory and work for hostile mail; none of them loses anything for good, because the original bytes
//! are kept by whoever received them. A limit that was reached is listed as a [`Defect`](crate::Defect).

/// Header fields read per header section. Further fields are left out; the body is still found.
pub const MAX_HEADERS: usize = 1_000;

/// Bytes of one unfolded header value. The rest of the value is cut off.
pub const MAX_HEADER_BYTES: usize = 64 * 1024;

/// Addresses read from one address field and its repetitions. Further ones are left out.
pub const MAX_ADDRESSES: usize = 1_000;

/// Message-IDs kept of `References`: the first (the root of the thread) and the newest. The middle is left out.
pub const MAX_REFERENCES: usize = 200;

/// Bytes of one Message-ID. A longer one is no key for anything and is left out.
pub const MAX_MESSAGE_ID_BYTES: usize = 998;

/// Leaf parts read of one mail. Further parts are left out.
pub const MAX_PARTS: usize = 1_000;

/// Levels of `multipart` inside one another. What lies deeper becomes one attachment with its bytes as they are.
pub const MAX_DEPTH: usize = 32;

/// Decoded bytes of one attachment. A larger one keeps its name and type and loses its bytes.
pub const MAX_ATTACHMENT_BYTES: usize = 50 * 1024 * 1024;

/// Bytes of the text body, and of the HTML body. The rest is cut off at a character.
pub const MAX_TEXT_BYTES: usize = 4 * 1024 * 1024;

/// Bytes of HTML that are rendered with layout. Larger bodies get the plain, linear conversion.
pub const MAX_HTML_LAYOUT_BYTES: usize = 2 * 1024 * 1024;

/// Elements open at once in HTML that is rendered with layout (the renderer is quadratic in depth). Deeper bodies
/// get the plain, linear conversion.
pub const MAX_HTML_DEPTH: usize = 256;

/// Elements that a parser would make of HTML that is rendered with layout, formatting that is opened again included
/// (each costs the renderer about a kilobyte). Larger bodies get the plain, linear conversion.
pub const MAX_HTML_NODES: usize = 100_000;

/// Characters of an attachment's file name. A longer one is cut in the middle, so that its extension stays.
pub const MAX_FILE_NAME_CHARS: usize = 200;

/// Parameters read of one `Content-Type` or `Content-Disposition`. Further ones are left out.
pub const MAX_PARAMETERS: usize = 100;

/// Characters of a subject line. The rest is cut off.
pub const MAX_SUBJECT_CHARS: usize = 1_000;

/// Recipients read of one delivery report. Further ones are left out.
pub const MAX_REPORTED_RECIPIENTS: usize = 500;

/// Bytes of a line before it is noted as a defect (RFC 5322, 2.1.1, without the line end). Longer lines are read.
pub const MAX_LINE_BYTES: usize = 998;

/// Groups inside one another in the rich text of a `winmail.dat`. Of deeper ones no text is read; it is a file.
pub const MAX_RTF_DEPTH: usize = 200;

/// Fonts of a rich text that have a charset of their own. Further ones have that of the document.
pub const MAX_RTF_FONTS: usize = 1_000;

/// Files taken out of all `winmail.dat` of one mail. Further ones stay in the container, which is kept.
pub const MAX_TNEF_FILES: usize = 500;

/// Attributes and properties read of all `winmail.dat` of one mail. The container is kept when it has more.
pub const MAX_TNEF_ITEMS: usize = 20_000;

/// Levels of messages inside one another in a `winmail.dat`, itself counted. What lies deeper stays in the container,
/// which is kept.
pub const MAX_TNEF_DEPTH: usize = 4;

/// Levels of elements inside one another that are read of a CMS message (RFC 5652). A deeper one stays an attachment.
pub const MAX_CMS_DEPTH: usize = 16;
