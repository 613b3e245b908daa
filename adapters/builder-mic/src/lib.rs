//! Makes images with mic, the image creator of MeeGo and its heirs.
//!
//! mic is a program of others that works as root on whatever machine it runs on, says that all went well when it did
//! not, and leaves mounts and loop devices when it is killed. This crate calls it by an argument list ([`argv`], after
//! [`options`] has refused what would lead out of the build), in a [`child::Place`] whose mounts and processes end with
//! it, hears what it says ([`line`]), knows what that means ([`report`], [`sentence`]), finds the image by type and name
//! ([`output`]), and takes back what namespaces do not ([`leftovers`]). One run has a cache to itself ([`cache`]).
//!
//! Recorded from sailfishos/mic @6aa12f3; what is known of the older `mic-image-creator` is its command line.

mod argv;
mod builder;
mod cache;
mod folders;
mod halt;
mod leftovers;
mod line;
mod options;
mod output;
mod report;
mod run;
mod sentence;
mod settings;
mod there;
mod version;

pub use builder::MicBuilder;
pub use settings::{Settings, Tool};
