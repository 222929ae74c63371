//! Lines that mail clients put above the mail they quote or forward, in the languages they do it in.
//!
//! Shared by the reading of replies and of forwards. Every check looks at one line, or at a bounded number of
//! lines after it, so that all of it stays linear.

/// Lines of a header block that are looked at after its first.
const HEADER_BLOCK_LINES: usize = 10;

/// Lines that one attribution may be wrapped over.
pub(crate) const ATTRIBUTION_LINES: usize = 5;

/// Characters of a whole attribution.
const MAX_ATTRIBUTION_CHARS: usize = 500;

/// What a line of a quoted header block names.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum HeaderKey {
    From,
    Date,
    To,
    Cc,
    Subject,
    ReplyTo,
}

const HEADER_WORDS: &[(HeaderKey, &[&str])] = &[
    (
        HeaderKey::From,
        &[
            "from", "von", "de", "da", "van", "från", "fra", "lähettäjä", "od", "nadawca", "odesílatel", "от", "от кого", "від",
            "відправник", "отправитель", "gönderen", "kimden", "feladó", "από", "expéditeur", "mittente", "remitente", "afzender",
            "absender", "从", "发件人", "寄件者", "寄件人", "差出人", "送信者", "보낸 사람", "de la", "expeditor", "מאת", "من",
        ],
    ),
    (
        HeaderKey::Date,
        &[
            "sent", "date", "gesendet", "datum", "gesendet am", "envoyé", "envoyé le", "date d'envoi", "enviado", "enviado el",
            "enviada em", "enviado em", "fecha", "data", "inviato", "data invio", "verzonden", "skickat", "sendt", "dato", "lähetetty",
            "päivämäärä", "päiväys", "wysłano", "odesláno", "отправлено", "дата", "дата отправки", "надіслано", "gönderildi", "tarih",
            "gönderme tarihi", "elküldve", "dátum", "message du", "发送时间", "日期", "時間", "寄件日期", "送信日時", "日付", "보낸 날짜", "날짜",
            "trimis", "στάλθηκε", "ημερομηνία", "נשלח", "تاريخ",
        ],
    ),
    (
        HeaderKey::To,
        &[
            "to", "an", "à", "a", "para", "aan", "till", "til", "vastaanottaja", "do", "komu", "pro", "кому", "kime", "címzett", "alıcı",
            "destinataire", "destinatario", "destinatário", "empfänger", "收件人", "收件者", "宛先", "받는 사람", "către", "προς", "אל", "إلى",
        ],
    ),
    (
        HeaderKey::Cc,
        &["cc", "bcc", "kopie", "copie", "copie à", "copia", "kopia", "kopio", "dw", "копия", "копія", "bilgi", "másolat", "抄送", "副本", "참조", "κοιν"],
    ),
    (
        HeaderKey::Subject,
        &[
            "subject", "betreff", "objet", "sujet", "asunto", "oggetto", "assunto", "onderwerp", "ämne", "emne", "aihe", "temat",
            "předmět", "předmet", "тема", "konu", "tárgy", "主题", "主旨", "件名", "제목", "subiect", "θέμα", "נושא", "الموضوع",
        ],
    ),
    (HeaderKey::ReplyTo, &["reply-to", "antwort an", "répondre à", "ответить", "обратный адрес"]),
];

/// The key of a line such as `From: …`, `*Von:* …`, `> Тема: …`.
pub(crate) fn header_key(line: &str) -> Option<HeaderKey> {
    let line = line.trim_start_matches(['>', ' ', '\t', '*', '|', '_', '\u{a0}']);
    let colon = line.char_indices().take(30).find(|(_, character)| matches!(character, ':' | '：'))?.0;
    let word = line.get(..colon)?.trim_matches(['*', ' ', '\t', '\u{a0}', '_']).to_lowercase();
    HEADER_WORDS.iter().find(|(_, words)| words.contains(&word.as_str())).map(|(key, _)| *key)
}

/// Whether a block of quoted header lines (Outlook and its kin) begins at the first of `lines`: a sender and two
/// other fields, or a date and a sender and a third, close together.
pub(crate) fn is_header_block(lines: &[&str]) -> bool {
    let Some(first) = lines.first().and_then(|line| header_key(line)) else { return false };
    if !matches!(first, HeaderKey::From | HeaderKey::Date | HeaderKey::Subject) {
        return false;
    }
    let mut found = vec![first];
    let mut blanks = 0;
    for line in lines.iter().skip(1).take(HEADER_BLOCK_LINES) {
        if line.trim_matches(['>', ' ', '\t']).is_empty() {
            blanks += 1;
            // HTML made into text may put one empty line between the fields.
            if blanks > found.len() {
                break;
            }
            continue;
        }
        match header_key(line) {
            Some(key) if !found.contains(&key) => found.push(key),
            _ => {}
        }
    }
    found.contains(&HeaderKey::From) && found.len() >= 3
}

/// What stands between the dashes above an original mail in a reply.
const ORIGINAL_WORDS: &[&str] = &[
    "original message", "original appointment", "ursprüngliche nachricht", "originalnachricht", "message d'origine", "message original",
    "mensaje original", "messaggio originale", "mensagem original", "oorspronkelijk bericht", "origineel bericht", "ursprungligt meddelande",
    "originalmeddelande", "oprindelig meddelelse", "opprinnelig melding", "alkuperäinen viesti", "wiadomość oryginalna",
    "oryginalna wiadomość", "původní zpráva", "původní e-mail", "исходное сообщение", "исходное письмо", "оригинальное сообщение",
    "первоначальное сообщение", "оригінальне повідомлення", "özgün ileti", "orijinal mesaj", "eredeti üzenet", "αρχικό μήνυμα",
    "原始邮件", "原始郵件", "元のメッセージ", "원본 메시지", "reply above this line",
];

/// What stands above a forwarded mail.
const FORWARD_WORDS: &[&str] = &[
    "forwarded message", "forwarded mail", "begin forwarded message", "forwarded by", "weitergeleitete nachricht",
    "anfang der weitergeleiteten nachricht", "message transféré", "message transmis", "début du message transféré", "mensaje reenviado",
    "inicio del mensaje reenviado", "messaggio inoltrato", "inizio messaggio inoltrato", "mensagem encaminhada", "mensagem reencaminhada",
    "doorgestuurd bericht", "begin doorgestuurd bericht", "vidarebefordrat meddelande", "vidarebefordrat brev", "videresendt meddelelse",
    "videresendt melding", "välitetty viesti", "edelleenlähetetty viesti", "wiadomość przekazana", "treść przekazanej wiadomości",
    "przeposlaná zpráva", "přeposlaná zpráva", "пересылаемое сообщение", "пересланное сообщение", "начало переадресованного сообщения",
    "начало пересылаемого сообщения", "конец пересылаемого сообщения", "переслане повідомлення", "перенаправленное сообщение",
    "iletilen ileti", "yönlendirilmiş mesaj", "továbbított üzenet", "προωθημένο μήνυμα", "转发邮件", "轉寄郵件", "转发的邮件", "転送メッセージ", "전달된 메시지",
];

/// The words of a line without the dashes, stars, colons and quotes marks around them, in lower case.
fn marker_words(line: &str) -> Option<String> {
    // No marker is longer; longer lines are not worth lowering.
    if line.len() > 400 {
        return None;
    }
    let words = line.trim_matches(|c: char| matches!(c, '-' | '–' | '—' | '=' | '_' | '*' | ':' | '>' | '.' | '：') || c.is_whitespace());
    Some(words.to_lowercase().replace('’', "'"))
}

/// Whether the line stands above the original mail in a reply (`-----Original Message-----`).
pub(crate) fn is_original_marker(line: &str) -> bool {
    // Spoken words do not stand between dashes.
    let dashed = line.trim_start_matches(['>', ' ']).starts_with("--") || line.trim_start_matches(['>', ' ']).starts_with("__");
    dashed && marker_words(line).is_some_and(|words| ORIGINAL_WORDS.contains(&words.as_str()))
}

/// Whether the line stands above a forwarded mail (`---------- Forwarded message ---------`).
pub(crate) fn is_forward_marker(line: &str) -> bool {
    let Some(words) = marker_words(line) else { return false };
    FORWARD_WORDS.iter().any(|marker| {
        words == *marker || (words.starts_with(marker) && line.trim_start_matches(['>', ' ']).starts_with("--"))
    })
}

/// Whether the line is a rule that clients put above a header block.
pub(crate) fn is_rule(line: &str) -> bool {
    let line = line.trim_matches([' ', '\t', '*', '>', '\u{a0}']);
    line.chars().count() >= 3 && (line.chars().all(|c| matches!(c, '_' | '-' | '─' | '—' | '=')))
}

/// Verbs of attributions; `{}` of no language is assumed, they count anywhere in the line.
const VERBS: &[&str] = &[
    "wrote", "writes", "schrieb", "schreibt", "geschrieben", "a écrit", "a ecrit", "escribió", "escribio", "ha scritto", "scrisse",
    "escreveu", "schreef", "geschreven", "napisał", "napisała", "napisał(a)", "pisze", "пишет", "писал", "писала", "писал(а)",
    "написал", "написала", "написал(а)", "пише", "написав", "написала(-в)", "пишет вам", "skrev", "skrifaði", "kirjoitti", "napsal",
    "napsala", "napsal(a)", "napísal", "napísal(a)", "írta", "ezt írta", "yazdı", "şunu yazdı", "a scris", "написа", "έγραψε", "đã viết", "viết",
    "写道", "寫道", "のメッセージ", "書きました", "작성", "schrieb folgendes", "كتب", "כתב", "menulis",
];

/// Beginnings of attributions; many others begin with a date, a weekday or a name and are told by their end.
const STARTS: &[&str] = &[
    "on ", "am ", "le ", "el ", "il ", "em ", "op ", "den ", "dne ", "dnia ", "w dniu ", "pe ", "ma ", "ti ", "ke ", "to ", "la ", "su ", "в ", "on\u{a0}",
    "в\u{a0}", "vào ", "στις ", "--- on ", "---- on ", "at ", "in data ", "il giorno ", "в письме от ", "пн", "вт", "ср", "чт", "пт", "сб", "вс",
];

/// The number of lines of the attribution that begins at the first of `lines` (`On … wrote:`); none if there is none.
///
/// An attribution has a verb or an address, something like a date, and ends with a colon (or with its verb); it may
/// be wrapped. `work` counts the lines looked at.
pub(crate) fn attribution_length(lines: &[&str], work: &mut usize) -> Option<usize> {
    let first = strip_quotes(lines.first()?);
    if first.is_empty() || !may_begin_attribution(first) {
        *work += 1;
        return None;
    }
    let mut joined = String::new();
    for (number, line) in lines.iter().take(ATTRIBUTION_LINES).enumerate() {
        *work += 1;
        let line = strip_quotes(line);
        if line.is_empty() || joined.len() + line.len() > MAX_ATTRIBUTION_CHARS * 4 {
            return None;
        }
        if number > 0 {
            joined.push(' ');
        }
        joined.push_str(line);
        if joined.chars().count() > MAX_ATTRIBUTION_CHARS {
            return None;
        }
        if is_attribution(&joined) {
            return Some(number + 1);
        }
    }
    None
}

fn strip_quotes(line: &str) -> &str {
    line.trim_start_matches(['>', ' ', '\t', '\u{a0}', '\u{200e}', '\u{2068}']).trim_end()
}

/// A cheap first look, so that the lines of ordinary prose are not joined and searched.
fn may_begin_attribution(line: &str) -> bool {
    let start: String = line.chars().take(16).collect::<String>().to_lowercase();
    let dated = line.chars().take(40).any(|character| character.is_ascii_digit());
    STARTS.iter().any(|begin| start.starts_with(begin)) || dated || line.chars().take(120).any(|c| matches!(c, '<' | '@')) || line.ends_with([':', '：'])
}

/// Whether a whole (joined) line is an attribution.
fn is_attribution(text: &str) -> bool {
    let lower = text.to_lowercase();
    let body = lower.trim_end_matches(['-', ' ', '*', '\u{a0}']);
    let ends_with_colon = body.ends_with([':', '：']);
    let body = body.trim_end_matches([':', '：', ' ', '\u{a0}']);
    let has_address = body.contains('@') && body.contains('.');
    let has_date = has_clock(body) || has_year(body) || body.matches(['/', '.']).count() >= 2 && body.starts_with(|c: char| c.is_ascii_digit());
    let ends_with_verb = VERBS.iter().any(|verb| ends_with_word(body, verb));
    if ends_with_verb && (has_date || has_address) {
        return ends_with_colon || (STARTS.iter().any(|start| lower.starts_with(start)) && has_date && has_address);
    }
    if !ends_with_colon {
        return false;
    }
    let has_verb = VERBS.iter().any(|verb| contains_word(body, verb));
    let ends_with_address = body.ends_with(['>', ')', ']']) && has_address;
    let starts_with_date = body.starts_with(|c: char| c.is_ascii_digit()) || STARTS.iter().any(|start| body.starts_with(start));
    (has_verb && has_date && (starts_with_date || has_address)) || (ends_with_address && has_date && starts_with_date)
}

/// A clock time such as `10:15` or `17.50`.
fn has_clock(text: &str) -> bool {
    let bytes = text.as_bytes();
    bytes.windows(4).any(|window| {
        matches!(window, [a, b':' | b'.', c, d] if a.is_ascii_digit() && c.is_ascii_digit() && d.is_ascii_digit())
    })
}

fn has_year(text: &str) -> bool {
    text.split(|c: char| !c.is_ascii_digit()).any(|number| number.len() == 4 && (number.starts_with("19") || number.starts_with("20")))
}

fn ends_with_word(text: &str, word: &str) -> bool {
    text.strip_suffix(word).is_some_and(|before| before.is_empty() || !word_goes_on(before.chars().next_back(), word))
}

/// A letter beside a word of letters makes another word; scripts without spaces have no such borders.
fn word_goes_on(neighbour: Option<char>, word: &str) -> bool {
    word.chars().all(|c| !is_wide(c)) && neighbour.is_some_and(char::is_alphanumeric)
}

fn is_wide(character: char) -> bool {
    matches!(character, '\u{3040}'..='\u{30ff}' | '\u{4e00}'..='\u{9fff}' | '\u{ac00}'..='\u{d7af}')
}

fn contains_word(text: &str, word: &str) -> bool {
    text.match_indices(word).any(|(at, _)| {
        let before = text.get(..at).and_then(|part| part.chars().next_back());
        let after = text.get(at + word.len()..).and_then(|part| part.chars().next());
        !word_goes_on(before, word) && !word_goes_on(after, word)
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn length(text: &str) -> Option<usize> {
        attribution_length(&text.lines().collect::<Vec<_>>(), &mut 0)
    }

    #[test]
    fn attributions_in_many_languages() {
        for line in [
            "On Tue, Nov 14, 2023 at 10:15 PM Anna <anna@example.org> wrote:",
            "On 14/11/23 10:15, Anna wrote:",
            "Am 14.11.2023 um 22:13 schrieb Anna Müller:",
            "Le mar. 14 nov. 2023 à 22:13, Anna <anna@example.org> a écrit :",
            "El mar, 14 nov 2023 a las 22:13, Anna (<anna@example.org>) escribió:",
            "Il giorno mar 14 nov 2023 alle ore 22:13 Anna <anna@example.org> ha scritto:",
            "Em ter., 14 de nov. de 2023 às 22:13, Anna <anna@example.org> escreveu:",
            "Op di 14 nov 2023 om 22:13 schreef Anna <anna@example.org>:",
            "wt., 14 lis 2023 o 22:13 Anna <anna@example.org> napisał(a):",
            "вт, 14 нояб. 2023 г. в 22:13, Анна <anna@example.org>:",
            "14.11.2023 22:13, Анна пишет:",
            "14 ноября 2023, 22:13 +03:00 от Анна <anna@example.org>:",
            "Вторник, 14 ноября 2023, 22:13 от Анна <anna@example.org>:",
            "Den tis 14 nov. 2023 kl 22:13 skrev Anna <anna@example.org>:",
            "ti 14. marrask. 2023 klo 22.13 Anna (anna@example.org) kirjoitti:",
            "út 14. 11. 2023 v 22:13 odesílatel Anna <anna@example.org> napsal:",
            "Anna <anna@example.org> ezt írta (időpont: 2023. nov. 14., K, 22:13):",
            "14 Kas 2023 Sal 22:13 tarihinde Anna <anna@example.org> şunu yazdı:",
            "2023年11月14日(火) 22:13 Anna <anna@example.org>:",
            "Anna <anna@example.org> 于2023年11月14日周二 22:13写道：",
            "2023-11-24 16:32 GMT+01:00 Anna <anna@example.org>:",
        ] {
            assert_eq!(length(line), Some(1), "{line}");
        }
        assert_eq!(length("On Tue, Nov 14, 2023 at 10:15 PM Anna Smith of the Department <\nanna@example.org> wrote:"), Some(2));
    }

    #[test]
    fn prose_is_no_attribution() {
        for line in [
            "On Monday I will be away:", "As he wrote:", "On 14 Nov we met", "Please call me at 10:15:", "The list:", "Am Montag geht es nicht:",
            "В 10:15 ничего не работало:", "http://example.org/2023/11/14:", "",
        ] {
            assert_eq!(length(line), None, "{line}");
        }
    }

    #[test]
    fn header_blocks_need_three_fields() {
        assert!(is_header_block(&["From: Anna", "Sent: today", "To: me", "Subject: x"]));
        assert!(is_header_block(&["*Von:* Anna", "*Gesendet:* heute", "*An:* mich"]));
        assert!(is_header_block(&["От: Анна", "Отправлено: сегодня", "Кому: мне", "Тема: x"]));
        assert!(is_header_block(&["From: Anna", "", "Sent: today", "", "To: me"]));
        assert!(!is_header_block(&["From: Kiel", "I travel", "To: Rome"]));
        assert!(!is_header_block(&["To: x", "From: y", "Subject: z"]));
    }

    #[test]
    fn markers_of_originals_and_forwards() {
        for line in ["-----Original Message-----", "-------- Ursprüngliche Nachricht --------", "-----Исходное сообщение-----"] {
            assert!(is_original_marker(line) && !is_forward_marker(line), "{line}");
        }
        for line in ["---------- Forwarded message ---------", "Begin forwarded message:", "-------- Пересылаемое сообщение --------", "----- Forwarded by Anna/Kiel on 14.11.2023 -----"] {
            assert!(is_forward_marker(line) && !is_original_marker(line), "{line}");
        }
        assert!(!is_original_marker("original message") && !is_forward_marker("I got a forwarded message"));
        assert!(is_rule("________________________________") && !is_rule("--"));
    }
}
