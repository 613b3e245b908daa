//! Shows jobs, their files and the tables of a site to programs, by HTTP: a thin view of the desk.
//!
//! Each address is a function with its lines of OpenAPI above it; [`routes`] lists them all. What people may do, and what
//! is wrong with what they ask for, the [`Desk`](imaging::Desk) and the [`Door`](imaging::door::Door) know.
//!
//! - [`service`]: what answers need; [`server`]: the socket
//! - [`caller`], [`asked`], [`client`], [`limit`], [`turn`]: who asks, for what, whom it counts for, how often, whose turn it is; [`problem`]: how what goes wrong is told
//! - [`object`]: what has to be an object of JSON
//! - [`order`]: what a person writes becomes what the desk takes
//! - [`jobs`], [`log`], [`files`], [`tables`], [`templates`], [`people`], [`disk`], [`repositories`]: the addresses
//! - [`document`]: the OpenAPI document and a page that shows it
//!
//! What pages for people need as well (orders, files, logs, problems) is public: `adapters/web` is their view.

mod asked;
mod caller;
mod client;
mod disk;
mod document;
mod files;
mod jobs;
mod limit;
mod log;
mod object;
mod order;
mod people;
mod problem;
mod remote_user;
mod repositories;
mod routes;
mod server;
mod service;
mod tables;
mod templates;
mod turn;
mod view;

pub use caller::Address;
pub use client::{OfSession, SESSION, cookie};
pub use files::{FileView, Files, below};
pub use log::{Growing, Progress, StepTime};
pub use order::{Configuration, ConfigurationFile, Order, checked, complete, launches};
pub use people::AccountWish;
pub use problem::{Mistake, Problem};
pub use remote_user::RemoteUser;
pub use repositories::{
    Came, KindWish, PublishWish, RegistrationWish, Task, TaskKind, TaskState, image_mark,
};
pub use routes::document;
pub use server::{Server, ServerError};
pub use service::{Observed, Rest, Settings};
pub use view::{Repo, tokens};

/// Pages that are served beside ours.
pub type Pages = axum::Router;
