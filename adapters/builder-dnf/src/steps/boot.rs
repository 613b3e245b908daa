//! The boot loader: grub's menu in the image, grub itself in the MBR and where UEFI looks for it.

use imaging::Arch;
use img_kickstart::{At, Kickstart};

use crate::halt::Halt;
use crate::plan::{Layout, Mount, Table};
use crate::workshop::Workshop;

pub(crate) mod grub;
mod menu;

pub(crate) use grub::{Firmware, Menu};
pub(crate) use menu::Kernel;
pub(crate) use menu::{Root, menu};

/// Tells whether there is a boot loader for such machines.
pub(crate) fn knows(arch: Arch) -> bool {
    matches!(arch.family(), "i386" | "x86_64")
}

/// Tells whether there is one for their UEFI.
pub(crate) fn knows_uefi(arch: Arch) -> bool {
    arch.family() == "x86_64"
}

/// Finds the kernels of the image.
pub(crate) async fn in_boot(shop: &Workshop<'_>) -> Result<Vec<Kernel>, Halt> {
    let list = ["find".into(), shop.inside("/boot").into_os_string(), "-maxdepth".into(), "1".into()];
    let list = list.into_iter().chain(["-printf".into(), "%f\n".into()]);
    Ok(menu::kernels(&shop.ask(list).await?.unwrap_or_default()))
}

/// Finds what can be booted; `None` when there is nothing, with a warning.
pub(crate) async fn kernels(
    shop: &Workshop<'_>,
    warnings: &mut Vec<String>,
) -> Result<Option<Vec<Kernel>>, Halt> {
    let kernels = in_boot(shop).await?;
    let why = match (kernels.is_empty(), knows(shop.request.arch)) {
        (true, _) => Some("no kernel in /boot: the image will not boot".to_owned()),
        (_, false) => {
            Some(format!("no boot loader for {}: the image will not boot by itself", shop.request.arch))
        }
        _ => None,
    };
    if let Some(why) = why {
        shop.note(&format!("warning: {why}"));
        warnings.push(why);
        return Ok(None);
    }
    Ok(Some(kernels))
}

/// Writes grub's menu into the image, and grub for UEFI where there is a partition for it; `None` when there is nothing
/// to boot, or it was not wanted.
pub(crate) async fn configure(
    shop: &Workshop<'_>,
    layout: &Layout,
    kickstart: &Kickstart,
    warnings: &mut Vec<String>,
) -> Result<Option<Menu>, Halt> {
    let asked = kickstart.bootloader().unwrap_or_default();
    if asked.disabled || asked.location.as_deref() == Some("none") {
        return Ok(None);
    }
    let Some(kernels) = kernels(shop, warnings).await? else { return Ok(None) };
    if let Some(other) = asked.location.as_deref().filter(|location| !matches!(*location, "mbr" | "boot")) {
        warnings.push(format!(
            "{}: --location={other} has no effect; the boot loader is in the MBR",
            At(asked.line)
        ));
    }
    let holder = layout.with_kernel();
    let apart = holder.mount != Mount::At("/".into());
    let text = menu(&kernels, if apart { "" } else { "/boot" }, &root_of(layout), &asked);
    shop.write(&shop.inside("/boot/grub/grub.cfg"), "0644", &text).await?;
    let by = format!("--fs-uuid {}", holder.uuid);
    let menu = Menu { by, prefix: if apart { "/grub" } else { "/boot/grub" } };
    match layout.esp() {
        Some(place) if knows_uefi(shop.request.arch) => {
            let image = grub::image(shop, &menu, Firmware::Uefi).await?;
            grub::for_uefi(shop, &image, &shop.inside(place)).await?; // it is still a folder of the image
        }
        Some(_) => warnings
            .push(format!("no UEFI boot loader for {}: the image starts by BIOS only", shop.request.arch)),
        None => {}
    }
    Ok(Some(menu))
}

/// Says how a kernel finds `/`.
fn root_of(layout: &Layout) -> Root {
    let root = layout.at("/").expect("a layout has a volume at /");
    let by_kernel = match layout.table {
        Table::Gpt => format!("PARTUUID={}", root.part_uuid),
        Table::Dos => {
            let disk = &layout.disks[root.disk];
            format!("PARTUUID={:08x}-{:02x}", disk.short_id(), layout.partition_number(root))
        }
    };
    Root { by_kernel, by_initrd: format!("UUID={}", root.uuid), mode: Some("ro") }
}
