//! Whether this machine has the programs a build needs.

use std::path::Path;

use imaging::BuilderError;

use crate::halt::Halt;
use crate::plan::{DiskFormat, FileSystem, Form, Into, MediumKind, Plan};
use crate::steps::archive::compressors;

const FOLDERS: [&str; 4] = ["/usr/sbin", "/usr/bin", "/sbin", "/bin"];

/// Says which program is missing, and which Debian package has it.
pub(crate) fn check(plan: &Plan) -> Result<(), Halt> {
    match needed(plan).into_iter().find(|(program, _)| !is_there(program)) {
        None => Ok(()),
        Some((program, package)) => Err(Halt::Broken(BuilderError::new(
            "make such an image on this machine",
            format!("{program} is missing: install the package {package}"),
        ))),
    }
}

const GRUB: [(&str, &str); 2] =
    [("grub-mkimage", "grub-common"), ("/usr/lib/grub/i386-pc/boot.img", "grub-pc-bin")];
const GRUB_UEFI: (&str, &str) = ("/usr/lib/grub/x86_64-efi/moddep.lst", "grub-efi-amd64-bin");

/// Returns programs, or files by their whole path, each with its Debian package.
fn needed(plan: &Plan) -> Vec<(&'static str, &'static str)> {
    let mut needed = vec![("dnf", "dnf")];
    if let Form::Fs(pack) = &plan.form {
        match pack.into {
            Into::Tar(Some(compression)) if !compressors(compression).iter().any(|one| is_there(one.0)) => {
                needed.extend(
                    compressors(compression).last().map(|(program, _, package)| (*program, *package)),
                );
            }
            Into::Zip => needed.push(("zip", "zip")),
            Into::Tar(_) | Into::Folder => {}
        }
    }
    let fat = match &plan.form {
        Form::Live(medium) => {
            needed.push(("mksquashfs", "squashfs-tools"));
            match medium.kind {
                MediumKind::Cd => needed.push(("xorriso", "xorriso")),
                MediumKind::Usb(_) => needed.push(("sfdisk", "fdisk")),
            }
            needed.extend(GRUB);
            needed.push(GRUB_UEFI);
            Some(&medium.esp)
        }
        _ => None,
    };
    let volumes = plan.form.layout().into_iter().flat_map(|layout| &layout.volumes);
    for volume in volumes.chain(fat) {
        match volume.file_system {
            FileSystem::Ext(_) => needed.extend([("mke2fs", "e2fsprogs"), ("debugfs", "e2fsprogs")]),
            FileSystem::Btrfs => needed.push(("mkfs.btrfs", "btrfs-progs")),
            FileSystem::Vfat => needed.extend([("mkfs.vfat", "dosfstools"), ("mcopy", "mtools")]),
            FileSystem::Swap => needed.push(("mkswap", "util-linux")),
        }
    }
    if let Form::Disks(layout, format) = &plan.form {
        if *format != DiskFormat::Raw {
            needed.push(("qemu-img", "qemu-utils"));
        }
        needed.push(("sfdisk", "fdisk"));
        needed.extend(GRUB);
        if layout.esp().is_some() {
            needed.push(GRUB_UEFI);
        }
    }
    needed
}

/// Tells whether a program, or a file by its whole path, is on this machine.
pub(crate) fn is_there(program: &str) -> bool {
    program.starts_with('/') && Path::new(program).exists()
        || FOLDERS.iter().any(|folder| Path::new(folder).join(program).is_file())
}
