//! `skynet status`, `list` and `log`.

use std::os::unix::process::CommandExt;
use std::process::Command;

use anyhow::{Context, Result, bail};

use super::systemd::{Systemd, unit};

/// Which participants are listed.
#[derive(Clone, Copy, Debug)]
pub(super) struct Which {
    pub(super) all: bool,
    pub(super) enabled: bool,
    pub(super) disabled: bool,
}

pub(super) fn status(systemd: &Systemd, names: &[String]) -> Result<u8> {
    for state in systemd.states(names)? {
        let boot = if state.enabled { "" } else { " (not started at boot)" };
        cli::result(format_args!("{:<40} {}{boot}", state.name, state.word));
    }
    Ok(0)
}

pub(super) fn list(systemd: &Systemd, installed: &[String], which: Which) -> Result<u8> {
    let mut names = installed.to_vec();
    names.extend(systemd.known()?);
    names.sort();
    names.dedup();
    for state in systemd.states(&names)? {
        let (name, runs) = (&state.name, state.runs());
        match which {
            Which { all: false, enabled: false, disabled: false } => {
                cli::result(format_args!("{} {name}", if runs { "*" } else { " " }));
            }
            Which { all, enabled, disabled } if all || (enabled && runs) || (disabled && !runs) => {
                cli::result(format_args!("{name}"));
            }
            Which { .. } => {}
        }
    }
    Ok(0)
}

/// Becomes journalctl.
pub(super) fn log(systemd: &Systemd, names: &[String], number: u32, once: bool) -> Result<u8> {
    if !systemd.runs() {
        bail!(
            "systemd does not run here, so there is no journal; participants in the foreground log where they run"
        );
    }
    if names.is_empty() {
        bail!("no participant is installed, so there is nothing to show");
    }
    let mut journal = Command::new("journalctl");
    journal.args(["--quiet", "--lines", &number.to_string()]);
    for name in names {
        journal.args(["--unit", &unit(name)]);
    }
    if !once {
        journal.arg("--follow");
    }
    Err(journal.exec()).context("cannot run journalctl")
}
