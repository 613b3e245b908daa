//! The words and options.

mod boss;
mod build;
mod config;
mod image;
mod ks;
mod participant;
mod repo;
mod server;
mod skynet;
mod submit;
mod user;
mod vm;

use std::path::PathBuf;

use clap::{Args, Parser, Subcommand};

pub use self::boss::{BossCommand, LaunchArguments, RegisterArguments, SiteArguments};
pub use self::build::{BuildArguments, DoctorArguments, HereArguments, UpArguments, WishArguments};
pub use self::config::{ConfigArguments, ConfigCommand};
pub use self::image::{ImageCommand, ImageFileArguments, ImageInfoArguments};
pub use self::ks::{
    CheckArguments, DiffArguments, EditArguments, FileArguments, FmtArguments, GenerateArguments, KsCommand,
    TemplatesArguments, TokensArguments,
};
pub use self::participant::{ParticipantCommand, RunArguments};
pub use self::repo::{AddArguments, ImageNameArguments, RepoArguments, RepoCommand};
pub use self::server::{
    AskArguments, DeleteArguments, DownloadArguments, ListArguments, LogArguments, PinArguments,
    RetryArguments, ServerArguments, ServerCommand, ShowArguments, StopArguments, TagArguments,
    WaitArguments,
};
pub use self::skynet::{
    InstallArguments, Named, Registration, SkynetArguments, SkynetCommand, Toggle, WaitState,
};
pub use self::submit::SubmitArguments;
pub use self::user::{LoginBy, TokenScope, UserArguments, UserCommand};
pub use self::vm::{CreateBaseArguments, VmCommand};

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
            Command::Participant(ParticipantCommand::Run(_)) | Command::Up(_) => "info,lapin=off,sqlx=warn",
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
    /// Runs everything on this machine, for as long as it is not stopped: takes what `img submit` hands over, builds it
    ///
    /// Stopping it by SIGTERM or Ctrl-C lets running builds go on for [participant] grace seconds; what is left then, the
    /// next start goes on with.
    Up(UpArguments),
    /// Asks an `img up` for an image: that of --server, or else the one of the same state folder; with -s, a BOSS
    ///
    /// Exit status: 0 it is handed over, with --wait or --follow: the image is there; 1 the build failed; 2 it was refused,
    /// or wrong usage; 3 the server cannot be reached. The `img up` of the same state folder says 1 for what it refuses.
    Submit(Box<SubmitArguments>),
    /// What is asked of a server.
    #[command(flatten)]
    Server(ServerCommand),
    /// Finishes the builds that a killed or stopped program left behind
    ///
    /// Exit status: 0 nothing is left, 1 something is.
    Resume(ResumeArguments),
    /// Lists the newest jobs of the state folder; `img list` lists those of a server
    Jobs {
        #[command(flatten)]
        state: StateArguments,
        /// How many
        #[arg(long, short = 'n', default_value_t = 20)]
        limit: u32,
    },
    /// Says which images this machine can make, and what would make the rest work
    ///
    /// Exit status: 0 all that was asked about works, 1 something does not.
    Doctor(DoctorArguments),
    /// Runs participants of a BOSS
    #[command(subcommand)]
    Participant(ParticipantCommand),
    /// Speaks to a BOSS: launches processes, registers participants
    #[command(subcommand)]
    Boss(BossCommand),
    /// Shows and checks the configuration
    #[command(subcommand)]
    Config(ConfigCommand),
    /// Cares for the people who may ask `img up` for images, and makes their tokens
    ///
    /// It works on the job store directly, so whoever can read and write that needs no password.
    User(UserArguments),
    /// Makes what virtual machines for builds need
    #[command(subcommand)]
    Vm(VmCommand),
    /// Checks, changes, compares and makes kickstart files
    #[command(subcommand)]
    Ks(KsCommand),
    /// Says what the image of a disk or partition is, and whether it is whole
    #[command(subcommand)]
    Image(ImageCommand),
    /// Keeps images in a repository that the clients of OpenGnsys read: adds, checks, publishes them
    Repo(RepoArguments),
}

/// What becomes of builds that were left behind.
#[derive(Clone, Debug, Args)]
pub struct ResumeArguments {
    /// Gives them up: each comes to its end as an ERROR, cancelled by you
    #[arg(long)]
    pub cancel: bool,
    #[command(flatten)]
    pub state: StateArguments,
}

/// Where everything is remembered.
#[derive(Clone, Debug, Args)]
pub struct StateArguments {
    /// Folder of the jobs, queues and images [default: $XDG_STATE_HOME/img, else ~/.local/state/img]
    #[arg(long, value_name = "DIR", env = "IMG_STATE", global = true)]
    pub state: Option<PathBuf>,
    /// Print one JSON value on stdout instead of text
    #[arg(long, global = true)]
    pub json: bool,
}
