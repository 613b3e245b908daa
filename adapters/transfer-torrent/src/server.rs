//! The socket questions come by.

mod seats;

use std::net::SocketAddr;
use std::pin::pin;
use std::sync::Arc;
use std::time::Duration;

use axum::body::Body;
use axum::extract::{Extension, RawQuery, State};
use axum::http::{Request, Response, StatusCode};
use axum::routing::get;
use axum::{Router, http::header};
use hyper::body::Incoming;
use hyper::server::conn::http1;
use hyper::service::service_fn;
use hyper_util::rt::{TokioIo, TokioTimer};
use tokio::net::{TcpListener, TcpStream};
use tokio::task::JoinSet;
use tokio_util::sync::CancellationToken;
use tower::ServiceExt;

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
        let router = router(tracker);
        let seats = Seats::default();
        let mut connections = JoinSet::new();
        loop {
            tokio::select! {
                accepted = self.listener.accept() => match accepted {
                    Ok((stream, peer)) => {
                        let seat = seats.take(peer.ip(), settings.connections, settings.connections_of_address);
                        if let Some(seat) = seat {
                            let (router, stop) = (router.clone(), stop.clone());
                            connections.spawn(async move {
                                let _seat = seat;
                                answer(stream, peer, settings.patience, router, stop).await;
                            });
                        } // without one it is closed
                    }
                    Err(error) => pause(&error).await,
                },
                Some(_) = connections.join_next() => {} // one that ended takes no more room
                () = stop.cancelled() => break,
            }
        }
        drop(self.listener);
        let all = async { while connections.join_next().await.is_some() {} };
        let _ = tokio::time::timeout(CLOSING, all).await;
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

/// Answers what comes over a connection, one request after the other.
async fn answer(
    stream: TcpStream,
    peer: SocketAddr,
    patience: Duration,
    router: Router,
    stop: CancellationToken,
) {
    let Ok(here) = stream.local_addr() else { return };
    let asked = Asked { from: peer, here: here.ip() };
    let service = service_fn(move |request: Request<Incoming>| {
        let mut request = request.map(Body::new);
        request.extensions_mut().insert(asked);
        router.clone().oneshot(request)
    });
    let mut http = http1::Builder::new();
    http.timer(TokioTimer::new()).header_read_timeout(patience).max_buf_size(HEAD);
    let mut connection = pin!(http.serve_connection(TokioIo::new(stream), service));
    let ended = tokio::select! {
        ended = connection.as_mut() => ended,
        () = stop.cancelled() => {
            connection.as_mut().graceful_shutdown();
            connection.await
        }
    };
    if let Err(error) = ended {
        tracing::debug!("the connection of {peer} ended: {error}");
    }
}

/// Waits when nobody can be let in, as without a file to spare; whoever left in the doorway is no reason to.
async fn pause(error: &std::io::Error) {
    use std::io::ErrorKind::{ConnectionAborted, ConnectionRefused, ConnectionReset};
    if !matches!(error.kind(), ConnectionAborted | ConnectionRefused | ConnectionReset) {
        tracing::warn!("the tracker cannot take a connection: {error}");
        tokio::time::sleep(Duration::from_secs(1)).await;
    }
}
