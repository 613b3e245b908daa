//! Whatever a build left in its folder, nothing outside is read or removed.

use std::fs;
use std::io::{ErrorKind, Read};
use std::os::unix::fs::symlink;
use std::path::Path;

use imaging::{ImageId, JobFiles};
use job_files_dir::JobFilesDir;

const PREFIX: &str = "web/ana";

fn id(text: &str) -> ImageId {
    ImageId::reduce(text).unwrap()
}

/// A base folder with the job `good`, and a secret beside it.
fn site() -> (tempfile::TempDir, JobFilesDir) {
    let folder = tempfile::tempdir().unwrap();
    let job = folder.path().join("images").join(PREFIX).join("good");
    fs::create_dir_all(job.join("deep/er")).unwrap();
    for (path, text) in [("n.raw", "image"), ("n.log", "log\n"), ("deep/er/x", "x")] {
        fs::write(job.join(path), text).unwrap();
    }
    fs::create_dir(folder.path().join("outside")).unwrap();
    fs::write(folder.path().join("outside/secret"), "s3cret").unwrap();
    let files = JobFilesDir::new(folder.path().join("images"));
    (folder, files)
}

fn assert_outside_is_whole(folder: &Path) {
    assert_eq!(fs::read_to_string(folder.join("outside/secret")).unwrap(), "s3cret");
}

#[tokio::test]
async fn the_files_of_a_job_are_told_opened_and_removed() {
    let (folder, files) = site();
    let contents = files.contents(PREFIX, &id("good")).await.unwrap();
    let told: Vec<_> = contents.files.iter().map(|file| (file.path.as_str(), file.size)).collect();
    assert_eq!(told, [("deep/er/x", 1), ("n.log", 4), ("n.raw", 5)]);
    assert_eq!((contents.count, contents.bytes), (3, 10));
    let mut text = String::new();
    files.open(PREFIX, &id("good"), "deep/er/x").await.unwrap().read_to_string(&mut text).unwrap();
    assert_eq!(text, "x");

    files.remove(PREFIX, &id("good")).await.unwrap();
    files.remove(PREFIX, &id("good")).await.unwrap();

    assert!(!folder.path().join("images/web/ana/good").exists());
    assert!(folder.path().join("images/web/ana").exists(), "the folder of others stays");
    assert_eq!(files.contents(PREFIX, &id("good")).await.unwrap().count, 0);
    assert_eq!(JobFilesDir::new("/nonexistent".into()).contents(PREFIX, &id("good")).await.unwrap().count, 0);
}

#[tokio::test]
async fn a_log_is_read_where_the_image_is_being_made_and_nowhere_else() {
    let (folder, files) = site();
    let above = folder.path().join("images").join(PREFIX);
    for name in ["good.partial-me", "goodness", "good.partial-x"] {
        fs::create_dir(above.join(name)).unwrap();
        fs::write(above.join(name).join("n.log"), name).unwrap();
    }
    fs::remove_file(above.join("good.partial-x/n.log")).unwrap();
    symlink(folder.path().join("outside/secret"), above.join("good.partial-x/n.log")).unwrap();
    for (place, file, expected) in [
        ("good", "n.log", Some("log\n")),
        ("good.partial-me", "n.log", Some("good.partial-me")),
        ("good.partial-me", "../goodness/n.log", None),
        ("good.partial-x", "n.log", None),
        ("goodness", "n.log", None),
        ("good.partial-me/../goodness", "n.log", None),
        ("../ana/good", "n.log", None),
        ("..", "n.log", None),
        ("", "n.log", None),
    ] {
        let opened = files.open_log(PREFIX, &id("good"), place, file).await;
        let text = opened.ok().map(|mut log| {
            let mut text = String::new();
            log.read_to_string(&mut text).unwrap();
            text
        });
        assert_eq!(text.as_deref(), expected, "{place} {file}");
    }
}

#[tokio::test]
async fn what_a_killed_build_left_goes_with_the_job_and_what_is_being_made_stays() {
    let (folder, files) = site();
    let above = folder.path().join("images").join(PREFIX);
    for name in ["good.partial-dead", "good.partial-alive", "goodness.partial-dead"] {
        fs::create_dir_all(above.join(name).join("work")).unwrap();
        fs::write(above.join(name).join("work/part"), "half").unwrap();
    }
    symlink(folder.path().join("outside"), above.join("good.partial-link")).unwrap();
    let alive = fs::File::open(above.join("good.partial-alive")).unwrap();
    let _lock = nix::fcntl::Flock::lock(alive, nix::fcntl::FlockArg::LockExclusive).unwrap();

    let contents = files.contents(PREFIX, &id("good")).await.unwrap();
    assert_eq!((contents.count, contents.bytes, contents.files.len()), (3, 10, 3));
    assert_eq!(files.left(PREFIX, &id("good")).await.unwrap(), (1, 4));
    files.remove(PREFIX, &id("good")).await.unwrap();

    let mut left: Vec<_> = fs::read_dir(&above)
        .unwrap()
        .map(|entry| entry.unwrap().file_name().into_string().unwrap())
        .collect();
    left.sort();
    assert_eq!(left, ["good.partial-alive", "good.partial-link", "goodness.partial-dead"]);
    assert_outside_is_whole(folder.path());
}

#[tokio::test]
async fn folders_in_folders_are_removed_however_deep_they_are() {
    use nix::{fcntl, sys::stat};
    let (folder, files) = site();
    let mode = stat::Mode::S_IRWXU;
    let mut inner: std::os::fd::OwnedFd =
        fs::File::open(folder.path().join("images/web/ana/good")).unwrap().into();
    for _ in 0..30_000 {
        stat::mkdirat(&inner, "d", mode).unwrap();
        inner = fcntl::openat(&inner, "d", fcntl::OFlag::O_DIRECTORY, mode).unwrap();
    }
    drop(inner);

    assert_eq!(files.contents(PREFIX, &id("good")).await.unwrap().count, 3);
    files.remove(PREFIX, &id("good")).await.unwrap();

    assert!(!folder.path().join("images/web/ana/good").exists());
}

#[tokio::test]
async fn links_are_neither_followed_nor_opened_nor_counted_for_what_they_lead_to() {
    let (folder, files) = site();
    let outside = folder.path().join("outside");
    let job = folder.path().join("images/web/ana/good");
    symlink(outside.join("secret"), job.join("a")).unwrap();
    symlink(&outside, job.join("b")).unwrap();
    symlink("../../../../outside", job.join("deep/c")).unwrap();
    nix::unistd::mkfifo(&job.join("pipe"), nix::sys::stat::Mode::S_IRWXU).unwrap();

    for path in [
        "a",
        "b/secret",
        "deep/c/secret",
        "../../../../outside/secret",
        "/etc/passwd",
        "",
        ".",
        "deep",
        "pipe",
    ] {
        let opened = files.open(PREFIX, &id("good"), path).await;
        assert!(opened.is_err(), "{path} was opened");
    }
    let contents = files.contents(PREFIX, &id("good")).await.unwrap();
    assert_eq!(contents.files.len(), 3, "{contents:?}");

    files.remove(PREFIX, &id("good")).await.unwrap();

    assert!(!job.exists());
    assert_outside_is_whole(folder.path());
}

#[tokio::test]
async fn no_prefix_and_no_folder_that_is_a_link_leads_out() {
    let (folder, files) = site();
    fs::create_dir(folder.path().join("outside/good")).unwrap();
    fs::write(folder.path().join("outside/good/file"), "precious").unwrap();
    symlink(folder.path().join("outside"), folder.path().join("images/linked")).unwrap();
    symlink(folder.path().join("outside"), folder.path().join("images/web/ana/whole")).unwrap();

    for prefix in ["linked", "../outside", "web/../../outside", "/", ""] {
        let told = files.contents(prefix, &id("good")).await;
        assert!(told.is_err() || told.unwrap().count == 0, "{prefix:?}");
        let removed = files.remove(prefix, &id("good")).await;
        assert!(
            removed.as_ref().is_ok_and(|()| prefix.is_empty()) || removed.is_err(),
            "{prefix:?}: {removed:?}"
        );
    }
    files.remove(PREFIX, &id("whole")).await.unwrap();

    assert!(!folder.path().join("images/web/ana/whole").is_symlink(), "the link itself is gone");
    assert_eq!(fs::read_to_string(folder.path().join("outside/good/file")).unwrap(), "precious");
    assert_outside_is_whole(folder.path());
    let missing = files.open("linked", &id("good"), "file").await.unwrap_err();
    assert_ne!(missing.kind(), ErrorKind::Other);
}

#[tokio::test]
async fn a_link_in_the_place_of_the_folder_is_a_job_without_files() {
    let (folder, files) = site();
    let above = folder.path().join("images").join(PREFIX);
    fs::rename(above.join("good"), folder.path().join("outside/good")).unwrap();
    symlink(folder.path().join("outside/good"), above.join("good")).unwrap();
    symlink(folder.path().join("outside"), folder.path().join("images/web/ben")).unwrap();
    fs::write(above.join("file"), "").unwrap();

    for (prefix, job) in [(PREFIX, "good"), ("web/ben", "good"), (PREFIX, "file")] {
        let contents = files.contents(prefix, &id(job)).await.unwrap();
        assert_eq!((contents.count, contents.bytes), (0, 0), "{prefix} {job}");
    }
    assert_outside_is_whole(folder.path());
}
