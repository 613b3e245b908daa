//! Where tasks run.

use std::path::Path;

use async_trait::async_trait;

use crate::{ChildError, Ended, Listen, Network, Task, run};

/// Somewhere tasks can run.
///
/// Whatever ends a task, nothing it started is left when `run` returns, or soon after this process was killed.
#[async_trait]
pub trait Place: Send + Sync {
    /// Says what is missing for this place to work, as a sentence that tells how to mend it.
    fn check(&self) -> Result<(), String>;

    /// Says what is missing for tasks to reach just this of the network, as such a sentence.
    fn check_network(&self, network: &Network) -> Result<(), String>;

    /// Says what is missing for tasks to start programs for another family of processors, as such a sentence.
    async fn check_programs(&self, family: &'static str) -> Result<(), String> {
        Err(format!("nothing runs programs for {family} where this build is"))
    }

    /// Returns the text of `/etc/resolv.conf` for tasks that reach this of the network; none when it is the host's.
    fn resolver(&self, network: &Network) -> Option<String>;

    /// Tells whether tasks run on another machine, so that what they leave in its kernel, and the room on its disk, is not of
    /// this one.
    fn is_another_machine(&self) -> bool {
        false
    }

    /// Returns the address by which tasks on another machine reach what listens on this one's loopback only; none where they
    /// do not.
    fn loopback_there(&self) -> Option<&'static str> {
        None
    }

    /// Runs a task to its end; a program that fails is an `Ok` with its status.
    async fn run(&self, task: &Task, listen: &Listen<'_>) -> Result<Ended, ChildError>;

    /// Makes a new folder that tasks may fill as their root user.
    async fn make_folder(&self, folder: &Path) -> Result<(), ChildError>;

    /// Has a folder of [`Place::make_folder`] be in memory from now on, at most `bytes` of it and as empty as it has to be
    /// now; `None` where that cannot be.
    ///
    /// Tasks see it at its own path, this process at [`Memory::path`], nobody else does. The memory is free again when the
    /// answer is dropped and when this process dies, however that happens.
    async fn in_memory(&self, _folder: &Path, _bytes: u64) -> Result<Option<Box<dyn Memory>>, ChildError> {
        Ok(None)
    }

    /// Makes a finished file, which must lie in a folder of [`Place::make_folder`], an ordinary one of ours.
    async fn take_over(&self, file: &Path) -> Result<(), ChildError>;

    /// Removes a folder whatever users its files belong to; one that is not there is fine.
    async fn remove(&self, folder: &Path) -> Result<(), ChildError>;
}

/// A folder in memory, as long as this is there.
pub trait Memory: Send + Sync {
    /// Returns the path by which this process, and no other, finds what is in it.
    fn path(&self) -> &Path;
}

/// The host as it is: for trusted tools only, since it hides nothing and keeps no [`crate::Sight`].
#[derive(Clone, Copy, Debug, Default)]
pub struct BareHost;

#[async_trait]
impl Place for BareHost {
    fn check(&self) -> Result<(), String> {
        Ok(())
    }

    fn check_network(&self, _network: &Network) -> Result<(), String> {
        Ok(())
    }

    fn resolver(&self, _network: &Network) -> Option<String> {
        None
    }

    async fn run(&self, task: &Task, listen: &Listen<'_>) -> Result<Ended, ChildError> {
        run(task, listen).await
    }

    async fn make_folder(&self, folder: &Path) -> Result<(), ChildError> {
        tokio::fs::create_dir(folder).await.map_err(|source| ChildError::start("a folder", source))
    }

    async fn take_over(&self, _file: &Path) -> Result<(), ChildError> {
        Ok(())
    }

    async fn remove(&self, folder: &Path) -> Result<(), ChildError> {
        crate::remove(folder).await
    }
}
