//! `img boss`.

use std::path::PathBuf;

use clap::{Args, Subcommand};

/// What can be asked of a BOSS.
#[derive(Debug, Subcommand)]
pub enum BossCommand {
    /// Launches a process; the engine gives no answer, so look for the process in its viewer
    Launch(LaunchArguments),
    /// Reads a process definition, says whether a BOSS takes it, and names its participants
    ///
    /// Exit status: 0 it can be launched, 1 it cannot (stderr says why).
    Check {
        /// The file of the process definition; - reads stdin
        #[arg(value_name = "PDEF")]
        definition: PathBuf,
        /// Print one JSON value on stdout instead of text
        #[arg(long)]
        json: bool,
    },
    /// Tells the engine to which queue workitems of a participant go
    Register(RegisterArguments),
    /// Tells the engine to forget a participant
    Unregister(RegisterArguments),
}

/// Where the configuration is.
#[derive(Clone, Debug, Args)]
pub struct SiteArguments {
    /// The file with [boss] amqp_host, amqp_user, amqp_pwd, amqp_vhost
    #[arg(long, value_name = "FILE", env = "IMG_CONFIG", default_value = "/etc/skynet/skynet.conf")]
    pub config: PathBuf,
}

/// What `img boss launch` is told.
#[derive(Debug, Args)]
pub struct LaunchArguments {
    /// The file of the process definition; - reads stdin
    #[arg(value_name = "PDEF")]
    pub definition: PathBuf,
    /// Set a field to a text; a.b=V sets b inside a
    #[arg(long = "field", short = 'f', value_name = "K=V")]
    pub fields: Vec<String>,
    /// The fields as a JSON object, or @FILE that holds one; --field changes single ones
    #[arg(long, value_name = "FIELDS")]
    pub json: Option<String>,
    /// Set a variable of the process to a text
    #[arg(long = "variable", value_name = "K=V")]
    pub variables: Vec<String>,
    /// Where the broker is.
    #[command(flatten)]
    pub site: SiteArguments,
}

/// What `img boss register` and `unregister` are told.
#[derive(Debug, Args)]
pub struct RegisterArguments {
    /// Name of the participant, as process definitions call it
    #[arg(value_name = "NAME")]
    pub name: String,
    /// Queue of its workitems [default: the one of NAME.conf, else NAME]
    #[arg(long)]
    pub queue: Option<String>,
    /// Names it serves, as a regular expression for the whole name [default: the one of NAME.conf, else NAME]
    #[arg(long, value_name = "R")]
    pub regexp: Option<String>,
    /// Do it although nobody can say whether that is safe: no viewer is configured, or it does not answer
    #[arg(long)]
    pub blindly: bool,
    /// How long the engine may take, by the viewer; an idle one looks for messages every five seconds
    #[arg(long, value_name = "SECONDS", default_value_t = 30)]
    pub patience: u64,
    /// Where the broker is.
    #[command(flatten)]
    pub site: SiteArguments,
}
