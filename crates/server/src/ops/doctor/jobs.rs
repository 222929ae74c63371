//! Whether scheduled jobs and notification rules have something to go by: times that come, and events that exist.

use rejoinder_engine::config::Config;
use rejoinder_engine::events::{allowed, is_record_event};
use rejoinder_engine::schedule::ScheduledJob;
use rejoinder_engine::time::Timestamp;

use super::{Finding, Health, finding};

/// What is wrong with jobs, and with rules that listen to events; one good finding where nothing is.
pub(super) fn jobs(config: &Config, now: Timestamp) -> Vec<Finding> {
    let mut findings: Vec<Finding> = Vec::new();
    for job in config.jobs.values() {
        // One that is switched off harms nobody; whoever switches it on wants to know before.
        let health = if job.active { Health::Bad } else { Health::Look };
        let wrong = problems(config, job, now).into_iter();
        findings.extend(wrong.map(|text| finding("scheduled job", health, format!("{}: {text}", job.name))));
    }
    for rule in &config.rules {
        let name = rule.event_name.as_deref().filter(|name| !is_record_event(&config.dictionary, name));
        if let Some(name) = name.filter(|name| !config.events.contains_key(*name)) {
            let text = format!("{} listens to the event `{name}`, which is not registered", rule.name);
            findings.push(finding("notification rule", Health::Look, text));
        }
    }
    if findings.is_empty() {
        let active = config.jobs.values().filter(|job| job.active).count();
        let (jobs, events) = (config.jobs.len(), config.events.len());
        let text = format!("{active} of {jobs} scheduled jobs are active; {events} events are registered");
        findings.push(finding("scheduled jobs", Health::Good, text));
    }
    findings
}

fn problems(config: &Config, job: &ScheduledJob, now: Timestamp) -> Vec<String> {
    let mut all = Vec::new();
    match &job.schedule {
        Ok(schedule) if schedule.next(now).is_none() => {
            all.push("its time never comes: look at day and month of its cron".to_owned());
        }
        Ok(_) => {}
        Err(rule) => all.push(format!("it cannot run: {rule}")),
    }
    match &job.targets {
        Ok(targets) => {
            let table = targets.as_ref().map(|targets| targets.table.as_str());
            all.extend(allowed(config, &job.event, table).err().map(|error| error.to_string()));
        }
        Err(rule) => all.push(format!("it cannot run: {rule}")),
    }
    all
}
