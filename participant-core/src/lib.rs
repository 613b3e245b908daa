//! A participant of a BOSS process: a workitem comes in, a reply goes out.
//!
//! Implement [`Participant`], hand it to [`Exo`] with a [`Transport`], and connections, replies, panics, cancels and
//! shutdown are taken care of. The messages are those of the Ruote engine inside BOSS; nothing here knows what a
//! workitem is about.
//!
//! ```
//! use participant_core::{Failure, Job, Outcome, Participant, Workitem, async_trait};
//!
//! struct Greet;
//!
//! #[async_trait]
//! impl Participant for Greet {
//!     async fn handle_wi(&self, item: &Workitem, _job: &Job) -> Result<Outcome, Failure> {
//!         let name = item.text("name").ok_or_else(|| Failure::missing("name"))?;
//!         Ok(Outcome::done().set("greeting", format!("Hello {name}")))
//!     }
//! }
//! ```
//!
//! The modules in the order a workitem meets them: [`transport`] brings a [`delivery`], whose body is a [`workitem`]
//! that names its step by a [`fei`]; a [`participant`] works on it as a [`job`] under [`control`] of engine and
//! person, and ends in an [`outcome`] or a [`failure`]; [`reply`] puts that into the workitem; [`exo`] runs it all.

pub mod control;
pub mod delivery;
pub mod exo;
pub mod failure;
pub mod fei;
pub mod job;
pub mod launcher;
pub mod outcome;
pub mod participant;
mod raw;
pub mod reply;
#[cfg(feature = "testing")]
pub mod testing;
pub mod transport;
pub mod workitem;

pub use async_trait::async_trait;
pub use control::{JobControl, Lifecycle, Stop};
pub use delivery::Delivery;
pub use exo::{Exo, Observer};
pub use failure::{Failure, with_causes};
pub use fei::{Attempt, Fei};
pub use job::{Job, Progress, StopHandle};
pub use launcher::{Launch, LaunchError, Launcher};
pub use outcome::Outcome;
pub use participant::Participant;
pub use tokio_util::sync::CancellationToken;
pub use transport::{Intake, Message, Transport, TransportError};
pub use workitem::{Malformed, Workitem};

/// The queue on which the engine takes launches, replies and errors.
pub const ENGINE_QUEUE: &str = "ruote_workitems";
