//! Texts as people write them about their work, in English and Russian, put together from parts.

use super::people::drawn;

const THINGS: [&str; 12] = [
    "Printer",
    "VPN",
    "Mailbox",
    "Projector",
    "Laptop",
    "Badge reader",
    "Принтер",
    "Почтовый ящик",
    "Ноутбук",
    "Пропуск",
    "Телефон",
    "Shared folder",
];
const TROUBLES: [&str; 10] = [
    "does not start",
    "is slow since this morning",
    "shows error 0x80070005",
    "asks for a password again",
    "lost its settings",
    "не включается",
    "не открывается",
    "просит пароль",
    "работает медленно",
    "cannot be found",
];
const SENTENCES: [&str; 12] = [
    "I have restarted it twice and nothing changed.",
    "Colleagues in the same room have no trouble.",
    "It began after the update of last night.",
    "Пожалуйста, посмотрите до конца дня.",
    "Перезагрузка не помогла.",
    "У коллег всё работает.",
    "The cable was changed last week.",
    "We need it for the meeting at ten.",
    "Ошибка появляется каждый раз при входе.",
    "The log shows a timeout after thirty seconds.",
    "Could you call me back on my extension?",
    "Проверили кабель и настройки сети.",
];

fn of<'a>(all: &[&'a str], n: u64) -> &'a str {
    usize::try_from(n % all.len() as u64).ok().and_then(|place| all.get(place)).copied().unwrap_or_default()
}

/// One line.
pub(crate) fn subject(n: u64) -> String {
    format!(
        "{} {} in room {}",
        of(&THINGS, drawn(n, 20)),
        of(&TROUBLES, drawn(n, 21)),
        drawn(n, 22) % 900 + 100
    )
}

/// Two to seven sentences.
pub(crate) fn text(n: u64, salt: u64) -> String {
    let count = 2 + drawn(n, salt) % 6;
    let sentences: Vec<&str> = (0..count).map(|k| of(&SENTENCES, drawn(n, salt + 1 + k))).collect();
    sentences.join(" ")
}
