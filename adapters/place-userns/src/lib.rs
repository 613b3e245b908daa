//! A place for commands: a user namespace that sees a read-only host.
//!
//! A task is root there, and owns the ids 0 to 65535 of its own, which are nobody of consequence outside. It sees the
//! host's programs read-only, none of its configuration, homes or state, and changes only the folders it was given.
//! It lives in a process namespace: whatever it starts ends with it, sessions of its own included.
//!
//! A folder may be in memory: [`memory`] mounts it in a namespace of its own, which tasks go through.
//!
//! The way in: [`door`] makes the user namespace between fork and exec while [`maps`] writes its ids from outside, and
//! [`keeper`] puts the rest into a process namespace; there bwrap, told by [`view`], makes the mounts and starts the
//! program. A task that reaches only other machines is in a network namespace of its own, whose way out is made by [`wire`];
//! one that starts programs for another processor gives them to one of the [`emulators`].

mod check;
mod door;
mod emulators;
mod folders;
mod ids;
mod keeper;
mod maps;
mod memory;
mod resolver;
mod routes;
mod userns;
mod view;
mod wire;

pub use userns::Userns;
