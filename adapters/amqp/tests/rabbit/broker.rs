//! A RabbitMQ of a test's own, to be stopped and killed; it goes away with the value.

use std::fs::File;
use std::net::TcpListener;
use std::os::unix::process::CommandExt;
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use nix::sys::signal::{Signal, killpg};
use nix::unistd::Pid;
use skynet_amqp::Settings;
use tempfile::TempDir;

const SERVER: &str = "/usr/lib/rabbitmq/bin/rabbitmq-server";

pub(crate) struct Broker {
    folder: TempDir,
    pub(crate) port: u16,
    /// Where it listens with TLS, when `{tls}` is in its configuration.
    pub(crate) tls_port: u16,
    distribution: u16,
    mapper_port: u16,
    server: Child,
    mapper: Child,
}

impl Broker {
    /// Starts one with these lines more in its configuration, and these settings only Erlang can write; `definitions`
    /// are users, virtual hosts and queues.
    pub(crate) async fn start(more: &str, advanced: &str, definitions: Option<&str>) -> Broker {
        assert!(Path::new(SERVER).exists(), "RabbitMQ is not installed; .ci/need test installs it");
        // not below TMPDIR: the path has to be short and without blanks
        let folder = tempfile::Builder::new().prefix("img-rabbit.").tempdir_in("/tmp").unwrap();
        let [port, tls_port, distribution, mapper_port] = free_ports();
        let more = more.replace("{tls}", &tls_port.to_string());
        let at = |name: &str| folder.path().join(name);
        let users = match definitions {
            Some(text) => {
                std::fs::write(at("definitions.json"), text).unwrap();
                format!("load_definitions = {}\n", at("definitions.json").display())
            }
            None => "default_user = img\ndefault_pass = pw\ndefault_vhost = /img-test\n".into(),
        };
        let config = format!(
            "listeners.tcp.1 = 127.0.0.1:{port}\nloopback_users.none = true\ndisk_free_limit.absolute = 50MB\n\
             log.console = true\nlog.file = false\n{users}{more}\n"
        );
        std::fs::write(at("rabbitmq.conf"), config).unwrap();
        std::fs::write(at("advanced.config"), format!("[{{rabbit, [{advanced}]}}].\n")).unwrap();
        std::fs::write(at("plugins"), "[].").unwrap();
        let mapper = spawn(in_folder(&folder, port, distribution, mapper_port, "epmd"), &at("epmd.log"));
        let server = spawn(in_folder(&folder, port, distribution, mapper_port, SERVER), &at("rabbit.log"));
        let mut broker = Broker { folder, port, tls_port, distribution, mapper_port, server, mapper };
        broker.wait_until_up().await;
        broker
    }

    pub(crate) fn url(&self) -> String {
        format!("amqp://img:pw@127.0.0.1:{}/%2Fimg-test", self.port)
    }

    /// How its first user gets in.
    pub(crate) fn settings(&self) -> Settings {
        Settings::new("127.0.0.1", "img", "pw", "/img-test")
            .port(self.port)
            .heartbeat(Duration::from_secs(2))
            .retry_at_most(Duration::from_secs(1))
    }

    /// Sends a signal to it and its helpers.
    pub(crate) fn signal(&self, signal: Signal) {
        killpg(group(&self.server), signal).unwrap();
    }

    /// Ends it by a signal and waits until it has ended.
    pub(crate) fn end(&mut self, signal: Signal) {
        self.signal(signal);
        self.server.wait().unwrap();
        // its helpers end a little later; a signal that is none tells whether any is left
        for _ in 0..300 {
            if killpg(group(&self.server), None).is_err() {
                return;
            }
            std::thread::sleep(Duration::from_millis(100));
        }
        panic!("RabbitMQ does not end");
    }

    /// Starts it again with what it kept on disk.
    pub(crate) async fn start_again(&mut self) {
        let command = in_folder(&self.folder, self.port, self.distribution, self.mapper_port, SERVER);
        self.server = spawn(command, &self.folder.path().join("rabbit.log"));
        self.wait_until_up().await;
    }

    async fn wait_until_up(&mut self) {
        let start = Instant::now();
        while tokio::net::TcpStream::connect(("127.0.0.1", self.port)).await.is_err() {
            let ended = self.server.try_wait().unwrap();
            if ended.is_some() || start.elapsed() > Duration::from_secs(60) {
                let log = std::fs::read_to_string(self.folder.path().join("rabbit.log")).unwrap_or_default();
                panic!("RabbitMQ did not come up ({ended:?}); its log:\n{log}");
            }
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
    }
}

impl Drop for Broker {
    fn drop(&mut self) {
        for child in [&mut self.server, &mut self.mapper] {
            let _ = killpg(group(child), Signal::SIGKILL);
            let _ = child.wait();
        }
    }
}

fn group(child: &Child) -> Pid {
    Pid::from_raw(child.id().try_into().expect("a pid"))
}

/// A program of RabbitMQ that keeps everything in one folder, as .ci/with-services runs it.
fn in_folder(folder: &TempDir, port: u16, distribution: u16, mapper: u16, program: &str) -> Command {
    let at = |name: &str| folder.path().join(name);
    let mut command = Command::new("setpriv");
    command
        .args(["--pdeathsig", "KILL", program])
        .env("HOME", folder.path())
        .env("RABBITMQ_NODENAME", format!("img-{port}@localhost"))
        .env("RABBITMQ_CONFIG_FILE", at("rabbitmq"))
        .env("RABBITMQ_ADVANCED_CONFIG_FILE", at("advanced.config"))
        .env("RABBITMQ_CONF_ENV_FILE", "/dev/null")
        .env("RABBITMQ_MNESIA_BASE", at("data"))
        .env("RABBITMQ_LOG_BASE", at("log"))
        .env("RABBITMQ_ENABLED_PLUGINS_FILE", at("plugins"))
        .env("RABBITMQ_DIST_PORT", distribution.to_string())
        .env("ERL_EPMD_PORT", mapper.to_string())
        .env("ERL_EPMD_ADDRESS", "127.0.0.1")
        .env("ERL_CRASH_DUMP_SECONDS", "0");
    command
}

/// Starts a process in a group of its own.
#[expect(
    clippy::disallowed_methods,
    reason = "a test starts the broker it is going to kill, and itself as a participant"
)]
pub(crate) fn spawn(mut command: Command, log: &Path) -> Child {
    let log = File::options().create(true).append(true).open(log).unwrap();
    command
        .stdin(Stdio::null())
        .stdout(log.try_clone().unwrap())
        .stderr(log)
        .process_group(0)
        .spawn()
        .unwrap()
}

fn free_ports<const N: usize>() -> [u16; N] {
    // held together, so that they differ
    let held = [(); N].map(|()| TcpListener::bind(("127.0.0.1", 0)).unwrap());
    held.map(|listener| listener.local_addr().unwrap().port())
}
