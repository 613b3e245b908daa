//! What whoever looks at a participant by HTTP sees.

use std::io::{Read, Write};
use std::net::{SocketAddr, TcpStream};
use std::time::{Duration, Instant};

use nix::sys::signal::Signal;
use serde_json::json;
use tokio::sync::watch;

use crate::engine::{Engine, Place, workitem};
use crate::site::{Program, Site};

const SOON: Duration = Duration::from_secs(20);

/// Asks a program for a page, at the address its log names.
fn page(program: &Program, name: &str) -> String {
    program.says("/metrics and /healthz show how it does", SOON);
    let log = program.log();
    let address = log.split("http://").nth(1).unwrap().split('/').next().unwrap();
    let mut stream = TcpStream::connect(address).unwrap();
    write!(stream, "GET /{name} HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n").unwrap();
    let mut page = String::new();
    stream.read_to_string(&mut page).unwrap();
    page
}

/// Waits until a page has these words.
fn shows(program: &Program, name: &str, words: &str) {
    let start = Instant::now();
    loop {
        let page = page(program, name);
        if page.contains(words) {
            return;
        }
        assert!(start.elapsed() < SOON, "{words}: {page}");
        std::thread::sleep(Duration::from_millis(50));
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn jobs_are_counted_and_health_is_told() {
    let engine = Engine::on("boss-15").await;
    let site = Site::new("boss-15", "[participant]\nmetrics_listen = 127.0.0.1:0\n");
    let mut program = site.run(&["build_ks", "request_image"]);
    shows(&program, "healthz", "HTTP/1.1 200 OK");
    shows(&program, "metrics", "img_broker_up{queue=\"build_ks\"} 1");
    shows(&program, "metrics", "img_jobs_total{queue=\"build_ks\",result=\"done\"} 0");
    engine.declare("build_ks").await;
    engine.declare("request_image").await;
    let image = json!({ "kickstart": "part /\n", "image_id": "i", "name": "n", "arch": "x86_64", "image_type": "raw" });
    engine.send("build_ks", &workitem(1, "build_ks", &json!({ "image": image })), "").await;
    engine.send("build_ks", &workitem(2, "build_ks", &json!({ "image": { "image_id": "i" } })), "").await;
    engine.send("request_image", &workitem(3, "request_image", &json!({})), "").await;
    for _ in 0..3 {
        engine.next(SOON).await;
    }

    for line in [
        "img_jobs_total{queue=\"build_ks\",result=\"done\"} 1",
        "img_jobs_total{queue=\"build_ks\",result=\"refused\"} 1",
        "img_jobs_running{queue=\"build_ks\"} 0",
        "img_job_seconds_count{queue=\"build_ks\"} 2",
        "img_broker_outages_total{queue=\"build_ks\"} 0",
    ] {
        shows(&program, "metrics", line);
    }
    program.signal(Signal::SIGTERM);
    assert_eq!(program.ended(SOON), Some(0));
}

#[test]
fn a_broker_that_is_away_makes_ill() {
    let site = Site::new("boss-15", "");
    let boss = "[boss]\namqp_host = 127.0.0.1:1\namqp_user = u\namqp_pwd = p\namqp_vhost = v\n";
    site.write("skynet.conf", &format!("{boss}[participant]\nmetrics_listen = 127.0.0.1:0\n"));
    let program = site.run(&["build_ks"]);
    shows(&program, "healthz", "HTTP/1.1 503");
    shows(
        &program,
        "healthz",
        "waiting for the broker: cannot connect to RabbitMQ at 127.0.0.1:1: Connection",
    );
    shows(&program, "metrics", "img_broker_up{queue=\"build_ks\"} 0");
}

/// A cable to the broker of the suite that can be cut and mended.
async fn cable() -> (SocketAddr, watch::Sender<bool>) {
    let (whole, seen) = watch::channel(true);
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    tokio::spawn(async move {
        while let Ok((mut near, _)) = listener.accept().await {
            let mut seen = seen.clone();
            tokio::spawn(async move {
                let Ok(mut far) = tokio::net::TcpStream::connect(Place::of_suite().host).await else {
                    return;
                };
                tokio::select! {
                    _ = tokio::io::copy_bidirectional(&mut near, &mut far) => {}
                    _ = seen.wait_for(|whole| !whole) => {}
                }
            });
        }
    });
    (address, whole)
}

#[tokio::test(flavor = "multi_thread")]
async fn an_outage_is_seen_and_counted() {
    let (address, whole) = cable().await;
    let site = Site::new("boss-15", "");
    let boss = std::fs::read_to_string(site.path().join("skynet.conf")).unwrap();
    let boss = boss.replace(&Place::of_suite().host, &address.to_string());
    site.write("skynet.conf", &format!("{boss}[participant]\nmetrics_listen = 127.0.0.1:0\n"));
    let program = site.run(&["update_image_status"]);
    shows(&program, "healthz", "HTTP/1.1 200 OK");
    shows(&program, "metrics", "img_broker_up{queue=\"update_image_status\"} 1");
    whole.send_replace(false);
    shows(&program, "healthz", "HTTP/1.1 503");
    shows(&program, "metrics", "img_broker_up{queue=\"update_image_status\"} 0");
    whole.send_replace(true);
    shows(&program, "healthz", "HTTP/1.1 200 OK");
    shows(&program, "metrics", "img_broker_outages_total{queue=\"update_image_status\"} 1");
}

#[test]
fn an_address_that_cannot_be_is_refused() {
    let site = Site::new("boss-15", "[participant]\nmetrics_listen = often\n");
    let (status, _, stderr) = site.img(&["participant", "run", "build_ks"]);
    let said =
        "skynet.conf:7: [participant] metrics_listen should be an address and a port, as 127.0.0.1:9100";
    assert!(status == Some(1) && stderr.contains(said), "{stderr}");

    let taken = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let address = taken.local_addr().unwrap();
    let site = Site::new("boss-15", &format!("[participant]\nmetrics_listen = {address}\n"));
    let (status, _, stderr) = site.img(&["participant", "run", "build_ks"]);
    assert_eq!(status, Some(1));
    assert!(stderr.contains(&format!("cannot listen on {address}: Address already in use")), "{stderr}");

    let site = Site::new("boss-15", "");
    for (name, address) in [("build_ks", "127.0.0.1:0"), ("request_image", "127.0.0.2:0")] {
        site.write(&format!("{name}.conf"), &format!("[participant]\nmetrics_listen = {address}\n"));
    }
    let (status, _, stderr) = site.img(&["participant", "run", "build_ks", "request_image"]);
    assert_eq!(status, Some(1));
    assert!(stderr.contains("metrics_listen is 127.0.0.1:0 and 127.0.0.2:0"), "{stderr}");
}
