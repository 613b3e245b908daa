//! Fakes of the traits, and the suites their implementors have to pass.

mod canned;
mod fixed_index;
mod job_store;
mod memory_source;
mod memory_store;

pub use self::canned::{Canned, Unwatched};
pub use self::fixed_index::{FixedIndex, mer_core, package_index_keeps_its_promises};
pub use self::job_store::job_store_keeps_its_promises;
pub use self::memory_source::{MemorySource, kickstart_source_keeps_its_promises};
pub use self::memory_store::MemoryStore;
