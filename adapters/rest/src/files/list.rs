//! The list of files, and each of them.

use std::collections::BTreeMap;
use std::io::Read;
use std::sync::Arc;

use axum::Json as Answer;
use axum::extract::State;
use axum::http::HeaderMap;
use axum::response::Response;
use imaging::ImageJob;
use serde::Serialize;
use utoipa::ToSchema;

use super::kind::kind;
use super::{below, encoded, place, send};
use crate::asked::{Of, OfJob, image_id};
use crate::caller::Caller;
use crate::problem::Problem;
use crate::service::Rest;
use crate::view::time;

/// Checksums of so many bytes are read.
const LONGEST_SUMS: u64 = 1 << 20;

/// The files of a job.
#[derive(Debug, Serialize, ToSchema)]
pub struct Files {
    /// Sorted by path; 10000 at most.
    pub files: Vec<FileView>,
    /// How many there are, links included.
    pub count: u64,
    /// How many bytes they have together.
    pub bytes: u64,
    /// Whether they are on the machine that built the image: then only those it tells of are listed.
    pub elsewhere: bool,
}

/// A file.
#[derive(Debug, Serialize, ToSchema)]
pub struct FileView {
    /// Its path below the folder of the job.
    #[schema(example = "demo.raw")]
    pub path: String,
    /// Where it can be fetched.
    #[schema(example = "/api/v1/jobs/demo-20261128-193513/files/demo.raw")]
    pub url: String,
    /// Its size in bytes, when known.
    pub size: Option<u64>,
    /// Its type.
    #[serde(rename = "type")]
    pub kind: &'static str,
    /// When it was last written.
    #[schema(format = DateTime)]
    pub changed: Option<String>,
    /// Its checksum, when the build told it.
    pub sha256: Option<String>,
    /// Whether it is the image.
    pub is_image: bool,
}

/// Lists the files of a job: none before the build is over.
#[utoipa::path(get, path = "/jobs/{image_id}/files", tag = "files", params(
    ("image_id" = String, Path, description = "The id of the job"),
), responses((status = 200, body = Files)))]
pub(crate) async fn list(
    _: Caller,
    State(rest): State<Arc<Rest>>,
    OfJob(id): OfJob,
) -> Result<Answer<Files>, Problem> {
    let job = rest.desk.show(&id).await?;
    rest.files(&job).await.map(Answer)
}

impl Rest {
    /// Lists the files of a job.
    pub async fn files(&self, job: &ImageJob) -> Result<Files, Problem> {
        let id = &job.image_id;
        let contents = self.desk.files.contents(&job.asked.prefix, id).await;
        let contents = contents.map_err(|error| Problem::ours(&error))?;
        let image = below(&job.files_url, &job.image_url);
        let sums = sums(self, job).await;
        let view = |path: String, size: Option<u64>, changed: Option<i64>| FileView {
            url: format!("/api/v1/jobs/{id}/files/{}", encoded(&path)),
            size,
            kind: kind(&path),
            changed: changed.map(time),
            sha256: sums.get(&path).cloned(),
            is_image: image.as_deref() == Some(&path),
            path,
        };
        if contents.count == 0 && place::is_elsewhere(&job.files_url) {
            // a web server tells no list; what the build wrote of itself does
            let log = below(&job.files_url, &job.logfile_url).filter(|_| job.status.is_final());
            let mut paths: Vec<String> = sums.keys().cloned().chain(image.clone()).chain(log).collect();
            paths.sort_unstable();
            paths.dedup();
            let count = paths.len() as u64;
            let files = paths.into_iter().map(|path| view(path, None, None)).collect();
            return Ok(Files { files, count, bytes: 0, elsewhere: true });
        }
        let files =
            contents.files.into_iter().map(|file| view(file.path, Some(file.size), Some(file.changed_ms)));
        let (count, bytes) = (contents.count, contents.bytes);
        Ok(Files { files: files.collect(), count, bytes, elsewhere: false })
    }

    /// Answers with a file of a job, or the part of it that is asked for.
    pub async fn file(&self, job: &ImageJob, path: &str, headers: &HeaderMap) -> Result<Response, Problem> {
        let opened = place::find(self, job, path).await?;
        let sum = sums(self, job).await.remove(path);
        send(self, headers, opened, path, sum.as_deref()).await
    }
}

/// Fetches a file of a job, or part of it by `Range`.
#[utoipa::path(get, path = "/jobs/{image_id}/files/{*path}", tag = "files", params(
    ("image_id" = String, Path, description = "The id of the job"),
    ("path" = String, Path, description = "The path of the file, its folders joined by `/`"),
    ("Range" = Option<String>, Header, description = "The part that is wanted, as `bytes=0-99`"),
    ("If-Range" = Option<String>, Header, description = "The ETag of what is there already; else all is sent"),
    ("If-None-Match" = Option<String>, Header, description = "The ETag of an earlier answer"),
), responses(
    (status = 200, description = "The file", content_type = "*/*", body = Vec<u8>),
    (status = 206, description = "Part of it", content_type = "*/*", body = Vec<u8>),
    (status = 304, description = "It is as it was"),
))]
pub(crate) async fn download(
    _: Caller,
    State(rest): State<Arc<Rest>>,
    Of((id, path)): Of<(String, String)>,
    headers: HeaderMap,
) -> Result<Response, Problem> {
    let job = rest.desk.show(&image_id(&id)?).await?;
    rest.file(&job, &path, &headers).await
}

/// Reads what the build said of its files in `NAME.sha256`; what cannot be read says nothing.
async fn sums(rest: &Rest, job: &ImageJob) -> BTreeMap<String, String> {
    let path = format!("{}.sha256", job.asked.name);
    let opened = place::find(rest, job, &path).await;
    let bytes: Box<dyn Read + Send> = match opened {
        Ok(place::Opened::Here(file)) => Box::new(file),
        Ok(place::Opened::There(url)) => match rest.elsewhere.fetch(&url, None).await {
            Ok(fetched) => fetched.bytes,
            Err(_) => return BTreeMap::new(),
        },
        Err(_) => return BTreeMap::new(),
    };
    let read = move || {
        let mut text = String::new();
        let _ = bytes.take(LONGEST_SUMS).read_to_string(&mut text);
        text
    };
    let text = crate::order::apart(read).await.unwrap_or_default();
    let line = |line: &str| {
        let (sum, name) = line.split_once("  ").or_else(|| line.split_once(" *"))?;
        let is_sum = sum.len() == 64 && sum.bytes().all(|byte| byte.is_ascii_hexdigit());
        (is_sum && place::is_plain(name)).then(|| (name.to_owned(), sum.to_ascii_lowercase()))
    };
    text.lines().filter_map(line).collect()
}
