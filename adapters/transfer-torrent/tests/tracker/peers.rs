//! Peers meet.

use std::collections::HashSet;
use std::time::{Duration, Instant};

use bendy::value::Value;
use imaging::InfoHash;
use transfer_torrent::{Settings, network};

use crate::asked::{A, B, Peer, addresses, dictionary, encoded, number, quick, text, tracker, tracker_at};

const FIRST: Peer = Peer { ip: "127.0.0.1", port: 1001, left: 0 };
const SECOND: Peer = Peer { ip: "127.0.0.2", port: 1002, left: 9 };
const SIXTH: Peer = Peer { ip: "::1", port: 1006, left: 9 };

#[tokio::test]
async fn peers_meet_by_both_kinds_of_addresses() {
    let running = tracker().await;
    let alone = running.announce(FIRST, A, "&event=started&compact=1").await;
    assert_eq!(addresses(&alone), [""; 0]);
    assert_eq!([number(&alone["interval"]), number(&alone["min interval"])], [4, 2]);
    let two = running.announce(SECOND, A, "&event=started&compact=1").await;
    assert_eq!(addresses(&two), ["127.0.0.1:1001"]);
    let three = running.announce(SIXTH, A, "&event=started&compact=1").await;
    assert_eq!(addresses(&three), ["127.0.0.1:1001", "127.0.0.2:1002"]);
    let again = running.announce(SECOND, A, "&compact=1").await;
    assert_eq!(addresses(&again), ["127.0.0.1:1001", "[::1]:1006"]);
    assert_eq!((number(&again["complete"]), number(&again["incomplete"])), (1, 2));
    // whoever has all needs nobody else who has
    let done = running.announce(Peer { left: 0, ..SECOND }, A, "&event=completed&compact=1").await;
    assert_eq!(addresses(&done), ["[::1]:1006"]);
    assert_eq!(number(&done["downloaded"]), 1);
    let one = running.announce(SIXTH, A, "&compact=1&numwant=1").await;
    assert_eq!(addresses(&one).len(), 1);
    // another torrent is another matter
    assert_eq!(addresses(&running.announce(SIXTH, B, "&compact=1").await), [""; 0]);
    assert_eq!((running.scrape(A).await, running.scrape(B).await), ((2, 1), (0, 1)));
}

#[tokio::test]
async fn a_list_has_names_unless_somebody_does_without() {
    let running = tracker().await;
    running.announce(SIXTH, A, "").await;
    for (more, names) in [("", 1), ("&compact=0", 1), ("&no_peer_id=1", 0)] {
        let told = running.announce(SECOND, A, more).await;
        let Value::List(list) = &told["peers"] else { panic!("{told:?}") };
        let [Value::Dict(peer)] = list.as_slice() else { panic!("{told:?}") };
        assert_eq!((text(&peer[&b"ip"[..]]), number(&peer[&b"port"[..]])), ("::1".into(), 1006));
        assert_eq!(peer.len(), 2 + names, "{more}");
    }
}

#[tokio::test]
async fn whoever_goes_is_gone_and_whoever_is_silent_is_forgotten() {
    let settings = Settings { interval: Duration::from_secs(1), ..quick() };
    let running = tracker_at("127.0.0.1:0", settings).await;
    running.announce(FIRST, A, "&event=started").await;
    running.announce(SECOND, A, "&event=started").await;
    running.announce(SECOND, A, "&event=stopped").await;
    assert_eq!(running.scrape(A).await, (1, 0));
    let start = Instant::now();
    while running.scrape(A).await != (0, 0) {
        assert!(start.elapsed() < Duration::from_secs(30), "it is remembered for ever");
        tokio::time::sleep(Duration::from_millis(100)).await;
    }
    assert!(start.elapsed() >= Duration::from_secs(2), "it was forgotten before its time");
}

#[tokio::test]
async fn what_is_not_published_is_refused_and_forgotten() {
    let running = tracker().await;
    let told = running.announce(FIRST, InfoHash([1; 20]), "&event=started").await;
    let reason = text(&told["failure reason"]);
    assert!(reason.starts_with("this torrent is none of the repository's images"), "{reason}");
    assert_eq!(told.len(), 1);
    running.announce(FIRST, A, "&event=started").await;
    *running.list.0.lock().unwrap() = Ok(vec![B]);
    assert!(running.announce(FIRST, A, "").await.contains_key("failure reason"));
    *running.list.0.lock().unwrap() = Ok(vec![A, B]);
    assert_eq!(running.scrape(A).await, (0, 0), "its peers were of an older image");
}

#[tokio::test]
async fn a_new_image_is_known_soon() {
    let settings = Settings { fresh: Duration::from_secs(3600), ..quick() };
    let running = tracker_at("127.0.0.1:0", settings).await;
    let new = InfoHash([7; 20]);
    assert!(running.announce(FIRST, new, "").await.contains_key("failure reason"));
    running.list.0.lock().unwrap().as_mut().unwrap().push(new);
    let start = Instant::now();
    while running.announce(FIRST, new, "").await.contains_key("failure reason") {
        assert!(start.elapsed() < Duration::from_secs(30), "nobody looks again");
        tokio::time::sleep(Duration::from_millis(200)).await;
    }
}

#[tokio::test]
async fn a_repository_that_cannot_be_read_ends_nothing_that_runs() {
    let running = tracker().await;
    running.announce(FIRST, A, "").await;
    *running.list.0.lock().unwrap() = Err("the disk is gone".into());
    assert_eq!(addresses(&running.announce(SECOND, A, "&compact=1").await), ["127.0.0.1:1001"]);
    let other = tracker().await;
    *other.list.0.lock().unwrap() = Err("the disk is gone".into());
    let told = other.announce(FIRST, A, "").await;
    assert_eq!(text(&told["failure reason"]), "the repository cannot be read just now: try again later");
}

#[tokio::test]
async fn an_address_is_that_of_the_connection() {
    let running = tracker().await;
    running.announce(FIRST, A, "&ip=10.9.8.7&ipv6=%5Bfd00::1%5D:1").await;
    assert_eq!(addresses(&running.announce(SECOND, A, "&compact=1").await), ["127.0.0.1:1001"]);

    assert_eq!((network("10.0.0.0/33"), network("ten")), (None, None));
    let ip_from = vec![network("127.0.0.2").unwrap(), network("fd00::/8").unwrap()];
    let running = tracker_at("[::]:0", Settings { ip_from, ..quick() }).await;
    running.announce(FIRST, A, "&ip=10.9.8.7").await;
    running.announce(SECOND, A, "&ip=10.9.8.6").await;
    let third = Peer { ip: "127.0.0.3", port: 1003, left: 1 };
    assert_eq!(
        addresses(&running.announce(third, A, "&compact=1").await),
        ["10.9.8.6:1002", "127.0.0.1:1001"]
    );
}

#[tokio::test]
async fn our_own_seeder_is_where_the_question_went_to() {
    let running = tracker().await;
    running.tracker.we_seed("[::]:6881".parse().unwrap(), HashSet::from([A]));
    assert_eq!(addresses(&running.announce(SECOND, A, "&compact=1").await), ["127.0.0.1:6881"]);
    assert_eq!(addresses(&running.announce(SIXTH, A, "&compact=1").await), ["127.0.0.2:1002", "[::1]:6881"]);
    assert_eq!(addresses(&running.announce(SIXTH, B, "&compact=1").await), [""; 0]);
    assert_eq!(
        addresses(&running.announce(Peer { left: 0, ..SECOND }, A, "&compact=1").await),
        ["[::1]:1006"]
    );
    assert_eq!(running.scrape(A).await, (2, 1));

    for (listen, by_four, by_six) in [
        ("0.0.0.0:6881", vec!["127.0.0.1:6881"], vec![]),
        ("10.0.0.1:6881", vec!["10.0.0.1:6881"], vec!["10.0.0.1:6881"]),
    ] {
        running.tracker.we_seed(listen.parse().unwrap(), HashSet::from([B]));
        running.announce(SIXTH, B, "&event=stopped").await;
        for (peer, told) in [(SECOND, by_four), (SIXTH, by_six)] {
            assert_eq!(addresses(&running.announce(peer, B, "&compact=1").await), told, "{listen}");
            running.announce(peer, B, "&event=stopped").await;
        }
    }
}

#[tokio::test]
async fn all_torrents_are_scraped_when_none_is_named() {
    let running = tracker().await;
    running.announce(FIRST, A, "").await;
    let all = dictionary(&running.get("127.0.0.1", "/scrape").await);
    let Value::Dict(files) = &all["files"] else { panic!("{all:?}") };
    assert_eq!(files.keys().map(AsRef::as_ref).collect::<Vec<&[u8]>>(), [&A.0[..], &B.0[..]]);
    let unknown =
        running.get("127.0.0.1", &format!("/scrape?info_hash={}", encoded(InfoHash([2; 20])))).await;
    let Value::Dict(files) = &dictionary(&unknown)["files"] else { panic!() };
    assert!(files.is_empty());
}
