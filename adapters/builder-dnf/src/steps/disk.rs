//! Disks: their partition tables, their file systems, their boot loader.

use std::ffi::OsString;
use std::path::Path;

use crate::halt::Halt;
use crate::plan::{Layout, Plan, Table};
use crate::steps::boot::{self, Firmware, Menu, grub};
use crate::steps::filesystems::Portions;
use crate::steps::publish::Finished;
use crate::steps::volumes::{self, Filled};
use crate::workshop::Workshop;

mod table;

use table::{BIOS_START, Partitions, SECTOR};

/// Writes the disks and returns their files, first the one that boots.
pub(crate) async fn write(
    shop: &Workshop<'_>,
    layout: &Layout,
    plan: &mut Plan,
) -> Result<Vec<Finished>, Halt> {
    let menu = boot::configure(shop, layout, &plan.kickstart, &mut plan.warnings).await?;
    let filled = volumes::divide(shop, layout).await?;
    let boots = layout.with_kernel().disk;
    let portions = Portions::of(filled.iter());
    let mut files = Vec::new();
    for (number, disk) in layout.disks.iter().enumerate() {
        let here: Vec<&Filled> = filled.iter().filter(|one| one.volume.disk == number).collect();
        let file = shop.work.join("image").join(format!("disk-{number}"));
        write_one(shop, layout, number, &here, &portions, &file).await?;
        if let Some(menu) = menu.as_ref().filter(|_| number == boots) {
            install(shop, menu, layout.table, &file).await?;
        }
        let name = match layout.disks.len() {
            1 => format!("{}.raw", shop.request.name),
            _ => format!("{}-{}.raw", shop.request.name, disk.name),
        };
        files.push(Finished::file(file, name));
    }
    files[..=boots].rotate_right(1);
    Ok(files)
}

/// Writes one disk, without a boot loader.
pub(crate) async fn write_one(
    shop: &Workshop<'_>,
    layout: &Layout,
    number: usize,
    filled: &[&Filled],
    portions: &Portions,
    file: &Path,
) -> Result<(), Halt> {
    let sizes: Vec<_> = filled.iter().map(|one| (&one.volume, one.mib)).collect();
    let partitions = Partitions::new(layout.table, &layout.disks[number], &sizes);
    let size = OsString::from(format!("--size={}", partitions.bytes));
    shop.tool("truncate", [size, "--".into(), file.into()]).await?;
    let mut task = shop.task(["sfdisk", "--quiet", "--no-tell-kernel", "--no-reread", "--"]);
    task.argv.push(file.into());
    task.stdin = partitions.script.into_bytes();
    shop.must(&task).await?;
    for (one, start) in filled.iter().zip(&partitions.starts) {
        portions.make(shop, one, file, start * SECTOR).await?;
    }
    Ok(())
}

/// Writes grub for BIOS into a disk.
pub(crate) async fn install(shop: &Workshop<'_>, menu: &Menu, table: Table, disk: &Path) -> Result<(), Halt> {
    shop.step("writing the boot loader", None);
    let image = grub::image(shop, menu, Firmware::Bios).await?;
    let sector = match table {
        Table::Dos => 1,
        Table::Gpt => BIOS_START,
    };
    grub::into_mbr(shop, &image, disk, sector)
}
