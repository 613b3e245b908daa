//! grub's menu: a kernel an entry; pure.

use img_kickstart::Bootloader;

/// A kernel and its initial file system, as file names in /boot.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Kernel {
    pub(crate) version: String,
    pub(crate) image: String,
    pub(crate) initrd: Option<String>,
}

/// How a kernel finds the root file system: what follows `root=`.
#[derive(Debug)]
pub(crate) struct Root {
    /// By itself.
    pub(crate) by_kernel: String,
    /// By its initial file system, which may want more words.
    pub(crate) by_initrd: String,
    /// How it mounts it, unless the kickstart says so.
    pub(crate) mode: Option<&'static str>,
}

/// Finds the kernels among the files of /boot, newest first.
pub(crate) fn kernels(listing: &str) -> Vec<Kernel> {
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

/// Returns the text of grub.cfg; the kernels are in `folder` of grub's root.
pub(crate) fn menu(kernels: &[Kernel], folder: &str, root_of: &Root, asked: &Bootloader) -> String {
    let timeout = asked.timeout.unwrap_or(1);
    let mut menu = format!("set timeout={timeout}\nset default=0\n");
    for Kernel { version, image, initrd } in kernels {
        // Only an initial file system knows UUIDs of file systems; the kernel itself knows those of partitions.
        let root = if initrd.is_some() { &root_of.by_initrd } else { &root_of.by_kernel };
        let mut words = vec![format!("root={root}")];
        let append: Vec<_> = asked.append.as_deref().unwrap_or_default().split_whitespace().collect();
        if !append.iter().any(|word| matches!(*word, "ro" | "rw")) {
            words.extend(root_of.mode.map(str::to_owned));
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

    fn root() -> Root {
        Root { by_kernel: "PARTUUID=0badcafe-05".into(), by_initrd: "UUID=U".into(), mode: Some("ro") }
    }

    #[test]
    fn a_menu_passes_the_kernel_arguments_on() {
        let kernels = kernels("vmlinuz-1\ninitrd-1.img\n");
        let asked = Bootloader {
            append: Some("quiet x;y console=ttyS0,115200".into()),
            timeout: Some(3),
            ..Bootloader::default()
        };

        let menu = menu(&kernels, "/boot", &root(), &asked);

        assert_eq!(
            menu,
            "set timeout=3\nset default=0\nmenuentry 'Linux 1' {\n  linux /boot/vmlinuz-1 root=UUID=U ro quiet 'x;y' \
             console=ttyS0,115200\n  initrd /boot/initrd-1.img\n}\n"
        );
    }

    #[test]
    fn without_an_initrd_the_kernel_finds_the_partition_itself() {
        let menu = menu(&kernels("vmlinuz\n"), "", &root(), &Bootloader::default());

        assert!(menu.contains("  linux /vmlinuz root=PARTUUID=0badcafe-05 ro\n}"), "{menu}");
    }
}
