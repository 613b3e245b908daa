//! How files are compressed.

use crate::tools;

/// A way to compress a file.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Compression {
    /// `.gz`
    Gzip,
    /// `.bz2`
    Bzip2,
    /// `.xz`
    Xz,
    /// `.zst`
    Zstd,
}

impl Compression {
    /// All of them.
    pub const ALL: [Compression; 4] =
        [Compression::Gzip, Compression::Bzip2, Compression::Xz, Compression::Zstd];

    /// Returns what the name of a compressed file ends in.
    pub fn ending(self) -> &'static str {
        match self {
            Compression::Gzip => ".gz",
            Compression::Bzip2 => ".bz2",
            Compression::Xz => ".xz",
            Compression::Zstd => ".zst",
        }
    }
}

/// Programs for each compression with their options and Debian packages: those that use every core first, and last
/// the one that is needed at least.
pub fn compressors(compression: Compression) -> &'static [(&'static str, &'static str, &'static str)] {
    match compression {
        Compression::Gzip => &[("pigz", "pigz -n", "pigz"), ("gzip", "gzip -n", "gzip")],
        Compression::Bzip2 => &[("lbzip2", "lbzip2", "lbzip2"), ("bzip2", "bzip2", "bzip2")],
        Compression::Xz => &[("xz", "xz -T0", "xz-utils")],
        Compression::Zstd => &[("zstd", "zstd -q -T0", "zstd")],
    }
}

/// Returns the best one this machine has, with its options.
pub fn compressor(compression: Compression) -> &'static str {
    let known = compressors(compression);
    let found = known.iter().find(|(program, _, _)| tools::is_there(program)).or(known.last());
    found.map_or("gzip", |(_, command, _)| command)
}
