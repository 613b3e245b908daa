//! The queues of one machine: messages in a SQLite file that survive kill -9 and power loss.
//!
//! Several programs may share the file. Each message belongs to one of them, its [`Owner`]: the program that
//! published it, so that a job and all its steps stay where they began. The owner is known by a lock the kernel
//! releases when the program dies; the next start [adopts](LocalQueue::adopt) what the dead left behind.

mod intake;
mod owner;
mod queue;
mod table;

pub use owner::Owner;
pub use queue::{Left, LocalQueue};
