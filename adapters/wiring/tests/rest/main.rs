//! `img up` and programs that ask it: the real program, files and databases; curl asks.

#[path = "../program/mod.rs"]
mod program;

mod chromium;
mod client;
mod database;
mod elsewhere;
mod files;
mod follow;
mod orders;
mod pages;
mod post_processes;
mod proxy;
mod schema;
mod story;
mod support;
