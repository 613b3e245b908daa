//! The way out of a network namespace, to other machines only.
//!
//! The namespace has no device but its loopback until slirp4netns makes one, and carries what goes there into sockets of
//! the host, as an ordinary user could make them. Before it does, the kernel is told where nothing may go to ([`routes`]):
//! no task can change that, because none has CAP_NET_ADMIN there. bwrap holds the program back until the way is open.

use std::ffi::OsString;
use std::io::{self, Read, Write};
use std::os::fd::{AsRawFd, OwnedFd, RawFd};
use std::path::Path;

use child::{Ended, Entrance, Listen, Net, Task, run_through};
use nix::fcntl::OFlag;
use nix::libc;
use nix::mount::{MsFlags, mount};
use nix::sched::{CloneFlags, setns, unshare};
use nix::unistd::{Pid, pipe2};
use tokio_util::sync::CancellationToken;

use crate::ids::Ids;
use crate::maps::Namespaces;
use crate::resolver::Resolver;
use crate::routes;

/// The addresses between a namespace and slirp4netns. They are those set apart for measuring devices, which no site has.
const BETWEEN: &str = "198.18.77.0/24";

/// Both ends of a way that is still closed.
pub(crate) struct Wire {
    /// What the new process does in its namespace.
    pub(crate) inner: Inner,
    /// What stays outside.
    pub(crate) outer: Outer,
    /// What bwrap is told.
    pub(crate) holds: Holds,
}

/// The steps of the new process; makes system calls only.
pub(crate) struct Inner {
    routes: Vec<Vec<u8>>,
    kept_open: Vec<OwnedFd>,
}

/// What opens the way.
pub(crate) struct Outer {
    go: OwnedFd,
}

/// Open files of bwrap, by their numbers.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Holds {
    /// bwrap waits until this can be read.
    pub(crate) until: RawFd,
    /// The text of `/etc/resolv.conf`.
    pub(crate) resolver: RawFd,
}

impl Wire {
    /// Makes one that leads to none of `closed`, and not to this machine.
    pub(crate) fn new(closed: &[Net]) -> io::Result<Wire> {
        let own = routes::own_addresses()?;
        let resolver = Resolver::look(&own);
        let (until, go) = pipe2(OFlag::O_CLOEXEC)?;
        let (text, text_in) = pipe2(OFlag::O_CLOEXEC)?;
        // It fits into a pipe: a longer one would be cut, which is better than to wait here for ever.
        let end = resolver.text.len().min(4096);
        std::fs::File::from(text_in).write_all(&resolver.text.as_bytes()[..end])?;
        let holds = Holds { until: until.as_raw_fd(), resolver: text.as_raw_fd() };
        let nets: Vec<Net> = own.into_iter().chain(closed.iter().copied()).collect();
        let inner = Inner { routes: routes::closing(&nets, &resolver.servers), kept_open: vec![until, text] };
        Ok(Wire { inner, outer: Outer { go }, holds })
    }
}

impl Inner {
    /// Closes what is closed, and hands the files over to the program.
    pub(crate) fn enter(&self) -> io::Result<()> {
        routes::send(&self.routes)?;
        self.kept_open.iter().try_for_each(|file| hand_over(file.as_raw_fd()))
    }
}

/// Keeps a file open in the program to come.
fn hand_over(file: RawFd) -> io::Result<()> {
    // SAFETY: a plain system call on numbers.
    match unsafe { libc::fcntl(file, libc::F_SETFD, 0) } {
        0 => Ok(()),
        _ => Err(io::Error::last_os_error()),
    }
}

impl Outer {
    /// Opens the way into a namespace and keeps it open until this future is dropped; it ends only with the reason why
    /// there is no way, or not any more.
    pub(crate) async fn serve(self, ids: &Ids, namespaces: Namespaces, log: &Path) -> String {
        match self.try_to(ids, namespaces, log).await {
            Ok(ended) => {
                let said = ended.tail.trim().lines().last().unwrap_or_default().to_owned();
                format!("slirp4netns, which is the network of scripts, ended with {}: {said}", ended.status)
            }
            Err(error) => format!("slirp4netns, which is the network of scripts, cannot be started: {error}"),
        }
    }

    async fn try_to(self, ids: &Ids, spaces: Namespaces, log: &Path) -> io::Result<Ended> {
        let (ready, tell) = pipe2(OFlag::O_CLOEXEC)?;
        let task = Task::new(argv(ids, &spaces, tell.as_raw_fd()));
        let entrance = entrance(ids, spaces, tell);
        let listen = Listen { log, line: &|_| {}, stop: CancellationToken::new() };
        let opened = tokio::task::spawn_blocking(move || {
            if matches!(std::fs::File::from(ready).read(&mut [0]), Ok(1)) {
                // one that is dead by now needs no way
                let _ = std::fs::File::from(self.go).write_all(b"+");
            }
        });
        let ended = run_through(&task, Some(entrance), &listen).await;
        drop(opened);
        ended.map_err(io::Error::other)
    }
}

fn argv(ids: &Ids, spaces: &Namespaces, ready: RawFd) -> Vec<OsString> {
    let path = |file: RawFd| format!("/proc/self/fd/{file}");
    let mut argv = vec!["slirp4netns".to_owned(), "--configure".into(), "--mtu=65520".into()];
    argv.extend([format!("--cidr={BETWEEN}"), format!("--ready-fd={ready}")]);
    argv.extend(
        ["--disable-host-loopback", "--disable-dns", "--enable-sandbox", "--enable-seccomp"]
            .map(String::from),
    );
    if let Ids::Direct { .. } = ids {
        argv.push(format!("--userns-path={}", path(spaces.user.as_raw_fd())));
    }
    argv.extend(["--netns-type=path".into(), path(spaces.net.as_raw_fd()), "tap0".into()]);
    argv.into_iter().map(OsString::from).collect()
}

/// The steps of slirp4netns before it starts: nobody tells it of a name server.
///
/// It takes one of its own addresses for the first server of `/etc/resolv.conf`, at every port, and that may be an address
/// of this machine; so that file is empty for it. An ordinary user needs the namespace for that, in which it is root.
fn entrance(ids: &Ids, spaces: Namespaces, tell: OwnedFd) -> Entrance {
    let is_root = matches!(ids, Ids::Direct { .. });
    let program = Pid::this();
    let step = move || {
        const NONE: Option<&str> = None;
        if !is_root {
            setns(&spaces.user, CloneFlags::CLONE_NEWUSER)?;
            child::die_with(program)?;
        }
        unshare(CloneFlags::CLONE_NEWNS)?;
        mount(NONE, "/", NONE, MsFlags::MS_REC | MsFlags::MS_SLAVE, NONE)?;
        mount(Some("/dev/null"), "/etc/resolv.conf", NONE, MsFlags::MS_BIND, NONE)?;
        for file in [spaces.user.as_raw_fd(), spaces.net.as_raw_fd(), tell.as_raw_fd()] {
            hand_over(file)?;
        }
        Ok(())
    };
    // SAFETY: the step makes system calls on memory that is there already.
    unsafe { Entrance::new(step) }
}
