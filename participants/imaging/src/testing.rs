//! Fakes of the traits, and the suites their implementors have to pass.

mod canned;
mod job_store;
mod memory_store;

pub use self::canned::{Canned, Unwatched};
pub use self::job_store::job_store_keeps_its_promises;
pub use self::memory_store::MemoryStore;
