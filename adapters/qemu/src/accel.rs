//! Whether the processors of a machine are real.

use std::fs::OpenOptions;
use std::io::{self, Seek, SeekFrom, Write};
use std::os::fd::AsRawFd;
use std::path::Path;
use std::sync::OnceLock;

use nix::unistd::{User, geteuid};

use crate::Error;

/// What runs the instructions of a guest.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Accel {
    /// KVM where it works, else TCG.
    #[default]
    Auto,
    /// The processor itself.
    Kvm,
    /// qemu, some ten times slower, on any machine.
    Tcg,
}

impl std::str::FromStr for Accel {
    type Err = String;

    fn from_str(word: &str) -> Result<Accel, String> {
        match word {
            "auto" => Ok(Accel::Auto),
            "kvm" => Ok(Accel::Kvm),
            "tcg" => Ok(Accel::Tcg),
            _ => Err(format!("`{word}` should be auto, kvm or tcg")),
        }
    }
}

/// `probe.S` in machine code.
const PROBE: &[u8] = &[
    0xfa, 0xea, 0x06, 0x00, 0x00, 0xf0, 0x31, 0xc0, 0x8e, 0xd8, 0x66, 0xc7, 0x06, 0x00, 0x10, 0x03, 0x20,
    0x00, 0x00, 0x66, 0xc7, 0x06, 0x00, 0x20, 0x03, 0x30, 0x00, 0x00, 0x66, 0xc7, 0x06, 0x00, 0x30, 0x83,
    0x00, 0x00, 0x00, 0x2e, 0x66, 0x0f, 0x01, 0x16, 0xa8, 0x00, 0x0f, 0x20, 0xc0, 0x0c, 0x01, 0x0f, 0x22,
    0xc0, 0x66, 0xea, 0x3c, 0x00, 0x0f, 0x00, 0x08, 0x00, 0x66, 0xb8, 0x10, 0x00, 0x8e, 0xd8, 0x0f, 0x20,
    0xe0, 0x0c, 0x20, 0x0f, 0x22, 0xe0, 0xb8, 0x00, 0x10, 0x00, 0x00, 0x0f, 0x22, 0xd8, 0xb9, 0x80, 0x00,
    0x00, 0xc0, 0x0f, 0x32, 0x80, 0xcc, 0x01, 0x0f, 0x30, 0x0f, 0x20, 0xc0, 0x0d, 0x00, 0x00, 0x00, 0x80,
    0x0f, 0x22, 0xc0, 0xea, 0x70, 0x00, 0x0f, 0x00, 0x18, 0x00, 0xb9, 0x00, 0xe1, 0xf5, 0x05, 0xff, 0xc9,
    0x75, 0xfc, 0x66, 0xba, 0xf4, 0x00, 0xb0, 0x21, 0xee, 0xf4, 0xeb, 0xfd, 0x0f, 0x1f, 0x44, 0x00, 0x00,
    0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0xff, 0xff, 0x00, 0x00, 0x00, 0x9b, 0xcf, 0x00, 0xff,
    0xff, 0x00, 0x00, 0x00, 0x93, 0xcf, 0x00, 0xff, 0xff, 0x00, 0x00, 0x00, 0x9b, 0xaf, 0x00, 0x1f, 0x00,
    0x88, 0x00, 0x0f, 0x00,
];
/// The status by which qemu says that the probe has come to its end.
const PASSED: i32 = 67;
/// So many seconds it has; KVM needs a tenth of one.
const PATIENCE: u32 = 5;

/// Says whether there is a qemu.
pub fn check(program: &Path) -> Result<(), Error> {
    match child::quick(&[program.as_os_str(), "--version".as_ref()]) {
        Ok(output) if output.status.success() => Ok(()),
        _ => Err(missing(program)),
    }
}

pub(crate) fn missing(program: &Path) -> Error {
    let package = if program.ends_with("qemu-img") { "qemu-utils" } else { "qemu-system-x86" };
    Error::NoProgram { program: program.display().to_string(), package }
}

/// Says why KVM does not work here, as a sentence that tells what to do; blocks for up to five seconds, once.
///
/// That /dev/kvm opens proves nothing: some hosts offer a KVM that interprets what a kernel does, so slowly that none ever
/// starts. So it has to count.
pub fn kvm() -> Result<(), String> {
    static KNOWN: OnceLock<Result<(), String>> = OnceLock::new();
    KNOWN.get_or_init(|| probe(Path::new("/dev/kvm"), Path::new("qemu-system-x86_64"), PATIENCE)).clone()
}

fn probe(device: &Path, program: &Path, patience: u32) -> Result<(), String> {
    if let Err(error) = OpenOptions::new().read(true).write(true).open(device) {
        return Err(unopened(&error));
    }
    let counted = count(program, patience).map_err(|error| format!("KVM cannot be tried: {error}"))?;
    match counted {
        Some(PASSED) => Ok(()),
        Some(124) => Err(format!(
            "there is a /dev/kvm, but it is no help: a guest that a processor runs in a tenth of a second did not end in {patience} s"
        )),
        status => Err(format!("there is a /dev/kvm, but nothing runs in it: qemu ended with {status:?}")),
    }
}

fn unopened(error: &io::Error) -> String {
    match error.kind() {
        io::ErrorKind::NotFound => {
            "there is no /dev/kvm: switch virtualisation on in the firmware of this machine, or nested \
            virtualisation in what it runs on, then sudo modprobe --all kvm-intel kvm-amd"
                .into()
        }
        io::ErrorKind::PermissionDenied => {
            let name = User::from_uid(geteuid()).ok().flatten();
            let name = name.map_or_else(|| geteuid().to_string(), |user| user.name);
            format!(
                "{name} may not open /dev/kvm: sudo usermod --append --groups kvm {name}, then log in again"
            )
        }
        _ => format!("/dev/kvm cannot be opened: {error}"),
    }
}

/// Has KVM run the probe; returns the status of qemu.
fn count(program: &Path, patience: u32) -> io::Result<Option<i32>> {
    let mut firmware = tempfile::tempfile()?;
    firmware.write_all(PROBE)?;
    firmware.set_len(64 << 10)?;
    firmware.seek(SeekFrom::Start(0xfff0))?; // where a processor begins
    let back = 0u16.wrapping_sub(0xfff3).to_le_bytes();
    firmware.write_all(&[0xe9, back[0], back[1]])?; // jmp to the first byte
    let firmware = format!("/proc/{}/fd/{}", std::process::id(), firmware.as_raw_fd());
    let mut words = ["timeout", "--kill-after=1", &patience.to_string()].map(Into::into).to_vec();
    words.push(program.as_os_str().to_owned());
    let options =
        "-nodefaults -no-user-config -display none -accel kvm -m 16 -device isa-debug-exit,iobase=0xf4 -bios";
    words.extend(options.split(' ').map(Into::into));
    words.push(firmware.into());
    Ok(child::quick(&words)?.status.code())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_kvm_that_cannot_be_opened_is_told_with_what_to_do() {
        let missing = probe(Path::new("/no/such/kvm"), Path::new("qemu-system-x86_64"), 1).unwrap_err();
        assert!(missing.contains("modprobe"), "{missing}");
        let denied = unopened(&io::ErrorKind::PermissionDenied.into());
        assert!(denied.contains("usermod --append --groups kvm"), "{denied}");
    }

    #[test]
    fn the_probe_comes_to_its_end_where_a_processor_is_there() {
        // TCG is one; this program says `kvm` to it and runs TCG.
        let folder = tempfile::tempdir().unwrap();
        let stand_in = folder.path().join("qemu");
        let script = "#!/bin/bash\nexec qemu-system-x86_64 \"${@/#kvm/tcg}\"\n";
        std::fs::write(&stand_in, script).unwrap();
        std::fs::set_permissions(&stand_in, std::os::unix::fs::PermissionsExt::from_mode(0o755)).unwrap();

        assert_eq!(probe(Path::new("/dev/null"), &stand_in, 100), Ok(()));

        std::fs::write(&stand_in, "#!/bin/sh\nexec sleep 60\n").unwrap();
        let never = probe(Path::new("/dev/null"), &stand_in, 1).unwrap_err();
        assert!(never.contains("it is no help"), "{never}");
    }
}
