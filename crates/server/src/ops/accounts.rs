//! What is missing for mail to come in and go out, said where it matters: by the doctor and in the status.

use std::net::IpAddr;

use rejoinder_engine::account::{Account, Protocol, Security, Server};
use rejoinder_engine::config::Config;
use rejoinder_engine::setting;

use super::doctor::Health;
use crate::secrets::Secrets;

/// Something that an administrator should do about accounts or the settings of mail.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Notice {
    /// What it is about.
    pub what: &'static str,
    /// A stable code.
    pub code: &'static str,
    /// How bad it is; never good.
    pub health: Health,
    /// What was found, and what to do.
    pub text: String,
}

fn notice(what: &'static str, code: &'static str, health: Health, text: impl Into<String>) -> Notice {
    Notice { what, code, health, text: text.into() }
}

/// All that is missing or should be looked at, in the order: switches, accounts, defaults, settings.
pub fn notices(config: &Config, secrets: &Secrets) -> Vec<Notice> {
    let mut all = switches(config);
    for account in config.accounts.values().filter(|account| account.active) {
        all.extend(of_account(account, secrets));
    }
    all.extend(sending(config));
    all.extend(receiving(config));
    if let Some(path) = secrets.exposed() {
        let text = format!("others may read {}: give it to its owner alone (chmod 600)", path.display());
        all.push(notice("secrets", "secret_key_exposed", Health::Look, text));
    }
    if let Some(fault) = config.settings.address_pattern_fault() {
        let text =
            format!("{}: {fault}; addresses are held against RFC 5321 alone", setting::ADDRESS_PATTERN);
        all.push(notice("addresses", "bad_address_pattern", Health::Bad, text));
    }
    all.extend(scripts(config));
    all
}

/// Limits of scripts that are none, and what is automated under a condition that cannot be read.
fn scripts(config: &Config) -> Vec<Notice> {
    let limits = config.settings.script_faults().into_iter().map(|(name, fault)| {
        let text = format!("{name}: {fault}; the usual limit holds");
        notice("scripts", "bad_script_limit", Health::Bad, text)
    });
    let rules =
        config.automation.business_rules.iter().map(|rule| ("business rule", &rule.name, &rule.condition));
    let actions = config.automation.event_actions.iter();
    let actions = actions.map(|action| ("event action", &action.name, &action.condition));
    let broken = rules.chain(actions).filter_map(|(what, name, condition)| {
        let error = condition.as_ref().err()?;
        let text = format!("the {what} {name} never runs, its condition cannot be read: {error}");
        Some(notice("scripts", "broken_condition", Health::Bad, text))
    });
    limits.chain(broken).collect()
}

fn switches(config: &Config) -> Vec<Notice> {
    let mut all = Vec::new();
    if !config.settings.sends() {
        let text = format!("it is switched off by {}", setting::SEND_ACTIVE);
        all.push(notice("sending", "sending_off", Health::Look, text));
    }
    if !config.settings.receives() {
        let text = format!("it is switched off by {}", setting::READ_ACTIVE);
        all.push(notice("receiving", "receiving_off", Health::Look, text));
    }
    all
}

fn of_account(account: &Account, secrets: &Secrets) -> Vec<Notice> {
    let name = &account.name;
    let mut all = Vec::new();
    if let Some(why) = account.incomplete() {
        all.push(notice("account", "account_incomplete", Health::Bad, why.text));
    }
    if let Err(error) = secrets.password(account) {
        all.push(notice("account", error.code(), Health::Bad, format!("the password of {name}: {error}")));
    }
    if account.is_listening() && account.addresses.is_empty() {
        let text = format!("{name} receives mail for no address: fill in its addresses");
        all.push(notice("receiving account", "no_addresses", Health::Bad, text));
    }
    let fetched = account.fetches().map(|how| &how.server);
    for server in fetched.into_iter().chain(account.sends.as_ref().map(|how| &how.server)) {
        all.extend(protection(account, server));
    }
    all
}

/// Passwords in the clear, and certificates that nobody looks at.
fn protection(account: &Account, server: &Server) -> Option<Notice> {
    let (name, host) = (&account.name, &server.host);
    match server.security {
        Security::None if account.password.is_some() && !is_here(host) => {
            let text = format!(
                "{name} tells its password to {host} unprotected: set its encryption to tls or starttls"
            );
            Some(notice("account", "password_unprotected", Health::Look, text))
        }
        Security::StartTls | Security::Tls if !server.verify => {
            let text = format!(
                "{name} does not look at the certificate of {host}: whoever stands between reads along"
            );
            Some(notice("account", "certificate_not_checked", Health::Look, text))
        }
        _ => None,
    }
}

fn is_here(host: &str) -> bool {
    host.eq_ignore_ascii_case("localhost") || host.parse().is_ok_and(|address: IpAddr| address.is_loopback())
}

/// One direction: its setting, its words, its codes.
struct Direction {
    what: &'static str,
    setting: &'static str,
    usable: fn(&Account) -> bool,
    does: &'static str,
    codes: [&'static str; 3],
}

const SENDING: Direction = Direction {
    what: "sending account",
    setting: setting::DEFAULT_SEND_ACCOUNT,
    usable: Account::is_sending,
    does: "send",
    codes: [
        "default_send_account_missing",
        "default_send_account_inactive",
        "default_send_account_does_not_send",
    ],
};
const RECEIVING: Direction = Direction {
    what: "receiving account",
    setting: setting::DEFAULT_READ_ACCOUNT,
    usable: Account::is_receiving,
    does: "receive",
    codes: [
        "default_read_account_missing",
        "default_read_account_inactive",
        "default_read_account_does_not_receive",
    ],
};

/// What is wrong with the account that a setting names.
fn named(config: &Config, name: &str, direction: &Direction) -> Option<Notice> {
    let Direction { what, setting, usable, does, codes: [missing, inactive, unable] } = direction;
    let (code, problem) = match config.account_called(name) {
        None => (missing, "does not exist".to_owned()),
        Some(account) if !account.active => (inactive, "is not active".to_owned()),
        Some(account) if !usable(account) => (unable, format!("does not {does}")),
        Some(_) => return None,
    };
    let text = format!("{setting} names {name}, which {problem}: name another account, or mend this one");
    Some(notice(what, code, Health::Bad, text))
}

fn sending(config: &Config) -> Vec<Notice> {
    let default = config.settings.default_send_account();
    let mut all: Vec<Notice> = default.and_then(|name| named(config, name, &SENDING)).into_iter().collect();
    if config.sending_account(None).is_none() {
        let several = config.accounts.values().any(Account::is_sending);
        all.push(if several {
            let text = format!("several send and none is the usual one: name one in {}", SENDING.setting);
            notice(SENDING.what, "no_default_send_account", Health::Bad, text)
        } else {
            let text = format!("none: make an account of the type smtp and name it in {}", SENDING.setting);
            notice(SENDING.what, "no_sending_account", Health::Bad, text)
        });
    }
    all
}

fn receiving(config: &Config) -> Vec<Notice> {
    let default = config.settings.default_read_account();
    let mut all: Vec<Notice> = default.and_then(|name| named(config, name, &RECEIVING)).into_iter().collect();
    if !config.accounts.values().any(Account::is_receiving) {
        let text = "none is active: no mail comes in. Fill in and activate a mailbox, or make an account of the type \
                    imap, pop3 or listener";
        all.push(notice(RECEIVING.what, "no_receiving_account", Health::Look, text));
    }
    all
}

/// How an account receives, for a person.
pub fn receives(account: &Account) -> Option<String> {
    let how = account.receives.as_ref().filter(|_| account.active)?;
    let (name, server) = (&account.name, &how.server);
    Some(match how.protocol {
        Protocol::Listener if account.addresses.is_empty() => return None,
        Protocol::Listener => format!("{name} receives mail for {}", account.addresses.join(", ")),
        Protocol::Imap => {
            format!(
                "{name} reads {} at {}:{} by IMAP every {} s",
                how.folder, server.host, server.port, how.interval_seconds
            )
        }
        Protocol::Pop3 => {
            format!("{name} reads {}:{} by POP3 every {} s", server.host, server.port, how.interval_seconds)
        }
    })
}

/// How an account sends, for a person.
pub fn sends(account: &Account) -> Option<String> {
    let Server { host, port, .. } = &account.sends.as_ref()?.server;
    Some(format!("{} sends through {host}:{port} as {}", account.name, account.from))
}
