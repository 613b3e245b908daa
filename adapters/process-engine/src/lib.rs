//! Runs process definitions where there is no BOSS.

mod definition;
mod engine;
mod error;
mod view;

pub use definition::{Definition, DefinitionError};
pub use engine::Engine;
pub use error::EngineError;
pub use view::{ProcessState, State};
