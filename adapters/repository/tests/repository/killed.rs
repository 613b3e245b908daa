//! A program that is killed, and a disk that is full, at any moment.

use std::path::Path;
use std::process::{Command, Stdio};
use std::time::Duration;

use imaging::testing::{Unwatched, small_image};
use imaging::{CanonicalName, ImageRepository, ImageState, Incoming, Removal, RepositoryName};
use repository::{RepositoryDir, Settings};

use crate::place::{Site, image};

/// Where the program of the test works; it is this one, started again.
const BASE: &str = "IMG_TEST_REPOSITORY";
/// What it does there: `change` for ever, or `add` once.
const DOES: &str = "IMG_TEST_REPOSITORY_DOES";

fn this_program(base: &Path, does: &str) -> Vec<String> {
    let program = std::env::current_exe().unwrap().to_string_lossy().into_owned();
    let test = ["killed::the_other_program", "--exact", "--ignored", "--nocapture"].map(String::from);
    let variables = [format!("{BASE}={}", base.display()), format!("{DOES}={does}")];
    [vec!["env".into()], variables.into(), vec![program], test.into()].concat()
}

#[tokio::test]
#[ignore = "it is started by the others"]
async fn the_other_program() {
    let Some(base) = std::env::var_os(BASE) else { return };
    let base = Path::new(&base);
    let repository =
        RepositoryDir::new(RepositoryName::parse("main").unwrap(), base.into(), Settings::default());
    let incoming =
        |fill: u8| Incoming::file(base.join(format!("source{fill}")), CanonicalName::parse("win10").unwrap());
    if std::env::var(DOES).unwrap() == "remove" {
        match repository.remove(&image("win10.img"), Removal::ForGood).await {
            Ok(()) => println!("REMOVED"),
            Err(error) => println!("REFUSED {} {}", error.opengnsys().number(), error.sentence()),
        }
        return;
    }
    if std::env::var(DOES).unwrap() == "add" {
        match repository.incorporate(&incoming(2), &Unwatched).await {
            Ok(_) => println!("ADDED"),
            Err(error) => println!("REFUSED {} {}", error.opengnsys().number(), error.sentence()),
        }
        return;
    }
    loop {
        repository.incorporate(&incoming(1), &Unwatched).await.unwrap();
        repository.incorporate(&incoming(2), &Unwatched).await.unwrap();
        repository.restore_backup(&image("win10.img"), &Unwatched).await.unwrap();
        repository.remove(&image("win10.img"), Removal::KeepBackup).await.unwrap();
        repository.restore_backup(&image("win10.img"), &Unwatched).await.unwrap();
        repository.remove(&image("win10.img"), Removal::ForGood).await.unwrap();
    }
}

/// Two images of some size, so that a copy takes a moment.
fn sources(site: &Site) -> [Vec<u8>; 2] {
    [1_u8, 2].map(|fill| {
        let bytes = [small_image(fill), vec![fill; 3 << 20]].concat();
        std::fs::write(site.path(&format!("source{fill}")), &bytes).unwrap();
        bytes
    })
}

#[tokio::test]
async fn whenever_it_is_killed_what_has_a_name_is_whole_and_the_next_one_cleans_up() {
    let site = Site::new();
    let whole = sources(&site);
    site.images();
    let path = image("win10.img");
    let kills: u64 = std::env::var("IMG_TEST_KILLS").map_or(25, |kills| kills.parse().unwrap());
    let mut in_the_middle = 0;
    for kill in 0..kills {
        let words = this_program(site.path("").as_path(), "change");
        #[expect(clippy::disallowed_methods, reason = "it is killed without a word")]
        let mut other = Command::new(&words[0]).args(&words[1..]).stdout(Stdio::null()).spawn().unwrap();
        std::thread::sleep(Duration::from_micros(60_000 + kill * 7_919 % 400_000));
        other.kill().unwrap();
        other.wait().unwrap();

        in_the_middle += u64::from(site.images().join("win10.img.lock").exists());
        for name in ["win10.img", "win10.img.ant"] {
            if let Ok(bytes) = std::fs::read(site.images().join(name)) {
                assert!(whole.contains(&bytes), "kill {kill}: {name} is not whole: {} bytes", bytes.len());
            }
        }
        if let Ok(told) = site.repository.info(&path).await
            && told.state == ImageState::Published
        {
            let verified = site.repository.verify(&path, &Unwatched).await.unwrap();
            assert!(verified.whole(), "kill {kill}: it is published and not right: {verified:?}");
        }
        site.tend().await;
        let left = site.names("images");
        let is_left = |name: &&String| {
            name.ends_with(".lock")
                || name.ends_with(".incoming")
                || name.ends_with(".aside")
                || name.starts_with(".img-lock")
        };
        assert_eq!(left.iter().find(is_left), None, "kill {kill}: {left:?}");
        match site.repository.info(&path).await {
            Ok(told) if told.state == ImageState::NoFile => assert!(told.has_backup),
            Ok(told) => assert_eq!(told.state, ImageState::Published, "kill {kill}: {left:?}"),
            Err(_) => assert_eq!(left, [""; 0], "kill {kill}"),
        }
        if left.iter().any(|name| name == "win10.img.ant") {
            let back = site.repository.restore_backup(&path, &Unwatched).await.unwrap();
            assert_eq!(back.state, ImageState::Published, "kill {kill}: the backup can be put back");
        }
    }
    assert!(in_the_middle >= kills / 4, "it was killed at work: {in_the_middle} of {kills}");
}

#[tokio::test]
async fn a_full_disk_leaves_the_repository_as_it_was() {
    let (mut refused, mut added) = (0, 0);
    for kib in (60..=130).step_by(2) {
        let site = Site::new();
        for fill in [1_u8, 2] {
            std::fs::write(site.path(&format!("source{fill}")), small_image(fill)).unwrap();
        }
        // a disk of its own, with an image on it, and so many KiB free
        let script = "mount -t tmpfs -o size=4m tmpfs \"$1/images\" && cp -r \"$1/kept/.\" \"$1/images\" || exit 99
            free=$(df --output=avail -k \"$1/images\" | tail -1); head -c $(((free - $2) * 1024)) /dev/zero >\"$1/images/filler\"
            folder=$1; shift 2; \"$@\"; rm \"$folder/images/filler\"; cp -r \"$folder/images/.\" \"$folder/after\"";
        site.add("win10", 1).await.unwrap();
        let add = this_program(site.path("").as_path(), "add");
        std::fs::rename(site.path("images"), site.path("kept")).unwrap();
        site.images();
        std::fs::create_dir(site.path("after")).unwrap();
        let folder = site.path("").to_string_lossy().trim_end_matches('/').to_owned();
        let start = ["--user", "--map-root-user", "--mount", "sh", "-c", script, "sh"];
        #[expect(clippy::disallowed_methods, reason = "the other program, on a disk of its own")]
        let ran =
            Command::new("unshare").args(start).arg(&folder).arg(kib.to_string()).args(add).output().unwrap();
        let said = String::from_utf8_lossy(&ran.stdout).into_owned();
        assert!(ran.status.success(), "{kib} KiB: {said} {}", String::from_utf8_lossy(&ran.stderr));

        std::fs::remove_dir(site.path("images")).unwrap();
        std::fs::rename(site.path("after"), site.path("images")).unwrap();
        let names = site.names("images");
        let is_left = |name: &String| {
            name.ends_with(".lock") || name.ends_with(".incoming") || name.ends_with(".aside")
        };
        assert!(!names.iter().any(is_left), "{kib} KiB: {names:?}");
        let now = std::fs::read(site.path("images/win10.img")).unwrap();
        let sum = site.text("images/win10.img.sum");
        if said.contains("ADDED") {
            added += 1;
            assert_eq!((now, names.len()), (small_image(2), 10), "{kib} KiB");
        } else {
            refused += 1;
            assert!(said.contains("REFUSED 16 "), "{kib} KiB: {said}");
            assert_eq!((now, names.len()), (small_image(1), 5), "{kib} KiB: {names:?}");
        }
        assert_eq!(sum, site.text("images/win10.img.full.sum"), "{kib} KiB");
    }
    assert!(refused > 5 && added > 5, "it is both full and not: {refused}, {added}");
}

#[tokio::test]
async fn an_image_goes_from_a_disk_that_has_no_room_for_anything() {
    let site = Site::new();
    site.add("win10", 1).await.unwrap();
    let remove = this_program(site.path("").as_path(), "remove");
    std::fs::rename(site.path("images"), site.path("kept")).unwrap();
    site.images();
    // the list of the images is on that disk, too
    let script = "mount -t tmpfs -o size=1m tmpfs \"$1/images\" && cp -r \"$1/kept/.\" \"$1/images\" || exit 99
        mount --bind \"$1/images\" \"$1/etc\" || exit 99
        head -c 2M /dev/zero >\"$1/images/filler\"; [ $(df --output=avail \"$1/images\" | tail -1) = 0 ] || exit 99
        folder=$1; shift; \"$@\"; echo LEFT $(ls -A \"$folder/images\")";
    let folder = site.path("").to_string_lossy().trim_end_matches('/').to_owned();
    let start = ["--user", "--map-root-user", "--mount", "sh", "-c", script, "sh"];
    #[expect(clippy::disallowed_methods, reason = "the other program, on a disk of its own")]
    let ran = Command::new("unshare").args(start).arg(&folder).args(remove).output().unwrap();
    let said = String::from_utf8_lossy(&ran.stdout).into_owned();
    assert!(ran.status.success(), "{said} {}", String::from_utf8_lossy(&ran.stderr));
    assert!(said.contains("REMOVED") && said.contains("LEFT .img.lock filler repoinfo.json\n"), "{said}");
}
