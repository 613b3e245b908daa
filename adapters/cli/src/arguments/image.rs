//! `img image`.

use std::path::PathBuf;

use clap::{Args, Subcommand};

/// What can be asked about the image of a disk or partition, whatever made it; `-` is the standard input.
#[derive(Debug, Subcommand)]
pub enum ImageCommand {
    /// Says what an image is: the tool and compressor that made it, its file system, and the KiB a partition must have
    ///
    /// Only its first bytes are read. Exit status: 0 it is an image, 1 it is none, or cannot be read (stderr says why).
    Info(ImageInfoArguments),
    /// Reads a whole image and holds it against every checksum it has
    ///
    /// Exit status: 0 nothing is wrong, 1 it is broken, none, or cannot be read (stderr says where and why).
    Verify(ImageFileArguments),
}

/// What `img image info` is told.
#[derive(Debug, Args)]
pub struct ImageInfoArguments {
    /// The image.
    #[command(flatten)]
    pub image: ImageFileArguments,
    /// Print the KiB as the ogGetImageInfo of OpenGnsys computes them, with its faults
    #[arg(long, conflicts_with = "json")]
    pub compat: bool,
}

/// One image.
#[derive(Debug, Args)]
pub struct ImageFileArguments {
    /// The file of the image, or - for the standard input
    #[arg(value_name = "FILE")]
    pub file: PathBuf,
    /// Print one JSON value on stdout instead of text
    #[arg(long)]
    pub json: bool,
}
