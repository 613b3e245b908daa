//! What nobody may do to it.

use std::time::Duration;

use tokio::net::TcpStream;
use transfer_torrent::Settings;

use crate::asked::{A, Peer, dictionary, encoded, exchange, number, quick, text, tracker, tracker_at};

#[tokio::test]
async fn a_wrong_question_is_answered_by_a_reason() {
    let running = tracker().await;
    let told = dictionary(&running.get("127.0.0.1", "/announce").await);
    assert_eq!(text(&told["failure reason"]), "info_hash is missing");
    let port = format!("/announce?info_hash={}&peer_id=aaaaaaaaaaaaaaaaaaaa&port=0", encoded(A));
    let told = dictionary(&running.get("127.0.0.1", &port).await);
    assert_eq!(text(&told["failure reason"]), "port is 0, and should be from 1 to 65535");
    let told = dictionary(&running.get("127.0.0.1", "/scrape?info_hash=abc").await);
    assert_eq!(text(&told["failure reason"]), "info_hash has 3 bytes, and should have 20");
    let page = String::from_utf8(running.get("127.0.0.1", "/").await).unwrap();
    assert!(page.starts_with("HTTP/1.0 404") && page.ends_with("it knows /announce and /scrape\n"), "{page}");
}

#[tokio::test]
async fn one_address_takes_no_more_than_its_room() {
    let running = tracker_at("127.0.0.1:0", Settings { peers: 6, peers_of_address: 4, ..quick() }).await;
    for port in 1..=10 {
        for ip in ["127.0.0.1", "127.0.0.2"] {
            running.announce(Peer { ip, port, left: 1 }, A, "&event=started").await;
        }
    }
    assert_eq!(running.scrape(A).await, (0, 6));
    let told =
        running.announce(Peer { ip: "127.0.0.3", port: 1, left: 1 }, A, "&compact=1&numwant=9999").await;
    assert_eq!(number(&told["incomplete"]), 6, "who finds no room is answered all the same");
}

#[tokio::test]
async fn no_answer_grows_with_what_is_wanted() {
    let running = tracker_at("127.0.0.1:0", Settings { peers_of_address: 1000, ..quick() }).await;
    for port in 1..=300 {
        running.announce(Peer { ip: "127.0.0.1", port, left: 1 }, A, "&event=started").await;
    }
    let me = Peer { ip: "127.0.0.2", port: 1, left: 1 };
    for (more, peers) in [("", 50), ("&numwant=0", 0), ("&numwant=-1", 50), ("&numwant=99999999", 200)] {
        let told = running.announce(me, A, &format!("&compact=1{more}")).await;
        assert_eq!(text(&told["peers"]).is_empty(), peers == 0);
        assert_eq!(crate::asked::addresses(&told).len(), peers, "{more}");
    }
}

#[tokio::test]
async fn who_says_nothing_is_not_waited_for() {
    let running =
        tracker_at("127.0.0.1:0", Settings { patience: Duration::from_millis(300), ..quick() }).await;
    let slow = TcpStream::connect(running.address).await.unwrap();
    let answer = exchange(slow, "GET /announce?info_ha").await; // it ends, or this panics
    assert!(!answer.starts_with(b"HTTP/1.1 200"), "{}", String::from_utf8_lossy(&answer));
}

#[tokio::test]
async fn who_asks_and_reads_no_answer_is_not_waited_for() {
    let running =
        tracker_at("127.0.0.1:0", Settings { patience: Duration::from_millis(300), ..quick() }).await;
    let mut asks = TcpStream::connect(running.address).await.unwrap();
    let questions = b"GET /scrape HTTP/1.1\r\nHost: x\r\n\r\n".repeat(1000);
    let asking = async { while tokio::io::AsyncWriteExt::write_all(&mut asks, &questions).await.is_ok() {} };
    tokio::time::timeout(Duration::from_secs(30), asking).await.expect("its connection is closed");
}

#[tokio::test]
async fn one_address_does_not_keep_others_out() {
    let settings = Settings { connections: 8, connections_of_address: 2, ..quick() };
    let running = tracker_at("127.0.0.1:0", settings).await;
    let mut held = Vec::new();
    for _ in 0..2 {
        held.push(TcpStream::connect(running.address).await.unwrap());
    }
    let mut third = TcpStream::connect(running.address).await.unwrap();
    let mut byte = [0];
    let read = tokio::io::AsyncReadExt::read(&mut third, &mut byte);
    let read = tokio::time::timeout(Duration::from_secs(30), read).await.expect("it is closed at once");
    assert!(matches!(read, Ok(0) | Err(_)), "{read:?}");
    running.announce(Peer { ip: "127.0.0.2", port: 1, left: 1 }, A, "").await; // from elsewhere it is let in
    drop(held);
}

#[tokio::test]
async fn an_endless_head_is_not_kept() {
    let running = tracker().await;
    let stream = TcpStream::connect(("127.0.0.1", running.address.port())).await.unwrap();
    let (mut read, mut write) = stream.into_split();
    let writer = tokio::spawn(async move {
        let junk = vec![b'x'; 1 << 20];
        tokio::io::AsyncWriteExt::write_all(&mut write, b"GET /announce?").await?;
        tokio::io::AsyncWriteExt::write_all(&mut write, &junk).await
    });
    let mut answer = Vec::new();
    let reading = tokio::io::AsyncReadExt::read_to_end(&mut read, &mut answer);
    let _ = tokio::time::timeout(Duration::from_secs(30), reading).await.expect("it ends");
    assert!(!answer.starts_with(b"HTTP/1.1 200"), "{}", String::from_utf8_lossy(&answer));
    let _ = writer.await.unwrap();
}
