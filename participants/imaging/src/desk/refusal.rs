//! Why a person does not get what they asked for.

use crate::{Changed, ImageId, JobStatus, StoreError, Tag, Unchangeable};

/// Why not.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum Refusal {
    /// There is no such job, or no longer.
    #[error("there is no job {0}")]
    NoJob(ImageId),
    /// Somebody else may.
    #[error("you may not {0}")]
    NotAllowed(String),
    /// The job is not in a state for that.
    #[error("{image_id} {why}")]
    Unchangeable {
        /// The job.
        image_id: ImageId,
        /// Follows the id, as `is pinned: take the pin off first`.
        why: String,
    },
    /// The program, or a job, needs what was to go: which, and why.
    #[error("{0}")]
    Needed(String),
    /// What was asked for makes no sense; all there is to mend.
    #[error("{}", list(.0))]
    Mistakes(Vec<Mistake>),
    /// The store is broken, or away.
    #[error(transparent)]
    Broken(#[from] StoreError),
    /// The files cannot be looked at.
    #[error("cannot look at the files of the job")]
    Files(#[source] std::io::Error),
}

/// Something to mend.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Mistake {
    /// The field of [`NewJob`](crate::NewJob).
    pub field: &'static str,
    /// Follows its name, as `should be one of raw, fs`.
    pub why: String,
}

fn list(mistakes: &[Mistake]) -> String {
    let texts: Vec<_> = mistakes.iter().map(|mistake| format!("{} {}", mistake.field, mistake.why)).collect();
    texts.join("; ")
}

impl Refusal {
    pub(super) fn of(field: &'static str, why: impl Into<String>) -> Refusal {
        Refusal::Mistakes(vec![Mistake { field, why: why.into() }])
    }

    pub(super) fn not_allowed(what: impl Into<String>) -> Refusal {
        Refusal::NotAllowed(what.into())
    }

    pub(super) fn is(image_id: &ImageId, status: &JobStatus, advice: &str) -> Refusal {
        Refusal::Unchangeable { image_id: image_id.clone(), why: format!("is {status}: {advice}") }
    }

    pub(super) fn unless_done(changed: Changed, image_id: &ImageId) -> Result<(), Refusal> {
        match changed {
            Changed::Done => Ok(()),
            Changed::NoJob => Err(Refusal::NoJob(image_id.clone())),
            Changed::Refused(why) => Err(Refusal::Unchangeable {
                image_id: image_id.clone(),
                why: match &why {
                    Unchangeable::Is(status) if status.is_final() => why.into_sentence("it is over"),
                    _ => why.into_sentence("stop it first"),
                },
            }),
        }
    }
}

impl Unchangeable {
    /// Returns a text that can follow the id of a job.
    pub(super) fn into_sentence(self, advice: &str) -> String {
        match self {
            Unchangeable::Pinned => "is pinned: take the pin off first".into(),
            Unchangeable::Is(status) => format!("is {status}: {advice}"),
            Unchangeable::TooManyTags => {
                format!("would have more than {} tags: take some off first", Tag::MOST)
            }
        }
    }
}
