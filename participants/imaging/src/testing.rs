//! Fakes of the traits, and the suites their implementors have to pass.

mod accounts;
mod build_request;
mod canned;
mod canned_converter;
mod canned_tester;
mod fixed_index;
mod image_repository;
mod job_care;
mod job_search;
mod job_store;
mod memory_directory;
mod memory_files;
mod memory_releases;
mod memory_repository;
mod memory_source;
mod memory_store;
mod names;
mod outbox;
#[cfg(feature = "door")]
mod people;
mod registry;

pub use self::accounts::accounts_keep_their_promises;
pub use self::build_request::build_request;
pub use self::canned::{Canned, Unwatched};
pub use self::canned_converter::{CannedConverter, disk_converter_keeps_its_promises};
pub use self::canned_tester::{CannedTester, image_tester_keeps_its_promises};
pub use self::fixed_index::{FixedIndex, mer_core, package_index_keeps_its_promises};
pub use self::image_repository::{image_repository_keeps_its_promises, small_image};
pub use self::job_care::job_care_keeps_its_promises;
pub use self::job_search::job_search_keeps_its_promises;
pub use self::job_store::job_store_keeps_its_promises;
pub use self::memory_directory::MemoryDirectory;
pub use self::memory_files::MemoryFiles;
pub use self::memory_releases::{MemoryReleases, releases_keep_their_promises};
pub use self::memory_repository::MemoryRepository;
pub use self::memory_source::{MemorySource, kickstart_source_keeps_its_promises};
pub use self::memory_store::MemoryStore;
pub use self::outbox::outbox_keeps_its_promises;
#[cfg(feature = "door")]
pub use self::people::inhabited;
pub use self::registry::registry_keeps_its_promises;
