//! Shows by HTTP how a program does: `/healthz` for whoever restarts it, `/metrics` for Prometheus.

mod jobs;
mod requests;
mod server;

pub use jobs::{Connections, Ended, Jobs};
pub use requests::Requests;
pub use server::{Health, Monitor, MonitorError, Shown};
