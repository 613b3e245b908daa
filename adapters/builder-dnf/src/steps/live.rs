//! Live images: all files in a squashfs, on a medium that boots by BIOS and UEFI.
//!
//! The medium is laid out, and the kernel told, as dracut's dmsquash-live expects it: `LiveOS/squashfs.img` holds the files
//! themselves, and the kernel's initial file system puts one in memory on top.

use std::path::{Path, PathBuf};

use img_kickstart::Bootloader;

use crate::argv;
use crate::halt::Halt;
use crate::plan::{LARGEST_ON_FAT, Medium, MediumKind, Plan};
use crate::steps::boot::{self, Firmware, Menu, Root, grub};
use crate::steps::filesystems::Portions;
use crate::steps::publish::Finished;
use crate::steps::{copied, disk, filesystems, same, volumes};
use crate::workshop::Workshop;

/// Makes the medium.
pub(crate) async fn write(
    shop: &Workshop<'_>,
    medium: &Medium,
    plan: &mut Plan,
) -> Result<Vec<Finished>, Halt> {
    let tree = shop.work.join("medium");
    let asked = plan.kickstart.bootloader().unwrap_or_default();
    let menu = boots(shop, medium, &tree, &asked, &mut plan.warnings).await?;
    shop.step("packing the files", None);
    same::tree(shop, &shop.root).await?;
    shop.tool("mkdir", ["-p".into(), "--".into(), tree.join("LiveOS").into_os_string()]).await?;
    let files = tree.join("LiveOS/squashfs.img");
    shop.must(&shop.task(argv::mksquashfs(&shop.root, &files))).await?;
    let (name, file) = (&shop.request.name, shop.work.join("image/medium"));
    match &medium.kind {
        MediumKind::Cd => {
            cd(shop, medium, menu.as_ref(), &tree, &file).await?;
            Ok(vec![Finished::file(file, format!("{name}.iso"))])
        }
        MediumKind::Usb(layout) => {
            fits_on_fat(shop, &files)?;
            if let Some(menu) = menu.as_ref().filter(|_| boot::knows_uefi(shop.request.arch)) {
                uefi(shop, menu, &tree).await?;
            }
            let one = volumes::measure(shop, &layout.volumes[0], Some(tree)).await?;
            disk::write_one(shop, layout, 0, &[&one], &Portions::of([&one]), &file).await?;
            if let Some(menu) = menu {
                disk::install(shop, &menu, layout.table, &file).await?;
            }
            Ok(vec![Finished::file(file, format!("{name}.usbimg"))])
        }
    }
}

/// Puts kernels and grub's menu on the medium; `None` when there is nothing to boot.
async fn boots(
    shop: &Workshop<'_>,
    medium: &Medium,
    tree: &Path,
    asked: &Bootloader,
    warnings: &mut Vec<String>,
) -> Result<Option<Menu>, Halt> {
    let Some(kernels) = boot::kernels(shop, warnings).await? else { return Ok(None) };
    let folder = tree.join("boot");
    shop.tool("mkdir", ["-p".into(), "--".into(), folder.clone().into_os_string()]).await?;
    let mut files = Vec::new();
    for kernel in &kernels {
        if kernel.initrd.is_none() {
            let image = &kernel.image;
            warnings.push(format!(
                "{image} has no initial file system in /boot, without which it finds no live medium"
            ));
        }
        for file in [Some(&kernel.image), kernel.initrd.as_ref()].into_iter().flatten() {
            files.push((format!("/boot/{file}"), folder.join(file)));
        }
    }
    let pairs: Vec<_> = files.iter().map(|(from, to)| (from.clone(), to.as_path())).collect();
    if let Some(number) = copied::out(shop, &pairs).await?.first() {
        let (file, _) = &files[*number];
        return Err(Halt::Failed(format!(
            "{file} of the image leads to no file: install the package that has it, or have a %post script remove the link"
        )));
    }
    let by = match medium.kind {
        MediumKind::Cd => "CDLABEL",
        MediumKind::Usb(_) => "LABEL",
    };
    let root = format!("live:{by}={} rd.live.image", medium.label);
    let root = Root { by_kernel: root.clone(), by_initrd: root, mode: None };
    let text = boot::menu(&kernels, "/boot", &root, asked);
    shop.write(&folder.join("grub/grub.cfg"), "0644", &text).await?;
    Ok(Some(Menu { by: format!("--label {}", medium.label), prefix: "/boot/grub" }))
}

/// Puts grub for UEFI into a folder that becomes a FAT.
async fn uefi(shop: &Workshop<'_>, menu: &Menu, tree: &Path) -> Result<(), Halt> {
    let image = grub::image(shop, menu, Firmware::Uefi).await?;
    grub::for_uefi(shop, &image, tree).await
}

/// Writes the CD, which is a disk as well.
async fn cd(
    shop: &Workshop<'_>,
    medium: &Medium,
    menu: Option<&Menu>,
    tree: &Path,
    file: &Path,
) -> Result<(), Halt> {
    let mut esp: Option<PathBuf> = None;
    if let Some(menu) = menu {
        let image = grub::image(shop, menu, Firmware::BiosCd).await?;
        let words = [image.into_os_string(), tree.join(argv::CD_BOOT).into_os_string()];
        shop.tool("mv", ["-T".into(), "--".into()].into_iter().chain(words)).await?;
        if boot::knows_uefi(shop.request.arch) {
            let own = shop.work.join("parts/esp");
            uefi(shop, menu, &own).await?;
            let one = volumes::measure(shop, &medium.esp, Some(own)).await?;
            let file = shop.work.join("parts/esp.img");
            filesystems::make(shop, &one, &file, 0).await?;
            esp = Some(file);
        }
    }
    let bytes = shop.taken(&tree.join("LiveOS/squashfs.img"));
    let mut task = shop.task(["xorriso"]);
    task.argv.extend(argv::iso(&medium.label, shop.epoch, menu.is_some(), esp.as_deref(), tree, file));
    shop.counted("writing the medium", bytes, || shop.taken(file), shop.must(&task)).await.map(|_| ())
}

fn fits_on_fat(shop: &Workshop<'_>, files: &Path) -> Result<(), Halt> {
    let bytes = std::fs::symlink_metadata(shop.on_host(files)).map_or(0, |about| about.len());
    if bytes <= LARGEST_ON_FAT {
        return Ok(());
    }
    let mib = bytes >> 20;
    Err(Halt::Failed(format!(
        "the files have {mib} MB when packed, and a file on the FAT of a stick at most 4095 MB: make a livecd image, which is \
         one for sticks too"
    )))
}
