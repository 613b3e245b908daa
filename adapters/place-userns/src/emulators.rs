//! Programs for other processors, which the kernel gives to an emulator.
//!
//! Where it does so on the whole machine, there is nothing to do. Since Linux 6.7 a user namespace may have emulators of
//! its own, too: then it is enough that one is installed, and a task's namespace is told the line that its distribution
//! has for the kernel.

use std::fs;
use std::io;
use std::path::Path;

use nix::errno::Errno;
use nix::fcntl::{OFlag, open};
use nix::libc;
use nix::mount::{MsFlags, mount};
use nix::sched::{CloneFlags, unshare};
use nix::sys::stat::Mode;
use nix::unistd::write;

/// Where the kernel tells which emulators it starts.
const HANDLERS: &str = "/proc/sys/fs/binfmt_misc";
/// Where packages of emulators keep what the kernel is to be told, a line for each.
const LINES: &str = "/usr/lib/binfmt.d";
/// What [`Emulator::register`] says when there is none to be had.
pub(crate) const NONE_OF_ITS_OWN: i32 = libc::ENOEXEC;

/// What the kernel is told of one emulator.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Emulator(String);

/// Finds the emulator of a family of processors, as qemu calls it; none where the kernel starts one by itself.
///
/// The error is a sentence that says how to mend it.
pub(crate) fn find(family: &str) -> Result<Option<Emulator>, String> {
    find_in(Path::new(HANDLERS), Path::new(LINES), family)
}

fn find_in(handlers: &Path, lines: &Path, family: &str) -> Result<Option<Emulator>, String> {
    if is_started(handlers, family) {
        return Ok(None);
    }
    let files = fs::read_dir(lines).into_iter().flatten().flatten();
    let texts = files.filter_map(|file| fs::read_to_string(file.path()).ok());
    let mut found = texts.filter_map(|text| Some(Emulator(told(&text, family)?.to_owned())));
    found.next().map(Some).ok_or_else(|| {
        format!(
            "qemu-user-static is missing, by which programs for {family} run here: install the package qemu-user-static"
        )
    })
}

/// Says what to do where an emulator is installed and the kernel takes none.
pub(crate) fn not_taken(family: &str) -> String {
    format!(
        "the kernel, or the container this is, lets no user namespace have emulators of its own, as Linux does since 6.7: \
         have the kernel start qemu-{family} on the whole machine (sudo systemctl restart systemd-binfmt)"
    )
}

/// Tells whether the kernel starts the emulator by itself, wherever a program is.
fn is_started(handlers: &Path, family: &str) -> bool {
    let read = |name: &str| fs::read_to_string(handlers.join(name)).unwrap_or_default();
    let said = read(&format!("qemu-{family}"));
    let flags = said.lines().find_map(|line| line.strip_prefix("flags:"));
    // Only with the flag F the kernel keeps the emulator open; else it would look for it inside the image.
    read("status").trim() == "enabled"
        && said.lines().next() == Some("enabled")
        && flags.is_some_and(|flags| flags.contains('F'))
}

/// Finds the line for an emulator that is there and kept open: `:NAME:M:OFFSET:MAGIC:MASK:EMULATOR:FLAGS`, where the first
/// character parts it.
fn told<'a>(text: &'a str, family: &str) -> Option<&'a str> {
    text.lines().find(|line| {
        let mut parts = line.chars().next().into_iter().flat_map(|mark| line.split(mark)).skip(1);
        let name = parts.next().and_then(|name| name.strip_prefix("qemu-"));
        let (emulator, flags) = (parts.nth(4), parts.next());
        name == Some(family)
            && emulator.is_some_and(|path| Path::new(path).is_file())
            && flags.is_some_and(|flags| flags.contains('F'))
    })
}

impl Emulator {
    /// Has the kernel start it for the programs of this process's user namespace; makes system calls only.
    ///
    /// The kernel forgets it with the last mount: this one lives as long as a process in the mount namespace made here.
    pub(crate) fn register(&self) -> io::Result<()> {
        let flags = MsFlags::MS_NOSUID | MsFlags::MS_NODEV | MsFlags::MS_NOEXEC;
        let registered = unshare(CloneFlags::CLONE_NEWNS)
            .and_then(|()| mount(Some("binfmt_misc"), HANDLERS, Some("binfmt_misc"), flags, None::<&str>))
            .and_then(|()| {
                open(c"/proc/sys/fs/binfmt_misc/register", OFlag::O_WRONLY | OFlag::O_CLOEXEC, Mode::empty())
            })
            .and_then(|register| write(&register, self.0.as_bytes()));
        match registered {
            // another task of this namespace has told it
            Ok(_) | Err(Errno::EEXIST) => Ok(()),
            Err(_) => Err(io::Error::from_raw_os_error(NONE_OF_ITS_OWN)),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Two folders: what the kernel says, and what packages have for it.
    fn folders() -> (tempfile::TempDir, [std::path::PathBuf; 2]) {
        let temp = tempfile::tempdir().unwrap();
        let both = ["handlers", "lines"].map(|name| temp.path().join(name));
        both.iter().for_each(|folder| fs::create_dir(folder).unwrap());
        (temp, both)
    }

    #[test]
    fn an_emulator_that_the_kernel_starts_and_keeps_open_is_enough() {
        const SAID: &str = "enabled\ninterpreter /usr/libexec/qemu-binfmt/aarch64-binfmt-P\nflags: POF\noffset 0\nmagic 7f45\n";
        let (_temp, [handlers, lines]) = folders();
        let put = |name: &str, text: &str| fs::write(handlers.join(name), text).unwrap();
        let is_enough = || find_in(&handlers, &lines, "aarch64") == Ok(None);

        put("qemu-aarch64", SAID);
        assert!(!is_enough(), "no file says that any is started");
        put("status", "enabled\n");
        assert!(is_enough());
        assert!(find_in(&handlers, &lines, "arm").is_err());
        for (name, text) in [
            ("qemu-aarch64", SAID.replace("POF", "PO")),
            ("qemu-aarch64", SAID.replace("enabled", "disabled")),
            ("status", "disabled\n".to_owned()),
        ] {
            put(name, &text);
            assert!(!is_enough(), "{name}: {text}");
            put("qemu-aarch64", SAID);
        }
    }

    #[test]
    fn an_emulator_that_is_installed_is_told_to_the_kernel_as_its_package_says() {
        let (temp, [handlers, lines]) = folders();
        let emulator = temp.path().join("qemu");
        let line =
            format!(r":qemu-arm:M::\x7fELF\x01\x01:\xff\xff\xff\xff\xff\xff:{}:OPF", emulator.display());
        let found = || find_in(&handlers, &lines, "arm");
        let put = |text: &str| fs::write(lines.join("some.conf"), text).unwrap();

        put(&format!("# words\n{}\n{line}\n", line.replace("qemu-arm", "qemu-armeb")));
        assert!(
            found().unwrap_err().starts_with("qemu-user-static is missing, by which programs for arm run")
        );
        fs::write(&emulator, "").unwrap();
        assert_eq!(found(), Ok(Some(Emulator(line.clone()))));
        put(&line.replace(':', "|"));
        assert_eq!(found(), Ok(Some(Emulator(line.replace(':', "|")))));
        put(&line.replace("OPF", "OP"));
        assert!(found().is_err(), "it would be looked for inside the image");
    }
}
