//! Pages of a site in memory, asked as a browser without scripts asks.

mod admin;
mod jobs;
mod login;
mod repositories;
mod site;
mod submit;
