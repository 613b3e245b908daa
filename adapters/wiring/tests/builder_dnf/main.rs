//! What builder-dnf promises, on images it really made at place-userns: a test of two adapters, so it lives here.

mod ends;
mod forms;
mod packages;
mod raw;
mod refusals;
mod scripts;
mod settings;
mod support;
