//! What all processes of one build may take together: a control group of version 2.

use std::fs;
use std::io::{self, Write};
use std::path::{Path, PathBuf};
use std::time::Duration;

/// Processes that were killed are gone soon; so long, in milliseconds, their group is tried again.
const PATIENCE: [u64; 6] = [1, 5, 20, 100, 300, 1000];

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

/// Makes a group where there is none.
pub(crate) fn make(folder: &Path) -> io::Result<()> {
    match fs::create_dir(folder) {
        Err(error) if error.kind() == io::ErrorKind::AlreadyExists => Ok(()),
        other => other,
    }
}

impl Pen {
    /// Makes one that lets its processes take no more than this.
    pub(crate) fn make(folder: PathBuf, most: &Most) -> io::Result<Pen> {
        make(&folder)?;
        let pen = Pen { folder };
        pen.limit(most)?;
        Ok(pen)
    }

    /// Takes over one that a program left, to remove it.
    pub(crate) fn left(folder: PathBuf) -> Pen {
        Pen { folder }
    }

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

    fn read(folder: &Path, file: &str) -> String {
        fs::read_to_string(folder.join(file)).unwrap_or_default()
    }

    #[test]
    fn a_pen_has_the_limits_it_was_given_and_no_others() {
        let temp = tempfile::tempdir().unwrap();
        let most = Most { memory: Some(2 << 30), cpu_percent: Some(150), processes: Some(500) };

        let [pen, free] = [("limited", most), ("free", Most::default())]
            .map(|(name, most)| Pen::make(temp.path().join(name), &most).unwrap());

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
}
