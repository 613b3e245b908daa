//! The medium of a live image.

use imaging::{BuildRequest, ImageType};

use super::disk::{Disk, Layout, Table};
use super::uuids::Uuids;
use super::volume::{FileSystem, Volume, new_uuid};

/// What a live system is on.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Medium {
    /// By which the kernel finds it again.
    pub(crate) label: String,
    pub(crate) kind: MediumKind,
    /// What grub for UEFI is in, on a CD.
    pub(crate) esp: Volume,
}

#[derive(Clone, Debug, PartialEq)]
pub(crate) enum MediumKind {
    /// A CD, or a disk it is written to.
    Cd,
    /// A disk with one FAT.
    Usb(Layout),
}

/// The largest file on a FAT, in bytes.
pub(crate) const LARGEST_ON_FAT: u64 = u32::MAX as u64;

/// Plans the medium.
pub(super) fn medium(request: &BuildRequest, uuids: &Uuids) -> Medium {
    let name = request.name.as_str();
    let fat = |what: &str| Volume {
        file_system: FileSystem::Vfat,
        uuid: new_uuid(FileSystem::Vfat, uuids.of(&format!("file system {what}"))),
        ..Volume::root(uuids)
    };
    let esp = Volume { size: super::Size::Fixed(4), ..fat("esp") };
    if request.image_type == ImageType::Livecd {
        return Medium { label: cd_label(name), kind: MediumKind::Cd, esp };
    }
    let label = fat_label(name);
    let volume = Volume { label: Some(label.clone()), active: true, ..fat("medium") };
    let disks = vec![Disk { name: "usb".into(), id: uuids.of("disk usb") }];
    let layout = Layout { volumes: vec![volume], disks, table: Table::Dos };
    Medium { label, kind: MediumKind::Usb(layout), esp }
}

/// Returns the name as the label of a CD, which has 32 characters.
fn cd_label(name: &str) -> String {
    let plain = |c: char| if c.is_ascii_alphanumeric() || matches!(c, '.' | '_' | '-') { c } else { '_' };
    name.chars().map(plain).take(32).collect()
}

/// Returns the name as the label of a FAT, which has 11 characters and no small letters.
fn fat_label(name: &str) -> String {
    let plain = |c: char| if c.is_ascii_alphanumeric() { c.to_ascii_uppercase() } else { '_' };
    name.chars().map(plain).take(11).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn labels_are_what_their_media_can_have() {
        for (name, cd, fat) in [
            ("demo", "demo", "DEMO"),
            ("my image 1.2-ä", "my_image_1.2-_", "MY_IMAGE_1_"),
            (&"x".repeat(40), &"x".repeat(32), &"X".repeat(11)),
        ] {
            assert_eq!((cd_label(name).as_str(), fat_label(name).as_str()), (cd, fat));
        }
    }
}
