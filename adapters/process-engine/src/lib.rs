//! Runs process definitions where there is no BOSS.
//!
//! Not a general workflow engine: it runs what the definitions of this project use, with the same messages as the
//! Ruote engine inside BOSS, and refuses everything else by line and expression.
//!
//! The modules in the order a process meets them: a text is read ([`Definition`]) with its templates and conditions
//! into a tree; the pure part advances a process through that tree, message by message; the store keeps it; the
//! [`Engine`] brings messages and takes workitems away.

mod advance;
mod condition;
mod definition;
mod engine;
mod error;
mod guarded;
mod incoming;
mod json;
mod position;
mod read;
mod ruby;
mod store;
mod substitute;
mod tree;
mod view;
mod world;

pub use definition::{Definition, DefinitionError};
pub use engine::Engine;
pub use error::EngineError;
pub use view::{ProcessState, State};
