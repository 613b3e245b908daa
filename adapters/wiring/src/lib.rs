//! The composition root: the one crate that knows every other, and puts them together into programs.

mod commands;
mod definitions;
mod errands;
mod foresight;
mod hosted;
mod logging;
mod machine;
mod observe;
mod participants;
mod replaceable;
mod service;
mod site;
mod skynet;
mod state;
mod templates;
mod tending;
mod torrents;
mod web;

pub use commands::run;
pub use definitions::OfEngine;
pub use errands::{Errands, Fate, Nobody, OnBoss, Processes};
pub use logging::start_log;
pub use machine::{Builders, Machine, Named, Settled};
pub use participants::{Bounds, real_builder};
pub use skynet::run_skynet;
pub use state::State;
