//! Where a file of a job is.

use std::fs::File;
use std::io::ErrorKind;

use imaging::ImageJob;
use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, utf8_percent_encode};

use crate::problem::Problem;
use crate::service::Rest;

/// Signs that can stand in the path of an address as they are.
const NOT_IN_A_PATH: &AsciiSet =
    &NON_ALPHANUMERIC.remove(b'/').remove(b'-').remove(b'_').remove(b'.').remove(b'~');

/// A file that can be read.
pub(crate) enum Opened {
    /// On this machine.
    Here(File),
    /// On the machine that built the image, at this address.
    There(String),
}

/// Returns a path as part of an address.
pub(crate) fn encoded(path: &str) -> String {
    utf8_percent_encode(path, NOT_IN_A_PATH).to_string()
}

/// Tells whether a path leads down, part for part.
pub(crate) fn is_plain(path: &str) -> bool {
    !path.contains('\0') && path.split('/').all(|part| !matches!(part, "" | "." | ".."))
}

/// Tells whether an address is of another machine.
pub(crate) fn is_elsewhere(url: &str) -> bool {
    url.starts_with("http://") || url.starts_with("https://")
}

/// Finds a file: on this machine first, else where the job says that its files are.
pub(super) async fn find(rest: &Rest, job: &ImageJob, path: &str) -> Result<Opened, Problem> {
    let missing = || Problem::missing(format!("{} has no file {path:?}", job.image_id));
    if !is_plain(path) {
        return Err(missing());
    }
    match rest.desk.files.open(&job.asked.prefix, &job.image_id, path).await {
        Ok(file) => Ok(Opened::Here(file)),
        Err(_) if is_elsewhere(&job.files_url) => {
            Ok(Opened::There(format!("{}/{}", job.files_url.trim_end_matches('/'), encoded(path))))
        }
        Err(error) if is_no(error.kind()) => Err(missing()),
        Err(error) => Err(Problem::ours(&error)),
    }
}

/// Tells whether an error means that nobody gets the file: it is not there, is a link, or is the image's own.
pub(crate) fn is_no(kind: ErrorKind) -> bool {
    matches!(
        kind,
        ErrorKind::NotFound
            | ErrorKind::NotADirectory
            | ErrorKind::IsADirectory
            | ErrorKind::PermissionDenied
            | ErrorKind::InvalidInput
            | ErrorKind::InvalidFilename
            | ErrorKind::CrossesDevices
    )
}
