//! Fetching the files of a job: what is interrupted goes on where it was, and a file has its name only when it is whole.

mod folder;
mod part;

use std::path::PathBuf;

use imaging::ImageId;
use reqwest::header::{CONTENT_RANGE, ETAG, IF_RANGE, RANGE};
use reqwest::{Method, Response, StatusCode};
use serde::Deserialize;

pub use self::folder::Folder;
use self::folder::{Place, local};
use self::part::{Part, sum};
use crate::ask::Again;
use crate::{ClientError, Server};

/// So often in a row a connection may break without a byte in between.
const TRIES: u32 = 6;

/// A file of a job, as the server tells of it.
#[derive(Clone, Debug, Deserialize)]
pub struct RemoteFile {
    /// Its path below the folder of the job.
    pub path: String,
    /// Its size, when known.
    pub size: Option<u64>,
    /// Its checksum, when the build told it.
    pub sha256: Option<String>,
    /// Whether it is the image.
    pub is_image: bool,
}

#[derive(Deserialize)]
struct Files {
    files: Vec<RemoteFile>,
}

/// What came of fetching a file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Fetched {
    /// Where it is.
    pub path: PathBuf,
    /// How many bytes it has.
    pub size: u64,
    /// Its checksum.
    pub sha256: String,
    /// Whether that is the one the build told; false when it told none.
    pub verified: bool,
    /// How many bytes were there from an earlier time: all, when nothing was left to fetch.
    pub kept: u64,
}

/// Hears how many bytes of how many are there.
pub(crate) type Progress<'a> = &'a (dyn Fn(u64, Option<u64>) + Send + Sync);

/// How an answer goes on.
enum Next {
    /// It is whole.
    Whole,
    /// It broke, for this reason.
    Broken(ClientError),
}

impl Server {
    /// Lists the files of a job.
    pub async fn files(&self, id: &ImageId) -> Result<Vec<RemoteFile>, ClientError> {
        let parts = ["jobs", id.as_str(), "files"];
        let files: Files =
            self.ask_json(Again::Harmless, || self.request(Method::GET, &parts).build()).await?;
        Ok(files.files)
    }

    /// Fetches a file into a folder; one that is there and different is replaced only when told.
    pub async fn download(
        &self,
        id: &ImageId,
        file: &RemoteFile,
        folder: &Folder,
        replace: bool,
        progress: Progress<'_>,
    ) -> Result<Fetched, ClientError> {
        let place = folder.place(&file.path)?;
        if let Some(fetched) = is_there(&place, file, replace)? {
            return Ok(fetched);
        }
        let mut part = Part::open(&place, file.sha256.as_deref())?;
        let mut kept = part.have;
        loop {
            self.fetch(id, file, &mut part, progress).await?;
            let found = part.sha256();
            let verified = match &file.sha256 {
                Some(wanted) if *wanted == found => true,
                None => false,
                // what was there from an earlier time may be of another attempt
                Some(_) if kept > 0 => {
                    kept = 0;
                    part.begin()?;
                    continue;
                }
                Some(wanted) => {
                    let wanted = wanted.clone();
                    part.remove();
                    return Err(ClientError::Damaged { file: file.path.clone(), wanted, found });
                }
            };
            let size = part.have;
            part.finish(&place, replace)?;
            return Ok(Fetched { path: place.path, size, sha256: found, verified, kept });
        }
    }

    /// Fetches what is missing of a part, over as many connections as it takes.
    async fn fetch(
        &self,
        id: &ImageId,
        file: &RemoteFile,
        part: &mut Part,
        progress: Progress<'_>,
    ) -> Result<(), ClientError> {
        let (mut tries, mut was_there) = (0, false);
        loop {
            let before = part.have;
            let error = match self.fetch_once(id, file, part, &mut was_there, progress).await {
                Ok(Next::Whole) => return Ok(()),
                Ok(Next::Broken(error)) => error,
                Err(error) if was_there && error.may_pass() => error,
                Err(error) => return Err(error),
            };
            tries = if part.have > before { 1 } else { tries + 1 };
            if tries > TRIES {
                let of = file.size.map(|size| format!(" of {size}")).unwrap_or_default();
                let has = format!(
                    "{} was fetched ({} bytes{of} are there; the same command goes on)",
                    file.path, part.have
                );
                return Err(self.broke_off(&has, &error.to_string()));
            }
            tokio::time::sleep(self.manners.pause(tries)).await;
        }
    }

    async fn fetch_once(
        &self,
        id: &ImageId,
        file: &RemoteFile,
        part: &mut Part,
        was_there: &mut bool,
        progress: Progress<'_>,
    ) -> Result<Next, ClientError> {
        // without a version or a checksum, nobody could tell whether the pieces belong together
        if part.have > 0 && part.whole.etag.is_none() && file.sha256.is_none() {
            part.begin()?;
        }
        if file.sha256.is_some() && part.have > 0 && file.size == Some(part.have) {
            return Ok(Next::Whole); // whether it is, its checksum will tell
        }
        let mut answer = match self.ask_for(id, file, part).await {
            Ok(answer) => answer,
            // longer than the file is now: it is of another
            Err(ClientError::NoSuchPart(_)) if part.have > 0 => {
                part.begin()?;
                self.ask_for(id, file, part).await?
            }
            Err(error) => return Err(error),
        };
        *was_there = true;
        if answer.status() != StatusCode::PARTIAL_CONTENT || begins(&answer) != Some(part.have) {
            if answer.status() == StatusCode::PARTIAL_CONTENT {
                return Err(self.not_ours(&answer));
            }
            part.begin()?;
        }
        let total = answer.content_length().map(|rest| part.have + rest).or(file.size);
        part.note(answer.headers().get(ETAG).and_then(|tag| tag.to_str().ok()).map(str::to_owned))?;
        progress(part.have, total);
        loop {
            match self.piece(&mut answer).await {
                Ok(Some(piece)) => part.add(&piece)?,
                Ok(None) => return Ok(Next::Whole),
                Err(error) => return Ok(Next::Broken(error)),
            }
            progress(part.have, total);
        }
    }

    /// Asks for what is missing.
    async fn ask_for(&self, id: &ImageId, file: &RemoteFile, part: &Part) -> Result<Response, ClientError> {
        let mut parts = vec!["jobs", id.as_str(), "files"];
        parts.extend(file.path.split('/'));
        let make = || {
            let mut request = self.request(Method::GET, &parts);
            if part.have > 0 {
                request = request.header(RANGE, format!("bytes={}-", part.have));
                if let Some(etag) = &part.whole.etag {
                    request = request.header(IF_RANGE, etag);
                }
            }
            request.build()
        };
        self.ask(Again::Harmless, make).await
    }
}

/// Returns the place in the file at which an answer begins.
fn begins(answer: &Response) -> Option<u64> {
    let range = answer.headers().get(CONTENT_RANGE)?.to_str().ok()?;
    range.trim().strip_prefix("bytes ")?.split_once('-')?.0.trim().parse().ok()
}

/// Tells whether the file is there already; one that is there and different is in the way.
fn is_there(place: &Place, file: &RemoteFile, replace: bool) -> Result<Option<Fetched>, ClientError> {
    let failed = |error| local(format!("look at {}", place.path.display()), error);
    let Some(stat) = place.stat().map_err(failed)? else { return Ok(None) };
    if let (Some(wanted), Ok(there)) = (&file.sha256, place.open(false)) {
        let found = sum(there).map_err(failed)?;
        if found == *wanted {
            let size = stat.st_size.cast_unsigned();
            return Ok(Some(Fetched {
                path: place.path.clone(),
                size,
                sha256: found,
                verified: true,
                kept: size,
            }));
        }
    }
    if replace {
        return Ok(None);
    }
    let why = "something else has that name; move it away, choose another folder by --output, or say --force";
    Err(local(format!("write {}", place.path.display()), std::io::Error::other(why)))
}
