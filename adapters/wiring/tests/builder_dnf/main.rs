//! What builder-dnf promises, on images it really made at place-userns: a test of two adapters, so it lives here.

mod beside;
mod creation;
mod disks;
mod ends;
mod foreign;
mod forms;
mod limits;
mod live;
mod made;
mod network;
mod odd;
mod options;
mod packages;
mod raw;
mod reach;
mod refusals;
mod same;
mod scripts;
mod server;
mod settings;
mod sources;
mod support;
mod system;
