//! Keeps one session alive: connects, waits for its end, connects again.

use std::sync::Arc;
use std::time::{Duration, Instant};

use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;
use tokio::sync::watch;
use tokio_util::sync::{CancellationToken, DropGuard};
use tracing::{debug, info, warn};

use crate::session::Session;
use crate::settings::Settings;
use crate::trouble::Trouble;

/// A session that lasted this long was a good one: the next try comes soon.
const GOOD: Duration = Duration::from_secs(10);
const FIRST_PAUSE: Duration = Duration::from_millis(100);

/// What there is at the moment.
#[derive(Clone)]
enum State {
    Connecting,
    Up(Arc<Session>),
    Down(Trouble),
}

/// The way to the broker; reconnects for as long as it is not dropped.
pub(crate) struct Link {
    pub(crate) settings: Arc<Settings>,
    state: watch::Receiver<State>,
    _stop: DropGuard,
}

impl Link {
    /// Starts to connect; must be called inside a tokio runtime.
    pub(crate) fn new(settings: Settings) -> Link {
        let settings = Arc::new(settings);
        let (sender, state) = watch::channel(State::Connecting);
        let stop = CancellationToken::new();
        tokio::spawn(supervise(settings.clone(), sender, stop.clone()));
        Link { settings, state, _stop: stop.drop_guard() }
    }

    /// Waits for a session that works.
    pub(crate) async fn session(&self) -> Arc<Session> {
        let mut state = self.state.clone();
        let up = |state: &State| matches!(state, State::Up(session) if !session.is_over());
        loop {
            // the sender lives as long as we do
            if let Ok(state) = state.wait_for(up).await
                && let State::Up(session) = &*state
            {
                return session.clone();
            }
            std::future::pending::<()>().await;
        }
    }

    /// Waits this long for a session; the error says what is wrong.
    pub(crate) async fn session_within(&self, patience: Duration) -> Result<Arc<Session>, Trouble> {
        tokio::time::timeout(patience, self.session())
            .await
            .map_err(|_| self.trouble().unwrap_or_else(|| Trouble::silent(&self.settings, patience)))
    }

    /// Waits until the broker has all acks of the session there is now.
    pub(crate) async fn flush(&self) {
        let state = self.state.borrow().clone();
        if let State::Up(session) = state {
            session.flush().await;
        }
    }

    /// Returns what is wrong now.
    pub(crate) fn trouble(&self) -> Option<Trouble> {
        match &*self.state.borrow() {
            State::Down(trouble) => Some(trouble.clone()),
            _ => None,
        }
    }
}

async fn supervise(settings: Arc<Settings>, state: watch::Sender<State>, stop: CancellationToken) {
    let patience = Duration::from_secs(5).max(settings.heartbeat);
    let mut pause = FIRST_PAUSE;
    let mut said: Option<Trouble> = None;
    let mut flapping = false;
    loop {
        let hung = said.as_ref().is_some_and(Trouble::is_silence);
        let open = async {
            if hung {
                answers(&settings, patience).await?;
            }
            Session::open(settings.clone(), patience).await
        };
        let opened = tokio::select! {
            opened = open => opened,
            () = stop.cancelled() => return,
        };
        let trouble = match opened {
            Ok(session) => {
                if flapping {
                    debug!("connected to RabbitMQ at {} once more", settings.address());
                } else {
                    info!("connected to RabbitMQ at {}", settings.address());
                }
                let since = Instant::now();
                state.send_replace(State::Up(session.clone()));
                let trouble = tokio::select! {
                    trouble = session.ended() => trouble,
                    () = stop.cancelled() => return session.close().await,
                };
                flapping = since.elapsed() < GOOD;
                if !flapping {
                    (pause, said) = (FIRST_PAUSE, None);
                }
                trouble
            }
            Err(trouble) => trouble,
        };
        if said.as_ref() != Some(&trouble) {
            warn!("{trouble}; trying again, at least every {} s", settings.retry_at_most.as_secs_f32());
        }
        said = Some(trouble.clone());
        state.send_replace(State::Down(trouble));
        tokio::select! {
            () = tokio::time::sleep(pause) => pause = (pause * 2).min(settings.retry_at_most),
            () = stop.cancelled() => return,
        }
    }
}

/// Asks a broker that was silent for a sign of life. lapin has a thread for each try to connect, which a broker that hangs
/// keeps for as long as it does.
async fn answers(settings: &Settings, patience: Duration) -> Result<(), Trouble> {
    const HEADER: &[u8] = b"AMQP\x00\x00\x09\x01";
    let sign = async {
        let mut stream = TcpStream::connect((settings.host.as_str(), settings.port_in_use())).await?;
        if settings.tls.is_none() {
            stream.write_all(HEADER).await?;
            stream.read_u8().await?;
        }
        std::io::Result::Ok(())
    };
    match tokio::time::timeout(patience, sign).await {
        Ok(Ok(())) => Ok(()),
        Ok(Err(error)) => Err(Trouble::connecting(settings, &error.into())),
        Err(_) => Err(Trouble::silent(settings, patience)),
    }
}
