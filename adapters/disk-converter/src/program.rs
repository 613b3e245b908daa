//! Programs that work on a disk.

use std::path::Path;

use child::{Ended, Listen, Status, Task};
use imaging::Watch;
use workbench::Workbench;

use crate::halt::Halt;

/// The most bytes that are read of what a program lists.
const LISTED: usize = 1 << 20;

/// With fewer bytes than these nothing was to be had of the disk.
const NO_ROOM: u64 = 1 << 20;

/// Runs a program in a folder, and returns what it printed; one that fails halts the conversion.
pub(crate) async fn run<W: Into<std::ffi::OsString>>(
    bench: &Workbench,
    argv: impl IntoIterator<Item = W>,
    watch: &dyn Watch,
) -> Result<String, Halt> {
    let mut task = Task::new(argv).env("VBOX_USER_HOME", beneath::of_ours(bench.folder()).join("vbox"));
    task.cwd = beneath::of_ours(bench.folder());
    task.keep_output = Some(LISTED);
    let listen = Listen { log: Path::new("/dev/null"), line: &|_| {}, stop: watch.stop() };
    let ended = child::run(&task, &listen).await;
    let ended = ended.map_err(|error| Halt::broken(format!("start {}", task.program()), error))?;
    match ended.status {
        Status::Exited(0) => Ok(String::from_utf8_lossy(&ended.output).into_owned()),
        Status::Stopped => Err(Halt::Stopped),
        _ if is_full(bench) => Err(Halt::full()),
        _ => Err(failed(&task.program(), &ended)),
    }
}

/// Tells whether there is no room, while what was written last is still there: qemu-img says `Invalid argument` of some formats.
fn is_full(bench: &Workbench) -> bool {
    let found = nix::sys::statvfs::fstatvfs(bench.folder());
    found.is_ok_and(|found| found.blocks_available() * found.fragment_size() < NO_ROOM)
}

fn failed(program: &str, ended: &Ended) -> Halt {
    if ended.tail.contains("No space left on device") || ended.tail.contains("Disk quota exceeded") {
        return Halt::full();
    }
    let said = ended.tail.lines().map(str::trim).rfind(|line| !line.is_empty());
    Halt::Failed(match said {
        Some(said) if said.starts_with(program) => said.to_owned(),
        Some(said) => format!("{program}: {said}"),
        None => format!("{program} failed: {}", ended.status),
    })
}
