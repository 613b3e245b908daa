//! Where control groups for builds can be made.
//!
//! That is where this program may make some, as a systemd unit with `Delegate=yes` may. A group that has groups of its own
//! holds no process itself, so this program first goes into one beside those of its builds.

use std::fs;
use std::io;
use std::path::{Path, PathBuf};
use std::sync::Once;
use std::sync::atomic::{AtomicU32, Ordering};

use crate::pen::make;
use crate::{Most, Pen};

/// The group this program is in itself.
const OURS: &str = "img-itself";
/// What the groups of builds are called, before the number of the program and that of the build.
const BUILD: &str = "build-";
/// What they need.
const CONTROLLERS: [&str; 3] = ["memory", "cpu", "pids"];

static NUMBER: AtomicU32 = AtomicU32::new(0);
static FIRST: Once = Once::new();

/// Where pens can be made.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Pens {
    folder: PathBuf,
}

impl Pens {
    /// Finds the group of this program, makes it one that has groups, and removes those that a killed program left.
    ///
    /// The error is a sentence that says why there are none, and what would change that. May be called again.
    pub fn find() -> Result<Pens, String> {
        let own = fs::read_to_string("/proc/self/cgroup").unwrap_or_default();
        let pens = Pens::below(Path::new("/sys/fs/cgroup"), &own)?;
        pens.prepare()?;
        // At its start no pen is of this program, whatever number it got.
        FIRST.call_once(|| {
            pens.sweep(&|pid| pid != std::process::id() && Path::new("/proc").join(pid.to_string()).exists());
        });
        Ok(pens)
    }

    /// Looks whether pens could be made, and changes nothing.
    pub fn look() -> Result<(), String> {
        let own = fs::read_to_string("/proc/self/cgroup").unwrap_or_default();
        Pens::below(Path::new("/sys/fs/cgroup"), &own).map(|_| ())
    }

    /// Finds the group below `mount` of a process whose `/proc/self/cgroup` is `own`.
    fn below(mount: &Path, own: &str) -> Result<Pens, String> {
        if !mount.join("cgroup.controllers").is_file() {
            return Err("the control groups of this machine are not of version 2 alone: start it with \
                        systemd.unified_cgroup_hierarchy=1 on the kernel's command line"
                .to_owned());
        }
        let path = own.lines().find_map(|line| line.strip_prefix("0::/")).unwrap_or_default();
        let mut folder = mount.join(path);
        if folder.ends_with(OURS) {
            folder.pop();
        }
        let may = |file: &str| {
            let file = folder.join(file);
            nix::unistd::access(&file, nix::unistd::AccessFlags::W_OK).is_ok()
        };
        // The group at the top is nobody's: one who may write there was given nothing.
        if folder == mount || !may("cgroup.procs") || !may("cgroup.subtree_control") {
            return Err(NOT_OURS.into());
        }
        let there = fs::read_to_string(folder.join("cgroup.controllers")).unwrap_or_default();
        let lacks = CONTROLLERS.iter().find(|name| !there.split_whitespace().any(|known| known == **name));
        match lacks {
            Some(name) => Err(format!(
                "the controller {name} is not given to this service: its unit needs Delegate=yes"
            )),
            None => Ok(Pens { folder }),
        }
    }

    /// Moves this program into a group below, and lets those below be limited. Whoever else is here stays, and then
    /// none can be.
    fn prepare(&self) -> Result<(), String> {
        let cannot = |doing: &str, error: io::Error| {
            format!("cannot {doing} in the control group {}: {error}", self.folder.display())
        };
        let ours = self.folder.join(OURS);
        make(&ours).map_err(|error| cannot("make a group", error))?;
        fs::write(ours.join("cgroup.procs"), std::process::id().to_string())
            .map_err(|error| cannot("move this program", error))?;
        let wanted = CONTROLLERS.map(|name| format!("+{name}")).join(" ");
        fs::write(self.folder.join("cgroup.subtree_control"), wanted).map_err(|error| {
            let why = if error.kind() == io::ErrorKind::ResourceBusy { NOT_ALONE } else { "" };
            format!("{}{why}", cannot("limit builds", error))
        })
    }

    /// Removes the pens of programs that are gone.
    fn sweep(&self, is_alive: &dyn Fn(u32) -> bool) {
        for entry in fs::read_dir(&self.folder).into_iter().flatten().flatten() {
            let name = entry.file_name().to_string_lossy().into_owned();
            let owner = name.strip_prefix(BUILD).and_then(|rest| rest.split('-').next()?.parse::<u32>().ok());
            if owner.is_some_and(|pid| !is_alive(pid)) {
                drop(Pen::left(entry.path()));
            }
        }
    }

    /// Makes a pen.
    pub fn pen(&self, most: &Most) -> io::Result<Pen> {
        let number = NUMBER.fetch_add(1, Ordering::Relaxed);
        Pen::make(self.folder.join(format!("{BUILD}{}-{number}", std::process::id())), most)
    }
}

const NOT_OURS: &str = "this program may make no control groups: it has to be a service of systemd whose unit has \
                        Delegate=yes and ProtectControlGroups=no, as those of the packages have";

const NOT_ALONE: &str =
    "; other programs are in it, too, as at a terminal: have systemd start img as a service";

#[cfg(test)]
mod tests {
    use super::*;

    /// A folder that looks like a control group with these processes.
    fn group(folder: &Path, processes: &str) {
        fs::create_dir_all(folder).unwrap();
        for (file, text) in [
            ("cgroup.procs", processes),
            ("cgroup.controllers", "cpuset cpu io memory pids\n"),
            ("cgroup.subtree_control", ""),
        ] {
            fs::write(folder.join(file), text).unwrap();
        }
    }

    fn read(folder: &Path, file: &str) -> String {
        fs::read_to_string(folder.join(file)).unwrap_or_default()
    }

    #[test]
    fn the_group_of_a_service_is_found_and_its_program_makes_room() {
        let temp = tempfile::tempdir().unwrap();
        let (mount, unit) = (temp.path(), temp.path().join("system.slice/img.service"));
        group(mount, "");
        group(&unit, "17\n");

        let pens = Pens::below(mount, "0::/system.slice/img.service\n").unwrap();
        pens.prepare().unwrap();

        assert_eq!(pens, Pens { folder: unit.clone() });
        assert_eq!(read(&unit.join(OURS), "cgroup.procs"), std::process::id().to_string());
        assert_eq!(read(&unit, "cgroup.subtree_control"), "+memory +cpu +pids");
        let again = Pens::below(mount, "0::/system.slice/img.service/img-itself\n").unwrap();
        assert_eq!(again, pens, "the second time it is in the group below");
    }

    #[test]
    fn a_group_that_was_not_given_is_left_alone_with_a_sentence() {
        let temp = tempfile::tempdir().unwrap();
        assert!(Pens::below(temp.path(), "0::/\n").unwrap_err().contains("not of version 2"));
        group(temp.path(), "");
        for own in ["0::/\n", "0::/nowhere\n", "4:memory:/x\n", ""] {
            assert!(Pens::below(temp.path(), own).unwrap_err().contains("Delegate=yes"), "{own:?}");
        }
        let unit = temp.path().join("unit");
        group(&unit, "");
        fs::write(unit.join("cgroup.controllers"), "cpu memory\n").unwrap();
        assert!(Pens::below(temp.path(), "0::/unit\n").unwrap_err().starts_with("the controller pids"));
    }

    #[test]
    fn each_build_has_a_pen_of_its_own() {
        let temp = tempfile::tempdir().unwrap();
        let pens = Pens { folder: temp.path().into() };

        let [one, other] = [(); 2].map(|()| pens.pen(&Most::default()).unwrap());

        assert_ne!(one.folder(), other.folder());
        assert!(one.folder().is_dir() && other.folder().is_dir());
    }

    #[test]
    fn pens_of_programs_that_are_gone_are_removed() {
        let temp = tempfile::tempdir().unwrap();
        for name in ["build-17-0", "build-18-3", "img-itself", "build-x"] {
            fs::create_dir(temp.path().join(name)).unwrap();
        }

        Pens { folder: temp.path().into() }.sweep(&|pid| pid == 18);

        let mut left: Vec<_> = fs::read_dir(temp.path())
            .unwrap()
            .map(|entry| entry.unwrap().file_name().into_string().unwrap())
            .collect();
        left.sort();
        assert_eq!(left, ["build-18-3", "build-x", "img-itself"]);
    }
}
