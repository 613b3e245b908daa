//! `img build`, `img up` and `img doctor`.

use std::path::PathBuf;

use clap::Args;
use imaging::{Arch, ImageType};

use super::StateArguments;

/// What an image is to be.
#[derive(Debug, Args)]
pub struct WishArguments {
    /// Form of the image: raw (a disk), loop (a file system a partition), fs (the files, packed), livecd, liveusb, or a disk as qcow2, vdi, vmdk or vhd
    #[arg(long = "type", short = 't', value_name = "TYPE", value_parser = parse::<ImageType>)]
    pub image_type: ImageType,
    /// Processor the image is for [default: this machine's]
    #[arg(long)]
    pub arch: Option<String>,
    /// Name of the image and its files [default: the kickstart's file name]
    #[arg(long, short = 'n', allow_hyphen_values = true)]
    pub name: Option<String>,
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
    /// What an image of type fs is packed into, as @NAME@.tar.zst or @NAME@.zip, or a folder, as @NAME@/
    #[arg(long, value_name = "FILE")]
    pub pack_to: Option<String>,
    /// Give everything in the image this time, in seconds since 1970, so that each build makes the same bytes
    #[arg(long, value_name = "SECONDS", env = "SOURCE_DATE_EPOCH")]
    pub source_date_epoch: Option<u32>,
    /// Take for an error what would be a warning: a line of the kickstart without effect
    #[arg(long)]
    pub strict: bool,
    /// What the image is a release of: it goes to RELEASE/images/NAME, with a MANIFEST
    #[arg(long, value_name = "RELEASE")]
    pub release: Option<String>,
    /// Definition of the process that is run, as build_and_test.pdef [default: create_image, which builds the image]
    #[arg(long, value_name = "FILE.pdef")]
    pub process: Option<PathBuf>,
    /// Say at the end how long each step of the build took
    #[arg(long)]
    pub timings: bool,
}

/// What `img build` is told.
#[derive(Debug, Args)]
pub struct BuildArguments {
    /// The kickstart file
    #[arg(value_name = "FILE.ks")]
    pub kickstart: PathBuf,
    /// What the image is to be.
    #[command(flatten)]
    pub wish: WishArguments,
    /// What makes the image: dnf, or the mic of this machine (mic2: mic-image-creator), which makes the kickstart root; auto is dnf
    #[arg(long, value_name = "BUILDER", default_value = "auto", hide_default_value = true, value_parser = ["auto", "dnf", "mic", "mic2"])]
    pub builder: String,
    /// Where it is made: userns (a user namespace, for dnf), host (this machine, as root, for mic), or vm (a virtual machine, for mic)
    #[arg(long, value_name = "PLACE", value_parser = ["host", "userns", "vm"])]
    pub place: Option<String>,
    /// Folder the image's own folder is made in [default: images below the state folder]
    #[arg(long, short = 'o', value_name = "DIR")]
    pub outdir: Option<PathBuf>,
    /// Where it is remembered, and how it is answered.
    #[command(flatten)]
    pub state: StateArguments,
}

/// How a machine is configured that has no need to be.
#[derive(Clone, Debug, Args)]
pub struct HereArguments {
    /// The file with [worker] base_dir, timeout and so on [default: /etc/skynet/skynet.conf, when it is there]
    #[arg(long, value_name = "FILE", env = "IMG_CONFIG", global = true)]
    pub config: Option<PathBuf>,
}

/// What `img up` is told.
#[derive(Debug, Args)]
pub struct UpArguments {
    /// How this machine is configured.
    #[command(flatten)]
    pub here: HereArguments,
    /// Folder of the jobs, queues and images [default: $XDG_STATE_HOME/img, else ~/.local/state/img]
    #[arg(long, value_name = "DIR", env = "IMG_STATE")]
    pub state: Option<PathBuf>,
}

/// What `img doctor` is told.
#[derive(Debug, Args)]
pub struct DoctorArguments {
    /// Types of images to look at [default: all, and what images may hold]
    #[arg(value_name = "TYPE", value_parser = parse::<ImageType>)]
    pub types: Vec<ImageType>,
    /// Processor the images are for [default: this machine's]
    #[arg(long, value_parser = parse::<Arch>)]
    pub arch: Option<Arch>,
    /// How this machine is configured.
    #[command(flatten)]
    pub here: HereArguments,
    /// Print one JSON value on stdout instead of text
    #[arg(long)]
    pub json: bool,
}

pub(super) fn parse<T: std::str::FromStr<Err = imaging::NotAWord>>(text: &str) -> Result<T, String> {
    text.parse().map_err(|error: imaging::NotAWord| error.0)
}
