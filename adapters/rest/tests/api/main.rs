//! What programs are answered, on a site in memory.

mod document;
mod follow;
mod jobs;
mod orders;
mod people;
mod repositories;
mod server;
mod site;
mod tables;
