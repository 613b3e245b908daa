//! Folders in memory that die with this process.
//!
//! Such a folder is a file system in memory, mounted in a namespace where no process lives: both are there as long as this
//! process holds them open, and the kernel clears them away after it, whatever it dies of. So nothing has to be swept.

use std::ffi::CString;
use std::io;
use std::os::fd::{AsRawFd, OwnedFd};
use std::os::unix::ffi::OsStrExt;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, Weak};

use child::{ChildError, Entrance, Listen, Memory, Task, run_through};
use nix::fcntl::{OFlag, open};
use nix::libc;
use nix::mount::{MsFlags, mount};
use nix::sched::{CloneFlags, setns, unshare};
use nix::sys::prctl;
use nix::sys::stat::Mode;
use nix::sys::statfs::{TMPFS_MAGIC, fstatfs};
use nix::unistd::{getpid, pipe2, read, write};
use tokio_util::sync::CancellationToken;

use crate::door::{be_mapped, become_root};
use crate::ids::Ids;
use crate::maps;

/// The memory a folder may be of files, each of which takes some beside its bytes.
const BYTES_A_FILE: u64 = 4096;

/// One folder in memory.
#[derive(Debug)]
pub(crate) struct Room {
    /// The folder on the disk that it is mounted on.
    folder: PathBuf,
    /// The namespace whose users own it; real root's tasks make one each.
    users: Option<OwnedFd>,
    /// The namespace it is mounted in.
    mounts: OwnedFd,
    /// How this process finds it: by a descriptor of its own.
    path: PathBuf,
    _inside: OwnedFd,
}

impl Room {
    /// Returns by which path this process finds what tasks find by `path`.
    pub(crate) fn seen(&self, path: &Path) -> PathBuf {
        path.strip_prefix(&self.folder).map_or_else(|_| path.to_path_buf(), |rest| self.path.join(rest))
    }

    /// Tells whether whoever enters has its ids at once.
    pub(crate) fn has_ids(&self) -> bool {
        self.users.is_some()
    }

    /// Goes in; makes system calls only, in a process with one thread.
    pub(crate) fn enter(&self) -> io::Result<()> {
        if let Some(users) = &self.users {
            setns(users, CloneFlags::CLONE_NEWUSER)?;
        }
        Ok(setns(&self.mounts, CloneFlags::CLONE_NEWNS)?)
    }
}

/// All that are held by somebody.
#[derive(Debug, Default)]
pub(crate) struct Rooms(Mutex<Vec<Weak<Room>>>);

struct Held(Arc<Room>);

impl Memory for Held {
    fn path(&self) -> &Path {
        &self.0.path
    }
}

impl Rooms {
    /// Returns the one that some of the paths are in.
    pub(crate) fn of(&self, paths: &[&Path]) -> Option<Arc<Room>> {
        let rooms = self.0.lock().expect("looking does not panic");
        let mut held = rooms.iter().filter_map(Weak::upgrade);
        held.find(|room| {
            paths.iter().any(|path| path.starts_with(&room.folder) || room.folder.starts_with(path))
        })
    }

    /// Makes one of a folder; `None` where the kernel does not want to, or would keep less in it than on a disk.
    pub(crate) async fn make(
        &self,
        ids: &Ids,
        folder: &Path,
        bytes: u64,
    ) -> Result<Option<Box<dyn Memory>>, ChildError> {
        let Some(room) = made(ids, folder, bytes).await?.filter(keeps_attributes) else { return Ok(None) };
        let room = Arc::new(room);
        let mut rooms = self.0.lock().expect("pushing does not panic");
        rooms.retain(|room| room.strong_count() > 0);
        rooms.push(Arc::downgrade(&room));
        Ok(Some(Box::new(Held(room))))
    }
}

async fn made(ids: &Ids, folder: &Path, bytes: u64) -> Result<Option<Room>, ChildError> {
    let cannot =
        |error| ChildError::Place(format!("cannot make {} a folder in memory: {error}", folder.display()));
    let entering = Entering::new(ids, folder, bytes).map_err(cannot)?;
    let Entering { entrance, opener, mapping } = entering;
    let listen = Listen { log: Path::new("/dev/null"), line: &|_| {}, stop: CancellationToken::new() };
    let entered = run_through(&Task::new(["true"]), Some(entrance), &listen).await;
    let room = opener.join().ok().and_then(Result::ok);
    let mapped = mapping.is_none_or(|mapping| matches!(mapping.join(), Ok(Ok(()))));
    // What forbids it, as some containers do, forbids no build on the disk.
    Ok(room.filter(|_| mapped && entered.is_ok()))
}

/// The way of a process into the new namespace, and of this one to a hold on it.
struct Entering {
    entrance: Entrance,
    opener: std::thread::JoinHandle<io::Result<Room>>,
    mapping: Option<std::thread::JoinHandle<Result<(), String>>>,
}

impl Entering {
    fn new(ids: &Ids, folder: &Path, bytes: u64) -> io::Result<Entering> {
        let (calls_in, calls_out) = pipe2(OFlag::O_CLOEXEC)?;
        let (answers_in, answers_out) = pipe2(OFlag::O_CLOEXEC)?;
        let (ready_in, ready_out) = pipe2(OFlag::O_CLOEXEC)?;
        let (go_in, go_out) = pipe2(OFlag::O_CLOEXEC)?;
        let direct = matches!(ids, Ids::Direct { .. });
        let (uid, gid) = if direct { ids.root() } else { (0, 0) };
        let files = bytes / BYTES_A_FILE;
        let options = CString::new(format!("mode=0755,uid={uid},gid={gid},size={bytes},nr_inodes={files}"))?;
        let mount_point = CString::new(folder.as_os_str().as_bytes())?;
        let ends = [answers_out.as_raw_fd(), go_out.as_raw_fd()];
        let mut ready_out = Some(ready_out);
        let step = move || {
            for end in ends {
                // SAFETY: it is open here, and only the parent uses its own. Kept open, it would hide that the parent died.
                unsafe { libc::close(end) };
            }
            if direct {
                unshare(CloneFlags::CLONE_NEWNS)?;
            } else {
                unshare(CloneFlags::CLONE_NEWUSER)?;
                be_mapped(&calls_out, &answers_in)?;
                become_root()?;
                unshare(CloneFlags::CLONE_NEWNS)?;
                prctl::set_dumpable(true)?; // or its namespaces could not be opened by us
            }
            const NONE: Option<&str> = None;
            mount(NONE, "/", NONE, MsFlags::MS_REC | MsFlags::MS_SLAVE, NONE)?;
            let flags = MsFlags::MS_NOSUID | MsFlags::MS_NODEV;
            mount(Some(c"tmpfs"), mount_point.as_c_str(), Some(c"tmpfs"), flags, Some(options.as_c_str()))?;
            let ready = ready_out.take().ok_or(io::ErrorKind::BrokenPipe)?;
            write(&ready, &getpid().as_raw().to_ne_bytes())?;
            drop(ready);
            read(&go_in, &mut [0])?; // until it is held
            Ok(())
        };
        // SAFETY: the step makes system calls on memory that is there already; the errors it makes hold plain numbers.
        let entrance = unsafe { Entrance::new(step) };
        let folder = folder.to_path_buf();
        let thread = std::thread::Builder::new().name("memory".into());
        let opener = thread.spawn(move || {
            let held = hold(&ready_in, folder, !direct);
            drop(go_out);
            held
        })?;
        let mapping = if direct {
            drop((calls_in, answers_out));
            None
        } else {
            let (known, _) = tokio::sync::oneshot::channel(); // nobody wants to know
            let (ids, thread) = (ids.clone(), std::thread::Builder::new().name("id-maps".into()));
            Some(thread.spawn(move || maps::serve(Some(&ids), calls_in, answers_out, known))?)
        };
        Ok(Entering { entrance, opener, mapping })
    }
}

/// Takes hold of the namespaces of the process that says which one it is.
fn hold(ready: &OwnedFd, folder: PathBuf, with_users: bool) -> io::Result<Room> {
    let mut pid = [0; 4];
    if read(ready, &mut pid)? != pid.len() {
        return Err(io::ErrorKind::BrokenPipe.into());
    }
    let process = PathBuf::from(format!("/proc/{}", i32::from_ne_bytes(pid)));
    let namespace =
        |name: &str| open(&process.join("ns").join(name), OFlag::O_RDONLY | OFlag::O_CLOEXEC, Mode::empty());
    let users = if with_users { Some(namespace("user")?) } else { None };
    let mounts = namespace("mnt")?;
    let there = process.join("root").join(folder.strip_prefix("/").unwrap_or(&folder));
    let flags = OFlag::O_RDONLY | OFlag::O_DIRECTORY | OFlag::O_NOFOLLOW | OFlag::O_CLOEXEC;
    let inside = open(&there, flags, Mode::empty())?;
    if fstatfs(&inside)?.filesystem_type() != TMPFS_MAGIC {
        return Err(io::ErrorKind::NotFound.into()); // a link led elsewhere
    }
    let path = PathBuf::from(format!("/proc/self/fd/{}", inside.as_raw_fd()));
    Ok(Room { folder, users, mounts, path, _inside: inside })
}

/// Tells whether files in it may have attributes of users, as on a disk: Linux has those since 6.6.
fn keeps_attributes(room: &Room) -> bool {
    let Ok(path) = CString::new(room.path.as_os_str().as_bytes()) else { return false };
    let name = c"user.img";
    // SAFETY: both are strings that end, and no byte of a value is read or written.
    unsafe {
        libc::setxattr(path.as_ptr(), name.as_ptr(), std::ptr::null(), 0, 0) == 0
            && libc::removexattr(path.as_ptr(), name.as_ptr()) == 0
    }
}
