//! Makes images with the host's own dnf, e2fsprogs, sfdisk and grub.
//!
//! A build is a [`plan`] made before anything runs, then the [`steps`] that carry it out: packages, settings, scripts,
//! file systems, boot loader. Their programs run at a [`child::Place`]; nothing is mounted on the host and no loop
//! device is used. Everything happens in `work` inside the folder of the request, and the finished image is renamed
//! out of it at the end.

mod argv;
mod builder;
mod halt;
mod plan;
mod report;
mod room;
mod steps;
mod workshop;

pub use builder::DnfBuilder;
