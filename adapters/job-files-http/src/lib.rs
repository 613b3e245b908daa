//! Fetches files of jobs from the machines that built them.
//!
//! The address of a job comes from whoever may speak to the queues, so it is compared with what the site names: the same
//! scheme, host and port, and a path below. Redirections are not followed, a proxy of the environment is not asked, and
//! nothing that could name another host is read out of an address in two ways.

mod address;
mod http;

use async_trait::async_trait;
use imaging::{Elsewhere, ElsewhereError, Fetched, Span};

use crate::address::Base;
use crate::http::Http;

/// The workers of a site, by the addresses of their files.
#[derive(Debug)]
pub struct JobFilesHttp {
    bases: Vec<Base>,
    http: Http,
}

impl JobFilesHttp {
    /// Fetches below these addresses, as `http://worker2.example/images`, and from nowhere else.
    pub fn new(bases: &[String]) -> std::io::Result<JobFilesHttp> {
        let read = |text: &String| {
            Base::read(text).ok_or_else(|| {
                std::io::Error::other(format!("`{text}` is no address that files can be fetched from"))
            })
        };
        Ok(JobFilesHttp { bases: bases.iter().map(read).collect::<Result<_, _>>()?, http: Http::new() })
    }
}

#[async_trait]
impl Elsewhere for JobFilesHttp {
    async fn fetch(&self, url: &str, span: Option<Span>) -> Result<Fetched, ElsewhereError> {
        if !self.bases.iter().any(|base| base.has(url)) {
            return Err(ElsewhereError::Closed(url.to_owned()));
        }
        self.http.fetch(url.to_owned(), span).await
    }
}
