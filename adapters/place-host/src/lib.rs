//! A place for trusted commands: the host itself, as root.
//!
//! A task is root of this machine and sees all of it, so it is for tools that cannot do with less, and whoever says what
//! they do may do anything here. What it mounts, and every process it starts, is in namespaces of its own and ends with
//! it. What outlives namespaces is not: loop devices, and files outside the folders it was given.
//!
//! The way in is an argument list ([`argv`]): sudo unless we are root, then `unshare`, then a small script of ours that
//! starts the task and watches its standard input. That is a pipe of ours which carries nothing ([`lifeline`]): when it
//! closes, because we want an end or because we are dead, the script ends all of it. Signals would not do: root's
//! processes take none from a user.

mod argv;
mod check;
mod folders;
mod host;
mod lifeline;

pub use host::Host;
