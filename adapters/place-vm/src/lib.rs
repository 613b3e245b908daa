//! A place for strangers' commands: a virtual machine that is thrown away.
//!
//! The first task starts a machine from a base image ([`Settings`]), on an overlay that ends with it; all tasks of this place run
//! there, as its root, by ssh. Of the folders that were named beforehand, what that task is to change is shared (9p) and has the
//! path it has here; all others are the machine's own. What owners, modes, links and devices a guest makes in a shared folder are notes beside plain files
//! of ours, so nothing it does there can mislead who reads them.
//!
//! A task ([`words`]) is in a process namespace of its guest, so that what it starts ends with it. When one is stopped or
//! takes too long, the machine is ended with all that is in it. There is no second one: it was for one build.

mod check;
mod settings;
mod share;
mod snapshot;
mod ssh;
mod vm;
mod words;

pub use qemu::{Accel, kvm};
pub use settings::Settings;
pub use vm::Vm;
