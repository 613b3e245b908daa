//! The measurements: a full queue worked off, one workitem at a time, memory at rest.

use std::path::Path;
use std::time::{Duration, Instant};

use participant_core::ENGINE_QUEUE;

use crate::broker::{Broker, next};
use crate::contender::{Contender, Kind, Memory};
use crate::load::{MANY, SIZES, workitem};
use crate::table;

/// How many workitems are sent one at a time.
const SINGLES: u32 = 200;
/// Between two of them the contender has time to fall asleep.
const PAUSE: Duration = Duration::from_millis(5);

/// One contender on one full queue.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Run {
    pub(crate) rate: f64,
    pub(crate) cpu: Duration,
    pub(crate) peak: u64,
}

/// One contender with next to nothing to do.
#[derive(Debug)]
pub(crate) struct Idle {
    pub(crate) memory: Memory,
    /// From sending a workitem to having its reply; sorted, for each size.
    pub(crate) latencies: [Vec<Duration>; SIZES.len()],
}

pub(crate) async fn all(url: &str, python: &Path, rounds: usize) {
    let broker = Broker::at(url).await;
    let mut idle = Vec::new();
    for kind in Kind::ALL {
        idle.push(at_rest(&broker, kind, python).await);
    }
    table::print_idle(&idle);
    for size in SIZES {
        let mut runs: [Vec<Run>; 3] = Default::default();
        for round in 0..rounds {
            for turn in 0..Kind::ALL.len() {
                let who = (round + turn) % Kind::ALL.len(); // nobody is always first
                let run = full_queue(&broker, Kind::ALL[who], python, size).await;
                println!("  round {round}: {:8} {:6.0} a second", Kind::ALL[who].name(), run.rate);
                runs[who].push(run);
            }
        }
        table::print_runs(size, &runs);
    }
}

/// Lets a contender work off a queue that is full already.
async fn full_queue(broker: &Broker, kind: Kind, python: &Path, size: usize) -> Run {
    let queue = queue_for(kind);
    broker.declare(&queue).await;
    broker.declare(ENGINE_QUEUE).await;
    for number in 0..MANY {
        broker.send(&queue, &workitem(number, size)).await;
    }
    broker.until(&queue, |depth| depth == MANY).await;
    let mut contender = Contender::start(kind, &queue, python);
    tokio::time::sleep(Duration::from_millis(300)).await; // it may still be connecting
    let before = contender.cpu();
    contender.go();
    broker.until(&queue, |depth| depth < MANY).await;
    let start = Instant::now();
    broker.until(ENGINE_QUEUE, |depth| depth >= MANY).await;
    let rate = f64::from(MANY) / start.elapsed().as_secs_f64();
    let cpu = (contender.cpu() - before) / MANY;
    let peak = contender.peak();
    broker.until(&queue, |depth| depth == 0).await;
    drop(contender);
    assert_eq!(broker.depth(ENGINE_QUEUE).await, MANY, "one reply to each workitem");
    clean_up(broker, &queue).await;
    Run { rate, cpu, peak }
}

/// Looks at a contender that has nothing to do, then sends it one workitem after the other.
async fn at_rest(broker: &Broker, kind: Kind, python: &Path) -> Idle {
    let queue = queue_for(kind);
    broker.declare(&queue).await;
    broker.declare(ENGINE_QUEUE).await;
    let mut contender = Contender::start(kind, &queue, python);
    contender.go();
    tokio::time::sleep(Duration::from_secs(2)).await;
    let memory = contender.memory();
    let mut replies = broker.consume(ENGINE_QUEUE).await;
    let mut latencies = [Vec::new(), Vec::new()];
    for (times, size) in latencies.iter_mut().zip(SIZES) {
        for number in 0..SINGLES {
            let item = workitem(number, size);
            let start = Instant::now();
            broker.send(&queue, &item).await;
            next(&mut replies).await;
            times.push(start.elapsed());
            tokio::time::sleep(PAUSE).await;
        }
        times.sort();
    }
    drop(contender);
    clean_up(broker, &queue).await;
    Idle { memory, latencies }
}

fn queue_for(kind: Kind) -> String {
    format!("bench-{}-{}", kind.name().replace(' ', "-"), uuid::Uuid::new_v4().simple())
}

async fn clean_up(broker: &Broker, queue: &str) {
    broker.delete(queue).await;
    broker.delete(ENGINE_QUEUE).await;
}
