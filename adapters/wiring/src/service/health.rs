//! What is shown by HTTP, where somebody asked for it: `/healthz` and `/metrics`.

use std::convert::Infallible;
use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use anyhow::Result;
use monitor::{Connections, Jobs, Monitor, Shown};

use super::crew::Crew;
use super::pulse::Pulse;
use crate::web::StoreTrouble;

/// How long something may not get on before it is said; systemd has more patience.
const PATIENCE: Duration = Duration::from_secs(60);

/// How often connections are looked at.
const OFTEN: Duration = Duration::from_millis(500);

/// Begins to count, where somebody wants to see it.
pub(super) fn count(
    is_wanted: bool,
    crew: &Arc<Crew>,
    pulse: &Pulse,
    store: Option<StoreTrouble>,
) -> Result<Option<Monitor>> {
    if !is_wanted {
        return Ok(None);
    }
    let (looked_at, pulse) = (crew.clone(), pulse.clone());
    let health = move || {
        let waiting = looked_at.trouble().map(|trouble| format!("waiting for the broker: {trouble}"));
        let store = store.as_ref().and_then(StoreTrouble::now);
        pulse.silent(PATIENCE).or(waiting).or(store)
    };
    let monitor = Monitor::start(Arc::new(health))?;
    crew.posts.iter().for_each(|post| Jobs.known(&post.queue));
    Ok(Some(monitor))
}

/// Serves the pages on an address of their own for as long as what is returned lives.
pub(super) async fn show(listen: Option<SocketAddr>, monitor: Option<&Monitor>) -> Result<Option<Shown>> {
    let (Some(address), Some(monitor)) = (listen, monitor) else { return Ok(None) };
    let shown = monitor.show(address).await?;
    tracing::info!("http://{}/metrics and /healthz show how it does", shown.address());
    Ok(Some(shown))
}

/// Notes which brokers can be reached.
pub(super) async fn watch_connections(crew: &Crew) -> Infallible {
    let mut up = vec![false; crew.posts.len()];
    loop {
        for (post, was) in crew.posts.iter().zip(&mut up) {
            let is = post.trouble().is_none();
            if *was && !is {
                Connections.broke(&post.queue);
            }
            Connections.are(&post.queue, is);
            *was = is;
        }
        tokio::time::sleep(OFTEN).await;
    }
}
