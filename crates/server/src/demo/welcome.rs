//! What the demo says when it is ready: where it is, and what to try first.

use super::{PASSWORD, Place};

/// The words for the terminal. Commands are shown as this one was called.
pub fn welcome(place: &Place) -> String {
    let called = std::env::args().next().unwrap_or_else(|| "rejoinder".to_owned());
    words(place, &called)
}

fn words(place: &Place, program: &str) -> String {
    let Place { smtp, http, tokens, data } = place;
    let agent = &tokens.agent;
    let data = data.display();
    let sign_in = if http.ip().is_loopback() {
        format!(
            "Sign in  http://{http}/ with an address below or admin@example.com; the password is {PASSWORD}"
        )
    } else {
        "Sign in  nobody has a password, because others reach this address; see docs/demo.md".to_owned()
    };
    format!(
        "Rejoinder's demo is ready.

  Open     http://{http}/#token={agent}
           incidents, mail in and out with reasons, and everybody's mailbox; write there as Anna

  {sign_in}

  People   anna@example.com   calls for help       vera@example.com     calls for help, in Russian
           boris@example.com  works on incidents   monitor@example.com  a machine that sends alerts

  1. Send a mail as Anna (the SMTP server is {smtp}, no password); twice, and nothing happens twice:

     printf '%s\\n' 'From: anna@example.com' 'To: help@example.com' 'Message-ID: <one@anna.example.com>' \\
       'Subject: Printer on floor 3 is dead' '' 'It smells of smoke. Anna' | curl -s smtp://{smtp} \\
       --mail-from anna@example.com --mail-rcpt help@example.com --upload-file -

  2. See what it became, and read why:

     export TOKEN={agent}
     curl -s -H \"Authorization: Bearer $TOKEN\" http://{http}/api/v1/records/incident
     {program} explain --data {data} INC0000001

  3. Read what Anna got, and answer it on the page (People's mail), or:

     curl -s -H \"Authorization: Bearer $TOKEN\" http://{http}/api/v1/demo/mailboxes/anna@example.com

  4. What would a mail do? Try it without effect:

     {program} try --data {data} FILE.eml

  The whole scenario, played and checked, in a folder of its own:

     {program} demo --script --seed 7

  Nothing leaves this machine. Everything is kept in {data}; remove the folder to begin anew. Stop with Ctrl-C."
    )
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::demo::Tokens;

    #[test]
    fn it_names_the_ports_the_folder_and_the_agents_token_only() {
        let place = Place {
            smtp: ([127, 0, 0, 1], 2525).into(),
            http: ([127, 0, 0, 1], 8025).into(),
            tokens: Tokens { admin: "rj_admin".to_owned(), agent: "rj_agent".to_owned() },
            data: "some/folder".into(),
        };
        let text = words(&place, "target/debug/rejoinder");
        for part in [
            "http://127.0.0.1:8025/ with an address below or admin@example.com; the password is demo",
            "127.0.0.1:2525",
            "http://127.0.0.1:8025/#token=rj_agent",
            "target/debug/rejoinder explain --data some/folder INC",
        ] {
            assert!(text.contains(part), "{part}");
        }
        assert!(!text.contains("rj_admin"));
        assert!(text.lines().all(|line| line.chars().count() <= 120));
    }
}
