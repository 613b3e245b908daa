//! A file to text: ordinary, small, UTF-8.

use std::fs::{File, OpenOptions};
use std::io::{self, Read};
use std::os::unix::fs::{OpenOptionsExt, PermissionsExt};
use std::path::Path;

use nix::fcntl::OFlag;
use nix::unistd::{AccessFlags, access, geteuid};

use crate::mistake::{At, Mistake};

/// The longest file that is read.
const LONGEST: u64 = 1 << 20;

/// Reads a whole file. Never waits for one, and never reads more than a little over 1 MB.
pub(crate) fn text(path: &Path) -> Result<String, Mistake> {
    read(path, open(path)?)
}

/// Looks whether a file has certificates or keys in PEM, as far as can be told without knowing them.
pub(crate) fn pem(path: &Path) -> Result<(), Mistake> {
    const BEGIN: &[u8] = b"-----BEGIN ";
    let bytes = bytes(path, open(path)?)?;
    if bytes.windows(BEGIN.len()).any(|part| part == BEGIN) {
        return Ok(());
    }
    Err(Mistake::of_file(path, "this is no PEM file: name one with -----BEGIN … in it"))
}

/// Looks whether a file can be run, also by the user whom root's builds run as, who is nobody's friend.
pub(crate) fn program(path: &Path) -> Result<(), Mistake> {
    let wrong = |message| Err(Mistake::of_file(path, message));
    if !path.is_absolute() {
        return wrong("it should be an absolute path");
    }
    let mode = open(path)?.metadata().map_err(|error| cannot_read(path, &error))?.permissions().mode();
    if mode & 0o111 == 0 {
        return wrong("it is not executable: chmod a+rx makes it so");
    }
    if geteuid().is_root() && mode & 0o005 != 0o005 || access(path, AccessFlags::X_OK).is_err() {
        return wrong("builds may not run it: chmod a+rx lets them");
    }
    Ok(())
}

/// Opens an ordinary file.
pub(crate) fn open(path: &Path) -> Result<File, Mistake> {
    let told = |error: io::Error| cannot_read(path, &error);
    // a pipe would wait for its writer, a terminal could become ours
    let flags = OFlag::O_NONBLOCK | OFlag::O_NOCTTY;
    let file = OpenOptions::new().read(true).custom_flags(flags.bits()).open(path).map_err(told)?;
    let found = file.metadata().map_err(told)?;
    if found.is_dir() {
        return Err(Mistake::of_file(path, "this is a folder: name a file in it"));
    }
    if !found.is_file() {
        return Err(Mistake::of_file(path, "this is a pipe or a device: name an ordinary file"));
    }
    Ok(file)
}

fn bytes(path: &Path, file: File) -> Result<Vec<u8>, Mistake> {
    let mut bytes = Vec::new();
    file.take(LONGEST + 1).read_to_end(&mut bytes).map_err(|error| cannot_read(path, &error))?;
    if bytes.len() as u64 > LONGEST {
        return Err(Mistake::of_file(
            path,
            "the file is longer than 1 MB, so it is no configuration: name another",
        ));
    }
    Ok(bytes)
}

pub(crate) fn read(path: &Path, file: File) -> Result<String, Mistake> {
    String::from_utf8(bytes(path, file)?).map_err(|error| {
        let line = line_of(&error.as_bytes()[..error.utf8_error().valid_up_to()]);
        Mistake::in_line(
            &At { file: path.to_owned(), line },
            "the line is not UTF-8: save the file in that encoding, or name a text file",
        )
    })
}

/// Refuses what only a binary file has.
pub(crate) fn no_nul(file: &Path, text: &str) -> Result<(), Mistake> {
    let Some((before, _)) = text.split_once('\0') else { return Ok(()) };
    let at = At { file: file.to_owned(), line: line_of(before.as_bytes()) };
    Err(Mistake::in_line(
        &at,
        "the line has a NUL, so this is no text file: name another, or save it as UTF-8",
    ))
}

fn line_of(before: &[u8]) -> u32 {
    let breaks = before.iter().enumerate();
    let ends =
        breaks.filter(|(at, byte)| **byte == b'\n' || **byte == b'\r' && before.get(at + 1) != Some(&b'\n'));
    u32::try_from(ends.count() + 1).unwrap_or(u32::MAX)
}

fn cannot_read(path: &Path, error: &io::Error) -> Mistake {
    let message = match error.kind() {
        io::ErrorKind::NotFound => "there is no such file: create it, or name another".to_owned(),
        io::ErrorKind::PermissionDenied => {
            "this user may not read it: let them, by its owner, group or mode".to_owned()
        }
        _ => format!("the file cannot be read: {error}"),
    };
    Mistake::of_file(path, message)
}
