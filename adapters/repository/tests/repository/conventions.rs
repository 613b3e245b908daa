//! The files of OpenGnsys, held folder by folder, and against the programs that it makes and reads them with.

use std::path::Path;

use imaging::testing::{Unwatched, small_image};
use imaging::{CanonicalName, ImageRepository, Incoming, Registration, Removal, Unit, Wording};
use serde_json::{Value, json};

use crate::place::{Site, image};

/// Runs a program and returns what it says.
#[expect(clippy::disallowed_methods, reason = "a test compares with other programs")]
fn said(program: &str, arguments: &[&str], folder: &Path) -> String {
    let done = std::process::Command::new(program).args(arguments).current_dir(folder).output();
    let done = done.unwrap_or_else(|error| panic!("{program}: {error}; .ci/need test installs it"));
    format!("{}{}", String::from_utf8_lossy(&done.stdout), String::from_utf8_lossy(&done.stderr))
}

#[tokio::test]
async fn beside_an_image_lies_what_opengnsys_puts_there() {
    let site = Site::new();
    site.add("win10", 1).await.unwrap();
    let after_one = ["win10.img", "win10.img.full.sum", "win10.img.sum", "win10.img.torrent"];
    let visible = || -> Vec<String> {
        site.names("images").into_iter().filter(|name| !name.starts_with('.')).collect()
    };
    assert_eq!(visible(), after_one);
    let first = site.text("images/win10.img.sum");
    site.add("win10", 2).await.unwrap();
    let mut after_two: Vec<String> =
        after_one.iter().flat_map(|name| [name.to_string(), format!("{name}.ant")]).collect();
    after_two.sort();
    assert_eq!(visible(), after_two);
    assert_eq!(site.text("images/win10.img.sum.ant"), first);
    assert_ne!(site.text("images/win10.img.sum"), first);

    site.repository.remove(&image("win10.img"), Removal::KeepBackup).await.unwrap();
    let backups: Vec<String> = after_one.iter().map(|name| format!("{name}.ant")).collect();
    assert_eq!(visible(), backups);
    let told = site.repository.list().await.unwrap();
    assert_eq!((told.len(), told[0].has_backup, told[0].state.word()), (1, true, "no-file"));
    site.repository.restore_backup(&image("win10.img"), &Unwatched).await.unwrap();
    assert_eq!(visible(), after_one);
    site.repository.remove(&image("win10.img"), Removal::ForGood).await.unwrap();
    assert_eq!(site.names("images"), [""; 0]);
}

#[tokio::test]
async fn sums_are_those_of_md5sum_and_of_the_last_megabyte() {
    let site = Site::new();
    let mut large = small_image(1);
    large.extend((0..5_u32 << 20).map(|at| (at / 251) as u8));
    std::fs::write(site.path("large"), large).unwrap();
    let incoming = Incoming::file(site.path("large"), CanonicalName::parse("large").unwrap());
    site.repository.incorporate(&incoming, &Unwatched).await.unwrap();
    site.add("small", 3).await.unwrap();

    let images = site.images();
    for name in ["large", "small"] {
        let (full, tail) =
            (site.text(&format!("images/{name}.img.full.sum")), site.text(&format!("images/{name}.img.sum")));
        assert_eq!((full.len(), tail.len()), (33, 33));
        let md5sum = said("md5sum", &[&format!("{name}.img")], &images);
        assert_eq!(full.trim_end(), &md5sum[..32]);
        let shell = format!("tail -c1M {name}.img | md5sum -b | cut -f1 -d' '");
        assert_eq!(tail, said("sh", &["-c", &shell], &images));
        assert_eq!(name == "small", full == tail);
    }
}

#[tokio::test]
async fn ctorrent_makes_and_shows_the_same_torrent() {
    let site = Site::new();
    site.add("win10", 1).await.unwrap();
    let images = site.images();
    let full = site.text("images/win10.img.full.sum");
    let shown = said("ctorrent", &["-x", "win10.img.torrent"], &images);
    for part in ["http://10.0.0.1:6969/announce", "Piece length: 4194304", "win10.img", full.trim_end()] {
        assert!(shown.contains(part), "{part}: {shown}");
    }
    let arguments = [
        "-t",
        "win10.img",
        "-u",
        "http://10.0.0.1:6969/announce",
        "-s",
        "theirs",
        "-c",
        full.trim_end(),
        "-l",
        "4194304",
    ];
    said("ctorrent", &arguments, &images);
    let torrent = |name: &str| metainfo::Metainfo::parse(&std::fs::read(images.join(name)).unwrap()).unwrap();
    assert_eq!(torrent("theirs"), torrent("win10.img.torrent"));

    let mktorrent = [
        "-l",
        "22",
        "-a",
        "http://10.0.0.1:6969/announce",
        "-c",
        full.trim_end(),
        "-o",
        "others",
        "win10.img",
    ];
    said("mktorrent", &mktorrent, &images);
    assert_eq!(torrent("others"), torrent("win10.img.torrent"));
    let aria2 = said("aria2c", &["-S", "win10.img.torrent"], &images);
    let info_hash = torrent("theirs").info_hash.to_string();
    assert!(aria2.contains(&info_hash), "{info_hash}: {aria2}");
}

#[tokio::test]
async fn repoinfo_lists_what_the_images_are() {
    let site = Site::new();
    let read = || -> Value { serde_json::from_str(&site.text("etc/repoinfo.json")).unwrap() };
    site.add("win10", 1).await.unwrap();
    let incoming = Incoming {
        unit: Some(Unit::parse("aula1").unwrap()),
        client_name: "pc01".into(),
        ..Incoming::file(site.path("source"), CanonicalName::parse("lab").unwrap())
    };
    site.repository.incorporate(&incoming, &Unwatched).await.unwrap();
    let entry = |name: &str, client: &str| {
        json!({ "name": name, "type": "img", "clientname": client, "clonator": "raw", "compressor": "none",
                "filesystem": "SWAP", "datasize": 65536 })
    };
    let all = json!({
        "directory": site.path("images"), "images": [entry("win10", "")],
        "ous": [{ "subdir": "aula1", "images": [entry("lab", "pc01")] }],
    });
    assert_eq!(read(), all);

    site.repository.remove(&image("aula1/lab.img"), Removal::ForGood).await.unwrap();
    assert_eq!(read()["ous"], json!([]));
    // what checkrepo wrote of an image stays until somebody here reads it
    std::fs::write(site.path("images/old.img"), small_image(4)).unwrap();
    let mut old = read();
    old["images"] = json!([{ "name": "old", "type": "img", "clientname": "pc9", "clonator": "partclone",
        "compressor": "lzop", "filesystem": "NTFS", "datasize": 1024 }]);
    std::fs::write(site.path("etc/repoinfo.json"), old.to_string()).unwrap();
    site.add("win10", 2).await.unwrap();
    assert_eq!(read()["images"], json!([old["images"][0], entry("win10", "")]));
    // and so does what it wrote of images in folders, which rsync keeps, as long as they are there
    let folder = |name: &str| json!({ "name": name, "type": "dir", "clonator": "rsync", "datasize": 7 });
    let mut old = read();
    old["images"] = json!([folder("lab"), folder("gone"), folder("../etc")]);
    old["ous"] = json!([{ "subdir": "aula2", "images": [folder("room")] }]);
    std::fs::write(site.path("etc/repoinfo.json"), old.to_string()).unwrap();
    for inside in ["images/lab", "images/aula2/room", "etc"] {
        std::fs::create_dir_all(site.path(inside)).unwrap();
        std::fs::write(site.path(inside).join("ogimg.info"), "# ext4").unwrap();
    }
    site.add("win10", 1).await.unwrap();
    let told = read();
    assert_eq!(told["images"].as_array().unwrap().last(), Some(&folder("lab")), "{told}");
    assert!(!told.to_string().contains("gone") && !told.to_string().contains("../etc"), "{told}");
    assert_eq!(told["ous"], old["ous"]);
}

#[tokio::test]
async fn the_line_of_a_client_is_read_once_and_only_if_it_is_newer() {
    let site = Site::new();
    let images = site.images();
    std::fs::write(images.join("late.img.info"), "PARTCLONE:LZOP:NTFS:1:pc02\n").unwrap();
    std::thread::sleep(std::time::Duration::from_millis(20));
    for name in ["late.img", "new.img"] {
        std::fs::write(images.join(name), small_image(1)).unwrap();
    }
    std::fs::write(images.join("new.img.info"), "PARTCLONE:LZOP:NTFS:1:pc01\n").unwrap();
    site.tend().await;
    for (name, client) in [("late.img", ""), ("new.img", "pc01")] {
        assert_eq!(site.repository.info(&image(name)).await.unwrap().client_name, client, "{name}");
        assert!(!images.join(format!("{name}.info")).exists());
    }
    // that of an image which is published already
    std::fs::write(images.join("late.img.info"), "RAW:NONE:SWAP:64:pc03\n").unwrap();
    site.tend().await;
    assert_eq!(site.repository.info(&image("late.img")).await.unwrap().client_name, "pc03");
    assert!(site.text("etc/repoinfo.json").contains("pc03"));
}

#[tokio::test]
async fn what_opengnsys_made_and_is_right_stays_as_it_is() {
    let site = Site::new();
    let images = site.images();
    std::fs::write(images.join("w.img"), small_image(1)).unwrap();
    said("sh", &["-c", "md5sum w.img | cut -c1-32 | tee w.img.sum | tr -d '\\n' > w.img.full.sum"], &images);
    let full = site.text("images/w.img.full.sum");
    said(
        "ctorrent",
        &[
            "-t",
            "w.img",
            "-u",
            "http://10.0.0.1:6969/announce",
            "-s",
            "w.img.torrent",
            "-c",
            &full,
            "-l",
            "4194304",
        ],
        &images,
    );
    let before = std::fs::read(images.join("w.img.torrent")).unwrap();
    assert_eq!(site.tend().await.len(), 1);
    assert_eq!(site.repository.info(&image("w.img")).await.unwrap().state.word(), "published");
    assert_eq!(std::fs::read(images.join("w.img.torrent")).unwrap(), before);
    assert_eq!(site.text("images/w.img.full.sum").len(), 32, "the newer client's form");
}

#[tokio::test]
async fn an_image_can_be_registered_before_and_after_it_comes() {
    let site = Site::new();
    let words = |text: &str| Wording::parse(text).unwrap();
    let mut registration = Registration {
        name: CanonicalName::parse("win10").unwrap(),
        unit: Some(Unit::parse("aula1").unwrap()),
        title: words("Windows"),
        software_profile: words("office"),
        partition: std::num::NonZeroU16::MIN,
        partition_type: words("NTFS"),
        comments: words("none"),
    };
    site.repository.register(&registration).await.unwrap();
    registration.title = words("Windows 10");
    site.repository.register(&registration).await.unwrap();
    let all = site.repository.list().await.unwrap();
    assert_eq!(all.len(), 1);
    assert_eq!((all[0].registration.as_ref(), all[0].state.word()), (Some(&registration), "no-file"));
    std::fs::create_dir_all(site.path("images/aula1")).unwrap();
    std::fs::write(site.path("images/aula1/win10.img"), small_image(1)).unwrap();
    site.tend().await;
    let all = site.repository.list().await.unwrap();
    assert_eq!((all.len(), all[0].state.word()), (1, "published"));
    assert_eq!(all[0].registration, Some(registration));
}
