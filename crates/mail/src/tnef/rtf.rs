//! Compressed rich text (MS-OXRTFCP). Only unpacked; its text is read in `rtf_text`.

use super::cursor::Cursor;
use crate::limits::MAX_TEXT_BYTES;

/// What the dictionary holds before anything is read (MS-OXRTFCP, 2.1.2.1).
const PRESET: &[u8] = b"{\\rtf1\\ansi\\mac\\deff0\\deftab720{\\fonttbl;}{\\f0\\fnil \\froman \\fswiss \\fmodern \\fscript \
\\fdecor MS Sans SerifSymbolArialTimes New RomanCourier{\\colortbl\\red0\\green0\\blue0\r\n\\par \\pard\\plain\\f0\\fs20\\b\\i\\u\\tab\\tx";
/// Bytes of the dictionary, which is written in a circle.
const DICTIONARY: usize = 4096;
const COMPRESSED: u32 = 0x7546_5A4C;
const PLAIN: u32 = 0x414C_454D;

/// The rich text; none when it is broken, or larger than [`MAX_TEXT_BYTES`].
pub(crate) fn decompress(bytes: &[u8]) -> Option<Vec<u8>> {
    let mut cursor = Cursor::new(bytes);
    let _compressed_size = cursor.u32()?;
    let size = usize::try_from(cursor.u32()?).ok().filter(|size| *size <= MAX_TEXT_BYTES)?;
    let kind = cursor.u32()?;
    let _checksum = cursor.u32()?;
    match kind {
        PLAIN => cursor.take(size).map(<[u8]>::to_vec),
        COMPRESSED => unpack(&mut cursor, size),
        _ => None,
    }
}

fn unpack(cursor: &mut Cursor<'_>, size: usize) -> Option<Vec<u8>> {
    let mut window = Window::new();
    while window.text.len() < size {
        let control = cursor.u8()?;
        for bit in 0..8 {
            if control >> bit & 1 == 0 {
                window.put(cursor.u8()?);
                continue;
            }
            let reference = cursor.u16()?.swap_bytes();
            let from = usize::from(reference >> 4);
            // A reference to itself is the end.
            if from == window.at {
                return (window.text.len() == size).then_some(window.text);
            }
            for step in 0..usize::from(reference & 0xF) + 2 {
                window.put(window.byte(from + step));
            }
        }
    }
    None
}

/// The text so far, and the part of it that references lead to.
struct Window {
    text: Vec<u8>,
    dictionary: Vec<u8>,
    at: usize,
}

impl Window {
    fn new() -> Self {
        let mut dictionary = PRESET.to_vec();
        dictionary.resize(DICTIONARY, b' ');
        Self { text: Vec::new(), dictionary, at: PRESET.len() }
    }

    fn byte(&self, place: usize) -> u8 {
        self.dictionary.get(place % DICTIONARY).copied().unwrap_or_default()
    }

    fn put(&mut self, byte: u8) {
        self.text.push(byte);
        if let Some(place) = self.dictionary.get_mut(self.at) {
            *place = byte;
        }
        self.at = (self.at + 1) % DICTIONARY;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The example of MS-OXRTFCP, 4.1.1.
    const EXAMPLE: &[u8] = b"\x2d\0\0\0\x2b\0\0\0LZFu\xf1\xc5\xc7\xa7\x03\0\x0a\0rcpg125B2\x0a\xf3 hel\x09\0 bw\x05\xb0ld}\x0a\x80\x0f\xa0";

    fn header(size: usize, kind: &[u8]) -> Vec<u8> {
        let mut bytes = vec![0; 4];
        bytes.extend(u32::try_from(size).unwrap().to_le_bytes());
        bytes.extend(kind);
        bytes.extend([0; 4]);
        bytes
    }

    #[test]
    fn the_example_of_the_standard() {
        assert_eq!(PRESET.len(), 207);
        assert_eq!(decompress(EXAMPLE).unwrap(), b"{\\rtf1\\ansi\\ansicpg1252\\pard hello world}\r\n");
    }

    #[test]
    fn broken_text_is_none() {
        for end in 0..EXAMPLE.len() {
            assert_eq!(decompress(EXAMPLE.get(..end).unwrap()), None, "{end}");
        }
        assert_eq!(decompress(&header(0, b"none")), None);
    }

    #[test]
    fn at_the_limit_of_the_text() {
        let text = vec![b'x'; MAX_TEXT_BYTES + 1];
        let exact = [header(MAX_TEXT_BYTES, b"MELA"), text.clone()].concat();
        assert_eq!(decompress(&exact).map(|text| text.len()), Some(MAX_TEXT_BYTES));
        assert_eq!(decompress(&[header(MAX_TEXT_BYTES + 1, b"MELA"), text].concat()), None);
    }
}
