//! Files of jobs that were built on another machine.

use std::io::Read;

use async_trait::async_trait;

/// Part of a file: from this byte on, up to that one, which belongs to it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Span {
    /// The first byte.
    pub from: u64,
    /// The last byte; `None` for the end of the file.
    pub to: Option<u64>,
}

/// What came from another machine.
pub struct Fetched {
    /// How many bytes the whole file has, when it was said.
    pub size: Option<u64>,
    /// Which part this is: the whole file when the other machine knows no parts.
    pub span: Option<Span>,
    /// The bytes; reading blocks.
    pub bytes: Box<dyn Read + Send>,
}

/// Why it did not.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum ElsewhereError {
    /// Nothing is fetched from there: it is no address of a worker that the site names.
    #[error("{0} is not below an address that [worker] base_url or [web] files_from names")]
    Closed(String),
    /// There is no such file.
    #[error("there is no {0}")]
    Missing(String),
    /// The file ends before that part.
    #[error("{0} has no such part")]
    NoSuchPart(String),
    /// The other machine is away, or says no.
    #[error("cannot fetch {url}")]
    Away {
        /// What was to be fetched.
        url: String,
        /// What came of it.
        #[source]
        source: Box<dyn std::error::Error + Send + Sync>,
    },
}

/// Fetches files from the machines of a site, and from nowhere else, whatever address a job has.
#[async_trait]
pub trait Elsewhere: Send + Sync {
    /// Opens part of a file by its address.
    async fn fetch(&self, url: &str, span: Option<Span>) -> Result<Fetched, ElsewhereError>;
}

/// For sites that have one machine.
#[derive(Clone, Copy, Debug, Default)]
pub struct Nowhere;

#[async_trait]
impl Elsewhere for Nowhere {
    async fn fetch(&self, url: &str, _: Option<Span>) -> Result<Fetched, ElsewhereError> {
        Err(ElsewhereError::Closed(url.to_owned()))
    }
}

impl std::fmt::Debug for Fetched {
    fn fmt(&self, out: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        out.debug_struct("Fetched")
            .field("size", &self.size)
            .field("span", &self.span)
            .finish_non_exhaustive()
    }
}
