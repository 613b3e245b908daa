//! Clients that are slow, and those who have to wait for them.

use std::time::Duration;

use axum::body::Body;
use futures_util::stream;
use imaging::Scope;
use rest::Server;
use serde_json::{Value, json};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;
use tokio_util::sync::CancellationToken;

use crate::site::{Site, order};

/// A body whose end never comes.
fn endless() -> Body {
    let begin = stream::iter([Ok::<_, std::io::Error>(r#"{"kickstart":""#)]);
    Body::from_stream(futures_util::StreamExt::chain(begin, stream::pending()))
}

#[tokio::test]
async fn whoever_sends_long_orders_slowly_holds_up_nobody_else() {
    let site = std::sync::Arc::new(Site::new().await);
    let (ana, ben) = (site.token("ana", Scope::Submit).await, site.token("ben", Scope::Submit).await);
    let headers = [format!("Authorization: Bearer {ana}"), "Content-Type: application/json".into()];
    let slow: Vec<_> = (0..8)
        .map(|_| {
            let (site, headers) = (site.clone(), headers.clone());
            tokio::spawn(async move { site.ask("POST", "/api/v1/jobs", &headers, endless()).await })
        })
        .collect();
    tokio::task::yield_now().await;
    let mut wish = order();
    wish["kickstart"] = json!(format!("part / --size=64\n#{}\n", "x".repeat(400_000)));

    let made = site.json(&ben, "POST", "/api/v1/jobs", wish).await;
    let checked = site.json(&ana, "GET", "/api/v1/jobs", Value::Null).await;

    assert_eq!((made.status.as_u16(), checked.status.as_u16()), (201, 200));
    assert!(slow.iter().all(|slow| !slow.is_finished()), "ben had to wait for ana");
    slow.iter().for_each(tokio::task::JoinHandle::abort);
}

#[tokio::test]
async fn a_request_that_does_not_begin_is_waited_for_no_longer_than_the_limit() {
    let site = Site::new().await;
    let server = Server::listen(([127, 0, 0, 1], 0).into()).await.unwrap();
    let (address, stop) = (server.address(), CancellationToken::new());
    let serving = server.heads_within(Duration::from_millis(300)).serve(site.router.clone(), stop.clone());
    let serving = tokio::spawn(serving);
    let ask = async |text: &str| {
        let mut stream = TcpStream::connect(address).await.unwrap();
        stream.write_all(text.as_bytes()).await.unwrap();
        let mut heard = Vec::new();
        // it ends when the server closes the connection
        let _ = stream.read_to_end(&mut heard).await;
        String::from_utf8_lossy(&heard).into_owned()
    };

    let (slow, silent, good, wrong) = tokio::join!(
        ask("GET /api/v1/jobs HTTP/1.1\r\nHost: x\r\nX-"),
        ask(""),
        ask("GET /api/v1/jobs HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n"),
        ask("nonsense\r\n\r\n"),
    );

    assert_eq!((slow.as_str(), silent.as_str()), ("", ""), "closed without a word");
    assert!(good.starts_with("HTTP/1.1 401 ") && good.contains("application/problem+json"), "{good}");
    assert!(wrong.starts_with("HTTP/1.1 400 "), "{wrong}");
    stop.cancel();
    serving.await.unwrap().unwrap();
}
