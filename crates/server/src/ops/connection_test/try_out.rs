//! The conversations of a test: both directions at once, each within its time.

use std::time::Duration;

use rejoinder_engine::account::{Account, AfterReading, Protocol, Receiving, Sending, SentFolder};
use rejoinder_engine::plan::Why;
use rejoinder_wire::endpoint::{Endpoint, Failure, Kind, Login, Step};
use rejoinder_wire::imap::{Folder, Imap, SpecialUse};
use rejoinder_wire::pop3::Pop3;
use rejoinder_wire::smtp;

use super::report::{Part, Report, State, TestStep};
use super::steps::Steps;
use super::subject::Subject;
use crate::advice::{Conversation, Language};
use crate::app::App;
use crate::connection::{endpoint, helo};
use crate::limits::{TEST_STEP, TEST_TOTAL};

/// Folders that are named where one is missing.
const FOLDERS_NAMED: usize = 20;
/// What stands in the place of a password that a server repeats.
const HIDDEN: &str = "[hidden]";

/// How long a test may take.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Limits {
    /// Each step.
    pub step: Duration,
    /// Each direction.
    pub total: Duration,
}

impl Default for Limits {
    fn default() -> Self {
        Self { step: TEST_STEP, total: TEST_TOTAL }
    }
}

/// Tries both directions of an account.
pub async fn test(app: &App, subject: &Subject, limits: Limits, language: Language) -> Report {
    let account = &subject.account;
    let login = match subject.login(app) {
        Ok(login) => login,
        Err(why) => return unusable(account, &why, language),
    };
    if let Some(why) = account.incomplete() {
        return unusable(account, &why, language);
    }
    let trial = Trial { app, account, login: login.as_ref(), limits, language };
    let (received, sent) = tokio::join!(
        async {
            match &account.receives {
                Some(receiving) => trial.receive(receiving).await,
                None => Vec::new(),
            }
        },
        async {
            match &account.sends {
                Some(sending) => trial.send(sending).await,
                None => Vec::new(),
            }
        }
    );
    let mut steps = received;
    steps.extend(sent);
    if let Some(login) = &login {
        steps.iter_mut().for_each(|step| scrub(step, login.secret.expose()));
    }
    Report { account: account.name.clone(), steps }
}

/// A server that repeats the password does not get it into a report.
fn scrub(step: &mut TestStep, password: &str) {
    if password.is_empty() {
        return;
    }
    for text in [Some(&mut step.detail), step.said.as_mut(), step.advice.as_mut()].into_iter().flatten() {
        if text.contains(password) {
            *text = text.replace(password, HIDDEN);
        }
    }
}

/// What the account lacks is said before anything is tried.
fn unusable(account: &Account, why: &Why, language: Language) -> Report {
    let part = if account.receives.is_some() { Part::Receive } else { Part::Send };
    let step = TestStep {
        state: State::Failed,
        code: Some(why.code.clone()),
        detail: why.text.clone(),
        advice: Some(language.pick("Fill in what is named here", "Заполните то, что названо здесь")),
        ..TestStep::new(part, "settings")
    };
    Report { account: account.name.clone(), steps: vec![step] }
}

/// The folders of an account, and what for.
enum Wanted {
    Read,
    Move,
    Sent,
}

struct Trial<'a> {
    app: &'a App,
    account: &'a Account,
    login: Option<&'a Login>,
    limits: Limits,
    language: Language,
}

impl Trial<'_> {
    fn steps(&self, part: Part, protocol: &'static str, endpoint: &Endpoint) -> Steps {
        let asked = Conversation { protocol, security: endpoint.security };
        Steps::planned(part, asked, self.language, self.app.env.now())
    }

    fn hostless(&self, part: Part) -> Vec<TestStep> {
        let text = self.language.pick("the server is empty", "сервер не указан");
        let why = Why::new("account_incomplete", text);
        let mut steps = unusable(self.account, &why, self.language).steps;
        steps.iter_mut().for_each(|step| step.part = part);
        steps
    }

    async fn receive(&self, receiving: &Receiving) -> Vec<TestStep> {
        if receiving.protocol == Protocol::Listener {
            let detail = self.language.pick(
                "mail servers bring its mail here: there is nothing to connect to",
                "почту приносят почтовые серверы: подключаться некуда",
            );
            return vec![TestStep { detail, ..TestStep::new(Part::Receive, "settings") }];
        }
        if receiving.server.host.is_empty() {
            return self.hostless(Part::Receive);
        }
        let endpoint = endpoint(self.app, &receiving.server, self.limits.step);
        let nobody = Login::new("", "");
        let login = self.login.unwrap_or(&nobody);
        let pop3 = receiving.protocol == Protocol::Pop3;
        let mut steps = self.steps(Part::Receive, if pop3 { "POP3" } else { "IMAP" }, &endpoint);
        let tried = async {
            if pop3 {
                self.pop3(&endpoint, login, &mut steps).await
            } else {
                self.imap(&endpoint, login, receiving, &mut steps).await
            }
        };
        let tried = tokio::time::timeout(self.limits.total, tried).await;
        self.ended(&mut steps, &endpoint, tried.ok());
        steps.all
    }

    async fn send(&self, sending: &Sending) -> Vec<TestStep> {
        if sending.server.host.is_empty() {
            return self.hostless(Part::Send);
        }
        let endpoint = endpoint(self.app, &sending.server, self.limits.step);
        let mut steps = self.steps(Part::Send, "SMTP", &endpoint);
        if self.login.is_none() {
            steps.without_login();
        }
        let tried = async {
            let mut hear = |report| steps.hear(report);
            smtp::connect(&endpoint, helo(self.account), self.login, &mut hear).await?.quit().await;
            Ok(())
        };
        let tried = tokio::time::timeout(self.limits.total, tried).await;
        self.ended(&mut steps, &endpoint, tried.ok());
        steps.all
    }

    fn ended(&self, steps: &mut Steps, endpoint: &Endpoint, tried: Option<Result<(), Failure>>) {
        match tried {
            Some(Ok(())) => {}
            Some(Err(failure)) => steps.fail(&failure),
            None => steps.out_of_time(endpoint, self.limits.total),
        }
    }

    async fn pop3(&self, endpoint: &Endpoint, login: &Login, steps: &mut Steps) -> Result<(), Failure> {
        let place = steps.plan(Step::Transfer, "");
        let mut hear = |report| steps.hear(report);
        let mut session = Pop3::connect(endpoint, login, &mut hear).await?;
        steps.begin(Step::Transfer);
        let count = session.list().await?.len();
        // Nothing was marked, so that nothing is removed.
        drop(session.quit().await);
        let detail = self.language.pick(format!("{count} mails"), format!("писем: {count}"));
        steps.set(place, State::Ok, detail, None);
        Ok(())
    }

    /// The folders that the account uses, in the order in which they are tried.
    fn wanted(&self, receiving: &Receiving) -> Vec<(Wanted, String)> {
        let mut all = vec![(Wanted::Read, receiving.folder.clone())];
        if let AfterReading::Move(folder) = &receiving.after_reading {
            all.push((Wanted::Move, folder.clone()));
        }
        match self.account.sends.as_ref().and_then(|sending| sending.sent_folder.as_ref()) {
            Some(SentFolder::Named(folder)) => all.push((Wanted::Sent, folder.clone())),
            Some(SentFolder::BySpecialUse) => all.push((Wanted::Sent, String::new())),
            None => {}
        }
        all
    }

    async fn imap(
        &self,
        endpoint: &Endpoint,
        login: &Login,
        receiving: &Receiving,
        steps: &mut Steps,
    ) -> Result<(), Failure> {
        let wanted = self.wanted(receiving);
        let places: Vec<usize> = wanted.iter().map(|(_, name)| steps.plan(Step::Folder, name)).collect();
        let mut hear = |report| steps.hear(report);
        let mut session = Imap::connect(endpoint, login, &mut hear).await?;
        steps.begin(Step::Folder);
        let folders = session.folders().await?;
        for ((what, name), place) in wanted.iter().zip(places) {
            let name = if name.is_empty() { sent_folder(&folders) } else { name.clone() };
            match session.select(&name).await {
                Ok(selected) if selected.read_only && !matches!(what, Wanted::Sent) => {
                    let told = self.language.pick(
                        "The folder may only be read: marking, moving and removing mails will fail",
                        "Папку можно только читать: отмечать, переносить и удалять письма не получится",
                    );
                    steps.set(place, State::Warning, name, Some(told));
                }
                Ok(selected) => {
                    let count = selected.exists;
                    let detail = self
                        .language
                        .pick(format!("{name}: {count} mails"), format!("{name}, писем: {count}"));
                    steps.set(place, State::Ok, detail, None);
                }
                Err(failure) if missing(&failure) && matches!(what, Wanted::Sent) => {
                    let detail = self.language.pick(
                        format!("{name} is not there: it is made with the first copy"),
                        format!("{name} ещё нет: появится с первой копией"),
                    );
                    steps.set(place, State::Ok, detail, None);
                }
                Err(failure) => {
                    let mut told = steps.advice(&failure);
                    if missing(&failure) {
                        told = format!("{told}: {}", named(&folders));
                    }
                    steps.fail_at(place, &failure, told);
                    if !session.usable() {
                        return Ok(());
                    }
                }
            }
        }
        session.logout().await;
        Ok(())
    }
}

fn missing(failure: &Failure) -> bool {
    matches!(failure.kind, Kind::FolderMissing { .. })
}

/// The folder that the server names for sent mail (RFC 6154), else the usual one.
fn sent_folder(folders: &[Folder]) -> String {
    let marked = folders.iter().find(|folder| folder.special_use == Some(SpecialUse::Sent));
    marked.map_or_else(|| "Sent".to_owned(), |folder| folder.name.clone())
}

fn named(folders: &[Folder]) -> String {
    let names = folders.iter().filter(|folder| folder.selectable).map(|folder| folder.name.as_str());
    let mut names: Vec<&str> = names.take(FOLDERS_NAMED + 1).collect();
    if names.len() > FOLDERS_NAMED {
        names.truncate(FOLDERS_NAMED);
        names.push("…");
    }
    names.join(", ")
}
