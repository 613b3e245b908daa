//! The socket that answers go through.
//!
//! axum's own server has no limit of time for heads of requests, none of their length, and lets everybody in.

use std::net::SocketAddr;
use std::pin::pin;
use std::time::Duration;

use axum::Router;
use axum::body::Body;
use axum::http::Request;
use hyper::body::Incoming;
use hyper::server::conn::http1;
use hyper::service::service_fn;
use hyper_util::rt::{TokioIo, TokioTimer};
use nix::sys::socket::{setsockopt, sockopt};
use tokio::net::{TcpListener, TcpStream};
use tokio::task::JoinSet;
use tokio_util::sync::CancellationToken;
use tower::ServiceExt;

/// How those who connect are treated.
#[derive(Clone, Copy, Debug)]
pub struct Manners {
    /// A request begins within this time, its line and its headers, and a connection is not silent for longer between two.
    pub head: Duration,
    /// Longer heads are refused, in bytes; none leaves it to hyper.
    pub longest_head: Option<usize>,
    /// Whoever takes nothing of an answer for so long is left alone.
    pub unread: Duration,
    /// How long answers may go on once the program is to end.
    pub closing: Duration,
}

/// Answers until `stop`; what is being answered then may go on for a moment.
///
/// `welcome` hears where a connection comes from and where it was made to. It returns what the requests of the connection know,
/// as an extension, and what is kept for as long as it lasts; a connection that is not welcome is closed.
pub async fn serve<Known, Kept>(
    listener: TcpListener,
    router: Router,
    manners: Manners,
    stop: CancellationToken,
    welcome: impl Fn(SocketAddr, SocketAddr) -> Option<(Known, Kept)>,
) where
    Known: Clone + Send + Sync + 'static,
    Kept: Send + 'static,
{
    let mut connections = JoinSet::new();
    loop {
        tokio::select! {
            accepted = listener.accept() => match accepted {
                Ok((stream, peer)) => {
                    let here = stream.local_addr().ok();
                    // the kernel ends it, also where nothing is to be read and an answer waits
                    let unread = u32::try_from(manners.unread.as_millis()).unwrap_or(u32::MAX);
                    let here = here.filter(|_| setsockopt(&stream, sockopt::TcpUserTimeout, &unread).is_ok());
                    if let Some((known, kept)) = here.and_then(|here| welcome(peer, here)) {
                        let (router, stop) = (router.clone(), stop.clone());
                        connections.spawn(async move {
                            let _kept = kept;
                            answer(stream, peer, known, manners, router, stop).await;
                        });
                    }
                }
                Err(error) => pause(&error).await,
            },
            Some(_) = connections.join_next() => {} // one that ended takes no more room
            () = stop.cancelled() => break,
        }
    }
    drop(listener);
    let all = async { while connections.join_next().await.is_some() {} };
    let _ = tokio::time::timeout(manners.closing, all).await;
}

/// Answers what comes over a connection, one request after the other.
async fn answer<Known: Clone + Send + Sync + 'static>(
    stream: TcpStream,
    peer: SocketAddr,
    known: Known,
    manners: Manners,
    router: Router,
    stop: CancellationToken,
) {
    let service = service_fn(move |request: Request<Incoming>| {
        let mut request = request.map(Body::new);
        request.extensions_mut().insert(known.clone());
        router.clone().oneshot(request)
    });
    let mut http = http1::Builder::new();
    http.timer(TokioTimer::new()).header_read_timeout(manners.head);
    if let Some(longest) = manners.longest_head {
        http.max_buf_size(longest);
    }
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
