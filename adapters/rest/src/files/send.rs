//! Sending a file, or part of it; it is never in memory as a whole.

use std::fs::File;
use std::io::{Read, Seek, SeekFrom};
use std::os::unix::fs::MetadataExt;

use axum::body::{Body, Bytes};
use axum::http::header::{
    ACCEPT_RANGES, CONTENT_DISPOSITION, CONTENT_LENGTH, CONTENT_RANGE, CONTENT_TYPE, ETAG, LAST_MODIFIED,
};
use axum::http::{HeaderMap, HeaderName, HeaderValue, StatusCode};
use axum::response::{IntoResponse, Response};
use futures_util::stream;
use imaging::{ElsewhereError, Fetched, Span};
use tokio::sync::mpsc;

use super::kind::kind;
use super::place::{Opened, encoded};
use super::range::{Wanted, wanted};
use crate::jobs::answers_to;
use crate::problem::Problem;
use crate::service::Rest;

/// So much is read at a time.
const PIECE: usize = 128 << 10;

/// Answers with a file, or the part of it that `Range` names.
pub(crate) async fn send(
    rest: &Rest,
    headers: &HeaderMap,
    opened: Opened,
    path: &str,
    sha256: Option<&str>,
) -> Result<Response, Problem> {
    match opened {
        Opened::Here(file) => here(headers, file, path, sha256)
            .map_err(|error| error.unwrap_or_else(|error| Problem::ours(&error))),
        Opened::There(url) => there(rest, headers, &url, path).await,
    }
}

/// Either a problem of the request, or of the disk.
type Wrong = Result<Problem, std::io::Error>;

/// Answers with a text that is no file here, but is one elsewhere, or the part of it that `Range` names.
pub(crate) fn send_text(headers: &HeaderMap, text: String, path: &str) -> Result<Response, Problem> {
    let etag = crate::jobs::tag_of(&text)?;
    let size = text.len() as u64;
    let sent = part_of(headers, std::io::Cursor::new(text), size, &etag, described(path), None);
    sent.map_err(|error| error.unwrap_or_else(|error| Problem::ours(&error)))
}

fn here(headers: &HeaderMap, file: File, path: &str, sha256: Option<&str>) -> Result<Response, Wrong> {
    let about = file.metadata().map_err(Err)?;
    let size = about.len();
    let etag = format!("\"{size:x}-{:x}-{:x}\"", about.mtime(), about.mtime_nsec());
    let mut answer = described(path);
    if let Ok(time) = jiff::Timestamp::from_second(about.mtime())
        && let Ok(text) = jiff::fmt::rfc2822::DateTimePrinter::new().timestamp_to_rfc9110_string(&time)
    {
        put(&mut answer, LAST_MODIFIED, &text);
    }
    part_of(headers, file, size, &etag, answer, sha256)
}

fn part_of(
    headers: &HeaderMap,
    mut bytes: impl Read + Seek + Send + 'static,
    size: u64,
    etag: &str,
    mut answer: HeaderMap,
    sha256: Option<&str>,
) -> Result<Response, Wrong> {
    put(&mut answer, ETAG, etag);
    if answers_to(headers, etag) {
        return Ok((StatusCode::NOT_MODIFIED, answer).into_response());
    }
    let part = wanted(headers, Some(etag)).of(size).map_err(|()| Ok(Problem::no_such_range(size)))?;
    let (status, from, length) = match part {
        None => {
            if let Some(digest) = sha256.and_then(digest) {
                put(&mut answer, HeaderName::from_static("repr-digest"), &digest);
            }
            (StatusCode::OK, 0, size)
        }
        Some((from, to)) => {
            put(&mut answer, CONTENT_RANGE, &format!("bytes {from}-{to}/{size}"));
            (StatusCode::PARTIAL_CONTENT, from, to - from + 1)
        }
    };
    put(&mut answer, CONTENT_LENGTH, &length.to_string());
    bytes.seek(SeekFrom::Start(from)).map_err(Err)?;
    Ok((status, answer, stream_of(Box::new(bytes.take(length)))).into_response())
}

async fn there(rest: &Rest, headers: &HeaderMap, url: &str, path: &str) -> Result<Response, Problem> {
    let mut span = wanted(headers, None).span();
    if let Wanted::Last(last) = wanted(headers, None) {
        let first = rest.elsewhere.fetch(url, Some(Span { from: 0, to: Some(0) })).await.map_err(problem)?;
        span = first.size.map(|size| Span { from: size.saturating_sub(last), to: None });
    }
    let Fetched { size, span, bytes } = rest.elsewhere.fetch(url, span).await.map_err(problem)?;
    let mut answer = described(path);
    let status = match span {
        Some(Span { from, to: Some(to) }) => {
            let size = size.map_or_else(|| "*".to_owned(), |size| size.to_string());
            put(&mut answer, CONTENT_RANGE, &format!("bytes {from}-{to}/{size}"));
            put(&mut answer, CONTENT_LENGTH, &(to.saturating_sub(from) + 1).to_string());
            StatusCode::PARTIAL_CONTENT
        }
        _ => {
            if let Some(size) = size {
                put(&mut answer, CONTENT_LENGTH, &size.to_string());
            }
            StatusCode::OK
        }
    };
    Ok((status, answer, stream_of(bytes)).into_response())
}

/// Tells what came of asking another machine.
pub(crate) fn problem(error: ElsewhereError) -> Problem {
    match error {
        ElsewhereError::Missing(_) | ElsewhereError::Closed(_) => {
            Problem::missing(format!("the machine that built it does not give it: {error}"))
        }
        ElsewhereError::NoSuchPart(_) => Problem::no_such_range(0),
        error => {
            tracing::warn!("{}", crate::problem::chain(&error));
            Problem::away("the machine that built it cannot be reached: its log says why")
        }
    }
}

/// Returns what is said of every file. Browsers save it and never show it as a page of this site.
fn described(path: &str) -> HeaderMap {
    let name = path.rsplit('/').next().unwrap_or(path);
    let mut answer = HeaderMap::new();
    put(&mut answer, CONTENT_TYPE, kind(path));
    put(&mut answer, CONTENT_DISPOSITION, &format!("attachment; filename*=UTF-8''{}", encoded(name)));
    put(&mut answer, ACCEPT_RANGES, "bytes");
    answer
}

fn put(headers: &mut HeaderMap, name: HeaderName, text: &str) {
    if let Ok(value) = HeaderValue::from_str(text) {
        headers.insert(name, value);
    }
}

/// Returns `sha-256=:BASE64:` for a checksum in hexadecimal digits.
fn digest(hex: &str) -> Option<String> {
    use base64::Engine;
    let bytes: Option<Vec<u8>> =
        (0..hex.len()).step_by(2).map(|at| u8::from_str_radix(hex.get(at..at + 2)?, 16).ok()).collect();
    let bytes = bytes.filter(|bytes| bytes.len() == 32)?;
    Some(format!("sha-256=:{}:", base64::prelude::BASE64_STANDARD.encode(bytes)))
}

/// Reads piece by piece on a thread that may wait, as fast as the client takes it; a client that is gone ends it.
fn stream_of(mut bytes: Box<dyn Read + Send>) -> Body {
    let (give, take) = mpsc::channel::<std::io::Result<Bytes>>(2);
    tokio::task::spawn_blocking(move || {
        let mut piece = vec![0; PIECE];
        loop {
            let read = match bytes.read(&mut piece) {
                Ok(0) => return,
                Ok(read) => Ok(Bytes::copy_from_slice(&piece[..read])),
                Err(error) if error.kind() == std::io::ErrorKind::Interrupted => continue,
                Err(error) => Err(error),
            };
            let is_over = read.is_err();
            if give.blocking_send(read).is_err() || is_over {
                return;
            }
        }
    });
    Body::from_stream(stream::unfold(take, |mut take| async move { Some((take.recv().await?, take)) }))
}
