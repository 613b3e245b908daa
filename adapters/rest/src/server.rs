//! The socket answers go through.

use std::net::SocketAddr;
use std::pin::pin;
use std::time::Duration;

use axum::Router;
use axum::body::Body;
use axum::extract::ConnectInfo;
use axum::http::Request;
use hyper::body::Incoming;
use hyper::server::conn::http1;
use hyper::service::service_fn;
use hyper_util::rt::{TokioIo, TokioTimer};
use tokio::net::{TcpListener, TcpStream};
use tokio::task::JoinSet;
use tokio_util::sync::CancellationToken;
use tower::ServiceExt;

/// How long answers may go on once the program is to end.
const CLOSING: Duration = Duration::from_secs(3);
/// A request begins within this time, and a connection is not silent for longer between two.
const HEAD: Duration = Duration::from_secs(30);

/// An address that is listened on.
#[derive(Debug)]
pub struct Server {
    listener: TcpListener,
    address: SocketAddr,
    head: Duration,
}

/// Why nobody can be answered.
#[derive(Debug, thiserror::Error)]
#[error(
    "cannot listen on {address}: another program has it, or it is not of this machine; choose another by [web] listen"
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
            Ok(Server { listener, address, head: HEAD })
        };
        listening.await.map_err(|source| ServerError { address, source })
    }

    /// Where it listens; with port 0 the kernel chose one.
    pub fn address(&self) -> SocketAddr {
        self.address
    }

    /// Has a request begin within this time: its line and its headers.
    #[must_use]
    pub fn heads_within(self, head: Duration) -> Server {
        Server { head, ..self }
    }

    /// Answers until `stop`; what is being answered then may go on for a moment.
    pub async fn serve(self, router: Router, stop: CancellationToken) -> std::io::Result<()> {
        let mut connections = JoinSet::new();
        loop {
            tokio::select! {
                accepted = self.listener.accept() => match accepted {
                    Ok((stream, peer)) => {
                        connections.spawn(answer(stream, peer, self.head, router.clone(), stop.clone()));
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
        Ok(())
    }
}

/// Answers what comes over a connection, one request after the other.
async fn answer(
    stream: TcpStream,
    peer: SocketAddr,
    head: Duration,
    router: Router,
    stop: CancellationToken,
) {
    let service = service_fn(move |request: Request<Incoming>| {
        let mut request = request.map(Body::new);
        request.extensions_mut().insert(ConnectInfo(peer));
        router.clone().oneshot(request)
    });
    let mut http = http1::Builder::new();
    http.timer(TokioTimer::new()).header_read_timeout(head);
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
        tracing::warn!("cannot take a connection: {error}");
        tokio::time::sleep(Duration::from_secs(1)).await;
    }
}
