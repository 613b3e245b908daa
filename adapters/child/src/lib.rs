//! Starts outside programs and ends them with all they started.
//!
//! A [`Task`] is a program call as data. [`run`] starts it in a session of its own, streams what it prints into a log,
//! and ends its whole process group when it is stopped or takes too long. When this program is killed, the kernel kills
//! the task itself; what the task started goes along where the [`Place`] it runs in has a process namespace, as that of
//! `place-userns`, and may stay on the [`BareHost`].

mod bounded;
mod end;
mod entrance;
mod error;
mod group;
mod log;
mod network;
mod output;
mod pen;
mod pens;
mod place;
mod priority;
mod quick;
mod remove;
mod rlimits;
mod run;
mod spawner;
mod task;

pub use end::{Ended, Status};
pub use entrance::Entrance;
pub use error::ChildError;
pub use log::Log;
pub use network::{Net, Network};
pub use pen::{Met, Most, Pen};
pub use pens::Pens;
pub use place::{BareHost, Memory, Place};
pub use priority::Priority;
pub use quick::{quick, quick_with};
pub use remove::remove;
pub use rlimits::Rlimits;
pub use run::{Listen, run, run_through};
pub use spawner::die_with;
pub use task::{Shown, Sight, Task};
