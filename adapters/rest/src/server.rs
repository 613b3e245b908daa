//! The socket answers go through.

use std::net::SocketAddr;
use std::time::Duration;

use axum::Router;
use tokio::net::TcpListener;
use tokio_util::sync::CancellationToken;

/// How long answers may go on once the program is to end.
const CLOSING: Duration = Duration::from_secs(3);

/// An address that is listened on.
#[derive(Debug)]
pub struct Server {
    listener: TcpListener,
    address: SocketAddr,
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
            Ok(Server { listener, address })
        };
        listening.await.map_err(|source| ServerError { address, source })
    }

    /// Where it listens; with port 0 the kernel chose one.
    pub fn address(&self) -> SocketAddr {
        self.address
    }

    /// Answers until `stop`; what is being answered then may go on for a moment.
    pub async fn serve(self, router: Router, stop: CancellationToken) -> std::io::Result<()> {
        let service = router.into_make_service_with_connect_info::<SocketAddr>();
        let until = stop.clone();
        let serving = axum::serve(self.listener, service)
            .with_graceful_shutdown(async move { until.cancelled().await });
        let given_up = async {
            stop.cancelled().await;
            tokio::time::sleep(CLOSING).await;
        };
        tokio::select! {
            served = serving => served,
            () = given_up => Ok(()),
        }
    }
}
