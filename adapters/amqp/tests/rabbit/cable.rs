//! A cable between a client and a broker, to be cut.

use std::net::SocketAddr;
use std::time::Duration;

use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::tcp::{OwnedReadHalf, OwnedWriteHalf};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::watch;

/// What becomes of the connections there are; new ones are whole.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Cut {
    /// They stay open and say nothing, as when the other end is gone without a word.
    Silent,
    /// They are closed.
    Closed,
}

/// Carries every connection to a broker that may be away at times.
pub(crate) struct Cable {
    pub(crate) address: SocketAddr,
    cuts: watch::Sender<Cut>,
}

impl Cable {
    pub(crate) async fn to(broker: String) -> Cable {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let (cuts, cut) = watch::channel(Cut::Silent);
        let cable = Cable { address: listener.local_addr().unwrap(), cuts };
        tokio::spawn(async move {
            while let Ok((client, _)) = listener.accept().await {
                let Ok(broker) = TcpStream::connect(&broker).await else { continue };
                let ((from_client, to_client), (from_broker, to_broker)) =
                    (client.into_split(), broker.into_split());
                tokio::spawn(carry(from_client, to_broker, cut.clone()));
                tokio::spawn(carry(from_broker, to_client, cut.clone()));
            }
        });
        cable
    }

    pub(crate) fn cut(&self, how: Cut) {
        self.cuts.send_replace(how);
    }
}

/// Carries bytes until the cable is cut.
async fn carry(mut from: OwnedReadHalf, mut to: OwnedWriteHalf, mut cut: watch::Receiver<Cut>) {
    cut.mark_unchanged();
    let mut bytes = vec![0; 64 << 10];
    loop {
        tokio::select! {
            read = from.read(&mut bytes) => match read {
                Ok(read @ 1..) => if to.write_all(&bytes[..read]).await.is_err() { return },
                _ => return,
            },
            _ = cut.changed() => {
                if *cut.borrow() == Cut::Silent {
                    tokio::time::sleep(Duration::from_secs(600)).await;
                }
                return;
            }
        }
    }
}
