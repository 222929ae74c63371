//! The play on a real program: it holds, it can be repeated, and it fails where the program does.

use std::net::{Ipv4Addr, SocketAddr};
use std::path::PathBuf;

use super::*;
use crate::demo::tokens;
use crate::serve::{Options, Running, start};

struct Demo {
    running: Running,
    place: Place,
    folder: PathBuf,
}

async fn demo(name: &str) -> Demo {
    let folder = std::env::temp_dir().join(format!("rejoinder-script-{name}-{}", std::process::id()));
    drop(std::fs::remove_dir_all(&folder));
    let any = SocketAddr::from((Ipv4Addr::LOCALHOST, 0));
    let options = Options { demo: Some(any), ..Options::on_loopback(&folder) };
    let running = start(options).await.unwrap();
    let (app, data) = (running.app.clone(), folder.clone());
    let tokens = tokio::task::spawn_blocking(move || tokens(&app, &data)).await.unwrap().unwrap();
    let (smtp, http) = (running.smtp.unwrap(), running.http);
    Demo { place: Place { smtp, http, tokens, data: folder.clone() }, running, folder }
}

impl Demo {
    async fn blocking<T: Send + 'static>(&self, work: impl FnOnce(Place) -> T + Send + 'static) -> T {
        let place = self.place.clone();
        tokio::task::spawn_blocking(move || work(place)).await.unwrap()
    }

    async fn play(&self, seed: u64) -> (String, Result<(), Failure>) {
        self.blocking(move |place| {
            let mut out = Vec::new();
            let ended = play(&place, seed, &mut out);
            (String::from_utf8(out).unwrap(), ended)
        })
        .await
    }

    /// Switches an action off, as an administrator would.
    async fn without_action(&self, name: &'static str) {
        self.blocking(move |place| {
            let admin = Api::new(place.http, &place.tokens.admin);
            let found = admin.records("inbound_action", &[("name", name)]).unwrap();
            assert_eq!(found.len(), 1, "{name}");
            admin.change("inbound_action", text(&found[0], "/id"), json!({ "active": false })).unwrap();
        })
        .await;
    }

    async fn end(self) {
        assert!(self.running.stop().await);
        std::fs::remove_dir_all(&self.folder).unwrap();
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn the_play_holds_for_any_seed_and_again_on_the_same_demo() {
    let demo = demo("again").await;
    for seed in [2, u64::MAX, 2] {
        let (printed, ended) = demo.play(seed).await;
        ended.unwrap_or_else(|failure| panic!("seed {seed}: {failure}\n{printed}"));
        let last = printed.lines().last().unwrap();
        assert!(
            last.starts_with("demo script: ") && last.ends_with(&format!("0 failed (seed {seed})")),
            "{last}"
        );
        let ticks = printed.lines().filter(|line| line.starts_with("   ✓ ")).count();
        assert!(last.contains(&format!(" {ticks} checks passed")), "{last}, but {ticks} ticks");
    }
    demo.end().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn it_ends_at_the_first_step_that_does_not_hold() {
    let demo = demo("fails").await;
    demo.without_action("Information by topic and number").await;
    let (printed, ended) = demo.play(1).await;
    assert!(
        matches!(ended, Err(Failure::Check { ref fact, .. }) if fact == "is filed as the answer"),
        "{ended:?}"
    );
    assert!(printed.contains("   ✗ is filed as the answer\n       expected: "), "{printed}");
    assert!(printed.trim_end().ends_with(" checks passed, 1 failed (seed 1)"), "{printed}");
    demo.end().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_program_that_takes_an_absence_for_an_answer_is_found_out() {
    let demo = demo("absence").await;
    demo.blocking(|place| {
        let admin = Api::new(place.http, &place.tokens.admin);
        let fields = json!({
            "name": "Careless", "table": "incident", "order": 1, "message_type": "all", "on_automatic": true,
            "target": "record", "kind": "record_action",
            "mapping": r#"[{ "field": "additional_comments", "from": "new_text" }]"#,
            "condition": r#"{ "field": "message_type", "operator": "is", "value": "automatic_answer" }"#,
        });
        admin.create("inbound_action", fields).unwrap();
    })
    .await;
    let (printed, ended) = demo.play(1).await;
    assert!(
        matches!(ended, Err(Failure::Check { ref fact, .. }) if fact == "comments, as before"),
        "{ended:?}\n{printed}"
    );
    demo.end().await;
}
