//! What to do about a conversation with a mail server that failed: plain and short, in English and in Russian.
//!
//! Decides by the kind of the failure and its step alone; what happened, and the server's own words, stand elsewhere.

use rejoinder_engine::time::Timestamp;
use rejoinder_wire::endpoint::{Failure, Kind, Security, Step};

/// The language of an advice.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Language {
    /// English.
    English,
    /// Russian.
    Russian,
}

impl Language {
    /// The language of a word such as `ru` or `ru-RU`; English where it is none that is known.
    pub fn of(word: &str) -> Self {
        if word.to_ascii_lowercase().starts_with("ru") { Self::Russian } else { Self::English }
    }

    /// One text of two.
    pub fn pick(self, english: impl Into<String>, russian: impl Into<String>) -> String {
        match self {
            Self::English => english.into(),
            Self::Russian => russian.into(),
        }
    }
}

/// What was tried.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Conversation {
    /// `SMTP`, `IMAP` or `POP3`.
    pub protocol: &'static str,
    /// How the connection was to be encrypted.
    pub security: Security,
}

impl Conversation {
    /// The usual ports: with TLS from the first byte, and with STARTTLS.
    fn ports(self) -> (u16, u16) {
        match self.protocol {
            "IMAP" => (993, 143),
            "POP3" => (995, 110),
            _ => (465, 587),
        }
    }
}

/// The day of a moment given in seconds since 1970.
pub fn day(seconds: i64) -> String {
    let text = Timestamp::from_micros(seconds.saturating_mul(1_000_000)).rfc3339();
    text.get(..10).unwrap_or_default().to_owned()
}

/// What to do.
pub fn advice(failure: &Failure, asked: Conversation, language: Language) -> String {
    let known = of_connection(failure, asked).or_else(|| of_certificate(&failure.kind));
    let (english, russian) = known.unwrap_or_else(|| of_account(failure, asked));
    language.pick(english, russian)
}

fn both(english: impl Into<String>, russian: impl Into<String>) -> (String, String) {
    (english.into(), russian.into())
}

fn of_connection(failure: &Failure, asked: Conversation) -> Option<(String, String)> {
    let (tls, starttls) = asked.ports();
    let before_login = matches!(failure.step, Step::Greeting | Step::Tls | Step::Hello);
    Some(match &failure.kind {
        Kind::NameNotFound => both(
            "Check the spelling of the server's name, and that this machine can ask a name server",
            "Проверьте имя сервера и то, что эта машина может спросить сервер имён",
        ),
        Kind::NotAllowed { .. } => both(
            "The program was started with --egress loopback: only servers on this machine may be reached",
            "Программа запущена с --egress loopback: доступны только серверы этой машины",
        ),
        Kind::Refused => both(
            format!(
                "Check the port (usual: {tls} with tls, {starttls} with starttls), and that the server runs"
            ),
            format!("Проверьте порт (обычно {tls} для tls, {starttls} для starttls) и запущен ли сервер"),
        ),
        Kind::Unreachable { .. } => both(
            "Check the network and the firewall between this machine and the server",
            "Проверьте сеть и межсетевой экран между этой машиной и сервером",
        ),
        Kind::Timeout(_) | Kind::Closed if before_login && asked.security != Security::Tls => both(
            format!(
                "The port probably wants TLS from the first byte: set the encryption to tls (usual port {tls})"
            ),
            format!("Вероятно, порт ждёт TLS с первого байта: выберите шифрование tls (обычный порт {tls})"),
        ),
        Kind::Timeout(_) if failure.step == Step::Connect => both(
            "Check name and port; a firewall may swallow the connection",
            "Проверьте имя и порт; возможно, соединение отбрасывает межсетевой экран",
        ),
        Kind::Timeout(_) | Kind::Closed | Kind::Broken { .. } if failure.step == Step::Tls => both(
            format!("Check that the port speaks TLS; with encryption starttls the usual port is {starttls}"),
            format!("Проверьте, что порт говорит по TLS; для шифрования starttls обычный порт {starttls}"),
        ),
        Kind::Timeout(_) | Kind::Closed | Kind::Broken { .. } | Kind::Unavailable => both(
            "Try again later; if it stays so, ask the server's administrator, whose log says why",
            "Попробуйте позже; если не пройдёт, спросите администратора сервера: причина в его журнале",
        ),
        Kind::NotTls => both(
            format!("This port does not begin with TLS: set the encryption to starttls, or use port {tls}"),
            format!("Этот порт не начинает с TLS: выберите шифрование starttls или порт {tls}"),
        ),
        Kind::NotThisProtocol { wanted } => both(
            format!(
                "Another service answers here: check the port (usual for {wanted}: {tls} with tls, {starttls} with starttls)"
            ),
            format!(
                "Здесь отвечает другая служба: проверьте порт (обычно для {wanted}: {tls} для tls, {starttls} для starttls)"
            ),
        ),
        Kind::NoStartTls => both(
            format!("Set the encryption to tls (usual port {tls}); none only in a network that you trust"),
            format!(
                "Выберите шифрование tls (обычный порт {tls}); none — только в сети, которой вы доверяете"
            ),
        ),
        Kind::Injected => both(
            "Do not use this connection: somebody on the way may be changing it. Set the encryption to tls",
            "Не пользуйтесь этим соединением: возможно, его изменяют по пути. Выберите шифрование tls",
        ),
        Kind::TlsOther { .. } => both(
            "The server needs TLS 1.2 or 1.3: have it updated",
            "Серверу нужен TLS 1.2 или 1.3: его надо обновить",
        ),
        _ => return None,
    })
}

fn of_certificate(kind: &Kind) -> Option<(String, String)> {
    Some(match kind {
        Kind::CertificateExpired { not_after } => both(
            format!("Have the server's certificate renewed: it ended on {}", day(*not_after)),
            format!("Сертификат сервера надо обновить: он истёк {}", day(*not_after)),
        ),
        Kind::CertificateNotYetValid { not_before } => both(
            format!("Check the clock of this machine: the certificate begins on {}", day(*not_before)),
            format!("Проверьте часы этой машины: сертификат начинает действовать {}", day(*not_before)),
        ),
        Kind::CertificateName { wanted, names } if names.is_empty() => both(
            format!("Have a certificate for {wanted} put on the server: this one names no server"),
            format!("Установите на сервер сертификат для {wanted}: этот не называет ни одного сервера"),
        ),
        Kind::CertificateName { wanted, names } => both(
            format!(
                "Use a name of the certificate as the server: {}; or have one made for {wanted}",
                names.join(", ")
            ),
            format!(
                "Укажите сервером имя из сертификата: {}; или получите сертификат для {wanted}",
                names.join(", ")
            ),
        ),
        Kind::CertificateUntrusted { issuer } => both(
            format!(
                "If {issuer} is an authority of your own, start the program with --ca-file and its certificate; else the server's certificate, or one between, is missing an issuer that is known"
            ),
            format!(
                "Если {issuer} — ваш собственный центр, запустите программу с --ca-file и его сертификатом; иначе у сертификата сервера нет известного издателя или не хватает промежуточного"
            ),
        ),
        Kind::CertificateUnusable { .. } => {
            both("Have the server's certificate replaced", "Сертификат сервера надо заменить")
        }
        _ => return None,
    })
}

fn of_account(failure: &Failure, asked: Conversation) -> (String, String) {
    match &failure.kind {
        Kind::LoginRefused => both(
            "Check user and password; some providers want the whole address as the user, or an app password",
            "Проверьте имя и пароль; некоторым серверам нужен полный адрес или отдельный пароль приложения",
        ),
        Kind::LoginNotOffered if asked.security == Security::None => both(
            "Set the encryption to starttls or tls: unencrypted, the server takes no password",
            "Выберите шифрование starttls или tls: без шифрования сервер не принимает пароль",
        ),
        Kind::LoginNotOffered => both(
            "If the server needs no login, clear the user name; else it has to allow PLAIN or LOGIN",
            "Если вход не нужен, очистите имя пользователя; иначе сервер должен разрешить PLAIN или LOGIN",
        ),
        Kind::LoginUnspeakable => both(
            "Fill in the user name; user and password hold neither line ends nor NUL",
            "Укажите имя пользователя; в имени и пароле не должно быть переводов строк",
        ),
        Kind::LoginTooSoon => {
            both("Set a longer interval between two looks", "Увеличьте интервал между проверками")
        }
        Kind::FolderMissing { folder } => both(
            format!("Make the folder {folder}, or name one that exists"),
            format!("Создайте папку {folder} или укажите существующую"),
        ),
        Kind::OverQuota => both(
            "Remove mail from the mailbox, or have its limit raised",
            "Удалите письма из ящика или увеличьте его предел",
        ),
        Kind::InUse => both(
            "Another program has the mailbox open: close it there, or try again in some minutes",
            "Ящик открыт другой программой: закройте его там или попробуйте через несколько минут",
        ),
        Kind::NoUniqueIds => both(
            "Use IMAP: of this POP3 server's mails it cannot be known which were read",
            "Используйте IMAP: на этом сервере POP3 нельзя узнать, что уже прочитано",
        ),
        Kind::HostName { .. } => both(
            "Set the From address to one whose domain is the name of a host",
            "Укажите адрес отправителя, домен которого — имя сервера",
        ),
        _ => both(
            "The server's words say why; ask its administrator if they do not help",
            "Причина — в словах сервера; если они не помогают, спросите его администратора",
        ),
    }
}

#[cfg(test)]
mod tests;
