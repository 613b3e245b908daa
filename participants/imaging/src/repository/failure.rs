//! What goes wrong with a repository, with the numbers OpenGnsys has for it.

use std::fmt;
use std::io;

/// An error as OpenGnsys numbers it, so that its scripts and people know what is meant.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum OpenGnsysError {
    /// What was asked for cannot be meant: a name, a volume that is missing.
    Format,
    /// There is no such file.
    NotFound,
    /// Somebody else works on it.
    Locked,
    /// It is no image, or a broken one.
    Image,
    /// It cannot be written.
    NotWrite,
    /// There is no room for it.
    CacheSize,
    /// There is no such repository, or it is no repository.
    Repository,
    /// Anything else.
    Generic,
}

impl OpenGnsysError {
    /// The number.
    pub fn number(self) -> u8 {
        match self {
            OpenGnsysError::Format => 1,
            OpenGnsysError::NotFound => 2,
            OpenGnsysError::Locked => 4,
            OpenGnsysError::Image => 5,
            OpenGnsysError::NotWrite => 14,
            OpenGnsysError::CacheSize => 16,
            OpenGnsysError::Repository => 23,
            OpenGnsysError::Generic => 40,
        }
    }

    /// The name in OpenGnsys's own list.
    pub fn name(self) -> &'static str {
        match self {
            OpenGnsysError::Format => "FORMAT",
            OpenGnsysError::NotFound => "NOTFOUND",
            OpenGnsysError::Locked => "LOCKED",
            OpenGnsysError::Image => "IMAGE",
            OpenGnsysError::NotWrite => "NOTWRITE",
            OpenGnsysError::CacheSize => "CACHESIZE",
            OpenGnsysError::Repository => "REPO",
            OpenGnsysError::Generic => "GENERIC",
        }
    }
}

/// Writes it as `4 LOCKED`.
impl fmt::Display for OpenGnsysError {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(out, "{} {}", self.number(), self.name())
    }
}

/// Why a repository did not do what it was asked for. It is as it was before.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum RepositoryError {
    /// A person has to do something first; the sentence says what.
    #[error("{reason}")]
    Refused {
        /// OpenGnsys's number for it.
        number: OpenGnsysError,
        /// What is wrong, and what to do.
        reason: String,
    },
    /// The disk, or our right to it, is broken.
    #[error("cannot {doing}")]
    Disk {
        /// What was being done, as `write the sums of win10.img`.
        doing: String,
        /// What came of it.
        #[source]
        source: io::Error,
    },
    /// It was asked to stop and did.
    #[error("stopped before it was done")]
    Stopped,
}

impl RepositoryError {
    /// Refuses for a reason that has a number.
    pub fn refused(number: OpenGnsysError, reason: impl Into<String>) -> RepositoryError {
        RepositoryError::Refused { number, reason: reason.into() }
    }

    /// Makes the error for a disk that failed while `doing`.
    pub fn disk(doing: impl Into<String>, source: io::Error) -> RepositoryError {
        RepositoryError::Disk { doing: doing.into(), source }
    }

    /// OpenGnsys's number for it.
    pub fn opengnsys(&self) -> OpenGnsysError {
        match self {
            RepositoryError::Refused { number, .. } => *number,
            RepositoryError::Disk { source, .. } => match source.kind() {
                io::ErrorKind::NotFound => OpenGnsysError::NotFound,
                io::ErrorKind::StorageFull | io::ErrorKind::QuotaExceeded | io::ErrorKind::FileTooLarge => {
                    OpenGnsysError::CacheSize
                }
                io::ErrorKind::PermissionDenied | io::ErrorKind::ReadOnlyFilesystem => {
                    OpenGnsysError::NotWrite
                }
                _ => OpenGnsysError::Generic,
            },
            RepositoryError::Stopped => OpenGnsysError::Generic,
        }
    }

    /// The whole of it as one line, its cause included.
    pub fn sentence(&self) -> String {
        let cause = std::error::Error::source(self).map_or(String::new(), |cause| format!(": {cause}"));
        format!("{self}{cause}")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_full_disk_has_the_number_of_a_cache_without_room() {
        for (kind, number) in [
            (io::ErrorKind::StorageFull, 16),
            (io::ErrorKind::ReadOnlyFilesystem, 14),
            (io::ErrorKind::NotFound, 2),
            (io::ErrorKind::InvalidData, 40),
        ] {
            assert_eq!(RepositoryError::disk("x", kind.into()).opengnsys().number(), number, "{kind}");
        }
        assert_eq!(OpenGnsysError::Locked.to_string(), "4 LOCKED");
    }
}
