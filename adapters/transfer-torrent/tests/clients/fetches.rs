//! What is published can be fetched.

use crate::folder::bytes;
use crate::programs::Client;
use crate::scene::Scene;

#[tokio::test(flavor = "multi_thread")]
async fn ctorrent_and_aria2_fetch_an_image_from_us_alone() {
    let scene = Scene::new().await;
    let image = bytes((9 << 20) + 123, 1);
    let hash = scene.folder.put("lab1/win10.img", &image, &scene.announce());
    scene.has(hash, 1, 0).await;
    let before = scene.folder.all();

    let torrent = scene.folder.torrent("lab1/win10.img");
    let mut ctorrent = Client::ctorrent(&torrent, &scene.elsewhere("one"), &[]);
    assert!(ctorrent.ended().await, "{}", ctorrent.said());
    assert!(std::fs::read(&ctorrent.file).unwrap() == image, "{}", ctorrent.said());

    let mut aria2 = Client::aria2(&torrent, &scene.elsewhere("two"), "win10.img", &[]);
    assert!(aria2.ended().await, "{}", aria2.said());
    assert!(std::fs::read(&aria2.file).unwrap() == image, "{}", aria2.said());

    assert!(scene.folder.all() == before, "the repository is as it was");
    scene.has(hash, 1, 0).await; // both said that they go, or were forgotten
}

#[tokio::test(flavor = "multi_thread")]
async fn all_addresses_of_the_machine_are_as_good() {
    let scene = Scene::at("[::]:0").await;
    let image = bytes((5 << 20) + 1, 12);
    for (name, host) in [("four.img", "127.0.0.2"), ("six.img", "[::1]")] {
        let tracker = format!("http://{host}:{}/announce", scene.address.port());
        let hash = scene.folder.put(name, &image, &tracker);
        scene.has(hash, 1, 0).await;
        let mut aria2 = Client::aria2(&scene.folder.torrent(name), &scene.elsewhere(name), name, &[]);
        assert!(aria2.ended().await && std::fs::read(&aria2.file).unwrap() == image, "{}", aria2.said());
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_whole_room_fetches_at_once() {
    let scene = Scene::new().await;
    let image = bytes(24 << 20, 2);
    let hash = scene.folder.put("room.img", &image, &scene.announce());
    scene.has(hash, 1, 0).await;
    let torrent = scene.folder.torrent("room.img");
    let at = |number: usize| scene.elsewhere(&format!("pc{number}"));
    let mut room: Vec<_> = (0..3).map(|number| Client::ctorrent(&torrent, &at(number), &[])).collect();
    room.extend((3..6).map(|number| Client::aria2(&torrent, &at(number), "room.img", &[])));
    for client in &mut room {
        assert!(client.ended().await, "{}", client.said());
        assert!(std::fs::read(&client.file).unwrap() == image, "{}", client.said());
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn images_come_and_go_and_are_replaced() {
    let scene = Scene::new().await;
    let first = scene.folder.put("a.img", &bytes(5 << 20, 3), &scene.announce());
    scene.has(first, 1, 0).await;
    let old = scene.elsewhere("old.torrent");
    std::fs::copy(scene.folder.torrent("a.img"), &old).unwrap();

    let image = bytes(5 << 20, 4); // of the same size
    let second = scene.folder.put("a.img", &image, &scene.announce());
    let other = scene.folder.put("b.img", &bytes(1000, 5), &scene.announce());
    scene.has(second, 1, 0).await;
    scene.has(other, 1, 0).await;
    assert_eq!(scene.counts(first).await.find("complete"), None, "the older one is gone");
    let mut refused = Client::aria2(&old, &scene.elsewhere("one"), "a.img", &["--bt-stop-timeout=3"]);
    assert!(!refused.ended().await, "{}", refused.said());
    let torrent = scene.folder.torrent("a.img");
    let mut fetched = Client::ctorrent(&torrent, &scene.elsewhere("two"), &[]);
    assert!(fetched.ended().await && std::fs::read(&fetched.file).unwrap() == image, "{}", fetched.said());

    // whoever is at it is let go when the image is removed: its file is open no more
    let inode = |name: &str| {
        std::os::unix::fs::MetadataExt::ino(&std::fs::metadata(scene.folder.path.join(name)).unwrap())
    };
    let gone = inode("a.img");
    assert!(is_open(gone));
    scene.folder.remove("a.img");
    let start = std::time::Instant::now();
    while is_open(gone) {
        assert!(start.elapsed() < std::time::Duration::from_secs(60), "it takes room for ever");
        tokio::time::sleep(std::time::Duration::from_millis(50)).await;
    }
    assert!(is_open(inode("b.img")));
}

/// Tells whether this program has a file open.
fn is_open(inode: u64) -> bool {
    let open = std::fs::read_dir("/proc/self/fd").unwrap().filter_map(|entry| {
        let there = std::fs::metadata(entry.ok()?.path()).ok()?;
        Some(std::os::unix::fs::MetadataExt::ino(&there))
    });
    open.into_iter().any(|open| open == inode)
}
