//! What is asked of an `img up`, on this machine or another.

use std::path::PathBuf;

use clap::{Args, Subcommand};
use imaging::ImageType;

use super::build::parse;

/// What can be asked of a server.
#[derive(Debug, Subcommand)]
pub enum ServerCommand {
    /// Lists the jobs of a server, the newest first
    ///
    /// This and the commands below end with status 0 when it is done, 1 when something failed here, 2 when the server
    /// refused it or the usage is wrong, and 3 when the server cannot be reached or cannot do it now.
    List(ListArguments),
    /// Shows a job of a server
    Show(ShowArguments),
    /// Shows the log of a job, also while it is written
    ///
    /// Exit status with --follow: 0 the image is there, 1 the build failed, 2 refused or wrong usage, 3 not reachable.
    Log(LogArguments),
    /// Stops jobs that wait or are being built
    Stop(StopArguments),
    /// Asks again for the image of a job that is over, as a new job
    ///
    /// Exit status: as that of `img submit`.
    Retry(RetryArguments),
    /// Deletes jobs with their files; says what would go, and asks
    Delete(DeleteArguments),
    /// Puts tags on a job
    Tag(TagArguments),
    /// Protects jobs from deletion
    Pin(PinArguments),
    /// Fetches the image of a job, or other files of it
    ///
    /// What is interrupted is in NAME.part, and the same command goes on where it was. A file has its name when it is whole
    /// and its checksum is right. Exit status: 0 all is there, 1 something failed here, or a checksum is wrong, 2 refused or
    /// wrong usage, 3 not reachable.
    Download(DownloadArguments),
}

/// Which server is asked, and what is shown to it.
#[derive(Clone, Debug, Args)]
pub struct ServerArguments {
    /// Address of the `img up` that is asked, as https://img.example
    #[arg(long, value_name = "URL", env = "IMG_SERVER")]
    pub server: Option<String>,
    /// File with the token that is shown to it; else the variable IMG_TOKEN has it, or IMG_TOKEN_FILE names the file
    #[arg(long, value_name = "FILE")]
    pub token_file: Option<PathBuf>,
    /// File with the certificates, in the form PEM, that may sign that of the server [default: those the system knows]
    #[arg(long, value_name = "FILE", env = "IMG_CA_FILE")]
    pub ca_file: Option<PathBuf>,
}

/// The same, with the form of the answer.
#[derive(Clone, Debug, Args)]
pub struct AskArguments {
    /// Which server.
    #[command(flatten)]
    pub server: ServerArguments,
    /// Print JSON on stdout instead of text
    #[arg(long)]
    pub json: bool,
}

/// Which jobs `img list` lists.
#[derive(Debug, Args)]
pub struct ListArguments {
    /// Words the name has; the beginning of each is enough
    #[arg(long)]
    pub name: Option<String>,
    /// A tag they have
    #[arg(long)]
    pub tag: Option<String>,
    /// Who asked for them
    #[arg(long)]
    pub user: Option<String>,
    /// Form of the image
    #[arg(long = "type", short = 't', value_name = "TYPE")]
    pub image_type: Option<String>,
    /// Processor the image is for
    #[arg(long)]
    pub arch: Option<String>,
    /// How far they are, as BUILDING or "DONE, TESTED"
    #[arg(long)]
    pub status: Option<String>,
    /// The queue they are in
    #[arg(long)]
    pub queue: Option<String>,
    /// How many
    #[arg(long, short = 'n', default_value_t = 30, value_parser = clap::value_parser!(u32).range(1..=500))]
    pub limit: u32,
    /// Go on where an earlier list ended, which says how
    #[arg(long, value_name = "PLACE", conflicts_with = "all")]
    pub after: Option<String>,
    /// All there are, whatever --limit says
    #[arg(long)]
    pub all: bool,
    /// Which server.
    #[command(flatten)]
    pub ask: AskArguments,
}

/// What `img show` shows.
#[derive(Debug, Args)]
pub struct ShowArguments {
    /// The job
    #[arg(value_name = "ID")]
    pub id: String,
    /// What happened to it, instead
    #[arg(long)]
    pub history: bool,
    /// Its kickstart, instead
    #[arg(long, conflicts_with_all = ["history", "json"])]
    pub kickstart: bool,
    /// Which server.
    #[command(flatten)]
    pub ask: AskArguments,
}

/// What `img log` shows.
#[derive(Debug, Args)]
pub struct LogArguments {
    /// The job
    #[arg(value_name = "ID")]
    pub id: String,
    /// Go on showing what is written, to the end of the build
    #[arg(long, short = 'f')]
    pub follow: bool,
    /// Which server.
    #[command(flatten)]
    pub ask: AskArguments,
}

/// Jobs to be stopped.
#[derive(Debug, Args)]
pub struct StopArguments {
    /// The jobs
    #[arg(value_name = "ID", required = true)]
    pub ids: Vec<String>,
    /// Which server.
    #[command(flatten)]
    pub ask: AskArguments,
}

/// A job to be built again, and what is to be different.
#[derive(Debug, Args)]
pub struct RetryArguments {
    /// The job
    #[arg(value_name = "ID")]
    pub id: String,
    /// Another kickstart
    #[arg(long, short = 'k', value_name = "FILE")]
    pub kickstart: Option<PathBuf>,
    /// Another form of the image
    #[arg(long = "type", short = 't', value_name = "TYPE", value_parser = parse::<ImageType>)]
    pub image_type: Option<ImageType>,
    /// Another processor
    #[arg(long)]
    pub arch: Option<String>,
    /// Another name
    #[arg(long, short = 'n', allow_hyphen_values = true)]
    pub name: Option<String>,
    /// How the end is waited for.
    #[command(flatten)]
    pub wait: WaitArguments,
    /// Which server.
    #[command(flatten)]
    pub ask: AskArguments,
}

/// How the end of a build is waited for.
#[derive(Clone, Copy, Debug, Args)]
pub struct WaitArguments {
    /// Wait for the image, and say what came of it
    #[arg(long, short = 'w')]
    pub wait: bool,
    /// Show the log on stderr while waiting; it takes a server
    #[arg(long, short = 'f')]
    pub follow: bool,
}

/// Jobs to be deleted.
#[derive(Debug, Args)]
pub struct DeleteArguments {
    /// The jobs
    #[arg(value_name = "ID", required = true)]
    pub ids: Vec<String>,
    /// Do not ask before
    #[arg(long, short = 'y')]
    pub yes: bool,
    /// Which server.
    #[command(flatten)]
    pub ask: AskArguments,
}

/// Tags of a job.
#[derive(Debug, Args)]
pub struct TagArguments {
    /// The job
    #[arg(value_name = "ID")]
    pub id: String,
    /// Tags to put on it
    #[arg(value_name = "TAG", required_unless_present = "remove")]
    pub add: Vec<String>,
    /// A tag to take off it; said several times, several
    #[arg(long, value_name = "TAG")]
    pub remove: Vec<String>,
    /// Which server.
    #[command(flatten)]
    pub ask: AskArguments,
}

/// Jobs to be protected.
#[derive(Debug, Args)]
pub struct PinArguments {
    /// The jobs
    #[arg(value_name = "ID", required = true)]
    pub ids: Vec<String>,
    /// Protect them no longer
    #[arg(long)]
    pub off: bool,
    /// Which server.
    #[command(flatten)]
    pub ask: AskArguments,
}

/// What is fetched, and to where.
#[derive(Debug, Args)]
pub struct DownloadArguments {
    /// The job
    #[arg(value_name = "ID")]
    pub id: String,
    /// Files of it, by the paths that --list shows [default: the image]
    #[arg(value_name = "PATH")]
    pub paths: Vec<String>,
    /// All its files
    #[arg(long, conflicts_with = "paths")]
    pub all: bool,
    /// Only list its files
    #[arg(long, conflicts_with_all = ["paths", "all"])]
    pub list: bool,
    /// Folder they come into; it is made when it is not there
    #[arg(long, short = 'o', value_name = "DIR", default_value = ".")]
    pub output: PathBuf,
    /// Replace what has such a name there and is another file
    #[arg(long)]
    pub force: bool,
    /// Which server.
    #[command(flatten)]
    pub ask: AskArguments,
}
