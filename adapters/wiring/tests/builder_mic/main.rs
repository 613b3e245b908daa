//! Builds by a program that stands in for mic, as root, with the mounts and loop devices mic has.
//!
//! Whoever runs these tests and is neither root nor made root by sudo has no mic: then each of them is about the sentence
//! that says so.

mod ends;
mod made;
mod page;
#[path = "../program/mod.rs"]
mod program;
mod program_runs;
mod support;
mod table;
mod users;
