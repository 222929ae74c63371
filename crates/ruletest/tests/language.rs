//! The language of case files: what is read, what is refused and how it is said, and how long what may be.
#![expect(clippy::unwrap_used, clippy::panic, reason = "tests")]

mod shipped;

use rejoinder_ruletest::limits::{CASE_BYTES_MAX, CASE_SECTIONS_MAX, TIMES_MAX, TOLD_CHARS_MAX};
use rejoinder_ruletest::words::{PLACEHOLDERS, SECTIONS, reference, written};
use rejoinder_ruletest::{Case, CaseError, Verdict, World, play, verdict};
use shipped::BASE;

fn read(text: &str) -> Result<Case, CaseError> {
    Case::read("a.case", "a", text)
}

/// What is said of a case that cannot be read.
fn refused(text: &str) -> String {
    read(text).unwrap_err().to_string()
}

/// What is said of a case that can be read and not be played.
fn unplayed(text: &str) -> String {
    let case = read(text).unwrap_or_else(|error| panic!("{error}"));
    play(&case, &mut World::new(&BASE)).unwrap_err().to_string()
}

/// The outcomes of a case.
fn outcomes(text: &str) -> Vec<String> {
    let case = read(text).unwrap_or_else(|error| panic!("{error}"));
    play(&case, &mut World::new(&BASE)).unwrap_or_else(|error| panic!("{error}")).outcomes
}

const MAIL: &str = "# A mail.\n== mail\nFrom: guest@example.org\nSubject: x\n\ny\n== expect\n";

#[test]
fn what_the_reader_does_not_know_is_said_with_its_line_and_the_nearest_word() {
    for (text, said) in [
        ("# A.\n== mial\n== expect\n", "a.case:2: `== mial` is no section; did you mean `mail`?"),
        (
            "# A.\n== mail quite\n== expect\n",
            "a.case:2: `quite` is no option of `== mail`; did you mean `quiet`?",
        ),
        ("# A.\n== change\n== expect\n", "a.case:2: `== change` names no number; `== change NUMBER`: "),
        ("# A.\n== change quiet\n== expect\n", "a.case:2: `== change` names no number; "),
        ("# A.\n== change INC1 by\n== expect\n", "a.case:2: `by` is not followed by anything; "),
        ("# A.\n== raise x.y by system\n== expect\n", "a.case:2: `== raise` has no `on NUMBER`; "),
        ("# A.\n== mail account=\"Help\n== expect\n", "a.case:2: a quotation mark is not closed; "),
        ("# A.\n== events\n\nhello\n== expect\n", "a.case:4: below `== events` nothing stands"),
        ("# A.\nhello\n== expect\n", "a.case:2: before the first section only comments stand; "),
        ("== expect\n", "a.case:1: the case does not say what it proves; "),
        ("# A.\n== events\n", "a.case:2: the case does not end with `== expect`; "),
    ] {
        assert!(refused(text).starts_with(said), "{}", refused(text));
    }
}

#[test]
fn what_cannot_be_played_is_said_at_its_line() {
    let records = |text: &str| format!("# A.\n== records\n{text}\n== expect\n");
    for (text, said) in [
        (records("[incidnt.x]"), "a.case:3: there is no table `incidnt`; did you mean `incident`?"),
        (
            records("[incident.x]\nsubjet = \"y\""),
            "a.case:4: `incident` has no field `subjet`; did you mean `subject`?",
        ),
        (
            records("[incident.x]\n\ncaller = \"Ana Ivanova\""),
            "a.case:5: `caller`: no user is called `Ana Ivanova`; did you mean `Anna Ivanova`?",
        ),
        (records("[incident.x]\nimpact = \"odd\""), "a.case:4: x: `incident.impact`"),
        (records("[incident.x"), "a.case:3: the values cannot be read: "),
        (records("incident = 1"), "a.case:3: `incident` holds no records; "),
        ("# A.\n== advance 3x\n== expect\n".to_owned(), "a.case:2: `3x` is no span of time; write `5m`"),
        (
            "# A.\n== time 2020-01-01T00:00:00Z\n== expect\n".to_owned(),
            "a.case:2: 2020-01-01T00:00:00.000000Z lies before 2026-11-23T12:00:00",
        ),
        (
            "# A.\n== time noon\n== expect\n".to_owned(),
            "a.case:2: `noon` is no moment; write `2026-12-01T09:30:00Z`",
        ),
        ("# A.\n== delete INC0000001\n== expect\n".to_owned(), "a.case:2: there is no record `INC0000001`"),
        ("# A.\n== insert incident by Ana\n== expect\n".to_owned(), "a.case:2: no user is called `Ana`"),
        (
            "# A.\n== job Remind\n== expect\n".to_owned(),
            "a.case:2: no scheduled_job is called `Remind`; there are: ",
        ),
        (
            "# A.\n== mail account=Nowhere\nx\n== expect\n".to_owned(),
            "a.case:2: no email_account is called `Nowhere`",
        ),
        (
            MAIL.replace("\ny\n", "\n{subjekt:x}\n"),
            "a.case:6: `{subjekt}` is no placeholder; did you mean `subject`?",
        ),
        (MAIL.replace("\ny\n", "\n{subject:x@y.z}\n"), "a.case:6: no mail of ours went to x@y.z"),
        (
            "# A.\n== relay renames a to b\n== expect\n".to_owned(),
            "a.case:2: no mail of ours has the Message-ID `a`",
        ),
    ] {
        let told = unplayed(&text);
        assert!(told.starts_with(said), "{told}");
    }
}

#[test]
fn values_with_blanks_are_quoted_and_lines_that_look_like_sections_escaped() {
    let text = MAIL.replace("== mail", "== mail account=\"Help desk\"").replace("\ny\n", "\n\\== y\n");
    let told = outcomes(&text).concat();
    assert!(told.contains("description = == y"), "{told}");
}

#[test]
fn time_is_a_moment_or_goes_on_and_stands_in_mails() {
    let text = "# A.\n== time 2026-12-31T23:59:00Z\n== advance 2m\n== mail\nFrom: guest@example.org\nSubject: x\n\ny\n\
                == insert incident\nsubject = \"z\"\ndue = 1\n== expect\n";
    assert!(unplayed(text).contains("`incident` has no field `due`"));
    let case = read(&text.replace("due = 1\n", "")).unwrap();
    let mut world = World::new(&BASE);
    play(&case, &mut world).unwrap();
    let mail = String::from_utf8(world.last_mail.clone()).unwrap();
    assert!(mail.contains("Date: 01 Jan 2027 00:01:00 +0000"), "{mail}");
}

#[test]
fn a_case_passes_only_where_every_outcome_is_as_stated() {
    let case = |text: &str| {
        let case = read(text).unwrap();
        let played = play(&case, &mut World::new(&BASE));
        verdict(&case, &played)
    };
    let told = outcomes(MAIL).concat();
    assert_eq!(case(&format!("{MAIL}{told}")), Verdict::Passed);
    let Verdict::Failed(differences) = case(&format!("{MAIL}{}", told.replace("guest", "nobody"))) else {
        panic!("it came as stated");
    };
    assert_eq!(differences.len(), 1);
    assert_eq!(differences.first().unwrap().line, 9);
    let broken = case(&MAIL.replace("\ny\n", "\n{x}\n"));
    assert!(matches!(broken, Verdict::Broken(_)), "{broken:?}");
}

#[test]
fn cases_are_bounded() {
    let long = format!("# A.\n{}== expect\n", "#".repeat(CASE_BYTES_MAX));
    assert!(refused(&long).starts_with("a.case:1: a case of more than "));
    let many = |count: usize| format!("# A.\n{}== expect\n", "== events\n".repeat(count));
    assert!(read(&many(CASE_SECTIONS_MAX - 1)).is_ok());
    assert!(refused(&many(CASE_SECTIONS_MAX)).contains("has more than 500 sections"));
    let times = |count: usize| MAIL.replace("\ny\n", &format!("\n{{times:{count}:z}}\n"));
    assert!(unplayed(&times(TIMES_MAX + 1)).contains("`{times:1000001:z}` cannot be read"));
    let told = outcomes(&times(TOLD_CHARS_MAX + 1)).concat();
    assert!(told.contains("z… (301 characters)"), "{told}");
}

#[test]
fn the_reference_names_every_word() {
    let text = reference();
    for section in &SECTIONS {
        assert!(text.contains(&format!("### `== {}", section.name)), "{}", section.name);
        for option in section.options {
            assert!(
                text.contains(&format!("| `{}` | {} |", written(option), option.says)),
                "{}",
                option.name
            );
        }
    }
    for (name, of, _) in PLACEHOLDERS {
        assert!(text.contains(&format!("`{{{name}:{of}}}`")), "{name}");
    }
}

/// Writes the reference into the tutorial instead of comparing it.
const UPDATE: &str = "UPDATE_DOCS";
const TUTORIAL: &str = "../../docs/testing-rules.md";
const BEGINS: &str = "<!-- The language: written from crates/ruletest/src/words.rs -->\n";

#[test]
fn the_documentation_is_the_languages_own_description() {
    let path = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join(TUTORIAL);
    let text = std::fs::read_to_string(&path).unwrap();
    let (before, after) = text.split_once(BEGINS).unwrap();
    if std::env::var_os(UPDATE).is_some() {
        std::fs::write(&path, format!("{before}{BEGINS}\n{}", reference())).unwrap();
    } else {
        assert!(after.trim() == reference().trim(), "run this test with {UPDATE}=1");
    }
}
