//! Whether the guest answers by ssh.

use std::io;
use std::time::Duration;

use tokio::io::AsyncReadExt;
use tokio::net::TcpStream;
use tokio::time::{sleep, timeout};

use crate::{Error, Running};

/// qemu takes every connection and closes it when nobody listens in the guest: that is asked again after so long.
const AGAIN: Duration = Duration::from_millis(200);
/// A guest that is not there yet neither answers nor refuses: the question is put anew after so long.
const ANSWER: Duration = Duration::from_secs(5);
/// How long is looked, at most, whether a guest that said nothing says nothing now.
const LOOK: Duration = Duration::from_secs(30);

impl Running {
    /// Waits until an ssh server of the guest greets; returns the port that leads there.
    pub async fn answers(&self, patience: Duration) -> Result<u16, Error> {
        let port = self
            .ssh_port()
            .ok_or(Error::System { doing: "reach the machine", reason: "it has no network".into() })?;
        tokio::select! {
            () = greeted(port) => Ok(port),
            trouble = self.trouble() => Err(trouble),
            () = sleep(patience) => {
                Err(Error::NoAnswer { seconds: patience.as_secs(), console: self.console().tail() })
            }
        }
    }

    /// Looks whether the guest is there after ssh has given it up, or has said that the program did: ssh ends with the same
    /// status, and says nothing of a guest that said nothing for `silence`.
    pub async fn still_answers(&self, silence: Duration) -> Result<(), Error> {
        match self.answers(LOOK.min(silence)).await {
            Ok(_) => Ok(()),
            Err(Error::NoAnswer { console, .. }) => Err(Error::Hangs { seconds: silence.as_secs(), console }),
            Err(other) => Err(other),
        }
    }
}

async fn greeted(port: u16) {
    while !matches!(timeout(ANSWER, greeting(port)).await, Ok(Ok(true))) {
        sleep(AGAIN).await;
    }
}

async fn greeting(port: u16) -> io::Result<bool> {
    let mut stream = TcpStream::connect(("127.0.0.1", port)).await?;
    let mut start = [0; 4];
    stream.read_exact(&mut start).await?;
    Ok(&start == b"SSH-")
}
