//! A log is heard once, over however many connections.

use rest_client::{End, News, Server};

use crate::scripted::{Answer, Scripted, answer, cut, json};
use crate::{ID, job, server};

fn stream(text: &str) -> Answer {
    let head = "HTTP/1.1 200 OK\r\nConnection: close\r\nContent-Type: text/event-stream\r\n\r\n";
    let bytes = format!("{head}{text}").into_bytes();
    Box::new(move |_| bytes.clone())
}

#[tokio::test]
async fn a_followed_log_goes_on_after_what_was_heard() {
    let status = |status: &str| format!("event: status\nid: a-0\ndata: {{\"status\":\"{status}\"}}\n\n");
    let log = |id: &str, text: &str| format!("event: log\nid: {id}\ndata: {{\"text\":\"{text}\\n\"}}\n\n");
    let end = "event: end\nid: a-8\ndata: {\"status\":\"ERROR\",\"error\":\"no space\"}\n\n";
    let first = format!("{}{}{}", status("BUILDING"), log("a-4", "one"), log("a-8", "two"));
    let scripted = Scripted::start(vec![
        cut(stream(&first), stream(&first)("").len() - 10), // in the middle of the last piece
        answer("503 Service Unavailable", "", ""),
        stream(&format!("{}{}{}{end}", status("BUILDING"), log("a-8", "two"), status("ERROR"))),
    ]);
    let mut heard = Vec::new();
    let followed =
        server(&scripted.address).follow(&Server::id(ID).unwrap(), &mut |news| heard.push(news)).await;

    let end = followed.unwrap();
    assert_eq!(end, End { status: Some(imaging::JobStatus::Error), error: Some("no space".into()) });
    heard.retain(|news| !matches!(news, News::Away(_)));
    let text = |text: &str| News::Text(format!("{text}\n"));
    let status = |status: &str| News::Status(status.into());
    assert_eq!(heard, [status("BUILDING"), text("one"), text("two"), status("ERROR")]);
    let requests = scripted.requests();
    assert!(!requests[0].contains("last-event-id"), "{}", requests[0]);
    assert!(requests[2].contains("last-event-id: a-4"), "{}", requests[2]);
}

#[tokio::test]
async fn a_log_that_breaks_off_is_read_on() {
    let scripted = Scripted::start(vec![
        cut(answer("200 OK", "", "one\ntwo\nthree\n"), 68),
        Box::new(|request| {
            let from = request.split("range: bytes=").nth(1).unwrap().split('-').next().unwrap();
            let rest = &"one\ntwo\nthree\n"[from.parse::<usize>().unwrap()..];
            answer("206 Partial Content", "", rest)(request)
        }),
    ]);
    let mut text = Vec::new();
    server(&scripted.address)
        .log(&Server::id(ID).unwrap(), &mut |piece| text.extend_from_slice(piece))
        .await
        .unwrap();
    assert_eq!(String::from_utf8(text).unwrap(), "one\ntwo\nthree\n");
    assert_eq!(scripted.requests().len(), 2);
}

#[tokio::test]
async fn whoever_waits_bears_a_server_that_is_away_for_a_while_and_no_longer() {
    let away = || answer("502 Bad Gateway", "", "");
    let scripted = Scripted::start(vec![json(&job("BUILDING")), away(), away(), json(&job("DONE"))]);
    let (mut looks, mut told) = (0, 0);
    let server = server(&scripted.address);
    let id = Server::id(ID).unwrap();
    let mut hear = |heard: Result<_, _>| if heard.is_ok() { looks += 1 } else { told += 1 };
    let job = server.wait(&id, &mut |heard| hear(heard.map(drop).map_err(drop))).await.unwrap();
    assert!(job.line.status.has_image());
    assert_eq!((looks, told), (2, 1));
    let error = server.wait(&id, &mut |_| {}).await.unwrap_err();
    assert!(error.to_string().contains("nobody answers"), "{error}");
}
