//! Files that other programs put there.

use std::ffi::OsStr;
use std::os::unix::ffi::OsStrExt;
use std::sync::Arc;
use std::time::Duration;

use imaging::testing::{Unwatched, small_image};
use imaging::{ImagePath, ImageRepository, ImageState, OpenGnsysError, Tended};
use metainfo::Metainfo;
use repository::{RepositoryDir, Settings};
use tokio_util::sync::CancellationToken;

use crate::breaks::{Halts, large};
use crate::place::{Site, image};

async fn state(site: &Site, path: &str) -> ImageState {
    site.repository.info(&image(path)).await.unwrap().state
}

#[tokio::test]
async fn one_odd_name_keeps_no_other_from_its_turn() {
    let site = Site::new();
    let images = site.images();
    std::fs::create_dir(images.join("aula 1")).unwrap();
    let odd: [&[u8]; 9] = [
        b"a b.img",
        b"x'y\"z.img",
        b"new\nline.img",
        b"\xff\xfe.img",
        b"-rf.img",
        b"$(id).img",
        b"w.in7.img",
        b"aula 1/c d.dsk",
        b"z.img",
    ];
    for name in odd {
        std::fs::write(images.join(OsStr::from_bytes(name)), small_image(1)).unwrap();
    }
    let long = "x".repeat(250) + ".img";
    std::fs::write(images.join(&long), small_image(1)).unwrap();
    std::fs::create_dir(images.join("folder.img")).unwrap();
    std::os::unix::fs::symlink("z.img", images.join("link.img")).unwrap();
    std::os::unix::fs::symlink("/etc", images.join("etc")).unwrap();

    let news = site.tend().await;
    let too_long = |one: &Tended| matches!(one, Tended::Refused(image, OpenGnsysError::Format, why) if *image == self::image(&long) && why.contains("rename it"));
    assert_eq!(news.iter().filter(|one| too_long(one)).count(), 1, "{news:?}");
    let mut published: Vec<ImagePath> = news
        .iter()
        .filter(|one| !too_long(one))
        .map(|one| if let Tended::Published(image) = one { image.clone() } else { panic!("{one:?}") })
        .collect();
    published.sort();
    let mut all: Vec<ImagePath> = odd.map(|name| ImagePath::new(OsStr::from_bytes(name)).unwrap()).into();
    all.sort();
    assert_eq!(published, all);
    for path in &all {
        assert_eq!(site.repository.info(path).await.unwrap().state, ImageState::Published, "{path}");
    }
    assert!(matches!(state(&site, &long).await, ImageState::Refused(why) if why.contains("rename it")));
    let news = site.tend().await;
    assert!(news.iter().all(too_long), "and none is done again: {news:?}");
    assert_eq!(site.repository.published().await.unwrap().len(), all.len());
}

#[tokio::test]
async fn a_replacement_of_the_same_size_is_noticed() {
    let site = Site::new();
    site.add("win10", 1).await.unwrap();
    let path = site.path("images/win10.img");
    let before = site.repository.info(&image("win10.img")).await.unwrap();
    let times = std::fs::metadata(&path).unwrap();

    // by another file that even has the same time
    let other = site.path("images/other");
    std::fs::write(&other, small_image(2)).unwrap();
    let file = std::fs::File::options().write(true).open(&other).unwrap();
    file.set_times(std::fs::FileTimes::new().set_modified(times.modified().unwrap())).unwrap();
    std::fs::rename(&other, &path).unwrap();
    assert_eq!(state(&site, "win10.img").await, ImageState::Waiting);
    assert_eq!(site.repository.published().await.unwrap(), []);
    assert_eq!(site.tend().await, [Tended::Published(image("win10.img"))]);
    let after = site.repository.info(&image("win10.img")).await.unwrap();
    assert!(after.sums != before.sums && after.info_hash != before.info_hash);

    // by other bytes in the same file
    std::fs::write(&path, small_image(3)).unwrap();
    assert_eq!(site.tend().await, [Tended::Published(image("win10.img"))]);
    assert_ne!(site.repository.info(&image("win10.img")).await.unwrap().sums, after.sums);
}

#[tokio::test]
async fn a_file_waits_until_it_is_whole() {
    let site = Site::settled_after(Duration::from_secs(3600));
    let images = site.images();
    let whole = small_image(1);
    std::fs::write(images.join("grows.img"), &whole[..5000]).unwrap();
    for _ in 0..2 {
        let news = site.tend().await;
        assert!(matches!(&news[..], [Tended::Waits(path, _)] if *path == image("grows.img")), "{news:?}");
        assert_eq!(state(&site, "grows.img").await, ImageState::Waiting);
    }
    // what is renamed in is whole at once, unless somebody goes on writing it
    std::fs::write(images.join("part"), &whole).unwrap();
    std::fs::rename(images.join("part"), images.join("moved.img")).unwrap();
    std::fs::write(images.join("part"), &whole).unwrap();
    std::fs::rename(images.join("part"), images.join("written.img")).unwrap();
    std::fs::write(images.join("written.img"), &whole).unwrap();
    let news = site.tend().await;
    let published: Vec<_> = news.iter().filter(|one| matches!(one, Tended::Published(_))).collect();
    assert_eq!(published, [&Tended::Published(image("moved.img"))]);
}

#[tokio::test]
async fn a_copy_that_broke_off_is_refused_once_and_looked_at_again_when_it_changes() {
    let site = Site::new();
    let images = site.images();
    std::fs::write(images.join("half.img"), &small_image(1)[..60_000]).unwrap();
    std::fs::write(images.join("empty.img"), "").unwrap();
    let news = site.tend().await;
    assert!(
        matches!(&news[..], [
            Tended::Refused(_, OpenGnsysError::Image, _),
            Tended::Refused(_, OpenGnsysError::Image, why),
        ] if why.contains("it is no whole image")),
        "{news:?}"
    );
    assert!(!images.join("half.img.torrent").exists());
    assert_eq!(site.tend().await, [], "nobody reads it again for nothing");
    assert!(matches!(state(&site, "half.img").await, ImageState::Refused(_)));
    std::fs::write(images.join("half.img"), small_image(1)).unwrap();
    assert_eq!(site.tend().await, [Tended::Published(image("half.img"))]);
}

#[tokio::test]
async fn a_file_nobody_knows_is_summed_as_opengnsys_does() {
    let site = Site::new();
    std::fs::write(site.images().join("odd.img"), "no image that anybody knows").unwrap();
    assert_eq!(site.tend().await, [Tended::Published(image("odd.img"))]);
    let told = site.repository.info(&image("odd.img")).await.unwrap();
    assert_eq!((told.recognised, told.state), (None, ImageState::Published));
    assert!(site.text("etc/repoinfo.json").contains("\"clonator\": \"\""));
}

#[tokio::test]
async fn a_torrent_or_sum_of_another_file_is_made_anew() {
    let site = Site::new();
    site.add("one", 1).await.unwrap();
    site.add("two", 2).await.unwrap();
    let images = site.images();
    let right: Vec<Vec<u8>> = ["torrent", "sum", "full.sum"]
        .map(|end| std::fs::read(images.join(format!("one.img.{end}"))).unwrap())
        .into();
    for end in ["torrent", "sum", "full.sum"] {
        std::fs::copy(images.join(format!("two.img.{end}")), images.join(format!("one.img.{end}"))).unwrap();
        let verified = site.repository.verify(&image("one.img"), &Unwatched).await.unwrap();
        assert!(!verified.whole(), "{end}: {verified:?}");
        assert_eq!(site.tend().await, [Tended::Published(image("one.img"))], "{end}");
        std::fs::remove_file(images.join(format!("one.img.{end}"))).unwrap();
        assert_eq!(site.tend().await, [Tended::Published(image("one.img"))], "{end} that is gone");
    }
    let now: Vec<Vec<u8>> =
        ["sum", "full.sum"].map(|end| std::fs::read(images.join(format!("one.img.{end}"))).unwrap()).into();
    assert_eq!(now, right[1..]);
    assert!(site.repository.verify(&image("one.img"), &Unwatched).await.unwrap().whole());
}

#[tokio::test]
async fn another_tracker_is_announced_without_reading_the_image() {
    let site = Site::new();
    site.add("win10", 1).await.unwrap();
    let before = site.repository.info(&image("win10.img")).await.unwrap();
    let settings = Settings { announce: Some("http://other:6969/announce".into()), ..Settings::default() };
    let moved = RepositoryDir::new(site.repository.name().clone(), site.path(""), settings);
    assert_eq!(moved.tend(&Unwatched).await.unwrap(), []);
    let torrent = Metainfo::parse(&std::fs::read(site.path("images/win10.img.torrent")).unwrap()).unwrap();
    assert_eq!(torrent.announce, b"http://other:6969/announce");
    assert_eq!(moved.info(&image("win10.img")).await.unwrap(), before, "it is the same torrent");
}

#[tokio::test]
async fn bytes_that_rot_are_noticed_by_verify_and_mended_by_the_image_itself() {
    let site = Site::new();
    let first = site.add("win10", 2).await.unwrap().image.sums;
    let second = site.add("win10", 1).await.unwrap().image.sums;
    let path = site.path("images/win10.img");
    let times = std::fs::metadata(&path).unwrap().modified().unwrap();
    let file = std::fs::File::options().write(true).open(&path).unwrap();
    std::os::unix::fs::FileExt::write_at(&file, &[9], 50_000).unwrap();
    file.set_times(std::fs::FileTimes::new().set_modified(times)).unwrap();
    drop(file);
    assert_eq!(state(&site, "win10.img").await, ImageState::Published, "nobody can see it");
    let verified = site.repository.verify(&image("win10.img"), &Unwatched).await.unwrap();
    assert!(verified.faults[0].contains("look after the disk"), "{verified:?}");
    assert_eq!(verified.faults.len(), 1, "the sums are right, and nobody is told to make them anew");

    let again = site.add("win10", 1).await.unwrap();

    assert!(!again.replaced, "nobody wants the rotten one as the backup");
    let verified = site.repository.verify(&image("win10.img"), &Unwatched).await.unwrap();
    assert_eq!((verified.faults, Some(verified.sums)), (vec![], second));
    assert_eq!(site.repository.restore_backup(&image("win10.img"), &Unwatched).await.unwrap().sums, first);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_round_that_is_stopped_lists_and_tells_what_it_published() {
    let site = Site::new();
    std::fs::write(site.images().join("a.img"), small_image(1)).unwrap();
    std::fs::rename(large(&site), site.path("images/b.img")).unwrap();
    let watch = Arc::new(Halts { under_way: tokio::sync::Notify::new(), stop: CancellationToken::new() });
    let (repository, of_it) = (site.repository.clone(), Arc::clone(&watch));
    let round = tokio::spawn(async move { repository.tend(&*of_it).await });
    let deadline = std::time::Instant::now() + Duration::from_secs(60);
    while !site.path("images/b.img.lock").exists() {
        assert!(std::time::Instant::now() < deadline, "its turn never comes");
        tokio::time::sleep(Duration::from_millis(1)).await;
    }
    assert!(site.text("etc/repoinfo.json").contains("\"datasize\": 65536"), "the first is listed already");
    watch.stop.cancel();
    assert_eq!(round.await.unwrap().unwrap(), [Tended::Published(image("a.img"))]);
    assert!(site.text("etc/repoinfo.json").contains("\"name\": \"a\""));
    assert_eq!(state(&site, "b.img").await, ImageState::Waiting);
}

#[tokio::test]
async fn a_torrent_that_rots_is_made_anew_as_verify_says() {
    let site = Site::new();
    site.add("win10", 1).await.unwrap();
    let path = site.path("images/win10.img.torrent");
    let rot = || {
        let times = std::fs::metadata(&path).unwrap().modified().unwrap();
        let mut bytes = std::fs::read(&path).unwrap();
        let last = bytes.len() - 3;
        bytes[last] ^= 1;
        std::fs::write(&path, bytes).unwrap();
        let file = std::fs::File::options().write(true).open(&path).unwrap();
        file.set_times(std::fs::FileTimes::new().set_modified(times)).unwrap();
    };
    rot();
    let verified = site.repository.verify(&image("win10.img"), &Unwatched).await.unwrap();
    assert!(verified.faults[0].contains("remove it, and `img repo watch` makes it anew"), "{verified:?}");
    std::fs::remove_file(&path).unwrap();
    assert_eq!(site.tend().await, [Tended::Published(image("win10.img"))]);
    assert!(site.repository.verify(&image("win10.img"), &Unwatched).await.unwrap().whole());

    // whoever has to write another tracker into it sees that, too
    rot();
    let settings = Settings {
        announce: Some("http://other:6969/announce".into()),
        settle: Duration::ZERO,
        ..Settings::default()
    };
    let moved = RepositoryDir::new(site.repository.name().clone(), site.path(""), settings);
    assert_eq!(moved.tend(&Unwatched).await.unwrap(), []);
    assert_eq!(state(&site, "win10.img").await, ImageState::Waiting);
    assert_eq!(moved.tend(&Unwatched).await.unwrap(), [Tended::Published(image("win10.img"))]);
    assert!(moved.verify(&image("win10.img"), &Unwatched).await.unwrap().whole());
}

#[tokio::test]
async fn nothing_stays_of_an_image_that_somebody_took_away() {
    let site = Site::new();
    site.add("win10", 1).await.unwrap();
    site.add("win10", 2).await.unwrap();
    for name in ["win10.img", "win10.img.ant"] {
        std::fs::remove_file(site.path("images").join(name)).unwrap();
    }
    site.tend().await;
    assert_eq!(site.names("images"), [""; 0]);
}

#[tokio::test]
async fn an_image_that_is_written_anew_has_no_sums_until_it_is_whole() {
    let site = Site::settled_after(Duration::from_secs(3600));
    site.add("win10", 1).await.unwrap();
    std::fs::write(site.path("images/win10.img"), &small_image(2)[..5000]).unwrap();
    let news = site.tend().await;
    assert!(matches!(&news[..], [Tended::Waits(..)]), "{news:?}");
    assert_eq!(site.names("images"), [".win10.img.known", "win10.img"]);
}
