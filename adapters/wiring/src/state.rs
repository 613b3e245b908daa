//! The folder everything of one machine is remembered in.

use std::ffi::OsString;
use std::fs::File;
use std::io::{ErrorKind, Write};
use std::os::unix::fs::{DirBuilderExt, OpenOptionsExt};
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use anyhow::{Context, Result, anyhow, bail};
use nix::errno::Errno;
use nix::fcntl::{Flock, FlockArg};
use nix::unistd::{AccessFlags, User, access, geteuid};

/// The user img.service and participants run as, and the folder of what they remember: packaging/sysusers/img.conf.
const OF_SERVICES: (&str, &str) = ("img", "/var/lib/img");

/// How long one `img up` waits for another that was killed a moment ago, with what it was just starting.
const GOING: Duration = Duration::from_secs(2);

/// The parts of a state folder.
#[derive(Clone, Debug)]
pub struct State(PathBuf);

impl State {
    /// Takes the folder a person chose, else that of the services when it is their user who asks, else the one of the
    /// XDG rules; makes it, for its owner only.
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
        if access(&folder, AccessFlags::W_OK | AccessFlags::X_OK).is_err() {
            bail!(
                "this user may not write into the state folder {}: say --state DIR, or give it to them by chown",
                folder.display()
            );
        }
        Ok(State(folder))
    }

    /// Returns the words that name it to a command, none where it is the folder that is taken without them.
    pub fn option(&self) -> String {
        match default_folder() {
            Some(folder) if folder == self.0 => String::new(),
            _ => format!(" --state {}", self.0.display()),
        }
    }

    /// Makes a file of it that only its owner may read, if it is not there, and returns its path.
    ///
    /// A file that is there is not touched. This program may have it open as a database, and whoever closes a file gives
    /// up the locks their program has on it, SQLite's too: then the next program to end would take the database for
    /// nobody's, and remove the log into which this one goes on writing.
    pub fn private(&self, file: PathBuf) -> Result<PathBuf> {
        // a folder that was there already may be open to others
        let made = std::fs::OpenOptions::new().write(true).create_new(true).mode(0o600).open(&file);
        match made {
            Err(error) if error.kind() != ErrorKind::AlreadyExists => {
                Err(error).with_context(|| format!("cannot write {}", file.display()))
            }
            _ => Ok(file),
        }
    }

    /// Becomes the one `img up` of this folder, for as long as the returned value lives.
    pub fn serve_alone(&self) -> Result<Alone> {
        let path = self.private(self.0.join("up.lock"))?;
        let file = std::fs::OpenOptions::new().read(true).write(true).open(&path);
        let file = file.with_context(|| format!("cannot open {}", path.display()))?;
        let begin = Instant::now();
        let mut tried = Flock::lock(file, FlockArg::LockExclusiveNonblock);
        while let Err((file, Errno::EWOULDBLOCK)) = tried {
            if begin.elapsed() > GOING {
                return Err(self.runs_already(&path));
            }
            std::thread::sleep(Duration::from_millis(50));
            tried = Flock::lock(file, FlockArg::LockExclusiveNonblock);
        }
        let mut lock =
            tried.map_err(|(_, errno)| errno).with_context(|| format!("cannot lock {}", path.display()))?;
        // for whoever comes next; a full disk is told by others
        let _ = lock.set_len(0).and_then(|()| writeln!(lock, "{}", std::process::id()));
        Ok(Alone(lock))
    }

    fn runs_already(&self, lock: &Path) -> anyhow::Error {
        let process = std::fs::read_to_string(lock).unwrap_or_default();
        let process = process.trim();
        let process = if process.is_empty() { String::new() } else { format!(", as process {process}") };
        anyhow!(
            "`img up` runs already with the state folder {}{process}: end it first, or say another by --state",
            self.0.display()
        )
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

    /// The image virtual machines start from, and its key.
    pub fn vm(&self) -> PathBuf {
        self.0.join("vm")
    }

    /// Downloaded packages.
    pub fn cache(&self) -> PathBuf {
        self.0.join("cache")
    }
}

/// A lock, which dies with its program; its file stays, since whoever waits for it has it open.
#[derive(Debug)]
pub struct Alone(#[expect(dead_code, reason = "it is held")] Flock<File>);

fn default_folder() -> Option<PathBuf> {
    let user = User::from_uid(geteuid()).ok().flatten();
    folder_of(user.as_ref().map(|user| (user.name.as_str(), user.dir.as_path())), |name| {
        std::env::var_os(name)
    })
}

/// Returns the folder of a user, known by name and home, whose environment may be another's: `runuser -u img` keeps root's.
fn folder_of(user: Option<(&str, &Path)>, variable: impl Fn(&str) -> Option<OsString>) -> Option<PathBuf> {
    let (name, home) = OF_SERVICES;
    if user == Some((name, Path::new(home))) {
        return Some(home.into());
    }
    let set = |name| variable(name).filter(|value| !value.is_empty()).map(PathBuf::from);
    set("XDG_STATE_HOME")
        .filter(|path| path.is_absolute())
        .or_else(|| Some(set("HOME")?.join(".local/state")))
        .map(|path| path.join("img"))
}

#[cfg(test)]
mod tests {
    use nix::fcntl::{FcntlArg, fcntl};
    use nix::libc;

    use super::*;

    #[test]
    fn a_database_that_is_open_here_keeps_its_locks_when_it_is_asked_for_again() {
        let folder = tempfile::tempdir().unwrap();
        let state = State::open(Some(folder.path().to_owned())).unwrap();
        let file = state.private(state.jobs()).unwrap();
        let database = std::fs::OpenOptions::new().read(true).write(true).open(&file).unwrap();
        let l_type = libc::F_WRLCK as libc::c_short;
        let lock = libc::flock { l_type, l_whence: 0, l_start: 0, l_len: 0, l_pid: 0 };
        fcntl(&database, FcntlArg::F_SETLK(&lock)).unwrap(); // of the program, as SQLite's are

        state.private(state.jobs()).unwrap();

        let other = std::fs::OpenOptions::new().write(true).open(&file).unwrap();
        let refused = fcntl(&other, FcntlArg::F_OFD_SETLK(&lock)); // of the open file: another's, for the kernel
        assert_eq!(refused, Err(nix::errno::Errno::EAGAIN));
    }

    #[test]
    fn whoever_serves_the_machine_and_whoever_asks_for_it_share_a_folder() {
        let variables: &[(&str, &str)] = &[("HOME", "/root"), ("XDG_STATE_HOME", "/root/state")];
        let found = |user: Option<(&str, &str)>, variables: &[(&str, &str)]| {
            let user = user.map(|(name, home)| (name, Path::new(home)));
            let value =
                |name: &str| variables.iter().find(|(set, _)| *set == name).map(|(_, value)| value.into());
            folder_of(user, value).map(|folder| folder.display().to_string())
        };
        for (user, variables, expected) in [
            (Some(("img", "/var/lib/img")), variables, Some("/var/lib/img")),
            (Some(("img", "/var/lib/img")), &[], Some("/var/lib/img")),
            (Some(("img", "/home/img")), &[("HOME", "/home/img")], Some("/home/img/.local/state/img")),
            (Some(("me", "/home/me")), variables, Some("/root/state/img")),
            (None, &[("HOME", "/x"), ("XDG_STATE_HOME", "relative")], Some("/x/.local/state/img")),
            (None, &[("HOME", "")], None),
        ] {
            assert_eq!(found(user, variables).as_deref(), expected, "{user:?} {variables:?}");
        }
    }
}
