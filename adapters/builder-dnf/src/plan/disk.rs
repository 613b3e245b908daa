//! How the files are divided into file systems, and those among disks.

use imaging::ImageType;
use img_kickstart::{At, Bootloader, Kickstart, Partition};
use uuid::Uuid;

use super::btrfs;
use super::names::plain;
use super::uuids::Uuids;
use super::volume::{Mount, Volume};

/// The file systems of an image, in the order of the kickstart.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Layout {
    /// Invariant: exactly one is mounted at `/`, no two at one place, and each is on one of the disks.
    pub(crate) volumes: Vec<Volume>,
    /// At least one.
    pub(crate) disks: Vec<Disk>,
    pub(crate) table: Table,
}

/// One disk.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Disk {
    /// What the kickstart calls it.
    pub(crate) name: String,
    /// Its own identifier in its partition table.
    pub(crate) id: Uuid,
}

/// What a disk is written as.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum DiskFormat {
    /// As it is.
    Raw,
    Qcow2,
    Vdi,
    Vmdk,
    /// That of Virtual PC and Hyper-V.
    Vhd,
}

impl DiskFormat {
    /// Returns the format of such an image, if that is disks.
    pub(super) fn of(image_type: ImageType) -> Option<DiskFormat> {
        match image_type {
            ImageType::Raw => Some(DiskFormat::Raw),
            ImageType::Qcow2 => Some(DiskFormat::Qcow2),
            ImageType::Vdi => Some(DiskFormat::Vdi),
            ImageType::Vmdk => Some(DiskFormat::Vmdk),
            ImageType::Vhd => Some(DiskFormat::Vhd),
            _ => None,
        }
    }

    /// Returns what the name of its file ends in.
    pub(crate) fn ending(self) -> &'static str {
        match self {
            DiskFormat::Raw => "raw",
            DiskFormat::Qcow2 => "qcow2",
            DiskFormat::Vdi => "vdi",
            DiskFormat::Vmdk => "vmdk",
            DiskFormat::Vhd => "vhd",
        }
    }
}

/// The kind of the partition tables.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Table {
    /// In the MBR.
    Dos,
    Gpt,
}

impl Table {
    /// The largest disk, in MiB: a sector has 32 bits in the one, and ext4 has limits of its own in the other.
    fn largest(self) -> u64 {
        match self {
            Table::Dos => 2 * 1024 * 1024,
            Table::Gpt => 16 * 1024 * 1024,
        }
    }
}

impl Disk {
    /// Returns its 32 bits in an MBR.
    pub(crate) fn short_id(&self) -> u32 {
        self.id.as_fields().0 | 1
    }
}

impl Layout {
    /// Returns the volume that is mounted at `path`.
    pub(crate) fn at(&self, path: &str) -> Option<&Volume> {
        self.volumes.iter().find(|volume| volume.mount == Mount::At(path.to_owned()))
    }

    /// Returns the volume with the kernel.
    pub(crate) fn with_kernel(&self) -> &Volume {
        self.at("/boot").or_else(|| self.at("/")).expect("a layout has a volume at /")
    }

    /// Returns where UEFI looks for a boot loader, and the folder of the image that is mounted from there.
    pub(crate) fn esp(&self) -> Option<&str> {
        self.volumes.iter().find_map(|volume| match &volume.mount {
            Mount::At(path) if volume.efi => Some(path.as_str()),
            _ => None,
        })
    }

    /// Returns the number of a volume's partition on its disk.
    pub(crate) fn partition_number(&self, volume: &Volume) -> usize {
        let on_disk = || self.volumes.iter().filter(|other| other.disk == volume.disk);
        let index = on_disk().position(|other| other == volume).unwrap_or(0);
        number(self.table, index, on_disk().count())
    }
}

/// Returns the number of a partition; in an MBR, number 4 holds all after the third when there are more than four.
pub(crate) fn number(table: Table, index: usize, of: usize) -> usize {
    if table == Table::Dos && of > 4 && index >= 3 { index + 2 } else { index + 1 }
}

/// Divides the files as the `part` lines say; without any there is one file system as large as its files need.
pub(super) fn layout(
    kickstart: &Kickstart,
    uuids: &Uuids,
    warnings: &mut Vec<String>,
) -> Result<Layout, String> {
    let btrfs = btrfs::Volumes::read(kickstart, warnings)?;
    let parts = kickstart.partitions();
    let biosboot = parts.iter().find(|part| is_biosboot(part));
    let mut names: Vec<String> = Vec::new();
    let mut volumes: Vec<Volume> = Vec::new();
    for part in parts.iter().filter(|part| !is_biosboot(part)) {
        let mut volume = btrfs.volume(part, uuids, warnings)?;
        if let Some(known) =
            volumes.iter().find(|known| known.mount == volume.mount && known.mount != Mount::Swap)
        {
            let earlier = At(known.line.unwrap_or_default());
            return Err(format!("{} is there already on {earlier}", volume.title()));
        }
        if let Some(name) = disk_name(part)? {
            volume.disk = names.iter().position(|known| *known == name).unwrap_or(names.len());
            if volume.disk == names.len() {
                names.push(name);
            }
        }
        volumes.push(volume);
    }
    if volumes.is_empty() {
        volumes.push(Volume::root(uuids));
    }
    if !volumes.iter().any(|volume| volume.mount == Mount::At("/".into())) {
        return Err("no `part` line is for `/`: add one, such as `part / --size=400 --fstype=ext4`".into());
    }
    if names.is_empty() {
        names.push("sda".to_owned());
    }
    let disks = names.into_iter().map(|name| Disk { id: uuids.of(&format!("disk {name}")), name });
    let asked = kickstart.bootloader().unwrap_or_default();
    let table = table(&asked, biosboot, &volumes, warnings);
    let layout = Layout { disks: disks.collect(), volumes, table };
    (0..layout.disks.len()).try_for_each(|disk| check(&layout, disk))?;
    Ok(layout)
}

fn is_biosboot(part: &Partition) -> bool {
    part.mount_point == "biosboot" || part.fstype.as_deref() == Some("biosboot")
}

/// Chooses the kind of table: the one asked for, else GPT where only that has what is asked for.
fn table(
    asked: &Bootloader,
    biosboot: Option<&Partition>,
    volumes: &[Volume],
    warnings: &mut Vec<String>,
) -> Table {
    let needs_gpt =
        biosboot.is_some() || volumes.iter().any(|volume| volume.efi || volume.part_type.is_some());
    match asked.ptable.as_deref() {
        Some("gpt") => Table::Gpt,
        None if needs_gpt => Table::Gpt,
        None => Table::Dos,
        Some(_) => {
            let odd = volumes.iter().filter(|volume| volume.part_type.is_some());
            let odd = odd.map(|volume| (volume.line, "`part`: --part-type has no effect"));
            let odd = odd.chain(biosboot.map(|part| (Some(part.line), "`part`: biosboot has no effect")));
            warnings.extend(
                odd.map(|(line, what)| {
                    format!("{}: {what} with --ptable=msdos", At(line.unwrap_or_default()))
                }),
            );
            Table::Dos
        }
    }
}

fn check(layout: &Layout, disk: usize) -> Result<(), String> {
    let volumes: Vec<&Volume> = layout.volumes.iter().filter(|volume| volume.disk == disk).collect();
    if layout.table == Table::Dos
        && volumes.len() > 4
        && let Some(late) = volumes.iter().skip(3).find(|volume| volume.primary)
    {
        let title = late.title();
        return Err(format!("{title} cannot be --asprimary: of more than four, the first three are primary"));
    }
    if volumes.len() > 120 {
        return Err(format!("a disk has at most 120 partitions, not {}", volumes.len()));
    }
    let total = volumes.iter().fold(0, |total: u64, volume| total.saturating_add(volume.size.least()));
    let largest = layout.table.largest();
    match layout.table {
        _ if total < largest => Ok(()),
        Table::Dos => Err(format!(
            "the partitions are {total} MB together, and a disk has at most {largest} MB; with `bootloader --ptable=gpt` \
             it may have more"
        )),
        Table::Gpt => {
            Err(format!("the partitions are {total} MB together, and a disk has at most {largest} MB"))
        }
    }
}

/// Returns the name of the disk a partition is on, as a file may have it.
fn disk_name(part: &Partition) -> Result<Option<String>, String> {
    let Some(disk) = part.ondisk.as_deref() else { return Ok(None) };
    let name = plain(disk.strip_prefix("/dev/").unwrap_or(disk), "disk", part.line)?;
    let fits = name.len() <= 40
        && !name.starts_with('.')
        && name.chars().all(|c| c.is_ascii_alphanumeric() || matches!(c, '.' | '_' | '-'));
    if fits {
        return Ok(Some(name.to_owned()));
    }
    Err(format!(
        "disk {disk:?} ({line}) should have a short name, as sda: the file of its image is called after it",
        line = At(part.line)
    ))
}
