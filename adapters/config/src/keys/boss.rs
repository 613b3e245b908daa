//! What every participant needs: the site, RabbitMQ, and its own queue.

use super::{Key, Kind};

const SKYNET: &str = "skynet";
const BOSS: &str = "boss";
const PARTICIPANT: &str = "participant";

const SECONDS: Kind = Kind::Number("seconds", 0);

pub(super) const KEYS: &[Key] = &[
    Key::new(
        SKYNET,
        "include_dir",
        Kind::Folder,
        "folder whose `*.conf` are read after this file, sorted by name",
    )
    .example("/etc/skynet/conf.d"),
    Key::new(SKYNET, "log_level", Kind::Text, "how much is logged")
        .example("INFO")
        .unused("`$IMG_LOG` says how much is logged, as IMG_LOG=debug"),
    Key::new(SKYNET, "service_dir", Kind::Folder, "folder of the services of supervise")
        .example("/var/lib/skynet/services")
        .unused("participants are units of systemd"),
    Key::new(
        BOSS,
        "amqp_host",
        Kind::Host,
        "the host of RabbitMQ; port 5672, with TLS 5671, unless it names one",
    )
    .mandatory()
    .example("mq.example:5672")
    .old(&[(BOSS, "boss_host")]),
    Key::new(BOSS, "amqp_user", Kind::Text, "whom RabbitMQ knows us as")
        .mandatory()
        .example("boss")
        .old(&[(BOSS, "boss_user")]),
    Key::new(BOSS, "amqp_pwd", Kind::Secret, "the password of amqp_user")
        .mandatory()
        .old(&[(BOSS, "boss_pass")]),
    Key::new(BOSS, "amqp_vhost", Kind::Text, "the virtual host of the engine, often boss")
        .mandatory()
        .example("boss")
        .old(&[(BOSS, "boss_vhost")]),
    Key::new(
        BOSS,
        "amqp_tls",
        Kind::YesNo,
        "whether the connection is encrypted; the certificate is checked",
    )
    .value("no")
    .example("yes"),
    Key::new(BOSS, "amqp_ca", Kind::File, "who signed the broker's certificate, as a PEM file")
        .otherwise("the system's list")
        .example("/etc/skynet/ca.pem"),
    Key::new(BOSS, "amqp_cert", Kind::File, "our certificate, for brokers that ask, as a PEM file")
        .example("/etc/skynet/img.pem"),
    Key::new(BOSS, "amqp_key", Kind::File, "the key of amqp_cert, as a PEM file")
        .example("/etc/skynet/img.key"),
    Key::new(BOSS, "amqp_heartbeat", SECONDS, "a broker silent for twice as long is given up")
        .value("10")
        .example("10"),
    Key::new(
        BOSS,
        "amqp_consumer_timeout",
        SECONDS,
        "the broker's own `consumer_timeout`, if it is not the usual one; jobs may be longer",
    )
    .value("1800")
    .example("1800"),
    Key::new(BOSS, "dead_letters", Kind::Text, "queue for what is no workitem")
        .otherwise("such messages are rejected")
        .example("not_understood"),
    Key::new(BOSS, "viewer", Kind::Address, "the engine's viewer: where registrations are verified, and asked what became of jobs nothing is heard of")
        .example("http://boss.example:9292"),
    Key::new(
        PARTICIPANT,
        "name",
        Kind::Text,
        "whom the rest of the section is about, where it stands in a file that others read, too",
    )
    .otherwise("everybody who reads the file")
    .example("build_image"),
    Key::new(PARTICIPANT, "queue", Kind::Text, "where it takes workitems")
        .otherwise("its name")
        .example("build_image"),
    Key::new(PARTICIPANT, "regexp", Kind::Text, "the names it is registered for")
        .otherwise("its name")
        .example("build_image|build_image_arm"),
    Key::new(
        PARTICIPANT,
        "code",
        Kind::Text,
        "which participant it is when the name is another; also as the path of the old `build_image.py`",
    )
    .otherwise("its name")
    .example("build_image"),
    Key::new(PARTICIPANT, "concurrency", Kind::Number("jobs", 1), "jobs at a time").value("1").example("2"),
    Key::new(PARTICIPANT, "grace", SECONDS, "how long running jobs may go on after SIGTERM")
        .value("30")
        .example("300"),
    Key::new(
        PARTICIPANT,
        "metrics_listen",
        Kind::Listen,
        "where `/metrics` and `/healthz` are served by HTTP, to everybody who can reach it",
    )
    .otherwise("nowhere")
    .example("127.0.0.1:9100"),
];
