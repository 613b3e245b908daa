//! The stand-in of an Open Build Service: it answers with the texts in `fixtures`, and counts what it was asked.

use std::io::{Read, Write};
use std::net::{TcpListener, TcpStream};
use std::sync::Arc;
use std::sync::Mutex;
use std::time::Duration;

/// What it answers instead of being a service.
#[derive(Clone, Copy, PartialEq)]
pub(crate) enum Mood {
    Well,
    /// Any answer, as it stands.
    Says(&'static str),
    /// It takes the question and says nothing.
    Silent,
    /// It sends a byte now and then, for ever.
    Drips,
}

/// A server on a free port.
pub(crate) struct Server {
    pub(crate) url: String,
    /// Each question, as it came.
    pub(crate) asked: Arc<Mutex<Vec<String>>>,
}

impl Server {
    pub(crate) fn start(mood: Mood) -> Server {
        Server::run(mood, None)
    }

    /// Speaks TLS as `localhost`; returns the certificate, too.
    pub(crate) fn encrypted() -> (Server, String) {
        let made = rcgen::generate_simple_self_signed(["localhost".to_owned()]).unwrap();
        let key = rustls::pki_types::PrivateKeyDer::try_from(made.signing_key.serialize_der()).unwrap();
        let provider = Arc::new(rustls::crypto::ring::default_provider());
        let config = rustls::ServerConfig::builder_with_provider(provider)
            .with_safe_default_protocol_versions()
            .unwrap()
            .with_no_client_auth()
            .with_single_cert(vec![made.cert.der().clone()], key)
            .unwrap();
        (Server::run(Mood::Well, Some(Arc::new(config))), made.cert.pem())
    }

    fn run(mood: Mood, tls: Option<Arc<rustls::ServerConfig>>) -> Server {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let port = listener.local_addr().unwrap().port();
        let url = if tls.is_some() {
            format!("https://localhost:{port}")
        } else {
            format!("http://127.0.0.1:{port}")
        };
        let asked = Arc::<Mutex<Vec<String>>>::default();
        let server = Server { url, asked: asked.clone() };
        std::thread::spawn(move || {
            for stream in listener.incoming() {
                let stream = stream.unwrap();
                match &tls {
                    None => answer(stream, mood, &asked),
                    Some(config) => {
                        let connection = rustls::ServerConnection::new(config.clone()).unwrap();
                        answer(rustls::StreamOwned::new(connection, stream), mood, &asked);
                    }
                }
            }
        });
        server
    }

    pub(crate) fn questions(&self) -> usize {
        self.asked.lock().unwrap().len()
    }
}

fn answer(mut stream: impl Read + Write, mood: Mood, asked: &Mutex<Vec<String>>) {
    let Some(request) = head(&mut stream) else { return }; // whoever does not like our certificate hangs up
    asked.lock().unwrap().push(request.clone());
    let text = match mood {
        Mood::Well => well(&request),
        Mood::Says(text) => text.to_owned(),
        Mood::Silent => {
            std::thread::sleep(Duration::from_secs(20));
            return;
        }
        Mood::Drips => {
            let head = "HTTP/1.1 200 OK\r\nContent-Length: 1000000\r\n\r\n";
            stream.write_all(head.as_bytes()).unwrap();
            while stream.write_all(b" ").and_then(|()| stream.flush()).is_ok() {
                std::thread::sleep(Duration::from_millis(20));
            }
            return;
        }
    };
    stream.write_all(text.as_bytes()).and_then(|()| stream.flush()).unwrap();
}

/// Reads to the blank line behind the headers.
fn head(stream: &mut impl Read) -> Option<String> {
    let (mut text, mut byte) = (Vec::new(), [0]);
    while !text.ends_with(b"\r\n\r\n") {
        stream.read_exact(&mut byte).ok()?;
        text.push(byte[0]);
    }
    Some(String::from_utf8_lossy(&text).into_owned())
}

fn well(request: &str) -> String {
    let logged_in = request.to_lowercase().contains("\r\nauthorization: basic bwu6axqncybhidogcgfzczsl\r\n");
    let is = |path: &str| request.starts_with(&format!("GET {path} HTTP/1.1\r\n"));
    let (status, body) = if !logged_in {
        ("401 Unauthorized", "<status code=\"authentication_required\"/>")
    } else if is("/source/Mer:Core/_meta") {
        ("200 OK", include_str!("../../fixtures/mer-core.xml"))
    } else {
        ("404 Not Found", include_str!("../../fixtures/unknown-project.xml"))
    };
    format!("HTTP/1.1 {status}\r\nContent-Length: {}\r\nConnection: close\r\n\r\n{body}", body.len())
}

/// Carries connections to any address, as a proxy does that is asked by CONNECT.
pub(crate) fn proxy(seen: Arc<Mutex<Vec<String>>>) -> String {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let url = format!("http://{}", listener.local_addr().unwrap());
    std::thread::spawn(move || {
        for client in listener.incoming() {
            let mut client = client.unwrap();
            let line = head(&mut client).unwrap().lines().next().unwrap_or_default().to_owned();
            let target =
                line.strip_prefix("CONNECT ").and_then(|rest| rest.split(' ').next()).unwrap().to_owned();
            seen.lock().unwrap().push(line);
            let mut server = TcpStream::connect(&target).unwrap_or_else(|error| panic!("{target}: {error}"));
            client.write_all(b"HTTP/1.1 200 OK\r\n\r\n").unwrap();
            let (mut up, mut down) = (client.try_clone().unwrap(), server.try_clone().unwrap());
            std::thread::spawn(move || std::io::copy(&mut up, &mut down));
            let _ = std::io::copy(&mut server, &mut client);
        }
    });
    url
}
