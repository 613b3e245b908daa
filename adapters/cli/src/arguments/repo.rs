//! `img repo`.

use std::num::NonZeroU16;
use std::path::PathBuf;

use clap::{Args, Subcommand};

use super::HereArguments;

/// Which repository, and what is done with it.
#[derive(Debug, Args)]
pub struct RepoArguments {
    /// What to do.
    #[command(subcommand)]
    pub command: RepoCommand,
    /// How this machine is configured.
    #[command(flatten)]
    pub here: HereArguments,
    /// The repository: its name in [repository] folders, or a folder that has images and etc [default: the first]
    #[arg(long, short = 'R', value_name = "NAME|FOLDER", env = "IMG_REPOSITORY", global = true)]
    pub repository: Option<String>,
    /// Print one JSON value on stdout instead of text; import and watch print one a line
    #[arg(long, global = true)]
    pub json: bool,
}

/// What can be done with a repository of images, which the clients of OpenGnsys read.
#[derive(Debug, Subcommand)]
pub enum RepoCommand {
    /// Copies an image in, recognises and checks it, and publishes it; the one of the same name becomes the backup
    ///
    /// Of an image in volumes, as split and partimage make them, name the first, or all. Exit status: 0 it is there, 1 it is
    /// not (stderr says why, with OpenGnsys's number).
    Add(Box<AddArguments>),
    /// Lists the images
    List,
    /// Tells all that is known of an image
    Info(ImageNameArguments),
    /// Reads a whole image, and holds it against its own checksums, its sums and its torrent
    ///
    /// Exit status: 0 it is whole, 1 it is not, or cannot be read (stderr says why).
    Verify(ImageNameArguments),
    /// Removes an image; it becomes the backup
    Remove {
        #[command(flatten)]
        image: ImageNameArguments,
        /// Nothing of it stays: no backup, no registration
        #[arg(long)]
        for_good: bool,
    },
    /// Puts the backup of an image in its place; what was there becomes the backup
    RestoreBackup(ImageNameArguments),
    /// Copies images in from another repository; they have to be what its sums say
    Import {
        /// The other one: its name in [repository] folders, or its folder
        #[arg(value_name = "NAME|FOLDER")]
        from: String,
        /// The images, as `win10` or `UNIT/win10.img`
        #[arg(value_name = "IMAGE", required_unless_present = "all")]
        images: Vec<String>,
        /// All that are published there
        #[arg(long, conflicts_with = "images")]
        all: bool,
    },
    /// Publishes what other programs put there, as soon as it is whole, until it is stopped
    Watch {
        /// One round only, for cron; a file that changed just now waits for the next
        #[arg(long)]
        once: bool,
        /// Seconds between two rounds
        #[arg(long, value_name = "SECONDS", default_value_t = 3, value_parser = clap::value_parser!(u64).range(1..))]
        every: u64,
    },
}

/// One image of a repository.
#[derive(Clone, Debug, Args)]
pub struct ImageNameArguments {
    /// The image, as `win10`, `win10.img` or `UNIT/win10.img`
    #[arg(value_name = "IMAGE")]
    pub image: PathBuf,
}

/// What `img repo add` is told.
#[derive(Debug, Args)]
pub struct AddArguments {
    /// The file; of several volumes the first, or all of them
    #[arg(value_name = "FILE", required = true)]
    pub files: Vec<PathBuf>,
    /// What it is called there: letters and digits [default: the name of the file without its endings]
    #[arg(long, value_name = "NAME")]
    pub name: Option<String>,
    /// The organisational unit it belongs to: it goes into the folder of that name
    #[arg(long, value_name = "UNIT")]
    pub unit: Option<String>,
    /// What it is taken for [default: dsk for a disk with a partition table, else img]
    #[arg(long, value_name = "KIND", value_parser = ["img", "dsk", "diff", "pgz"])]
    pub kind: Option<String>,
    /// Takes a file that nobody recognises, too
    #[arg(long)]
    pub unrecognised: bool,
    /// The machine it comes from
    #[arg(long, value_name = "NAME", default_value = "")]
    pub client: String,
    /// What people call it; with this one or one of the next five it is registered
    #[arg(long, value_name = "TEXT", help_heading = "Registration")]
    pub title: Option<String>,
    /// What is installed on it
    #[arg(long, value_name = "TEXT", help_heading = "Registration")]
    pub software_profile: Option<String>,
    /// The number of its partition
    #[arg(long, value_name = "NUMBER", value_parser = number_of_partition, help_heading = "Registration")]
    pub partition: Option<NonZeroU16>,
    /// The type of its partition, as NTFS
    #[arg(long, value_name = "TYPE", help_heading = "Registration")]
    pub partition_type: Option<String>,
    /// Anything else
    #[arg(long, value_name = "TEXT", help_heading = "Registration")]
    pub comments: Option<String>,
}

fn number_of_partition(text: &str) -> Result<NonZeroU16, String> {
    text.parse().map_err(|_| "it should be the number of a partition, from 1 on".to_owned())
}
