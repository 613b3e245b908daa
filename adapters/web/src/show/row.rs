//! A job in a list.

use askama::Template;
use imaging::{JobLine, Person, Tag, now_ms};
use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, utf8_percent_encode};

use super::{Badge, Moment, lasted};
use crate::ansi::plain;

/// So much of an error is in a list, in letters; two lines of it are seen.
const ERROR: usize = 400;

/// Signs that can stand in the path of an address as they are.
const IN_A_PATH: &AsciiSet =
    &NON_ALPHANUMERIC.remove(b'/').remove(b'-').remove(b'_').remove(b'.').remove(b'~');

/// Returns a text as part of an address.
pub(crate) fn link(text: &str) -> String {
    utf8_percent_encode(text, IN_A_PATH).to_string()
}

/// What is being done for a job.
#[derive(Clone, Debug)]
pub(crate) struct Now {
    pub(crate) step: String,
    /// How much of the step is done, and of how much; none where that is not known.
    pub(crate) done_of: Option<(u64, u64)>,
}

/// What a list shows of a job.
#[derive(Clone, Debug)]
pub(crate) struct Row {
    pub(crate) id: String,
    pub(crate) name: String,
    pub(crate) badge: Badge,
    pub(crate) image_type: String,
    pub(crate) arch: String,
    pub(crate) user: String,
    pub(crate) queue: String,
    pub(crate) created: Moment,
    /// How long the build took, or takes so far.
    pub(crate) took: String,
    /// The same in milliseconds.
    pub(crate) took_ms: i64,
    pub(crate) error: String,
    /// How far its build is, where somebody says so.
    pub(crate) now: Option<Now>,
    /// The path of the image, for its address; empty when there is none.
    pub(crate) image: String,
    pub(crate) tags: Vec<String>,
    pub(crate) is_pinned: bool,
    pub(crate) is_over: bool,
    pub(crate) may_change: bool,
    /// Whether it can go: it is over, and not pinned.
    pub(crate) can_go: bool,
}

impl Row {
    pub(crate) fn of(job: JobLine, person: &Person) -> Row {
        let now = now_ms();
        let is_pinned = job.tags.iter().any(Tag::is_pinned);
        let took_ms = job.done_ms.unwrap_or(now).saturating_sub(job.created_ms);
        let image = rest::below(&job.files_url, &job.image_url).filter(|_| job.status.has_image());
        Row {
            badge: Badge::of(&job.status, job.test_result),
            created: Moment::of(job.created_ms, now),
            took: lasted(took_ms),
            took_ms,
            image: image.map(|path| link(&path)).unwrap_or_default(),
            tags: job.tags.iter().filter(|tag| !tag.is_pinned()).map(ToString::to_string).collect(),
            is_over: job.status.is_final(),
            may_change: person.may_change_jobs_of(&job.user),
            can_go: !job.status.is_underway() && !is_pinned,
            is_pinned,
            id: job.image_id.to_string(),
            name: job.name,
            image_type: job.image_type,
            arch: job.arch,
            user: job.user,
            queue: job.queue,
            error: plain(&job.error, ERROR),
            now: None,
        }
    }
}

/// One row by itself, to be put into a list.
#[derive(Template)]
#[template(path = "row.html")]
pub(crate) struct RowPart<'a> {
    pub(crate) row: &'a Row,
}
