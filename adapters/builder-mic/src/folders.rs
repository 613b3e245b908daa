//! Where a run of mic works.

use std::path::{Path, PathBuf};

use child::{Shown, Sight};

/// The file that tells mic where to work.
const CONFIG: &str = "mic.conf";
/// The file that tells that mic works on another machine, so that nothing of it is left in the kernel of this one.
const ELSEWHERE: &str = "elsewhere";
/// The folders of a run; both are unlike those of any other.
#[derive(Clone, Debug)]
pub(crate) struct Folders {
    pub(crate) work: PathBuf,
    pub(crate) tmp: PathBuf,
}

impl Folders {
    /// Returns where a build of a folder is done.
    pub(crate) fn of(folder: &Path, tmp: Option<&Path>) -> std::io::Result<Folders> {
        let folder = std::path::absolute(folder)?;
        let work = folder.join("work");
        let tmp = match (tmp, folder.file_name()) {
            (Some(tmp), Some(name)) => tmp.join(format!("mic-{}", name.to_string_lossy())),
            _ => work.join("tmp"),
        };
        Ok(Folders { work, tmp })
    }

    /// Returns both, the outer ones first.
    pub(crate) fn all(&self) -> [PathBuf; 2] {
        [self.work.clone(), self.tmp.clone()]
    }

    /// Tells whether a run of mic is or was in these.
    pub(crate) fn are_mics(&self) -> bool {
        self.config().exists()
    }

    /// Tells whether it is or was on another machine.
    pub(crate) fn are_elsewhere(&self) -> bool {
        self.elsewhere().exists()
    }

    pub(crate) fn config(&self) -> PathBuf {
        self.work.join(CONFIG)
    }

    pub(crate) fn elsewhere(&self) -> PathBuf {
        self.work.join(ELSEWHERE)
    }

    pub(crate) fn out(&self) -> PathBuf {
        self.work.join("out")
    }

    /// Returns what mic sees besides its machine.
    pub(crate) fn sight(&self, cache: &Path) -> Sight {
        let writes = vec![Shown::here(&self.work), Shown::here(&self.tmp), Shown::here(cache)];
        Sight { writes, network: child::Network::Host, ..Sight::default() }
    }
}
