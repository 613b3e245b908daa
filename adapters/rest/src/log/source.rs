//! Where the log of a job is, and reading on in it.

use std::fs::File;
use std::io::Read;
use std::os::unix::fs::FileExt;
use std::sync::Arc;

use imaging::{ElsewhereError, ImageJob, Span};
use percent_encoding::percent_decode_str;

use crate::files::{Opened, is_elsewhere};
use crate::order::apart;
use crate::problem::Problem;
use crate::service::Rest;

/// So much is read at a time.
const PIECE: usize = 64 << 10;

/// Finds the log, or another file beside it: in the folder of the job, in the one the image is being made in, or on the
/// machine that builds it.
pub(super) async fn find(
    rest: &Rest,
    job: &ImageJob,
    beside: Option<&str>,
) -> Result<Option<Opened>, Problem> {
    let (files, id, prefix) = (&rest.desk.files, &job.image_id, &job.asked.prefix);
    let path = percent_decode_str(&job.logfile_url).decode_utf8().unwrap_or_default();
    let mut parts = path.rsplit('/');
    let (file, folder) = (parts.next().unwrap_or_default(), parts.next().unwrap_or_default());
    if file.is_empty() {
        return Ok(None);
    }
    let file = beside.unwrap_or(file);
    // between the end of a build and the news of it, the folder has its final name already
    for folder in [folder, id.as_str()] {
        match files.open_log(prefix, id, folder, file).await {
            Ok(file) => return Ok(Some(Opened::Here(file))),
            Err(error) if crate::files::is_no(error.kind()) => {}
            Err(error) => return Err(Problem::ours(&error)),
        }
    }
    let url = match (beside, job.logfile_url.rsplit_once('/')) {
        (Some(beside), Some((above, _))) => format!("{above}/{beside}"),
        _ => job.logfile_url.clone(),
    };
    Ok(is_elsewhere(&job.logfile_url).then_some(Opened::There(url)))
}

/// A log that is read on and on.
#[derive(Clone, Debug)]
pub enum Growing {
    /// On this machine.
    Here(Arc<File>),
    /// On the machine that builds, at this address.
    There(String),
}

impl From<Opened> for Growing {
    fn from(opened: Opened) -> Growing {
        match opened {
            Opened::Here(file) => Growing::Here(Arc::new(file)),
            Opened::There(url) => Growing::There(url),
        }
    }
}

impl Growing {
    /// Returns how long it is now; none when the machine that builds does not say.
    pub async fn size(&self, rest: &Rest) -> Result<Option<u64>, Problem> {
        match self {
            Growing::Here(file) => {
                file.metadata().map(|about| Some(about.len())).map_err(|error| Problem::ours(&error))
            }
            Growing::There(url) => match rest.elsewhere.fetch(url, Some(Span { from: 0, to: Some(0) })).await
            {
                Ok(fetched) => Ok(fetched.size),
                Err(ElsewhereError::NoSuchPart(_) | ElsewhereError::Missing(_)) => Ok(Some(0)),
                Err(error) => Err(crate::files::problem(error)),
            },
        }
    }

    /// Reads what follows; nothing when nothing is there yet.
    pub async fn read(&self, rest: &Rest, from: u64) -> Result<Vec<u8>, Problem> {
        match self {
            Growing::Here(file) => {
                let file = file.clone();
                let read = apart(move || {
                    let mut piece = vec![0; PIECE];
                    let read = file.read_at(&mut piece, from)?;
                    piece.truncate(read);
                    Ok(piece)
                });
                read.await?.map_err(|error: std::io::Error| Problem::ours(&error))
            }
            Growing::There(url) => {
                let span = Span { from, to: Some(from + PIECE as u64 - 1) };
                let fetched = match rest.elsewhere.fetch(url, Some(span)).await {
                    Ok(fetched) => fetched,
                    Err(ElsewhereError::NoSuchPart(_) | ElsewhereError::Missing(_)) => return Ok(Vec::new()),
                    Err(error) => return Err(crate::files::problem(error)),
                };
                // who knows no parts sends all from the beginning
                let skip = if fetched.span.is_some() { 0 } else { from };
                let read = apart(move || {
                    let mut bytes = fetched.bytes;
                    std::io::copy(&mut bytes.by_ref().take(skip), &mut std::io::sink())?;
                    let mut piece = Vec::new();
                    bytes.take(PIECE as u64).read_to_end(&mut piece)?;
                    Ok(piece)
                });
                read.await?.map_err(|error: std::io::Error| {
                    Problem::away(format!("the machine that builds it broke off: {error}"))
                })
            }
        }
    }
}
