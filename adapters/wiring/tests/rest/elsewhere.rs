//! Files of a job that another machine built.

use std::io::{BufRead, BufReader, Read, Write};
use std::net::TcpListener;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex};

use imaging::JobStatus;

use crate::support::Up;

/// A web server on another machine, with parts of files; it notes what it is asked for.
struct Worker {
    address: String,
    asked: Arc<Mutex<Vec<String>>>,
}

impl Worker {
    fn start(folder: PathBuf) -> Worker {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let address = format!("http://{}/images", listener.local_addr().unwrap());
        let asked = Arc::<Mutex<Vec<String>>>::default();
        let notes = asked.clone();
        std::thread::spawn(move || {
            for stream in listener.incoming() {
                let mut stream = stream.unwrap();
                let mut reader = BufReader::new(stream.try_clone().unwrap());
                let mut head = String::new();
                while reader.read_line(&mut head).unwrap_or(0) > 2 {}
                let path = head.split(' ').nth(1).unwrap_or_default().to_owned();
                notes.lock().unwrap().push(path.clone());
                let _ = stream.write_all(&answer(&folder, &path, &head));
            }
        });
        Worker { address, asked }
    }
}

fn answer(folder: &Path, path: &str, head: &str) -> Vec<u8> {
    if path.contains("moved") {
        return b"HTTP/1.1 302 Found\r\nLocation: http://127.0.0.1:9/secret\r\nContent-Length: 0\r\nConnection: close\r\n\r\n".to_vec();
    }
    let mut bytes = Vec::new();
    let file = path.strip_prefix("/images/").and_then(|path| std::fs::File::open(folder.join(path)).ok());
    let Some(mut file) = file else {
        return b"HTTP/1.1 404 Not Found\r\nContent-Length: 0\r\nConnection: close\r\n\r\n".to_vec();
    };
    file.read_to_end(&mut bytes).unwrap();
    let size = bytes.len();
    let range = head
        .lines()
        .find_map(|line| line.to_ascii_lowercase().strip_prefix("range: bytes=").map(str::to_owned));
    let Some(range) = range else {
        let head = format!("HTTP/1.1 200 OK\r\nContent-Length: {size}\r\nConnection: close\r\n\r\n");
        return [head.into_bytes(), bytes].concat();
    };
    let (from, to) = range.trim().split_once('-').unwrap();
    let from: usize = from.parse().unwrap();
    if from >= size {
        return b"HTTP/1.1 416 No\r\nContent-Length: 0\r\nConnection: close\r\n\r\n".to_vec();
    }
    let to = to.parse::<usize>().unwrap_or(usize::MAX).min(size - 1);
    let head = format!(
        "HTTP/1.1 206 Partial Content\r\nContent-Range: bytes {from}-{to}/{size}\r\nContent-Length: {}\r\nConnection: close\r\n\r\n",
        to - from + 1
    );
    [head.into_bytes(), bytes[from..=to].to_vec()].concat()
}

#[test]
fn files_and_logs_of_another_machine_come_through() {
    let far = tempfile::tempdir().unwrap();
    let folder = far.path().join("requests/ana/far");
    std::fs::create_dir_all(&folder).unwrap();
    let sum = "2cf24dba5fb0a30e26e83b2ac5b9e29e1b161e5c1fa7425e73043362938b9824  demo.raw\n";
    for (name, text) in [("demo.raw", "hello"), ("demo.log", "one\ntwo\n"), ("demo.sha256", sum)] {
        std::fs::write(folder.join(name), text).unwrap();
    }
    let worker = Worker::start(far.path().to_owned());
    let up = Up::start(&format!("[web]\nfiles_from = {}\n", worker.address));
    let here = up.job("far", &worker.address, JobStatus::Done, &[]);
    std::fs::remove_dir_all(&here).unwrap();

    let list = up.get("jobs/far/files");
    let told: Vec<_> =
        list["files"].as_array().unwrap().iter().map(|file| file["path"].as_str().unwrap()).collect();
    assert_eq!((told.as_slice(), &list["elsewhere"]), (["demo.log", "demo.raw"].as_slice(), &true.into()));
    let image = "jobs/far/files/demo.raw";
    for (arguments, path, expected) in [
        (vec!["-w", "|%{http_code}"], image, "hello|200"),
        (vec!["-w", "|%{http_code}", "-H", "Range: bytes=1-2"], image, "el|206"),
        (vec!["-w", "|%{http_code}", "-H", "Range: bytes=-2"], image, "lo|206"),
        (vec!["-H", "Range: bytes=-4"], "jobs/far/log", "two\n"),
        (vec![], "jobs/far/log", "one\ntwo\n"),
    ] {
        assert_eq!(up.curl(&arguments, path).stdout, expected, "{arguments:?} {path}");
    }
    let followed = up.curl(&["-N"], "jobs/far/log/events").stdout;
    assert!(
        followed.contains(r#"data: {"text":"one\ntwo\n"}"#) && followed.contains("event: end"),
        "{followed}"
    );
    for (path, status) in [("files/nothing", "404"), ("files/moved", "503"), ("files/..%2f..%2fx", "404")] {
        let answer = up.curl(&["-w", "|%{http_code}"], &format!("jobs/far/{path}")).stdout;
        assert!(answer.ends_with(status), "{path}: {answer}");
    }
    let beyond = up.curl(&["-w", "|%{http_code}", "-H", "Range: bytes=99-"], image).stdout;
    assert!(beyond.ends_with("|416"), "{beyond}");
}

#[test]
fn nothing_is_fetched_from_where_the_site_does_not_say() {
    let far = tempfile::tempdir().unwrap();
    let folder = far.path().join("requests/ana/closed");
    std::fs::create_dir_all(&folder).unwrap();
    std::fs::write(folder.join("demo.raw"), "secret").unwrap();
    std::fs::write(folder.join("demo.log"), "secret\n").unwrap();
    let worker = Worker::start(far.path().to_owned());
    let up = Up::start("[web]\nfiles_from = http://127.0.0.1:9/images\n");
    let here = up.job("closed", &worker.address, JobStatus::Done, &[]);
    std::fs::remove_dir_all(&here).unwrap();

    for path in ["files/demo.raw", "log"] {
        let answer = up.curl(&["-w", "|%{http_code}"], &format!("jobs/closed/{path}")).stdout;
        assert!(answer.ends_with("|404") && !answer.contains("secret"), "{answer}");
    }
    assert_eq!(*worker.asked.lock().unwrap(), Vec::<String>::new(), "it was not even asked");
}

#[test]
fn a_job_whose_machine_is_away_is_shown_without_its_log_and_files() {
    // nobody listens there
    let up = Up::start("[web]\nfiles_from = http://127.0.0.1:9/images\n");
    up.log_in("ana", "ana");
    let here = up.job("away", "http://127.0.0.1:9/images", JobStatus::Error, &[]);
    std::fs::remove_dir_all(&here).unwrap();

    let shown = up.page("ana", &[], "/job/away");

    assert!(shown.starts_with("200") && shown.contains("What was asked for"), "{shown}");
    assert!(shown.contains("The machine that built it cannot be reached"), "{shown}");
    assert!(up.page("ana", &[], "/job/away/log").starts_with("503"));
}
