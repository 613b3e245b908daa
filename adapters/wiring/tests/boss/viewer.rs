//! A stand-in for the viewer of a BOSS and the part of its engine that registers participants: what is registered by a
//! message is listed by HTTP in the form of ruote-kit.

use std::io::{Read, Write};
use std::net::TcpListener;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use serde_json::{Value, json};

use crate::engine::Engine;

#[derive(Clone)]
pub(crate) struct Viewer {
    list: Arc<Mutex<Vec<(String, String)>>>,
    pub(crate) address: String,
}

const CATCH_ALL: &str = "^.+$";

impl Viewer {
    /// Starts with these entries before the catch-all.
    pub(crate) fn start(entries: &[(&str, &str)]) -> Viewer {
        let mut list: Vec<_> =
            entries.iter().map(|(name, queue)| (name.to_string(), queue.to_string())).collect();
        list.push((CATCH_ALL.into(), String::new()));
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let address = format!("http://{}", listener.local_addr().unwrap());
        let viewer = Viewer { list: Arc::new(Mutex::new(list)), address };
        let answering = viewer.clone();
        std::thread::spawn(move || {
            for stream in listener.incoming() {
                let mut stream = stream.unwrap();
                let _ = stream.read(&mut [0; 4096]);
                let body = answering.page();
                let head =
                    format!("HTTP/1.1 200 OK\r\nContent-Length: {}\r\nConnection: close\r\n\r\n", body.len());
                let _ = stream.write_all((head + &body).as_bytes());
            }
        });
        viewer
    }

    fn page(&self) -> String {
        let entry = |(pattern, queue): &(String, String)| match pattern.as_str() {
            CATCH_ALL => json!({ "regex": pattern, "classname": "Ruote::StorageParticipant", "options": {} }),
            _ => {
                json!({ "regex": pattern, "classname": "BOSS::Participant", "options": { "routing_key": queue, "position": -2 } })
            }
        };
        let list: Vec<Value> = self.list.lock().unwrap().iter().map(entry).collect();
        json!({ "links": [], "participants": list }).to_string()
    }

    pub(crate) fn entries(&self) -> Vec<(String, String)> {
        self.list.lock().unwrap().clone()
    }

    /// Does what the next message to the engine says, as BOSS does it; returns the message.
    pub(crate) async fn obey(&self, engine: &Engine) -> Value {
        let message = engine.next(Duration::from_secs(20)).await;
        let text = |key: &str| message["fields"][key].as_str().unwrap().to_owned();
        let definition = message["definition"].as_str().unwrap();
        assert!(definition.contains("boss_register"), "{definition}");
        let mut list = self.list.lock().unwrap();
        if definition.contains("unregister") {
            // the name is matched against the patterns: one that is not there hits the catch-all
            let pattern = format!("^{}$", text("name"));
            let hit = list.iter().position(|(known, _)| *known == pattern).unwrap_or(list.len() - 1);
            list.remove(hit);
        } else {
            list.retain(|(pattern, _)| *pattern != format!("^{}$", text("name")));
            let before_last = list.len().saturating_sub(1);
            list.insert(before_last, (format!("^{}$", text("name")), text("queue")));
        }
        message.clone()
    }
}
