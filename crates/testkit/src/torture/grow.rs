//! Mails that become large, deep or long: what costs most where a reading is not linear.

use crate::random::Random;

use super::damage::pick;
use super::mutate::{end_of_head, place};

/// Pieces that begin something in a mail; many of them in a row are the worst that a reading may meet.
const PIECES: [&str; 60] = [
    "=?utf-8?B?",
    "=?utf-8?Q?=41?=",
    "=?",
    "?=",
    "(",
    ")",
    "<",
    ">",
    "\"",
    "\\",
    ",",
    ";",
    ":",
    "@",
    "a@b,",
    "<a@b>",
    "group:;",
    "filename*0=x;",
    "charset=\"",
    "<div>",
    "</div>",
    "<table><tr><td>",
    "<p>",
    "<b>",
    "<b><i>",
    "<!--",
    "<style>",
    "<script>",
    "<blockquote>",
    "&amp;",
    "&#x41;",
    "&#",
    "<a href=x>",
    "<img src=cid:x>",
    "<ul><li>",
    "<font size=7>",
    "<select><option>",
    "> ",
    ">",
    ">>> ",
    "\r\n",
    "\r\n> ",
    "\r\n\r\n",
    "-- \r\n",
    "\r\n--\r\n",
    "On Mon, Anna wrote:\r\n",
    "From: a@b\r\nSent: x\r\nTo: y\r\n",
    "-----Original Message-----\r\n",
    "wrote:",
    "\u{202e}",
    "\u{200b}",
    "e\u{301}",
    "ﷺ",
    "\t",
    " ",
    "_",
    "begin 644 x\r\n",
    "rj.",
    "INC0000001 ",
    "[INC0000001] ",
];

/// One piece, very often.
pub(super) fn repeat(mail: &mut Vec<u8>, random: &mut Random) {
    let (piece, times) = (pick(&PIECES, random), often(random));
    let many = piece.repeat(times);
    let at = somewhere(mail, random);
    mail.splice(at..at, many.into_bytes());
}

/// Two pieces by turns, so that something opens and closes, or never does.
pub(super) fn alternate(mail: &mut Vec<u8>, random: &mut Random) {
    let (one, other, times) = (pick(&PIECES, random), pick(&PIECES, random), often(random) / 2);
    let at = somewhere(mail, random);
    mail.splice(at..at, format!("{one}{other}").repeat(times).into_bytes());
}

/// Mostly a few, seldom so many that they fill the mail.
fn often(random: &mut Random) -> usize {
    let most = match random.below(100) {
        0 => 400_000,
        1..=4 => 40_000,
        5..=19 => 4_000,
        _ => 100,
    };
    place(most, random)
}

/// In the head, at the beginning of the body, or anywhere.
fn somewhere(mail: &[u8], random: &mut Random) -> usize {
    let head = end_of_head(mail);
    match random.below(4) {
        0 => place(head, random),
        1 => head,
        _ => place(mail.len(), random),
    }
}

/// A line without an end.
pub(super) fn long_line(mail: &mut Vec<u8>, random: &mut Random) {
    let length = often(random) * 5;
    let at = somewhere(mail, random);
    let letter = *b"x =<%\xff&a".get(place(8, random)).unwrap_or(&b'x');
    mail.splice(at..at, std::iter::repeat_n(letter, length));
}

/// The mail inside of others, as a part of a multipart or as a message.
pub(super) fn nest(mail: &mut Vec<u8>, random: &mut Random) {
    let deep = if random.below(20) == 0 { 200 } else { 6 };
    for level in 0..=random.below(deep) {
        let head: &str = match random.below(3) {
            0 => "Content-Type: message/rfc822\r\n\r\n",
            1 => "Content-Type: message/rfc822\r\nContent-Transfer-Encoding: base64\r\n\r\n",
            _ => "",
        };
        // In the middle of the head is damage enough: the outer mail takes over what stood before it.
        let outer = if head.is_empty() {
            let kind = pick(&["mixed", "alternative", "related", "report", "signed", "digest"], random);
            format!(
                "From: anna@example.com\r\nSubject: nested {level}\r\nContent-Type: multipart/{kind}; \
                 boundary=n{level}\r\n\r\n--n{level}\r\n"
            )
        } else {
            format!("From: anna@example.com\r\n{head}")
        };
        mail.splice(0..0, outer.into_bytes());
        if head.is_empty() && random.below(3) > 0 {
            mail.extend_from_slice(format!("\r\n--n{level}--\r\n").as_bytes());
        }
    }
}

/// All of it quoted once more, as answers of answers are.
pub(super) fn quote(mail: &mut Vec<u8>, random: &mut Random) {
    let head = end_of_head(mail);
    let body = mail.split_off(head);
    let mark = pick(&["> ", ">", "| ", "AB> ", "  "], random);
    for line in body.split_inclusive(|byte| *byte == b'\n') {
        mail.extend_from_slice(mark.as_bytes());
        mail.extend_from_slice(line);
    }
}
