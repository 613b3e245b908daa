//! A disk: its partition table, its file systems, its boot loader.

use std::ffi::OsString;

use crate::halt::Halt;
use crate::plan::{FileSystem, Layout, Plan, Volume};
use crate::steps::boot;
use crate::steps::publish::Finished;
use crate::steps::volumes::{self, Filled};
use crate::workshop::Workshop;

/// Writes the disk and returns its file.
pub(crate) async fn write(
    shop: &Workshop<'_>,
    layout: &Layout,
    plan: &mut Plan,
) -> Result<Vec<Finished>, Halt> {
    let boot = boot::configure(shop, layout, &plan.kickstart, &mut plan.warnings).await?;
    let filled = volumes::divide(shop, layout).await?;
    let table = Table::new(&filled, layout.disk_id);

    let file = shop.work.join("image/disk");
    shop.tool(
        "truncate",
        [OsString::from(format!("--size={}", table.bytes)), "--".into(), file.clone().into()],
    )
    .await?;
    let mut task = shop.task(["sfdisk", "--quiet", "--no-tell-kernel", "--no-reread", "--"]);
    task.argv.push(file.clone().into());
    task.stdin = table.script.clone().into_bytes();
    shop.must(&task).await?;
    for (number, (one, start)) in filled.iter().zip(&table.starts).enumerate() {
        shop.step("making file systems", Some((number as u64, filled.len() as u64)));
        volumes::make(shop, one, &file, start * SECTOR).await?;
    }
    if let Some(boot) = boot {
        boot::install(shop, &boot, &file).await?;
    }
    Ok(vec![Finished::file(file, format!("{}.raw", shop.request.name))])
}

const SECTOR: u64 = 512;
const MIB: u64 = 2048; // in sectors

/// A partition table, as data.
#[derive(Debug, PartialEq)]
struct Table {
    /// What sfdisk reads.
    script: String,
    /// The first sector of each volume.
    starts: Vec<u64>,
    /// The size of the disk.
    bytes: u64,
}

/// Returns the number of the partition that a volume becomes.
pub(crate) fn partition_number(index: usize, of: usize) -> usize {
    if of > 4 && index >= 3 { index + 2 } else { index + 1 }
}

impl Table {
    fn new(filled: &[Filled], disk_id: u32) -> Table {
        let volumes: Vec<(&Volume, u64)> = filled.iter().map(|one| (&one.volume, one.mib)).collect();
        let active = active(&volumes);
        let extended = volumes.len() > 4;
        let (mut lines, mut starts) = (Vec::new(), Vec::new());
        let mut extended_start = 0;
        let mut next = MIB; // the first MiB is the boot loader's
        for (index, (volume, mib)) in volumes.iter().enumerate() {
            if extended && index == 3 {
                extended_start = next.next_multiple_of(MIB);
            }
            if extended && index >= 3 {
                next = next.next_multiple_of(MIB) + MIB; // before each logical partition is its own little table
            }
            let start = next.next_multiple_of((volume.align * 2).max(1)).max(next);
            let size = mib * MIB;
            let kind = match volume.file_system {
                FileSystem::Ext(_) => "83",
                FileSystem::Vfat => "c",
                FileSystem::Swap => "82",
            };
            let number = partition_number(index, volumes.len());
            let bootable = if Some(index) == active { ", bootable" } else { "" };
            lines.push((number, format!("{number} : start={start}, size={size}, type={kind}{bootable}")));
            starts.push(start);
            next = start + size;
        }
        if extended {
            lines.push((4, format!("4 : start={extended_start}, size={}, type=f", next - extended_start)));
        }
        lines.sort_by_key(|(number, _)| *number);
        let lines: Vec<_> = lines.into_iter().map(|(_, line)| line).collect();
        let head = format!("label: dos\nlabel-id: 0x{disk_id:08x}\nunit: sectors\n\n");
        Table { script: head + &lines.join("\n") + "\n", starts, bytes: next.next_multiple_of(MIB) * SECTOR }
    }
}

/// Chooses the one partition that is marked for booting: the one asked for, or else the one with the kernel.
fn active(volumes: &[(&Volume, u64)]) -> Option<usize> {
    let first = |fits: &dyn Fn(&Volume) -> bool| volumes.iter().position(|(volume, _)| fits(volume));
    let at = |volume: &Volume, path: &str| volume.mount == crate::plan::Mount::At(path.into());
    first(&|volume| volume.active)
        .or_else(|| first(&|volume| at(volume, "/boot")))
        .or_else(|| first(&|volume| at(volume, "/")))
}
