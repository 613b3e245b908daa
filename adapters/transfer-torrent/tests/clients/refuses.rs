//! What is not published, or is no image of the repository, cannot be fetched; who dies is forgotten.

use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;

use crate::folder::bytes;
use crate::programs::{self, Client};
use crate::scene::Scene;

#[tokio::test(flavor = "multi_thread")]
async fn a_torrent_for_another_file_is_refused() {
    let scene = Scene::new().await;
    let elsewhere = scene.elsewhere("makers");
    std::fs::create_dir_all(&elsewhere).unwrap();
    std::fs::write(elsewhere.join("a.img"), bytes(5 << 20, 6)).unwrap();
    let wrong = programs::torrent_of(&elsewhere.join("a.img"), &scene.announce());
    // the same name and the same size, and other bytes: only reading it shows that
    std::fs::write(scene.folder.path.join("a.img"), bytes(5 << 20, 7)).unwrap();
    let a = scene.folder.publish("a.img", &wrong);
    // another name
    std::fs::write(scene.folder.path.join("b.img"), bytes(5 << 20, 6)).unwrap();
    let b = scene.folder.publish("b.img", &wrong);
    // a link to a file elsewhere
    std::os::unix::fs::symlink(elsewhere.join("a.img"), scene.folder.path.join("c.img")).unwrap();
    std::fs::write(elsewhere.join("c.img"), bytes(5 << 20, 6)).unwrap();
    let c = scene.folder.publish("c.img", &programs::torrent_of(&elsewhere.join("c.img"), &scene.announce()));

    let right = scene.folder.put("d.img", &bytes(100, 8), &scene.announce());
    scene.has(right, 1, 0).await; // the others had their turn, or have it now
    for hash in [a, b, c] {
        scene.has(hash, 0, 0).await;
    }
    let torrent = scene.folder.torrent("a.img");
    let mut client = Client::aria2(&torrent, &scene.elsewhere("one"), "a.img", &["--bt-stop-timeout=3"]);
    assert!(!client.ended().await, "{}", client.said());
    assert!(scene.counts(a).await.contains("8:completei0e"), "nobody has it");
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_not_published_has_a_reason() {
    let scene = Scene::new().await;
    let elsewhere = scene.elsewhere("makers");
    std::fs::create_dir_all(&elsewhere).unwrap();
    std::fs::write(elsewhere.join("film.img"), bytes(1000, 9)).unwrap();
    let torrent = elsewhere.join("film.img.torrent");
    std::fs::write(&torrent, programs::torrent_of(&elsewhere.join("film.img"), &scene.announce())).unwrap();

    let ctorrent = Client::ctorrent(&torrent, &scene.elsewhere("one"), &[]);
    ctorrent.says("this torrent is none of the repository's images").await;
    let more = ["--bt-stop-timeout=3", "--console-log-level=debug"];
    let mut aria2 = Client::aria2(&torrent, &scene.elsewhere("two"), "film.img", &more);
    aria2.says("this torrent is none of the repository's images").await;
    assert!(!aria2.ended().await);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_client_that_is_killed_is_forgotten() {
    let scene = Scene::new().await;
    let hash = scene.folder.put("a.img", &bytes(64 << 20, 10), &scene.announce());
    scene.has(hash, 1, 0).await;
    let torrent = scene.folder.torrent("a.img");
    let mut client = Client::ctorrent(&torrent, &scene.elsewhere("one"), &["-D", "64"]);
    scene.has(hash, 1, 1).await;
    client.kill();
    scene.has(hash, 1, 0).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn who_knows_no_image_of_ours_is_told_nothing() {
    let scene = Scene::new().await;
    let hash = scene.folder.put("a.img", &bytes(1000, 11), &scene.announce());
    scene.has(hash, 1, 0).await;
    for (asked, answered) in [(hash.0, 68), ([3; 20], 0)] {
        let mut peer = TcpStream::connect(scene.seeder).await.unwrap();
        let begin =
            [b"\x13BitTorrent protocol\0\0\0\0\0\0\0\0", &asked[..], b"-TT0001-aaaaaaaaaaaa"].concat();
        peer.write_all(&begin).await.unwrap();
        let mut answer = vec![0; 68];
        let read = tokio::time::timeout(std::time::Duration::from_secs(60), peer.read_exact(&mut answer));
        let read = read.await.expect("it answers or ends").unwrap_or(0);
        assert_eq!(read, answered);
    }
}
