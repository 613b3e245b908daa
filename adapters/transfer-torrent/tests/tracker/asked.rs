//! Asking a tracker.

use std::collections::BTreeMap;
use std::net::{IpAddr, SocketAddr};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use async_trait::async_trait;
use bendy::decoding::{Decoder, FromBencode};
use bendy::value::Value;
use imaging::{ImagePath, InfoHash, PublishedTorrent};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpSocket, TcpStream};
use tokio_util::sync::{CancellationToken, DropGuard};
use transfer_torrent::{Published, Server, Settings, Tracker};

/// A stand-in for repositories: these torrents are published, or nobody can say.
#[derive(Clone)]
pub(crate) struct List(pub(crate) Arc<Mutex<Result<Vec<InfoHash>, String>>>);

#[async_trait]
impl Published for List {
    async fn published(&self) -> Result<Vec<PublishedTorrent>, String> {
        let torrent = |info_hash: InfoHash| PublishedTorrent {
            image: ImagePath::new("a.img").unwrap(),
            info_hash,
            torrent: "/nowhere/a.img.torrent".into(),
            file: "/nowhere/a.img".into(),
            length: 1,
        };
        self.0.lock().unwrap().clone().map(|hashes| hashes.into_iter().map(torrent).collect())
    }
}

/// A tracker that answers until this value is gone.
pub(crate) struct Running {
    pub(crate) address: SocketAddr,
    pub(crate) list: List,
    pub(crate) tracker: Arc<Tracker>,
    _stop: DropGuard,
}

/// The torrents that are published from the beginning.
pub(crate) const A: InfoHash = InfoHash([b'a'; 20]);
pub(crate) const B: InfoHash = InfoHash([0xff; 20]);

/// Settings for tests: nothing has to be waited for.
pub(crate) fn quick() -> Settings {
    Settings { interval: Duration::from_secs(4), fresh: Duration::ZERO, ..Settings::default() }
}

/// Starts one at an address.
pub(crate) async fn tracker_at(address: &str, settings: Settings) -> Running {
    let list = List(Arc::new(Mutex::new(Ok(vec![A, B]))));
    let tracker = Arc::new(Tracker::new(Arc::new(list.clone()), settings));
    let server = Server::listen(address.parse().unwrap()).await.unwrap();
    let (address, stop) = (server.address(), CancellationToken::new());
    tokio::spawn(server.serve(tracker.clone(), stop.clone()));
    Running { address, list, tracker, _stop: stop.drop_guard() }
}

/// Starts one that is reached by IPv4 and by IPv6.
pub(crate) async fn tracker() -> Running {
    tracker_at("[::]:0", quick()).await
}

/// A peer at one of the addresses of this machine.
#[derive(Clone, Copy)]
pub(crate) struct Peer {
    pub(crate) ip: &'static str,
    pub(crate) port: u16,
    pub(crate) left: u64,
}

impl Running {
    /// Asks for a path with its question, from an address of this machine.
    pub(crate) async fn get(&self, from: &str, path: &str) -> Vec<u8> {
        let from: IpAddr = from.parse().unwrap();
        let to = SocketAddr::new(
            if from.is_ipv4() { [127, 0, 0, 1].into() } else { [0, 0, 0, 0, 0, 0, 0, 1].into() },
            self.address.port(),
        );
        let socket = if from.is_ipv4() { TcpSocket::new_v4() } else { TcpSocket::new_v6() }.unwrap();
        socket.bind(SocketAddr::new(from, 0)).unwrap();
        let stream: TcpStream = socket.connect(to).await.unwrap();
        exchange(stream, &format!("GET {path} HTTP/1.0\r\n\r\n")).await
    }

    /// Announces a peer; more of its question may follow.
    pub(crate) async fn announce(
        &self,
        peer: Peer,
        hash: InfoHash,
        more: &str,
    ) -> BTreeMap<String, Value<'static>> {
        let Peer { ip, port, left } = peer;
        let hash = encoded(hash);
        let id = format!("-TT0001-{port:012}");
        let path = format!("/announce?info_hash={hash}&peer_id={id}&port={port}&left={left}{more}");
        dictionary(&self.get(ip, &path).await)
    }

    /// Asks how many have torrents: those who have all, and those who do not.
    pub(crate) async fn scrape(&self, hash: InfoHash) -> (i64, i64) {
        let answer =
            dictionary(&self.get("127.0.0.1", &format!("/scrape?info_hash={}", encoded(hash))).await);
        let Value::Dict(files) = &answer["files"] else { panic!("{answer:?}") };
        let Some(Value::Dict(file)) = files.get(hash.0.as_slice()) else { return (0, 0) };
        (number(&file[&b"complete"[..]]), number(&file[&b"incomplete"[..]]))
    }
}

/// Says something by a connection, and reads until the other side ends it.
pub(crate) async fn exchange(mut stream: TcpStream, text: &str) -> Vec<u8> {
    stream.write_all(text.as_bytes()).await.unwrap();
    let mut answer = Vec::new();
    let read = stream.read_to_end(&mut answer);
    tokio::time::timeout(Duration::from_secs(30), read).await.expect("it ends").unwrap();
    answer
}

/// Writes an info hash as peers do.
pub(crate) fn encoded(hash: InfoHash) -> String {
    hash.0.iter().map(|byte| format!("%{byte:02X}")).collect()
}

/// Reads an answer of HTTP that is a dictionary.
pub(crate) fn dictionary(answer: &[u8]) -> BTreeMap<String, Value<'static>> {
    let end = answer.windows(4).position(|four| four == b"\r\n\r\n").expect("a head");
    assert!(answer.starts_with(b"HTTP/1.0 200"), "{}", String::from_utf8_lossy(answer));
    let mut decoder = Decoder::new(&answer[end + 4..]).with_max_depth(9);
    let object = decoder.next_object().expect("bencode").expect("something");
    match Value::decode_bencode_object(object).expect("bencode") {
        Value::Dict(pairs) => {
            pairs.into_iter().map(|(k, v)| (String::from_utf8(k.to_vec()).unwrap(), v.into_owned())).collect()
        }
        other => panic!("{other:?}"),
    }
}

/// Returns a number of an answer.
pub(crate) fn number(value: &Value<'_>) -> i64 {
    if let Value::Integer(number) = value { *number } else { panic!("{value:?}") }
}

/// Returns a text of an answer.
pub(crate) fn text(value: &Value<'_>) -> String {
    if let Value::Bytes(bytes) = value {
        String::from_utf8_lossy(bytes).into_owned()
    } else {
        panic!("{value:?}")
    }
}

/// Returns the addresses of an answer that is compact, sorted.
pub(crate) fn addresses(answer: &BTreeMap<String, Value<'_>>) -> Vec<String> {
    let bytes = |name: &str| match answer.get(name) {
        Some(Value::Bytes(bytes)) => bytes.to_vec(),
        None if name == "peers6" => Vec::new(),
        other => panic!("{name}: {other:?}"),
    };
    let (four, six) = (bytes("peers"), bytes("peers6"));
    assert!(four.len().is_multiple_of(6) && six.len().is_multiple_of(18));
    let port = |bytes: &[u8]| u16::from_be_bytes(bytes.try_into().unwrap());
    let four = four.chunks(6).map(|peer| {
        SocketAddr::new(<[u8; 4]>::try_from(&peer[..4]).unwrap().into(), port(&peer[4..])).to_string()
    });
    let six = six.chunks(18).map(|peer| {
        SocketAddr::new(<[u8; 16]>::try_from(&peer[..16]).unwrap().into(), port(&peer[16..])).to_string()
    });
    let mut all: Vec<_> = four.chain(six).collect();
    all.sort();
    all
}
