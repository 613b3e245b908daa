//! The disks of a machine.

use std::path::{Path, PathBuf};

/// The form of a disk's file.
///
/// It is said, never found out: whoever fills a raw disk could make it look like a form that names other files of the host.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Format {
    /// The bytes of the disk.
    Raw,
    /// QEMU's own.
    Qcow2,
    /// VirtualBox's.
    Vdi,
    /// VMware's.
    Vmdk,
    /// Hyper-V's, the older one: `.vhd`.
    Vhd,
}

impl Format {
    /// Returns the form that files of such a name have; raw unless the name says another.
    pub fn of_name(path: &Path) -> Format {
        match path.extension().and_then(|ending| ending.to_str()) {
            Some("qcow2") => Format::Qcow2,
            Some("vdi") => Format::Vdi,
            Some("vmdk") => Format::Vmdk,
            Some("vhd" | "vpc") => Format::Vhd,
            _ => Format::Raw,
        }
    }

    /// Returns qemu's word for it.
    pub fn word(self) -> &'static str {
        match self {
            Format::Raw => "raw",
            Format::Qcow2 => "qcow2",
            Format::Vdi => "vdi",
            Format::Vmdk => "vmdk",
            Format::Vhd => "vpc",
        }
    }
}

/// Where a disk is attached.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Bus {
    /// virtio: the fastest, for guests that know it.
    #[default]
    Virtio,
    /// The disk controller every guest knows.
    Ide,
    /// The same, as a CD that nobody writes.
    Cd,
}

/// A disk of a machine.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Disk {
    /// The file, or a block device.
    pub path: PathBuf,
    /// Its form.
    pub format: Format,
    /// Where it is attached.
    pub bus: Bus,
    /// Whether what the guest writes goes into an overlay that ends with the machine; else it goes into the file.
    pub overlay: bool,
    /// Whether the file may rest on others, as an overlay of its own does. Only for files that no stranger has made: such a
    /// file shows the guest any file of this machine it names.
    pub rests_on_others: bool,
}

impl Disk {
    /// Makes a disk that a stranger may have filled and that no guest changes.
    pub fn throw_away(path: impl Into<PathBuf>) -> Disk {
        let path = path.into();
        let format = Format::of_name(&path);
        Disk { path, format, bus: Bus::Virtio, overlay: true, rests_on_others: false }
    }
}
