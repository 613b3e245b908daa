//! Each wrong answer becomes a sentence that says what to do.

use std::sync::Arc;

use imaging::{JobStatus, Tag};
use rest_client::{ClientError, Kind, Order, Query, Server};

use crate::scripted::{Answer, Scripted, answer, cut, json, problem};
use crate::{ID, access, job, server};

fn id() -> imaging::ImageId {
    Server::id(ID).unwrap()
}

#[tokio::test]
async fn a_problem_is_told_in_the_words_of_the_server_or_in_ours() {
    let html = "Content-Type: text/html\r\n";
    let said = |detail: &str| format!(r#"{{"type":"urn:img:x","title":"x","status":1,"detail":"{detail}"}}"#);
    let one = |answer: Answer| vec![answer];
    for (answers, kind, words) in [
        (
            one(problem("401 Unauthorized", "", &said("it does not count"))),
            Kind::Refused,
            "does not take this token: it does not count",
        ),
        (one(problem("403 Forbidden", "", &said("not yours"))), Kind::Refused, "not yours"),
        (one(problem("404 Not Found", "", &said("no job"))), Kind::Refused, "no job"),
        (one(problem("409 Conflict", "", &said("it runs"))), Kind::Refused, "it runs"),
        (
            one(problem("500 Internal Server Error", "", &said("its log says more"))),
            Kind::Unreachable,
            "fault of the server, its log says more",
        ),
        (
            one(problem("429 Too Many", "Retry-After: 4000\r\n", &said(""))),
            Kind::Unreachable,
            "try again in 4000 s",
        ),
        (
            one(answer("404 Not Found", html, "<h1>nginx")),
            Kind::Unreachable,
            "is no `img up`, or stands before it: it answers 404 Not Found, with text/html",
        ),
        (one(answer("200 OK", html, "<h1>welcome")), Kind::Unreachable, "is no `img up`"),
        (
            one(answer("301 Moved", "Location: https://img.example/\r\n", "")),
            Kind::Unreachable,
            "sends us on to \"https://img.example/\"",
        ),
        (one(answer("502 Bad Gateway", html, "")), Kind::Unreachable, "what stands before it answers 502"),
        (one(json("{}")), Kind::Unreachable, "is not what this version of img knows"),
        (one(Box::new(|_| b"SSH-2.0-OpenSSH\r\n".to_vec())), Kind::Unreachable, "does not speak HTTP"),
        (vec![], Kind::Unreachable, "nobody answers at http://127.0.0.1"),
    ] {
        let scripted = Scripted::start(answers);
        let error = server(&scripted.address).show(&id()).await.unwrap_err();
        assert!(error.to_string().contains(words), "{words}: {error}");
        assert_eq!(error.kind(), kind, "{error}");
    }
}

#[tokio::test]
async fn without_a_token_one_is_asked_for() {
    let scripted = Scripted::start(vec![problem("401 Unauthorized", "", r#"{"detail":"show a token"}"#)]);
    let server = Server::new(rest_client::Access { token: None, ..access(&scripted.address) }).unwrap();
    let error = server.show(&id()).await.unwrap_err();
    assert!(matches!(error, ClientError::NoToken { .. }), "{error}");
    assert!(!scripted.requests()[0].contains("authorization"));
}

#[tokio::test]
async fn a_server_that_is_busy_is_asked_again_when_it_said() {
    let busy = || problem("429 Too Many", "Retry-After: 1\r\n", r#"{"detail":"wait"}"#);
    let scripted = Scripted::start(vec![busy(), json(&job("BUILDING"))]);
    let start = std::time::Instant::now();
    let job = server(&scripted.address).show(&id()).await.unwrap();
    assert!(start.elapsed().as_millis() >= 1000, "it was asked too soon");
    assert_eq!((job.line.status, job.line.tags), (JobStatus::Building, [Tag::pinned()].into()));
    assert_eq!(job.all["of_a_later_version"], 1);
}

#[tokio::test]
async fn a_server_with_a_full_disk_is_asked_once() {
    let said = r#"{"detail":"the disk of /srv is full: make room there"}"#;
    let full = || problem("507 Insufficient Storage", "Retry-After: 1\r\n", said);
    let scripted = Scripted::start(vec![full(), full()]);
    let hear = Arc::new(|_, _| {});
    let error = server(&scripted.address).submit(&Order::default(), hear).await.unwrap_err();
    assert!(
        error.to_string().ends_with("has no room for it: the disk of /srv is full: make room there"),
        "{error}"
    );
    assert!(matches!(error, ClientError::Full { .. }) && error.kind() == Kind::Unreachable, "{error:?}");
    assert_eq!(scripted.requests().len(), 1, "it was asked again");
}

#[tokio::test]
async fn an_order_whose_answer_is_lost_is_sent_again_by_the_same_key() {
    let scripted = Scripted::start(vec![
        cut(json(&job("IN QUEUE")), 90),
        answer("201 Created", "Content-Type: application/json\r\n", job("IN QUEUE")),
    ]);
    let kickstart = "x".repeat(200_000);
    let order = Order([("kickstart".to_owned(), kickstart.clone().into())].into_iter().collect());
    let sent = Arc::new(std::sync::Mutex::new(Vec::new()));
    let hear = sent.clone();
    let submitted = server(&scripted.address)
        .submit(&order, Arc::new(move |now, of| hear.lock().unwrap().push((now, of))))
        .await;

    let requests = scripted.requests();
    let keys: Vec<_> = requests
        .iter()
        .map(|one| one.split("idempotency-key: ").nth(1).unwrap().lines().next().unwrap())
        .collect();
    assert_eq!(submitted.unwrap().line.image_id.as_str(), ID);
    assert!(keys.len() == 2 && keys[0] == keys[1] && keys[0].len() == 36, "{keys:?}");
    assert!(requests.iter().all(|one| one.ends_with(&format!("{{\"kickstart\":\"{kickstart}\"}}"))));
    let sent = sent.lock().unwrap();
    assert!(
        sent.contains(&(65_536, 200_016)) && sent.contains(&(200_016, 200_016)) && sent.len() == 8,
        "{sent:?}"
    );
}

#[tokio::test]
async fn what_is_done_twice_is_asked_once() {
    let scripted = Scripted::start(vec![cut(json(&job("ERROR")), 90), json(&job("ERROR"))]);
    let error = server(&scripted.address).stop(&id()).await.unwrap_err();
    assert!(matches!(error, ClientError::BrokeOff { .. }), "{error}");
    assert_eq!(scripted.requests().len(), 1);
}

#[tokio::test]
async fn filters_reach_the_server_as_they_were_said() {
    let scripted = Scripted::start(vec![json(r#"{"jobs":[],"next":null}"#)]);
    let query = Query(vec![("status", "DONE, TESTED".into()), ("name", "a&b=é".into())]);
    let part = server(&scripted.address).list(&query, Some("12-x"), 7).await.unwrap();
    assert!(part.jobs.is_empty() && part.next.is_none());
    let line = scripted.requests()[0].lines().next().unwrap().to_owned();
    assert_eq!(
        line,
        "get /api/v1/jobs?status=done%2c+tested&name=a%26b%3d%c3%a9&limit=7&after=12-x http/1.1"
    );
}
