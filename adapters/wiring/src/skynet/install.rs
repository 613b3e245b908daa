//! `skynet install` and `uninstall`.

use anyhow::{Result, bail};
use cli::InstallArguments;

use super::installed::{Installed, Shelf};
use super::systemd::Systemd;
use super::{name_of, supervisor};
use crate::participants::{Kind, name_of_code};

/// Writes the file of a participant; systemd hears of it when it runs.
pub(super) fn install(shelf: &Shelf, systemd: &Systemd, wish: &InstallArguments) -> Result<u8> {
    let installed = wanted(wish)?;
    let name = &installed.name;
    Kind::find(&installed.code, None)?; // its name says nothing: somebody's own program may have that of one of these
    if shelf.has(name) && !wish.force {
        let there = shelf.read(name)?;
        if there == installed {
            if shelf.complete(&installed)? && systemd.runs() {
                systemd.tell(&["daemon-reload"], &[])?;
            }
            cli::say(format_args!("skynet: {name} is installed already"));
            return Ok(0);
        }
        bail!("{name} is installed otherwise, in {}; --force replaces it", shelf.file(name).display());
    }
    shelf.write(&installed)?;
    cli::say(format_args!(
        "skynet: installed {name}, which is {}, in {}",
        installed.code,
        shelf.file(name).display()
    ));
    if systemd.runs() {
        systemd.tell(&["daemon-reload"], &[])?;
        cli::say(format_args!("skynet: `skynet enable --apply {name}` starts it, now and at every boot"));
    } else {
        cli::say(format_args!(
            "skynet: systemd does not run here; `img participant run {name}` runs it in the foreground"
        ));
    }
    Ok(0)
}

/// Puts together what supervisor's file and the options say.
fn wanted(wish: &InstallArguments) -> Result<Installed> {
    let mut installed = match (&wish.from, wish.code.as_ref().or(wish.participant.as_ref())) {
        (Some(file), _) => {
            let (installed, warnings) = supervisor::read(file)?;
            warnings.iter().for_each(|warning| cli::say(format_args!("skynet: warning: {warning}")));
            installed
        }
        (None, Some(code)) => {
            let stem = name_of_code(code);
            Installed { name: stem.into(), code: stem.into(), ..Installed::default() }
        }
        (None, None) => bail!("say which participant: CODE, or --from FILE"),
    };
    if let Some(name) = &wish.name {
        installed.name = name.clone();
    }
    name_of(&installed.name)?;
    for (value, wished) in [
        (&mut installed.queue, &wish.queue),
        (&mut installed.regexp, &wish.regexp),
        (&mut installed.user, &wish.user),
    ] {
        if let Some(wished) = wished.as_ref().filter(|wished| !wished.is_empty()) {
            *value = Some(wished.clone());
        }
        if value.as_ref().is_some_and(|value| value.chars().any(char::is_control)) {
            bail!("a line break or another control character has no place in an option");
        }
        if value.as_ref().is_some_and(|value| value.trim() != value || value.contains(" ;")) {
            bail!("a blank at an end, or before a `;`, would be lost in the file: write the option without");
        }
    }
    if let Some(user) = installed.user.as_ref().filter(|user| name_of(user).is_err()) {
        bail!("`{user}` is no name of a user");
    }
    installed.concurrency = wish.instances.or(installed.concurrency).filter(|number| *number > 1);
    Ok(installed)
}

/// Removes participants that do not run.
pub(super) fn uninstall(shelf: &Shelf, systemd: &Systemd, names: &[String]) -> Result<u8> {
    let running = match systemd.runs() {
        true => systemd
            .states(names)?
            .into_iter()
            .filter(super::systemd::State::runs)
            .map(|state| state.name)
            .collect(),
        false => Vec::new(),
    };
    let (mut left, mut removed) = (0, false);
    for name in names {
        if running.contains(name) {
            cli::say(format_args!(
                "skynet: {name} runs: `skynet disable --apply {name}` stops it first. Skipped"
            ));
            left = 1;
        } else if !shelf.has(name) {
            left = 1;
        } else {
            if systemd.runs() {
                systemd.tell(&["disable", "--quiet"], std::slice::from_ref(name))?;
            }
            shelf.remove(name)?;
            removed = true;
            cli::say(format_args!("skynet: removed {name}"));
        }
    }
    if removed && systemd.runs() {
        systemd.tell(&["daemon-reload"], &[])?;
    }
    Ok(left)
}
