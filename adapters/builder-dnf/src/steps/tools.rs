//! Whether this machine has the programs a build needs.

use disk_format::{compressors, is_there};
use imaging::{Arch, BuilderError};

use crate::halt::Halt;
use crate::plan::{DiskFormat, FileSystem, Form, Into, MediumKind, Plan, Volume, Wrap};
use crate::steps::boot;

/// Says which program is missing, and which Debian package has it.
pub(crate) fn check(plan: &Plan, arch: Arch) -> Result<(), Halt> {
    match needed(plan, arch).into_iter().find(|(program, _)| !is_there(program)) {
        None => Ok(()),
        Some((program, package)) => Err(Halt::Broken(BuilderError::new(
            "make such an image on this machine",
            format!("{program} is missing: install the package {package}"),
        ))),
    }
}

/// A program, or a file by its whole path, with its Debian package.
pub(crate) type Tool = (&'static str, &'static str);

pub(crate) fn needed(plan: &Plan, arch: Arch) -> Vec<Tool> {
    let mut needed = vec![("dnf", "dnf")];
    match &plan.wrap {
        Some(Wrap::Together(pack)) => needed.extend(for_packing(pack.into)),
        Some(Wrap::Each(compression)) => needed.extend(for_packing(Into::Tar(Some(*compression)))),
        None => {}
    }
    match &plan.form {
        Form::Fs(pack) => needed.extend(for_packing(pack.into)),
        Form::Loop(layout) => needed.extend(layout.volumes.iter().flat_map(for_volume)),
        Form::Disks(layout, format) => {
            needed.extend(layout.volumes.iter().flat_map(for_volume));
            needed.push(("sfdisk", "fdisk"));
            needed.extend(for_booting(arch, layout.esp().is_some()));
            if *format != DiskFormat::Raw {
                needed.push(("qemu-img", "qemu-utils"));
            }
        }
        Form::Live(medium) => {
            needed.push(("mksquashfs", "squashfs-tools"));
            needed.push(match medium.kind {
                MediumKind::Cd => ("xorriso", "xorriso"),
                MediumKind::Usb(_) => ("sfdisk", "fdisk"),
            });
            needed.extend(for_booting(arch, true));
            needed.extend(for_volume(&medium.esp));
        }
    }
    needed
}

fn for_packing(into: Into) -> Option<Tool> {
    match into {
        Into::Tar(Some(compression)) => {
            let known = compressors(compression);
            let found = known.iter().find(|(program, _, _)| is_there(program)).or(known.last());
            found.map(|(program, _, package)| (*program, *package))
        }
        Into::Zip => Some(("zip", "zip")),
        Into::Tar(None) | Into::Folder => None,
    }
}

fn for_volume(volume: &Volume) -> &'static [Tool] {
    match volume.file_system {
        FileSystem::Ext(_) => &[("mke2fs", "e2fsprogs"), ("debugfs", "e2fsprogs")],
        FileSystem::Btrfs => &[("mkfs.btrfs", "btrfs-progs")],
        FileSystem::Vfat => &[("mkfs.vfat", "dosfstools"), ("mcopy", "mtools")],
        FileSystem::Swap => &[("mkswap", "util-linux")],
    }
}

fn for_booting(arch: Arch, uefi: bool) -> Vec<Tool> {
    let mut needed = Vec::new();
    if boot::knows(arch) {
        needed.extend([("grub-mkimage", "grub-common"), ("/usr/lib/grub/i386-pc/boot.img", "grub-pc-bin")]);
    }
    if uefi && boot::knows_uefi(arch) {
        needed.push(("/usr/lib/grub/x86_64-efi/moddep.lst", "grub-efi-amd64-bin"));
    }
    needed
}

#[cfg(test)]
mod tests {
    use imaging::ImageType;

    use super::*;

    #[test]
    fn each_type_of_image_needs_its_own_packages() {
        const DISK: &[&str] = &["dnf", "e2fsprogs", "fdisk", "grub-common", "grub-pc-bin"];
        let esp = "part / --size=9\npart /boot/efi --size=9 --fstype=efi\n";
        let with = |more: &[&'static str]| [DISK, more].concat();
        for (image_type, arch, lines, packages) in [
            (ImageType::Raw, "x86_64", "", with(&[])),
            (ImageType::Raw, "x86_64", esp, with(&["dosfstools", "grub-efi-amd64-bin", "mtools"])),
            (ImageType::Raw, "i686", esp, with(&["dosfstools", "mtools"])),
            (ImageType::Qcow2, "x86_64", "", with(&["qemu-utils"])),
            (
                ImageType::Loop,
                "x86_64",
                "part / --size=200 --fstype=btrfs\npart swap --size=1\n",
                vec!["btrfs-progs", "dnf", "util-linux"],
            ),
            (
                ImageType::Livecd,
                "x86_64",
                "",
                vec![
                    "dnf",
                    "dosfstools",
                    "grub-common",
                    "grub-efi-amd64-bin",
                    "grub-pc-bin",
                    "mtools",
                    "squashfs-tools",
                    "xorriso",
                ],
            ),
            (
                ImageType::Liveusb,
                "i686",
                "",
                vec!["dnf", "dosfstools", "fdisk", "grub-common", "grub-pc-bin", "mtools", "squashfs-tools"],
            ),
        ] {
            let arch: Arch = arch.parse().unwrap();
            let request =
                crate::plan::tests::request(image_type, &format!("{}{lines}", crate::plan::tests::BASE));
            let plan = crate::plan::plan(&request).unwrap();

            let mut found: Vec<_> = needed(&plan, arch).into_iter().map(|(_, package)| package).collect();

            found.sort_unstable();
            found.dedup();
            let mut packages = packages;
            packages.sort_unstable();
            assert_eq!(found, packages, "{image_type} {arch} {lines}");
        }
    }
}
