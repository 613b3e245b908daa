//! Shows jobs, their files and the tables of a site to people, by HTTP: a thin view of the desk.
//!
//! Every state has an address, and every page works without scripts. What people may do, and what is wrong with what they
//! ask for, the [`Desk`](imaging::Desk) and the [`Door`](imaging::door::Door) know; orders, files and logs are those of
//! [`rest`].
//!
//! - [`routes`]: all addresses, and what every request goes through; [`assets`]: styles and scripts
//! - [`visitor`]: who looks, by the cookie of a session; [`trouble`]: how what goes wrong is shown
//! - [`show`]: times, sizes, states and rows, as all pages show them; [`ansi`]: colours of a log
//! - [`live`]: pages that change by themselves
//! - [`login`], [`start`], [`submit`], [`queue`], [`job`], [`images`], [`repositories`], [`me`], [`admin`]: the pages; [`old`]: addresses of old versions

mod admin;
mod ansi;
mod assets;
mod images;
mod job;
mod live;
mod login;
mod me;
mod old;
mod queue;
mod repositories;
mod routes;
mod show;
mod start;
mod submit;
mod trouble;
mod visitor;

pub use routes::pages;
