//! How far a build is, in a small file beside its log: whoever shows the job reads it there.

use std::io;
use std::path::{Path, PathBuf};
use std::sync::Mutex;
use std::time::{Duration, Instant};

use imaging::{Milestones, Step};
use serde::Serialize;

use crate::stopwatch::{StepTime, Stopwatch};

/// Within a step, the file is written so often at most; each step and each tenth of one is always in it.
const OFTEN: Duration = Duration::from_secs(1);

/// The file, while the image is made. It is gone before the folder has its final name.
#[derive(Debug)]
pub(crate) struct Progress {
    path: PathBuf,
    /// Who may read it: as the log beside it.
    readable: fn(&Path) -> io::Result<()>,
    stopwatch: Stopwatch,
    written: Mutex<(Milestones, Instant)>,
}

/// What is in it; the last step is the one that runs.
#[derive(Debug, Serialize)]
struct Written {
    steps: Vec<StepTime>,
    #[serde(skip_serializing_if = "Option::is_none")]
    done: Option<u64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    of: Option<u64>,
}

impl Progress {
    /// What the file is called.
    pub(crate) const FILE: &str = "progress.json";

    pub(crate) fn new(folder: &Path, readable: fn(&Path) -> io::Result<()>) -> Progress {
        let written = Mutex::new((Milestones::default(), Instant::now()));
        Progress { path: folder.join(Progress::FILE), readable, stopwatch: Stopwatch::default(), written }
    }

    /// Hears what is done now. A file that cannot be written is none: the build is not about it.
    pub(crate) fn hear(&self, step: &Step) {
        self.stopwatch.at(&step.name);
        let mut written = self.written.lock().expect("writing does not panic");
        if !written.0.passes(step) && written.1.elapsed() < OFTEN {
            return;
        }
        written.1 = Instant::now();
        let (done, of) = step.done_of.unzip();
        if let Err(error) = self.write(&Written { steps: self.stopwatch.read(), done, of }) {
            tracing::debug!("cannot write {}: {error}", self.path.display());
        }
    }

    /// Whoever reads it finds the one before or this one, never a part.
    fn write(&self, written: &Written) -> io::Result<()> {
        let next = self.path.with_extension("next");
        std::fs::write(&next, serde_json::to_vec(written)?)?;
        (self.readable)(&next)?;
        std::fs::rename(&next, &self.path)
    }

    /// Removes the file, and returns how long each step took.
    pub(crate) fn end(&self) -> Vec<StepTime> {
        for path in [self.path.with_extension("next"), self.path.clone()] {
            match std::fs::remove_file(&path) {
                Err(error) if error.kind() != io::ErrorKind::NotFound => {
                    tracing::warn!("cannot remove {}: {error}", path.display());
                }
                _ => {}
            }
        }
        self.stopwatch.read()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_file_says_what_is_done_now_and_is_gone_afterwards() {
        let folder = tempfile::tempdir().unwrap();
        let progress = Progress::new(folder.path(), |_| Ok(()));
        let read = || -> serde_json::Value {
            serde_json::from_slice(&std::fs::read(folder.path().join("progress.json")).unwrap()).unwrap()
        };
        progress.hear(&Step { name: "planning".into(), done_of: None });
        assert_eq!((&read()["steps"][0]["step"], read().get("of")), (&"planning".into(), None));
        progress.hear(&Step { name: "installing packages".into(), done_of: Some((20, 200)) });
        progress.hear(&Step { name: "installing packages".into(), done_of: Some((21, 200)) });
        let told = read();
        assert_eq!(
            (&told["done"], &told["of"]),
            (&20.into(), &200.into()),
            "not each package is worth a write"
        );
        assert_eq!(told["steps"][1]["step"], "installing packages");
        progress.hear(&Step { name: "installing packages".into(), done_of: Some((40, 200)) });
        assert_eq!(read()["done"], 40);

        assert_eq!(progress.end().len(), 2);

        assert_eq!(std::fs::read_dir(folder.path()).unwrap().count(), 0);
        progress.end(); // there is none to remove
    }

    #[test]
    fn a_file_that_cannot_be_written_does_not_matter() {
        let progress = Progress::new(Path::new("/nonexistent"), |_| Ok(()));
        progress.hear(&Step { name: "planning".into(), done_of: None });
        assert_eq!(progress.end()[0].step, "planning");
    }
}
