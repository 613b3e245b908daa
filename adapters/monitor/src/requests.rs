//! What is counted: answers by HTTP.

use std::time::Duration;

use metrics::{Unit, counter, describe_counter, describe_histogram, histogram};

/// Counts answers to programs; it counts for nobody until a [`Monitor`](crate::Monitor) was made.
#[derive(Clone, Copy, Debug, Default)]
pub struct Requests;

impl Requests {
    /// A request was answered; `route` is the address with the names of its parts.
    pub fn answered(self, method: &str, route: &str, status: u16, took: Duration) {
        let (method, route) = (method.to_owned(), route.to_owned());
        counter!("img_http_requests_total", "method" => method, "route" => route.clone(), "status" => status.to_string())
            .increment(1);
        histogram!("img_http_seconds", "route" => route).record(took.as_secs_f64());
    }
}

/// Says what the numbers mean.
pub(crate) fn describe() {
    describe_counter!("img_http_requests_total", Unit::Count, "Requests that were answered, by their status");
    describe_histogram!("img_http_seconds", Unit::Seconds, "How long answers took to begin");
}
