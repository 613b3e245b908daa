//! The words and options of `skynet`.

use std::path::PathBuf;

use clap::{Args, Parser, Subcommand, ValueEnum};

/// Manages the participants of this machine: SkyNET's words, on systemd.
#[derive(Debug, Parser)]
#[command(name = "skynet", version, max_term_width = 100)]
pub struct SkynetArguments {
    /// What to do.
    #[command(subcommand)]
    pub command: SkynetCommand,
    /// Folder of skynet.conf, of NAME.conf and of the installed participants
    #[arg(long, value_name = "DIR", env = "SKYNET_DIR", default_value = "/etc/skynet", global = true)]
    pub dir: PathBuf,
    /// Where units of this machine's own are
    #[arg(long, value_name = "DIR", default_value = "/etc/systemd/system", global = true, hide = true)]
    pub units: PathBuf,
    /// Where units of packages are [default: beside this program, or where systemd looks]
    #[arg(long, value_name = "DIR", global = true, hide = true)]
    pub packaged: Option<PathBuf>,
    /// The program that speaks to systemd
    #[arg(long, value_name = "FILE", default_value = "systemctl", global = true, hide = true)]
    pub systemctl: PathBuf,
    /// There while systemd runs
    #[arg(long, value_name = "DIR", default_value = "/run/systemd/system", global = true, hide = true)]
    pub runtime: PathBuf,
}

/// What `skynet` can do.
#[derive(Debug, Subcommand)]
pub enum SkynetCommand {
    /// Installs a participant; it runs after `skynet enable --apply`, `skynet start` or `skynet apply`
    Install(InstallArguments),
    /// Removes participants that were installed by hand and do not run
    Uninstall(Named),
    /// Starts participants at every boot, and after failures; now too with --apply
    Enable(Toggle),
    /// Starts participants no longer at boot; stops them too with --apply
    Disable(Toggle),
    /// Starts participants and waits until they run
    Start(Named),
    /// Stops participants and waits until they have stopped; running jobs go back to the broker after their grace
    Stop(Named),
    /// Stops and starts participants, to run the code of today
    Reload(Named),
    /// Shows the state of participants
    Status {
        /// All of them, as without names
        #[arg(long)]
        all: bool,
        /// Only these
        #[arg(value_name = "PARTICIPANT")]
        names: Vec<String>,
    },
    /// Lists participants, those that run with a *
    List {
        /// All, without the *
        #[arg(long, conflicts_with = "enabled")]
        all: bool,
        /// Only those that run
        #[arg(long)]
        enabled: bool,
        /// Only those that do not run
        #[arg(long)]
        disabled: bool,
    },
    /// Shows what participants log, and goes on showing it
    Log {
        /// Those of all participants
        #[arg(long)]
        all: bool,
        /// How many lines of the past
        #[arg(short, long, default_value_t = 20)]
        number: u32,
        /// Only those, without following
        #[arg(short, long)]
        once: bool,
        /// Of these
        #[arg(value_name = "PARTICIPANT", required_unless_present = "all")]
        names: Vec<String>,
    },
    /// Runs a participant that is stopped in the foreground
    Manual {
        /// Which
        #[arg(value_name = "PARTICIPANT")]
        name: String,
    },
    /// Registers participants with the engine
    Register(Registration),
    /// Unregisters participants from the engine
    Unregister(Registration),
    /// Starts what was added, stops what was removed, restarts what was changed
    Apply,
    /// Does nothing: there is nothing to rebuild; old packages call it
    #[command(hide = true)]
    Rebuild {
        #[arg(long)]
        all: bool,
        #[arg(long)]
        force: bool,
        names: Vec<String>,
    },
    /// Waits until participants are in a state
    Wait {
        /// The state
        #[arg(long, value_enum)]
        state: WaitState,
        /// Which
        #[arg(value_name = "PARTICIPANT", required = true)]
        names: Vec<String>,
    },
}

/// A state to wait for, in supervisor's words.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
#[value(rename_all = "UPPER")]
pub enum WaitState {
    /// It runs.
    Running,
    /// It does not run.
    Stopped,
}

/// What `skynet install` is told.
#[derive(Debug, Args)]
pub struct InstallArguments {
    /// Its name here, which no other has [default: the file name of CODE]
    #[arg(short, long)]
    pub name: Option<String>,
    /// The names process definitions call it by, a regular expression [default: its name]
    #[arg(short, long)]
    pub regexp: Option<String>,
    /// The queue of its workitems [default: its name]
    #[arg(short, long)]
    pub queue: Option<String>,
    /// The user it runs as [default: img]
    #[arg(short, long)]
    pub user: Option<String>,
    /// How many jobs at a time
    #[arg(short, long, value_name = "NUMBER", value_parser = clap::value_parser!(u32).range(1..))]
    pub instances: Option<u32>,
    /// The same as CODE, as it was written once
    #[arg(short, long, value_name = "CODE", conflicts_with_all = ["code", "from"])]
    pub participant: Option<String>,
    /// Read all this from supervisor's file of the old participant; options change it
    #[arg(long, value_name = "FILE", conflicts_with = "code")]
    pub from: Option<PathBuf>,
    /// Replace one that is installed
    #[arg(long)]
    pub force: bool,
    /// Which participant of this program: build_image, also as the path of the old build_image.py
    #[arg(value_name = "CODE", required_unless_present_any = ["participant", "from"])]
    pub code: Option<String>,
}

/// Participants by name, or all of them.
#[derive(Clone, Debug, Args)]
pub struct Named {
    /// All participants
    #[arg(long)]
    pub all: bool,
    /// Which participants
    #[arg(value_name = "PARTICIPANT", required_unless_present = "all")]
    pub names: Vec<String>,
}

/// Participants the engine is to know, or to forget.
#[derive(Debug, Args)]
pub struct Registration {
    /// Which.
    #[command(flatten)]
    pub named: Named,
    /// Do it although nobody can say whether that is safe: no [boss] viewer is configured, or it does not answer
    #[arg(long)]
    pub blindly: bool,
}

/// Participants to be enabled or disabled.
#[derive(Debug, Args)]
pub struct Toggle {
    /// Which.
    #[command(flatten)]
    pub named: Named,
    /// Start or stop them now, too
    #[arg(long)]
    pub apply: bool,
}
