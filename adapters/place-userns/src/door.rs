//! The steps of a new process into its user namespace, between fork and exec.
//!
//! What runs in the new process only makes system calls: everything that needs memory is made beforehand.

use std::ffi::CString;
use std::io;
use std::os::fd::{AsRawFd, BorrowedFd, OwnedFd};
use std::os::unix::ffi::OsStrExt;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use child::Entrance;
use nix::fcntl::{OFlag, open};
use nix::libc;
use nix::mount::{MsFlags, mount};
use nix::sched::{CloneFlags, unshare};
use nix::sys::stat::{Mode, SFlag, fstat, mknod};
use nix::unistd::{Pid, fchown, getpid, mkdir, pipe2, read, setgroups, setresgid, setresuid, write};

use tokio::sync::oneshot;

use crate::emulators::Emulator;
use crate::ids::Ids;
use crate::keeper;
use crate::maps::{self, MAPPED, Namespaces};
use crate::memory::Room;
use crate::wire::Inner;

/// Where root's tasks find the folders they were given; only their own mount namespace has it.
const STAGE: &str = "/tmp";

/// The way into one namespace.
pub(crate) struct Door {
    /// Goes into the new process.
    pub(crate) entrance: Entrance,
    /// Tells why the ids could not be mapped.
    pub(crate) mapping: std::thread::JoinHandle<Result<(), String>>,
    /// Where each of the given paths is for the new process.
    pub(crate) found_at: Vec<PathBuf>,
    /// Its namespaces, as soon as it has them.
    pub(crate) namespaces: oneshot::Receiver<Namespaces>,
}

/// Makes the way into a namespace with `ids`, in which the program finds all of `paths`, some of which may be in `room`;
/// `wire` is about a network namespace of its own, unless the program stays in the host's or bwrap makes one. Programs that
/// this machine's processor does not know are given to the `emulator`.
pub(crate) fn door(
    ids: &Ids,
    paths: &[&Path],
    room: Option<Arc<Room>>,
    kept: bool,
    wire: Option<Inner>,
    emulator: Option<Emulator>,
) -> io::Result<Door> {
    let (calls_in, calls_out) = pipe2(OFlag::O_CLOEXEC)?;
    let (answers_in, answers_out) = pipe2(OFlag::O_CLOEXEC)?;
    // Root's namespace is nobody who may look into /root, so real root brings the folders along. Everybody else is
    // themselves inside too.
    let staged = match ids {
        Ids::Direct { .. } => {
            let seen = |path| room.as_ref().map_or_else(|| PathBuf::from(path), |room| room.seen(path));
            paths.iter().enumerate().map(|(number, path)| Staged::new(number, path, &seen(path))).collect()
        }
        Ids::Helped { .. } => Ok(Vec::new()),
    };
    let staged: Vec<Staged> = staged?;
    let found_at = match ids {
        Ids::Direct { .. } => {
            (0..paths.len()).map(|number| Path::new(STAGE).join(number.to_string())).collect()
        }
        Ids::Helped { .. } => paths.iter().map(|path| path.to_path_buf()).collect(),
    };
    let mut ends = Some(calls_out);
    let answers_here = answers_out.as_raw_fd();
    let root = matches!(ids, Ids::Direct { .. }).then_some(ids.root());
    let program = Pid::this();
    let has_ids = room.as_ref().is_some_and(|room| room.has_ids());
    let users = if has_ids { CloneFlags::empty() } else { CloneFlags::CLONE_NEWUSER };
    let spaces = users | if wire.is_some() { CloneFlags::CLONE_NEWNET } else { CloneFlags::empty() };
    let step = move || {
        if let Some((uid, gid)) = root {
            give_pipes(uid, gid)?;
        }
        if let Some(room) = &room {
            room.enter()?;
        }
        if !staged.is_empty() {
            stage(&staged)?;
        }
        // SAFETY: it is open here, and only the parent uses its own. Kept open, it would hide that the parent died.
        unsafe { libc::close(answers_here) };
        let calls = ends.take().ok_or(io::ErrorKind::BrokenPipe)?;
        unshare(spaces)?;
        be_mapped(&calls, &answers_in)?;
        drop(calls);
        become_root()?;
        child::die_with(program)?; // again, because the kernel forgets it when the user of a process changes
        if let Some(wire) = &wire {
            wire.enter()?;
        }
        if let Some(emulator) = &emulator {
            emulator.register()?;
        }
        if kept { keeper::stay_behind() } else { Ok(()) }
    };
    // SAFETY: the step makes system calls on memory that is there already; the errors it makes hold plain numbers.
    let entrance = unsafe { Entrance::new(step) };
    let ids = Some(ids.clone()).filter(|_| !has_ids);
    let thread = std::thread::Builder::new().name("id-maps".into());
    let (known, namespaces) = oneshot::channel();
    let mapping = thread.spawn(move || maps::serve(ids.as_ref(), calls_in, answers_out, known))?;
    Ok(Door { entrance, mapping, found_at, namespaces })
}

/// Has whoever serves [`maps`] map the ids of the namespace this process has just made.
pub(crate) fn be_mapped(calls: &OwnedFd, answers: &OwnedFd) -> io::Result<()> {
    write(calls, &getpid().as_raw().to_ne_bytes())?;
    let mut answer = [0];
    if read(answers, &mut answer)? != 1 || answer[0] != MAPPED {
        return Err(io::Error::from_raw_os_error(libc::EPERM));
    }
    Ok(())
}

/// Becomes root of the namespace this process is in.
pub(crate) fn become_root() -> io::Result<()> {
    setgroups(&[])?;
    setresgid(0.into(), 0.into(), 0.into())?;
    Ok(setresuid(0.into(), 0.into(), 0.into())?)
}

/// One path that real root brings along.
struct Staged {
    from: CString,
    to: CString,
    is_folder: bool,
}

impl Staged {
    /// `seen` is where this process finds it already.
    fn new(number: usize, path: &Path, seen: &Path) -> io::Result<Staged> {
        let is_folder = std::fs::metadata(seen)?.is_dir();
        let from = CString::new(path.as_os_str().as_bytes())?;
        Ok(Staged { from, to: CString::new(format!("{STAGE}/{number}"))?, is_folder })
    }
}

/// Lets root of the namespace open /dev/stdin, /dev/stdout and /dev/stderr when they are pipes made by real root.
fn give_pipes(uid: u32, gid: u32) -> io::Result<()> {
    for number in 0..3 {
        // SAFETY: the three standard descriptors are open in a new process, and stay open.
        let fd = unsafe { BorrowedFd::borrow_raw(number) };
        if fstat(fd)?.st_mode & SFlag::S_IFMT.bits() == SFlag::S_IFIFO.bits() {
            fchown(fd, Some(uid.into()), Some(gid.into()))?;
        }
    }
    Ok(())
}

/// Binds every path below [`STAGE`], in a mount namespace of this process only.
fn stage(staged: &[Staged]) -> io::Result<()> {
    const NONE: Option<&str> = None;
    unshare(CloneFlags::CLONE_NEWNS)?;
    mount(NONE, "/", NONE, MsFlags::MS_REC | MsFlags::MS_SLAVE, NONE)?;
    // Paths may lie below the stage, which hides them: so they are opened first. There are few of them.
    let mut open_paths: [Option<OwnedFd>; 32] = [const { None }; 32];
    for (slot, path) in open_paths.iter_mut().zip(staged) {
        *slot = Some(open(path.from.as_c_str(), OFlag::O_PATH | OFlag::O_CLOEXEC, Mode::empty())?);
    }
    if staged.len() > open_paths.len() {
        return Err(io::Error::from_raw_os_error(libc::E2BIG));
    }
    mount(Some("tmpfs"), STAGE, Some("tmpfs"), MsFlags::MS_NOSUID | MsFlags::MS_NODEV, Some("mode=0755"))?;
    for (slot, path) in open_paths.iter().zip(staged) {
        let Some(fd) = slot else { continue };
        if path.is_folder {
            mkdir(path.to.as_c_str(), Mode::from_bits_truncate(0o755))?;
        } else {
            mknod(path.to.as_c_str(), SFlag::S_IFREG, Mode::from_bits_truncate(0o644), 0)?;
        }
        let mut name = [0; 32];
        mount(
            Some(fd_path(fd, &mut name)),
            path.to.as_c_str(),
            NONE,
            MsFlags::MS_BIND | MsFlags::MS_REC,
            NONE,
        )?;
    }
    Ok(())
}

/// Writes `/proc/self/fd/N` into `name`, without allocating.
fn fd_path<'a>(fd: &OwnedFd, name: &'a mut [u8; 32]) -> &'a std::ffi::CStr {
    use std::io::Write;
    let mut rest: &mut [u8] = name.as_mut_slice();
    let _ = write!(rest, "/proc/self/fd/{}", fd.as_raw_fd()); // 32 bytes hold every number
    std::ffi::CStr::from_bytes_until_nul(name).unwrap_or(c"")
}
