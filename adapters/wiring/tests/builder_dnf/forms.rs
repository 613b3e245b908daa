//! Images that are no disks.

use crate::support::{Ext, Scene, tool};
use imaging::{ImageBuilder, ImageType};

#[tokio::test]
async fn a_loop_image_is_a_file_for_each_file_system() {
    let scene = Scene::new(
        ImageType::Loop,
        "REPO\npart / --size=60 --label=top\npart /home --size=12\npart swap --size=8\n%packages\n@demo-base\n%end\n\
         user --name=ann\n",
    );

    let made = scene.made().await;

    assert_eq!(made.image_file.to_str(), Some("demo.img"));
    assert_eq!(made.warnings, Vec::<String>::new());
    assert_eq!(scene.files(), ["demo-home.img", "demo-swap.img", "demo.img", "demo.ks", "log"]);
    assert_eq!(Ext::at(&scene.file("demo.img"), 0).about("Filesystem volume name"), "top");
    assert_eq!(std::fs::metadata(scene.file("demo.img")).unwrap().len(), 60 << 20);
    assert_eq!(Ext::at(&scene.file("demo-home.img"), 0).stat("/ann"), "0700 1000 1000");
}

#[tokio::test]
async fn an_fs_image_is_an_archive_with_owners_modes_and_capabilities() {
    let mut scene = Scene::new(ImageType::Fs, "REPO\n%packages\n@demo-base\nownertest\n%end\n");
    scene.request.extra_opts = vec!["--pack-to=@NAME@.tar.zst".into()];

    let made = scene.made().await;

    assert_eq!(made.image_file.to_str(), Some("demo.tar.zst"));
    assert_eq!(scene.files(), ["demo.ks", "demo.tar.zst", "log"]);
    let list =
        tool(&["tar", "--numeric-owner", "--xattrs", "-tvvf", scene.file("demo.tar.zst").to_str().unwrap()]);
    let of = |path: &str| {
        let line = list
            .lines()
            .find(|line| line.ends_with(path) || line.contains(&format!("{path} link to")))
            .unwrap();
        line.split_whitespace().take(2).collect::<Vec<_>>().join(" ")
    };
    assert_eq!(of("./opt/ownertest/owned"), "-rw-r----- 777/777");
    assert_eq!(of("./opt/ownertest/setuid"), "-rwsr-xr-x 0/0");
    assert_eq!(of("./opt/ownertest/capable"), "-rwxr-xr-x 0/0");
    let plain = tool(&["zstd", "-dcq", scene.file("demo.tar.zst").to_str().unwrap()]);
    assert_eq!(plain.matches("SCHILY.xattr.security.capability=").count(), 1);
    assert!(!list.contains("./work") && !list.contains("/tmp/.tmp"), "nothing of the build is in the image");
    for empty in ["./proc/", "./sys/", "./dev/"] {
        assert_eq!(list.lines().filter(|line| line.contains(&format!(" {empty}"))).count(), 1, "{empty}");
    }
}

#[tokio::test]
async fn how_much_of_an_image_is_made_is_told_in_bytes() {
    for (image_type, size, steps) in [
        (ImageType::Qcow2, "part / --size=64", &["making file systems", "converting", "finishing"][..]),
        (ImageType::Livecd, "", &["writing the medium", "finishing"]),
        (ImageType::Fs, "", &["packing", "finishing"]),
    ] {
        let scene = Scene::new(image_type, &format!("REPO\n{size}\n%packages\nbusybox\nfilesystem\n%end\n"));

        scene.made().await;

        let heard = scene.steps.lock().unwrap();
        for step in steps {
            let counts: Vec<_> =
                heard.iter().filter(|heard| heard.name == *step).map(|heard| heard.done_of).collect();
            let of = counts.iter().flatten().map(|(_, of)| *of).max();
            assert!(of.is_some_and(|of| of > 500_000), "{step} of {image_type}: {counts:?}");
            assert!(counts.iter().flatten().all(|(done, of)| done <= of), "{step}: {counts:?}");
            assert!(counts.iter().flatten().is_sorted(), "{step} goes on: {counts:?}");
        }
        let packed = heard.iter().any(|step| step.name == "packing" && step.percent() > Some(40));
        assert_eq!(packed, image_type == ImageType::Fs);
    }
}

#[tokio::test]
async fn every_ending_of_an_archive_makes_such_an_archive() {
    for (options, file, how, magic) in [
        (&[][..], "demo.tar.gz", "-tzf", &b"\x1f\x8b"[..]),
        (&["--pack-to=@NAME@.tgz"], "demo.tgz", "-tzf", b"\x1f\x8b"),
        (&["--pack-to=a.tar"], "a.tar", "-tf", b"./"),
        (&["--pack-to", "a.tar.bz2"], "a.tar.bz2", "-tjf", b"BZh"),
        (&["--pack-to=a.tar.xz"], "a.tar.xz", "-tJf", b"\xfd7zXZ"),
        (&["--pack-to=a.tar.zst"], "a.tar.zst", "-tf", b"\x28\xb5\x2f\xfd"),
    ] {
        let mut scene = Scene::new(ImageType::Fs, "REPO\n%packages\nsetup\n%end\n");
        scene.request.extra_opts = options.iter().map(ToString::to_string).collect();

        assert_eq!(scene.made().await.image_file.to_str(), Some(file));

        let list = tool(&["tar", how, scene.file(file).to_str().unwrap()]);
        assert!(list.lines().any(|line| line == "./etc/passwd"), "{file}: {list}");
        assert!(std::fs::read(scene.file(file)).unwrap().starts_with(magic), "{file}");
    }
}

#[tokio::test]
async fn a_zip_has_the_files_with_modes_links_and_owners() {
    let mut scene = Scene::new(ImageType::Fs, "REPO\n%packages\n@demo-base\nownertest\n%end\n");
    scene.request.extra_opts = vec!["--pack-to=@NAME@.zip".into()];

    assert_eq!(scene.made().await.image_file.to_str(), Some("demo.zip"));

    assert_eq!(scene.files(), ["demo.ks", "demo.zip", "log"]);
    let list = tool(&["zipinfo", scene.file("demo.zip").to_str().unwrap()]);
    let mode =
        |path: &str| list.lines().find(|line| line.ends_with(path)).unwrap().split(' ').next().unwrap();
    assert_eq!(mode(" opt/ownertest/setuid"), "-rwsr-xr-x");
    assert_eq!(mode(" opt/ownertest/owned"), "-rw-r-----");
    assert_eq!(mode(" usr/sbin/init"), "lrwxrwxrwx");
    let said = tool(&["zipinfo", "-v", scene.file("demo.zip").to_str().unwrap(), "opt/ownertest/owned"]);
    assert!(said.contains("04 09 03 00 00 04 09 03 00 00"), "user and group are 777: {said}");
}

#[tokio::test]
async fn a_folder_has_the_files_as_they_are() {
    let mut scene = Scene::new(ImageType::Fs, "REPO\n%packages\n@demo-base\nownertest\n%end\n");
    scene.request.extra_opts = vec!["--pack-to=@NAME@/".into()];

    assert_eq!(scene.made().await.image_file.to_str(), Some("demo"));

    assert_eq!(scene.files(), ["demo", "demo.ks", "log"]);
    use std::os::unix::fs::{MetadataExt, PermissionsExt};
    let about = |path: &str| std::fs::symlink_metadata(scene.file("demo").join(path)).unwrap();
    assert!(scene.file("demo/etc/passwd").is_file() && about("usr/sbin/init").is_symlink());
    assert_eq!(about("opt/ownertest/setuid").permissions().mode() & 0o7777, 0o4755);
    assert_eq!(about("opt/ownertest/link-a").nlink(), 2);
    let (root, owned) = (about("etc").uid(), about("opt/ownertest/owned").uid());
    assert_ne!(root, owned, "each user of the image is one of this machine's");
    assert!(
        root != 0 || !nix::unistd::geteuid().is_root(),
        "what belongs to root inside is nobody's outside"
    );
    scene.builder().sweep(&scene.file("demo")).await.unwrap();
    assert!(!scene.file("demo").exists());
}

#[tokio::test]
async fn names_and_folders_may_have_any_characters() {
    for form in [ImageType::Raw, ImageType::Fs] {
        let mut scene =
            Scene::new(form, "REPO\npart / --size=40\npart /tmp --size=4\n%packages\nbusybox\n%end\n");
        let odd = scene.temp().join("o, d:d?100%d $x'\"");
        std::fs::create_dir(&odd).unwrap();
        let repo = odd.join("repo");
        tool(&["cp", "-r", &crate::support::repo(), repo.to_str().unwrap()]);
        let url = repo.to_str().unwrap().replace('%', "%25").replace(' ', "%20").replace('?', "%3F");
        let written = url.replace('"', "%22").replace('\'', "%27").replace('$', "%24");
        scene.request.kickstart = scene.request.kickstart.replace(&crate::support::repo(), &written);
        scene.request.name = imaging::ImageName::parse("o, d:d?100%d é").unwrap();
        scene.request.folder = odd;
        scene.request.log = scene.request.folder.join("log");

        let imaging::Build::Made(made) = scene.build().await else { panic!("{}", scene.log()) };

        assert!(scene.file(made.image_file.to_str().unwrap()).is_file());
    }
}
