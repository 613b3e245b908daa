//! The words of images: what one is, how a job goes, and who makes and keeps them.
//!
//! Nothing here knows of workitems, databases or programs. The traits are implemented in `adapters/`; what reads them
//! are the participants.

pub mod accounts;
pub mod arch;
pub mod base_url;
pub mod builder;
pub mod care;
pub mod definitions;
pub mod desk;
pub mod directory;
pub mod disk_converter;
#[cfg(feature = "door")]
pub mod door;
pub mod elsewhere;
pub mod errands;
pub mod event;
pub mod feature;
pub mod files;
pub mod foresight;
pub mod gone;
pub mod image_id;
pub mod image_tester;
pub mod image_type;
pub mod job;
pub mod kickstart_source;
pub mod offers;
pub mod outbox;
pub mod package_index;
pub mod person;
pub mod registry;
pub mod releases;
pub mod repository;
pub mod search;
pub mod status;
pub mod store;
pub mod tag;
pub mod test_report;
#[cfg(feature = "testing")]
pub mod testing;
pub mod virtual_disk;
pub mod watch;

pub use accounts::{Account, Accounts, ApiToken, AuditEntry, Group, KnownBy, Scope, Session, account_name};
pub use arch::Arch;
pub use base_url::BaseUrl;
pub use builder::{Build, BuildRequest, BuilderError, ImageBuilder, Made};
pub use care::{Changed, JobCare, Unchangeable};
pub use definitions::Definitions;
pub use desk::{Desk, Mistake, Refusal};
pub use directory::{Directory, DirectoryError, Known, Sought};
pub use disk_converter::{Conversion, Converted, DiskConverter};
pub use elsewhere::{Elsewhere, ElsewhereError, Fetched, Nowhere, Span};
pub use event::{Happening, JobEvent};
pub use feature::{Feature, FeatureRepo};
pub use files::{DiskUse, FolderContents, JobFile, JobFiles, LayerUse};
pub use foresight::Foresight;
pub use gone::GoneJob;
pub use image_id::{ImageId, ImageName};
pub use image_tester::{ImageTester, TestRequest, Tested};
pub use image_type::ImageType;
pub use job::{ExtraRepo, ImageJob, JobAttempt, JobLine, NewJob, TestResult};
pub use kickstart_source::{KickstartSource, SourceError};
pub use offers::{Offers, TemplateOffer};
pub use outbox::{Errand, Outbox, Taken};
pub use package_index::{IndexError, PackageIndex, ProjectRepository, RepositoryPath};
pub use person::{Permission, Person};
pub use registry::{BuildService, Entry, PostProcess, Queue, Registry, Table, Token};
pub use releases::{ReleaseError, ReleaseLink, Releases};
pub use repository::{
    CanonicalName, ImageKind, ImagePath, ImageRepository, ImageState, Incoming, Incorporated, InfoHash,
    OpenGnsysError, PublishedTorrent, Recognised, Registration, Removal, Repositories, RepositoryError,
    RepositoryImage, RepositoryName, Sums, Tended, Unit, Verified, Wording,
};
pub use search::{Cursor, JobFilter, JobSearch, Page, words};
pub use status::{JobStatus, SiteStatus};
pub use store::{JobStore, Lookup, NoRoom, Push, Pushed, StoreError, record_as};
pub use tag::Tag;
pub use test_report::{TestCase, TestEnd, TestReport};
pub use virtual_disk::VirtualDisk;
pub use watch::{Milestones, Step, Watch};

/// Returns the time in milliseconds since 1970, as the job store counts it.
pub fn now_ms() -> i64 {
    jiff::Timestamp::now().as_millisecond()
}

/// A text that is not one of the words it should be, with a sentence for a person.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{0}")]
pub struct NotAWord(pub String);
