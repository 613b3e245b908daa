//! The one thread that starts processes.
//!
//! A child asks the kernel to be killed when its parent dies, and by "parent" the kernel means the thread that forked
//! it. Worker threads come and go; this thread stays as long as the process.

use std::fs::File;
use std::io::{self, Write};
use std::sync::mpsc::{Sender, channel};
use std::sync::{Mutex, OnceLock};

use nix::sys::prctl;
use nix::sys::signal::Signal;
use nix::sys::stat::{Mode, umask};
use nix::unistd::{Pid, getppid, setsid};
use tokio::process::{Child, Command};
use tokio::runtime::Handle;
use tokio::sync::oneshot;

use crate::group::Group;
use crate::{Entrance, Priority, Rlimits};

type Order = Box<dyn FnOnce() + Send>;

static SPAWNER: OnceLock<Mutex<Sender<Order>>> = OnceLock::new();

fn spawner() -> &'static Mutex<Sender<Order>> {
    SPAWNER.get_or_init(|| {
        let (orders, inbox) = channel::<Order>();
        let thread = std::thread::Builder::new().name("child-spawner".into());
        thread.spawn(move || inbox.iter().for_each(|order| order())).expect("a thread can be started");
        Mutex::new(orders)
    })
}

/// What a process gets of the machine.
pub(crate) struct Means {
    pub(crate) priority: Priority,
    pub(crate) rlimits: Rlimits,
    /// The file by which it goes into a control group.
    pub(crate) pen: Option<File>,
}

impl Means {
    /// Goes into the control group, and with it all that this process starts; makes a system call only.
    fn go_into_pen(&self) -> io::Result<()> {
        let Some(pen) = &self.pen else { return Ok(()) };
        (&mut &*pen).write_all(b"0") // whoever writes
    }
}

/// Starts `command` in a session of its own that dies with this process.
///
/// The group is made before anybody can be gone: it is what ends the children of the program as well.
pub(crate) async fn spawn(
    mut command: Command,
    means: Means,
    entrance: Option<Entrance>,
) -> io::Result<(Group, Child)> {
    prepare(&mut command, means, entrance);
    let (answer, result) = oneshot::channel();
    let runtime = Handle::current();
    let order: Order = Box::new(move || {
        let _inside = runtime.enter();
        #[expect(clippy::disallowed_methods, reason = "this is the place the rule points to")]
        let spawned = command.spawn();
        // A caller that is gone drops both here, which kills them.
        let _ = answer.send(spawned.map(|child| (Group::of(&child), child)));
    });
    spawner().lock().expect("sending an order does not panic").send(order).expect("the spawner never ends");
    result.await.expect("the spawner answers every order")
}

/// Asks the kernel to kill this process when its parent dies; an error means that `parent` is dead already.
///
/// For an [`Entrance`] that changes the user of its process: the kernel forgets the wish then. It is a system call or two.
pub fn die_with(parent: Pid) -> io::Result<()> {
    prctl::set_pdeathsig(Signal::SIGKILL)?;
    if getppid() == parent { Ok(()) } else { Err(io::Error::from_raw_os_error(nix::libc::ECHILD)) }
}

/// Closes at the start of the program every file that whoever started us may have left open.
fn keep_no_files() {
    // SAFETY: a plain system call on numbers. A kernel too old for it (before 5.11) changes nothing, and our own files
    // close by themselves there as well.
    unsafe { nix::libc::syscall(nix::libc::SYS_close_range, 3u32, u32::MAX, nix::libc::CLOSE_RANGE_CLOEXEC) };
}

fn prepare(command: &mut Command, means: Means, entrance: Option<Entrance>) {
    let parent = Pid::this();
    let mut enter = entrance.map(Entrance::into_step);
    let step = move || {
        setsid()?;
        umask(Mode::from_bits_truncate(0o022)); // what a task writes does not depend on who started us
        keep_no_files();
        die_with(parent)?;
        means.priority.take()?;
        means.go_into_pen()?;
        if let Some(enter) = &mut enter {
            enter()?;
        }
        // a limit of processes counts only those of its user behind the entrance
        means.rlimits.take()
    };
    // SAFETY: setsid, prctl and getppid are plain system calls, and an Entrance promises the same.
    unsafe { command.pre_exec(step) };
    command.kill_on_drop(true);
}
