//! How long a process of four steps takes from its launch to its end, with everything safe on disk in between.
//!
//! `cargo bench -p process-engine`; the participants answer at once, the queue is in memory, so what is measured is
//! the engine and the disk under `TMPDIR`.

use std::sync::Arc;
use std::time::{Duration, Instant};

use participant_core::testing::Memory;
use participant_core::{ENGINE_QUEUE, Launch, Launcher, Message, Transport};
use process_engine::{Engine, State};
use tokio_util::sync::CancellationToken;

const DEFINITION: &str =
    "Ruote.process_definition 'bench' do\n  sequence do\n    one\n    two\n    three\n    four\n  end\nend";
const ROUNDS: u32 = 200;

#[tokio::main]
async fn main() {
    let folder = tempfile::tempdir().expect("a folder");
    let engine = Engine::open(&folder.path().join("engine.db")).await.expect("an engine");
    let memory = Memory::default();
    let (serving, transport) = (engine.clone(), Arc::new(memory.clone()));
    tokio::spawn(async move { serving.serve(transport, CancellationToken::new()).await });
    for name in ["one", "two", "three", "four"] {
        let memory = memory.clone();
        tokio::spawn(async move {
            let mut intake = memory.take(name).await.expect("the queue");
            while let Ok(delivery) = intake.next().await {
                let message = Message { queue: ENGINE_QUEUE.into(), body: delivery.body.clone(), id: None };
                memory.publish(&message).await.expect("memory");
                delivery.ack().await.expect("memory");
            }
        });
    }
    for (name, size) in [("small", 10), ("kickstart of 20 kB", 20_000), ("field of 1 MB", 1_000_000)] {
        one_by_one(name, size, &engine, &memory).await;
    }
    together(&engine, &memory).await;
}

fn launch(id: &str, size: usize) -> Launch {
    let fields =
        serde_json::value::to_raw_value(&serde_json::json!({ "text": "x".repeat(size) })).expect("JSON");
    Launch::new(DEFINITION, fields).once(id)
}

async fn one_by_one(name: &str, size: usize, engine: &Engine, memory: &Memory) {
    let mut times: Vec<Duration> = Vec::new();
    for round in 0..ROUNDS {
        let id = format!("{name} {round}");
        let start = Instant::now();
        memory.launch(&launch(&id, size)).await.expect("memory");
        ended(engine, &id).await;
        times.push(start.elapsed());
    }
    times.sort();
    let at = |part: usize| times[(times.len() - 1) * part / 100];
    println!("{name}: p50 {:.1?}, p95 {:.1?}, max {:.1?} a process of four steps", at(50), at(95), at(100));
}

async fn ended(engine: &Engine, id: &str) {
    let process = engine.ended(id).await.expect("the database can be read");
    assert!(matches!(process.state, State::Ended { .. }), "{process:?}");
}

async fn together(engine: &Engine, memory: &Memory) {
    let start = Instant::now();
    for round in 0..ROUNDS {
        memory.launch(&launch(&format!("together {round}"), 10)).await.expect("memory");
    }
    for round in 0..ROUNDS {
        ended(engine, &format!("together {round}")).await;
    }
    let rate = f64::from(ROUNDS) / start.elapsed().as_secs_f64();
    println!("{ROUNDS} at once: {rate:.0} processes of four steps a second");
}
