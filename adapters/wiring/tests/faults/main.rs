//! What goes wrong around real builds, and the state everything is in afterwards.
//!
//! Each test ends with the same look around: nothing mounted, no process, no loop device, no folder half made, and the
//! next build works.

#[path = "../program/mod.rs"]
mod program;

mod aftermath;
mod daemons;
mod depths;
mod disks;
mod escape;
mod kills;
mod repositories;
mod side_by_side;
mod stops;
mod talk;
