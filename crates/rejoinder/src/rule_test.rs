//! `rejoinder test …`: plays the cases of packs that lie in folders, and says which came as stated. Needs no database.

use std::fmt::Write as _;
use std::path::PathBuf;
use std::process::ExitCode;
use std::time::Instant;

use anyhow::{Context, Result, anyhow};
use clap::Args;
use rejoinder_server::ops::rule_tests::{self, CaseFile, Tested};
use rejoinder_server::ruletest::{Base, Verdict};

use crate::commands::print;

/// A case came otherwise than stated.
const DIFFERS: u8 = 1;
/// A case or a pack could not be read or played.
const UNREADABLE: u8 = 2;

#[derive(Args)]
pub(crate) struct Test {
    /// Folders of packs, folders with cases, or single .case files. A pack is laid over the shipped ones.
    #[arg(required_unless_present = "language", value_name = "DIR")]
    paths: Vec<PathBuf>,
    /// Write the results as JUnit XML, which systems for continuous integration read.
    #[arg(long, value_name = "FILE")]
    junit: Option<PathBuf>,
    /// Only cases with this word in their name or their pack's.
    #[arg(long, value_name = "WORD")]
    filter: Option<String>,
    /// Write what came into the case files as what is stated, and say into which. Read them before you keep them.
    #[arg(long)]
    update: bool,
    /// Print the language of case files, as Markdown.
    #[arg(long)]
    language: bool,
}

pub(crate) fn run(asked: &Test) -> Result<ExitCode> {
    if asked.language {
        print(&rule_tests::reference())?;
        return Ok(ExitCode::SUCCESS);
    }
    // What cannot be read ends with a code of its own.
    match tested(asked) {
        Ok(code) => Ok(code),
        Err(error) => {
            tracing::error!("{}", crate::sentence(&error));
            Ok(ExitCode::from(UNREADABLE))
        }
    }
}

#[expect(clippy::disallowed_methods, reason = "a report says how long it took")]
fn tested(asked: &Test) -> Result<ExitCode> {
    let began = Instant::now();
    let mut found = rule_tests::read(&asked.paths)?;
    let all = found.cases.len();
    let word = asked.filter.as_deref().unwrap_or_default();
    found.cases.retain(|case| case.name.contains(word) || case.suite.contains(word));
    if found.cases.is_empty() {
        let hint = if all == 0 {
            "put case files into its folder `tests`; their names end with .case".to_owned()
        } else {
            format!("none of {all} has `{word}` in its name")
        };
        return Err(anyhow!("there is no case to play: {hint}"));
    }
    let (packs, mut told) = rule_tests::laid_over(&found.packs)?;
    let base = rule_tests::base(&packs)?;
    if asked.update {
        return update(&base, &found.cases);
    }
    let results = rule_tests::run(&base, &found.cases);
    for result in &results {
        print(&line(result))?;
    }
    let count = |which: fn(&Verdict) -> bool| results.iter().filter(|one| which(&one.verdict)).count();
    let failed = count(|verdict| matches!(verdict, Verdict::Failed(_)));
    let broken = count(|verdict| matches!(verdict, Verdict::Broken(_)));
    let passed = results.len() - failed - broken;
    let seconds = began.elapsed().as_secs_f64();
    told.push(format!("{passed} passed, {failed} failed, {broken} could not be played, in {seconds:.2} s"));
    print(&format!("\n{}", told.join("\n")))?;
    if let Some(path) = &asked.junit {
        std::fs::write(path, rule_tests::junit(&results))
            .with_context(|| format!("{} cannot be written", path.display()))?;
    }
    Ok(match (broken, failed) {
        (0, 0) => ExitCode::SUCCESS,
        (0, _) => ExitCode::from(DIFFERS),
        _ => ExitCode::from(UNREADABLE),
    })
}

/// What is said of one case: its name and how it ended, and below what differs, each at its line.
fn line(result: &Tested) -> String {
    let name = format!("{} {}", result.suite, result.name);
    match &result.verdict {
        Verdict::Passed => format!("passed  {name}"),
        Verdict::Failed(differences) => {
            let mut text = format!("FAILED  {name}");
            for one in differences {
                let place = format!("{}:{}", result.path, one.line);
                let _ = write!(text, "\n{place}: it came otherwise (- stated, + came)\n{}", one.tell());
            }
            text
        }
        Verdict::Broken(error) => format!("BROKEN  {name}\n{error}"),
    }
}

fn update(base: &Base, cases: &[CaseFile]) -> Result<ExitCode> {
    let mut code = ExitCode::SUCCESS;
    let updated = rule_tests::updated(base, cases);
    let mut written = 0;
    for one in updated {
        match one {
            Ok((path, text)) => {
                std::fs::write(&path, text)
                    .with_context(|| format!("{} cannot be written", path.display()))?;
                print(&format!("written {}", path.display()))?;
                written += 1;
            }
            Err(error) => {
                print(&format!("BROKEN  {error}"))?;
                code = ExitCode::from(UNREADABLE);
            }
        }
    }
    print(&format!("\n{written} of {} case files changed: read what they state now", cases.len()))?;
    Ok(code)
}
