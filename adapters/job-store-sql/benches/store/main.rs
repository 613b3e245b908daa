//! How long people wait for the job store when it is full, at 50 requests a second.
//!
//! `.ci/with-services cargo bench -p job-store-sql` (`IMG_BENCH_JOBS=1000,100000` for other sizes). Requests come at fixed
//! times whether the one before was answered or not, and a request's time counts from when it should have come: a store
//! that falls behind shows it.

#[path = "../../tests/common/mod.rs"]
mod common;
mod fill;
mod requests;
mod years;

use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::Duration;

use common::Place;
use requests::Request;
use tokio::task::JoinSet;
use tokio::time::Instant;

const RATE: u32 = 50;
/// Requests of each kind.
const ROUNDS: u32 = 60;

#[tokio::main]
async fn main() {
    let sizes = std::env::var("IMG_BENCH_JOBS").unwrap_or_else(|_| "1000,100000,1000000".into());
    let sizes: Vec<i64> = sizes.split(',').map(|size| size.parse().expect("a number of jobs")).collect();
    let mut rows = BTreeMap::<(usize, &str), Vec<String>>::new();
    let mut head = String::from("| median / 99 % in ms |");
    for size in &sizes {
        for place in Place::both().await {
            let name = if matches!(place, Place::File(_)) { "SQLite" } else { "PostgreSQL" };
            head += &format!(" {name}, {size} |");
            for (request, times) in measure(&place, *size).await {
                rows.entry((request.order(), request.name())).or_default().push(times);
            }
            println!("{name} with {size} jobs: this program takes {} MB", memory_mb());
        }
    }
    println!("\n{head}\n|{}", "---|".repeat(sizes.len() * 2 + 1));
    for ((_, name), cells) in rows {
        println!("| {name} | {} |", cells.join(" | "));
    }
}

/// Fills a store and asks it everything, mixed.
async fn measure(place: &Place, size: i64) -> Vec<(Request, String)> {
    let store = Arc::new(place.open().await.expect("a store"));
    fill::fill(place, size).await;
    let mut asked = JoinSet::new();
    let begin = Instant::now();
    let mut number = 0;
    for round in 0..ROUNDS {
        for request in Request::ALL {
            let (store, due) = (store.clone(), begin + Duration::from_secs(1) * number / RATE);
            number += 1;
            asked.spawn(async move {
                tokio::time::sleep_until(due).await;
                request.ask(&store, i64::from(round), size).await;
                (request, due.elapsed())
            });
        }
    }
    let mut times = BTreeMap::<usize, Vec<Duration>>::new();
    while let Some(answer) = asked.join_next().await {
        let (request, time) = answer.expect("an answer");
        times.entry(request.order()).or_default().push(time);
    }
    let mut table = Vec::new();
    for request in Request::ALL {
        let times = times.get_mut(&request.order()).expect("it was asked");
        times.sort();
        let at = |part: usize| times[(times.len() - 1) * part / 100].as_secs_f64() * 1_000.0;
        table.push((request, format!("{:.1} / {:.1}", at(50), at(99))));
    }
    table
}

fn memory_mb() -> u64 {
    let status = std::fs::read_to_string("/proc/self/status").expect("the kernel says so");
    let line = status.lines().find_map(|line| line.strip_prefix("VmRSS:")).expect("memory");
    line.trim().trim_end_matches(" kB").parse::<u64>().expect("a number") / 1024
}
