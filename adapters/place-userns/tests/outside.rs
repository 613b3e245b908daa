//! What of the network a task reaches that is meant to reach other machines only.
//!
//! The tests run in a network of their own, with an other machine in it: that is this same program, started again in
//! new namespaces, and a thread in yet another one.

use std::io::Write;
use std::net::TcpListener;
use std::path::Path;
use std::sync::mpsc::channel;
use std::time::{Duration, Instant};

use child::{Listen, Network, Place, Task};
use nix::sched::{CloneFlags, unshare};
use nix::unistd::{geteuid, gettid};
use place_userns::Userns;
use tokio_util::sync::CancellationToken;

const INSIDE: &str = "IMG_TEST_NETWORK";
const HOST: &str = "203.0.113.1";
const OTHER: &str = "203.0.113.2";
/// Also the other machine's; closed by whoever runs the site.
const CLOSED: &str = "203.0.113.66";
/// Where clouds tell machines their secrets.
const SECRETS: &str = "169.254.169.254";
const PORT: u16 = 8000;

/// Starts the test of this name again in a network of its own; returns whether it is there already.
fn alone(test: &str) -> bool {
    if std::env::var_os(INSIDE).is_some() {
        return true;
    }
    let mut argv = vec!["unshare".to_owned(), "--net".into()];
    if !geteuid().is_root() {
        argv.extend(["--user", "--map-root-user", "--map-auto"].map(String::from));
    }
    let program = std::env::current_exe().unwrap().display().to_string();
    argv.extend(
        ["--", "env", &format!("{INSIDE}=1"), &program, "--exact", test, "--nocapture"].map(String::from),
    );
    let output = child::quick(&argv).unwrap();
    let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
    let (said, errors) = (text(&output.stdout), text(&output.stderr));
    assert!(output.status.success() && said.contains("1 passed"), "{said}\n{errors}");
    false
}

fn ip(words: &str) {
    let argv: Vec<&str> = ["ip"].into_iter().chain(words.split(' ')).collect();
    let output = child::quick(&argv).expect("ip is there: install the package iproute2");
    assert!(output.status.success(), "ip {words}: {}", String::from_utf8_lossy(&output.stderr));
}

/// Answers everybody who connects with one word.
fn answer(address: &str, word: &'static str) {
    let listener = TcpListener::bind((address, PORT)).unwrap();
    std::thread::spawn(move || {
        for connection in listener.incoming() {
            let _ = connection.and_then(|mut stream| stream.write_all(word.as_bytes()));
        }
    });
}

/// Makes the other machine, and this one's way to it.
fn network() {
    let (born, thread) = channel();
    let (wired, go) = channel::<()>();
    let (listening, listens) = channel();
    std::thread::spawn(move || {
        unshare(CloneFlags::CLONE_NEWNET).unwrap();
        born.send(gettid()).unwrap();
        go.recv().unwrap();
        ip("link set lo up");
        for address in [&format!("{OTHER}/24"), &format!("{CLOSED}/24"), &format!("{SECRETS}/32")] {
            ip(&format!("addr add {address} dev there"));
        }
        ip("link set there up");
        answer("0.0.0.0", "other");
        listening.send(()).unwrap();
        let _ = go.recv(); // a namespace is there as long as its last thread
    });
    let other = thread.recv().unwrap();
    ip("link set lo up");
    ip(&format!("link add here type veth peer name there netns {other}"));
    ip(&format!("addr add {HOST}/24 dev here"));
    ip("link set here up");
    ip(&format!("route add {SECRETS} via {OTHER}"));
    wired.send(()).unwrap();
    listens.recv().unwrap();
    answer("0.0.0.0", "host");
    std::mem::forget(wired);
}

/// Tries to reach each address, also by force, and says what answered.
const KNOCK: &str = r#"
import socket, sys
for address in sys.argv[2:]:
    for device in (None, b"tap0"):
        s = socket.socket()
        s.settimeout(float(sys.argv[1]))
        try:
            if device:
                s.setsockopt(socket.SOL_SOCKET, socket.SO_BINDTODEVICE, device)
            s.connect((address, 8000))
            print(address, "by force" if device else "", s.recv(9).decode())
        except OSError:
            pass
"#;

async fn run(network: &Network, argv: &[&str]) -> String {
    let mut task = Task { keep_output: Some(10_000), ..Task::new(argv) };
    task.sight.network = network.clone();
    let listen = Listen { log: Path::new("/dev/null"), line: &|_| {}, stop: CancellationToken::new() };
    let ended = Userns::new().run(&task, &listen).await.unwrap();
    format!("{}{}", String::from_utf8(ended.output).unwrap(), ended.tail)
}

async fn reached(network: &Network, seconds: &str, addresses: &[&str]) -> Vec<String> {
    let argv = [&["/usr/bin/python3", "-c", KNOCK, seconds], addresses].concat();
    run(network, &argv).await.lines().map(|line| line.trim().replace("  ", " ")).collect()
}

fn outside(closed: &[&str]) -> Network {
    Network::Outside(closed.iter().map(|net| net.parse().unwrap()).collect())
}

#[tokio::test]
async fn other_machines_are_reached_and_nothing_of_this_one() {
    if !alone("other_machines_are_reached_and_nothing_of_this_one") {
        return;
    }
    network();
    let all = [OTHER, CLOSED, SECRETS, HOST, "127.0.0.1", "127.0.0.53", "0.0.0.0"];

    let by_host = reached(&Network::Host, "5", &all).await;
    let by_outside = reached(&outside(&["203.0.113.64/26"]), "2", &all).await;
    let with_nothing_closed = reached(&outside(&[]), "2", &all).await;
    let by_none = reached(&Network::None, "2", &all).await;
    let of_slirp = reached(&outside(&[]), "2", &["198.18.77.2", "198.18.77.3", "10.0.2.2", "10.0.2.3"]).await;

    let expected = [(OTHER, "other"), (CLOSED, "other"), (SECRETS, "other"), (HOST, "host")];
    let expected =
        expected.into_iter().chain(["127.0.0.1", "127.0.0.53", "0.0.0.0"].map(|own| (own, "host")));
    let expected: Vec<String> = expected.map(|(address, word)| format!("{address} {word}")).collect();
    assert_eq!(by_host, expected, "without any limit all of them answer");
    let other = |address: &str| [format!("{address} other"), format!("{address} by force other")];
    assert_eq!(by_outside, other(OTHER));
    assert_eq!(with_nothing_closed, [other(OTHER), other(CLOSED)].concat());
    assert_eq!(by_none, [""; 0]);
    assert_eq!(of_slirp, [""; 0]);
}

#[tokio::test]
async fn a_task_cannot_open_what_is_closed_and_the_way_ends_with_it() {
    if !alone("a_task_cannot_open_what_is_closed_and_the_way_ends_with_it") {
        return;
    }
    network();
    let tries = format!(
        "ip route del blackhole 169.254.0.0/16; ip route add {SECRETS} via 198.18.77.2; ip neigh add 198.18.77.9 lladdr \
         02:00:00:00:00:01 dev tap0; unshare -n true; python3 -c 'import socket; socket.socket(17, 3)'; \
         unshare -U -r ip route add {SECRETS} via 198.18.77.2; ip route | grep -c blackhole"
    );

    let said = run(&outside(&[]), &["bash", "-c", &tries]).await;

    assert_eq!(said.matches("Operation not permitted").count(), 6, "{said}");
    let resolver = Userns::new().resolver(&outside(&[])).unwrap();
    assert_eq!(run(&outside(&[]), &["cat", "/etc/resolv.conf"]).await, resolver);
    assert!(!resolver.contains("nameserver 127."));
    let start = Instant::now();
    while slirps() > 0 {
        assert!(start.elapsed() < Duration::from_secs(5), "slirp4netns is still there");
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
}

/// Counts the programs of ours that are the network of a task.
fn slirps() -> usize {
    let processes = std::fs::read_dir("/proc").unwrap().flatten();
    let ours = processes.filter(|entry| {
        let read = |file| std::fs::read_to_string(entry.path().join(file)).unwrap_or_default();
        let parent = format!("PPid:\t{}\n", std::process::id());
        read("cmdline").starts_with("slirp4netns") && read("status").contains(&parent)
    });
    ours.count()
}
