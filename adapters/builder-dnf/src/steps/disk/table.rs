//! A partition table, as data; pure.

use crate::plan::{Disk, FileSystem, Mount, Table, Volume, number};

pub(crate) const SECTOR: u64 = 512;
const MIB: u64 = 2048; // in sectors

/// Where grub's image lies on a disk with a GPT: in a partition of its own, before all others.
pub(crate) const BIOS_START: u64 = 40;

/// A partition table and where it puts things.
#[derive(Debug, PartialEq)]
pub(crate) struct Partitions {
    /// What sfdisk reads.
    pub(crate) script: String,
    /// The first sector of each volume.
    pub(crate) starts: Vec<u64>,
    /// The size of the disk.
    pub(crate) bytes: u64,
}

impl Partitions {
    /// Lays out the volumes of one disk, each with its size in MiB.
    pub(crate) fn new(table: Table, disk: &Disk, volumes: &[(&Volume, u64)]) -> Partitions {
        let active = active(volumes);
        let extended = table == Table::Dos && volumes.len() > 4;
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
            let number = number(table, index, volumes.len());
            let marked = Some(index) == active;
            let more = match table {
                Table::Dos => format!("type={}{}", dos_type(volume), if marked { ", bootable" } else { "" }),
                Table::Gpt => gpt_words(volume, marked),
            };
            lines.push((number, format!("{number} : start={start}, size={size}, {more}")));
            starts.push(start);
            next = start + size;
        }
        let (head, spare) = match table {
            Table::Dos => (format!("label: dos\nlabel-id: 0x{:08x}", disk.short_id()), 0),
            Table::Gpt => (format!("label: gpt\nlabel-id: {}\nfirst-lba: 34", disk.id), 33), // a copy is at the end
        };
        match table {
            Table::Dos if extended => {
                let size = next - extended_start;
                lines.push((4, format!("4 : start={extended_start}, size={size}, type=f")));
            }
            Table::Dos => {}
            Table::Gpt => {
                let (number, size) = (volumes.len() + 1, MIB - BIOS_START);
                let uuid = uuid_after(disk);
                lines.push((
                    number,
                    format!("{number} : start={BIOS_START}, size={size}, type={BIOS_BOOT}, uuid={uuid}"),
                ));
            }
        }
        lines.sort_by_key(|(number, _)| *number);
        let lines: Vec<_> = lines.into_iter().map(|(_, line)| line).collect();
        Partitions {
            script: format!("{head}\nunit: sectors\n\n{}\n", lines.join("\n")),
            starts,
            bytes: (next + spare).next_multiple_of(MIB) * SECTOR,
        }
    }
}

const BIOS_BOOT: &str = "21686148-6449-6e6f-744e-656564454649";

/// The partition of grub's image has the number after the disk's own.
fn uuid_after(disk: &Disk) -> uuid::Uuid {
    uuid::Uuid::from_u128(disk.id.as_u128().wrapping_add(1))
}

fn dos_type(volume: &Volume) -> &'static str {
    match volume.file_system {
        _ if volume.efi => "ef",
        FileSystem::Ext(_) | FileSystem::Btrfs => "83",
        FileSystem::Vfat => "c",
        FileSystem::Swap => "82",
    }
}

fn gpt_words(volume: &Volume, marked: bool) -> String {
    let usual = match volume.file_system {
        _ if volume.efi => crate::plan::ESP.to_string(),
        FileSystem::Ext(_) | FileSystem::Btrfs => "0fc63daf-8483-4772-8e79-3d69d8477de4".into(),
        FileSystem::Vfat => "ebd0a0a2-b9e5-4433-87c0-68b6b72699c7".into(),
        FileSystem::Swap => "0657fd6d-a4ab-43c4-84e5-0933c84b4f4f".into(),
    };
    let kind = volume.part_type.map_or(usual, |chosen| chosen.to_string());
    let mark = if marked && !volume.efi { ", attrs=\"LegacyBIOSBootable\"" } else { "" };
    format!("type={kind}, uuid={}{mark}", volume.part_uuid)
}

/// Chooses the one partition that is marked for booting: the one asked for, or else the one with the kernel.
fn active(volumes: &[(&Volume, u64)]) -> Option<usize> {
    let first = |fits: &dyn Fn(&Volume) -> bool| volumes.iter().position(|(volume, _)| fits(volume));
    let at = |volume: &Volume, path: &str| volume.mount == Mount::At(path.into());
    first(&|volume| volume.active)
        .or_else(|| first(&|volume| at(volume, "/boot")))
        .or_else(|| first(&|volume| at(volume, "/")))
}

#[cfg(test)]
mod tests {
    use super::*;
    use imaging::ImageType;

    fn of(lines: &str) -> Partitions {
        let kickstart = format!("{}{lines}\n", crate::plan::tests::BASE);
        let plan = crate::plan::plan(&crate::plan::tests::request(ImageType::Raw, &kickstart)).unwrap();
        let layout = plan.form.layout().unwrap();
        let volumes: Vec<_> = layout.volumes.iter().map(|volume| (volume, volume.size.least())).collect();
        Partitions::new(layout.table, &layout.disks[0], &volumes)
    }

    /// Returns the lines of the partitions, without what is random.
    fn lines(partitions: &Partitions) -> Vec<String> {
        let lines = partitions.script.lines().filter(|line| line.contains(" : "));
        lines.map(|line| line.split(", uuid=").next().unwrap().to_owned()).collect()
    }

    #[test]
    fn more_than_four_partitions_of_an_mbr_lie_in_an_extended_one() {
        let table =
            of("part / --size=1\npart /a --size=1\npart /b --size=1\npart /c --size=1\npart swap --size=1");

        assert_eq!(
            lines(&table),
            [
                "1 : start=2048, size=2048, type=83, bootable",
                "2 : start=4096, size=2048, type=83",
                "3 : start=6144, size=2048, type=83",
                "4 : start=8192, size=8192, type=f",
                "5 : start=10240, size=2048, type=83",
                "6 : start=14336, size=2048, type=82",
            ]
        );
        assert_eq!((table.starts, table.bytes), (vec![2048, 4096, 6144, 10240, 14336], 8 << 20));
    }

    #[test]
    fn a_gpt_has_room_for_grub_before_and_for_its_copy_behind_the_partitions() {
        let table = of("part / --size=1\npart /boot/efi --size=1 --fstype=efi --align=2048");

        assert_eq!(
            lines(&table),
            [
                "1 : start=2048, size=2048, type=0fc63daf-8483-4772-8e79-3d69d8477de4",
                "2 : start=4096, size=2048, type=c12a7328-f81f-11d2-ba4b-00a0c93ec93b",
                "3 : start=40, size=2008, type=21686148-6449-6e6f-744e-656564454649",
            ]
        );
        assert_eq!((table.starts, table.bytes), (vec![2048, 4096], 4 << 20));
    }
}
