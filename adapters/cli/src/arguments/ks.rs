//! `img ks`.

use std::path::PathBuf;

use clap::{Args, Subcommand};
use img_kickstart::Dialect;
use img_kickstart::kickstarter::Flavour;

/// What can be done with a kickstart file; `-` is the standard input.
#[derive(Debug, Subcommand)]
pub enum KsCommand {
    /// Says everything that is wrong with kickstart files, each with its line
    ///
    /// Exit status: 0 without errors (there may be warnings), 1 with, or when a file cannot be read.
    Check(CheckArguments),
    /// Prints a kickstart file in canonical form
    ///
    /// Exit status: 0; with --check 1 when the file is written in another way.
    Fmt(FmtArguments),
    /// Prints a kickstart file with changes; what is not changed stays byte for byte
    ///
    /// What is taken out goes first, then what is added, set and unset, each in the order given.
    Edit(Box<EditArguments>),
    /// Prints a kickstart file with the files it includes put in their places
    ///
    /// Local files are read, beside the file that names them or by absolute path; addresses are not fetched.
    Flatten(FileArguments),
    /// Lists the tokens of a kickstart file, or prints it with values in their places
    Tokens(TokensArguments),
    /// Says what two kickstart files mean differently, however they are written
    ///
    /// Exit status: 0 no difference, 1 some.
    Diff(DiffArguments),
    /// Makes kickstart files from YAML
    ///
    /// With a mistake in any of them nothing is written. What a configuration names is read below the folders of the files,
    /// and those given by --folder. Exit status: 0 all are made, 1 none.
    Generate(GenerateArguments),
    /// Lists kickstart templates and features, and what is wrong with them
    ///
    /// Exit status: 0 all are fine, 1 something is wrong.
    Templates(TemplatesArguments),
}

/// One kickstart file.
#[derive(Debug, Args)]
pub struct FileArguments {
    /// The kickstart file, or - for the standard input
    #[arg(value_name = "FILE.ks")]
    pub file: PathBuf,
}

/// What `img ks check` is told.
#[derive(Debug, Args)]
pub struct CheckArguments {
    /// The kickstart files, or - for the standard input
    #[arg(value_name = "FILE.ks", required = true)]
    pub files: Vec<PathBuf>,
    /// Whose kickstarts they are: mic, fedora, fedora41, rhel, rhel9, …
    #[arg(long, default_value = "mic")]
    pub dialect: Dialect,
    /// Follow %include and %ksappend of local files, which are errors otherwise
    #[arg(long)]
    pub include: bool,
    /// Print one JSON object a finding, a line each, on stdout
    #[arg(long)]
    pub json: bool,
}

/// What `img ks fmt` is told.
#[derive(Debug, Args)]
pub struct FmtArguments {
    /// The file.
    #[command(flatten)]
    pub file: FileArguments,
    /// Write the file instead of printing it
    #[arg(long, short = 'w')]
    pub write: bool,
    /// Only say whether the file is in canonical form
    #[arg(long, conflicts_with = "write")]
    pub check: bool,
}

/// What `img ks edit` is told.
#[derive(Debug, Args)]
pub struct EditArguments {
    /// The file.
    #[command(flatten)]
    pub file: FileArguments,
    /// Add a repository
    #[arg(long = "add-repo", value_name = "NAME=URL")]
    pub add_repos: Vec<String>,
    /// Take out a repository
    #[arg(long = "remove-repo", value_name = "NAME")]
    pub remove_repos: Vec<String>,
    /// Add a package; -NAME leaves one out, @NAME is a group
    #[arg(long = "add-package", value_name = "PACKAGE", allow_hyphen_values = true)]
    pub add_packages: Vec<String>,
    /// Take a package out of the lists; -NAME takes back that it is left out
    #[arg(long = "remove-package", value_name = "PACKAGE", allow_hyphen_values = true)]
    pub remove_packages: Vec<String>,
    /// Add a group of packages
    #[arg(long = "add-group", value_name = "GROUP", allow_hyphen_values = true)]
    pub add_groups: Vec<String>,
    /// Take a group of packages out of the lists; -GROUP takes back that it is left out
    #[arg(long = "remove-group", value_name = "GROUP", allow_hyphen_values = true)]
    pub remove_groups: Vec<String>,
    /// Add a user
    #[arg(long = "add-user", value_name = "NAME")]
    pub add_users: Vec<String>,
    /// Take out a user
    #[arg(long = "remove-user", value_name = "NAME")]
    pub remove_users: Vec<String>,
    /// Add a section with the text of a file: '%post --nochroot=script.sh'
    #[arg(long = "add-script", value_name = "HEADER=FILE", allow_hyphen_values = true)]
    pub add_scripts: Vec<String>,
    /// Take out sections: %post is all of them, %post:2 the second of the file as it is now
    #[arg(long = "remove-script", value_name = "SECTION[:NUMBER]")]
    pub remove_scripts: Vec<String>,
    /// Make a command say this: 'bootloader --timeout=5', 'part /home --size=4000', 'lang de_DE.UTF-8'
    #[arg(long, value_name = "LINE")]
    pub set: Vec<String>,
    /// Take options back: 'part / --grow'
    #[arg(long, value_name = "LINE")]
    pub unset: Vec<String>,
    /// Take a line out: 'part /home', 'firewall'
    #[arg(long, value_name = "LINE")]
    pub remove: Vec<String>,
    /// Write the file instead of printing it
    #[arg(long, short = 'w')]
    pub write: bool,
}

/// What `img ks tokens` is told.
#[derive(Debug, Args)]
pub struct TokensArguments {
    /// The file.
    #[command(flatten)]
    pub file: FileArguments,
    /// Replace @NAME@ by VALUE and print the kickstart
    #[arg(long, value_name = "NAME:VALUE,…")]
    pub tokenmap: Option<String>,
    /// List the tokens as one JSON object a token, a line each
    #[arg(long, conflicts_with = "tokenmap")]
    pub json: bool,
}

/// What `img ks diff` is told.
#[derive(Debug, Args)]
pub struct DiffArguments {
    /// The first kickstart file
    #[arg(value_name = "A.ks")]
    pub before: PathBuf,
    /// The second kickstart file
    #[arg(value_name = "B.ks")]
    pub after: PathBuf,
    /// Print one JSON object a difference, a line each, on stdout
    #[arg(long)]
    pub json: bool,
}

/// What `img ks generate` is told.
#[derive(Debug, Args)]
pub struct GenerateArguments {
    /// A YAML file of configurations
    #[arg(long, short = 'c', value_name = "FILE.yaml", required = true)]
    pub configurations: Vec<PathBuf>,
    /// A YAML file of repositories, when they have a file of their own
    #[arg(long, short = 'r', value_name = "FILE.yaml")]
    pub repos: Vec<PathBuf>,
    /// Folder the kickstart files are written to
    #[arg(long, short = 'o', value_name = "DIR", default_value = ".")]
    pub outdir: PathBuf,
    /// Make this configuration only, by its Name or FileName [default: all that are active]
    #[arg(long = "configuration", short = 'C', value_name = "NAME")]
    pub only: Vec<String>,
    /// Which address of a repository counts: rnd or release
    #[arg(long)]
    pub flavour: Option<Flavour>,
    /// Print the packages and groups of each instead of writing anything
    #[arg(long, short = 'p')]
    pub print: bool,
    /// Write a list of the kickstart files as XML, too
    #[arg(long, short = 'i', value_name = "FILE.xml", conflicts_with = "print")]
    pub index: Option<PathBuf>,
    /// A further folder below which files may be read
    #[arg(long = "folder", value_name = "DIR")]
    pub folders: Vec<PathBuf>,
    /// Print one JSON object a kickstart, a line each, on stdout
    #[arg(long)]
    pub json: bool,
}

/// What `img ks templates` is told.
#[derive(Debug, Args)]
pub struct TemplatesArguments {
    /// Folder of the kickstart files [default: [web] templates_dir]
    #[arg(value_name = "DIR")]
    pub folder: Option<PathBuf>,
    /// Folder of the features, which are *.ini files [default: [web] features_dir]
    #[arg(long, value_name = "DIR")]
    pub features: Option<PathBuf>,
    /// The file with [web] templates_dir and features_dir [default: /etc/skynet/skynet.conf, when it is there]
    #[arg(long, value_name = "FILE", env = "IMG_CONFIG")]
    pub config: Option<PathBuf>,
    /// Print one JSON object on stdout
    #[arg(long)]
    pub json: bool,
}
