//! What every outbox promises.

use super::job_store::id;
use crate::{Errand, Outbox, Taken};

/// Runs the promises of [`Outbox`] against an empty one.
///
/// # Panics
/// When a promise is broken.
pub async fn outbox_keeps_its_promises(outbox: &dyn Outbox) {
    let image = id("errands");
    for (key, now) in [("one", 10), ("two", 11), ("three", 12)] {
        assert!(outbox.ask(key, &image, &Errand::PostProcess(key.into()), now).await.unwrap());
        assert!(!outbox.ask(key, &image, &Errand::Build, now).await.unwrap(), "noted before");
    }
    let taken = |key: &str, tries| Taken {
        key: key.into(),
        image_id: image.clone(),
        errand: Errand::PostProcess(key.into()),
        tries,
    };

    assert_eq!(outbox.take(11, 100, 10).await.unwrap(), [taken("one", 0), taken("two", 0)], "what is due");
    assert_eq!(outbox.take(99, 200, 1).await.unwrap(), [taken("three", 0)], "what nobody else has");
    outbox.done("two", 50).await.unwrap();
    outbox.postpone("three", "the broker is away", 500).await.unwrap();
    assert_eq!(outbox.take(100, 300, 10).await.unwrap(), [taken("one", 1)], "whose owner died");
    assert_eq!(outbox.take(499, 600, 10).await.unwrap(), [taken("one", 2)]);
    assert_eq!(outbox.take(500, 600, 10).await.unwrap(), [taken("three", 1)]);
    outbox.done("one", 600).await.unwrap();
    outbox.done("three", 600).await.unwrap();
    assert_eq!(outbox.take(i64::MAX - 1, i64::MAX, 10).await.unwrap(), []);
    assert!(!outbox.ask("one", &image, &Errand::Build, 700).await.unwrap(), "a key is used once");
}
