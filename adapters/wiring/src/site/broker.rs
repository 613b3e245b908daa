//! `[boss]`: where RabbitMQ is, and the viewer of the engine.

use std::sync::{Arc, Mutex};
use std::time::Duration;

use config::Configuration;
use participant_core::{Fei, async_trait};
use skynet_amqp::{Settings, Tls};
use viewer::Viewer;

/// The BOSS of a site.
#[derive(Clone, Debug)]
pub(crate) struct Broker {
    /// How to reach RabbitMQ.
    pub(crate) settings: Settings,
    /// Who can say what the engine knows.
    pub(crate) viewer: Option<Viewer>,
}

const BOSS: &str = "boss";

/// Reads `[boss]`.
pub(crate) fn broker(site: &mut Configuration) -> Broker {
    let host = site.required(BOSS, "amqp_host");
    let user = site.required(BOSS, "amqp_user");
    let password = site.required(BOSS, "amqp_pwd");
    let vhost = site.required(BOSS, "amqp_vhost");
    let (host, port) = host_and_port(&host);
    let mut settings = Settings::new(host, user, password, vhost);
    match port.map(str::parse::<u16>) {
        None => {}
        Some(Ok(port)) => settings = settings.port(port),
        Some(Err(_)) => site.mistake(BOSS, "amqp_host", "should end in a port number, as mq.example:5672"),
    }
    if let Some(tls) = tls(site) {
        settings = settings.tls(tls);
    }
    if let Some(seconds) = site.number(BOSS, "amqp_heartbeat") {
        settings = settings.heartbeat(Duration::from_secs(seconds));
    }
    if let Some(seconds) = site.number(BOSS, "amqp_consumer_timeout") {
        settings = settings.consumer_timeout(Duration::from_secs(seconds));
    }
    if let Some(queue) = site.text(BOSS, "dead_letters") {
        settings = settings.dead_letters(queue);
    }
    let viewer = site.text(BOSS, "viewer").and_then(|address| match Viewer::at(&address) {
        Ok(viewer) => Some(viewer),
        Err(error) => {
            site.mistake(BOSS, "viewer", format_args!("is wrong: {error}"));
            None
        }
    });
    if let Some(viewer) = &viewer {
        settings = settings.ask(Arc::new(Steps { viewer: viewer.clone(), said: Mutex::default() }));
    }
    Broker { settings, viewer }
}

/// Knows which steps the engine waits for; what is wrong with the viewer is said once, until it changes.
struct Steps {
    viewer: Viewer,
    said: Mutex<Option<String>>,
}

#[async_trait]
impl skynet_amqp::Viewer for Steps {
    async fn waits_for(&self, step: &Fei) -> Option<bool> {
        let answer = self.viewer.waits_for(&step.to_string()).await;
        let wrong = answer.as_ref().err().map(ToString::to_string);
        let mut said = self.said.lock().unwrap_or_else(std::sync::PoisonError::into_inner);
        if let Some(wrong) = wrong.as_ref().filter(|wrong| said.as_ref() != Some(wrong)) {
            tracing::warn!("{wrong}: a cancel without a correlation id stops nothing until it does");
        }
        *said = wrong;
        answer.ok()
    }
}

fn tls(site: &mut Configuration) -> Option<Tls> {
    let [authority, certificate, key] = ["amqp_ca", "amqp_cert", "amqp_key"].map(|key| site.pem(BOSS, key));
    let wanted = site.yes(BOSS, "amqp_tls");
    if (authority.is_some() || certificate.is_some() || key.is_some()) && !wanted {
        site.mistake(BOSS, "amqp_tls", "should be yes: there are certificates, which only TLS uses");
    }
    let identity = match (certificate, key) {
        (Some(certificate), Some(key)) => Some((certificate, key)),
        (None, None) => None,
        _ => {
            site.mistake(BOSS, "amqp_cert", "and amqp_key go together: one of them is missing");
            None
        }
    };
    wanted.then_some(Tls { authority, identity })
}

/// Splits `mq.example:5672`; the address of an IPv6 host stands in brackets when a port follows.
fn host_and_port(text: &str) -> (&str, Option<&str>) {
    if let Some((host, rest)) = text.strip_prefix('[').and_then(|text| text.split_once(']')) {
        return (host, rest.strip_prefix(':'));
    }
    match text.split_once(':') {
        Some((host, port)) if !port.contains(':') => (host, Some(port)),
        _ => (text, None),
    }
}

#[cfg(test)]
mod tests {
    use std::fs::Permissions;
    use std::os::unix::fs::PermissionsExt;

    use super::{broker, host_and_port};

    /// What a `[boss]` with these lines comes to, as it is shown.
    fn shown(more: &str) -> String {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("skynet.conf");
        let boss = "[boss]\namqp_host = mq\namqp_user = u\namqp_pwd = s3cret\namqp_vhost = v\n";
        std::fs::write(&file, format!("{boss}{more}")).unwrap();
        std::fs::set_permissions(&file, Permissions::from_mode(0o600)).unwrap();
        let mut site = crate::site::read(&file, None);
        let shown = format!("{:?}", broker(&mut site).settings);
        format!(
            "{shown} {}",
            crate::site::finish(&site).err().map(|error| error.to_string()).unwrap_or_default()
        )
    }

    #[test]
    fn every_key_of_the_broker_is_heard() {
        assert!(!shown("").contains("s3cret"));
        for (more, words) in [
            ("", "heartbeat: 10s"),
            ("", "consumer_timeout: 1800s"),
            ("", "tls: None"),
            ("amqp_heartbeat = 7", "heartbeat: 7s"),
            ("amqp_consumer_timeout = 77", "consumer_timeout: 77s"),
            ("dead_letters = aside", "dead_letters: Some(\"aside\")"),
            ("amqp_tls = yes", "mq:5671"),
            ("amqp_tls = yes\namqp_ca = /ca.pem", "authority: Some(\"/ca.pem\")"),
            ("amqp_tls = yes\namqp_cert = /c\namqp_key = /k", "identity: Some((\"/c\", \"/k\"))"),
            ("amqp_tls = yes\namqp_cert = /c", "go together"),
            ("amqp_ca = /ca.pem", "should be yes"),
        ] {
            assert!(shown(more).contains(words), "{more}: {words}: {}", shown(more));
        }
    }

    #[test]
    fn a_host_may_have_a_port() {
        for (text, expected) in [
            ("mq.example", ("mq.example", None)),
            ("mq.example:5673", ("mq.example", Some("5673"))),
            ("mq.example:", ("mq.example", Some(""))),
            ("::1", ("::1", None)),
            ("[::1]:5673", ("::1", Some("5673"))),
            ("[::1]", ("::1", None)),
        ] {
            assert_eq!(host_and_port(text), expected, "{text}");
        }
    }
}
