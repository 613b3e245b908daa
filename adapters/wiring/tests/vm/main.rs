//! Builds in a virtual machine, which is made by our own builder out of the demo's packages and runs without KVM.

mod base;
mod made;
mod place;
#[path = "../program/mod.rs"]
mod program;
mod story;
mod tester;
mod wrong;
