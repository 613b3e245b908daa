//! The `skynet` command: SkyNET's words for participants, done by systemd.

mod apply;
mod drop_ins;
mod install;
mod installed;
mod run;
mod show;
mod supervisor;
mod systemd;
mod toggle;

use anyhow::{Result, bail};
use cli::{Named, Registration, SkynetArguments, SkynetCommand};

use self::drop_ins::DropIns;
use self::installed::Shelf;
use self::systemd::Systemd;

/// Does what was asked for and returns the exit status.
pub fn run_skynet(arguments: SkynetArguments) -> Result<u8> {
    let SkynetArguments { command, dir, units, packaged, systemctl, runtime } = arguments;
    let shelf = Shelf::new(&dir, DropIns::new(&units, packaged));
    let systemd = Systemd::new(&systemctl, &runtime);
    match command {
        SkynetCommand::Install(wish) => install::install(&shelf, &systemd, &wish),
        SkynetCommand::Uninstall(named) => install::uninstall(&shelf, &systemd, &names(&shelf, &named)?),
        SkynetCommand::Enable(toggle) => {
            toggle::enable(&systemd, &names(&shelf, &toggle.named)?, toggle.apply)
        }
        SkynetCommand::Disable(toggle) => {
            toggle::disable(&systemd, &names(&shelf, &toggle.named)?, toggle.apply)
        }
        SkynetCommand::Start(named) => toggle::start(&systemd, &names(&shelf, &named)?),
        SkynetCommand::Stop(named) => toggle::stop(&systemd, &names(&shelf, &named)?),
        SkynetCommand::Reload(named) => toggle::reload(&systemd, &names(&shelf, &named)?),
        SkynetCommand::Wait { state, names } => toggle::wait(&systemd, &names, state),
        SkynetCommand::Status { all, names: wanted } => {
            let all = all || wanted.is_empty();
            show::status(&systemd, &names(&shelf, &Named { all, names: wanted })?)
        }
        SkynetCommand::List { all, enabled, disabled } => {
            show::list(&systemd, &shelf.all()?, show::Which { all, enabled, disabled })
        }
        SkynetCommand::Log { all, number, once, names: wanted } => {
            show::log(&systemd, &names(&shelf, &Named { all, names: wanted })?, number, once)
        }
        SkynetCommand::Manual { name } => run::manual(&systemd, &dir, &name),
        SkynetCommand::Register(Registration { named, blindly }) => {
            run::boss("register", blindly, &dir, &names(&shelf, &named)?)
        }
        SkynetCommand::Unregister(Registration { named, blindly }) => {
            run::boss("unregister", blindly, &dir, &names(&shelf, &named)?)
        }
        SkynetCommand::Apply => apply::apply(&shelf, &systemd),
        SkynetCommand::Rebuild { .. } => Ok(0),
    }
}

/// Returns the participants that are meant; a name that is none of a participant is refused.
fn names(shelf: &Shelf, named: &Named) -> Result<Vec<String>> {
    if named.all {
        return shelf.all();
    }
    named.names.iter().for_each(|name| {
        if !shelf.has(name) {
            cli::say(format_args!("skynet: warning: {name} is not installed (`skynet list` shows what is)"));
        }
    });
    named.names.iter().map(|name| name_of(name).map(ToOwned::to_owned)).collect()
}

/// Checks the name of a participant, which is also that of a file and of a unit.
fn name_of(name: &str) -> Result<&str> {
    let plain = |c: char| c.is_ascii_alphanumeric() || "_-.".contains(c);
    if name.is_empty() || name.len() > 100 || name.starts_with(['.', '-']) || !name.chars().all(plain) {
        bail!("`{name}` is no name of a participant: letters, digits, _, - and . make one");
    }
    Ok(name)
}
