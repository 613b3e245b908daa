//! Live media: what is on them. That they boot is in tests/boots.rs.

use std::path::Path;

use imaging::ImageType;

use crate::support::{Scene, partitions, tool};

const LINES: &str = "REPO\nbootloader --append=\"console=ttyS0 quiet\" --timeout=7\n%packages\n@demo-base\nkernel\nownertest\n%end\n";

/// Says of a file in a squashfs who owns it and who may do what.
fn about(files: &Path, path: &str) -> String {
    let said = tool(&["unsquashfs", "-llnumeric", files.to_str().unwrap(), path]);
    let line = said.lines().find(|line| line.ends_with(&format!("squashfs-root/{path}"))).unwrap();
    line.split_whitespace().take(2).collect::<Vec<_>>().join(" ")
}

fn holds_the_files(scene: &Scene, files: &Path) {
    assert_eq!(about(files, "opt/ownertest/owned"), "-rw-r----- 777/777");
    assert_eq!(about(files, "opt/ownertest/setuid"), "-rwsr-xr-x 0/0");
    assert_eq!(about(files, "tmp"), "drwxrwxrwt 0/0");
    let said = tool(&["unsquashfs", "-stat", files.to_str().unwrap()]);
    assert!(said.contains("Compression zstd"), "{said}");
    let out = scene.temp().join("unpacked");
    let capable = "opt/ownertest/capable";
    tool(&[
        "unsquashfs",
        "-quiet",
        "-no-progress",
        "-d",
        out.to_str().unwrap(),
        files.to_str().unwrap(),
        capable,
    ]);
    assert!(tool(&["getcap", out.join(capable).to_str().unwrap()]).contains("cap_"));
}

fn menu_says(menu: &str, root: &str) {
    assert!(menu.contains("set timeout=7\n"), "{menu}");
    assert!(
        menu.contains(&format!(
            " root=live:{root} rd.live.image console=ttyS0 quiet\n  initrd /boot/initrd-"
        )),
        "{menu}"
    );
}

#[tokio::test]
async fn a_cd_has_the_files_in_a_squashfs_and_boots_as_a_disk_too() {
    let scene = Scene::new(ImageType::Livecd, LINES);

    let made = scene.made().await;

    assert_eq!((made.image_file.to_str(), made.warnings), (Some("demo.iso"), vec![]));
    assert_eq!(scene.files(), ["demo.iso", "demo.ks", "log"]);
    let iso = scene.file("demo.iso");
    let report =
        tool(&["xorriso", "-indev", iso.to_str().unwrap(), "-report_el_torito", "plain", "-pvd_info"]);
    assert!(report.contains("Volume Id    : demo"), "{report}");
    let images: Vec<_> = report.lines().filter(|line| line.starts_with("El Torito boot img")).collect();
    assert!(images.len() == 2 && images[0].contains("BIOS") && images[1].contains("UEFI"), "{report}");
    let bytes = std::fs::read(&iso).unwrap();
    assert_eq!(bytes[510..512], [0x55, 0xaa], "it is a disk");
    let out = scene.temp().join("cd");
    tool(&[
        "xorriso",
        "-osirrox",
        "on",
        "-indev",
        iso.to_str().unwrap(),
        "-extract",
        "/",
        out.to_str().unwrap(),
    ]);
    menu_says(&std::fs::read_to_string(out.join("boot/grub/grub.cfg")).unwrap(), "CDLABEL=demo");
    holds_the_files(&scene, &out.join("LiveOS/squashfs.img"));
    let files = out.join("LiveOS/squashfs.img");
    let fstab = tool(&["unsquashfs", "-cat", files.to_str().unwrap(), "etc/passwd"]);
    assert!(fstab.starts_with("root:"));
}

#[tokio::test]
async fn a_stick_has_the_files_on_a_fat() {
    let mut scene = Scene::new(ImageType::Liveusb, LINES);
    scene.request.name = imaging::ImageName::parse("demo of 2026").unwrap();

    let imaging::Build::Made(made) = scene.build().await else { panic!("{}", scene.log()) };

    assert_eq!(made.image_file.to_str(), Some("demo of 2026.usbimg"));
    let stick = scene.file("demo of 2026.usbimg");
    let [(start, _, kind, active)] = &partitions(&stick)[..] else { panic!("one partition") };
    assert_eq!((*start, kind.as_str(), *active), (2048, "c", true));
    let fat = format!("{}@@1M", stick.display());
    menu_says(&tool(&["mtype", "-i", &fat, "::boot/grub/grub.cfg"]), "LABEL=DEMO_OF_202");
    assert!(tool(&["mlabel", "-s", "-i", &fat, "::"]).contains("DEMO_OF_202"));
    assert!(tool(&["mdir", "-b", "-i", &fat, "::EFI/BOOT"]).contains("BOOTX64.EFI"));
    let files = scene.temp().join("squashfs.img");
    tool(&["mcopy", "-i", &fat, "::LiveOS/squashfs.img", files.to_str().unwrap()]);
    holds_the_files(&scene, &files);
}

#[tokio::test]
async fn lines_about_disks_are_warned_about_and_so_is_what_cannot_boot() {
    let scene = Scene::new(
        ImageType::Livecd,
        "REPO\npart / --size=9\nbootloader --location=mbr --ptable=gpt\n%packages\nsetup\n%end\n",
    );

    assert_eq!(
        scene.made().await.warnings,
        [
            "line 2: `part` has no effect in livecd images",
            "line 3: `bootloader`: --location has no effect in livecd images",
            "line 3: `bootloader`: --ptable has no effect in livecd images",
            "no kernel in /boot: the image will not boot",
        ]
    );

    let scene = Scene::new(
        ImageType::Liveusb,
        "REPO\n%packages\nkernel\nbusybox\n%end\n%post\nrm /boot/initrd-*\n%end\n",
    );
    let warnings = scene.made().await.warnings;
    assert!(
        warnings.len() == 1
            && warnings[0]
                .ends_with(" has no initial file system in /boot, without which it finds no live medium"),
        "{warnings:?}"
    );
}

#[tokio::test]
async fn links_to_kernels_are_followed_inside_the_image() {
    let of = |target: &str| {
        Scene::new(
            ImageType::Livecd,
            &format!(
                "REPO\n%packages\nkernel\nbusybox\n%end\n%post --nochroot --erroronfail\nset -e\ncd $INSTALL_ROOT/boot\n\
                 mkdir ../kept\nmv vmlinuz-* ../kept/linux\nrm initrd-*\nln -s {target} vmlinuz-1.0\n%end\n"
            ),
        )
    };

    let scene = of("/kept/linux");
    scene.made().await;
    let kernel = scene.temp().join("kernel");
    let (iso, kernel) = (scene.file("demo.iso"), kernel.to_str().unwrap().to_owned());
    tool(&[
        "xorriso",
        "-osirrox",
        "on",
        "-indev",
        iso.to_str().unwrap(),
        "-extract",
        "/boot/vmlinuz-1.0",
        &kernel,
    ]);
    assert!(std::fs::metadata(&kernel).unwrap().len() > 1 << 20);

    assert_eq!(
        of("/usr/bin/dnf").reason().await, // which this machine has
        "/boot/vmlinuz-1.0 of the image leads to no file: install the package that has it, or have a %post script remove the \
         link"
    );
}
