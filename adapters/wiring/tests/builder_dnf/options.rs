//! What options make of an image, read from the image itself and what is beside it.

use std::fs;
use std::path::PathBuf;

use imaging::ImageType;

use crate::support::{Ext, Scene, repo, tool};

const LOOP: &str = "REPO\npart / --size=60\npart /home --size=8\n%packages\nbusybox\n%end\n";

fn with(image_type: ImageType, kickstart: &str, options: &[&str]) -> Scene {
    let mut scene = Scene::new(image_type, kickstart);
    scene.request.extra_opts = options.iter().map(ToString::to_string).collect();
    scene
}

fn word(path: &std::path::Path) -> String {
    path.display().to_string()
}

#[tokio::test]
async fn the_files_of_any_image_are_packed_together() {
    for (name, list, unpack) in [
        ("all.tar.zst", vec!["tar", "--use-compress-program=zstd", "-tf"], vec!["tar", "--zstd", "-xf"]),
        ("all.zip", vec!["zipinfo", "-1"], vec!["unzip", "-q"]),
    ] {
        let scene = with(ImageType::Loop, LOOP, &["--pack-to", name]);

        let made = scene.made().await;

        assert_eq!(made.image_file, PathBuf::from(name));
        assert_eq!(scene.files(), [name, "demo.ks", "log"]);
        let archive = word(&scene.file(name));
        assert_eq!(tool(&[&list[..], &[&archive]].concat()), "demo-home.img\ndemo.img\n");
        let folder = scene.temp().join("unpacked");
        fs::create_dir(&folder).unwrap();
        tool(&[&["env", "-C", folder.to_str().unwrap()], &unpack[..], &[&archive]].concat());
        assert!(Ext::at(&folder.join("demo.img"), 0).has("/bin/busybox"));
    }
}

#[tokio::test]
async fn each_file_is_compressed_by_itself() {
    for (word_of_it, ending, unpack) in
        [("gz", "gz", "gzip"), ("bz2", "bz2", "bzip2"), ("xz", "xz", "xz"), ("zstd", "zst", "zstd")]
    {
        let scene = with(ImageType::Loop, LOOP, &[&format!("--compress-image={word_of_it}")]);

        let made = scene.made().await;

        let names = ["demo-home.img", "demo.img"].map(|name| format!("{name}.{ending}"));
        assert_eq!(made.image_file, PathBuf::from(&names[1]));
        assert_eq!(scene.files(), [&names[0], &names[1], "demo.ks", "log"]);
        for name in &names {
            tool(&[unpack, "-d", "-q", &word(&scene.file(name))]);
        }
        assert!(Ext::at(&scene.file("demo.img"), 0).has("/bin/busybox"));
    }
}

#[tokio::test]
async fn a_shrunken_file_system_is_whole_and_has_no_room() {
    let scene = with(ImageType::Loop, LOOP, &["--shrink"]);

    scene.made().await;

    for (name, most) in [("demo.img", 20 << 20), ("demo-home.img", 4 << 20)] {
        let size = fs::metadata(scene.file(name)).unwrap().len();
        assert!(size < most, "{name}: {size}");
        tool(&["e2fsck", "-f", "-n", &word(&scene.file(name))]);
    }
    assert!(Ext::at(&scene.file("demo.img"), 0).has("/bin/busybox"));
}

#[tokio::test]
async fn lists_of_packages_are_those_mic_writes() {
    let scene = with(ImageType::Loop, LOOP, &["--record-pkgs=name,content,license,url"]);

    scene.made().await;

    let read = |ending: &str| fs::read_to_string(scene.file(&format!("demo.{ending}"))).unwrap();
    let packages = read("packages");
    assert!(packages.starts_with("busybox-1.") && packages.ends_with("\nsetup-1.0-1.noarch"), "{packages}");
    let files = read("files");
    assert!(files.contains("\nsetup-1.0-1.noarch\n    /etc/"), "{files}");
    assert!(files.starts_with("busybox-1.") && files.contains("    /usr/bin/busybox\n"), "{files}");
    let licences = read("license");
    assert!(
        licences.starts_with("Summary:\n    - ") && licences.contains("\n        - busybox-1."),
        "{licences}"
    );
    let urls = read("urls");
    let urls: Vec<_> = urls.lines().collect();
    assert_eq!(urls.len(), packages.lines().count(), "{urls:?}");
    for url in urls {
        let file = url.strip_prefix(&format!("file://{}/", repo())).unwrap_or_else(|| panic!("{url}"));
        assert!(PathBuf::from(repo()).join(file).is_file(), "{url}");
    }
    let sums = read("sha256");
    for ending in ["packages", "files", "license", "urls"] {
        assert!(sums.contains(&format!("  demo.{ending}\n")), "{sums}");
    }
}

#[tokio::test]
async fn kernels_are_copied_beside_the_image() {
    let kickstart = "REPO\npart / --size=120\n%packages\nkernel\nbusybox\n%end\n\
        %post --nochroot\ncp /etc/hosts $INSTALL_ROOT/boot/vmlinuz-1.0\nln -s /etc/passwd $INSTALL_ROOT/boot/vmlinuz-0.9\n\
        ln -s /nowhere $INSTALL_ROOT/boot/vmlinuz-0.8\nln -s /etc/hosts $IMG_OUT_DIR/demo-vmlinuz-1.0\n%end\n";
    let scene = with(ImageType::Loop, kickstart, &["--copy-kernel"]);

    let made = scene.made().await;

    assert_eq!(made.warnings, ["--copy-kernel: /boot/vmlinuz-0.8 of the image leads to no file"]);
    let image = Ext::at(&scene.file("demo.img"), 0);
    let files = scene.files();
    let own: Vec<_> = files.iter().filter(|name| name.starts_with("demo-")).collect();
    assert_eq!(own.len(), 4, "{own:?}");
    for name in own {
        let size = fs::symlink_metadata(scene.file(name)).unwrap();
        assert!(size.is_file());
        let inside = name.replacen("demo-", "/boot/", 1);
        let text = match inside.as_str() {
            "/boot/vmlinuz-0.9" => image.read("/etc/passwd"), // that of the image, not of this machine
            _ => {
                let out = word(&scene.temp().join("dumped"));
                image.dump(&inside, &out);
                assert!(fs::read(&out).unwrap() == fs::read(scene.file(name)).unwrap(), "{name}");
                continue;
            }
        };
        assert_eq!(fs::read_to_string(scene.file(name)).unwrap(), text);
    }

    let none = with(ImageType::Loop, LOOP, &["--copy-kernel"]);
    assert_eq!(none.made().await.warnings, ["--copy-kernel has no effect: there is no kernel in /boot"]);
}

#[tokio::test]
async fn tokens_of_options_reach_the_kickstart_and_its_scripts() {
    let scene = with(
        ImageType::Loop,
        "REPO\nnetwork --hostname=@HOST@\n%packages\nbusybox\n%end\n\
         %post --nochroot\necho $HOST $GREETING >$IMG_OUT_DIR/env.txt\n%end\n",
        &["--tokenmap=HOST:box,GREETING:moin"],
    );

    scene.made().await;

    assert_eq!(Ext::at(&scene.file("demo.img"), 0).read("/etc/hostname"), "box\n");
    assert_eq!(fs::read_to_string(scene.file("env.txt")).unwrap(), "box moin\n");
}

#[tokio::test]
async fn what_is_done_anyway_changes_nothing() {
    let options = [
        "--debug",
        "-v",
        "--non-interactive",
        "--use-comps",
        "--pkgmgr=dnf",
        "--fstab-entry=uuid",
        "-A",
        "x86_64",
        "--source-date-epoch=1750000000",
    ];
    let (said, unsaid) = (with(ImageType::Loop, LOOP, &options), with(ImageType::Loop, LOOP, &options[8..]));

    said.made().await;
    unsaid.made().await;

    let image = |scene: &Scene| fs::read(scene.file("demo.img")).unwrap();
    assert!(image(&said) == image(&unsaid));
    let fstab = Ext::at(&said.file("demo.img"), 0).read("/etc/fstab");
    assert!(fstab.lines().skip(1).all(|line| line.starts_with("UUID=")), "{fstab}");
}
