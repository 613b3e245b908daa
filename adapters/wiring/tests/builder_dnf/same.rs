//! The same bytes twice, for whoever gives a time.

use imaging::{Build, ImageBuilder, ImageType};

use crate::support::{Ext, Scene, partitions, tool};

const TIME: &str = "1750000000"; // 2025-06-15 15:06:40 UTC

const KICKSTART: &str = "REPO\nlang en_US.UTF-8\nrootpw hello\nuser --name=ann --password=secret --plaintext\nbootloader --timeout=0\n\
    LAYOUT\n%packages\n@demo-base\nKERNEL\nownertest\n%end\n\
    %post\nmkdir -p /srv/a/b\necho x >/srv/a/b/c\necho $SOURCE_DATE_EPOCH >/etc/made\nln /etc/made /etc/again\n%end\n";

const LAYOUT: &str = "part / --size=128 --label=same\npart /boot/efi --size=16 --fstype=efi\npart swap --size=8\n\
    part /srv --size=8 --fstype=vfat --label=SRV\npart /home --size=8 --fstype=ext2";

/// Builds an image, and returns its files and what is in them.
async fn built(image_type: ImageType, layout: &str, options: &[&str]) -> (Scene, Vec<(String, Vec<u8>)>) {
    built_in(50, image_type, layout, options).await
}

/// Builds it where so many percent of the free memory may be taken.
async fn built_in(
    memory: u8,
    image_type: ImageType,
    layout: &str,
    options: &[&str],
) -> (Scene, Vec<(String, Vec<u8>)>) {
    // Packing a kernel takes its time, and converted disks are those of raw images.
    let boots = matches!(image_type, ImageType::Raw | ImageType::Livecd | ImageType::Liveusb);
    let kernel = if boots { "kernel" } else { "-tzdata" };
    let kickstart = KICKSTART.replace("LAYOUT", layout).replace("KERNEL", kernel);
    let mut scene = Scene::new(image_type, &kickstart);
    scene.request.extra_opts = options.iter().map(ToString::to_string).collect();
    scene.request.extra_opts.push(format!("--source-date-epoch={TIME}"));
    let build = scene.builder().in_memory(memory).build(&scene.request, &scene).await.unwrap();
    assert!(matches!(build, Build::Made(_)), "{build:?}\n{}", scene.log());
    let names = scene.all_files().into_iter().filter(|name| name != "log");
    let files = names.map(|name| (name.clone(), std::fs::read(scene.file(&name)).unwrap())).collect();
    (scene, files)
}

async fn the_same_twice(image_type: ImageType, layout: &str, options: &[&str]) {
    let (_one, first) = built(image_type, layout, options).await;
    let (_two, second) = built(image_type, layout, options).await;
    assert_same(image_type, &first, &second);
}

fn assert_same(image_type: ImageType, first: &[(String, Vec<u8>)], second: &[(String, Vec<u8>)]) {
    let names = |files: &[(String, Vec<u8>)]| files.iter().map(|(name, _)| name.clone()).collect::<Vec<_>>();
    assert_eq!(names(first), names(second));
    for ((name, one), (_, two)) in first.iter().zip(second) {
        if one != two {
            let at = one.iter().zip(two).position(|(a, b)| a != b);
            panic!(
                "{image_type}: {name} has {} and {} bytes, the first that differs is {at:?}",
                one.len(),
                two.len()
            );
        }
    }
}

#[tokio::test]
async fn disks_are_the_same_twice_in_every_format() {
    for image_type in [ImageType::Raw, ImageType::Qcow2, ImageType::Vdi, ImageType::Vmdk, ImageType::Vhd] {
        the_same_twice(image_type, LAYOUT, &[]).await;
    }
    the_same_twice(ImageType::Raw, "part / --size=128", &[]).await;
}

#[tokio::test]
async fn live_media_are_the_same_twice() {
    the_same_twice(ImageType::Livecd, "", &[]).await;
    the_same_twice(ImageType::Liveusb, "", &[]).await;
}

#[tokio::test]
async fn files_and_archives_are_the_same_twice() {
    the_same_twice(ImageType::Loop, LAYOUT, &[]).await;
    for ending in [".tar", ".tar.gz", ".tar.bz2", ".tar.xz", ".tar.zst", ".zip"] {
        the_same_twice(ImageType::Fs, "", &["--pack-to", &format!("@NAME@{ending}")]).await;
    }
}

#[tokio::test]
async fn images_made_in_memory_are_those_made_on_the_disk() {
    for (image_type, layout) in
        [(ImageType::Loop, LAYOUT), (ImageType::Raw, LAYOUT), (ImageType::Livecd, ""), (ImageType::Fs, "")]
    {
        let (_one, first) = built_in(50, image_type, layout, &[]).await;
        let (_two, second) = built_in(0, image_type, layout, &[]).await;
        assert_same(image_type, &first, &second);
    }
}

#[tokio::test]
async fn nothing_is_newer_than_the_time_and_what_is_older_stays() {
    let (scene, _) = built(ImageType::Raw, "part / --size=128", &[]).await;

    let disk = scene.file("demo.raw");
    let root = Ext::at(&disk, partitions(&disk)[0].0 * 512);
    let time = u64::from_str_radix("684ee180", 16).unwrap().to_string();
    assert_eq!(time, TIME);
    for time in ["ctime", "atime", "mtime", "crtime"] {
        assert!(
            root.details("/etc/made").contains(&format!("{time}: 0x684ee180:")),
            "{}",
            root.details("/etc/made")
        );
    }
    assert_eq!(root.read("/etc/made"), format!("{TIME}\n"));
    assert!(
        !root.details("/etc/services").contains(" mtime: 0x684ee180"),
        "{}",
        root.details("/etc/services")
    );
    tool(&["sfdisk", "--verify", disk.to_str().unwrap()]);
    let own = scene.temp().join("own");
    let (from, to) = (format!("if={}", disk.display()), format!("of={}", own.display()));
    tool(&["dd", &from, &to, "bs=1M", "skip=1", "conv=sparse", "status=none"]);
    tool(&["e2fsck", "-fn", own.to_str().unwrap()]);
}

#[tokio::test]
async fn btrfs_is_warned_about_since_its_maker_numbers_by_chance() {
    let mut scene =
        Scene::new(ImageType::Loop, "REPO\npart / --size=120 --fstype=btrfs\n%packages\nsetup\n%end\n");
    scene.request.extra_opts = vec!["--source-date-epoch".into(), TIME.into()];

    assert_eq!(
        scene.made().await.warnings,
        ["line 2: --source-date-epoch has no effect on btrfs, which mkfs.btrfs makes anew each time"]
    );
}
