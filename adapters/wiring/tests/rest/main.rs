//! `img up` and programs that ask it: the real program, files and databases; curl asks.

#[path = "../program/mod.rs"]
mod program;
#[path = "../../../accounts-ldap/tests/ldap/slapd.rs"]
mod slapd;

mod chromium;
mod client;
mod database;
mod elsewhere;
mod files;
mod follow;
mod kept;
mod ldap;
mod orders;
mod pages;
mod post_processes;
mod proxy;
mod remote_user;
mod schema;
mod story;
mod support;
