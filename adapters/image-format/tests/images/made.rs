//! The real programs that make file systems, images of them, and pack those.

use std::fs::File;
use std::io::Write;
use std::path::{Path, PathBuf};
use std::process::{Command, Output, Stdio};

use image_format::{Compressor, FileSystem};

/// A file system and how it is made.
pub(crate) struct Made {
    pub(crate) name: &'static str,
    pub(crate) bytes: u64,
    make: &'static [&'static str],
    partclone: &'static str,
    pub(crate) raw: FileSystem,
    pub(crate) cloned: FileSystem,
}

pub(crate) const fn kind(
    name: &'static str,
    bytes: u64,
    make: &'static [&'static str],
    partclone: &'static str,
    raw: FileSystem,
    cloned: FileSystem,
) -> Made {
    Made { name, bytes, make, partclone, raw, cloned }
}

pub(crate) const COMPRESSORS: &[(&[&str], Compressor)] = &[
    (&[], Compressor::None),
    (&["gzip", "-1", "-c"], Compressor::Gzip),
    (&["pigz", "-1", "-c"], Compressor::Gzip),
    (&["lzop", "-c"], Compressor::Lzop),
    (&["bzip2", "-1", "-c"], Compressor::Bzip2),
    (&["xz", "-0", "-c"], Compressor::Xz),
    (&["zstd", "-q", "-1", "-c"], Compressor::Zstd),
    (&["lz4", "-q", "-c"], Compressor::Lz4),
];

impl Made {
    /// Makes the file system in a file.
    pub(crate) fn disk(&self, folder: &Path) -> PathBuf {
        let disk = folder.join("disk");
        File::create(&disk).unwrap().set_len(self.bytes).unwrap();
        let mut argv = self.make.to_vec();
        argv.push(text(&disk));
        output(&argv);
        disk
    }

    pub(crate) fn partclone(&self, disk: &Path, folder: &Path) -> PathBuf {
        let (image, log) = (folder.join("partclone"), folder.join("log"));
        let program = format!("partclone.{}", self.partclone);
        let argv = [&program, "-d0", "-F", "-c", "-L", text(&log), "-s", text(disk), "-o", text(&image)];
        output(&argv);
        image
    }
}

/// How many blocks of how many bytes partclone itself says that an image has.
pub(crate) fn partclone_info(image: &Path, folder: &Path) -> (u64, u64) {
    let said = output(&["partclone.info", "-L", text(&folder.join("log")), "-s", text(image)]);
    let number = |before: &str, behind: &str| {
        let line = said.lines().find(|line| line.contains(before)).unwrap_or_else(|| panic!("{said}"));
        let words: Vec<&str> = line.split_whitespace().collect();
        let at = words.iter().position(|word| *word == behind).unwrap_or_else(|| panic!("{line}"));
        words[at - 1].parse::<u64>().unwrap_or_else(|_| panic!("{line}"))
    };
    (number("Device size:", "Blocks"), number("Block size:", "Byte"))
}

/// The image packed by a program, in a file beside it; the image itself for none.
pub(crate) fn packed(image: &Path, program: &[&str]) -> PathBuf {
    let Some(name) = program.first() else { return image.to_owned() };
    let packed = image.with_extension(name);
    let mut argv = program.to_vec();
    argv.push(text(image));
    let mut command = command(&argv);
    command.stdout(File::create(&packed).unwrap());
    ran(&mut command, &argv);
    packed
}

pub(crate) fn text(path: &Path) -> &str {
    path.to_str().unwrap()
}

/// Runs a program and gives all it printed.
pub(crate) fn output(argv: &[&str]) -> String {
    let output = ran(&mut command(argv), argv);
    String::from_utf8_lossy(&[output.stdout, output.stderr].concat()).into_owned()
}

pub(crate) fn stdout(argv: &[&str]) -> Vec<u8> {
    ran(&mut command(argv), argv).stdout
}

/// Runs a program that reads a text.
#[expect(
    clippy::disallowed_methods,
    reason = "this crate uses nothing of the workspace, so no `child` either"
)]
pub(crate) fn fed(argv: &[&str], input: &str) {
    let mut child = command(argv).stdin(Stdio::piped()).spawn().unwrap_or_else(|e| panic!("{argv:?}: {e}"));
    child.stdin.take().unwrap().write_all(input.as_bytes()).unwrap();
    assert!(child.wait().unwrap().success(), "{argv:?}");
}

fn command(argv: &[&str]) -> Command {
    let mut command = Command::new(argv[0]);
    let path = std::env::var("PATH").unwrap_or_default();
    command.args(&argv[1..]).env("PATH", format!("{path}:/usr/sbin:/sbin")).env("LC_ALL", "C");
    command.stdin(Stdio::null());
    command
}

#[expect(
    clippy::disallowed_methods,
    reason = "this crate uses nothing of the workspace, so no `child` either"
)]
fn ran(command: &mut Command, argv: &[&str]) -> Output {
    let output = command.output().unwrap_or_else(|error| panic!("{argv:?}: {error}"));
    assert!(output.status.success(), "{argv:?}: {}", String::from_utf8_lossy(&output.stderr));
    output
}
