//! A help desk with a few people who write about several matters at the same time, mail by mail.

use std::collections::BTreeMap;
use std::sync::LazyLock;

use rejoinder_engine::access::Rights;
use rejoinder_engine::id::Id;
use rejoinder_engine::inbound;
use rejoinder_engine::notify;
use rejoinder_engine::plan::{ActivityKind, Class, OutgoingEmail, Plan, RecordOp};
use rejoinder_engine::request::{self, Change, Request};
use rejoinder_engine::time::MINUTE;
use rejoinder_engine::value::Value;

use super::clients::{CLIENTS, Client, Got, Letter};
use super::dice::Dice;
use super::kinds::{DRAWN, Kind, Outcome};
use super::letters;
use crate::support::mailing;
use crate::support::world::World;

/// Threads that are under way at the same time, among the same people.
pub(super) const AT_ONCE: usize = 4;
/// Mails of a thread.
const MAILS: std::ops::RangeInclusive<usize> = 2..=8;

/// Somebody who writes.
#[derive(Debug, Clone, Copy)]
pub(super) struct Person {
    pub(super) name: &'static str,
    pub(super) address: &'static str,
    pub(super) second: Option<&'static str>,
    pub(super) russian: bool,
}

/// Two users with a second address, one without, and two guests.
pub(super) const PEOPLE: [Person; 5] = [
    Person {
        name: "Anna Ivanova",
        address: "anna@example.com",
        second: Some("anna.private@example.net"),
        russian: false,
    },
    Person {
        name: "Oleg Orlov",
        address: "oleg@example.com",
        second: Some("orlov@home.example.org"),
        russian: true,
    },
    Person { name: "Вера Смирнова", address: "vera@example.com", second: None, russian: true },
    Person { name: "Gus Guest", address: "gus@guests.example.net", second: None, russian: false },
    Person { name: "Ирина", address: "irina@guests.example.org", second: None, russian: true },
];

/// A matter.
#[derive(Debug, Clone)]
pub(super) struct Thread {
    pub(super) record: Id,
    pub(super) owner: Person,
    pub(super) client: Client,
    /// The ids of the owner's own mails.
    pub(super) sent: Vec<String>,
    /// Mails that are still to come.
    left: usize,
}

/// A rule that is broken on purpose, to see that the proof would notice.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Broken {
    Nothing,
    /// Numbers alone file a mail.
    LoneNumbersCount,
    /// An address with a token files a mail, also without a sign of an answer.
    LoneTokensCount,
}

/// What was counted.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) struct Tally {
    pub(super) counts: BTreeMap<(Kind, Outcome), usize>,
    /// Mails that became what they must not become, each with its story.
    pub(super) wrong: Vec<String>,
    pub(super) mails: usize,
    pub(super) threads: usize,
}

impl Tally {
    pub(super) fn add(&mut self, other: Self) {
        for (key, count) in other.counts {
            *self.counts.entry(key).or_default() += count;
        }
        self.wrong.extend(other.wrong);
        self.mails += other.mails;
        self.threads += other.threads;
    }
}

pub(super) struct Desk {
    pub(super) world: World,
    pub(super) dice: Dice,
    pub(super) threads: Vec<Thread>,
    /// Ids that a relay put in place of ours, and whether we learnt them.
    renamed: BTreeMap<String, (String, bool)>,
    /// Whether our mails carry a token in their Reply-To.
    pub(super) tokens: bool,
    seed: u64,
    broken: Broken,
    letters: usize,
    tally: Tally,
}

/// The shipped packs with the people, and the help desk without and with tokens in its address.
static BASES: LazyLock<[crate::support::memory::Memory; 2]> = LazyLock::new(|| {
    let mut world = World::new();
    // Far from the seeds of the stories.
    world.steps = 1 << 40;
    world.write(
        "[user.\"Oleg Orlov\"]\nemail = \"oleg@example.com\"\nlanguage = \"ru\"\n[user_address.\"orlov@home.example.org\"]\nuser = \"Oleg Orlov\"\nemail = \"orlov@home.example.org\"\n",
    );
    let without = world.view.clone();
    world.write("[email_account.\"Help desk\"]\naddress_tokens = true\n");
    [without, world.view.clone()]
});

/// A base in which numbers alone file a mail.
static NUMBERS_COUNT: LazyLock<crate::support::memory::Memory> = LazyLock::new(|| {
    let mut world = World::over(BASES[1].clone());
    world.steps = 1 << 41;
    world.write("[email_account.\"Help desk\"]\nnumber_policy = \"accept\"\n");
    world.view.clone()
});

/// Plays the threads of one seed to their end.
pub(super) fn play(seed: u64, broken: Broken) -> Tally {
    let mut dice = Dice::new(seed);
    let tokens = broken != Broken::Nothing || dice.chance(50);
    let base = if broken == Broken::LoneNumbersCount { &NUMBERS_COUNT } else { &BASES[usize::from(tokens)] };
    let world = World::over(base.clone());
    let mut desk = Desk {
        world,
        dice,
        threads: Vec::new(),
        renamed: BTreeMap::new(),
        tokens,
        seed,
        broken,
        letters: 0,
        tally: Tally::default(),
    };
    let people: Vec<Person> = (0..3).map(|_| desk.dice.pick(&PEOPLE)).collect();
    let mut to_begin = AT_ONCE;
    loop {
        let open: Vec<usize> =
            (0..desk.threads.len()).filter(|place| desk.threads[*place].left > 0).collect();
        if to_begin > 0 && (open.is_empty() || desk.dice.chance(35)) {
            to_begin -= 1;
            let owner = desk.dice.pick(&people);
            desk.begin(owner);
        } else if open.is_empty() {
            break;
        } else {
            let place = desk.dice.pick(&open);
            desk.threads[place].left -= 1;
            desk.go_on(place);
        }
        let minutes = i64::try_from(desk.dice.below(180)).unwrap();
        desk.world.now = desk.world.now.plus(minutes * MINUTE);
    }
    desk.tally.threads = AT_ONCE;
    desk.tally
}

impl Desk {
    fn begin(&mut self, owner: Person) {
        let client = self.dice.pick(&CLIENTS);
        let letter = letters::first(self, owner);
        let plan = self.receive(&letter);
        let record = plan.incoming.as_ref().unwrap().record.clone().unwrap().id;
        self.judge(Kind::First, None, &[], &plan, &letter);
        let left = self.dice.below(MAILS.end() - MAILS.start() + 1) + MAILS.start() - 1;
        self.threads.push(Thread { record, owner, client, sent: vec![letter.message_id], left });
    }

    fn go_on(&mut self, place: usize) {
        if self.dice.chance(40) {
            self.agent(place);
        }
        let total: usize = DRAWN.iter().map(|(_, weight)| weight).sum();
        let mut drawn = self.dice.below(total);
        let (kind, _) = DRAWN
            .iter()
            .find(|(_, weight)| {
                let found = drawn < *weight;
                drawn = drawn.saturating_sub(*weight);
                found
            })
            .unwrap();
        let written = letters::write(self, place, *kind);
        let right = written.kind.is_about_a_record().then(|| self.threads[place].record);
        let mut letter = written.letter;
        // What would count for itself counts beside the sign of an answer.
        if self.broken == Broken::LoneTokensCount && written.kind == Kind::NewToToken {
            letter.references = vec!["unknown@elsewhere.example".to_owned()];
        }
        let plan = self.receive(&letter);
        let outcome = self.judge(written.kind, right, &written.mentions, &plan, &letter);
        // What was filed elsewhere is answered elsewhere.
        let filed = right.is_some() && outcome == Outcome::Filed;
        if filed && letter.from.contains(self.threads[place].owner.address) {
            self.threads[place].sent.push(letter.message_id);
        }
    }

    /// The agent comments, asks, or closes; whoever is to be told is mailed.
    fn agent(&mut self, place: usize) {
        let record = &self.world.view.records[&self.threads[place].record];
        let (key, closed) = (record.key(), record.text("state") == "closed");
        let mut fields = BTreeMap::new();
        match self.dice.below(10) {
            0 if !closed => fields.insert("state".to_owned(), Value::text("closed")),
            1..=3 if !closed => fields.insert("state".to_owned(), Value::text("information_needed")),
            _ => None,
        };
        let comments = ["We are on it.", "Which room is it?", "Посмотрите, пожалуйста, ещё раз.", "Готово."];
        let comment = self.dice.pick(&comments);
        fields.insert("additional_comments".to_owned(), Value::text(comment));
        let boris = self.world.actor("boris@example.com");
        let seed = self.world.next_seed();
        let changes = vec![Change::Update { key, fields }];
        let request =
            Request { id: self.world.unit_id(seed), actor: boris, rights: Rights::Program, changes };
        self.world.settle_once(seed, |context| request::decide(context, &request).unwrap().0);
        self.tell();
    }

    /// Events become mails.
    fn tell(&mut self) {
        for event in std::mem::take(&mut self.world.events) {
            self.world.settle_once(event.seed, |context| notify::decide(context, &event).unwrap());
        }
    }

    fn receive(&mut self, letter: &Letter) -> Plan {
        let bytes = letter.bytes(&mut self.dice);
        let (seed, arrival) = mailing::arrival(&mut self.world, bytes);
        let plan = self.world.settle_once(seed, |context| inbound::decide(context, &arrival).unwrap());
        self.tell();
        plan
    }

    /// A Message-ID that nobody else has.
    pub(super) fn next_id(&mut self) -> String {
        self.letters += 1;
        format!("letter-{}.{}@mail.example.net", self.seed, self.letters)
    }

    /// Our mails about a record that went to this address, oldest first, as they lie in the mailbox.
    pub(super) fn got(&mut self, record: Id, address: &str) -> Vec<Got> {
        let about = |mail: &&OutgoingEmail| mail.record.as_ref().is_some_and(|key| key.id == record);
        let to = |mail: &&OutgoingEmail| mail.deliveries.iter().any(|one| one.address == address);
        let mails: Vec<OutgoingEmail> = self.world.sent.iter().filter(about).filter(to).cloned().collect();
        mails.iter().map(|mail| self.arrived(mail, address)).collect()
    }

    /// A mail of ours as it came through: some relays give it an id of their own.
    fn arrived(&mut self, mail: &OutgoingEmail, address: &str) -> Got {
        if !self.renamed.contains_key(&mail.message_id) {
            let (relayed, learnt) = (self.dice.chance(12), self.dice.chance(50));
            let theirs = if relayed {
                let theirs = format!("relayed-{}-{}@relay.example", self.seed, self.renamed.len());
                if learnt {
                    self.world.view.learn(&mail.message_id, &theirs);
                }
                theirs
            } else {
                mail.message_id.clone()
            };
            self.renamed.insert(mail.message_id.clone(), (theirs, !relayed || learnt));
        }
        let read = rejoinder_mail::parse(&mail.bytes);
        Got {
            message_id: self.renamed[&mail.message_id].0.clone(),
            references: read.references.clone(),
            subject: mail.subject.clone(),
            text: read.text,
            answer_to: read.reply_to.first().map_or_else(|| mail.from.clone(), |to| to.email.clone()),
            recipient: address.to_owned(),
        }
    }

    /// Whether we can read the id of a mail that came through.
    pub(super) fn knows(&self, id: &str) -> bool {
        self.renamed.values().any(|(theirs, known)| theirs == id && *known)
    }

    /// What the mail became, and whether it may.
    fn judge(
        &mut self,
        kind: Kind,
        right: Option<Id>,
        mentions: &[Id],
        plan: &Plan,
        letter: &Letter,
    ) -> Outcome {
        let outcome = outcome(right, mentions, plan);
        self.tally.mails += 1;
        *self.tally.counts.entry((kind, outcome)).or_default() += 1;
        if outcome == Outcome::Wrong || !kind.allowed().contains(&outcome) {
            let evidence: Vec<String> = plan.trace.steps.iter().map(|step| format!("{step:?}")).collect();
            let told = format!(
                "seed {}, {kind:?} became {outcome:?}: {letter:#?}\n{}",
                self.seed,
                evidence.join("\n")
            );
            self.tally.wrong.push(told);
        }
        outcome
    }
}

/// Where the mail went, seen from where it belongs: `right`, or a record of its own beside those that it mentions.
fn outcome(right: Option<Id>, mentions: &[Id], plan: &Plan) -> Outcome {
    let mail = plan.incoming.as_ref().unwrap();
    let created: Vec<(Id, Option<Id>)> = plan
        .records
        .iter()
        .filter_map(|operation| match operation {
            RecordOp::Insert { key, fields } if key.table == "incident" => {
                Some((key.id, fields.get("parent").and_then(Value::as_ref_id)))
            }
            _ => None,
        })
        .collect();
    let record = mail.record.as_ref().map(|key| key.id);
    let made = created.iter().find(|(id, _)| Some(*id) == record);
    // Whatever else was written to has to be the record, or made just now.
    let mut touched = plan
        .records
        .iter()
        .filter(|operation| matches!(operation, RecordOp::Update { .. }))
        .map(|operation| operation.key().id)
        .chain(plan.activities.iter().map(|one| one.record.id));
    if touched.any(|id| Some(id) != right && !created.iter().any(|(made, _)| *made == id)) {
        return Outcome::Wrong;
    }
    if mail.attention.is_some() {
        return Outcome::Attention;
    }
    let Some((_, parent)) = made else {
        let noted = mail.class == Class::AutomaticAnswer;
        let note = plan.activities.iter().any(|one| one.kind == ActivityKind::WorkNote);
        return match record {
            Some(_) if record != right => Outcome::Wrong,
            Some(_) if noted => Outcome::Noted,
            Some(_) if note => Outcome::Note,
            Some(_) => Outcome::Filed,
            None => Outcome::Attention,
        };
    };
    let related = plan.links.iter().find(|link| link.related && link.email == mail.id);
    match (parent, related.map(|link| link.record.id)) {
        (Some(parent), _) if Some(*parent) == right => Outcome::FollowUp,
        (None, Some(id)) if Some(id) == right || mentions.contains(&id) => Outcome::Related,
        (None, None) => Outcome::New,
        (Some(_), _) | (None, Some(_)) => Outcome::Wrong,
    }
}
