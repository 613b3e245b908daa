//! What qemu is told and tells while it runs (QMP): lines of JSON.
//!
//! By hand: it is four commands and two events. The crate qapi has a type for each of some hundreds, out of qemu's schema
//! of two years ago, and eleven crates below it.

use std::time::Duration;

use serde_json::{Value, json};
use tokio::io::{AsyncBufReadExt, AsyncReadExt, AsyncWriteExt, BufReader};
use tokio::net::UnixStream;
use tokio::net::unix::{OwnedReadHalf, OwnedWriteHalf};
use tokio::sync::{Mutex, mpsc, watch};
use tokio::time::timeout;

/// qemu answers at once, unless it is stuck or stopped.
const PATIENCE: Duration = Duration::from_secs(10);
/// A line is never so long.
const LONGEST: u64 = 1 << 20;

/// What qemu told without being asked.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct News {
    /// The host has no room for what the guest writes.
    pub(crate) host_full: bool,
    /// Why the machine is about to end: `guest-shutdown`, `guest-panic`, `host-qmp-quit`…
    pub(crate) shutdown: Option<String>,
    /// The connection is over.
    pub(crate) gone: bool,
}

/// A connection to a running qemu.
#[derive(Debug)]
pub(crate) struct Qmp {
    talk: Mutex<Talk>,
    pub(crate) news: watch::Receiver<News>,
}

#[derive(Debug)]
struct Talk {
    says: OwnedWriteHalf,
    answers: mpsc::UnboundedReceiver<Value>,
    number: u64,
}

impl Qmp {
    pub(crate) fn new(socket: UnixStream) -> Qmp {
        let (hears, says) = socket.into_split();
        let (answer, answers) = mpsc::unbounded_channel();
        let (tell, news) = watch::channel(News::default());
        tokio::spawn(hear(hears, answer, tell));
        Qmp { talk: Mutex::new(Talk { says, answers, number: 0 }), news }
    }

    /// Waits until qemu greets and answers. It greets early, but answers only when the machine is made.
    pub(crate) async fn greeted(&self) -> Result<(), String> {
        let greeting = self.talk.lock().await.answers.recv().await.ok_or("it closed the connection")?;
        match greeting["QMP"].is_object() {
            true => self.ask("qmp_capabilities", json!({})).await.map(drop),
            false => Err(format!("it greets with {greeting}")),
        }
    }

    /// Has qemu do something; the error is what it says about it.
    pub(crate) async fn execute(&self, command: &str, arguments: Value) -> Result<Value, String> {
        let answer = timeout(PATIENCE, self.ask(command, arguments)).await;
        answer.unwrap_or_else(|_| Err(format!("no answer to {command} in {} s", PATIENCE.as_secs())))
    }

    /// Ends the connection, as a qemu in trouble would.
    #[cfg(test)]
    pub(crate) async fn hang_up(&self) {
        self.talk.lock().await.says.shutdown().await.expect("a socket can be shut");
    }

    async fn ask(&self, command: &str, arguments: Value) -> Result<Value, String> {
        let mut talk = self.talk.lock().await;
        talk.number += 1;
        let number = talk.number;
        let line = json!({"execute": command, "arguments": arguments, "id": number}).to_string() + "\n";
        talk.says.write_all(line.as_bytes()).await.map_err(|error| error.to_string())?;
        loop {
            let mut answer = talk.answers.recv().await.ok_or("it closed the connection")?;
            if answer["id"] != number {
                continue; // that of a question whose asker did not wait
            }
            return match answer["error"]["desc"].as_str() {
                Some(error) => Err(format!("{command}: {error}")),
                None => Ok(answer["return"].take()),
            };
        }
    }
}

async fn hear(hears: OwnedReadHalf, answer: mpsc::UnboundedSender<Value>, tell: watch::Sender<News>) {
    let mut hears = BufReader::new(hears);
    let mut line = Vec::new();
    while let Ok(1..) = (&mut hears).take(LONGEST).read_until(b'\n', &mut line).await {
        match serde_json::from_slice::<Value>(&line) {
            Ok(event) if event["event"].is_string() => tell.send_modify(|news| hear_event(news, &event)),
            Ok(value) => {
                let _ = answer.send(value);
            }
            Err(_) => break,
        }
        line.clear();
    }
    tell.send_modify(|news| news.gone = true);
}

fn hear_event(news: &mut News, event: &Value) {
    let data = &event["data"];
    match event["event"].as_str() {
        Some("BLOCK_IO_ERROR") if data["nospace"] == true && data["action"] == "stop" => {
            news.host_full = true
        }
        Some("SHUTDOWN") => news.shutdown = data["reason"].as_str().map(str::to_owned),
        _ => {}
    }
}

/// Reads the port of this machine that leads to the guest's port 22 from what `info usernet` prints.
pub(crate) fn forwarded(table: &str) -> Option<u16> {
    // TCP[HOST_FORWARD]   3       127.0.0.1 43335       10.0.2.15    22     0     0
    table.lines().find_map(|line| {
        let words: Vec<_> = line.split_whitespace().collect();
        match words.as_slice() {
            ["TCP[HOST_FORWARD]", _, _, port, _, "22", ..] => port.parse().ok(),
            _ => None,
        }
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_port_is_read_from_a_recorded_table() {
        let table = "Hub -1 (n):\r\n  Protocol[State]    FD  Source Address  Port   Dest. Address  Port RecvQ SendQ\r\n  \
            TCP[HOST_FORWARD]   3       127.0.0.1 43335       10.0.2.15    22     0     0\r\n";
        assert_eq!(forwarded(table), Some(43335));
        assert_eq!(forwarded("Hub -1 (n):\r\n"), None);
    }

    #[tokio::test]
    async fn an_answer_belongs_to_its_question_and_events_are_kept() {
        let (ours, theirs) = UnixStream::pair().unwrap();
        let qmp = Qmp::new(ours);
        let (hears, mut says) = theirs.into_split();
        let mut hears = BufReader::new(hears).lines();
        let qemu = async {
            says.write_all(b"{\"QMP\": {}}\r\n").await.unwrap();
            assert!(hears.next_line().await.unwrap().unwrap().contains("\"qmp_capabilities\""));
            says.write_all(b"{\"return\": {}, \"id\": 1}\r\n").await.unwrap();
            let asked = hears.next_line().await.unwrap().unwrap();
            assert!(asked.contains("\"query-status\""), "{asked}");
            let event = r#"{"event": "BLOCK_IO_ERROR", "data": {"nospace": true, "action": "stop", "operation": "write"}}"#;
            for line in [event, r#"{"return": 0, "id": 77}"#, r#"{"return": {"running": true}, "id": 2}"#] {
                says.write_all(format!("{line}\r\n").as_bytes()).await.unwrap();
            }
            hears.next_line().await.unwrap().unwrap();
            says.write_all(b"{\"error\": {\"class\": \"x\", \"desc\": \"no such thing\"}, \"id\": 3}\r\n")
                .await
                .unwrap();
            drop(says);
        };
        let us = async {
            qmp.greeted().await.unwrap();
            assert_eq!(qmp.execute("query-status", json!({})).await.unwrap(), json!({"running": true}));
            assert_eq!(qmp.execute("x", json!({})).await.unwrap_err(), "x: no such thing");
            assert!(qmp.execute("y", json!({})).await.is_err());
        };

        tokio::join!(us, qemu);

        qmp.news.clone().wait_for(|news| news.gone).await.unwrap();
        assert!(qmp.news.borrow().host_full);
    }
}
