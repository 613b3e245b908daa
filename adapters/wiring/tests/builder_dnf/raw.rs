//! Disks: what of a kickstart is in them.

use crate::support::{Ext, Scene, partitions};
use imaging::ImageType;

#[tokio::test]
async fn a_disk_has_a_partition_table_a_file_system_and_a_boot_loader() {
    let scene = Scene::new(
        ImageType::Raw,
        "REPO\npart / --size=100 --fstype=ext4 --label=demo --active\n\
         bootloader --append=\"console=ttyS0 quiet\" --timeout=0\n\
         %packages\n@demo-base\nkernel\nownertest\n%end\n\
         %post\necho @GREETING@ $GREETING from $IMG_NAME > /etc/greeting\n%end\n",
    );

    let made = scene.made().await;

    assert_eq!(made.image_file.to_str(), Some("demo.raw"));
    assert_eq!(made.warnings, Vec::<String>::new());
    assert_eq!(scene.files(), ["demo.ks", "demo.raw", "log"]);
    let disk = scene.file("demo.raw");
    assert_eq!(partitions(&disk), [(2048, 100 * 2048, "83".into(), true)]);
    let root = Ext::at(&disk, 1 << 20);
    assert_eq!(root.about("Filesystem volume name"), "demo");
    assert_eq!(root.read("/etc/greeting"), "hello hello from demo\n");
    assert_eq!(root.stat("/etc/shadow"), "0640 0 0");
    assert_eq!(root.stat("/opt/ownertest/owned"), "0640 777 777");
    assert_eq!(root.stat("/opt/ownertest/setuid"), "04755 0 0");
    assert_eq!(root.stat("/opt/ownertest/sticky"), "01777 0 0");
    assert!(root.details("/opt/ownertest/capable").contains("security.capability (20)"));
    assert!(root.details("/opt/ownertest/link-a").contains("Links: 2"));
    assert_eq!(root.read("/opt/ownertest/scriptlets"), "post 1\nposttrans\n");
    let uuid = root.about("Filesystem UUID");
    assert!(root.read("/etc/fstab").contains(&format!("UUID={uuid} / ext4 defaults 0 1\n")));
    let menu = root.read("/boot/grub/grub.cfg");
    assert!(
        menu.contains(&format!("root=UUID={uuid} ro console=ttyS0 quiet\n"))
            && menu.contains("set timeout=0"),
        "{menu}"
    );
    let bytes = std::fs::read(&disk).unwrap();
    assert_eq!(bytes[510..512], [0x55, 0xaa]);
    assert!(bytes[..512].windows(4).any(|word| word == b"GRUB"), "the first stage is in the MBR");
    use std::os::unix::fs::MetadataExt;
    assert!(std::fs::metadata(&disk).unwrap().blocks() * 512 < 80 << 20, "empty room takes no room");
}

#[tokio::test]
async fn every_partition_gets_its_files_its_type_and_its_place() {
    let scene = Scene::new(
        ImageType::Raw,
        "REPO\npart /boot --size=40 --fstype=ext2 --label=boot\npart / --size=90 --align=4096 --active\n\
         part swap --size=16 --label=swap\npart /home --size=20 --type=ext3 --fsoptions=noatime,nodev\n\
         part /data --size=16 --fstype=vfat --label=DATA\npart /var/tmp --size=8 --uuid=0f0e0d0c-0b0a-4908-8706-050403020100\n\
         bootloader --append=rw\n%packages\n@demo-base\nkernel\n%end\n\
         user --name=ann --uid=1234\n%post\nmkdir -p /data/sub && echo fat >/data/sub/file.txt\n%end\n",
    );

    let made = scene.made().await;

    assert_eq!(made.warnings, Vec::<String>::new());
    let disk = scene.file("demo.raw");
    let parts = partitions(&disk);
    let types: Vec<_> = parts.iter().map(|part| part.2.as_str()).collect();
    assert_eq!(types, ["83", "83", "82", "f", "83", "c", "83"]);
    let marked: Vec<_> = parts.iter().map(|part| part.3).collect();
    assert_eq!(marked, [false, true, false, false, false, false, false]);
    assert_eq!(parts[1].0 % 8192, 0, "/ begins at a multiple of 4096 KiB");
    let sizes: Vec<_> = parts.iter().map(|part| part.1 / 2048).collect();
    assert_eq!((sizes[0], sizes[1], sizes[2], sizes[4], sizes[5], sizes[6]), (40, 90, 16, 20, 16, 8));
    let ext = |number: usize| Ext::at(&disk, parts[number].0 * 512);
    let (boot, root, home, tmp) = (ext(0), ext(1), ext(4), ext(6));
    assert!(boot.has("/grub/grub.cfg") && !root.has("/boot/grub"));
    assert!(boot.read("/grub/grub.cfg").contains("  linux /vmlinuz-"));
    assert_eq!(boot.about("Filesystem volume name"), "boot");
    assert!(!boot.about("Filesystem features").contains("has_journal"), "ext2 has none");
    assert!(home.about("Filesystem features").contains("has_journal"));
    assert!(!home.about("Filesystem features").contains("extent"), "ext3 has none");
    assert_eq!(home.stat("/ann"), "0700 1234 1234");
    assert_eq!((root.stat("/home"), root.has("/home/ann")), ("0755 0 0".into(), false));
    assert_eq!(tmp.stat("/"), "01777 0 0", "the top of a file system is like the folder it stands for");
    assert_eq!(tmp.about("Filesystem UUID"), "0f0e0d0c-0b0a-4908-8706-050403020100");
    let fstab = root.read("/etc/fstab");
    for line in [" /home ext3 noatime,nodev 0 2\n", " /data vfat defaults 0 0\n", " none swap defaults 0 0\n"]
    {
        assert!(fstab.contains(line), "{fstab}");
    }
    let image = format!("{}@@{}", disk.display(), parts[5].0 * 512);
    assert_eq!(crate::support::tool(&["mtype", "-i", &image, "::sub/file.txt"]), "fat\n");
    assert!(crate::support::tool(&["mlabel", "-s", "-i", &image, "::"]).contains("DATA"));
    let bytes = std::fs::read(&disk).unwrap();
    let swap = usize::try_from(parts[2].0).unwrap() * 512;
    assert_eq!(&bytes[swap + 4086..swap + 4096], b"SWAPSPACE2");
}

#[tokio::test]
async fn a_disk_is_new_whatever_is_to_be_cleared_and_keeps_primary_partitions_primary() {
    for clear in ["--all --initlabel", "--linux", "--none"] {
        let scene = Scene::new(
            ImageType::Raw,
            &format!(
                "REPO\nzerombr\nclearpart {clear}\npart /a --size=4 --ondisk=sda\npart / --size=24 --ondrive=sda\n\
                 part /b --size=4 --asprimary\npart /c --size=4\npart /d --size=4\n%packages\nsetup\n%end\n"
            ),
        );

        assert_eq!(scene.made().await.warnings, ["no kernel in /boot: the image will not boot"]);

        let parts = partitions(&scene.file("demo.raw"));
        let found: Vec<_> = parts.iter().map(|part| (part.1 / 2048, part.2.as_str())).collect();
        let extended = found[3].0;
        assert_eq!(
            found,
            [(4, "83"), (24, "83"), (4, "83"), (extended, "f"), (4, "83"), (4, "83")],
            "the third is the one that asked to be primary"
        );
    }
}

#[tokio::test]
async fn without_part_lines_the_disk_is_as_large_as_its_files_need() {
    let scene = Scene::new(ImageType::Raw, "REPO\n%packages\nbusybox\n%end\n");

    let made = scene.made().await;

    assert_eq!(made.warnings, ["no kernel in /boot: the image will not boot"]);
    let [(start, size, kind, active)] = &partitions(&scene.file("demo.raw"))[..] else {
        panic!("one partition")
    };
    assert_eq!((*start, kind.as_str(), *active), (2048, "83", true));
    assert!((18..60).contains(&(size / 2048)), "{size}");
}

#[tokio::test]
async fn grow_means_as_large_as_the_files_need() {
    let scene =
        Scene::new(ImageType::Raw, "REPO\npart / --size=1 --grow --maxsize=60\n%packages\nbusybox\n%end\n");

    scene.made().await;

    let size = partitions(&scene.file("demo.raw"))[0].1 / 2048;
    assert!((18..60).contains(&size), "{size}");
}

#[tokio::test]
async fn a_disk_without_a_wish_for_a_boot_loader_has_none() {
    for wish in ["--disabled", "--location=none"] {
        let scene =
            Scene::new(ImageType::Raw, &format!("REPO\nbootloader {wish}\n%packages\nkernel\n%end\n"));

        assert_eq!(scene.made().await.warnings, Vec::<String>::new());

        let bytes = std::fs::read(scene.file("demo.raw")).unwrap();
        assert!(bytes[..440].iter().all(|byte| *byte == 0));
    }
}
