//! Where answers end and quotes begin.

use super::*;
use crate::signature_lines::MAX_LOOSE_SIGNATURE_LINES;

fn new_text(text: &str) -> String {
    split(text, &ReplyOptions::default()).new_text
}

#[test]
fn a_quote_below_is_taken_off_with_its_attribution() {
    let split = split(
        "Thanks!\n\nOn Tue, Nov 14, 2023 at 10:15 PM Anna <a@x.org> wrote:\n> one\n> two\n",
        &ReplyOptions::default(),
    );
    assert_eq!(split.new_text, "Thanks!");
    assert_eq!(split.quoted, "On Tue, Nov 14, 2023 at 10:15 PM Anna <a@x.org> wrote:\n> one\n> two");
    assert_eq!(split.signature, "");
}

#[test]
fn answers_between_quotes_are_kept() {
    let text = "On 14.11.2023 10:15, Anna wrote:\n> first?\nyes\n\n> second?\n\nno\n";
    assert_eq!(new_text(text), "yes\n\n\nno");
}

#[test]
fn an_answer_below_the_quote_is_kept() {
    assert_eq!(new_text("On 14/11/23 10:15, Anna wrote:\n> question\n\nanswer\n"), "answer");
}

#[test]
fn a_quote_without_marks_is_cut_to_the_end() {
    assert_eq!(
        new_text("Да, спасибо\n\n14.11.2023 22:13, Анна пишет:\n\nСтарый текст\nещё\n"),
        "Да, спасибо"
    );
    assert_eq!(
        new_text(
            "Ok\n\n________________________________\nFrom: A <a@x.org>\nSent: Tuesday\nTo: B\nSubject: S\n\nold"
        ),
        "Ok"
    );
    assert_eq!(new_text("Ok\n\n-----Original Message-----\nold"), "Ok");
    assert_eq!(new_text("Ок\n\nОт: А <a@x.org>\nОтправлено: вчера\nКому: Б\nТема: С\n\nстарое"), "Ок");
}

#[test]
fn a_forwarded_mail_is_not_cut() {
    let text = "Please see below\n\n---------- Forwarded message ---------\nFrom: A <a@x.org>\nDate: Tue\nSubject: S\nTo: B\n\nold";
    assert_eq!(new_text(text), text);
    let outlook = "See below\n\nFrom: A <a@x.org>\nSent: Tuesday\nTo: B\nSubject: S\n\nold";
    let forward = ReplyOptions { forward: true, ..ReplyOptions::default() };
    assert_eq!(split(outlook, &forward).new_text, outlook);
}

#[test]
fn a_forwarded_mail_may_be_marked_as_a_quote() {
    let forward = "Please see below\n\n>\n> Begin forwarded message:\n>\n> From: A <a@x.org>\n>\n> old";
    assert_eq!(new_text(forward), forward.replacen(">\n", "", 1));
    let answer = "Ok\n\nOn 14.11.2023 10:15, Anna wrote:\n\n>\n> Begin forwarded message:\n> old";
    assert_eq!(new_text(answer), "Ok");
    assert_eq!(new_text("Ok\n\n> one\n> Begin forwarded message:\n> old"), "Ok");
}

#[test]
fn signatures_above_and_in_a_forwarded_mail_do_not_cut_it() {
    let forwarded =
        "From: A <a@x.org>\nSent: Tuesday\nTo: B\nSubject: S\n\nold\n\nBest regards,\nAnna\n\n-- \nKiel";
    let forward = ReplyOptions { forward: true, ..ReplyOptions::default() };
    for (options, marker) in [
        (forward, "________________________________\n"),
        (ReplyOptions::default(), "---------- Forwarded message ---------\n"),
    ] {
        let split = split(&format!("See below\n\n-- \nBob\n\n{marker}{forwarded}"), &options);
        assert_eq!(split.new_text, format!("See below\n\n{marker}{forwarded}"));
        assert_eq!((split.signature.as_str(), split.quoted.as_str()), ("-- \nBob", ""));
    }
}

#[test]
fn our_separator_ends_the_new_text() {
    let options =
        ReplyOptions { separators: vec!["## Reply above this line ##".into()], ..ReplyOptions::default() };
    assert_eq!(split("Yes\n\n ## REPLY above this line ##\nold", &options).new_text, "Yes");
}

#[test]
fn our_separator_is_found_however_a_client_changes_it() {
    let options =
        ReplyOptions { separators: vec!["## Reply above this line ##".into()], ..ReplyOptions::default() };
    for quoted in [
        "## Reply  above\u{a0}this line ##\nold",
        "## Reply above\nthis line ##\nold",
        "> ## reply above this line ##\n> old",
        "* ## Reply above this line ## *\nold",
        "ที่ 14 พ.ย. 2023 22:13 Anna <a@x.org>:\n\n## Reply above this line ##\nold",
    ] {
        let split = split(&format!("Yes:\n\n{quoted}"), &options);
        assert_eq!((split.new_text.as_str(), split.quoted.as_str()), ("Yes:", quoted));
    }
    assert_eq!(split("Reply above\n\nthis line", &options).new_text, "Reply above\n\nthis line");
}

#[test]
fn what_is_written_below_or_between_marked_quotes_is_kept_although_our_separator_is_among_them() {
    let options =
        ReplyOptions { separators: vec!["## Reply above this line ##".into()], ..ReplyOptions::default() };
    let below = "On 14.11.2023 22:13 Anna <a@x.org> wrote:\n\n> ## Reply above this line ##\n>\n> Which room?\n\nRoom 12.";
    assert_eq!(split(below, &options).new_text, "Room 12.");
    let between =
        "See below.\n\n> ## Reply above this line ##\n> Which room?\n\nRoom 12.\n\n> When?\n\nToday.";
    assert_eq!(split(between, &options).new_text, "See below.\n\n\nRoom 12.\n\n\nToday.");
    let unmarked = "Yes.\n\n> ## Reply above this line ##\nWhich room?";
    assert_eq!(split(unmarked, &options).new_text, "Yes.");
}

#[test]
fn any_number_of_separators_may_be_set() {
    let options = ReplyOptions {
        separators: vec!["~~ A ~~".into(), " ".into(), "~~ Б ~~".into()],
        ..ReplyOptions::default()
    };
    assert_eq!(split("x\n~~ б ~~\nold", &options).new_text, "x");
    assert_eq!(split("x\n~~ a ~~\nold", &options).new_text, "x");
    assert_eq!(split("x\n\ny", &options).new_text, "x\n\ny");
}

#[test]
fn the_sender_of_a_mail_tells_the_signature() {
    let text = "It works.\n\nAnna Smith\n+49 431 555 01\n".to_owned();
    let from = Some(crate::Address { name: Some("Anna Smith".into()), email: "anna@example.org".into() });
    let mail = Mail { from, text, ..Mail::default() };
    assert_eq!(split_mail(&mail, &ReplyOptions::default()).new_text, "It works.");
    assert_eq!(split(&mail.text, &ReplyOptions::default()).new_text, mail.text.trim_end());
}

#[test]
fn lines_with_a_token_are_left_out() {
    let options = ReplyOptions {
        drop_lines_containing: vec!["Ref:abc".into(), String::new()],
        ..ReplyOptions::default()
    };
    let split = split("Yes\n[Ref:abc]\nNo\n", &options);
    assert_eq!((split.new_text.as_str(), split.quoted.as_str()), ("Yes\nNo", ""));
    assert!(
        is_watermark_line("x Ref:abc y", &options.drop_lines_containing)
            && !is_watermark_line("x", &options.drop_lines_containing)
    );
}

#[test]
fn signatures_are_taken_off() {
    for (text, signature) in [
        ("Hi\n\n-- \nAnna\nKiel", "-- \nAnna\nKiel"),
        ("Hi\n\n--\nAnna", "--\nAnna"),
        ("Hi\n\nSent from my iPhone", "Sent from my iPhone"),
        ("Hi\n\nОтправлено с iPhone", "Отправлено с iPhone"),
        ("Hi\n\nVon meinem iPhone gesendet\n", "Von meinem iPhone gesendet"),
        ("Hi\n\nGet Outlook for iOS<https://aka.ms/x>", "Get Outlook for iOS<https://aka.ms/x>"),
    ] {
        let split = split(text, &ReplyOptions::default());
        assert_eq!((split.new_text.as_str(), split.signature.as_str()), ("Hi", signature));
    }
}

#[test]
fn what_only_looks_like_a_signature_is_kept() {
    let long = format!("Hi\n--\n{}", "prose\n".repeat(MAX_LOOSE_SIGNATURE_LINES + 1));
    assert_eq!(new_text(&long), long.trim_end());
    let short = format!("Hi\n--\n{}", "prose\n".repeat(MAX_LOOSE_SIGNATURE_LINES));
    assert_eq!(new_text(&short), "Hi");
    let early = "Sent from my iPhone was the mail\none\ntwo\nthree";
    assert_eq!(new_text(early), early);
}

#[test]
fn a_wrapped_quote_is_a_quote() {
    let quoted = format!("> {} and it goes", "word ".repeat(12));
    assert_eq!(new_text(&format!("Ok\n\n{quoted}\non without a mark\n> end")), "Ok");
    assert_eq!(new_text(&format!("Ok\n\n{quoted}\nMy answer\n> end")), "Ok\n\nMy answer");
}

/// Lines that look like the beginning of something, each time anew.
const HOSTILE: &[&str] = &[
    "On x\n",
    "On 10:15 x\n",
    "From: x\n",
    "> On x\n",
    "On x wrote\n\n\n",
    "From: a\nTo: b\n",
    "________\n",
    "-- \n>\n",
    "Am 1.1.2020 10:00 x <a@b.c\n",
    "Sent from my x\n",
    "----\n",
    "----\nTo: x\nSubject: y\n",
    "-----\nOn 14.11.2023 10:15 a@x.org\n",
    "## Reply above\n",
    "Anna wrote:\n",
    "Anna wrote:\n\n>\n",
    "14.11.2023\n",
    "Anna Smith\n",
    "Thanks,\nAnna\n",
    "x\n>\n",
    "> ",
    "<a@x.org> ",
    "On ",
    " \n",
    "--",
];

fn sender() -> Sender {
    Sender::new("Anna Smith", "anna@example.org")
}

#[test]
fn work_grows_with_the_number_of_lines_only() {
    for line in HOSTILE {
        let work = |count: usize| split_counting(&line.repeat(count), &ReplyOptions::default(), &sender()).1;
        let (small, large) = (work(1_000), work(10_000));
        assert!(large * 10 <= small * 101, "{line:?}: {small} steps became {large}");
    }
}

/// Those of them that cost most, and long lines.
const COSTLY: &[&str] =
    &["-----\nOn 14.11.2023 10:15 a@x.org\n", "Anna wrote:\n", "From: a\nTo: b\n", "> ", "<a@x.org> "];

/// A mail of a megabyte of the same line: the steps per line stay what they are in a short mail.
#[test]
fn a_megabyte_of_hostile_lines_costs_a_few_steps_each() {
    const MEGABYTE: usize = 1024 * 1024;
    const MOST_STEPS: usize = 20;
    let separators = vec!["## Reply above this line ##".to_owned()];
    let options = ReplyOptions { separators, ..ReplyOptions::default() };
    for line in COSTLY {
        let count = MEGABYTE / line.len();
        let lines = count * line.matches('\n').count().max(1);
        let steps = split_counting(&line.repeat(count), &options, &sender()).1;
        assert!(steps <= lines * MOST_STEPS, "{line:?}: {steps} steps for {lines} lines");
    }
}
