//! Users that may not do everything, and connections that nobody else can read.

use std::time::Duration;

use serde_json::json;
use skynet_amqp::{AmqpTransport, Settings, Tls};

use crate::broker::Broker;
use crate::stage::{Engine, Instance, cancel, eventually, workitem};

const SOON: Duration = Duration::from_secs(10);

fn definitions() -> String {
    let user = |name: &str| json!({ "name": name, "password": "pw", "tags": "" });
    let may = |user: &str, configure: &str, rest: &str| json!({ "user": user, "vhost": "/img-test", "configure": configure, "write": rest, "read": rest });
    let queue = |name: &str| json!({ "name": name, "vhost": "/img-test", "durable": true, "auto_delete": false, "arguments": {} });
    json!({
        "vhosts": [{ "name": "/img-test" }, { "name": "other" }],
        "users": [user("img"), user("narrow"), user("almost"), user("nobody")],
        "permissions": [may("img", ".*", ".*"), may("narrow", "^$", "^(p|replies|amq\\.default)$"), may("nobody", "^$", "^$"),
            may("almost", "^(q|q\\.(work|cancel|lease\\..+)|amq\\.gen.*)$", ".*")],
        "queues": [queue("p"), queue("q"), queue("replies")],
    })
    .to_string()
}

#[tokio::test(flavor = "multi_thread")]
async fn whoever_may_less_is_told_so_and_works_as_well_as_it_can() {
    let certificates = Certificates::new();
    let broker = Broker::start(&certificates.config(), "", Some(&definitions())).await;
    let as_user = |user: &str, vhost: &str| {
        Settings::new("127.0.0.1", user, "pw", vhost)
            .port(broker.port)
            .read_ahead(5)
            .publish_within(Duration::from_secs(2))
            .retry_at_most(Duration::from_secs(1))
    };

    // a virtual host nobody can have; no right to that one; no right to anything
    let endless = "v".repeat(256);
    for (user, vhost, words) in [
        ("img", endless.as_str(), "a virtual host has at most 255 bytes, and the one to use has 256"),
        (
            "narrow",
            "other",
            "RabbitMQ at 127.0.0.1:PORT lets the user `narrow` not into the virtual host `other`",
        ),
        ("nobody", "/img-test", "the user `nobody` may not consume `p`: ACCESS_REFUSED"),
    ] {
        let instance = Instance::start(as_user(user, vhost), "p", "replies");
        let words = words.replace("PORT", &broker.port.to_string());
        let said = || instance.rabbit.trouble().is_some_and(|trouble| trouble.contains(&words));
        eventually(&words, SOON, said).await;
        instance.end().await;
    }

    // no right to make queues, or not all of them: messages are read ahead, a cancel among them is seen
    let engine = Engine::at(&broker.url()).await;
    for (user, queue) in [("narrow", "p"), ("almost", "q")] {
        let instance = Instance::start(as_user(user, "/img-test"), queue, "replies");
        engine.send(queue, &workitem(1, &json!({ "ms": 60_000 })), "image-1", false).await;
        eventually("the job runs", SOON, || instance.count("started", Some(1)) == 1).await;
        engine.send(queue, &workitem(2, &json!({})), "image-2", false).await;
        engine.send(queue, &workitem(3, &json!({})), "image-3", false).await;
        engine.send(queue, &cancel(), "image-2", false).await;
        engine.send(queue, &cancel(), "image-1", false).await;
        eventually("the running job is cancelled", SOON, || instance.count("cancelled", Some(1)) == 1).await;
        let answers = engine.take("replies", 2, Duration::from_secs(1)).await;
        assert_eq!(answers.iter().map(|a| &a["fields"]["number"]).collect::<Vec<_>>(), [&json!(3)], "{user}");
        assert!(instance.rabbit.trouble().is_none());
        instance.end().await;
        engine.comes_to(0, &[queue]).await;
    }

    certificates.are_asked_for(&broker, &engine).await;
}

/// An authority with a certificate for the broker and one for us.
struct Certificates(tempfile::TempDir);

impl Certificates {
    fn new() -> Certificates {
        let folder = tempfile::tempdir_in("/tmp").unwrap();
        let write = |name: &str, text: String| std::fs::write(folder.path().join(name), text).unwrap();
        for authority in ["ours", "foreign"] {
            let key = rcgen::KeyPair::generate().unwrap();
            let mut params = rcgen::CertificateParams::new(Vec::new()).unwrap();
            params.is_ca = rcgen::IsCa::Ca(rcgen::BasicConstraints::Unconstrained);
            params.distinguished_name.push(rcgen::DnType::CommonName, authority);
            write(&format!("{authority}.pem"), params.self_signed(&key).unwrap().pem());
            let issuer = rcgen::Issuer::new(params, key);
            for who in ["localhost", "client"] {
                let key = rcgen::KeyPair::generate().unwrap();
                let mut params = rcgen::CertificateParams::new(vec![who.to_owned()]).unwrap();
                params.distinguished_name.push(rcgen::DnType::CommonName, who);
                write(&format!("{authority}-{who}.pem"), params.signed_by(&key, &issuer).unwrap().pem());
                write(&format!("{authority}-{who}.key"), key.serialize_pem());
            }
        }
        Certificates(folder)
    }

    fn file(&self, name: &str) -> std::path::PathBuf {
        self.0.path().join(name)
    }

    fn config(&self) -> String {
        format!(
            "listeners.ssl.1 = 127.0.0.1:{{tls}}\nssl_options.cacertfile = {}\nssl_options.certfile = {}\n\
             ssl_options.keyfile = {}\nssl_options.verify = verify_peer\nssl_options.fail_if_no_peer_cert = true\n",
            self.file("ours.pem").display(),
            self.file("ours-localhost.pem").display(),
            self.file("ours-localhost.key").display(),
        )
    }

    /// Works with the right certificates, and says what is wrong with others.
    async fn are_asked_for(&self, broker: &Broker, engine: &Engine) {
        let with = |authority: &str, identity: Option<&str>| {
            let identity =
                identity.map(|name| (self.file(&format!("{name}.pem")), self.file(&format!("{name}.key"))));
            let tls = Tls { authority: Some(self.file(authority)), identity };
            let settings = Settings::new("localhost", "img", "pw", "/img-test").port(broker.tls_port);
            AmqpTransport::new(settings.tls(tls).publish_within(Duration::from_secs(5)))
        };
        let message = participant_core::Message { queue: "replies".into(), body: b"{}".into(), id: None };
        use participant_core::Transport;

        with("ours.pem", Some("ours-client")).publish(&message).await.unwrap();

        assert_eq!(engine.take("replies", 1, SOON).await.len(), 1);
        for (authority, identity, words) in [
            ("foreign.pem", Some("ours-client"), "invalid peer certificate"),
            ("ours.pem", Some("foreign-client"), "cannot connect to RabbitMQ at localhost"),
            ("ours.pem", None, "cannot connect to RabbitMQ at localhost"),
            ("missing.pem", None, "cannot read"),
        ] {
            let error = with(authority, identity).publish(&message).await.unwrap_err();
            assert!(error.source.to_string().contains(words), "{authority} {identity:?}: {}", error.source);
        }
    }
}
