//! Releases of a platform, and the names that point at one of them.

use std::io;

use async_trait::async_trait;

use crate::NotAWord;

/// A name of a platform that is to point at one of its releases.
///
/// Invariant: each part is the name of a file that is not hidden.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct ReleaseLink {
    platform: String,
    name: String,
    release: String,
}

impl ReleaseLink {
    /// Lets `name` of a platform point at `release`; what cannot name a file is refused.
    pub fn new(platform: &str, name: &str, release: &str) -> Result<ReleaseLink, NotAWord> {
        for part in [platform, name, release] {
            let fits = (1..=150).contains(&part.len())
                && part.chars().all(|c| c.is_ascii_alphanumeric() || "._-+~".contains(c))
                && !part.starts_with(['.', '-']);
            if !fits {
                return Err(NotAWord(format!(
                    "`{part}` cannot name a release, its platform or a link to it: those have letters, digits and . _ - + ~, \
                     and begin neither with `.` nor with `-`"
                )));
            }
        }
        Ok(ReleaseLink { platform: platform.into(), name: name.into(), release: release.into() })
    }

    /// Returns what it is a release of.
    pub fn platform(&self) -> &str {
        &self.platform
    }

    /// Returns the name that points.
    pub fn name(&self) -> &str {
        &self.name
    }

    /// Returns what it points at.
    pub fn release(&self) -> &str {
        &self.release
    }
}

/// Why the names point where they did before.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum ReleaseError {
    /// A person has to do something first; the sentence says what is wrong.
    #[error("{0}")]
    Refused(String),
    /// The disk, or our right to it, is broken.
    #[error("cannot {doing}")]
    Disk {
        /// What was being done, as `point latest at 4.5`.
        doing: String,
        /// What came of it.
        #[source]
        source: io::Error,
    },
}

/// The releases of a site, a folder each in that of their platform.
#[async_trait]
pub trait Releases: Send + Sync {
    /// Lets names point at releases, in the order given; beside each name stands the id of the release as a text.
    ///
    /// All of it is looked at before anything changes. A name points at the old release or at the new one, never at
    /// nothing, whatever ends this program; the same again mends what was left half done.
    async fn point(&self, links: &[ReleaseLink]) -> Result<(), ReleaseError>;
}

#[cfg(test)]
mod tests {
    use super::ReleaseLink;

    #[test]
    fn a_part_is_one_name_that_is_not_hidden() {
        assert!(ReleaseLink::new("Mer", "latest", "0.20130731.1+git~2").is_ok());
        for bad in ["", ".", "..", ".hidden", "-rf", "a/b", "a b", "a\n", "\0", "é", &"x".repeat(151)] {
            for parts in [[bad, "b", "c"], ["a", bad, "c"], ["a", "b", bad]] {
                assert!(ReleaseLink::new(parts[0], parts[1], parts[2]).is_err(), "{parts:?}");
            }
        }
    }
}
