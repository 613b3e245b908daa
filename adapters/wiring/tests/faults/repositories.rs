//! Repositories that do not answer, or drip.

use std::io::{Read, Write};
use std::net::{TcpListener, TcpStream};
use std::time::{Duration, Instant};

use nix::sys::signal::{Signal, kill};
use nix::unistd::Pid;

use crate::aftermath::{Before, failed};
use crate::program::{Ran, Site, wait_for};

/// Serves every connection by `serve` until the test ends; returns its address.
fn server(serve: fn(TcpStream)) -> String {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let url = format!("http://{}", listener.local_addr().unwrap());
    std::thread::spawn(move || {
        for stream in listener.incoming().flatten() {
            std::thread::spawn(move || serve(stream));
        }
    });
    url
}

fn silent(stream: TcpStream) {
    std::thread::sleep(Duration::from_secs(600));
    drop(stream);
}

/// Promises a large index and sends a byte of it every half second.
fn dripping(mut stream: TcpStream) {
    let _ = stream.read(&mut [0; 4096]);
    let _ = stream.write_all(b"HTTP/1.1 200 OK\r\nContent-Length: 1000000\r\n\r\n");
    while stream.write_all(b"<").is_ok() {
        std::thread::sleep(Duration::from_millis(500));
    }
}

#[test]
fn a_repository_that_never_answers_or_drips_is_given_up_in_a_sentence() {
    for (kind, serve) in [("silent", silent as fn(TcpStream)), ("dripping", dripping)] {
        let (site, before) = (Site::new(), Before::look());
        let url = server(serve);
        site.kickstart(
            "t.ks",
            format!(
                "repo --name=slow --baseurl={url}\npart / --size=64\n%packages --timeout=2\nbusybox\n%end\n"
            ),
        );
        let start = Instant::now();

        let ran = site.run(&["build", "t.ks", "--type", "fs", "--json"]);

        assert!(start.elapsed() < Duration::from_secs(60), "{kind}: {:?}", start.elapsed());
        let error = failed(&ran);
        let names_it = format!("repository slow (line 1) cannot be read at {url}");
        assert!(error.starts_with(&names_it) && error.contains("too slow"), "{kind}: {error}");
        before.all_is_well(&site, kind);
    }
}

#[test]
fn whoever_waits_for_a_silent_repository_may_stop_at_once() {
    let (site, before) = (Site::new(), Before::look());
    let url = server(silent);
    site.kickstart(
        "t.ks",
        format!("repo --name=slow --baseurl={url}\npart / --size=64\n%packages\nbusybox\n%end\n"),
    );
    let mut build = site.start(&["build", "t.ks", "--type", "fs", "--json"]);
    wait_for(&mut build, "resolving and downloading");
    std::thread::sleep(Duration::from_secs(1));

    kill(Pid::from_raw(build.id().cast_signed()), Signal::SIGINT).unwrap();
    let asked = Instant::now();
    let ran = Ran::of(&build.wait_with_output().unwrap());

    assert!(asked.elapsed() < Duration::from_secs(10), "{:?}", asked.elapsed());
    assert!(failed(&ran).starts_with("cancelled by "), "{ran:?}");
    before.nothing_is_left(&site, "after a silent repository");
}
