//! What a browser would see.

use std::net::SocketAddr;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use monitor::{Connections, Ended, Jobs, Monitor, Requests};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;

async fn get(address: SocketAddr, page: &str) -> String {
    let mut stream = TcpStream::connect(address).await.unwrap();
    let request = format!("GET {page} HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n");
    stream.write_all(request.as_bytes()).await.unwrap();
    let mut answer = String::new();
    stream.read_to_string(&mut answer).await.unwrap();
    answer
}

#[tokio::test(flavor = "multi_thread")]
async fn the_pages_say_how_it_does() {
    let ill = Arc::new(AtomicBool::new(false));
    let state = ill.clone();
    let health = move || state.load(Ordering::Relaxed).then(|| "RabbitMQ is away".to_owned());
    let counting = Monitor::start(Arc::new(health)).unwrap();
    let monitor = counting.show("127.0.0.1:0".parse().unwrap()).await.unwrap();
    Jobs.known("request_image");
    Connections.are("build_ks", true);
    Connections.broke("build_ks");
    Connections.are("build_ks", false);
    for (queue, how) in
        [("build_ks", Ended::Done), ("build_ks", Ended::Done), ("build_image", Ended::Refused)]
    {
        Jobs.started(queue);
        Jobs.ended(queue, how, Duration::from_secs(2));
    }
    Jobs.started("build_image");
    Requests.answered("GET", "/jobs", 200, Duration::from_millis(3));

    let page = get(monitor.address(), "/metrics").await;
    for line in [
        "# HELP img_jobs_total Jobs that ended, by their result",
        r#"img_jobs_total{queue="build_ks",result="done"} 2"#,
        r#"img_jobs_running{queue="build_image"} 1"#,
        r#"img_jobs_total{queue="request_image",result="failed"} 0"#,
        r#"img_jobs_running{queue="request_image"} 0"#,
        r#"img_broker_up{queue="build_ks"} 0"#,
        r#"img_broker_outages_total{queue="build_ks"} 1"#,
        r#"img_http_requests_total{method="GET",route="/jobs",status="200"} 1"#,
        r#"img_http_seconds_bucket{route="/jobs",le="0.005"} 1"#,
        r#"img_job_seconds_bucket{queue="build_image",le="10"} 1"#,
    ] {
        assert!(page.contains(line), "{line}: {page}");
    }
    assert!(get(monitor.address(), "/healthz").await.starts_with("HTTP/1.1 200 OK"));
    ill.store(true, Ordering::Relaxed);
    let page = get(monitor.address(), "/healthz").await;
    assert!(page.starts_with("HTTP/1.1 503") && page.ends_with("RabbitMQ is away\n"), "{page}");
    assert!(get(monitor.address(), "/").await.starts_with("HTTP/1.1 404"));
    let taken = counting.show(monitor.address()).await.unwrap_err();
    assert!(taken.to_string().starts_with("cannot listen on"), "{taken}");
    let twice = Monitor::start(Arc::new(|| None)).unwrap_err();
    assert!(twice.to_string().starts_with("cannot count"), "{twice}");
}
