//! The socket questions come by.

mod seats;

use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use axum::body::Body;
use axum::extract::{Extension, RawQuery, State};
use axum::http::{Response, StatusCode};
use axum::routing::get;
use axum::{Router, http::header};
use http_socket::Manners;
use tokio::net::TcpListener;
use tokio_util::sync::CancellationToken;

use self::seats::Seats;
use crate::answer::refusal;
use crate::{Asked, Refused, Tracker};

/// How long answers may go on once the program is to end.
const CLOSING: Duration = Duration::from_secs(1);
/// Longer heads of requests are nobody's.
const HEAD: usize = 16 << 10;

/// An address that is listened on.
#[derive(Debug)]
pub struct Server {
    listener: TcpListener,
    address: SocketAddr,
}

/// Why nobody can be answered.
#[derive(Debug, thiserror::Error)]
#[error(
    "the tracker cannot listen on {address}: another program has it, or it is not of this machine; choose another by [torrent] listen"
)]
pub struct ServerError {
    /// What was asked for.
    pub address: SocketAddr,
    /// What came of it.
    #[source]
    pub source: std::io::Error,
}

impl Server {
    /// Begins to listen; nothing is answered yet.
    pub async fn listen(address: SocketAddr) -> Result<Server, ServerError> {
        let listening = async {
            let listener = TcpListener::bind(address).await?;
            let address = listener.local_addr()?;
            Ok(Server { listener, address })
        };
        listening.await.map_err(|source| ServerError { address, source })
    }

    /// Where it listens; with port 0 the kernel chose one.
    pub fn address(&self) -> SocketAddr {
        self.address
    }

    /// Answers until `stop`.
    pub async fn serve(self, tracker: Arc<Tracker>, stop: CancellationToken) {
        let settings = tracker.settings().clone();
        let (head, unread) = (settings.patience, settings.patience);
        let manners = Manners { head, longest_head: Some(HEAD), unread, closing: CLOSING };
        let seats = Seats::default();
        let welcome = |peer: SocketAddr, here: SocketAddr| {
            let seat = seats.take(peer.ip(), settings.connections, settings.connections_of_address)?;
            Some((Asked { from: peer, here: here.ip() }, seat))
        };
        http_socket::serve(self.listener, router(tracker), manners, stop, welcome).await;
    }
}

fn router(tracker: Arc<Tracker>) -> Router {
    Router::new()
        .route("/announce", get(announce))
        .route("/scrape", get(scrape))
        .fallback(async || {
            (StatusCode::NOT_FOUND, "a tracker of BitTorrent: it knows /announce and /scrape\n")
        })
        .with_state(tracker)
}

async fn announce(
    State(tracker): State<Arc<Tracker>>,
    Extension(asked): Extension<Asked>,
    RawQuery(query): RawQuery,
) -> Response<Body> {
    bencode(within(&tracker, tracker.announce(&query.unwrap_or_default(), asked)).await)
}

async fn scrape(State(tracker): State<Arc<Tracker>>, RawQuery(query): RawQuery) -> Response<Body> {
    bencode(within(&tracker, tracker.scrape(&query.unwrap_or_default())).await)
}

/// Waits for an answer for as long as peers do: a repository on a disk that hangs gives none.
async fn within(tracker: &Tracker, answer: impl Future<Output = Vec<u8>>) -> Vec<u8> {
    let waited = tokio::time::timeout(tracker.settings().patience, answer).await;
    waited.unwrap_or_else(|_| {
        refusal(&Refused("the repository does not answer just now: try again later".into()))
    })
}

/// Clients read what was refused, too, only where the status says that all is well.
fn bencode(body: Vec<u8>) -> Response<Body> {
    let mut response = Response::new(Body::from(body));
    response.headers_mut().insert(header::CONTENT_TYPE, header::HeaderValue::from_static("text/plain"));
    response
}
