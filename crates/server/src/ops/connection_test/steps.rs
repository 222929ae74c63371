//! From what the network crate reports of a conversation to the steps of a report.

use rejoinder_engine::time::Timestamp;
use rejoinder_wire::endpoint::{
    Certificate, Endpoint, Fact, Failure, Kind, Progress, Security, Step, StepReport, Tls,
};

use super::report::{Part, State, TestStep};
use crate::advice::{Conversation, Language, advice, day};

/// Days before the end of a certificate from which on it should be looked at.
const ENDS_SOON_DAYS: i64 = 14;

/// The steps of one direction, filled in as they happen.
pub(super) struct Steps {
    part: Part,
    asked: Conversation,
    language: Language,
    now: Timestamp,
    current: Step,
    pub(super) all: Vec<TestStep>,
}

const fn word(step: Step) -> &'static str {
    match step {
        Step::Name => "name",
        Step::Connect => "connect",
        Step::Tls => "tls",
        Step::Greeting => "greeting",
        Step::Hello => "hello",
        Step::StartTls => "starttls",
        Step::Login => "login",
        Step::Folder => "folder",
        Step::Transfer => "list",
    }
}

impl Steps {
    /// What will be tried up to the login.
    pub(super) fn planned(part: Part, asked: Conversation, language: Language, now: Timestamp) -> Self {
        let order: &[Step] = match asked.security {
            Security::None => &[Step::Name, Step::Connect, Step::Greeting, Step::Hello, Step::Login],
            Security::Tls => {
                &[Step::Name, Step::Connect, Step::Tls, Step::Greeting, Step::Hello, Step::Login]
            }
            Security::StartTls => &[
                Step::Name,
                Step::Connect,
                Step::Greeting,
                Step::Hello,
                Step::StartTls,
                Step::Tls,
                Step::Login,
            ],
        };
        let all = order.iter().map(|step| TestStep::new(part, word(*step))).collect();
        Self { part, asked, language, now, current: Step::Name, all }
    }

    /// A further step, to be tried after the login.
    pub(super) fn plan(&mut self, step: Step, detail: &str) -> usize {
        let detail = detail.to_owned();
        self.all.push(TestStep { detail, ..TestStep::new(self.part, word(step)) });
        self.all.len() - 1
    }

    fn step(&mut self, step: Step) -> Option<&mut TestStep> {
        self.all.iter_mut().find(|known| known.step == word(step))
    }

    /// Hears the network crate.
    pub(super) fn hear(&mut self, report: StepReport) {
        let StepReport { step, progress } = report;
        match progress {
            Progress::Begun => self.current = step,
            Progress::Learnt(fact) => self.learn(step, fact),
            Progress::Done => {
                if let Some(known) = self.step(step).filter(|known| known.state == State::Skipped) {
                    known.state = State::Ok;
                }
            }
        }
    }

    fn learn(&mut self, step: Step, fact: Fact) {
        if let Fact::Tls(tls) = fact {
            return self.learn_tls(tls);
        }
        let unprotected = self.language.pick(
            "The password went over the network as it is: set the encryption to starttls or tls",
            "Пароль прошёл по сети открыто: выберите шифрование starttls или tls",
        );
        let Some(known) = self.step(step) else { return };
        match fact {
            Fact::Addresses(addresses) => {
                known.detail = addresses.iter().map(ToString::to_string).collect::<Vec<_>>().join(", ");
            }
            Fact::Connected(address) => known.detail = address.to_string(),
            Fact::Greeting(text) => known.said = Some(text),
            Fact::Capabilities(words) => known.detail = words.join(", "),
            Fact::LoggedIn { mechanism, encrypted } => {
                known.detail = mechanism.to_owned();
                if !encrypted {
                    (known.state, known.advice) = (State::Warning, Some(unprotected));
                    known.code = Some("password_unprotected".to_owned());
                }
            }
            Fact::Tls(_) => {}
        }
    }

    fn learn_tls(&mut self, tls: Tls) {
        let (language, asked, now) = (self.language, self.asked, self.now);
        let Some(known) = self.step(Step::Tls) else { return };
        let certificate = tls.certificate.as_ref().map(described);
        known.detail =
            tls.version.map(str::to_owned).into_iter().chain(certificate).collect::<Vec<_>>().join("; ");
        let soon = tls
            .certificate
            .as_ref()
            .map(|certificate| certificate.not_after)
            .filter(|end| end.saturating_sub(now.micros() / 1_000_000) < ENDS_SOON_DAYS * 86_400);
        if let Some(kind) = tls.fault {
            let detail = kind.to_string();
            known.code = Some(kind.code().to_owned());
            let failure = Failure { step: Step::Tls, kind, host: String::new(), port: 0, said: None };
            known.state = State::Warning;
            known.advice = Some(advice(&failure, asked, language));
            known.detail = format!("{detail}; {}", known.detail);
        } else if let Some(end) = soon {
            known.state = State::Warning;
            known.code = Some("certificate_ends_soon".to_owned());
            known.advice = Some(language.pick(
                format!("Have the server's certificate renewed: it ends on {}", day(end)),
                format!("Сертификат сервера надо обновить: он истекает {}", day(end)),
            ));
        }
        known.certificate = tls.certificate;
    }

    /// The conversation ended here.
    pub(super) fn fail(&mut self, failure: &Failure) {
        let told = advice(failure, self.asked, self.language);
        let place = self.all.iter().position(|known| known.step == word(failure.step));
        let place = place.unwrap_or_else(|| self.plan(failure.step, ""));
        self.fail_at(place, failure, told);
    }

    /// A step of our own failed.
    pub(super) fn fail_at(&mut self, place: usize, failure: &Failure, told: String) {
        let Some(known) = self.all.get_mut(place) else { return };
        known.state = State::Failed;
        known.code = Some(failure.code().to_owned());
        known.said = failure.said.clone().or_else(|| known.said.take());
        let what = failure.kind.to_string();
        known.detail = if known.detail.is_empty() || failure.step != Step::Tls {
            what
        } else {
            format!("{what}; {}", known.detail)
        };
        known.advice = Some(told);
    }

    /// Nothing more is waited for.
    pub(super) fn out_of_time(&mut self, endpoint: &Endpoint, total: std::time::Duration) {
        let (host, port) = (endpoint.host.clone(), endpoint.port);
        let failure = Failure { step: self.current, kind: Kind::Timeout(total), host, port, said: None };
        self.fail(&failure);
    }

    /// What one of our own steps came to.
    pub(super) fn set(&mut self, place: usize, state: State, detail: String, told: Option<String>) {
        if let Some(known) = self.all.get_mut(place) {
            (known.state, known.detail, known.advice) = (state, detail, told);
        }
    }

    /// The login is not needed.
    pub(super) fn without_login(&mut self) {
        let text = self.language.pick("no user name: no login", "имя не указано: вход не нужен");
        if let Some(known) = self.step(Step::Login) {
            known.detail = text;
        }
    }

    pub(super) fn advice(&self, failure: &Failure) -> String {
        advice(failure, self.asked, self.language)
    }

    /// From here on, a time that is over is this step's.
    pub(super) fn begin(&mut self, step: Step) {
        self.current = step;
    }
}

fn described(certificate: &Certificate) -> String {
    let names =
        if certificate.names.is_empty() { "no name".to_owned() } else { certificate.names.join(", ") };
    let (from, until) = (day(certificate.not_before), day(certificate.not_after));
    format!("certificate for {names}, issued by {}, valid {from} to {until}", certificate.issuer)
}
