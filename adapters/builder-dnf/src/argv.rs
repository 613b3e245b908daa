//! The calls of dnf and the file system tools; pure.

use std::ffi::OsString;
use std::path::Path;

use disk_format::qemu_img_form;
use imaging::{Arch, VirtualDisk};
use img_kickstart::Named;

use crate::plan::{DiskFormat, FileSystem, Volume, Wanted};

/// Where dnf finds and leaves things.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Dnf<'a> {
    pub(crate) work: &'a Path,
    pub(crate) root: &'a Path,
    pub(crate) cache: &'a Path,
    pub(crate) arch: Arch,
}

impl Dnf<'_> {
    /// Downloads what is wanted, and with it finds out whether it can be installed.
    pub(crate) fn download(&self, wanted: &Wanted) -> Vec<OsString> {
        self.install(wanted, &wanted.names, &["--downloadonly", "--refresh"])
    }

    /// Installs some of what was downloaded, with all it needs.
    pub(crate) fn install_downloaded(&self, wanted: &Wanted, names: &[Named]) -> Vec<OsString> {
        self.install(wanted, names, &["--cacheonly"])
    }

    /// Asks where packages are to be had, as far as is known without the network.
    pub(crate) fn locations(&self, names: &[String]) -> Vec<OsString> {
        let mut argv = self.beginning();
        argv.extend(["--cacheonly", "--quiet", "repoquery", "--location", "--"].map(str::to_owned));
        argv.extend(names.iter().cloned());
        argv.into_iter().map(OsString::from).collect()
    }

    fn install(&self, wanted: &Wanted, names: &[Named], how: &[&str]) -> Vec<OsString> {
        let mut argv = self.beginning();
        argv.extend(wanted.settings.iter().map(|(key, value)| format!("--setopt={key}={value}")));
        argv.extend(wanted.excluded.iter().map(|excluded| format!("--exclude={}", excluded.name)));
        argv.extend(how.iter().map(|option| (*option).to_owned()));
        argv.extend(["install".to_owned(), "--".to_owned()]);
        argv.extend(names.iter().map(|wanted| wanted.name.clone()));
        argv.into_iter().map(OsString::from).collect()
    }

    /// What every call of dnf begins with.
    fn beginning(&self) -> Vec<String> {
        let (work, root) = (self.work.display(), self.root.display());
        // Debian's dnf.conf would skip a repository that cannot be reached, and its rpm macros would put the package
        // database into a home folder: so nothing of the host's configuration is read.
        let mut argv = vec![
            "dnf".to_owned(),
            "--assumeyes".into(),
            format!("--config={work}/dnf.conf"),
            format!("--installroot={root}"),
            "--releasever=1".into(),
            format!("--forcearch={}", self.arch),
            "--noplugins".into(),
            "--color=never".into(),
        ];
        let settings = [
            ("reposdir", "/dev/null".into()),
            ("varsdir", "/dev/null".into()),
            // dnf makes these two below the installroot as well; by way of `/..` that is beside the image, not inside.
            ("cachedir", format!("/..{}", self.cache.display())),
            ("logdir", format!("/..{work}/log")),
            ("persistdir", format!("{root}/var/lib/dnf")),
            ("keepcache", "1".into()),
            ("skip_if_unavailable", "0".into()),
            ("best", "1".into()),
        ];
        argv.extend(settings.iter().map(|(key, value)| format!("--setopt={key}={value}")));
        argv
    }
}

/// The macros rpm is told by its home folder.
pub(crate) fn rpm_macros(wanted: &Wanted) -> String {
    let mut macros = "%_dbpath /var/lib/rpm\n%__file_context_path %{nil}\n".to_owned();
    // It shows the place's own while packages are installed, and nobody may change its mode then.
    macros.push_str("%_netsharedpath /proc\n");
    if let Some(languages) = &wanted.languages {
        let languages = if languages.is_empty() { "C".to_owned() } else { languages.join(":") };
        macros.push_str(&format!("%_install_langs {}\n", languages.replace('%', "%%")));
    }
    macros
}

/// Makes an ext file system of a folder, inside `file` from byte `offset` on.
pub(crate) fn mke2fs(
    kind: &str,
    volume: &Volume,
    tree: &Path,
    file: &Path,
    offset: u64,
    mib: u64,
    inodes: Option<u64>,
) -> Vec<OsString> {
    let mut argv: Vec<OsString> =
        ["mke2fs", "-q", "-F", "-t", kind, "-m", "1", "-U", &volume.uuid].map(Into::into).into();
    if let Some(label) = &volume.label {
        argv.extend(["-L".into(), label.into()]);
    }
    if let Some(inodes) = inodes {
        argv.extend(["-N".into(), inodes.to_string().into()]);
    }
    let uuid = &volume.uuid; // names are hashed with a number of the file system, which may be this one
    let extended =
        format!("offset={offset},root_owner=0:0,hash_seed={uuid},lazy_itable_init=1,lazy_journal_init=1");
    argv.extend([
        "-E".into(),
        extended.into(),
        "-d".into(),
        tree.into(),
        file.into(),
        format!("{}k", mib * 1024).into(),
    ]);
    argv
}

/// Makes a btrfs of a folder in a file of its own.
pub(crate) fn mkfs_btrfs(volume: &Volume, tree: &Path, file: &Path) -> Vec<OsString> {
    let mut argv: Vec<OsString> = ["mkfs.btrfs", "-q", "-f", "-U", &volume.uuid].map(Into::into).into();
    if let Some(label) = &volume.label {
        argv.extend(["-L".into(), label.into()]);
    }
    argv.extend(["--rootdir".into(), tree.into(), file.into()]);
    argv
}

/// Packs a folder into a squashfs; every kernel since 4.14 reads zstd.
pub(crate) fn mksquashfs(tree: &Path, file: &Path) -> Vec<OsString> {
    let mut argv: Vec<OsString> = vec!["mksquashfs".into(), tree.into(), file.into()];
    let how = ["-noappend", "-no-progress", "-quiet", "-comp", "zstd", "-Xcompression-level", "9"];
    argv.extend(how.map(OsString::from));
    argv
}

/// grub for the BIOS of a CD, below the folder that becomes one.
pub(crate) const CD_BOOT: &str = "boot/grub/eltorito.img";

/// Makes a CD of a folder that is a disk as well: a BIOS finds grub in either form, and a UEFI in the ESP behind the CD's
/// own file system.
pub(crate) fn iso(
    label: &str,
    epoch: Option<u64>,
    boots: bool,
    esp: Option<&Path>,
    tree: &Path,
    file: &Path,
) -> Vec<OsString> {
    let mut argv: Vec<OsString> =
        ["-as", "mkisofs", "-quiet", "-iso-level", "3", "-r", "-V", label].map(Into::into).into();
    if boots {
        argv.extend(["--grub2-mbr", "/usr/lib/grub/i386-pc/boot_hybrid.img"].map(OsString::from));
        let bios = ["-b", CD_BOOT, "-no-emul-boot", "-boot-load-size", "4", "-boot-info-table"];
        argv.extend(bios.map(OsString::from));
        argv.push("--grub2-boot-info".into());
    }
    if let Some(esp) = esp {
        argv.extend(["-append_partition".into(), "2".into(), "0xef".into(), esp.into()]);
        argv.extend(["-appended_part_as_gpt", "-eltorito-alt-boot"].map(OsString::from));
        argv.extend(["-e", "--interval:appended_partition_2:all::", "-no-emul-boot"].map(OsString::from));
    }
    if let Some(epoch) = epoch {
        argv.extend(["--set_all_file_dates".into(), format!("={epoch}").into()]);
    }
    argv.extend(["-o".into(), file.into(), tree.into()]);
    argv
}

/// Writes a disk in a format of virtual machines.
pub(crate) fn qemu_img_convert(format: DiskFormat, disk: &Path, file: &Path) -> Vec<OsString> {
    let form = match format {
        DiskFormat::Raw => &["raw"],
        DiskFormat::Qcow2 => &["qcow2"],
        DiskFormat::Vdi => qemu_img_form(VirtualDisk::Vdi),
        DiskFormat::Vmdk => qemu_img_form(VirtualDisk::Vmdk),
        DiskFormat::Vhd => qemu_img_form(VirtualDisk::Vhd),
    };
    disk_format::qemu_img_convert(form, disk, file)
}

/// Makes an empty file system of the other kinds in a file of its own.
pub(crate) fn mkfs(volume: &Volume, file: &Path, start: u64) -> Vec<OsString> {
    let mut argv: Vec<OsString> = match volume.file_system {
        FileSystem::Vfat => {
            let (serial, hidden) = (volume.uuid.replace('-', ""), start.to_string());
            // the last word is about the time of the label; the serial number stays ours
            ["mkfs.vfat", "-i", &serial, "-h", &hidden, "--invariant"].map(OsString::from).into()
        }
        FileSystem::Swap | FileSystem::Ext(_) | FileSystem::Btrfs => {
            ["mkswap", "-q", "-U", &volume.uuid].map(OsString::from).into()
        }
    };
    if let Some(label) = &volume.label {
        argv.extend([if volume.file_system == FileSystem::Vfat { "-n" } else { "-L" }.into(), label.into()]);
    }
    argv.push(file.into());
    argv
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn dnf_reads_nothing_of_the_host_and_takes_no_name_for_an_option() {
        let name = |name: &str| Named { name: name.into(), line: 1 };
        let wanted = Wanted {
            names: vec![name("bash"), name("@A Group")],
            excluded: vec![name("vim")],
            settings: vec![("strict", "true".into())],
            ..Wanted::default()
        };
        let (work, root, cache) = (Path::new("/build"), Path::new("/build/root"), Path::new("/cache"));
        let dnf = Dnf { work, root, cache, arch: "x86_64".parse().unwrap() };

        let argv = dnf.download(&wanted);

        let text: Vec<_> = argv.iter().map(|word| word.to_str().unwrap()).collect();
        assert_eq!(
            text,
            [
                "dnf",
                "--assumeyes",
                "--config=/build/dnf.conf",
                "--installroot=/build/root",
                "--releasever=1",
                "--forcearch=x86_64",
                "--noplugins",
                "--color=never",
                "--setopt=reposdir=/dev/null",
                "--setopt=varsdir=/dev/null",
                "--setopt=cachedir=/../cache",
                "--setopt=logdir=/../build/log",
                "--setopt=persistdir=/build/root/var/lib/dnf",
                "--setopt=keepcache=1",
                "--setopt=skip_if_unavailable=0",
                "--setopt=best=1",
                "--setopt=strict=true",
                "--exclude=vim",
                "--downloadonly",
                "--refresh",
                "install",
                "--",
                "bash",
                "@A Group",
            ]
        );
    }

    #[test]
    fn rpm_is_told_where_its_database_is_and_which_languages_stay() {
        let wanted = Wanted { languages: Some(vec!["de".into(), "fi".into()]), ..Wanted::default() };

        let macros = rpm_macros(&wanted);

        assert!(
            macros.starts_with("%_dbpath /var/lib/rpm\n") && macros.ends_with("%_install_langs de:fi\n"),
            "{macros}"
        );
        let none = Wanted { languages: Some(vec![]), ..Wanted::default() };
        assert!(rpm_macros(&none).ends_with("%_install_langs C\n"));
    }
}
