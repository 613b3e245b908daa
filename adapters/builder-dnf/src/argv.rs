//! The calls of dnf and the file system tools; pure.

use std::ffi::OsString;
use std::path::Path;

use imaging::Arch;

use crate::plan::{FileSystem, Volume, Wanted};

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
        self.install(wanted, &["--downloadonly", "--refresh"])
    }

    /// Installs what was downloaded.
    pub(crate) fn install_downloaded(&self, wanted: &Wanted) -> Vec<OsString> {
        self.install(wanted, &["--cacheonly"])
    }

    fn install(&self, wanted: &Wanted, how: &[&str]) -> Vec<OsString> {
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
            ("reposdir", format!("{work}/repos")),
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
        argv.extend(wanted.settings.iter().map(|(key, value)| format!("--setopt={key}={value}")));
        argv.extend(wanted.excluded.iter().map(|excluded| format!("--exclude={}", excluded.name)));
        argv.extend(how.iter().map(|option| (*option).to_owned()));
        argv.extend(["install".to_owned(), "--".to_owned()]);
        argv.extend(wanted.names.iter().map(|wanted| wanted.name.clone()));
        argv.into_iter().map(OsString::from).collect()
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
    let extended = format!("offset={offset},root_owner=0:0,lazy_itable_init=1,lazy_journal_init=1");
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

/// Makes an empty file system of the other kinds in a file of its own.
pub(crate) fn mkfs(volume: &Volume, file: &Path, start: u64) -> Vec<OsString> {
    let mut argv: Vec<OsString> = match volume.file_system {
        FileSystem::Vfat => {
            let (serial, hidden) = (volume.uuid.replace('-', ""), start.to_string());
            ["mkfs.vfat", "-i", &serial, "-h", &hidden].map(OsString::from).into()
        }
        FileSystem::Swap | FileSystem::Ext(_) => {
            ["mkswap", "-q", "-U", &volume.uuid].map(OsString::from).into()
        }
    };
    if let Some(label) = &volume.label {
        argv.extend([if volume.file_system == FileSystem::Vfat { "-n" } else { "-L" }.into(), label.into()]);
    }
    argv.push(file.into());
    argv
}
