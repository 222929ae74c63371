//! Charsets of one byte per character that encoding_rs has no table for.

/// A charset whose lower half is ASCII.
#[derive(Debug)]
pub(super) struct Table {
    /// The characters of the bytes 80 to FF.
    high: &'static str,
    /// Bytes below 20 that are letters.
    low: &'static [(u8, char)],
}

/// IBM code page 437: DOS in the United States and most of western Europe.
pub(super) static CP437: Table = Table {
    high: "\
     ÇüéâäàåçêëèïîìÄÅÉæÆôöòûùÿÖÜ¢£¥₧ƒ\
     áíóúñÑªº¿⌐¬½¼¡«»░▒▓│┤╡╢╖╕╣║╗╝╜╛┐\
     └┴┬├─┼╞╟╚╔╩╦╠═╬╧╨╤╥╙╘╒╓╫╪┘┌█▄▌▐▀\
     αßΓπΣσµτΦΘΩδ∞φε∩≡±≥≤⌠⌡÷≈°∙·√ⁿ²■\u{a0}\
     ",
    low: &[],
};

/// IBM code page 852: DOS in central Europe.
pub(super) static CP852: Table = Table {
    high: "\
     ÇüéâäůćçłëŐőîŹÄĆÉĹĺôöĽľŚśÖÜŤťŁ×č\
     áíóúĄąŽžĘę¬źČş«»░▒▓│┤ÁÂĚŞ╣║╗╝Żż┐\
     └┴┬├─┼Ăă╚╔╩╦╠═╬¤đĐĎËďŇÍÎě┘┌█▄ŢŮ▀\
     ÓßÔŃńňŠšŔÚŕŰýÝţ´\u{ad}˝˛ˇ˘§÷¸°¨˙űŘř■\u{a0}\
     ",
    low: &[],
};

/// IBM code page 855: DOS in Cyrillic.
pub(super) static CP855: Table = Table {
    high: "\
     ђЂѓЃёЁєЄѕЅіІїЇјЈљЉњЊћЋќЌўЎџЏюЮъЪ\
     аАбБцЦдДеЕфФгГ«»░▒▓│┤хХиИ╣║╗╝йЙ┐\
     └┴┬├─┼кК╚╔╩╦╠═╬¤лЛмМнНоОп┘┌█▄Пя▀\
     ЯрРсСтТуУжЖвВьЬ№\u{ad}ыЫзЗшШэЭщЩчЧ§■\u{a0}\
     ",
    low: &[],
};

/// IBM code page 858: code page 850 with the euro sign.
pub(super) static CP858: Table = Table {
    high: "\
     ÇüéâäàåçêëèïîìÄÅÉæÆôöòûùÿÖÜø£Ø×ƒ\
     áíóúñÑªº¿®¬½¼¡«»░▒▓│┤ÁÂÀ©╣║╗╝¢¥┐\
     └┴┬├─┼ãÃ╚╔╩╦╠═╬¤ðÐÊËÈ€ÍÎÏ┘┌█▄¦Ì▀\
     ÓßÔÒõÕµþÞÚÛÙýÝ¯´\u{ad}±‗¾¶§÷¸°¨·¹³²■\u{a0}\
     ",
    low: &[],
};

/// VISCII (RFC 1456): Vietnamese, with six letters in the place of control characters.
pub(super) static VISCII: Table = Table {
    high: "\
     ẠẮẰẶẤẦẨẬẼẸẾỀỂỄỆỐỒỔỖỘỢỚỜỞỊỎỌỈỦŨỤỲ\
     ÕắằặấầẩậẽẹếềểễệốồổỗỠƠộờởịỰỨỪỬơớƯ\
     ÀÁÂÃẢĂẳẵÈÉÊẺÌÍĨỳĐứÒÓÔạỷừửÙÚỹỵÝỡư\
     àáâãảăữẫèéêẻìíĩỉđựòóôõỏọụùúũủýợỮ\
     ",
    low: &[(0x02, 'Ẳ'), (0x05, 'Ẵ'), (0x06, 'Ẫ'), (0x14, 'Ỷ'), (0x19, 'Ỹ'), (0x1E, 'Ỵ')],
};

/// Text of `bytes`. Every byte is a character.
pub(super) fn decode(bytes: &[u8], table: &Table) -> String {
    let high: Vec<char> = table.high.chars().collect();
    let character = |byte: &u8| match byte.checked_sub(0x80) {
        Some(place) => high.get(usize::from(place)).copied().unwrap_or(char::REPLACEMENT_CHARACTER),
        None => {
            table.low.iter().find(|(low, _)| low == byte).map_or(char::from(*byte), |(_, letter)| *letter)
        }
    };
    bytes.iter().map(character).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_table_is_whole() {
        for table in [&CP437, &CP852, &CP855, &CP858, &VISCII] {
            assert_eq!(table.high.chars().count(), 128);
            assert!(!table.high.contains(char::REPLACEMENT_CHARACTER));
        }
    }

    #[test]
    fn characters_at_the_ends() {
        assert_eq!(decode(b"a\x80\xe1\xff", &CP437), "aÇß\u{a0}");
        assert_eq!(decode(b"\xd5", &CP858), "€");
        assert_eq!(decode(b"\xa9\xe7", &CP852), "ęš");
        assert_eq!(decode(b"\x80\xff", &CP855), "ђ\u{a0}");
        assert_eq!(decode(b"Vi\xaet \x02\x1e\xff\n", &VISCII), "Việt ẲỴỮ\n");
    }
}
