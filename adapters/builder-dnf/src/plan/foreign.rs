//! Whether programs for an architecture run here: packages run programs when they are installed.

use std::fs;
use std::path::Path;

use imaging::Arch;

/// Where the kernel tells which emulators it starts.
const HANDLERS: &str = "/proc/sys/fs/binfmt_misc";

/// Refuses an architecture whose programs do not run here, neither by the processor nor by an emulator.
pub(crate) fn runs_here(arch: Arch) -> Result<(), String> {
    runs_by(Path::new(HANDLERS), arch)
}

fn runs_by(handlers: &Path, arch: Arch) -> Result<(), String> {
    if arch.runs_here() || is_emulated(handlers, arch.family()) {
        return Ok(());
    }
    let host = std::env::consts::ARCH;
    Err(format!(
        "programs for {arch} do not run on this {host} machine, and packages run programs when they are installed: \
         build for {host}{} or on a machine for {arch}",
        if host == "x86_64" { " or i686" } else { "" }
    ))
}

/// Tells whether the kernel starts qemu for programs of a family, wherever they are.
fn is_emulated(handlers: &Path, family: &str) -> bool {
    let read = |name: &str| fs::read_to_string(handlers.join(name)).unwrap_or_default();
    if read("status").trim() != "enabled" {
        return false;
    }
    let entries = fs::read_dir(handlers).into_iter().flatten().flatten();
    let mut names = entries.filter_map(|entry| entry.file_name().into_string().ok());
    names.any(|name| name != "status" && name != "register" && starts_qemu(&read(&name), family))
}

/// Reads what the kernel says of one handler.
///
/// Only with the flag F the kernel keeps the emulator open; else it would look for it inside the image.
fn starts_qemu(text: &str, family: &str) -> bool {
    let value = |key: &str| text.lines().find_map(|line| line.strip_prefix(key)).map(str::trim);
    let emulator = value("interpreter ").and_then(|path| path.rsplit('/').next()).unwrap_or_default();
    let emulates = emulator.strip_prefix("qemu-").and_then(|rest| rest.split('-').next());
    text.lines().next() == Some("enabled")
        && emulates == Some(family)
        && value("flags:").is_some_and(|flags| flags.contains('F'))
}

#[cfg(test)]
mod tests {
    use super::*;

    const ENTRY: &str = "enabled\ninterpreter /usr/libexec/qemu-binfmt/qemu-aarch64-static\nflags: OCF\noffset 0\nmagic 7f45\n";

    #[test]
    fn an_emulator_counts_when_the_kernel_keeps_it_open() {
        assert!(starts_qemu(ENTRY, "aarch64"));
        assert!(!starts_qemu(ENTRY, "arm"));
        assert!(!starts_qemu(&ENTRY.replace("OCF", "OC"), "aarch64"));
        assert!(!starts_qemu(&ENTRY.replace("enabled", "disabled"), "aarch64"));
        assert!(!starts_qemu("enabled\ninterpreter /usr/bin/python3\nflags: F\n", "aarch64"));
    }

    #[test]
    fn what_does_not_run_is_refused_with_a_sentence() {
        let runs = |arch: &str| runs_by(Path::new("/nonexistent"), arch.parse().unwrap());

        assert_eq!(runs(Arch::host().unwrap().as_str()), Ok(()));
        assert!(runs("mipsel").unwrap_err().starts_with("programs for mipsel do not run on this "));
    }

    #[test]
    fn the_handlers_of_the_kernel_are_looked_through() {
        let folder = std::env::temp_dir().join(format!("binfmt-{}", uuid::Uuid::new_v4()));
        fs::create_dir(&folder).unwrap();
        let put = |name: &str, text: &str| fs::write(folder.join(name), text).unwrap();
        assert!(!is_emulated(&folder, "aarch64"), "nothing is mounted there");
        put("status", "enabled\n");
        put("qemu-aarch64", ENTRY);
        assert!(is_emulated(&folder, "aarch64") && !is_emulated(&folder, "mipsel"));
        put("status", "disabled\n");
        assert!(!is_emulated(&folder, "aarch64"));
        fs::remove_dir_all(folder).unwrap();
    }
}
