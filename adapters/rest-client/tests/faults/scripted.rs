//! A server that answers from a script.

use std::io::{Read, Write};
use std::net::{Shutdown, TcpListener, TcpStream};
use std::sync::{Arc, Mutex};

/// What one connection answers to a request.
pub(crate) type Answer = Box<dyn Fn(&str) -> Vec<u8> + Send>;

/// A listening server, and what it was asked.
pub(crate) struct Scripted {
    pub(crate) address: String,
    requests: Arc<Mutex<Vec<String>>>,
}

impl Scripted {
    /// Answers so many connections, one request each; after the last nobody answers.
    pub(crate) fn start(answers: Vec<Answer>) -> Scripted {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let address = format!("http://{}", listener.local_addr().unwrap());
        let requests = Arc::<Mutex<Vec<String>>>::default();
        let heard = requests.clone();
        std::thread::spawn(move || {
            for answer in answers {
                let (mut stream, _) = listener.accept().unwrap();
                let request = read(&mut stream);
                heard.lock().unwrap().push(request.clone());
                let _ = stream.write_all(&answer(&request));
                let _ = stream.shutdown(Shutdown::Write);
                let _ = stream.read_to_end(&mut Vec::new()); // until the other has read all
            }
        });
        Scripted { address, requests }
    }

    /// Returns what was asked, headers in small letters.
    pub(crate) fn requests(&self) -> Vec<String> {
        self.requests.lock().unwrap().clone()
    }
}

fn read(stream: &mut TcpStream) -> String {
    let mut bytes = Vec::new();
    let mut piece = [0; 4096];
    loop {
        let text = String::from_utf8_lossy(&bytes).into_owned();
        if let Some((head, body)) = text.split_once("\r\n\r\n") {
            let head = head.to_ascii_lowercase();
            let length = head.split("content-length: ").nth(1).and_then(|rest| rest.lines().next());
            if body.len() >= length.map_or(0, |length| length.parse().unwrap()) {
                return format!("{head}\r\n\r\n{body}");
            }
        }
        match stream.read(&mut piece).unwrap() {
            0 => return text,
            read => bytes.extend_from_slice(&piece[..read]),
        }
    }
}

/// An answer with a status, more headers, and a body.
pub(crate) fn answer(status: &str, headers: &str, body: impl AsRef<[u8]>) -> Answer {
    let body = body.as_ref();
    let head =
        format!("HTTP/1.1 {status}\r\nConnection: close\r\nContent-Length: {}\r\n{headers}\r\n", body.len());
    let bytes = [head.as_bytes(), body].concat();
    Box::new(move |_| bytes.clone())
}

/// An answer of JSON.
pub(crate) fn json(body: &str) -> Answer {
    answer("200 OK", "Content-Type: application/json\r\n", body)
}

/// A problem.
pub(crate) fn problem(status: &str, headers: &str, body: &str) -> Answer {
    answer(status, &format!("Content-Type: application/problem+json\r\n{headers}"), body)
}

/// A file of a version, or the part of it that is asked for.
pub(crate) fn file(whole: &[u8], etag: &'static str) -> Answer {
    let whole = whole.to_vec();
    Box::new(move |request| {
        let tag = format!("ETag: \"{etag}\"\r\n");
        let is_other = request.contains("if-range: ") && !request.contains(&format!("if-range: \"{etag}\""));
        let from = request.split("range: bytes=").nth(1).and_then(|rest| rest.split('-').next());
        match from.map(|from| from.parse::<usize>().unwrap()).filter(|_| !is_other) {
            Some(from) => {
                let range =
                    format!("{tag}Content-Range: bytes {from}-{}/{}\r\n", whole.len() - 1, whole.len());
                answer("206 Partial Content", &range, &whole[from..])(request)
            }
            None => answer("200 OK", &tag, &whole)(request),
        }
    })
}

/// An answer that breaks off.
pub(crate) fn cut(answer: Answer, after: usize) -> Answer {
    Box::new(move |request| {
        let mut bytes = answer(request);
        bytes.truncate(after);
        bytes
    })
}
