//! Events for pages that change by themselves.

use std::collections::VecDeque;
use std::convert::Infallible;
use std::sync::Arc;
use std::time::Duration;

use axum::response::sse::{Event, KeepAlive, Sse};
use axum::response::{IntoResponse, Response};
use futures_util::stream;
use rest::{Problem, Rest};

use crate::trouble::Trouble;

/// What looks for news every now and then.
#[async_trait::async_trait]
pub(crate) trait News: Send + 'static {
    /// Returns what is new; `None` when nothing more will be.
    async fn look(&mut self, rest: &Rest) -> Result<Option<Vec<Event>>, Trouble>;
}

/// Tells a browser what is new until there is nothing more, it goes, or the service ends; it comes again by itself.
pub(crate) fn told(rest: Arc<Rest>, news: impl News, often: Duration) -> Result<Response, Trouble> {
    let turn = rest.followers.clone().try_acquire_owned();
    let turn = turn
        .map_err(|_| Problem::too_many("too many pages follow something now: load this one again by hand"))?;
    let state = (rest, news, VecDeque::<Event>::new(), turn);
    let events = stream::unfold(state, move |(rest, mut news, mut ready, turn)| async move {
        loop {
            if let Some(event) = ready.pop_front() {
                return Some((Ok::<_, Infallible>(event), (rest, news, ready, turn)));
            }
            match news.look(&rest).await {
                Ok(Some(events)) if events.is_empty() => {}
                Ok(Some(events)) => {
                    ready.extend(events);
                    continue;
                }
                Ok(None) | Err(_) => return None,
            }
            tokio::select! {
                () = tokio::time::sleep(often) => {}
                () = rest.stop.cancelled() => return None,
            }
        }
    });
    Ok(Sse::new(events).keep_alive(KeepAlive::default()).into_response())
}
