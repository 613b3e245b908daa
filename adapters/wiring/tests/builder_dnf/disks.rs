//! Disks of every kind: their tables, their file systems, and where their boot loaders are.

use std::path::Path;

use imaging::ImageType;

use crate::support::{Ext, Scene, gpt, partitions, tool};

const ESP: &str = "C12A7328-F81F-11D2-BA4B-00A0C93EC93B";

#[tokio::test]
async fn a_gpt_has_types_identifiers_and_a_place_for_grub() {
    let scene = Scene::new(
        ImageType::Raw,
        "REPO\npart /boot/efi --size=16 --fstype=efi --label=ESP\npart / --size=100\npart swap --size=8\n\
         part /srv --size=8 --part-type=3B8F8425-20E0-4F3B-907F-1A25A76F98E8 --fstype=ext2\npart /data --size=12 --fstype=vfat\n\
         bootloader --ptable=gpt\n%packages\n@demo-base\nkernel\n%end\n",
    );

    assert_eq!(scene.made().await.warnings, Vec::<String>::new());

    let disk = scene.file("demo.raw");
    let said = tool(&["sfdisk", "--verify", disk.to_str().unwrap()]);
    assert!(said.contains("No errors detected"), "{said}");
    let parts = gpt(&disk);
    let types: Vec<_> = parts.iter().map(|part| part.kind.as_str()).collect();
    let linux = "0FC63DAF-8483-4772-8E79-3D69D8477DE4";
    let (swap, srv) = ("0657FD6D-A4AB-43C4-84E5-0933C84B4F4F", "3B8F8425-20E0-4F3B-907F-1A25A76F98E8");
    let (data, bios) = ("EBD0A0A2-B9E5-4433-87C0-68B6B72699C7", "21686148-6449-6E6F-744E-656564454649");
    assert_eq!(types, [ESP, linux, swap, srv, data, bios]);
    assert_eq!((parts[0].start, parts[5].start, parts[5].sectors), (2048, 40, 2008));
    let root = Ext::at(&disk, parts[1].start * 512);
    let uuid = root.about("Filesystem UUID");
    assert!(root.read("/boot/grub/grub.cfg").contains(&format!("root=UUID={uuid} ")));
    let esp = format!("{}@@{}", disk.display(), parts[0].start * 512);
    let list = tool(&["mdir", "-b", "-i", &esp, "::EFI/BOOT"]);
    assert!(list.contains("::/EFI/BOOT/BOOTX64.EFI"), "{list}");
    assert!(root.read("/etc/fstab").contains(" /boot/efi vfat "));
    let bytes = std::fs::read(&disk).unwrap();
    assert_eq!(bytes[0x5c..0x64], 40_u64.to_le_bytes(), "the MBR says where grub's image is");
    assert!(bytes[..512].windows(4).any(|word| word == b"GRUB"));
}

#[tokio::test]
async fn an_mbr_may_have_a_place_for_uefi_too() {
    let scene = Scene::new(
        ImageType::Raw,
        "REPO\npart /boot/efi --size=16 --fstype=vfat\npart / --size=100\nbootloader --ptable=msdos\n\
         %packages\n@demo-base\nkernel\n%end\n",
    );

    assert_eq!(scene.made().await.warnings, Vec::<String>::new());

    let disk = scene.file("demo.raw");
    let parts = partitions(&disk);
    assert_eq!((parts[0].2.as_str(), parts[0].3, parts[1].2.as_str(), parts[1].3), ("ef", false, "83", true));
    let esp = format!("{}@@{}", disk.display(), parts[0].0 * 512);
    assert!(tool(&["mdir", "-b", "-i", &esp, "::EFI/BOOT"]).contains("BOOTX64.EFI"));
}

#[tokio::test]
async fn each_disk_is_a_file_called_after_it() {
    let scene = Scene::new(
        ImageType::Raw,
        "REPO\npart /home --size=12 --ondisk=sdb --label=home\npart / --size=100 --ondrive=/dev/vda\npart swap --size=8\n\
         part /srv --size=12 --ondisk=vda\n%packages\n@demo-base\nkernel\n%end\nuser --name=ann\n",
    );

    let made = scene.made().await;

    assert_eq!(made.image_file.to_str(), Some("demo-vda.raw"), "the one with the kernel");
    assert_eq!(scene.files(), ["demo-sdb.raw", "demo-vda.raw", "demo.ks", "log"]);
    let (first, second) = (scene.file("demo-sdb.raw"), scene.file("demo-vda.raw"));
    let sizes = |disk: &Path| partitions(disk).iter().map(|part| part.1 / 2048).collect::<Vec<_>>();
    assert_eq!((sizes(&first), sizes(&second)), (vec![12, 8], vec![100, 12]));
    assert_eq!(Ext::at(&first, 1 << 20).stat("/ann"), "0700 1000 1000");
    let grub = |disk: &Path| std::fs::read(disk).unwrap()[..440].windows(4).any(|word| word == b"GRUB");
    assert_eq!((grub(&first), grub(&second)), (false, true));
}

#[tokio::test]
async fn btrfs_holds_the_files_of_its_subvolumes() {
    let scene = Scene::new(
        ImageType::Raw,
        "REPO\npart btrfs.01 --size=200\npart /srv --size=120 --fstype=btrfs --label=srv\nbtrfs none --label=sys btrfs.01\n\
         btrfs / --subvol --name=root LABEL=sys\nbtrfs /home --subvol --name=home LABEL=sys\n\
         %packages\n@demo-base\nkernel\nownertest\n%end\nuser --name=ann\n%post\necho served >/srv/file\n%end\n",
    );

    let warnings = scene.made().await.warnings;

    let folder = "this machine's mkfs.btrfs makes no subvolumes; /home is a folder of the btrfs at /";
    assert!(warnings.iter().any(|warning| *warning == format!("line 6: {folder}")), "{warnings:?}");
    let (disk, parts) = (scene.file("demo.raw"), partitions(&scene.file("demo.raw")));
    let types: Vec<_> = parts.iter().map(|part| (part.1 / 2048, part.2.as_str())).collect();
    assert_eq!(types, [(200, "83"), (120, "83")]);
    let out = |part: usize| {
        let (own, out) = (scene.temp().join(format!("own-{part}")), scene.temp().join(format!("out-{part}")));
        let (skip, count) = (format!("skip={}", parts[part].0), format!("count={}", parts[part].1));
        let (from, to) = (format!("if={}", disk.display()), format!("of={}", own.display()));
        tool(&["dd", &from, &to, "bs=512", "conv=sparse", "status=none", &skip, &count]);
        tool(&["btrfs", "check", "--readonly", "--force", own.to_str().unwrap()]);
        std::fs::create_dir(&out).unwrap();
        tool(&["btrfs", "restore", "-m", "-S", "-x", own.to_str().unwrap(), out.to_str().unwrap()]);
        (tool(&["btrfs", "inspect-internal", "dump-super", own.to_str().unwrap()]), out)
    };
    let ((about, root), (_, srv)) = (out(0), out(1));
    let value = |key: &str| {
        let line = about.lines().find(|line| line.starts_with(key)).unwrap();
        line.split_whitespace().nth(1).unwrap().to_owned()
    };
    assert_eq!((value("label"), value("total_bytes")), ("sys".into(), (200_u64 << 20).to_string()));
    let fstab = std::fs::read_to_string(root.join("etc/fstab")).unwrap();
    assert!(fstab.contains(&format!("UUID={} / btrfs defaults 0 0\n", value("fsid"))), "{fstab}");
    assert_eq!(std::fs::read_to_string(srv.join("file")).unwrap(), "served\n");
    use std::os::unix::fs::{MetadataExt, PermissionsExt};
    let owned = root.join("opt/ownertest/owned").metadata().unwrap();
    assert_eq!((owned.permissions().mode() & 0o7777, owned.uid()), (0o640, 777));
    assert_eq!(root.join("opt/ownertest/setuid").metadata().unwrap().permissions().mode() & 0o7777, 0o4755);
    assert!(root.join("home/ann").is_dir());
    let names =
        ["link-a", "link-b"].map(|name| std::fs::read(root.join("opt/ownertest").join(name)).unwrap());
    assert!(names[0] == names[1]);
}

#[tokio::test]
async fn btrfs_says_how_much_it_needs() {
    let of = |size| {
        Scene::new(
            ImageType::Raw,
            &format!("REPO\npart / --size={size} --fstype=btrfs\n%packages\nsetup\n%end\n"),
        )
    };

    assert_eq!(of(60).reason().await, "partition / (line 2) holds 60 MB, and btrfs needs 109 MB");
}

#[tokio::test]
async fn a_loop_image_has_files_of_every_file_system() {
    let scene = Scene::new(
        ImageType::Loop,
        "REPO\npart / --size=130 --fstype=btrfs\npart /data --size=16 --fstype=vfat\npart swap --size=8 --label=one\npart swap --size=9\n\
         %packages\nsetup\n%end\n%post --nochroot\necho fat >$INSTALL_ROOT/data/file.txt\n%end\n",
    );

    assert_eq!(scene.made().await.warnings, Vec::<String>::new());

    assert_eq!(
        scene.files(),
        ["demo-data.img", "demo-swap-2.img", "demo-swap.img", "demo.img", "demo.ks", "log"]
    );
    let bytes = |name: &str| std::fs::read(scene.file(name)).unwrap();
    assert_eq!(bytes("demo-swap.img")[4086..4096], *b"SWAPSPACE2");
    assert_eq!((bytes("demo-swap.img").len(), bytes("demo-swap-2.img").len()), (8 << 20, 9 << 20));
    assert_eq!(bytes("demo.img")[0x10040..0x10048], *b"_BHRfS_M");
    let data = scene.file("demo-data.img");
    assert_eq!(tool(&["mtype", "-i", data.to_str().unwrap(), "::file.txt"]), "fat\n");
}

#[tokio::test]
async fn a_disk_becomes_a_file_of_virtual_machines() {
    for (image_type, format) in [
        (ImageType::Qcow2, "qcow2"),
        (ImageType::Vdi, "vdi"),
        (ImageType::Vmdk, "vmdk"),
        (ImageType::Vhd, "vpc"),
    ] {
        let scene = Scene::new(
            image_type,
            "REPO\npart / --size=40 --label=top --ondisk=a\npart /home --size=12 --ondisk=b\nbootloader --ptable=gpt\n\
             %packages\nsetup\n%end\n",
        );

        let made = scene.made().await;

        let files = [format!("demo-a.{image_type}"), format!("demo-b.{image_type}")];
        assert_eq!(made.image_file.to_str(), Some(&*files[0]));
        assert_eq!(scene.files(), [&files[0], &files[1], "demo.ks", "log"]);
        let (file, raw) = (scene.file(&files[0]), scene.temp().join("raw"));
        let said = tool(&["qemu-img", "info", "--output=json", file.to_str().unwrap()]);
        let said: serde_json::Value = serde_json::from_str(&said).unwrap();
        assert_eq!(
            (&said["format"], &said["virtual-size"]),
            (&format.into(), &(42 << 20).into()),
            "{image_type}"
        );
        tool(&[
            "qemu-img",
            "convert",
            "-f",
            format,
            "-O",
            "raw",
            file.to_str().unwrap(),
            raw.to_str().unwrap(),
        ]);
        assert_eq!(Ext::at(&raw, gpt(&raw)[0].start * 512).about("Filesystem volume name"), "top");
        assert!(std::fs::metadata(&file).unwrap().len() < 30 << 20, "empty room takes no room");
    }
}
