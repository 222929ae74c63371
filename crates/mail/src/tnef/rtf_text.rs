//! The plain text of rich text (RTF 1.9.1): what a reader would see, without its looks.
//!
//! Linear in the text; groups beyond a depth end it. Pictures, objects and everything that a reader may leave out
//! (`\*`) are left out, so that of HTML which Outlook packs into rich text the words remain.

use std::collections::BTreeMap;

use crate::charset;
use crate::limits::{MAX_RTF_DEPTH, MAX_RTF_FONTS};

/// What stands in a group that is no text of the body.
const NO_TEXT: [&str; 22] = [
    "fonttbl",
    "colortbl",
    "stylesheet",
    "info",
    "pict",
    "object",
    "objdata",
    "header",
    "headerl",
    "headerr",
    "headerf",
    "footer",
    "footerl",
    "footerr",
    "footerf",
    "footnote",
    "annotation",
    "fldinst",
    "xe",
    "tc",
    "themedata",
    "datastore",
];
/// The charset where nothing is said.
const USUAL: &str = "windows-1252";

/// The text; none where the bytes are no rich text, or their groups lie too deep.
pub(crate) fn text_of(rtf: &[u8]) -> Option<String> {
    if !rtf.starts_with(b"{\\rtf") {
        return None;
    }
    let mut reader = Reader {
        rest: rtf,
        state: State { unread: 1, ..State::default() },
        stack: Vec::new(),
        page: USUAL.to_owned(),
        fonts: BTreeMap::new(),
        bytes: Vec::new(),
        skip: 0,
        surrogate: None,
        text: String::new(),
    };
    reader.read()?;
    reader.flush();
    Some(reader.text.trim_end().to_owned())
}

/// What a group inherits from the one around it.
#[derive(Debug, Clone, Default)]
struct State {
    /// The group is no text.
    silent: bool,
    /// The group is the table of fonts.
    fonts: bool,
    /// The font.
    font: Option<i32>,
    /// Characters behind one in Unicode that stand in for it (`\uc`).
    unread: usize,
    /// The text is hidden (`\v`).
    hidden: bool,
}

struct Reader<'a> {
    rest: &'a [u8],
    state: State,
    stack: Vec<State>,
    /// The charset of the document (`\ansicpg`).
    page: String,
    /// The charsets of fonts that have one of their own.
    fonts: BTreeMap<i32, &'static str>,
    /// Bytes that are not decoded yet: a character may take two of them.
    bytes: Vec<u8>,
    /// Characters that are still to be skipped.
    skip: usize,
    /// The first half of a character beyond U+FFFF.
    surrogate: Option<u16>,
    text: String,
}

impl Reader<'_> {
    fn take(&mut self) -> Option<u8> {
        let (byte, rest) = self.rest.split_first()?;
        self.rest = rest;
        Some(*byte)
    }

    fn read(&mut self) -> Option<()> {
        while let Some(byte) = self.take() {
            match byte {
                b'{' => {
                    if self.stack.len() >= MAX_RTF_DEPTH {
                        return None;
                    }
                    self.flush();
                    self.skip = 0;
                    self.stack.push(self.state.clone());
                }
                b'}' => {
                    self.flush();
                    self.skip = 0;
                    match self.stack.pop() {
                        Some(before) => self.state = before,
                        None => break,
                    }
                }
                b'\\' => self.control(),
                b'\r' | b'\n' => {}
                byte => self.byte(byte),
            }
        }
        Some(())
    }

    /// A byte of text in the charset of its font.
    fn byte(&mut self, byte: u8) {
        if self.skip > 0 {
            self.skip -= 1;
        } else if !self.state.silent && !self.state.hidden {
            self.bytes.push(byte);
        }
    }

    fn say(&mut self, text: &str) {
        self.flush();
        if self.skip > 0 {
            self.skip -= 1;
        } else if !self.state.silent && !self.state.hidden {
            self.text.push_str(text);
        }
    }

    /// Decodes what has come together.
    fn flush(&mut self) {
        if self.bytes.is_empty() {
            return;
        }
        let of_font = self.state.font.and_then(|font| self.fonts.get(&font).copied());
        let bytes = std::mem::take(&mut self.bytes);
        let page = of_font.unwrap_or(&self.page);
        self.text.push_str(&charset::decode(&bytes, Some(page)).0);
    }

    fn control(&mut self) {
        let Some(first) = self.take() else { return };
        if !first.is_ascii_alphabetic() {
            return self.symbol(first);
        }
        let word_end = self.rest.iter().position(|byte| !byte.is_ascii_alphabetic());
        let (word, rest) = self.rest.split_at(word_end.unwrap_or(self.rest.len()));
        let name = [&[first], word].concat();
        let digits = |rest: &[u8]| rest.iter().take_while(|byte| byte.is_ascii_digit()).count();
        let sign = usize::from(rest.first() == Some(&b'-') && digits(rest.get(1..).unwrap_or_default()) > 0);
        let (number, mut rest) = rest.split_at(sign + digits(rest.get(sign..).unwrap_or_default()));
        let number = std::str::from_utf8(number).ok().and_then(|number| number.parse::<i32>().ok());
        // One blank behind a word belongs to it.
        if let [b' ', behind @ ..] = rest {
            rest = behind;
        }
        self.rest = rest;
        self.word(std::str::from_utf8(&name).unwrap_or_default(), number);
    }

    fn symbol(&mut self, symbol: u8) {
        match symbol {
            b'\'' => {
                let hex = self.rest.get(..2).and_then(|hex| std::str::from_utf8(hex).ok());
                if let Some(byte) = hex.and_then(|hex| u8::from_str_radix(hex, 16).ok()) {
                    self.rest = self.rest.get(2..).unwrap_or_default();
                    self.byte(byte);
                }
            }
            b'*' => self.state.silent = true,
            b'\\' | b'{' | b'}' => self.byte(symbol),
            b'~' => self.say("\u{a0}"),
            b'_' => self.say("-"),
            b'\r' | b'\n' => self.say("\n"),
            _ => {}
        }
    }

    fn word(&mut self, name: &str, number: Option<i32>) {
        let said = match name {
            "par" | "line" | "row" | "sect" | "page" => "\n",
            "tab" | "cell" => "\t",
            "emdash" => "—",
            "endash" => "–",
            "bullet" => "•",
            "lquote" => "‘",
            "rquote" => "’",
            "ldblquote" => "“",
            "rdblquote" => "”",
            "emspace" | "enspace" | "qmspace" => " ",
            _ => "",
        };
        if !said.is_empty() {
            return self.say(said);
        }
        match (name, number) {
            ("u", Some(code)) => self.unicode(code),
            ("uc", Some(count)) => self.state.unread = usize::try_from(count).unwrap_or(1),
            ("bin", Some(count)) => {
                let count = usize::try_from(count).unwrap_or(0);
                self.rest = self.rest.get(count..).unwrap_or_default();
            }
            ("f", Some(font)) => {
                self.flush();
                self.state.font = Some(font);
            }
            ("plain", _) => {
                self.flush();
                self.state.hidden = false;
            }
            ("v", hidden) => {
                self.flush();
                self.state.hidden = hidden != Some(0);
            }
            ("ansicpg", Some(page)) => self.page = code_page(page),
            ("mac", _) => "macintosh".clone_into(&mut self.page),
            ("pc", _) => "cp437".clone_into(&mut self.page),
            ("pca", _) => "cp850".clone_into(&mut self.page),
            ("fcharset", Some(number)) => self.font(number),
            ("fonttbl", _) => (self.state.silent, self.state.fonts) = (true, true),
            (name, _) if NO_TEXT.contains(&name) => self.state.silent = true,
            _ => {}
        }
    }

    fn font(&mut self, number: i32) {
        let (Some(font), true) = (self.state.font, self.state.fonts) else { return };
        if let Some(page) = font_charset(number).filter(|_| self.fonts.len() < MAX_RTF_FONTS) {
            self.fonts.insert(font, page);
        }
    }

    /// A character in UTF-16, as a signed number.
    fn unicode(&mut self, code: i32) {
        self.flush();
        let Ok(unit) = u16::try_from(code).or_else(|_| u16::try_from(code.saturating_add(0x1_0000))) else {
            return;
        };
        let mut units: Vec<u16> = self.surrogate.take().into_iter().collect();
        units.push(unit);
        if (0xD800..0xDC00).contains(&unit) {
            self.surrogate = Some(unit);
        } else if !self.state.silent && !self.state.hidden {
            self.text.push_str(&String::from_utf16_lossy(&units));
        }
        self.skip = self.state.unread;
    }
}

/// The label of a code page.
fn code_page(number: i32) -> String {
    match number {
        932 => "shift_jis".to_owned(),
        936 => "gbk".to_owned(),
        949 => "euc-kr".to_owned(),
        950 => "big5".to_owned(),
        65001 => "utf-8".to_owned(),
        437 | 850 | 852 | 855 | 858 | 866 => format!("cp{number}"),
        10000 => "macintosh".to_owned(),
        _ => format!("windows-{number}"),
    }
}

/// The charset that `\fcharset` names; none where the font has that of the document.
const fn font_charset(number: i32) -> Option<&'static str> {
    Some(match number {
        77 => "macintosh",
        128 => "shift_jis",
        129 => "euc-kr",
        134 => "gbk",
        136 => "big5",
        161 => "windows-1253",
        162 => "windows-1254",
        163 => "windows-1258",
        177 => "windows-1255",
        178 => "windows-1256",
        186 => "windows-1257",
        204 => "windows-1251",
        222 => "windows-874",
        238 => "windows-1250",
        _ => return None,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn text(rtf: &str) -> String {
        text_of(rtf.as_bytes()).unwrap()
    }

    #[test]
    fn paragraphs_and_signs_are_read_and_looks_are_not() {
        let rtf = r"{\rtf1\ansi\ansicpg1252{\fonttbl{\f0\fswiss Arial;}}{\colortbl;\red0;}\pard\b Hello\b0 ,\par
caf\'e9 \{1\} \\ \emdash\~x\tab y\line z{\*\generator Riched20;}{\pict\bin3 }}}}\v hidden\v0 .}";
        assert_eq!(text(rtf), "Hello,\ncafé {1} \\ —\u{a0}x\ty\nz.");
    }

    #[test]
    fn charsets_of_fonts_and_of_the_document_are_kept_apart() {
        let rtf = r"{\rtf1\ansi\ansicpg1252{\fonttbl{\f0\fcharset0 Arial;}{\f1\fcharset204 Arial Cyr;}{\f2\fcharset128 MS Gothic;}}
\f0 \'e9 {\f1 \'cf\'f0\'e8\'e2\'e5\'f2}\f2 \'93\'fa\'96\'7b\f0 \'e9}";
        assert_eq!(text(rtf), "é Привет日本é");
        assert_eq!(text(r"{\rtf1\ansi\ansicpg1251 \'cf\'f0}"), "Пр");
    }

    #[test]
    fn characters_in_unicode_stand_for_what_follows_them() {
        assert_eq!(text(r"{\rtf1\ansi\uc1 \u1055?\u1088\'3f!}"), "Пр!");
        assert_eq!(text(r"{\rtf1\ansi\uc0 \u-10179\u-8704!}"), "😀!");
        assert_eq!(text(r"{\rtf1{\uc2\u8364 EU}x}"), "€x");
    }

    #[test]
    fn of_packed_html_the_words_remain() {
        let rtf = r"{\rtf1\ansi\fromhtml1{\*\htmltag64 <p>}\htmlrtf {\htmlrtf0 It smokes.\htmlrtf\par}\htmlrtf0 {\*\htmltag72 </p>}}";
        assert_eq!(text(rtf), "It smokes.");
    }

    #[test]
    fn groups_end_at_their_depth_and_what_is_no_rich_text_has_no_text() {
        let deep = |depth: usize| format!("{{\\rtf1 {}x{}", "{".repeat(depth), "}".repeat(depth + 1));
        assert_eq!(text(&deep(MAX_RTF_DEPTH - 1)), "x");
        assert_eq!(text_of(deep(MAX_RTF_DEPTH).as_bytes()), None);
        assert_eq!(text_of(b"hello"), None);
        for cut in ["{\\rtf1 x\\", "{\\rtf1 x\\'", "{\\rtf1 x\\u", "{\\rtf1 x\\bin99", "{\\rtf1 x"] {
            assert_eq!(text(cut), "x", "{cut}");
        }
    }

    #[test]
    fn so_many_fonts_have_a_charset_of_their_own() {
        let fonts: Vec<String> =
            (0..=MAX_RTF_FONTS).map(|font| format!("{{\\f{font}\\fcharset204 A;}}")).collect();
        let fonts = fonts.concat();
        let of = |font: usize| text(&format!("{{\\rtf1\\ansi{{\\fonttbl{fonts}}}\\f{font} \\'cf}}"));
        assert_eq!((of(MAX_RTF_FONTS - 1), of(MAX_RTF_FONTS)), ("П".to_owned(), "Ï".to_owned()));
    }
}
