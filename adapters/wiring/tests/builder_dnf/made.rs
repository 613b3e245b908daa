//! Small repositories made for one question.

use std::path::{Path, PathBuf};

use crate::support::tool;

/// A folder of packages.
pub(crate) struct Repo {
    pub(crate) folder: PathBuf,
    home: PathBuf,
}

impl Repo {
    /// Makes an empty repository called `name` below `folder`.
    pub(crate) fn new(folder: &Path, name: &str) -> Repo {
        let repo = Repo { folder: folder.join(name), home: folder.join("rpm") };
        std::fs::create_dir_all(&repo.folder).unwrap();
        std::fs::create_dir_all(&repo.home).unwrap();
        std::fs::write(repo.home.join(".rpmmacros"), "%_dbpath %{_topdir}/db\n%debug_package %{nil}\n")
            .unwrap();
        repo
    }

    /// Adds a package whose one file, /usr/share/odd/NAME, says `text`; for an architecture its name ends in that.
    pub(crate) fn package(self, name: &str, version: &str, text: &str) -> Repo {
        self.package_for("noarch", name, version, text)
    }

    pub(crate) fn package_for(self, arch: &str, name: &str, version: &str, text: &str) -> Repo {
        let file = if arch == "noarch" { name.to_owned() } else { format!("{name}.{arch}") };
        let build_arch = if arch == "noarch" { "BuildArch: noarch\n" } else { "" };
        let spec = format!(
            "Name: {name}\nVersion: {version}\nRelease: 1\nSummary: Odd\nLicense: MIT\n{build_arch}%description\nOdd.\n\
             %install\nmkdir -p %{{buildroot}}/usr/share/odd\necho {text} >%{{buildroot}}/usr/share/odd/{file}\n\
             %files\n/usr/share/odd/{file}\n"
        );
        let target = if arch == "noarch" { "noarch".to_owned() } else { format!("{arch}-linux") };
        self.spec(&spec, &["--target", &target])
    }

    /// Adds the packages of a spec.
    pub(crate) fn spec(self, text: &str, options: &[&str]) -> Repo {
        let spec = self.home.join("odd.spec");
        std::fs::write(&spec, text).unwrap();
        let define = |name: &str, path: &Path| format!("--define={name} {}", path.display());
        let home = format!("HOME={}", self.home.display());
        let (topdir, rpmdir) = (define("_topdir", &self.home), define("_rpmdir", &self.folder));
        let mut argv = vec!["env", &home, "rpmbuild", "-bb", "--quiet", &topdir, &rpmdir];
        argv.extend(options);
        argv.push(spec.to_str().unwrap());
        tool(&argv);
        self
    }

    /// Signs all packages with `key`.
    pub(crate) fn signed(self, key: &Key) -> Repo {
        let list = tool(&["find", self.folder.to_str().unwrap(), "-name", "*.rpm"]);
        let path = format!("--define=_gpg_path {}", key.home.display());
        let mut argv =
            vec!["rpmsign", "--addsign", &path, "--define=_gpg_name odd", "--define=__gpg /usr/bin/gpg"];
        argv.extend(list.lines());
        tool(&argv);
        self
    }

    /// Writes the index, with a group when `comps` says something.
    pub(crate) fn indexed(self, comps: &str) -> Repo {
        let folder = self.folder.to_str().unwrap();
        if comps.is_empty() {
            tool(&["createrepo_c", "-q", folder]);
        } else {
            std::fs::write(self.folder.join("comps.xml"), comps).unwrap();
            tool(&["createrepo_c", "-q", "-g", "comps.xml", folder]);
        }
        self
    }

    /// Returns its address.
    pub(crate) fn url(&self) -> String {
        format!("file://{}", self.folder.display())
    }
}

/// A key to sign with.
pub(crate) struct Key {
    home: PathBuf,
    /// What others check signatures with.
    pub(crate) public: PathBuf,
}

impl Key {
    /// Makes a key called `odd` in a new folder below `folder`.
    pub(crate) fn new(folder: &Path, name: &str) -> Key {
        let home = folder.join(name);
        std::fs::create_dir(&home).unwrap();
        let public = folder.join(format!("{name}.asc"));
        let key = Key { home, public };
        key.gpg(&["--passphrase", "", "--quick-gen-key", "odd", "rsa2048", "sign", "never"]);
        key.gpg(&["--armor", "--output", key.public.to_str().unwrap(), "--export", "odd"]);
        key
    }

    fn gpg(&self, arguments: &[&str]) {
        let home = self.home.to_str().unwrap();
        tool(&["chmod", "700", home]);
        tool(&[&["gpg", "--homedir", home, "--batch", "--quiet"][..], arguments].concat());
    }
}

impl Drop for Key {
    /// Ends the agent that gpg started.
    fn drop(&mut self) {
        tool(&["gpgconf", "--homedir", self.home.to_str().unwrap(), "--kill", "gpg-agent"]);
    }
}
