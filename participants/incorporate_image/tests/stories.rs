//! The stories of incorporate_image; a new one that needs no other repository is a folder in `cases`.

use std::path::Path;
use std::sync::Arc;

use imaging::testing::{MemoryRepository, small_image};
use imaging::{BaseUrl, ImagePath, ImageRepository, Repositories};
use incorporate_image::IncorporateImage;
use participant_core::testing::{Memory, job, stories_come_true, workitem};
use participant_core::{Job, Participant, Stop};
use serde_json::json;

/// A folder of images with one image in it and something else.
fn images() -> tempfile::TempDir {
    let images = tempfile::tempdir().unwrap();
    std::fs::create_dir_all(images.path().join("web/i")).unwrap();
    std::fs::write(images.path().join("web/i/n.raw"), small_image(1)).unwrap();
    std::fs::write(images.path().join("web/i/n.log"), "installing").unwrap();
    images
}

fn participant(images: &Path) -> (Arc<MemoryRepository>, IncorporateImage) {
    let repository = Arc::new(MemoryRepository::new("main"));
    let participant = IncorporateImage {
        repositories: Repositories::new(vec![repository.clone()]),
        images: images.to_owned(),
        base_url: BaseUrl::new("http://img.example/images"),
    };
    (repository, participant)
}

#[tokio::test]
async fn stories() {
    let images = images();
    let cases = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/cases");
    stories_come_true(&cases, &participant(images.path()).1).await;
}

#[tokio::test]
async fn the_same_name_again_leaves_the_older_image_as_backup() {
    let images = images();
    let (repository, participant) = participant(images.path());
    let image = json!({ "name": "lab", "image_url": "http://img.example/images/web/i/n.raw" });
    let item = workitem(&json!({ "image": image }));
    let path = ImagePath::parse("lab").unwrap();
    for (fill, has_backup) in [(1, false), (2, true)] {
        std::fs::write(images.path().join("web/i/n.raw"), small_image(fill)).unwrap();
        let outcome = participant.handle_wi(&item, &job(&Memory::default()).0).await.unwrap();
        assert!(outcome.is_done(), "{outcome:?}");
        assert_eq!(repository.info(&path).await.unwrap().has_backup, has_backup);
    }
}

#[tokio::test]
async fn a_job_that_stops_publishes_nothing() {
    let images = images();
    let (repository, participant) = participant(images.path());
    let image = json!({ "name": "lab", "image_url": "http://img.example/images/web/i/n.raw" });
    let item = workitem(&json!({ "image": image }));
    for (stop, reason) in [
        (Stop::Person("ana".into()), "the image is not published: cancelled by ana"),
        (Stop::Shutdown, ""), // handed back: it comes again
    ] {
        let (job, handle) = Job::new(item.attempt(), Arc::new(Memory::default()), Arc::new(()));
        handle.stop(stop);
        let outcome = participant.handle_wi(&item, &job).await.unwrap();
        assert!(!outcome.is_done() && outcome.reason().unwrap().starts_with(reason), "{outcome:?}");
        assert_eq!(repository.list().await.unwrap(), []);
    }
}

#[tokio::test]
async fn a_site_without_a_repository_says_which_key_names_one() {
    let images = images();
    let participant =
        IncorporateImage { repositories: Repositories::default(), ..participant(images.path()).1 };
    let image = json!({ "name": "lab", "image_url": "http://img.example/images/web/i/n.raw" });
    let outcome =
        participant.handle_wi(&workitem(&json!({ "image": image })), &job(&Memory::default()).0).await;
    let outcome = outcome.unwrap();
    assert!(outcome.reason().unwrap().contains("no repository is configured"), "{outcome:?}");
}
