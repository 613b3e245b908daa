//! Disks: what of a kickstart is in them.

mod support;

use imaging::ImageType;
use support::{Ext, Scene, partitions};

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
