//! The promises of the local queue.

use std::path::Path;

use local_queue::{LocalQueue, Owner};
use participant_core::{Delivery, Message, Transport};

async fn queue(folder: &Path) -> LocalQueue {
    let owner = Owner::new(&folder.join("owners")).unwrap();
    LocalQueue::open(&folder.join("queue.db"), owner).await.unwrap()
}

fn message(queue: &str, id: Option<&str>, body: &str) -> Message {
    Message { queue: queue.into(), body: body.into(), id: id.map(Into::into) }
}

async fn next(queue: &LocalQueue, name: &str) -> Delivery {
    let mut intake = queue.take(name).await.unwrap();
    tokio::time::timeout(std::time::Duration::from_secs(5), intake.next()).await.expect("in time").unwrap()
}

#[tokio::test]
async fn it_keeps_the_promises_of_every_transport() {
    let folder = tempfile::tempdir().unwrap();
    participant_core::testing::transport_keeps_its_promises(&queue(folder.path()).await).await;
}

#[tokio::test]
async fn the_same_id_is_taken_once_even_after_it_was_dealt_with() {
    let folder = tempfile::tempdir().unwrap();
    let queue = queue(folder.path()).await;
    queue.publish(&message("q", Some("one"), "first")).await.unwrap();
    queue.publish(&message("q", Some("one"), "second")).await.unwrap();
    queue.publish(&message("other", Some("one"), "another queue")).await.unwrap();

    next(&queue, "q").await.ack().await.unwrap();
    queue.publish(&message("q", Some("one"), "third")).await.unwrap();

    assert_eq!(queue.unsettled().await.unwrap(), ["other"]);
}

#[tokio::test]
async fn work_of_the_living_is_left_alone_and_work_of_the_dead_adopted() {
    let folder = tempfile::tempdir().unwrap();
    let (one, two) = (queue(folder.path()).await, queue(folder.path()).await);
    one.publish(&message("q", Some("waits"), "waits")).await.unwrap();
    one.publish(&message("q", Some("is out"), "is out")).await.unwrap();
    let out = next(&one, "q").await;
    assert!(two.left().await.unwrap().is_empty());
    assert!(two.adopt().await.unwrap().is_empty());

    drop((out, one)); // as after kill -9: nothing is settled, the lock is free

    assert_eq!(two.left().await.unwrap().len(), 2);
    assert_eq!(two.left().await.unwrap().len(), 2, "looking takes nothing");
    assert!(two.unsettled().await.unwrap().is_empty(), "nor is it ours by that");
    assert_eq!(two.adopt().await.unwrap().len(), 2);
    let (first, second) = (next(&two, "q").await, next(&two, "q").await);
    assert_eq!((first.body.as_slice(), first.redelivered), (&b"waits"[..], true));
    assert_eq!((second.body.as_slice(), second.redelivered), (&b"is out"[..], false));
}

#[tokio::test]
async fn locks_of_the_dead_go_and_those_of_the_living_stay() {
    let folder = tempfile::tempdir().unwrap();
    let (one, two) = (queue(folder.path()).await, queue(folder.path()).await);
    let owners = folder.path().join("owners");
    // what a program leaves that was killed: before its lock had a name, and after
    for name in ["dead.lock", "dead-too.lock", "nascent.new"] {
        std::fs::write(owners.join(name), "").unwrap();
    }
    let long_ago = std::time::SystemTime::now() - std::time::Duration::from_secs(3600);
    std::fs::write(owners.join("stillborn.new"), "").unwrap();
    let stillborn = std::fs::File::options().write(true).open(owners.join("stillborn.new")).unwrap();
    stillborn.set_modified(long_ago).unwrap();

    one.adopt().await.unwrap();

    let left =
        || std::fs::read_dir(&owners).unwrap().map(|entry| entry.unwrap().file_name()).collect::<Vec<_>>();
    assert_eq!(left().len(), 3, "two live, and one may be about to: {:?}", left());
    assert!(left().contains(&"nascent.new".into()));
    drop(two);
    one.adopt().await.unwrap();
    assert_eq!(left().len(), 2, "{:?}", left());
}

#[tokio::test]
async fn trouble_with_the_file_is_told_to_those_who_wait_for_it() {
    let folder = tempfile::tempdir().unwrap();
    let queue = queue(folder.path()).await;
    let other =
        sqlx::SqlitePool::connect(&format!("sqlite://{}/queue.db", folder.path().display())).await.unwrap();
    sqlx::query("DROP TABLE message").execute(&other).await.unwrap();

    assert!(queue.publish(&message("q", None, "lost?")).await.is_err());

    let told = tokio::time::timeout(std::time::Duration::from_secs(5), queue.trouble()).await.expect("told");
    assert!(told.starts_with("cannot publish to q: "), "{told}");
}
