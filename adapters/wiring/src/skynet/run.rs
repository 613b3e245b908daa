//! `skynet manual`, `register` and `unregister`: what `img` does, for participants that are installed.

use std::ffi::OsString;
use std::os::unix::process::CommandExt;
use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context, Result, bail};

use super::name_of;
use super::systemd::Systemd;

/// Becomes `img participant run`.
pub(super) fn manual(systemd: &Systemd, dir: &Path, name: &str) -> Result<u8> {
    let name = name_of(name)?.to_owned();
    let runs = |state: &super::systemd::State| state.runs();
    if systemd.runs() {
        match systemd.states(std::slice::from_ref(&name)) {
            Ok(states) if states.iter().any(runs) => {
                bail!("{name} runs already: `skynet log {name}` shows its log, `skynet stop {name}` stops it")
            }
            Ok(_) => {}
            // others than root ask by D-Bus, which small systems lack
            Err(error) => {
                cli::say(format_args!("skynet: warning: cannot see whether {name} runs already: {error:#}"));
            }
        }
    }
    Err(img(dir, &["participant", "run", &name])?.exec()).context("cannot run img")
}

/// Registers, or unregisters, one after the other.
pub(super) fn boss(word: &str, blindly: bool, dir: &Path, names: &[String]) -> Result<u8> {
    let mut status = 0;
    for name in names {
        let mut argv = img(dir, &["boss", word, name])?;
        argv.args(blindly.then_some("--blindly"));
        let words = std::iter::once(argv.get_program()).chain(argv.get_args()).collect::<Vec<_>>();
        let output = child::quick_with(&words, ours()).context("cannot run img")?;
        cli::say(String::from_utf8_lossy(&output.stderr).trim_end());
        status |= u8::from(!output.status.success());
    }
    Ok(status)
}

/// The variables that override the configuration: `img` reads it.
fn ours() -> impl Iterator<Item = (OsString, OsString)> {
    std::env::vars_os().filter(|(name, _)| name.as_encoded_bytes().starts_with(b"IMG_"))
}

/// The `img` that was installed with this program.
fn img(dir: &Path, words: &[&str]) -> Result<Command> {
    let beside: PathBuf = std::env::current_exe().context("cannot find img")?.with_file_name("img");
    let mut command = Command::new(if beside.exists() { beside } else { "img".into() });
    command.args(words).arg("--config").arg(dir.join("skynet.conf"));
    Ok(command)
}
