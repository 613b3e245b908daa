//! A stand-in for the viewer of a BOSS and the part of its engine that registers participants: what is registered by a
//! message is listed by HTTP in the form of ruote-kit. It knows every step, except those that were removed.

use std::collections::{HashMap, HashSet};
use std::io::{Read, Write};
use std::net::TcpListener;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use serde_json::{Value, json};

use crate::engine::Engine;

#[derive(Clone)]
pub(crate) struct Viewer {
    list: Arc<Mutex<Vec<(String, String)>>>,
    removed: Arc<Mutex<HashSet<String>>>,
    asked: Arc<Mutex<Vec<String>>>,
    /// The processes it knows, with the errors they stopped at.
    pub(crate) processes: Arc<Mutex<HashMap<String, Vec<String>>>>,
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
        let (removed, asked, processes) = Default::default();
        let viewer = Viewer { list: Arc::new(Mutex::new(list)), removed, asked, processes, address };
        let answering = viewer.clone();
        std::thread::spawn(move || {
            for stream in listener.incoming() {
                let mut stream = stream.unwrap();
                let mut request = [0; 4096];
                let read = stream.read(&mut request).unwrap_or(0);
                let request = String::from_utf8_lossy(&request[..read]).into_owned();
                let path = request.split(' ').nth(1).unwrap_or_default();
                let (status, body) = match path.trim_start_matches("/_ruote/").split_once('/') {
                    Some(("expressions", step)) => answering.step(step),
                    Some((kind, wfid)) => answering.process(kind, wfid),
                    None => ("200 OK", answering.page()),
                };
                let head = format!(
                    "HTTP/1.1 {status}\r\nContent-Length: {}\r\nConnection: close\r\n\r\n",
                    body.len()
                );
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

    fn step(&self, sid: &str) -> (&'static str, String) {
        self.asked.lock().unwrap().push(sid.to_owned());
        if self.removed.lock().unwrap().contains(sid) {
            return Viewer::nothing();
        }
        let expression = json!({ "class": "Ruote::Exp::ParticipantExpression", "state": null, "links": [] });
        ("200 OK", json!({ "links": [], "expression": expression }).to_string())
    }

    fn process(&self, kind: &str, wfid: &str) -> (&'static str, String) {
        let Some(errors) = self.processes.lock().unwrap().get(wfid).cloned() else {
            return Viewer::nothing();
        };
        let page = if kind == "errors" {
            let errors: Vec<_> =
                errors.iter().map(|error| json!({ "type": "errors", "message": error })).collect();
            json!({ "links": [], "errors": errors })
        } else {
            let process =
                json!({ "type": "process", "expressions": 2, "errors": errors.len(), "wfid": wfid });
            json!({ "links": [], "process": process })
        };
        ("200 OK", page.to_string())
    }

    fn nothing() -> (&'static str, String) {
        let error = json!({ "code": 404, "message": "resource not found", "cause": "" });
        ("404 Not Found", json!({ "links": [], "http_error": error }).to_string())
    }

    /// Does what the engine does with a step that ended or was cancelled.
    pub(crate) fn remove(&self, workitem: &Value) {
        self.removed.lock().unwrap().insert(sid(workitem));
    }

    /// Tells how often a step was asked about.
    pub(crate) fn asked(&self, workitem: &Value) -> usize {
        let sid = sid(workitem);
        self.asked.lock().unwrap().iter().filter(|asked| **asked == sid).count()
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
            // the text is matched against the expressions, and the first that fits goes
            let fits =
                |(known, _): &(String, String)| regex::Regex::new(known).unwrap().is_match(&text("name"));
            let hit = list.iter().position(fits).expect("the catch-all fits everything");
            list.remove(hit);
        } else {
            list.retain(|(pattern, _)| *pattern != format!("^{}$", text("name")));
            let before_last = list.len().saturating_sub(1);
            list.insert(before_last, (format!("^{}$", text("name")), text("queue")));
        }
        message.clone()
    }
}

/// The storage id of the step of a workitem.
fn sid(workitem: &Value) -> String {
    let part = |key: &str| workitem["fei"][key].as_str().unwrap();
    format!("{}!{}!{}", part("expid"), part("subid"), part("wfid"))
}
