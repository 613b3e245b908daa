//! What one build may take of the machine.

use child::{Most, Rlimits};

use crate::room::human;

/// The most of each; by default, as for whoever builds at a terminal, whatever there is.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Limits {
    /// Bytes of the disk that stay free for others.
    pub keep_free: u64,
    /// Bytes of the disk that a build takes, its image included.
    pub disk: Option<u64>,
    /// Memory, processors and processes, all of a build together.
    pub most: Most,
}

impl Limits {
    /// Returns what each program that does a stranger's will may take by itself, where an image has a file as large as
    /// `largest`: most of that is zeros, which take no room.
    pub(crate) fn of_a_process(&self, largest: u64) -> Rlimits {
        Rlimits { file: self.disk.map(|limit| limit.max(largest)), processes: self.most.processes }
    }

    /// Says that a build was killed for the memory it took.
    pub(crate) fn too_little_memory(&self) -> String {
        let limit =
            self.most.memory.map_or_else(|| "memory".into(), |limit| format!("{} of memory", human(limit)));
        format!("the build needed more than its {limit}; raise [worker] memory_limit")
    }

    /// Says that a program could start no other one, where what it printed says so and there is a limit of processes.
    pub(crate) fn starved(&self, printed: &str) -> Option<String> {
        const SIGNS: [&str; 4] =
            ["Resource temporarily unavailable", "annot fork", "can't fork", "can't start new thread"];
        let limit = self.most.processes?;
        SIGNS.iter().any(|sign| printed.contains(sign)).then(|| {
            format!(
                "no further process could be started, and [worker] process_limit lets a build have {limit} at once: raise it \
                 (dnf alone wants some ten, a large build a few hundred), or have scripts start fewer"
            )
        })
    }

    /// Says that a build could start no more processes.
    pub(crate) fn too_few_processes(&self) -> Option<String> {
        let limit = self.most.processes?;
        Some(format!("it had all of its {limit} processes at once; [worker] process_limit lets it have more"))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_build_is_short_of_processes_only_where_they_are_limited() {
        let limited = Limits { most: Most { processes: Some(3), ..Most::default() }, ..Limits::default() };
        let said = "bwrap: Creating new namespace failed: Resource temporarily unavailable";

        assert!(
            limited.starved(said).unwrap().contains("[worker] process_limit lets a build have 3 at once")
        );
        assert_eq!(limited.starved("/bin/sh: no such program"), None);
        assert_eq!(Limits::default().starved(said), None);
    }
}
