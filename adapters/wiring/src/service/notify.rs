//! What systemd is told: that we are ready, that we live, and in a few words how we do.

use std::convert::Infallible;
use std::time::{Duration, Instant};

use sd_notify::NotifyState;

use super::crew::Crew;
use super::pulse::Pulse;

/// How often the words are looked at.
const OFTEN: Duration = Duration::from_secs(1);

/// How long the broker may take before we are ready without it.
const BROKER: Duration = Duration::from_secs(15);

/// How much longer than it is told systemd waits for our end, each time: jobs may finish, `grace` says within what time.
const LONGER: Duration = Duration::from_secs(30);

/// Says that a new configuration is read; [`ready`] says that it is in force.
pub(super) fn reloading() {
    match NotifyState::monotonic_usec_now() {
        Ok(now) => tell(&[NotifyState::Reloading, now]),
        Err(error) => tracing::debug!("no clock: {error}"),
    }
}

/// Says that work can come.
pub(super) fn ready(crew: &Crew) {
    tell(&[NotifyState::Ready, NotifyState::Status(&crew.status())]);
}

/// Keeps systemd told how we do, and its watchdog quiet as long as nothing is stuck.
///
/// A broker that is away keeps nobody from being ready: it may come back in a minute or tomorrow, and a unit that starts
/// for so long would be killed.
pub(super) async fn keep_telling(crew: &Crew, pulse: &Pulse) -> Infallible {
    let began = Instant::now();
    while !crew.knows() && began.elapsed() < BROKER {
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
    ready(crew);
    let watchdog = sd_notify::watchdog_enabled();
    let pause = watchdog.map_or(OFTEN, |patience| OFTEN.min(patience / 4));
    let (mut told, mut ending) = (crew.status(), false);
    loop {
        tokio::select! {
            () = tokio::time::sleep(pause) => {}
            () = crew.stop.cancelled(), if !ending => {
                ending = true;
                tell(&[NotifyState::Stopping]);
            }
        }
        let stuck = watchdog.and_then(|patience| pulse.silent(patience / 2));
        if stuck.is_none() {
            if watchdog.is_some() {
                tell(&[NotifyState::Watchdog]);
            }
            if ending {
                tell(&[NotifyState::ExtendTimeoutUsec(LONGER.as_micros().try_into().unwrap_or(u32::MAX))]);
            }
        }
        let now = stuck.unwrap_or_else(|| crew.status());
        if now != told {
            tell(&[NotifyState::Status(&now)]);
            told = now;
        }
    }
}

/// Tells systemd something; where nobody listens nothing happens.
fn tell(states: &[NotifyState<'_>]) {
    if let Err(error) = sd_notify::notify(states) {
        tracing::debug!("systemd does not listen: {error}");
    }
}
