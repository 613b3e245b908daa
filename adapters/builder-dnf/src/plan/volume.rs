//! One partition, or one file of a loop image, and the file system in it.

use img_kickstart::{At, Partition};
use uuid::Uuid;

use super::names::{field, path_down, plain};
use super::uuids::Uuids;

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
    /// Which disk of the layout it is on.
    pub(crate) disk: usize,
    /// Whether UEFI finds boot loaders here.
    pub(crate) efi: bool,
    /// Type and identifier of the partition in a GPT; the type only when somebody chose one.
    pub(crate) part_type: Option<Uuid>,
    pub(crate) part_uuid: Uuid,
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
    Btrfs,
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

/// The type of the partition in which UEFI looks for boot loaders.
pub(crate) const ESP: Uuid = Uuid::from_u128(0xc12a7328_f81f_11d2_ba4b_00a0c93ec93b);

impl Size {
    pub(crate) fn least(self) -> u64 {
        match self {
            Size::Fixed(size) => size,
            Size::Content { least, .. } => least,
        }
    }
}

impl Volume {
    /// Returns the one volume of a disk that nobody divided.
    pub(super) fn root(uuids: &Uuids) -> Volume {
        Volume {
            line: None,
            mount: Mount::At("/".into()),
            file_system: FileSystem::Ext("ext4"),
            size: Size::Content { least: 0, most: None },
            label: None,
            uuid: uuids.of("file system /").to_string(),
            options: "defaults".into(),
            active: false,
            primary: false,
            align: 1024,
            disk: 0,
            efi: false,
            part_type: None,
            part_uuid: uuids.of("partition /"),
        }
    }

    /// Reads a `part` line; `mount_point` is what stands there, or the place another line gives it.
    pub(super) fn read(
        part: &Partition,
        mount_point: &str,
        uuids: &Uuids,
        warnings: &mut Vec<String>,
    ) -> Result<Volume, String> {
        let line = part.line;
        refuse(part)?;
        let mount = match mount_point {
            "swap" => Mount::Swap,
            path if path.starts_with('/') => {
                let path = path_down(path, "mount point", line)?;
                let parts: Vec<_> = path.split('/').filter(|part| !part.is_empty()).collect();
                Mount::At(format!("/{}", parts.join("/")))
            }
            other => {
                return Err(format!(
                    "partition {other} ({line}) cannot be made; a mount point, swap, biosboot or btrfs.… can",
                    line = At(line)
                ));
            }
        };
        let file_system = file_system(part, &mount)?;
        let size = size(part, &mount, warnings)?;
        let key = format!("{mount_point} {line}");
        let uuid = match &part.uuid {
            Some(uuid) => given_uuid(uuid, file_system, line)?,
            None => new_uuid(file_system, uuids.of(&format!("file system {key}"))),
        };
        let options = field(part.fsoptions.as_deref().unwrap_or("defaults"), "mount options", line)?;
        let align = part.align.unwrap_or(1024).max(1);
        if align > 1024 * 1024 {
            return Err(format!("--align={align} ({line}) should be at most 1048576 KiB", line = At(line)));
        }
        let part_type = part.part_type.as_deref().map(|text| {
            Uuid::parse_str(text).map_err(|_| {
                format!("--part-type={text} ({line}) should be a GUID, as {ESP}", line = At(line))
            })
        });
        let part_type = part_type.transpose()?;
        let efi_place = matches!(&mount, Mount::At(path) if matches!(path.as_str(), "/boot/efi" | "/efi"));
        let efi = file_system == FileSystem::Vfat
            && (efi_place || part.fstype.as_deref() == Some("efi") || part_type == Some(ESP));
        Ok(Volume {
            line: Some(line),
            label: label(part, file_system)?,
            mount,
            file_system,
            size,
            uuid,
            options: options.to_owned(),
            active: part.active,
            primary: part.asprimary,
            align,
            disk: 0,
            efi,
            part_type,
            part_uuid: uuids.of(&format!("partition {key}")),
        })
    }

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

fn size(part: &Partition, mount: &Mount, warnings: &mut Vec<String>) -> Result<Size, String> {
    let line = At(part.line);
    match (part.size, part.grow) {
        (Some(0) | None, _) if *mount == Mount::Swap => {
            Err(format!("partition swap ({line}) needs a --size"))
        }
        (Some(size @ 1..), false) => Ok(Size::Fixed(size)),
        (Some(size @ 1..), true) if *mount == Mount::Swap => {
            warnings.push(format!("{line}: swap has nothing to grow for, so it has its --size"));
            Ok(Size::Fixed(size))
        }
        (least, _) => {
            Ok(Size::Content { least: least.unwrap_or(0), most: part.maxsize.filter(|_| part.grow) })
        }
    }
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
    let usual = if part.mount_point.starts_with("btrfs.") { "btrfs" } else { "ext4" };
    match part.fstype.as_deref().unwrap_or(usual) {
        "ext2" => Ok(FileSystem::Ext("ext2")),
        "ext3" => Ok(FileSystem::Ext("ext3")),
        "ext4" => Ok(FileSystem::Ext("ext4")),
        "btrfs" => Ok(FileSystem::Btrfs),
        "vfat" | "msdos" | "fat32" | "fat" | "efi" if !root => Ok(FileSystem::Vfat),
        other => Err(format!(
            "partition {} ({}) cannot be {other}: there are ext2, ext3, ext4, btrfs{}",
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

/// Writes an identifier as such a file system has it.
pub(super) fn new_uuid(file_system: FileSystem, uuid: Uuid) -> String {
    match file_system {
        FileSystem::Vfat => {
            let serial = uuid.as_fields().0;
            format!("{:04X}-{:04X}", serial >> 16, serial & 0xffff)
        }
        FileSystem::Ext(_) | FileSystem::Btrfs | FileSystem::Swap => uuid.to_string(),
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
