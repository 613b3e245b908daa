//! Locks, people who want the same, and what is in the way.

use std::sync::Arc;

use async_trait::async_trait;
use imaging::testing::{Unwatched, small_image};
use imaging::{
    CanonicalName, ImageRepository, ImageState, Incoming, OpenGnsysError, Removal, RepositoryError,
    RepositoryName, Step, Tended, Watch,
};
use repository::{RepositoryDir, Settings};
use tokio_util::sync::CancellationToken;

use crate::place::{Site, image};

fn refused<T: std::fmt::Debug>(answer: Result<T, RepositoryError>) -> (OpenGnsysError, String) {
    let error = answer.unwrap_err();
    (error.opengnsys(), error.sentence())
}

#[tokio::test]
async fn an_image_that_opengnsys_has_locked_is_left_alone() {
    let site = Site::new();
    site.add("win10", 1).await.unwrap();
    let lock = site.path("images/win10.img.lock");
    std::fs::write(&lock, "").unwrap();
    let path = image("win10.img");
    for (number, sentence) in [
        refused(site.add("win10", 2).await),
        refused(site.repository.remove(&path, Removal::KeepBackup).await),
        refused(site.repository.remove(&path, Removal::ForGood).await),
    ] {
        assert_eq!(number, OpenGnsysError::Locked);
        assert!(
            sentence.contains("a tool of OpenGnsys holds it since ") && sentence.contains("remove /"),
            "{sentence}"
        );
    }
    let state = site.repository.info(&path).await.unwrap().state;
    assert!(matches!(&state, ImageState::Locked(who) if who.contains("OpenGnsys")), "{state:?}");
    assert!(matches!(&site.tend().await[..], [Tended::Waits(..)]));
    assert!(lock.exists());
    std::fs::remove_file(lock).unwrap();
    site.add("win10", 2).await.unwrap();
}

/// Tells when something is under way.
pub(crate) struct Halts {
    pub(crate) under_way: tokio::sync::Notify,
    pub(crate) stop: CancellationToken,
}

#[async_trait]
impl Watch for Halts {
    fn step(&self, step: &Step) {
        if step.done_of.is_some() {
            self.under_way.notify_one();
        }
    }

    fn stop(&self) -> CancellationToken {
        self.stop.clone()
    }
}

/// An image that takes a while.
pub(crate) fn large(site: &Site) -> std::path::PathBuf {
    let path = site.path("large");
    let file = std::fs::File::create(&path).unwrap();
    std::os::unix::fs::FileExt::write_at(&file, &small_image(1), 0).unwrap();
    file.set_len(2 << 30).unwrap();
    path
}

#[tokio::test(flavor = "multi_thread")]
async fn of_two_who_want_one_name_the_second_is_told_and_a_stop_leaves_nothing() {
    let site = Site::new();
    let incoming = Incoming::file(large(&site), CanonicalName::parse("win10").unwrap());
    let watch = Arc::new(Halts { under_way: tokio::sync::Notify::new(), stop: CancellationToken::new() });
    let (repository, of_it) = (site.repository.clone(), Arc::clone(&watch));
    let first = tokio::spawn(async move { repository.incorporate(&incoming, &*of_it).await });
    watch.under_way.notified().await;
    assert!(site.path("images/win10.img.lock").exists(), "OpenGnsys sees that it is locked");
    assert!(!site.path("images/win10.img").exists());
    let (number, sentence) = refused(site.add("win10", 2).await);
    assert_eq!(number, OpenGnsysError::Locked);
    assert!(sentence.contains("img works on it: process "), "{sentence}");
    watch.stop.cancel();
    assert!(matches!(first.await.unwrap(), Err(RepositoryError::Stopped)));
    assert_eq!(site.names("images"), [""; 0]);
}

#[tokio::test]
async fn what_is_no_file_is_not_replaced_and_no_link_followed() {
    let site = Site::new();
    let images = site.images();
    std::fs::create_dir(images.join("win10.img")).unwrap();
    std::fs::write(site.path("outside"), "precious").unwrap();
    std::os::unix::fs::symlink("../outside", images.join("win11.img")).unwrap();
    for name in ["win10", "win11"] {
        assert_eq!(refused(site.add(name, 1).await).0, OpenGnsysError::NotWrite, "{name}");
    }
    // nor one that lies where ours are written
    for end in
        ["win12.img.sum", "win12.img.torrent", "win12.img.ant", ".win12.img.aside", ".win12.img.incoming"]
    {
        std::os::unix::fs::symlink("../outside", images.join(end)).unwrap();
    }
    site.add("win12", 1).await.unwrap();
    site.add("win12", 2).await.unwrap();
    assert_eq!(site.text("outside"), "precious");
    assert_eq!(site.repository.info(&image("win12.img")).await.unwrap().state, ImageState::Published);
    // nor a unit that leads elsewhere
    std::fs::create_dir(site.path("elsewhere")).unwrap();
    std::os::unix::fs::symlink("../elsewhere", images.join("unit")).unwrap();
    let unit = imaging::Unit::parse("unit").ok();
    let incoming =
        Incoming { unit, ..Incoming::file(site.path("source"), CanonicalName::parse("x").unwrap()) };
    refused(site.repository.incorporate(&incoming, &Unwatched).await);
    assert_eq!(site.names("elsewhere"), [""; 0]);
}

#[tokio::test]
async fn images_come_from_another_repository_if_they_are_what_they_were_there() {
    let (here, there) = (Site::new(), Site::new());
    there.add("win10", 1).await.unwrap();
    let path = image("win10.img");
    let done = here.repository.import(&there.repository, &path, &Unwatched).await.unwrap();
    assert_eq!(done.image.sums, there.repository.info(&path).await.unwrap().sums);
    assert!(!done.replaced);

    // rot that the other one has not noticed
    let file = there.path("images/win10.img");
    let times = std::fs::metadata(&file).unwrap().modified().unwrap();
    let open = std::fs::File::options().write(true).open(&file).unwrap();
    std::os::unix::fs::FileExt::write_at(&open, &[9], 50_000).unwrap();
    open.set_times(std::fs::FileTimes::new().set_modified(times)).unwrap();
    let (number, sentence) = refused(here.repository.import(&there.repository, &path, &Unwatched).await);
    assert_eq!(number, OpenGnsysError::Image);
    assert!(sentence.contains("is not what it should be"), "{sentence}");
    assert_eq!(
        here.repository.info(&path).await.unwrap().state,
        ImageState::Published,
        "what was here stays"
    );

    std::fs::write(there.path("images/a b.img"), small_image(1)).unwrap();
    assert_eq!(
        refused(here.repository.import(&there.repository, &image("a b.img"), &Unwatched).await).0,
        OpenGnsysError::Format
    );
    std::fs::write(there.path("images/win10.img.lock"), "").unwrap();
    assert_eq!(
        refused(here.repository.import(&there.repository, &path, &Unwatched).await).0,
        OpenGnsysError::Locked
    );
}

#[tokio::test]
async fn a_folder_that_is_not_there_is_said_to_be_no_repository() {
    let name = RepositoryName::parse("main").unwrap();
    let none = RepositoryDir::new(name, "/nowhere/at/all".into(), Settings::default());
    let (number, sentence) = refused(none.list().await);
    assert_eq!((number, number.number()), (OpenGnsysError::Repository, 23));
    assert!(sentence.contains("make that folder"), "{sentence}");
}

#[tokio::test]
async fn a_backup_that_is_broken_is_not_put_back() {
    let site = Site::new();
    site.add("win10", 1).await.unwrap();
    let before = site.repository.info(&image("win10.img")).await.unwrap();
    std::fs::write(site.path("images/win10.img.ant"), &small_image(2)[..60_000]).unwrap();
    let (number, sentence) = refused(site.repository.restore_backup(&image("win10.img"), &Unwatched).await);
    assert_eq!(number, OpenGnsysError::Image);
    assert!(
        sentence.starts_with("the backup of win10.img stays where it is: it is no whole image"),
        "{sentence}"
    );
    let after = site.repository.info(&image("win10.img")).await.unwrap();
    assert_eq!((after.state, after.sums), (ImageState::Published, before.sums));

    // one that OpenGnsys made has sums from now on
    std::fs::write(site.path("images/win10.img.ant"), small_image(3)).unwrap();
    let back = site.repository.restore_backup(&image("win10.img"), &Unwatched).await.unwrap();
    assert_eq!(back.state, ImageState::Published);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_backup_that_has_to_be_read_has_no_name_before_it_is_known_to_be_whole() {
    let site = Site::new();
    site.add("win10", 1).await.unwrap();
    std::fs::rename(large(&site), site.path("images/win10.img.ant")).unwrap();
    std::fs::write(site.path("images/win10.img.sum.ant"), "of OpenGnsys").unwrap();
    let all = || -> Vec<(String, u64)> {
        let size = |name: &String| std::fs::metadata(site.path("images").join(name)).unwrap().len();
        site.names("images").into_iter().map(|name| (name.clone(), size(&name))).collect()
    };
    let before = all();
    let watch = Arc::new(Halts { under_way: tokio::sync::Notify::new(), stop: CancellationToken::new() });
    let (repository, of_it) = (site.repository.clone(), Arc::clone(&watch));
    let restored = tokio::spawn(async move { repository.restore_backup(&image("win10.img"), &*of_it).await });
    watch.under_way.notified().await;
    let size = std::fs::metadata(site.path("images/win10.img")).unwrap().len();
    assert_eq!(size, small_image(1).len() as u64, "a kill now leaves the image that was there");
    watch.stop.cancel();
    assert!(matches!(restored.await.unwrap(), Err(RepositoryError::Stopped)));
    assert_eq!(all(), before);
}

#[tokio::test]
async fn a_backup_that_is_put_back_names_the_tracker_of_today() {
    let site = Site::new();
    site.add("win10", 1).await.unwrap();
    site.add("win10", 2).await.unwrap();
    let settings = Settings { announce: Some("http://other:6969/announce".into()), ..Settings::default() };
    let moved = RepositoryDir::new(site.repository.name().clone(), site.path(""), settings);
    let back = moved.restore_backup(&image("win10.img"), &Unwatched).await.unwrap();
    assert_eq!(back.state, ImageState::Published);
    let torrent = std::fs::read(site.path("images/win10.img.torrent")).unwrap();
    assert_eq!(metainfo::Metainfo::parse(&torrent).unwrap().announce, b"http://other:6969/announce");
}

#[tokio::test]
async fn images_that_opengnsys_published_are_held_against_its_sums() {
    let (here, there) = (Site::new(), Site::new());
    there.add("win10", 1).await.unwrap();
    std::fs::remove_file(there.path("images/.win10.img.known")).unwrap();
    let path = image("win10.img");
    assert_eq!(there.repository.info(&path).await.unwrap().state, ImageState::Waiting, "nobody here read it");
    let done = here.repository.import(&there.repository, &path, &Unwatched).await.unwrap();
    assert_eq!(done.warnings.len(), 1, "{:?}", done.warnings); // it has no checksum of its own
    assert!(there.repository.file(&path).await.unwrap().1.is_none(), "nor is it given away by us");

    std::fs::write(there.path("images/win10.img.full.sum"), "0".repeat(32)).unwrap();
    let (number, sentence) = refused(here.repository.import(&there.repository, &path, &Unwatched).await);
    assert_eq!(number, OpenGnsysError::Image);
    assert!(sentence.contains("is not what it should be"), "{sentence}");

    // what was written after its sums has none
    std::thread::sleep(std::time::Duration::from_millis(20));
    std::fs::write(there.path("images/win10.img"), small_image(2)).unwrap();
    let done = here.repository.import(&there.repository, &path, &Unwatched).await.unwrap();
    assert!(done.warnings.iter().any(|one| one.contains("had no sums")), "{:?}", done.warnings);
}

#[tokio::test]
async fn an_image_that_comes_again_after_a_crash_leaves_the_older_backup() {
    let site = Site::new();
    let first = site.add("win10", 1).await.unwrap().image.sums;
    let second = site.add("win10", 2).await.unwrap().image.sums;
    // as after a kill between the last two renames: the file has its name, and nobody knows its sums
    for name in site.names("images").iter().filter(|name| *name != "win10.img" && !name.contains(".ant")) {
        std::fs::remove_file(site.path("images").join(name)).unwrap();
    }

    let again = site.add("win10", 2).await.unwrap();

    assert!(!again.replaced);
    assert_eq!((again.image.state, again.image.sums), (ImageState::Published, second));
    let back = site.repository.restore_backup(&image("win10.img"), &Unwatched).await.unwrap();
    assert_eq!(back.sums, first);
}
