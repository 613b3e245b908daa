//! Runs process definitions where there is no BOSS.
//!
//! Not a general workflow engine: it runs what the definitions of this project use, with the same messages as the
//! Ruote engine inside BOSS, and refuses everything else by line and expression.
//!
//! # The language
//!
//! | written | done |
//! |---|---|
//! | `Ruote.process_definition 'name', :revision => '1' do … end` | the process; it must not be called like a participant |
//! | `sequence do … end` | one step after the other |
//! | `cursor :break_if => …, :rewind_if => … do … end` | the same, asking before every step whether to leave or to begin anew |
//! | `define 'sub' do … end`, `sub` | a sub-process, directly in the process, and its call |
//! | `build_image :a => 1`, `participant 'p'`, `participant :ref => 'p'` | a workitem to the queue of that name, with the attributes as `params` |
//! | `:forget => true` on a participant | no answer is waited for |
//! | `set :f => 'x', :value => 1`, `set 'f:x' => 1`, `set :v => 'x', :value => 1` | a field or a variable; the value is also the new `__result__` |
//! | `cancel_process`, `terminate` | the end |
//! | `:if => …`, `:unless => …`, `:tag => 't'` | on every step |
//!
//! Conditions are `'${f:a}'` (neither missing, empty nor false), `'${f:a} == word'` and `'${f:a} != word'`. In texts stand
//! `${f:a.b}` or `${a.b}` for fields, `${v:x}` for variables, `${wfid}`, `${expid}`; the text `"$f:a"` is the value
//! of the field itself. Values are texts, symbols, decimal numbers, `true`, `false`, `nil`, lists and hashes.
//!
//! Definitions for the whole language, in all four forms that the Ruote engine takes, can be looked into with
//! [`Outline`], which runs nothing.
//!
//! # The code
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
mod outline;
mod position;
mod read;
mod ruby;
mod store;
mod substitute;
mod tree;
mod view;
mod words;
mod world;

pub use definition::{Definition, DefinitionError};
pub use engine::Engine;
pub use error::EngineError;
pub use outline::{Form, Outline};
pub use view::{ProcessState, State};
