//! Publishes the images of a repository by BitTorrent.
//!
//! Machines that fetch an image ask the [`Tracker`] who else has it, and fetch it from each other. Modules stand in the
//! order of a question: [`Server`] takes the connection, `query` reads what is asked, the tracker looks whether the torrent
//! is one of the repository's, `swarm` knows who has it, and `answer` writes that in bencode. With the feature `torrent`
//! the [`Seeder`] is whoever has all images from the beginning.

mod address;
mod answer;
mod published;
mod query;
#[cfg(feature = "torrent")]
mod seed;
mod server;
mod settings;
mod swarm;
mod tracker;

pub use address::network;
pub use published::{OfRepositories, Published};
pub use query::{Announce, Event, Refused, Scrape};
#[cfg(feature = "torrent")]
pub use seed::{SeedError, SeedSettings, Seeder};
pub use server::{Server, ServerError};
pub use settings::Settings;
pub use tracker::{Asked, Tracker};
