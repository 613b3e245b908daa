//! What systemd hears, on a socket that stands in for its own.

use std::os::unix::net::UnixDatagram;
use std::time::{Duration, Instant};

use nix::sys::signal::Signal;
use serde_json::json;

use crate::engine::{Engine, workitem};
use crate::site::{Program, Site};

const SOON: Duration = Duration::from_secs(20);

struct Systemd(UnixDatagram);

impl Systemd {
    /// Starts a participant that has somebody to tell.
    fn start(site: &Site, name: &str) -> (Systemd, Program) {
        let socket = site.path().join("notify");
        let systemd = Systemd(UnixDatagram::bind(&socket).unwrap());
        systemd.0.set_read_timeout(Some(SOON)).unwrap();
        let socket = socket.to_str().unwrap();
        (systemd, site.run_with(&[name], &[("NOTIFY_SOCKET", socket), ("WATCHDOG_USEC", "4000000")]))
    }

    /// The next message that has these words.
    fn hears(&self, words: &str) -> String {
        let start = Instant::now();
        let mut heard = String::new();
        let mut buffer = [0; 4096];
        while start.elapsed() < SOON {
            let length =
                self.0.recv(&mut buffer).unwrap_or_else(|error| panic!("no `{words}`: {error}: {heard}"));
            let message = String::from_utf8_lossy(&buffer[..length]).into_owned();
            if message.contains(words) {
                return message;
            }
            heard += &message;
        }
        panic!("no `{words}`: {heard}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn systemd_hears_of_a_life_from_start_to_end() {
    let engine = Engine::on("boss-13").await;
    let site = Site::new("boss-13", "");
    let (systemd, mut program) = Systemd::start(&site, "build_ks");
    assert_eq!(systemd.hears("READY=1"), "READY=1\nSTATUS=connected; 0 jobs running, 0 ended\n");
    systemd.hears("WATCHDOG=1");

    engine.declare("build_ks").await;
    engine.send("build_ks", &workitem(1, "build_ks", &json!({})), "").await;
    systemd.hears("STATUS=connected; 0 jobs running, 1 ended\n");

    for (text, status) in [
        (
            "[participant]\nconcurrency = many\n",
            "; the configuration has mistakes, what was read before them is",
        ),
        ("", "STATUS=connected; 0 jobs running, 1 ended\n"),
    ] {
        site.write("build_ks.conf", text);
        program.signal(Signal::SIGHUP);
        let reloading = systemd.hears("RELOADING=1");
        let clock = reloading.lines().find_map(|line| line.strip_prefix("MONOTONIC_USEC="));
        assert!(clock.is_some_and(|clock| clock.parse::<u64>().is_ok()), "{reloading}");
        let ready = systemd.hears("READY=1");
        assert!(ready.contains(status), "{status}: {ready}");
    }

    program.signal(Signal::SIGTERM);
    systemd.hears("STOPPING=1");
    assert_eq!(program.ended(SOON), Some(0));
}

#[test]
fn who_waits_for_the_broker_is_ready() {
    let site = Site::new("boss-13", "");
    site.write(
        "skynet.conf",
        "[boss]\namqp_host = 127.0.0.1:1\namqp_user = u\namqp_pwd = p\namqp_vhost = v\n",
    );
    let (systemd, program) = Systemd::start(&site, "build_ks");
    let ready = systemd.hears("READY=1");
    let status =
        "STATUS=waiting for the broker: cannot connect to RabbitMQ at 127.0.0.1:1: Connection refused";
    assert!(ready.contains(status), "{ready}");
    assert!(ready.contains("; 0 jobs running, 0 ended\n"), "{ready}");
    systemd.hears("WATCHDOG=1");
    drop(program);
}

#[tokio::test(flavor = "multi_thread")]
async fn systemd_is_asked_for_the_time_that_jobs_may_take_at_the_end() {
    let engine = Engine::on("boss-14").await;
    let site = Site::new("boss-14", "");
    site.write("build_image.conf", "[participant]\ngrace = 600\n");
    let (systemd, mut program) = Systemd::start(&site, "build_image");
    engine.declare("build_image").await;
    let repo =
        std::env::var("IMG_DEMO_REPO").expect("IMG_DEMO_REPO is not set: run the tests by `make test`");
    let kickstart = format!(
        "repo --name=demo --baseurl=file://{repo}\npart / --size=64\n%packages\nbusybox\nfilesystem\n%end\n%post\nsleep 6000000\n%end\n"
    );
    let image =
        json!({ "kickstart": kickstart, "image_id": "i", "image_type": "fs", "name": "n", "arch": "x86_64" });
    engine.send("build_image", &workitem(1, "build_image", &json!({ "image": image })), "").await;
    systemd.hears("1 job running");

    program.signal(Signal::SIGTERM);

    for _ in 0..3 {
        systemd.hears("EXTEND_TIMEOUT_USEC=30000000");
    }
    assert!(program.child.try_wait().unwrap().is_none(), "it waits for its job");
    program.signal(Signal::SIGTERM);
    assert_eq!(program.ended(SOON), Some(0));
}
