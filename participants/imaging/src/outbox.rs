//! What has to be done outside because a job was recorded or changed.

use async_trait::async_trait;

use crate::{ImageId, StoreError};

/// What is to be done.
#[derive(Clone, Debug, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum Errand {
    /// Launch the process that builds the image.
    Build,
    /// Launch a post-process.
    PostProcess(String),
    /// Remove the folder of a job that is no longer on record.
    RemoveFiles {
        /// The folder layer it is in.
        prefix: String,
    },
}

/// An errand that somebody has taken on.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Taken {
    /// The same for ever, and for no other errand: the outside may know by it that it heard the errand before.
    pub key: String,
    /// The job it is about.
    pub image_id: ImageId,
    /// What is to be done.
    pub errand: Errand,
    /// How often it was taken before.
    pub tries: u32,
}

/// Errands noted in the same moment as what makes them necessary.
///
/// Each is done at least once: whoever takes one and dies before [`Outbox::done`] is followed by the next.
#[async_trait]
pub trait Outbox: Send + Sync {
    /// Takes up to `limit` errands that are due at `now_ms`, the oldest first; nobody else gets them until `until_ms`.
    async fn take(&self, now_ms: i64, until_ms: i64, limit: u32) -> Result<Vec<Taken>, StoreError>;

    /// Notes that an errand is done, or will never be. Its key stays known: it is not noted again.
    async fn done(&self, key: &str, now_ms: i64) -> Result<(), StoreError>;

    /// Puts an errand off until `until_ms`, because of `why`.
    async fn postpone(&self, key: &str, why: &str, until_ms: i64) -> Result<(), StoreError>;

    /// Notes an errand, unless one of this key was ever noted; says whether it is new.
    async fn ask(
        &self,
        key: &str,
        image_id: &ImageId,
        errand: &Errand,
        now_ms: i64,
    ) -> Result<bool, StoreError>;
}
