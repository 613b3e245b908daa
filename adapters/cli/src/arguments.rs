//! The words and options.

mod boss;
mod config;
mod participant;
mod skynet;

use std::path::PathBuf;

use clap::{Args, Parser, Subcommand};
use imaging::ImageType;

pub use self::boss::{BossCommand, LaunchArguments, RegisterArguments, SiteArguments};
pub use self::config::{ConfigArguments, ConfigCommand};
pub use self::participant::{ParticipantCommand, RunArguments};
pub use self::skynet::{InstallArguments, Named, SkynetArguments, SkynetCommand, Toggle, WaitState};

/// Turns kickstart files into operating-system images.
#[derive(Debug, Parser)]
#[command(name = "img", version, max_term_width = 100)]
pub struct Arguments {
    /// What to do.
    #[command(subcommand)]
    pub command: Command,
}

impl Arguments {
    /// Returns what is logged when nobody says otherwise, in the words of tracing-subscriber's filter.
    pub fn usual_log(&self) -> &'static str {
        match self.command {
            Command::Participant(ParticipantCommand::Run(_)) => "info,lapin=off,sqlx=warn",
            Command::Boss(_) => "warn,lapin=off,skynet_amqp=off", // its one error says all
            _ => "warn,lapin=off",
        }
    }
}

/// What `img` can do.
#[derive(Debug, Subcommand)]
pub enum Command {
    /// Builds an image from a kickstart file on this machine
    ///
    /// Exit status: 0 the image is there, 1 the build was refused or failed (stderr says why), 2 wrong usage.
    Build(BuildArguments),
    /// Finishes the builds a killed program left behind
    Resume(StateArguments),
    /// Lists the newest jobs
    Jobs {
        #[command(flatten)]
        state: StateArguments,
        /// How many
        #[arg(long, short = 'n', default_value_t = 20)]
        limit: u32,
    },
    /// Runs participants of a BOSS
    #[command(subcommand)]
    Participant(ParticipantCommand),
    /// Speaks to a BOSS: launches processes, registers participants
    #[command(subcommand)]
    Boss(BossCommand),
    /// Shows and checks the configuration
    #[command(subcommand)]
    Config(ConfigCommand),
}

/// Where everything is remembered.
#[derive(Clone, Debug, Args)]
pub struct StateArguments {
    /// Folder of the jobs, queues and images [default: $XDG_STATE_HOME/img, else ~/.local/state/img]
    #[arg(long, value_name = "DIR", env = "IMG_STATE")]
    pub state: Option<PathBuf>,
    /// Print one JSON value on stdout instead of text
    #[arg(long)]
    pub json: bool,
}

/// What `img build` is told.
#[derive(Debug, Args)]
pub struct BuildArguments {
    /// The kickstart file
    #[arg(value_name = "FILE.ks")]
    pub kickstart: PathBuf,
    /// Form of the image: raw (a disk), loop (a file system a partition), fs (the files, packed)
    #[arg(long = "type", short = 't', value_name = "TYPE", value_parser = parse::<ImageType>)]
    pub image_type: ImageType,
    /// Processor the image is for [default: this machine's]
    #[arg(long)]
    pub arch: Option<String>,
    /// Name of the image and its files [default: the kickstart's file name]
    #[arg(long, short = 'n')]
    pub name: Option<String>,
    /// Folder the image's own folder is made in [default: images below the state folder]
    #[arg(long, short = 'o', value_name = "DIR")]
    pub outdir: Option<PathBuf>,
    /// Add a repository; URL may be a folder of this machine
    #[arg(long = "repo", value_name = "NAME=URL")]
    pub repos: Vec<String>,
    /// Add a package; -NAME leaves one out
    #[arg(long = "package", value_name = "PACKAGE", allow_hyphen_values = true)]
    pub packages: Vec<String>,
    /// Add a group of packages
    #[arg(long = "group", value_name = "GROUP")]
    pub groups: Vec<String>,
    /// Replace @KEY@ in the kickstart
    #[arg(long = "token", value_name = "KEY=VALUE")]
    pub tokens: Vec<String>,
    /// Where it is remembered, and how it is answered.
    #[command(flatten)]
    pub state: StateArguments,
}

fn parse<T: std::str::FromStr<Err = imaging::NotAWord>>(text: &str) -> Result<T, String> {
    text.parse().map_err(|error: imaging::NotAWord| error.0)
}
