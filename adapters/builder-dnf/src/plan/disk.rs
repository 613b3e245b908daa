//! How the files are divided into file systems.

use img_kickstart::{At, Kickstart, Partition};
use uuid::Uuid;

use super::names::{field, path_down, plain};

/// The file systems of an image, in the order of the kickstart.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Layout {
    /// Invariant: exactly one is mounted at `/`, and no two at one place.
    pub(crate) volumes: Vec<Volume>,
    /// The disk's own number in its partition table.
    pub(crate) disk_id: u32,
}

/// One partition with what is in it.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Volume {
    /// The line of the kickstart, unless nobody asked for it.
    pub(crate) line: Option<usize>,
    pub(crate) mount: Mount,
    pub(crate) file_system: FileSystem,
    pub(crate) size: Size,
    pub(crate) label: Option<String>,
    /// As the file system's tools and /etc/fstab write it.
    pub(crate) uuid: String,
    /// Mount options.
    pub(crate) options: String,
    pub(crate) active: bool,
    pub(crate) primary: bool,
    /// Where it may begin: at multiples of so many KiB.
    pub(crate) align: u64,
}

#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Mount {
    At(String),
    Swap,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum FileSystem {
    /// `ext2`, `ext3` or `ext4`.
    Ext(&'static str),
    Vfat,
    Swap,
}

/// How large, in MiB.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Size {
    Fixed(u64),
    /// As large as its files need, within these bounds.
    Content {
        least: u64,
        most: Option<u64>,
    },
}

/// The largest disk whose partition table has 32 bits for a sector.
const LARGEST: u64 = 2 * 1024 * 1024;

impl Layout {
    /// Returns the volume that is mounted at `path`.
    pub(crate) fn at(&self, path: &str) -> Option<&Volume> {
        self.volumes.iter().find(|volume| volume.mount == Mount::At(path.to_owned()))
    }

    /// Leaves out swap partitions, which files of single file systems cannot have.
    pub(super) fn without_swap(mut self, warnings: &mut Vec<String>) -> Layout {
        for swap in self.volumes.iter().filter(|volume| volume.mount == Mount::Swap) {
            let line = swap.line.unwrap_or_default();
            warnings.push(format!("{line}: swap has no effect in loop images", line = At(line)));
        }
        self.volumes.retain(|volume| volume.mount != Mount::Swap);
        self
    }
}

impl Volume {
    /// Returns how a person finds it: `partition / (line 5)`.
    pub(crate) fn title(&self) -> String {
        let name = match &self.mount {
            Mount::At(path) => path,
            Mount::Swap => "swap",
        };
        match self.line {
            Some(line) => format!("partition {name} ({line})", line = At(line)),
            None => format!("partition {name}"),
        }
    }
}

/// Divides the files as the `part` lines say; without any there is one file system as large as its files need.
pub(super) fn layout(kickstart: &Kickstart, warnings: &mut Vec<String>) -> Result<Layout, String> {
    let parts = kickstart.partitions();
    let mut disks: Vec<(&str, usize)> = Vec::new();
    let mut volumes: Vec<Volume> = Vec::new();
    for part in &parts {
        let volume = volume(part, warnings)?;
        if let Some(known) =
            volumes.iter().find(|known| known.mount == volume.mount && known.mount != Mount::Swap)
        {
            let earlier = At(known.line.unwrap_or_default());
            return Err(format!("{} is there already on {earlier}", volume.title()));
        }
        if let Some(disk) = part.ondisk.as_deref().filter(|disk| disks.iter().all(|(known, _)| known != disk))
        {
            disks.push((disk, part.line));
        }
        volumes.push(volume);
    }
    if let [(first, _), (second, line), ..] = disks[..] {
        return Err(format!(
            "an image is one disk, and {line} asks for {second} besides {first}",
            line = At(line)
        ));
    }
    if volumes.is_empty() {
        volumes.push(Volume::root());
    }
    if !volumes.iter().any(|volume| volume.mount == Mount::At("/".into())) {
        return Err("no `part` line is for `/`: add one, such as `part / --size=400 --fstype=ext4`".into());
    }
    if volumes.len() > 4
        && let Some(late) = volumes.iter().skip(3).find(|volume| volume.primary)
    {
        let title = late.title();
        return Err(format!("{title} cannot be --asprimary: of more than four, the first three are primary"));
    }
    let total: u64 = volumes.iter().map(|volume| volume.size.least()).sum();
    if total >= LARGEST {
        return Err(format!("the partitions are {total} MB together, and a disk has at most {LARGEST} MB"));
    }
    let disk_id = Uuid::new_v4().as_fields().0 | 1;
    Ok(Layout { volumes, disk_id })
}

impl Size {
    fn least(self) -> u64 {
        match self {
            Size::Fixed(size) => size,
            Size::Content { least, .. } => least,
        }
    }
}

impl Volume {
    fn root() -> Volume {
        Volume {
            line: None,
            mount: Mount::At("/".into()),
            file_system: FileSystem::Ext("ext4"),
            size: Size::Content { least: 0, most: None },
            label: None,
            uuid: Uuid::new_v4().to_string(),
            options: "defaults".into(),
            active: false,
            primary: false,
            align: 1024,
        }
    }
}

fn volume(part: &Partition, warnings: &mut Vec<String>) -> Result<Volume, String> {
    let line = part.line;
    refuse(part)?;
    let mount = match part.mount_point.as_str() {
        "swap" => Mount::Swap,
        path if path.starts_with('/') => {
            let path = path_down(path, "mount point", line)?;
            let parts: Vec<_> = path.split('/').filter(|part| !part.is_empty()).collect();
            Mount::At(format!("/{}", parts.join("/")))
        }
        other => {
            return Err(format!(
                "partition {other} ({line}) cannot be made; a mount point or swap can",
                line = At(line)
            ));
        }
    };
    let file_system = file_system(part, &mount)?;
    let size = match (part.size, part.grow) {
        (Some(0) | None, _) if mount == Mount::Swap => {
            return Err(format!("partition swap ({line}) needs a --size", line = At(line)));
        }
        (Some(size @ 1..), false) => Size::Fixed(size),
        (Some(size @ 1..), true) if mount == Mount::Swap => {
            warnings
                .push(format!("{line}: swap has nothing to grow for, so it has its --size", line = At(line)));
            Size::Fixed(size)
        }
        (least, _) => Size::Content { least: least.unwrap_or(0), most: part.maxsize.filter(|_| part.grow) },
    };
    let uuid = match &part.uuid {
        Some(uuid) => given_uuid(uuid, file_system, line)?,
        None => new_uuid(file_system),
    };
    let options = field(part.fsoptions.as_deref().unwrap_or("defaults"), "mount options", line)?.to_owned();
    let align = part.align.unwrap_or(1024).max(1);
    if align > 1024 * 1024 {
        return Err(format!("--align={align} ({line}) should be at most 1048576 KiB", line = At(line)));
    }
    Ok(Volume {
        line: Some(line),
        label: label(part, file_system)?,
        mount,
        file_system,
        size,
        uuid,
        options,
        active: part.active,
        primary: part.asprimary,
        align,
    })
}

/// Refuses what would be another disk than the one asked for.
fn refuse(part: &Partition) -> Result<(), String> {
    let unable = [
        (part.onpart.is_some(), "--onpart: an image is a new disk"),
        (part.noformat, "--noformat: an image is a new disk"),
        (part.encrypted, "--encrypted: this builder makes no encrypted partitions"),
    ];
    match unable.iter().find(|(given, _)| *given) {
        Some((_, why)) => {
            Err(format!("partition {} ({}) cannot have {why}", part.mount_point, At(part.line)))
        }
        None => Ok(()),
    }
}

fn file_system(part: &Partition, mount: &Mount) -> Result<FileSystem, String> {
    if *mount == Mount::Swap {
        return Ok(FileSystem::Swap);
    }
    let root = *mount == Mount::At("/".into());
    match part.fstype.as_deref().unwrap_or("ext4") {
        "ext2" => Ok(FileSystem::Ext("ext2")),
        "ext3" => Ok(FileSystem::Ext("ext3")),
        "ext4" => Ok(FileSystem::Ext("ext4")),
        "vfat" | "msdos" | "fat32" | "fat" | "efi" if !root => Ok(FileSystem::Vfat),
        other => Err(format!(
            "partition {} ({}) cannot be {other}: there are ext2, ext3, ext4{}",
            part.mount_point,
            At(part.line),
            if root { "" } else { " and vfat" }
        )),
    }
}

fn label(part: &Partition, file_system: FileSystem) -> Result<Option<String>, String> {
    let Some(label) = &part.label else { return Ok(None) };
    plain(label, "label", part.line)?;
    let longest = if file_system == FileSystem::Vfat { 11 } else { 16 };
    let fits = label.len() <= longest && label.is_ascii() && !label.contains(['"', '\\', '/', ' ']);
    if fits {
        return Ok(Some(label.clone()));
    }
    Err(format!(
        "label {label:?} ({}) should be at most {longest} plain characters without blanks",
        At(part.line)
    ))
}

fn new_uuid(file_system: FileSystem) -> String {
    let uuid = Uuid::new_v4();
    match file_system {
        FileSystem::Vfat => {
            let serial = uuid.as_fields().0;
            format!("{:04X}-{:04X}", serial >> 16, serial & 0xffff)
        }
        FileSystem::Ext(_) | FileSystem::Swap => uuid.to_string(),
    }
}

fn given_uuid(text: &str, file_system: FileSystem, line: usize) -> Result<String, String> {
    let wrong = || format!("--uuid={text} ({line}) is no UUID of such a file system", line = At(line));
    if file_system == FileSystem::Vfat {
        let (high, low) = text.split_once('-').ok_or_else(wrong)?;
        let hex = |part: &str| part.len() == 4 && part.chars().all(|c| c.is_ascii_hexdigit());
        return if hex(high) && hex(low) { Ok(text.to_ascii_uppercase()) } else { Err(wrong()) };
    }
    Uuid::parse_str(text).map(|uuid| uuid.to_string()).map_err(|_| wrong())
}
