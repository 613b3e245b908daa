//! Changes that look as if the file's author had made them.
//!
//! Different things may be added and set in any order: the bytes are the same. Where one edit takes out the line that
//! another stands beside, the order shows in the new line's place, and in nothing that has a meaning.

mod order;
mod packages;
mod people;
mod place;
mod quote;
mod repos;
mod sections;
mod set;
mod wanted;

pub(crate) use quote::is_break;
pub use repos::NewRepo;
pub(crate) use wanted::written;

/// Why a change was refused; the kickstart is then as it was.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum EditError {
    /// A name or a URL without a character in it.
    #[error("{what} is empty")]
    Empty {
        /// What was empty.
        what: &'static str,
    },
    /// A line break or another control character, which would end the line or hide text.
    #[error("{what} {value:?} has a control character in it")]
    ControlCharacter {
        /// What it was meant to be.
        what: &'static str,
        /// The refused text.
        value: String,
    },
    /// A character that means something else in a package list and cannot be quoted there.
    #[error("{what} {value:?} cannot stand in a package list")]
    NotAName {
        /// What it was meant to be.
        what: &'static str,
        /// The refused text.
        value: String,
    },
    /// An option the table does not know, or one whose value does not fit.
    #[error("`{command}` has no option {option:?} of that form")]
    NotAnOption {
        /// The command that does not have it.
        command: &'static str,
        /// The refused option.
        option: String,
    },
    /// A line that is no sound command or section.
    #[error("cannot write `{line}`: {why}")]
    Mistaken {
        /// The refused line.
        line: String,
        /// What is wrong with it.
        why: String,
    },
}
