//! The two pages.

use std::net::SocketAddr;
use std::sync::Arc;

use axum::Router;
use axum::http::StatusCode;
use axum::routing::get;
use metrics_exporter_prometheus::{Matcher, PrometheusBuilder, PrometheusHandle};
use tokio::net::TcpListener;
use tokio::task::AbortHandle;

/// How long jobs take, in seconds: from a lookup to a build of a day.
const BUCKETS: [f64; 8] = [0.01, 0.1, 1.0, 10.0, 60.0, 600.0, 3600.0, 86_400.0];

/// How long answers by HTTP take, in seconds.
const ANSWERS: [f64; 7] = [0.001, 0.005, 0.02, 0.05, 0.2, 1.0, 10.0];

/// Says what is wrong with the program now; nothing when it is well.
pub type Health = Arc<dyn Fn() -> Option<String> + Send + Sync>;

/// Counts for this program, and knows how it does.
#[derive(Clone)]
pub struct Monitor {
    numbers: PrometheusHandle,
    health: Health,
}

/// The pages on an address of their own, for as long as this value lives.
#[derive(Debug)]
pub struct Shown {
    address: SocketAddr,
    server: AbortHandle,
}

/// Why there are no pages.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum MonitorError {
    /// The address is another program's, or not of this machine.
    #[error("cannot listen on {address}")]
    Listen {
        /// What was asked for.
        address: SocketAddr,
        /// What came of it.
        #[source]
        source: std::io::Error,
    },
    /// This program has a monitor already.
    #[error("cannot count")]
    Count(#[source] Box<dyn std::error::Error + Send + Sync>),
}

impl Monitor {
    /// Begins to count.
    pub fn start(health: Health) -> Result<Monitor, MonitorError> {
        let counting = PrometheusBuilder::new()
            .set_buckets_for_metric(Matcher::Full("img_job_seconds".into()), &BUCKETS)
            .and_then(|counting| {
                counting.set_buckets_for_metric(Matcher::Full("img_http_seconds".into()), &ANSWERS)
            })
            .and_then(PrometheusBuilder::install_recorder);
        let numbers = counting.map_err(|error| MonitorError::Count(Box::new(error)))?;
        crate::jobs::describe();
        crate::requests::describe();
        Ok(Monitor { numbers, health })
    }

    /// Returns the pages, to be served beside others.
    pub fn pages(&self) -> Router {
        pages(self.numbers.clone(), self.health.clone())
    }

    /// Serves the pages on an address of their own, inside a tokio runtime.
    pub async fn show(&self, address: SocketAddr) -> Result<Shown, MonitorError> {
        let listener = TcpListener::bind(address).await;
        let listener = listener.map_err(|source| MonitorError::Listen { address, source })?;
        let address = listener.local_addr().map_err(|source| MonitorError::Listen { address, source })?;
        let pages = self.pages();
        let server = tokio::spawn(async move {
            // it ends only with the program
            let _ = axum::serve(listener, pages).await;
        });
        Ok(Shown { address, server: server.abort_handle() })
    }
}

impl std::fmt::Debug for Monitor {
    fn fmt(&self, out: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        out.write_str("Monitor")
    }
}

impl Shown {
    /// Where the pages are; with port 0 the kernel chose one.
    pub fn address(&self) -> SocketAddr {
        self.address
    }
}

impl Drop for Shown {
    fn drop(&mut self) {
        self.server.abort();
    }
}

fn pages(numbers: PrometheusHandle, health: Health) -> Router {
    let healthy = move || async move {
        match health() {
            None => (StatusCode::OK, "well\n".to_owned()),
            Some(trouble) => (StatusCode::SERVICE_UNAVAILABLE, format!("{trouble}\n")),
        }
    };
    let counted = move || async move {
        numbers.run_upkeep();
        ([("content-type", "text/plain; version=0.0.4")], numbers.render())
    };
    Router::new().route("/healthz", get(healthy)).route("/metrics", get(counted))
}
