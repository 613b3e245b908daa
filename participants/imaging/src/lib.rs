//! The words of images: what one is, how a job goes, and who makes and keeps them.
//!
//! Nothing here knows of workitems, databases or programs. The traits are implemented in `adapters/`; what reads them
//! are the participants.

pub mod arch;
pub mod builder;
pub mod feature;
pub mod image_id;
pub mod image_type;
pub mod job;
pub mod kickstart_source;
pub mod package_index;
pub mod status;
pub mod store;
#[cfg(feature = "testing")]
pub mod testing;
pub mod watch;

pub use arch::Arch;
pub use builder::{Build, BuildRequest, BuilderError, ImageBuilder, Made};
pub use feature::{Feature, FeatureRepo};
pub use image_id::{ImageId, ImageName};
pub use image_type::ImageType;
pub use job::{ImageJob, JobAttempt, NewJob};
pub use kickstart_source::{KickstartSource, SourceError};
pub use package_index::{IndexError, PackageIndex, ProjectRepository, RepositoryPath};
pub use status::JobStatus;
pub use store::{JobStore, Lookup, Push, Pushed, StoreError};
pub use watch::{Step, Watch};

/// Returns the time in milliseconds since 1970, as the job store counts it.
pub fn now_ms() -> i64 {
    jiff::Timestamp::now().as_millisecond()
}

/// A text that is not one of the words it should be, with a sentence for a person.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{0}")]
pub struct NotAWord(pub String);
