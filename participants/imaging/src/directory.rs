//! Somebody else who knows the people of a site, and vouches for their passwords.

use std::collections::BTreeSet;
use std::error::Error;

use async_trait::async_trait;

/// Whom a directory knows.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Known {
    /// The name of their account, as the directory writes it.
    pub name: String,
    /// What they are called; may be empty.
    pub full_name: String,
    /// Where mail reaches them; may be empty.
    pub email: String,
    /// The groups of the site that the directory has them in.
    pub groups: BTreeSet<String>,
}

/// What looking for somebody came to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Sought {
    /// They are there.
    Here(Known),
    /// They are not, or no longer.
    Gone,
    /// The directory tells only whoever shows the password.
    Untold,
}

/// Why a directory did not answer; nobody is let in by it, and nobody is shut out.
#[derive(Debug, thiserror::Error)]
#[error("{at} {why}")]
pub struct DirectoryError {
    /// Which directory.
    pub at: String,
    /// What is the matter with it, as a clause that follows.
    pub why: String,
    /// What came of asking it.
    #[source]
    pub source: Option<Box<dyn Error + Send + Sync>>,
}

/// A directory of people, with their passwords.
#[async_trait]
pub trait Directory: Send + Sync {
    /// Returns what to call it, without a secret.
    fn name(&self) -> &str;
    /// Returns the groups of the site that it decides on; in all others people stay as they are.
    fn governs(&self) -> &BTreeSet<String>;
    /// Tells whether it says who is there to whoever does not show that person's password.
    fn tells(&self) -> bool;
    /// Tells whether it would answer now; nobody is asked about.
    async fn look(&self) -> Result<(), DirectoryError>;
    /// Returns whose name and password these are; `None` when they are nobody's. An empty password is nobody's.
    ///
    /// The name of whom it knows is the one that was asked for, but for the case of its letters.
    async fn vouch(&self, name: &str, password: &str) -> Result<Option<Known>, DirectoryError>;
    /// Looks for somebody of this name.
    async fn seek(&self, name: &str) -> Result<Sought, DirectoryError>;
}
