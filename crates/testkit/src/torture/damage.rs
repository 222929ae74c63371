//! Damage to what is there: bytes, lines, header fields, boundaries, labels.

use crate::random::Random;

use super::mutate::{lines_of, place, replace_after};

const CHARSETS: [&str; 24] = [
    "utf-8",
    "us-ascii",
    "iso-8859-1",
    "windows-1251",
    "koi8-r",
    "utf-16",
    "utf-16le",
    "utf-7",
    "iso-2022-jp",
    "iso-2022-kr",
    "iso-2022-cn",
    "hz-gb-2312",
    "gb18030",
    "big5",
    "euc-kr",
    "shift_jis",
    "cp932",
    "cp850",
    "macintosh",
    "viscii",
    "tis-620",
    "x-user-defined",
    "unknown-8bit",
    "\"\"",
];
const ENCODINGS: [&str; 8] =
    ["7bit", "8bit", "binary", "base64", "quoted-printable", "x-uuencode", "base64;", "no-such-encoding"];
const TYPES: [&str; 14] = [
    "text/plain",
    "text/html",
    "multipart/mixed",
    "multipart/alternative",
    "multipart/related",
    "multipart/report",
    "message/rfc822",
    "message/delivery-status",
    "application/ms-tnef",
    "application/pkcs7-mime",
    "multipart/signed; micalg=x; protocol=\"application/pkcs7-signature\"",
    "text/calendar",
    "image/png",
    "x",
];

/// Bits of some bytes.
pub(super) fn flip(mail: &mut [u8], random: &mut Random) {
    for _ in 0..=random.below(64) {
        let at = place(mail.len(), random);
        if let Some(byte) = mail.get_mut(at) {
            *byte ^= 1 << random.below(8);
        }
    }
}

/// Bytes of any value, NUL above all.
pub(super) fn strew(mail: &mut Vec<u8>, random: &mut Random) {
    let byte = match random.below(4) {
        0 => u8::try_from(random.below(256)).unwrap_or_default(),
        1 => b'\r',
        _ => 0,
    };
    for _ in 0..=random.below(40) {
        let at = place(mail.len(), random);
        mail.insert(at, byte);
    }
}

pub(super) fn truncate(mail: &mut Vec<u8>, random: &mut Random) {
    mail.truncate(place(mail.len(), random));
}

/// A piece out of the middle.
pub(super) fn cut(mail: &mut Vec<u8>, random: &mut Random) {
    let (from, to) = span(mail, random);
    mail.drain(from..to);
}

/// A piece of it somewhere else again.
pub(super) fn copy(mail: &mut Vec<u8>, random: &mut Random) {
    let (from, to) = span(mail, random);
    let piece = mail.get(from..to).unwrap_or_default().to_vec();
    let at = place(mail.len(), random);
    mail.splice(at..at, piece);
}

fn span(mail: &[u8], random: &mut Random) -> (usize, usize) {
    let from = place(mail.len(), random);
    let length = place(mail.len().min(4_000) + 1, random);
    (from, (from + length).min(mail.len()))
}

/// A line is gone, is there twice, changes places with another, or is broken in two.
pub(super) fn lines(mail: &mut Vec<u8>, random: &mut Random) {
    let mut all = lines_of(mail);
    for _ in 0..=random.below(6) {
        let (one, other) = (place(all.len(), random), place(all.len(), random));
        match random.below(4) {
            0 if one < all.len() => drop(all.remove(one)),
            1 => {
                if let Some(line) = all.get(one).cloned() {
                    all.insert(other.min(all.len()), line);
                }
            }
            2 if one < all.len() && other < all.len() => all.swap(one, other),
            _ => {
                if let Some(line) = all.get_mut(one) {
                    let at = place(line.len(), random);
                    line.splice(at..at, *b"\r\n");
                }
            }
        }
    }
    *mail = all.concat();
}

/// A header field is gone, comes again, or stands in other capitals.
pub(super) fn header(mail: &mut Vec<u8>, random: &mut Random) {
    let mut all = lines_of(mail);
    let end = all.iter().position(|line| line.trim_ascii().is_empty()).unwrap_or(all.len());
    let at = place(end, random);
    let times = if random.below(10) == 0 { random.below(1_200) } else { random.below(4) };
    if let Some(line) = all.get(at).cloned() {
        match random.below(3) {
            0 => drop(all.remove(at)),
            1 => {
                let again = std::iter::repeat_n(line, usize::try_from(times).unwrap_or_default());
                all.splice(at..at, again);
            }
            _ => {
                if let Some(line) = all.get_mut(at) {
                    line.make_ascii_uppercase();
                }
            }
        }
    }
    *mail = all.concat();
}

/// The name of a boundary, or one of the lines that carry it.
pub(super) fn boundary(mail: &mut Vec<u8>, random: &mut Random) {
    if random.below(2) == 0 {
        let name = ["", "\"\"", "=_", "\"a\\\"b\"", "x y", "--", "'", "b"];
        replace_after(mail, b"boundary=", pick(&name, random), random);
        return;
    }
    let mut all = lines_of(mail);
    let marked: Vec<usize> =
        all.iter().enumerate().filter(|(_, line)| line.starts_with(b"--")).map(|(at, _)| at).collect();
    let Some(line) = marked.get(place(marked.len(), random)).and_then(|at| all.get_mut(*at)) else { return };
    match random.below(4) {
        0 => line.clear(),
        1 => line.splice(0..0, *b"--").for_each(drop),
        2 => line.splice(0..2.min(line.len()), *b"- -").for_each(drop),
        _ => {
            let at = place(line.len(), random);
            line.splice(at..at, *b"--\r\n").for_each(drop);
        }
    }
    *mail = all.concat();
}

/// Another charset, transfer encoding or type than the content has.
pub(super) fn label(mail: &mut Vec<u8>, random: &mut Random) {
    match random.below(3) {
        0 => replace_after(mail, b"charset=", pick(&CHARSETS, random), random),
        1 => replace_after(mail, b"transfer-encoding:", pick(&ENCODINGS, random), random),
        _ => replace_after(mail, b"content-type:", pick(&TYPES, random), random),
    }
}

/// Other ends of lines, everywhere or here and there.
pub(super) fn line_ends(mail: &mut Vec<u8>, random: &mut Random) {
    let ends: [&[u8]; 4] = [b"\n", b"\r", b"\r\n", b"\r\r\n"];
    let (one, share) = (random.below(4), random.below(2));
    let mut changed = Vec::with_capacity(mail.len());
    for line in lines_of(mail) {
        let bare = line.strip_suffix(b"\n").map(|line| line.strip_suffix(b"\r").unwrap_or(line));
        let which = if share == 0 { random.below(4) } else { one };
        changed.extend_from_slice(bare.unwrap_or(&line));
        if bare.is_some() {
            changed.extend_from_slice(ends.get(usize::try_from(which).unwrap_or(0)).unwrap_or(&ends[0]));
        }
    }
    *mail = changed;
}

pub(super) fn pick<'a>(all: &[&'a str], random: &mut Random) -> &'a str {
    all.get(place(all.len(), random)).copied().unwrap_or_default()
}
