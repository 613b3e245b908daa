//! The machine an image is tested in.

use std::fs::File;
use std::path::Path;

use imaging::{ImageType, TestRequest};
use qemu::{Boot, Bus, Disk, Format, Machine, Network};

use crate::halt::Halt;
use crate::settings::Settings;

/// The memory of the machine, in MiB.
const MEMORY: u32 = 1024;

/// Makes a machine of an image; says why one that cannot be booted here cannot.
pub(crate) fn of(request: &TestRequest, disk: &File, settings: &Settings) -> Result<Machine, Halt> {
    let no = |why: String| Err(Halt::Failed(why));
    let kind = request.image_type;
    let name = request.image.file_name().map(|name| name.to_string_lossy().into_owned()).unwrap_or_default();
    if !(request.arch.is_empty() || ["x86_64", "i486", "i586", "i686"].contains(&request.arch.as_str())) {
        return no(format!(
            "images for {} cannot be booted here: qemu-system-x86_64 boots those for a PC",
            request.arch
        ));
    }
    let packed = [".gz", ".bz2", ".xz", ".zst", ".zip", ".tar", ".tgz"];
    if packed.iter().any(|ending| name.ends_with(ending)) {
        return no(format!("{name} is packed; only an image that is not can be booted"));
    }
    let (format, bus) = match kind {
        ImageType::Raw | ImageType::Liveusb => (Format::Raw, Bus::Virtio),
        ImageType::Loop if settings.kernel.is_some() => (Format::Raw, Bus::Virtio),
        ImageType::Loop => {
            return no("a loop image has no boot loader: [tester] vm_kernel may name a kernel for it".into());
        }
        ImageType::Livecd => (Format::Raw, Bus::Cd),
        ImageType::Qcow2 => (Format::Qcow2, Bus::Virtio),
        ImageType::Vdi => (Format::Vdi, Bus::Virtio),
        ImageType::Vmdk => (Format::Vmdk, Bus::Virtio),
        ImageType::Vhd => (Format::Vhd, Bus::Virtio),
        _ => {
            return no(format!("an image of type {kind} is no disk that a machine could boot; a raw one is"));
        }
    };
    let boot = settings.kernel.as_ref().map_or(Boot::Bios, |kernel| Boot::Kernel {
        kernel: kernel.clone(),
        initrd: None,
        append: append(kind).into(),
    });
    let network = match (&settings.key, request.packages.is_empty()) {
        (_, false) => Network::Everything(None),
        (Some(_), true) => Network::OnlySsh(None),
        (None, true) => Network::None,
    };
    let path = beneath::of_ours(disk);
    let disk = Disk { format, bus, ..Disk::throw_away(path) };
    Ok(Machine {
        boot,
        memory: MEMORY,
        accel: settings.accel,
        disks: vec![disk],
        network,
        ..Machine::new(Path::new("/"))
    })
}

/// Returns the command line of a kernel of ours: the first partition is the root, or the only file system.
fn append(kind: ImageType) -> &'static str {
    match kind {
        ImageType::Loop => "root=/dev/vda rw console=ttyS0 panic=1",
        _ => "root=/dev/vda1 rw console=ttyS0 panic=1",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_cannot_be_booted_is_said() {
        let file = tempfile::tempfile().unwrap();
        let settings = Settings::default();
        for (image, image_type, arch, expected) in [
            ("n.tar.gz", ImageType::Fs, "x86_64", Some("n.tar.gz is packed")),
            ("n", ImageType::Fs, "x86_64", Some("an image of type fs is no disk")),
            ("n.raw", ImageType::Raw, "armv7hl", Some("images for armv7hl cannot be booted")),
            ("n.raw.bz2", ImageType::Raw, "", Some("n.raw.bz2 is packed")),
            ("n.img", ImageType::Loop, "", Some("a loop image has no boot loader")),
            ("n.raw", ImageType::Raw, "i586", None),
            ("n.iso", ImageType::Livecd, "x86_64", None),
        ] {
            let packages = Vec::new();
            let request = TestRequest {
                name: "n".into(),
                image: image.into(),
                image_type,
                arch: arch.into(),
                packages,
            };
            match (of(&request, &file, &settings), expected) {
                (Ok(machine), None) => assert!(machine.disks[0].overlay && machine.network == Network::None),
                (Err(Halt::Failed(why)), Some(expected)) => assert!(why.starts_with(expected), "{why}"),
                (other, _) => panic!("{image}: {:?}", other.map(|machine| machine.boot)),
            }
        }
    }

    #[test]
    fn the_network_is_what_the_test_needs() {
        let file = tempfile::tempfile().unwrap();
        let mut request = TestRequest {
            name: "n".into(),
            image: "n.raw".into(),
            image_type: ImageType::Raw,
            arch: String::new(),
            packages: Vec::new(),
        };
        let keyed =
            Settings { key: Some("/k".into()), kernel: Some("/vmlinuz".into()), ..Settings::default() };
        let machine = of(&request, &file, &keyed).unwrap();
        assert_eq!(machine.network, Network::OnlySsh(None));
        assert!(
            matches!(machine.boot, Boot::Kernel { ref append, .. } if append.starts_with("root=/dev/vda1 "))
        );
        request.packages = vec!["a".into()];
        assert_eq!(of(&request, &file, &keyed).unwrap().network, Network::Everything(None));
    }
}
