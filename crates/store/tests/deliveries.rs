//! Deliveries: claims per account, outcomes, lost senders, reports, and the state that a mail sums up to.
#![expect(clippy::unwrap_used, clippy::indexing_slicing, reason = "tests")]

mod common;
mod plans;

use common::both;

use plans::{LEASE, at, claim, define, delivery, id, outgoing, page, request, why};
use rejoinder_engine::id::Id;
use rejoinder_engine::plan::{DeliveryReportOp, DeliveryState, EmailState, OutgoingEmail};
use rejoinder_engine::time::SECOND;
use rejoinder_store::{
    Claim, ClaimedDelivery, DELIVERY_LOST_MAX, DeliveryStage, Outcome, QueueError, Store, delivery_sum,
};

fn plan_mail(store: &Store, mail: OutgoingEmail) {
    let mut plan = request(&format!("mail {}", mail.id), 0);
    plan.outgoing = vec![mail];
    store.apply(&plan).unwrap();
}

fn mailed(store: &Store, label: &str, account: &str, to: &[&str]) {
    plan_mail(store, outgoing(label, account, to));
}

fn claimed(store: &Store, seconds: i64) -> Vec<ClaimedDelivery> {
    store.claim_deliveries(&claim(seconds, "sender"), 10, &[]).unwrap().deliveries
}

fn state(store: &Store, delivery: Id) -> DeliveryState {
    store.delivery(delivery).unwrap().unwrap().state
}

fn mail_state(store: &Store, label: &str) -> EmailState {
    store.email(id(&format!("email {label}"))).unwrap().unwrap().row.state
}

fn sent() -> Outcome {
    Outcome::Sent { reply: "250 2.0.0 queued as 1".to_owned(), copy: false }
}

fn deferred(seconds: i64) -> Outcome {
    Outcome::Deferred { why: why("greylisted"), reply: Some("451 later".to_owned()), next_at: at(seconds) }
}

both! {
    fn a_claim_brings_what_a_sender_needs(store) {
        define(store);
        mailed(store, "one", "sender", &["anna@example.org"]);
        let one = claimed(store, 0).pop().unwrap();
        assert_eq!((one.address.as_str(), one.from.as_str()), ("anna@example.org", "help@example.com"));
        assert_eq!((one.message_id.as_str(), one.attempts), ("one@example.com", 0));
        assert_eq!(one.digest, outgoing("one", "sender", &[]).digest);
        assert!(claimed(store, 1).is_empty());
    }

    fn each_account_gets_only_so_many_at_once(store) {
        define(store);
        let many: Vec<String> = (0..5).map(|k| format!("person{k}@example.org")).collect();
        let many: Vec<&str> = many.iter().map(String::as_str).collect();
        mailed(store, "busy", "busy account", &many);
        mailed(store, "quiet", "quiet account", &["anna@example.org"]);
        let first = store.claim_deliveries(&claim(0, "sender"), 2, &[]).unwrap().deliveries;
        assert_eq!(first.len(), 3);
        let of = |account: &str| first.iter().filter(|one| one.account == id(account)).count();
        assert_eq!((of("busy account"), of("quiet account")), (2, 1));
        assert!(store.claim_deliveries(&claim(1, "sender"), 2, &[]).unwrap().deliveries.is_empty());
        let third = store.claim_deliveries(&claim(1, "sender"), 3, &[]).unwrap().deliveries;
        assert_eq!(third.len(), 1);
        assert!(store.claim_deliveries(&claim(1, "s"), 9, &[id("busy account")]).unwrap().deliveries.is_empty());
        let limited = Claim { limit: 1, ..claim(1, "sender") };
        assert_eq!(store.claim_deliveries(&limited, 9, &[]).unwrap().deliveries.len(), 1);
    }

    fn outcomes_settle_and_the_mail_sums_them_up(store) {
        define(store);
        mailed(store, "one", "sender", &["a@example.org", "b@example.org", "c@example.org"]);
        let all = claimed(store, 0);
        store.settle_delivery(all[0].id, all[0].epoch, &sent(), at(1)).unwrap();
        assert_eq!(mail_state(store, "one"), EmailState::InProcess);
        store.settle_delivery(all[1].id, all[1].epoch, &deferred(61), at(1)).unwrap();
        let failed = Outcome::Failed { why: why("no_such_user"), reply: Some("550 no".to_owned()) };
        store.settle_delivery(all[2].id, all[2].epoch, &failed, at(1)).unwrap();
        assert_eq!(mail_state(store, "one"), EmailState::InProcess);
        assert!(claimed(store, 60).is_empty());
        let again = claimed(store, 61).pop().unwrap();
        assert_eq!((again.id, again.attempts, again.first_attempt_at), (all[1].id, 1, Some(at(1))));
        store.settle_delivery(again.id, again.epoch, &failed, at(62)).unwrap();
        assert_eq!(mail_state(store, "one"), EmailState::Processed, "one of them was delivered");
        let row = store.deliveries(Some(DeliveryState::Sent), Some("A@example.org"), &page()).unwrap().items;
        assert_eq!(row[0].reply.as_deref(), Some("250 2.0.0 queued as 1"));
    }

    fn an_outcome_of_an_older_claim_writes_nothing(store) {
        define(store);
        mailed(store, "one", "sender", &["a@example.org"]);
        let first = claimed(store, 0).pop().unwrap();
        let second = claimed(store, LEASE / SECOND).pop().unwrap();
        assert_eq!((second.epoch, second.attempts), (first.epoch + 1, 1));
        let stale = store.settle_delivery(first.id, first.epoch, &sent(), at(40));
        assert!(matches!(stale, Err(QueueError::Fenced)));
        let stale = store.delivery_stage(first.id, first.epoch, DeliveryStage::Dot);
        assert!(matches!(stale, Err(QueueError::Fenced)));
        assert_eq!(state(store, first.id), DeliveryState::Sending);
        store.settle_delivery(second.id, second.epoch, &sent(), at(41)).unwrap();
        assert!(matches!(store.settle_delivery(second.id, second.epoch, &sent(), at(41)), Err(QueueError::Fenced)));
    }

    fn a_lost_sender_is_judged_by_its_stage(store) {
        define(store);
        let stages =
            [None, Some(DeliveryStage::Connecting), Some(DeliveryStage::Envelope), Some(DeliveryStage::Data)];
        for (k, stage) in stages.into_iter().chain([Some(DeliveryStage::Dot)]).enumerate() {
            let label = format!("mail {k}");
            mailed(store, &label, &label, &["a@example.org"]);
            let one = claimed(store, 0).pop().unwrap();
            if let Some(stage) = stage {
                store.delivery_stage(one.id, one.epoch, stage).unwrap();
            }
        }
        let after = store.claim_deliveries(&claim(LEASE / SECOND, "second"), 10, &[]).unwrap();
        assert_eq!(after.deliveries.len(), 4, "without the final dot it was not sent");
        let dotted = id("delivery mail 4 0");
        assert_eq!(after.uncertain, [dotted]);
        assert_eq!(state(store, dotted), DeliveryState::Uncertain);
        assert_eq!(mail_state(store, "mail 4"), EmailState::Failed);
        assert_eq!(mail_state(store, "mail 3"), EmailState::InProcess);
        let open = store.attention(true, &page()).unwrap().items;
        assert_eq!((open[0].why.code.as_str(), open.len()), ("delivery_uncertain", 1));
        store.resend_delivery(dotted, "setting", at(31)).unwrap();
        assert_eq!(mail_state(store, "mail 4"), EmailState::InProcess);
        assert_eq!(claimed(store, 31)[0].id, dotted);
        assert!(matches!(store.resend_delivery(dotted, "setting", at(31)), Err(QueueError::NotPossible(_))));
    }

    fn outcomes_that_come_together_get_in_each_others_way_neither_in_one_mail_nor_in_many(store) {
        define(store);
        for round in 0..10 {
            let together: Vec<String> = (0..8).map(|k| format!("person{k}@example.org")).collect();
            let together: Vec<&str> = together.iter().map(String::as_str).collect();
            mailed(store, &format!("together {round}"), "sender", &together);
            for alone in 0..8 {
                mailed(store, &format!("alone {round} {alone}"), "sender", &["anna@example.org"]);
            }
            let claimed = store.claim_deliveries(&claim(round, "sender"), 100, &[]).unwrap().deliveries;
            let begin = std::sync::Barrier::new(claimed.len());
            std::thread::scope(|scope| {
                for one in &claimed {
                    scope.spawn(|| {
                        begin.wait();
                        store.settle_delivery(one.id, one.epoch, &sent(), at(round)).unwrap();
                    });
                }
            });
            assert_eq!(mail_state(store, &format!("together {round}")), EmailState::Processed);
            for alone in 0..8 {
                assert_eq!(mail_state(store, &format!("alone {round} {alone}")), EmailState::Processed);
            }
        }
    }

    fn a_mail_that_stops_every_sender_is_given_up(store) {
        define(store);
        mailed(store, "poison", "sender", &["a@example.org"]);
        for k in 0..DELIVERY_LOST_MAX {
            assert_eq!(claimed(store, k * LEASE / SECOND).len(), 1);
        }
        assert!(claimed(store, DELIVERY_LOST_MAX * LEASE / SECOND).is_empty());
        assert_eq!(mail_state(store, "poison"), EmailState::Failed);
    }

    fn a_stopping_sender_gives_back_what_was_not_sent(store) {
        define(store);
        mailed(store, "one", "sender", &["a@example.org", "b@example.org"]);
        let both = claimed(store, 0);
        store.delivery_stage(both[0].id, both[0].epoch, DeliveryStage::Dot).unwrap();
        store.delivery_stage(both[1].id, both[1].epoch, DeliveryStage::Data).unwrap();
        assert_eq!(store.release_claims("sender").unwrap(), 1);
        assert_eq!(claimed(store, 1)[0].id, both[1].id);
    }

    fn a_node_that_starts_again_takes_over_what_it_left(store) {
        define(store);
        mailed(store, "one", "sender", &["a@example.org", "b@example.org"]);
        let both = store.claim_deliveries(&claim(0, "node/send"), 10, &[]).unwrap().deliveries;
        store.delivery_stage(both[0].id, both[0].epoch, DeliveryStage::Dot).unwrap();
        assert_eq!(store.void_claims("nod", at(1)).unwrap(), 0);
        assert_eq!(store.void_claims("node", at(1)).unwrap(), 2);
        let after = store.claim_deliveries(&claim(1, "node/send"), 10, &[]).unwrap();
        assert_eq!(after.uncertain, [both[0].id]);
        assert_eq!((after.deliveries[0].id, after.deliveries[0].attempts), (both[1].id, 1));
    }

    fn an_unreachable_relay_is_no_attempt(store) {
        define(store);
        mailed(store, "one", "sender", &["a@example.org"]);
        let one = claimed(store, 0).pop().unwrap();
        let not_tried = Outcome::NotTried { why: why("no_connection"), next_at: at(30) };
        store.settle_delivery(one.id, one.epoch, &not_tried, at(1)).unwrap();
        let again = claimed(store, 30).pop().unwrap();
        assert_eq!((again.attempts, again.first_attempt_at), (0, None));
    }

    fn a_bounce_settles_the_delivery_and_its_mail(store) {
        define(store);
        mailed(store, "one", "sender", &["a@example.org"]);
        let one = claimed(store, 0).pop().unwrap();
        store.settle_delivery(one.id, one.epoch, &sent(), at(1)).unwrap();
        let report = |label: &str, state| {
            let mut plan = request(label, 2);
            plan.reports = vec![DeliveryReportOp { delivery: one.id, email: one.email, state, why: why("report") }];
            store.apply(&plan).unwrap();
        };
        report("delayed", DeliveryState::Deferred);
        assert_eq!(state(store, one.id), DeliveryState::Sent);
        report("bounced", DeliveryState::Bounced);
        assert_eq!(mail_state(store, "one"), EmailState::Failed);
        report("delivered", DeliveryState::Sent);
        assert_eq!(state(store, one.id), DeliveryState::Bounced, "a bounce is not taken back");
        let mail = store.email(one.email).unwrap().unwrap();
        assert_eq!(mail.row.why.unwrap().code, "report");
        store.retry_delivery(one.id, "admin", at(3)).unwrap();
        assert_eq!(mail_state(store, "one"), EmailState::InProcess);
    }

    fn a_called_off_delivery_is_not_sent(store) {
        define(store);
        mailed(store, "one", "sender", &["a@example.org"]);
        let delivery = id("delivery one 0");
        store.cancel_delivery(delivery, &why("cancelled"), at(1)).unwrap();
        assert!(claimed(store, 1).is_empty());
        assert_eq!(mail_state(store, "one"), EmailState::Ignored);
        assert!(matches!(store.cancel_delivery(delivery, &why("x"), at(1)), Err(QueueError::NotPossible(_))));
    }

    fn a_learnt_message_id_leads_to_the_mail(store) {
        use rejoinder_engine::view::View;
        define(store);
        mailed(store, "one", "sender", &["a@example.org"]);
        store.learn_message_id(id("email one"), "relay@example.net").unwrap();
        store.learn_message_id(id("email one"), "relay@example.net").unwrap();
        let known = store.view().unwrap().known_mail("relay@example.net").unwrap().unwrap();
        assert_eq!(known.email, id("email one"));
    }

    fn the_sum_in_the_database_is_the_sum_in_memory(store) {
        define(store);
        use DeliveryState as D;
        let ends = [D::Sent, D::Failed, D::Uncertain, D::Bounced, D::Suppressed, D::Cancelled, D::Ready];
        for (k, first) in ends.into_iter().enumerate() {
            for (l, second) in ends.into_iter().enumerate() {
                let mut mail = outgoing(&format!("mail {k} {l}"), "sender", &[]);
                mail.deliveries = [first, second]
                    .into_iter()
                    .enumerate()
                    .map(|(place, state)| {
                        let mut one = delivery(&format!("{k} {l} {place}"), "a@example.org");
                        one.state = state;
                        one
                    })
                    .collect();
                let email = mail.id;
                plan_mail(store, mail);
                // A report about a delivery that is not there changes no delivery and sums the mail up again.
                let before = store.email(email).unwrap().unwrap().row.state;
                let mut plan = request(&format!("sum {k} {l}"), 2);
                plan.reports =
                    vec![DeliveryReportOp { delivery: id("nobody"), email, state: D::Bounced, why: why("x") }];
                store.apply(&plan).unwrap();
                let after = store.email(email).unwrap().unwrap().row.state;
                assert_eq!(before, delivery_sum([first, second]));
                assert_eq!(after, before, "{first} and {second}");
            }
        }
    }
}
