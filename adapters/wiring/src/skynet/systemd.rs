//! systemd, as far as participants need it: each is an instance of the unit `participant@.service`.

use std::path::{Path, PathBuf};

use anyhow::{Context, Result, bail};

/// The init system of this machine.
#[derive(Debug)]
pub(super) struct Systemd {
    systemctl: PathBuf,
    /// There while systemd runs.
    runtime: PathBuf,
}

/// What a participant does now.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct State {
    pub(super) name: String,
    /// In supervisor's words: RUNNING, STOPPED, STARTING, STOPPING, BACKOFF, FATAL.
    pub(super) word: &'static str,
    /// It starts at boot.
    pub(super) enabled: bool,
    /// It has to be asked again for its unit files.
    pub(super) stale: bool,
    /// When it started, in seconds since 1970; 0 when it never did.
    pub(super) since: u64,
}

impl State {
    pub(super) fn runs(&self) -> bool {
        matches!(self.word, "RUNNING" | "STARTING" | "BACKOFF" | "STOPPING")
    }
}

/// The unit of a participant.
pub(super) fn unit(name: &str) -> String {
    format!("participant@{name}.service")
}

impl Systemd {
    pub(super) fn new(systemctl: &Path, runtime: &Path) -> Systemd {
        Systemd { systemctl: systemctl.to_owned(), runtime: runtime.to_owned() }
    }

    pub(super) fn runs(&self) -> bool {
        self.runtime.is_dir()
    }

    /// Does something to participants; what systemctl says about it goes to stderr.
    pub(super) fn tell(&self, words: &[&str], names: &[String]) -> Result<()> {
        let units = names.iter().map(|name| unit(name));
        let words = words.iter().map(ToString::to_string);
        self.systemctl(&words.chain(units).collect::<Vec<_>>()).map(drop)
    }

    /// Returns what these participants do.
    pub(super) fn states(&self, names: &[String]) -> Result<Vec<State>> {
        if names.is_empty() {
            return Ok(Vec::new());
        }
        const ASKED: &str =
            "--property=Id,ActiveState,SubState,UnitFileState,NeedDaemonReload,ExecMainStartTimestamp";
        let words = ["show", "--timestamp=unix", ASKED].map(String::from).into_iter();
        let shown = self.systemctl(&words.chain(names.iter().map(|name| unit(name))).collect::<Vec<_>>())?;
        Ok(read_states(&shown))
    }

    /// Returns the names of participants systemd has, installed by us or not.
    pub(super) fn known(&self) -> Result<Vec<String>> {
        let words = ["list-units", "--all", "--plain", "--no-legend", "participant@*.service"];
        let listed = self.systemctl(&words.map(String::from))?;
        let units = listed.lines().filter_map(|line| line.split_whitespace().next());
        Ok(units.filter_map(name_of_unit).map(ToOwned::to_owned).collect())
    }

    fn systemctl(&self, words: &[String]) -> Result<String> {
        if !self.runs() {
            bail!(
                "systemd does not run here, so there is nobody to keep participants running; \
                 `img participant run NAME` runs one in the foreground"
            );
        }
        let mut argv = vec![self.systemctl.clone().into_os_string()];
        argv.extend(words.iter().map(Into::into));
        let output = child::quick(&argv).context("cannot run systemctl")?;
        if !output.status.success() {
            let said = String::from_utf8_lossy(&output.stderr);
            bail!("systemctl {} failed: {}", words[0], said.trim());
        }
        Ok(String::from_utf8_lossy(&output.stdout).into_owned())
    }
}

fn name_of_unit(unit: &str) -> Option<&str> {
    unit.strip_prefix("participant@")?.strip_suffix(".service")
}

/// Reads what `systemctl show` writes: a block of KEY=VALUE lines for each unit.
fn read_states(shown: &str) -> Vec<State> {
    let state = |block: &str| {
        let value = |key: &str| {
            block.lines().find_map(|line| line.strip_prefix(key)?.strip_prefix('=')).unwrap_or_default()
        };
        Some(State {
            name: name_of_unit(value("Id"))?.to_owned(),
            word: word(value("ActiveState"), value("SubState")),
            enabled: value("UnitFileState").starts_with("enabled"),
            stale: value("NeedDaemonReload") == "yes",
            since: value("ExecMainStartTimestamp").trim_start_matches('@').parse().unwrap_or(0),
        })
    };
    shown.split("\n\n").filter_map(state).collect()
}

fn word(active: &str, sub: &str) -> &'static str {
    match (active, sub) {
        ("active" | "reloading", _) => "RUNNING",
        ("activating", "auto-restart") => "BACKOFF",
        ("activating", _) => "STARTING",
        ("deactivating", _) => "STOPPING",
        ("failed", _) => "FATAL",
        _ => "STOPPED",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_systemctl_shows_is_read() {
        let shown = "Id=participant@build_ks.service\nActiveState=active\nSubState=running\nUnitFileState=enabled\n\
            NeedDaemonReload=no\nExecMainStartTimestamp=@1763888000\n\nId=participant@arm.service\nActiveState=activating\n\
            SubState=auto-restart\nUnitFileState=disabled\nNeedDaemonReload=yes\nExecMainStartTimestamp=\n";
        let state = |name: &str, word, enabled, stale, since| State {
            name: name.into(),
            word,
            enabled,
            stale,
            since,
        };
        assert_eq!(
            read_states(shown),
            [
                state("build_ks", "RUNNING", true, false, 1_763_888_000),
                state("arm", "BACKOFF", false, true, 0)
            ]
        );
    }
}
