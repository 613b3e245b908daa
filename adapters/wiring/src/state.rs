//! The folder everything of one machine is remembered in.

use std::os::unix::fs::{DirBuilderExt, OpenOptionsExt};
use std::path::PathBuf;

use anyhow::{Context, Result};

/// The parts of a state folder.
#[derive(Clone, Debug)]
pub struct State(PathBuf);

impl State {
    /// Takes the folder a person chose, else the one of the XDG rules; makes it, for its owner only.
    pub fn open(chosen: Option<PathBuf>) -> Result<State> {
        let folder = match chosen {
            Some(folder) => folder,
            None => {
                default_folder().context("there is neither $XDG_STATE_HOME nor $HOME: say --state DIR")?
            }
        };
        let folder =
            std::path::absolute(&folder).with_context(|| format!("cannot use {}", folder.display()))?;
        // kickstarts hold passwords
        let made = std::fs::DirBuilder::new().recursive(true).mode(0o700).create(&folder);
        made.with_context(|| format!("cannot make the state folder {}", folder.display()))?;
        Ok(State(folder))
    }

    /// Makes a file of it that only its owner may read, if it is not there, and returns its path.
    pub fn private(&self, file: PathBuf) -> Result<PathBuf> {
        // a folder that was there already may be open to others
        let made = std::fs::OpenOptions::new().append(true).create(true).mode(0o600).open(&file);
        made.with_context(|| format!("cannot write {}", file.display()))?;
        Ok(file)
    }

    /// The messages that wait.
    pub fn queue(&self) -> PathBuf {
        self.0.join("queue.db")
    }

    /// The processes.
    pub fn engine(&self) -> PathBuf {
        self.0.join("engine.db")
    }

    /// The jobs.
    pub fn jobs(&self) -> PathBuf {
        self.0.join("jobs.db")
    }

    /// The locks that show which programs are alive.
    pub fn owners(&self) -> PathBuf {
        self.0.join("owners")
    }

    /// Where images go when nobody says otherwise.
    pub fn images(&self) -> PathBuf {
        self.0.join("images")
    }

    /// Downloaded packages.
    pub fn cache(&self) -> PathBuf {
        self.0.join("cache")
    }
}

fn default_folder() -> Option<PathBuf> {
    let set = |name| std::env::var_os(name).filter(|value| !value.is_empty()).map(PathBuf::from);
    set("XDG_STATE_HOME")
        .filter(|path| path.is_absolute())
        .or_else(|| Some(set("HOME")?.join(".local/state")))
        .map(|path| path.join("img"))
}
