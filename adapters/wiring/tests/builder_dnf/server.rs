//! A small HTTP server on loopback, which may stand for a proxy as well, and remembers what it was asked.

use std::io::{BufRead, BufReader, Write};
use std::net::{TcpListener, TcpStream};
use std::path::Path;
use std::sync::{Arc, Mutex};

/// What a server was asked.
#[derive(Clone, Debug)]
pub(crate) struct Asked {
    /// As it stood in the request: a path, or a whole address when it was meant for a proxy.
    pub(crate) target: String,
    /// The header of who asks a proxy.
    pub(crate) authorization: Option<String>,
}

/// What it says: a status and a text, or nothing, ever.
pub(crate) type Answer = Option<(u16, Vec<u8>)>;

/// Serves until the test ends.
pub(crate) struct Server {
    pub(crate) url: String,
    asked: Arc<Mutex<Vec<Asked>>>,
}

impl Server {
    /// Starts a server; `answer` gets its own address, too.
    pub(crate) fn start(answer: impl Fn(&str, &Asked) -> Answer + Send + Sync + 'static) -> Server {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let url = format!("http://{}", listener.local_addr().unwrap());
        let asked: Arc<Mutex<Vec<Asked>>> = Arc::default();
        let shared = Arc::new((url.clone(), asked.clone(), answer));
        std::thread::spawn(move || {
            for stream in listener.incoming().flatten() {
                let shared = shared.clone();
                std::thread::spawn(move || {
                    let (url, asked, answer) = shared.as_ref();
                    if let Some(request) = read(&stream) {
                        asked.lock().unwrap().push(request.clone());
                        say(stream, answer(url, &request));
                    }
                });
            }
        });
        Server { url, asked }
    }

    /// Serves a folder.
    pub(crate) fn of(folder: &Path) -> Server {
        let folder = folder.to_owned();
        Server::start(move |_, asked| file(&folder, &asked.target))
    }

    /// Returns what it was asked until now.
    pub(crate) fn asked(&self) -> Vec<String> {
        self.asked.lock().unwrap().iter().map(|asked| asked.target.clone()).collect()
    }
}

/// Answers with a file of a folder.
pub(crate) fn file(folder: &Path, path: &str) -> Answer {
    match std::fs::read(folder.join(path.trim_start_matches('/'))) {
        Ok(bytes) => Some((200, bytes)),
        Err(_) => Some((404, Vec::new())),
    }
}

fn read(stream: &TcpStream) -> Option<Asked> {
    let mut lines = BufReader::new(stream).lines();
    let target = lines.next()?.ok()?.split(' ').nth(1)?.to_owned();
    let head: Vec<_> = lines.map_while(Result::ok).take_while(|line| !line.is_empty()).collect();
    let authorization = head.iter().find_map(|line| line.strip_prefix("Proxy-Authorization: "));
    Some(Asked { target, authorization: authorization.map(str::to_owned) })
}

fn say(mut stream: TcpStream, answer: Answer) {
    let Some((status, body)) = answer else {
        return std::thread::sleep(std::time::Duration::from_secs(600));
    };
    let ask = if status == 407 { "Proxy-Authenticate: Basic realm=\"test\"\r\n" } else { "" };
    let length = body.len();
    let head = format!("HTTP/1.1 {status} x\r\n{ask}Content-Length: {length}\r\nConnection: close\r\n\r\n");
    let _ = stream.write_all(head.as_bytes()).and_then(|()| stream.write_all(&body)); // it may be gone
}
