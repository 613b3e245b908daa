//! How a machine finds what it runs.

use std::path::PathBuf;

/// How a machine finds what it runs.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub enum Boot {
    /// A BIOS starts what the first disk has.
    #[default]
    Bios,
    /// A UEFI does; its variables are those of a new machine each time.
    Uefi,
    /// qemu itself loads a kernel.
    Kernel {
        /// The kernel.
        kernel: PathBuf,
        /// Its initial file system.
        initrd: Option<PathBuf>,
        /// Its command line.
        append: String,
    },
}
