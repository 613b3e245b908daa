//! `skynet start`, `stop`, `reload`, `enable`, `disable` and `wait`.

use std::time::{Duration, Instant};

use anyhow::Result;
use cli::WaitState;

use super::systemd::Systemd;

/// How long `wait` waits, as SkyNET does.
const PATIENCE: Duration = Duration::from_secs(60);

pub(super) fn start(systemd: &Systemd, names: &[String]) -> Result<u8> {
    systemd.tell(&["start"], names)?;
    settled(systemd, names, WaitState::Running)
}

pub(super) fn stop(systemd: &Systemd, names: &[String]) -> Result<u8> {
    systemd.tell(&["stop"], names)?;
    settled(systemd, names, WaitState::Stopped)
}

pub(super) fn reload(systemd: &Systemd, names: &[String]) -> Result<u8> {
    systemd.tell(&["restart"], names)?;
    settled(systemd, names, WaitState::Running)
}

pub(super) fn enable(systemd: &Systemd, names: &[String], apply: bool) -> Result<u8> {
    toggle(systemd, names, "enable", apply)?;
    if apply { settled(systemd, names, WaitState::Running) } else { Ok(0) }
}

pub(super) fn disable(systemd: &Systemd, names: &[String], apply: bool) -> Result<u8> {
    toggle(systemd, names, "disable", apply)?;
    if apply { settled(systemd, names, WaitState::Stopped) } else { Ok(0) }
}

fn toggle(systemd: &Systemd, names: &[String], word: &str, apply: bool) -> Result<()> {
    let now: &[&str] = if apply { &["--now"] } else { &[] };
    systemd.tell(&[&[word, "--quiet"], now].concat(), names)?;
    names.iter().for_each(|name| cli::say(format_args!("skynet: {name} is {word}d")));
    Ok(())
}

/// Waits until participants are in a state; 1 when one of them failed or it takes too long.
pub(super) fn wait(systemd: &Systemd, names: &[String], wanted: WaitState) -> Result<u8> {
    let start = Instant::now();
    loop {
        let states = systemd.states(names)?;
        let there = |word| match wanted {
            WaitState::Running => word == "RUNNING",
            WaitState::Stopped => matches!(word, "STOPPED" | "FATAL"),
        };
        let open = states.iter().filter(|state| !there(state.word) && state.word != "FATAL").count();
        if open == 0 || start.elapsed() > PATIENCE {
            return settled(systemd, names, wanted);
        }
        std::thread::sleep(Duration::from_millis(500));
    }
}

/// Shows what participants came to.
fn settled(systemd: &Systemd, names: &[String], wanted: WaitState) -> Result<u8> {
    let mut status = 0;
    for state in systemd.states(names)? {
        let well = match wanted {
            WaitState::Running => state.word == "RUNNING",
            WaitState::Stopped => !state.runs(),
        };
        status |= u8::from(!well);
        cli::result(format_args!("{:<40} {}", state.name, state.word));
        if !well {
            cli::say(format_args!("skynet: `skynet log -o {}` shows why", state.name));
        }
    }
    Ok(status)
}
