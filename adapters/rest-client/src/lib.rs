//! The other end of `rest`: asks an `img up` by HTTP, on this machine or another.
//!
//! Answers become the words of `imaging`; what goes wrong becomes one error, whose sentences say what to do. Files come
//! under their names only when they are whole, and what is interrupted goes on where it was.

mod address;
mod ask;
mod download;
mod error;
mod follow;
mod job;
mod jobs;
mod log;
mod order;
mod server;
mod sse;
mod tls;
mod token;
mod wait;

pub use address::Address;
pub use download::{Fetched, Folder, RemoteFile};
pub use error::{ClientError, Kind};
pub use follow::{End, News};
pub use job::{Deletion, Event, Job, JobPart};
pub use jobs::Query;
pub use order::Order;
pub use server::{Access, Manners, Server};
pub use token::Token;
