//! What the tests play with: an engine of few words, a participant that does what it is told, a place to note what ran.

use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

use lapin::options::{BasicGetOptions, BasicPublishOptions, ConfirmSelectOptions, QueueDeclareOptions};
use lapin::types::FieldTable;
use lapin::{BasicProperties, Channel, Connection, ConnectionProperties};
use participant_core::{
    CancellationToken, ENGINE_QUEUE, Exo, Failure, Intake, Job, Launch, LaunchError, Launcher, Message,
    Outcome, Participant, Stop, Transport, TransportError, Workitem, async_trait,
};
use serde_json::{Value, json};
use skynet_amqp::{AmqpTransport, Settings};
use tokio::task::JoinHandle;

/// The broker all tests share.
pub(crate) fn shared_url() -> String {
    std::env::var("IMG_TEST_AMQP_URL")
        .expect("IMG_TEST_AMQP_URL names no RabbitMQ: run `.ci/with-services cargo test`")
}

pub(crate) fn shared() -> Settings {
    Settings::from_url(&shared_url())
        .unwrap()
        .heartbeat(Duration::from_secs(2))
        .retry_at_most(Duration::from_secs(1))
}

/// Shows the log of a test, when RUST_LOG asks for it.
pub(crate) fn show_log() {
    let filter = tracing_subscriber::EnvFilter::from_default_env();
    let _ = tracing_subscriber::fmt().with_env_filter(filter).with_test_writer().try_init();
}

/// A name nobody else uses.
pub(crate) fn unique(name: &str) -> String {
    format!("{name}-{}", uuid::Uuid::new_v4().simple())
}

/// The text of a workitem, told from all others by `number`.
pub(crate) fn workitem(number: u32, fields: &Value) -> Vec<u8> {
    let mut fields = fields.clone();
    fields["dispatched_at"] = json!("2026-11-21 07:39:38.980797 UTC");
    fields["number"] = json!(number);
    let fei = json!({ "engine_id": "engine", "wfid": format!("20261121-0739-{number}"), "subid": "c1eb", "expid": "0_0" });
    json!({ "fields": fields, "fei": fei, "participant_name": "p", "re_dispatch_count": 0 })
        .to_string()
        .into_bytes()
}

pub(crate) fn cancel() -> Vec<u8> {
    br##"{"cancel":true,"fei":"#<Ruote::HashWrapper:0x00007f13a6335ca0>","flavour":null}"##.to_vec()
}

/// Speaks to the broker as the engine does.
pub(crate) struct Engine {
    pub(crate) connection: Connection,
    pub(crate) channel: Channel,
}

impl Engine {
    pub(crate) async fn at(url: &str) -> Engine {
        // a broker that starts listens before it answers
        let mut tries = 0..50;
        let connection = loop {
            match Connection::connect(url, ConnectionProperties::default()).await {
                Ok(connection) => break connection,
                Err(error) => assert!(tries.next().is_some(), "{error}"),
            }
            tokio::time::sleep(Duration::from_millis(200)).await;
        };
        let channel = connection.create_channel().await.unwrap();
        channel.confirm_select(ConfirmSelectOptions::default()).await.unwrap();
        Engine { connection, channel }
    }

    pub(crate) async fn declare(&self, queue: &str) {
        let durable = QueueDeclareOptions::durable();
        self.channel.queue_declare(queue.into(), durable, FieldTable::default()).await.unwrap();
    }

    /// Sends as the engine does, `persistent` when the process says so.
    pub(crate) async fn send(&self, queue: &str, body: &[u8], correlation: &str, persistent: bool) {
        let properties = BasicProperties::default()
            .with_content_type("application/octet-stream".into())
            .with_correlation_id(correlation.into())
            .with_delivery_mode(if persistent { 2 } else { 1 });
        let options = BasicPublishOptions::default();
        self.channel
            .basic_publish("".into(), queue.into(), options, body, properties)
            .await
            .unwrap()
            .await
            .unwrap();
    }

    /// Takes what was sent to a queue until nothing came for `quiet`.
    pub(crate) async fn drain(&self, queue: &str, quiet: Duration) -> Vec<Value> {
        self.take(queue, usize::MAX, quiet).await
    }

    /// Takes up to so many messages, waiting up to `patience` for each; leaves all others where they are.
    pub(crate) async fn take(&self, queue: &str, many: usize, patience: Duration) -> Vec<Value> {
        let mut taken = Vec::new();
        let mut last = Instant::now();
        while taken.len() < many && last.elapsed() < patience {
            let no_ack = BasicGetOptions { no_ack: true };
            match self.channel.basic_get(queue.into(), no_ack).await.unwrap() {
                Some(got) => {
                    taken.push(serde_json::from_slice(&got.delivery.data).unwrap_or(Value::Null));
                    last = Instant::now();
                }
                None => tokio::time::sleep(Duration::from_millis(20)).await,
            }
        }
        taken
    }

    /// How many messages wait on a queue.
    pub(crate) async fn depth(&self, queue: &str) -> u32 {
        let passive = QueueDeclareOptions::durable().passive();
        self.channel
            .queue_declare(queue.into(), passive, FieldTable::default())
            .await
            .unwrap()
            .message_count()
    }
}

impl Engine {
    /// Waits until so many messages wait on these queues together, and goes on to be so.
    pub(crate) async fn comes_to(&self, expected: u32, queues: &[&str]) {
        let (mut found, mut in_a_row) = (0, 0);
        for _ in 0..100 {
            found = 0;
            for queue in queues {
                found += self.depth(queue).await;
            }
            in_a_row = if found == expected { in_a_row + 1 } else { 0 };
            if in_a_row == 3 {
                return;
            }
            tokio::time::sleep(Duration::from_millis(80)).await;
        }
        panic!("{found} messages wait on {queues:?}, not {expected}");
    }
}

/// What happened to workitems in this process: (`started`, number), (`cancelled`, number)…
pub(crate) type Log = Arc<Mutex<Vec<(String, u64)>>>;

/// Works for as many milliseconds as the field `ms` says; panics or fails when the field `ends` says so.
pub(crate) struct Worker(pub(crate) Log);

#[async_trait]
impl Participant for Worker {
    async fn handle_wi(&self, item: &Workitem, job: &Job) -> Result<Outcome, Failure> {
        let number: u64 = item.read("number").ok_or_else(|| Failure::missing("number"))?;
        let note = |what: &str| {
            println!("{what} {number}"); // for whoever runs us as a process
            self.0.lock().unwrap().push((what.into(), number));
        };
        note("started");
        let work = tokio::time::sleep(Duration::from_millis(item.read("ms").unwrap_or(0)));
        tokio::select! {
            () = work => note("done"),
            stop = job.stopped() => note(if stop == Stop::Engine { "cancelled" } else { "stopped" }),
        }
        match item.text("ends").as_deref() {
            Some("panic") => panic!("it was told to"),
            Some(path) => Err(Failure::missing(path)),
            None => Ok(Outcome::done().set("answer", number * 2)),
        }
    }
}

/// Sends what is for the engine to a queue of this test's own.
pub(crate) struct OwnEngine {
    pub(crate) rabbit: AmqpTransport,
    pub(crate) replies: String,
}

#[async_trait]
impl Transport for OwnEngine {
    async fn take(&self, queue: &str) -> Result<Box<dyn Intake>, TransportError> {
        self.rabbit.take(queue).await
    }

    async fn publish(&self, message: &Message) -> Result<(), TransportError> {
        assert_eq!(message.queue, ENGINE_QUEUE);
        self.rabbit.publish(&Message { queue: self.replies.clone(), ..message.clone() }).await
    }
}

#[async_trait]
impl Launcher for OwnEngine {
    async fn launch(&self, launch: &Launch) -> Result<(), LaunchError> {
        self.rabbit.launch(launch).await
    }
}

/// A participant at work, in this process.
pub(crate) struct Instance {
    pub(crate) rabbit: AmqpTransport,
    pub(crate) log: Log,
    stop: CancellationToken,
    exo: JoinHandle<Result<(), TransportError>>,
}

impl Instance {
    pub(crate) fn start(settings: Settings, queue: &str, replies: &str) -> Instance {
        Instance::start_wide(1, settings, queue, replies)
    }

    /// Starts one that runs so many jobs at a time.
    pub(crate) fn start_wide(jobs: usize, settings: Settings, queue: &str, replies: &str) -> Instance {
        show_log();
        let log = Log::default();
        let rabbit = AmqpTransport::new(settings);
        let transport = Arc::new(OwnEngine { rabbit: rabbit.clone(), replies: replies.into() });
        let exo =
            Exo::new(queue, Arc::new(Worker(log.clone())), transport.clone(), transport).concurrency(jobs);
        let stop = CancellationToken::new();
        let token = stop.clone();
        let exo = tokio::spawn(async move { exo.run(token).await });
        Instance { rabbit, log, stop, exo }
    }

    /// How often something happened, to `number` or to all.
    pub(crate) fn count(&self, what: &str, number: Option<u64>) -> usize {
        let fits = |entry: &&(String, u64)| entry.0 == what && number.is_none_or(|number| entry.1 == number);
        self.log.lock().unwrap().iter().filter(fits).count()
    }

    pub(crate) async fn end(self) {
        self.stop.cancel();
        self.exo.await.unwrap().unwrap();
    }
}

/// Waits until something is true; returns how long it took.
pub(crate) async fn eventually(what: &str, patience: Duration, mut is: impl FnMut() -> bool) -> Duration {
    let start = Instant::now();
    while !is() {
        assert!(start.elapsed() < patience, "not within {patience:?}: {what}");
        tokio::time::sleep(Duration::from_millis(10)).await;
    }
    start.elapsed()
}
