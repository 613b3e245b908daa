//! The boot loader: grub's image and first stage written into the disk file; grub-install would want devices.

use std::ffi::OsString;
use std::path::Path;

use imaging::Arch;
use img_kickstart::{At, Bootloader, Kickstart};

use crate::halt::Halt;
use crate::plan::{Layout, Mount, Volume};
use crate::steps::disk::partition_number;
use crate::workshop::Workshop;

/// grub's modules that are part of its image, so that it needs none from the disk.
const MODULES: &[&str] = &[
    "biosdisk",
    "part_msdos",
    "ext2",
    "fat",
    "search",
    "search_fs_uuid",
    "normal",
    "configfile",
    "linux",
    "echo",
    "test",
    "minicmd",
    "reboot",
    "halt",
    "ls",
    "cat",
];
const PARTS: &str = "/usr/lib/grub/i386-pc";

/// What the first stage has to find.
pub(crate) struct Boot {
    /// The file system with the kernel.
    uuid: String,
    /// grub's folder on it.
    prefix: &'static str,
}

/// Tells whether there is a boot loader for such machines.
pub(crate) fn knows(arch: Arch) -> bool {
    matches!(arch.family(), "i386" | "x86_64")
}

/// Writes grub's menu into the image; `None` when there is nothing to boot, or it was not wanted.
pub(crate) async fn configure(
    shop: &Workshop<'_>,
    layout: &Layout,
    kickstart: &Kickstart,
    warnings: &mut Vec<String>,
) -> Result<Option<Boot>, Halt> {
    let asked = kickstart.bootloader().unwrap_or_default();
    if asked.disabled || asked.location.as_deref() == Some("none") {
        return Ok(None);
    }
    let list = ["find".into(), shop.inside("/boot").into_os_string(), "-maxdepth".into(), "1".into()];
    let list = list.into_iter().chain(["-printf".into(), "%f\n".into()]);
    let kernels = kernels(&shop.ask(list).await?.unwrap_or_default());
    let why = match (kernels.is_empty(), knows(shop.request.arch)) {
        (true, _) => Some("no kernel in /boot: the image will not boot".to_owned()),
        (_, false) => {
            Some(format!("no boot loader for {}: the image will not boot by itself", shop.request.arch))
        }
        _ => None,
    };
    if let Some(why) = why {
        shop.note(&format!("warning: {why}"));
        warnings.push(why);
        return Ok(None);
    }
    if let Some(other) = asked.location.as_deref().filter(|location| !matches!(*location, "mbr" | "boot")) {
        warnings.push(format!(
            "{}: --location={other} has no effect; the boot loader is in the MBR",
            At(asked.line)
        ));
    }
    let (index, root) = volume_of(layout, &["/"]);
    let (_, holder) = volume_of(layout, &["/boot", "/"]);
    let apart = holder.mount != Mount::At("/".into());
    let partuuid = format!("{:08x}-{:02x}", layout.disk_id, partition_number(index, layout.volumes.len()));
    let menu = menu(&kernels, if apart { "" } else { "/boot" }, &root.uuid, &partuuid, &asked);
    shop.write(&shop.inside("/boot/grub/grub.cfg"), "0644", &menu).await?;
    Ok(Some(Boot { uuid: holder.uuid.clone(), prefix: if apart { "/grub" } else { "/boot/grub" } }))
}

/// Returns the volume at the first of these places that is one.
fn volume_of<'a>(layout: &'a Layout, places: &[&str]) -> (usize, &'a Volume) {
    let found = places.iter().find_map(|place| {
        let here = layout.at(place)?;
        layout.volumes.iter().position(|volume| volume == here).map(|index| (index, here))
    });
    found.expect("a layout has a volume at /")
}

/// Writes grub into the disk file.
pub(crate) async fn install(shop: &Workshop<'_>, boot: &Boot, disk: &Path) -> Result<(), Halt> {
    shop.step("writing the boot loader", None);
    let Boot { uuid, prefix } = boot;
    let early = format!(
        "search --no-floppy --fs-uuid --set=root {uuid}\nset prefix=($root){prefix}\nconfigfile ($root){prefix}/grub.cfg\n"
    );
    let (config, core) = (shop.work.join("parts/early.cfg"), shop.work.join("parts/core.img"));
    shop.write(&config, "0644", &early).await?;
    let words =
        ["-O".into(), "i386-pc".into(), "-p".into(), OsString::from(prefix), "-c".into(), config.into()];
    let words =
        words.into_iter().chain(["-o".into(), core.clone().into()]).chain(MODULES.iter().map(OsString::from));
    shop.tool("grub-mkimage", words).await?;
    let of = OsString::from(format!("of={}", disk.display()));
    let copy = |from: &Path, seek: &str, more: &[&str]| {
        let mut words = vec![OsString::from(format!("if={}", from.display())), of.clone(), seek.into()];
        words.extend(["conv=notrunc".into(), "status=none".into()]);
        words.extend(more.iter().map(OsString::from));
        words
    };
    // The first 440 bytes are code; the partition table follows. The image lies behind it, in the first MiB.
    shop.tool("dd", copy(&Path::new(PARTS).join("boot.img"), "seek=0", &["bs=440", "count=1"])).await?;
    shop.tool("dd", copy(&core, "seek=1", &["bs=512"])).await.map(|_| ())
}

/// A kernel and its initial file system, as file names in /boot.
#[derive(Debug, PartialEq, Eq)]
struct Kernel {
    version: String,
    image: String,
    initrd: Option<String>,
}

/// Finds the kernels among the files of /boot, newest first.
fn kernels(listing: &str) -> Vec<Kernel> {
    let files: Vec<&str> = listing.lines().collect();
    let named = files.iter().filter_map(|file| {
        let version = file.strip_prefix("vmlinuz-").or_else(|| file.strip_prefix("bzImage-"));
        version.map(|version| (version, *file))
    });
    let mut found: Vec<(&str, &str)> = named.collect();
    if found.is_empty() {
        found.extend(
            files.iter().find(|file| matches!(**file, "vmlinuz" | "bzImage")).map(|file| ("", *file)),
        );
    }
    found.sort_by(|a, b| compare(b.0, a.0));
    let kernels = found.into_iter().map(|(version, image)| {
        let names = match version {
            "" => ["initrd.img", "initramfs.img", "initrd", "initramfs"].map(str::to_owned),
            _ => ["initrd-V.img", "initramfs-V.img", "initrd.img-V", "initrd-V"]
                .map(|name| name.replace('V', version)),
        };
        let initrd = names.into_iter().find(|name| files.contains(&name.as_str()));
        Kernel { version: version.to_owned(), image: image.to_owned(), initrd }
    });
    kernels.collect()
}

/// Compares versions part by part, numbers as numbers.
fn compare(a: &str, b: &str) -> std::cmp::Ordering {
    let parts = |text: &str| -> Vec<(u64, String)> {
        let split = text.split(|c: char| !c.is_ascii_alphanumeric());
        split.map(|part| (part.parse().unwrap_or(0), part.to_owned())).collect()
    };
    parts(a).cmp(&parts(b))
}

fn menu(kernels: &[Kernel], folder: &str, uuid: &str, partuuid: &str, asked: &Bootloader) -> String {
    let timeout = asked.timeout.unwrap_or(1);
    let mut menu = format!("set timeout={timeout}\nset default=0\n");
    for Kernel { version, image, initrd } in kernels {
        // Only an initial file system knows UUIDs of file systems; the kernel itself knows those of partitions.
        let root = if initrd.is_some() { format!("UUID={uuid}") } else { format!("PARTUUID={partuuid}") };
        let mut words = vec![format!("root={root}")];
        let append: Vec<_> = asked.append.as_deref().unwrap_or_default().split_whitespace().collect();
        if !append.iter().any(|word| matches!(*word, "ro" | "rw")) {
            words.push("ro".into());
        }
        words.extend(append.into_iter().map(word));
        let title = word(&format!("Linux {version}"));
        let (kernel, words) = (word(&format!("{folder}/{image}")), words.join(" "));
        menu.push_str(&format!("menuentry {title} {{\n  linux {kernel} {words}\n"));
        if let Some(initrd) = initrd {
            menu.push_str(&format!("  initrd {}\n", word(&format!("{folder}/{initrd}"))));
        }
        menu.push_str("}\n");
    }
    menu
}

/// Writes a word so that grub's own language leaves it as it is.
fn word(text: &str) -> String {
    let plain = |c: char| c.is_ascii_alphanumeric() || "=/.,:_-+@%\"".contains(c);
    if !text.is_empty() && text.chars().all(plain) {
        text.to_owned()
    } else {
        format!("'{}'", text.replace('\'', ""))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_newest_kernel_comes_first_with_its_initrd() {
        let listing =
            "grub\nvmlinuz-6.9.1-amd64\nvmlinuz-6.10.0-amd64\ninitramfs-6.10.0-amd64.img\nSystem.map-6.9.1\n";

        let kernels = kernels(listing);

        assert_eq!(kernels[0].version, "6.10.0-amd64");
        assert_eq!(kernels[0].initrd.as_deref(), Some("initramfs-6.10.0-amd64.img"));
        assert_eq!((kernels[1].image.as_str(), &kernels[1].initrd), ("vmlinuz-6.9.1-amd64", &None));
    }

    #[test]
    fn a_menu_passes_the_kernel_arguments_on() {
        let kernels = kernels("vmlinuz-1\ninitrd-1.img\n");
        let asked = Bootloader {
            append: Some("quiet x;y console=ttyS0,115200".into()),
            timeout: Some(3),
            ..Bootloader::default()
        };

        let menu = menu(&kernels, "/boot", "U", "P-01", &asked);

        assert_eq!(
            menu,
            "set timeout=3\nset default=0\nmenuentry 'Linux 1' {\n  linux /boot/vmlinuz-1 root=UUID=U ro quiet 'x;y' \
             console=ttyS0,115200\n  initrd /boot/initrd-1.img\n}\n"
        );
    }

    #[test]
    fn without_an_initrd_the_kernel_finds_the_partition_itself() {
        let menu = menu(&kernels("vmlinuz\n"), "", "U", "0badcafe-05", &Bootloader::default());

        assert!(menu.contains("  linux /vmlinuz root=PARTUUID=0badcafe-05 ro\n}"), "{menu}");
    }
}
