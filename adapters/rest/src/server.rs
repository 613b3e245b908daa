//! The socket answers go through.

use std::net::SocketAddr;
use std::time::Duration;

use axum::Router;
use axum::extract::ConnectInfo;
use http_socket::Manners;
use tokio::net::TcpListener;
use tokio_util::sync::CancellationToken;

/// Who takes nothing of an answer for so long is gone, or nobody we serve.
const UNREAD: Duration = Duration::from_secs(300);
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
        let manners = Manners { head: self.head, longest_head: None, unread: UNREAD, closing: CLOSING };
        let welcome = |peer, _| Some((ConnectInfo::<SocketAddr>(peer), ()));
        http_socket::serve(self.listener, router, manners, stop, welcome).await;
        Ok(())
    }
}
