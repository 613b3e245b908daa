//! The place itself.

use std::path::{Path, PathBuf};

use async_trait::async_trait;
use child::{ChildError, Ended, Listen, Memory, Network, Place, Priority, Task, run_through};
use tokio::sync::OnceCell;
use tokio_util::sync::CancellationToken;

use crate::door::{Door, door};
use crate::ids::Ids;
use crate::memory::Rooms;
use crate::resolver::Resolver;
use crate::view::{self, Host};
use crate::wire::{Outer, Wire};
use crate::{check, emulators, folders, routes};

/// Tasks in user namespaces; making one costs nothing.
#[derive(Debug, Default)]
pub struct Userns {
    known: OnceCell<Known>,
    priority: Priority,
    rooms: Rooms,
}

/// What is found out before the first task.
#[derive(Debug)]
struct Known {
    ids: Ids,
    host: Host,
}

impl Userns {
    /// Makes a place on this machine.
    pub fn new() -> Userns {
        Userns::default()
    }

    /// Has all tasks stand back behind others.
    #[must_use]
    pub fn behind_others(self, priority: Priority) -> Userns {
        Userns { priority, ..self }
    }

    /// Says what is missing for this place to work, as a sentence that tells how to mend it.
    pub fn check(&self) -> Result<(), String> {
        check::bwrap()?;
        check::ids()?;
        check::namespaces()
    }

    /// Returns the command that would make this place work, where no package is missing and there is one.
    pub fn command(&self) -> Option<String> {
        check::command()
    }

    async fn known(&self) -> Result<&Known, ChildError> {
        self.known.get_or_try_init(find_out).await
    }
}

#[async_trait]
impl Place for Userns {
    fn check(&self) -> Result<(), String> {
        Userns::check(self)
    }

    fn check_network(&self, network: &Network) -> Result<(), String> {
        match network {
            Network::Outside(_) => check::slirp4netns(),
            Network::None | Network::Host => Ok(()),
        }
    }

    async fn check_programs(&self, family: &'static str) -> Result<(), String> {
        let quiet = Listen { log: Path::new("/dev/null"), line: &|_| {}, stop: CancellationToken::new() };
        let task = Task { emulates: Some(family), ..Task::new(["true"]) };
        self.run(&task, &quiet).await.and_then(|ended| works(&ended)).map_err(|error| error.to_string())
    }

    fn resolver(&self, network: &Network) -> Option<String> {
        let own = || routes::own_addresses().unwrap_or_default();
        matches!(network, Network::Outside(_)).then(|| Resolver::look(&own()).text)
    }

    async fn run(&self, task: &Task, listen: &Listen<'_>) -> Result<Ended, ChildError> {
        let known = self.known().await?;
        let task = Task { priority: self.priority, ..task.clone() };
        enter(&task, &known.ids, &known.host, &self.rooms, listen).await
    }

    async fn in_memory(&self, folder: &Path, bytes: u64) -> Result<Option<Box<dyn Memory>>, ChildError> {
        self.rooms.make(&self.known().await?.ids, folder, bytes).await
    }

    async fn make_folder(&self, folder: &Path) -> Result<(), ChildError> {
        folders::make(folder, &self.known().await?.ids).await
    }

    async fn take_over(&self, file: &Path) -> Result<(), ChildError> {
        folders::take_over(file).await
    }

    async fn remove(&self, folder: &Path) -> Result<(), ChildError> {
        folders::remove(self, folder).await
    }
}

async fn find_out() -> Result<Known, ChildError> {
    let ids = check::ids().map_err(ChildError::Place)?;
    let mut host = Host::look(check::bwrap().map_err(ChildError::Place)?);
    let quiet = Listen { log: Path::new("/dev/null"), line: &|_| {}, stop: CancellationToken::new() };
    let rooms = Rooms::default();
    let ended = enter(&Task::new(["true"]), &ids, &host, &rooms, &quiet).await?;
    // some containers let nobody mount a /proc: then tasks see that of the container, and end with bwrap alone
    if ["mount proc", "/ns failed"].iter().any(|words| ended.tail.contains(words)) {
        host.new_proc = false;
        let ended = enter(&Task::new(["true"]), &ids, &host, &rooms, &quiet).await?;
        return works(&ended).map(|()| Known { ids, host });
    }
    works(&ended).map(|()| Known { ids, host })
}

fn works(ended: &Ended) -> Result<(), ChildError> {
    if ended.well() {
        return Ok(());
    }
    Err(ChildError::Place(format!(
        "bwrap cannot make a place for builds on this machine: {}",
        ended.tail.trim()
    )))
}

/// Runs a task in a namespace of its own.
async fn enter(
    task: &Task,
    ids: &Ids,
    host: &Host,
    rooms: &Rooms,
    listen: &Listen<'_>,
) -> Result<Ended, ChildError> {
    let sight = &task.sight;
    let paths: Vec<&Path> =
        sight.reads.iter().chain(&sight.writes).map(|shown| shown.host.as_path()).collect();
    let room = rooms.of(&paths);
    for path in &paths {
        let seen = room.as_ref().map_or_else(|| path.to_path_buf(), |room| room.seen(path));
        std::fs::metadata(seen).map_err(|error| {
            ChildError::Place(format!("{} cannot be shown to {}: {error}", path.display(), task.program()))
        })?;
    }
    let cannot = |source| ChildError::Start { program: task.program(), source };
    let (inner, outer, holds) = match &sight.network {
        Network::Outside(closed) => {
            check::slirp4netns().map_err(ChildError::Place)?;
            let Wire { inner, outer, holds } = Wire::new(closed).map_err(cannot)?;
            (Some(inner), Some(outer), Some(holds))
        }
        Network::None | Network::Host => (None, None, None),
    };
    let emulator = task.emulates.map(emulators::find).transpose().map_err(ChildError::Place)?.flatten();
    let made = door(ids, &paths, room, host.new_proc, inner, emulator).map_err(cannot)?;
    let Door { entrance, mapping, found_at, namespaces } = made;
    let found = |path: &Path| {
        let number = paths.iter().position(|known| *known == path);
        number.map_or_else(|| path.to_path_buf(), |number| found_at[number].clone())
    };
    let argv = view::argv(task, host, holds, &found);
    let inside = Task { argv, env: Vec::new(), cwd: PathBuf::from("/"), ..task.clone() };
    let wired = async {
        match (outer, namespaces.await) {
            (Some(outer), Ok(spaces)) => Outer::serve(outer, ids, spaces, Path::new("/dev/null")).await,
            _ => std::future::pending().await,
        }
    };
    let result = tokio::select! {
        biased;
        result = run_through(&inside, Some(entrance), listen) => result,
        why_not = wired => return Err(ChildError::Place(why_not)),
    };
    match result {
        Err(ChildError::Start { source, .. }) => Err(why_not(source, mapping, task.emulates)),
        other => other,
    }
}

/// Finds the reason why a namespace could not be entered.
fn why_not(
    source: std::io::Error,
    mapping: std::thread::JoinHandle<Result<(), String>>,
    emulates: Option<&str>,
) -> ChildError {
    if let Ok(Err(reason)) = mapping.join() {
        return ChildError::Place(reason);
    }
    match (source.raw_os_error(), emulates) {
        (Some(emulators::NONE_OF_ITS_OWN), Some(family)) => ChildError::Place(emulators::not_taken(family)),
        (Some(nix::libc::EPERM | nix::libc::EUSERS | nix::libc::ENOSPC), _) => {
            ChildError::Place(check::forbidden())
        }
        _ => ChildError::Start { program: "bwrap".to_owned(), source },
    }
}
