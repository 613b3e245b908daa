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

#[tokio::test]
async fn an_upload_that_is_cut_in_the_middle_is_no_order() {
    let site = Site::new().await;
    let token = site.token("ana", Scope::Submit).await;
    let server = Server::listen(([127, 0, 0, 1], 0).into()).await.unwrap();
    let (address, stop) = (server.address(), CancellationToken::new());
    let serving = tokio::spawn(server.serve(site.router.clone(), stop.clone()));
    // as JSON the first half is none, as a form it is a whole part: both begin alike and end in the middle
    let order = order().to_string();
    let form = "--b\r\nContent-Disposition: form-data; name=\"name\"\r\n\r\ndemo\r\n--b\r\n";
    for (kind, length, sent) in [
        ("application/json", order.len() + 1, order.as_str()), // all of it is there, but for a blank at the end
        ("application/json", order.len(), &order[..order.len() / 2]),
        ("multipart/form-data; boundary=b", 10_000, form),
    ] {
        let mut stream = TcpStream::connect(address).await.unwrap();
        let head = format!(
            "POST /api/v1/jobs HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer {token}\r\nContent-Type: {kind}\r\n\
             Content-Length: {length}\r\n\r\n{sent}"
        );
        stream.write_all(head.as_bytes()).await.unwrap();
        stream.shutdown().await.unwrap();
        let mut heard = String::new();
        let _ = stream.read_to_string(&mut heard).await;
        assert!(heard.is_empty() || heard.starts_with("HTTP/1.1 400 "), "{heard}");
    }
    stop.cancel();
    serving.await.unwrap().unwrap(); // whatever went on has ended
    let list = site.json(&token, "GET", "/api/v1/jobs", Value::Null).await.json();
    assert_eq!(list["jobs"], json!([]), "nothing was recorded");
}
