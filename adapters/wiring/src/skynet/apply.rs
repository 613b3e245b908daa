//! `skynet apply`: what runs becomes what is installed.

use std::time::UNIX_EPOCH;

use anyhow::Result;

use super::installed::Shelf;
use super::systemd::Systemd;

/// Starts what was added, restarts what was changed, stops what was removed.
pub(super) fn apply(shelf: &Shelf, systemd: &Systemd) -> Result<u8> {
    systemd.tell(&["daemon-reload"], &[])?;
    let installed = shelf.all()?;
    let removed: Vec<_> = systemd.known()?.into_iter().filter(|name| !installed.contains(name)).collect();
    let stopped: Vec<_> =
        systemd.states(&removed)?.into_iter().filter(|state| state.runs() && !state.enabled).collect();
    let stopped: Vec<_> = stopped.into_iter().map(|state| state.name).collect();
    let (mut added, mut changed) = (Vec::new(), Vec::new());
    for state in systemd.states(&installed)? {
        let written = std::fs::metadata(shelf.file(&state.name)).and_then(|file| file.modified()).ok();
        let written = written.and_then(|time| time.duration_since(UNIX_EPOCH).ok()).unwrap_or_default();
        if state.enabled && !state.runs() {
            added.push(state.name);
        } else if state.runs() && (state.stale || written.as_secs() > state.since) {
            changed.push(state.name);
        }
    }
    for (word, done, names) in
        [("stop", "stopped", &stopped), ("restart", "restarted", &changed), ("start", "started", &added)]
    {
        if !names.is_empty() {
            systemd.tell(&[word], names)?;
            names.iter().for_each(|name| cli::say(format_args!("skynet: {done} {name}")));
        }
    }
    Ok(0)
}
