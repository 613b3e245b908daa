//! What all processes of one build may take together: a control group of version 2.
//!
//! They are made where this program may make some, as a systemd unit with `Delegate=yes` may. A group that has groups of
//! its own holds no process itself, so this program first goes into one beside those of its builds.

use std::fs;
use std::io::{self, Write};
use std::path::{Path, PathBuf};
use std::sync::Once;
use std::sync::atomic::{AtomicU32, Ordering};
use std::time::Duration;

/// The group this program is in itself.
const OURS: &str = "img-itself";
/// What the groups of builds are called, before the number of the program and that of the build.
const BUILD: &str = "build-";
/// What they need.
const CONTROLLERS: [&str; 3] = ["memory", "cpu", "pids"];
/// Processes that were killed are gone soon; so long, in milliseconds, their group is tried again.
const PATIENCE: [u64; 6] = [1, 5, 20, 100, 300, 1000];

static NUMBER: AtomicU32 = AtomicU32::new(0);
static FIRST: Once = Once::new();

/// The most a pen lets its processes take.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Most {
    /// Bytes of memory.
    pub memory: Option<u64>,
    /// Hundredths of a processor.
    pub cpu_percent: Option<u64>,
    /// Processes and threads.
    pub processes: Option<u64>,
}

impl Most {
    /// Tells whether anything is limited.
    pub fn is_limited(&self) -> bool {
        *self != Most::default()
    }
}

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

    /// Moves whoever is in the group itself into one below, and lets those below be limited.
    fn prepare(&self) -> Result<(), String> {
        let cannot = |doing: &str, error: io::Error| {
            format!("cannot {doing} in the control group {}: {error}", self.folder.display())
        };
        let ours = self.folder.join(OURS);
        make(&ours).map_err(|error| cannot("make a group", error))?;
        let wanted = CONTROLLERS.map(|name| format!("+{name}")).join(" ");
        let mut result = Ok(());
        for _ in 0..10 {
            // somebody may have been started meanwhile
            let here = fs::read_to_string(self.folder.join("cgroup.procs")).unwrap_or_default();
            for pid in here.lines() {
                let _ = fs::write(ours.join("cgroup.procs"), pid); // it may have ended
            }
            result = fs::write(self.folder.join("cgroup.subtree_control"), &wanted);
            if result.is_ok() {
                break;
            }
        }
        result.map_err(|error| cannot("limit builds", error))
    }

    /// Removes the pens of programs that are gone.
    fn sweep(&self, is_alive: &dyn Fn(u32) -> bool) {
        for entry in fs::read_dir(&self.folder).into_iter().flatten().flatten() {
            let name = entry.file_name().to_string_lossy().into_owned();
            let owner = name.strip_prefix(BUILD).and_then(|rest| rest.split('-').next()?.parse::<u32>().ok());
            if owner.is_some_and(|pid| !is_alive(pid)) {
                drop(Pen { folder: entry.path() });
            }
        }
    }

    /// Makes a pen.
    pub fn pen(&self, most: &Most) -> io::Result<Pen> {
        let number = NUMBER.fetch_add(1, Ordering::Relaxed);
        let folder = self.folder.join(format!("{BUILD}{}-{number}", std::process::id()));
        make(&folder)?;
        let pen = Pen { folder };
        pen.limit(most)?;
        Ok(pen)
    }
}

const NOT_OURS: &str = "this program may make no control groups: it has to be a service of systemd whose unit has \
                        Delegate=yes and ProtectControlGroups=no, as those of the packages have";

fn make(folder: &Path) -> io::Result<()> {
    match fs::create_dir(folder) {
        Err(error) if error.kind() == io::ErrorKind::AlreadyExists => Ok(()),
        other => other,
    }
}

/// The control group of one build; whoever is in it is killed when this is dropped.
#[derive(Debug)]
pub struct Pen {
    folder: PathBuf,
}

/// Which limit of a pen was met.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Met {
    /// The kernel killed all in it.
    Memory,
    /// A process could not be started.
    Processes,
}

impl Pen {
    /// Returns the folder of the group, for [`crate::Task::pen`].
    pub fn folder(&self) -> &Path {
        &self.folder
    }

    /// Kills whoever is in it.
    pub fn kill(&self) {
        // a kernel before 5.14 has no such file; whoever is there ends with its task
        let _ = fs::OpenOptions::new()
            .write(true)
            .open(self.folder.join("cgroup.kill"))
            .and_then(|mut file| file.write_all(b"1"));
    }

    /// Tells whether its processes wanted more than they may take.
    pub fn met(&self) -> Option<Met> {
        let count = |file: &str, key: &str| {
            let text = fs::read_to_string(self.folder.join(file)).unwrap_or_default();
            let found = text.lines().find_map(|line| line.strip_prefix(key)?.strip_prefix(' ')?.parse().ok());
            found.unwrap_or(0u64)
        };
        if count("memory.events", "oom_kill") > 0 {
            return Some(Met::Memory);
        }
        (count("pids.events", "max") > 0).then_some(Met::Processes)
    }

    fn limit(&self, most: &Most) -> io::Result<()> {
        let set = |file: &str, value: String| fs::write(self.folder.join(file), value);
        if let Some(bytes) = most.memory {
            set("memory.max", bytes.to_string())?;
            // a kernel without swap has no such file
            let _ = set("memory.swap.max", "0".into());
            // half a build is of no use to anybody
            set("memory.oom.group", "1".into())?;
        }
        if let Some(percent) = most.cpu_percent {
            set("cpu.max", format!("{} 100000", percent * 1000))?;
        }
        if let Some(processes) = most.processes {
            set("pids.max", processes.to_string())?;
        }
        Ok(())
    }
}

impl Drop for Pen {
    fn drop(&mut self) {
        for wait in PATIENCE {
            // what is a file is the kernel's: removing the folder removes all of them
            if fs::remove_dir(&self.folder).is_ok() || !self.folder.exists() {
                return;
            }
            self.kill();
            std::thread::sleep(Duration::from_millis(wait));
        }
    }
}

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
    fn the_group_of_a_service_is_found_and_its_processes_make_room() {
        let temp = tempfile::tempdir().unwrap();
        let (mount, unit) = (temp.path(), temp.path().join("system.slice/img.service"));
        group(mount, "");
        group(&unit, "17\n");

        let pens = Pens::below(mount, "0::/system.slice/img.service\n").unwrap();
        pens.prepare().unwrap();

        assert_eq!(pens, Pens { folder: unit.clone() });
        assert_eq!(read(&unit.join(OURS), "cgroup.procs"), "17");
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
    fn a_pen_has_the_limits_it_was_given_and_no_others() {
        let temp = tempfile::tempdir().unwrap();
        let pens = Pens { folder: temp.path().into() };
        let most = Most { memory: Some(2 << 30), cpu_percent: Some(150), processes: Some(500) };

        let (pen, free) = (pens.pen(&most).unwrap(), pens.pen(&Most::default()).unwrap());

        for (file, text) in [
            ("memory.max", "2147483648"),
            ("memory.swap.max", "0"),
            ("memory.oom.group", "1"),
            ("cpu.max", "150000 100000"),
            ("pids.max", "500"),
        ] {
            assert_eq!(
                (read(pen.folder(), file), read(free.folder(), file)),
                (text.into(), String::new()),
                "{file}"
            );
        }
        assert_ne!(pen.folder(), free.folder());
        fs::write(pen.folder().join("memory.events"), "low 0\noom 1\noom_kill 0\noom_group_kill 0\n")
            .unwrap();
        assert_eq!(pen.met(), None);
        fs::write(pen.folder().join("pids.events"), "max 3\n").unwrap();
        assert_eq!(pen.met(), Some(Met::Processes));
        fs::write(pen.folder().join("memory.events"), "oom 1\noom_kill 2\n").unwrap();
        assert_eq!(pen.met(), Some(Met::Memory));
        // real ones go with their files
        for file in [
            "memory.max",
            "memory.swap.max",
            "memory.oom.group",
            "cpu.max",
            "pids.max",
            "memory.events",
            "pids.events",
        ] {
            fs::remove_file(pen.folder().join(file)).unwrap();
        }
        let folder = pen.folder().to_owned();
        drop(pen);
        assert!(!folder.exists());
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
