//! What `img up` takes when nothing happens, and how long programs wait for it at 50 requests a second.
//!
//! `.ci/with-services cargo bench -p wiring --bench up`, on both databases. Its jobs are launched on a BOSS that is away, so that
//! no build is measured. Requests come at fixed times, whether the one before was answered or not, and a request's time counts
//! from when it should have come. How the store does with a million jobs is measured by the bench of job-store-sql.

#[path = "../../tests/boss/database.rs"]
mod database;
mod service;

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

use service::Service;

const RATE: u32 = 50;
/// Requests of each kind.
const ROUNDS: u32 = 200;
/// How long it is left alone before its memory is read.
const IDLE: Duration = Duration::from_secs(20);

/// What programs ask for: name, method, path; `{}` is a number.
const ASKED: [(&str, &str, &str); 6] = [
    ("list, newest 30", "GET", "jobs?limit=30"),
    ("list of a user's ERROR", "GET", "jobs?user=ana&status=ERROR"),
    ("search for a name", "GET", "jobs?name=first{}"),
    ("one job", "GET", "jobs/{}"),
    ("its history", "GET", "jobs/{}/history"),
    ("creation, kickstart of 20 kB", "POST", "jobs"),
];

fn main() {
    let mut table = BTreeMap::<usize, Vec<String>>::new();
    let mut head = String::from("| median / 99 % in ms |");
    for (name, section) in [("SQLite", String::new()), ("PostgreSQL", database::Database::new().section())] {
        let service = Service::start(&section);
        std::thread::sleep(IDLE);
        let idle = service.memory_mb();
        let known: Vec<_> = (0..50).map(|number| service.order(&format!("first{number}"))).collect();
        for (at, times) in measure(&Arc::new(service), &known, name, idle) {
            table.entry(at).or_default().push(times);
        }
        head += &format!(" {name} |");
    }
    println!("\n{head}\n|---|---|---|");
    for (at, cells) in table {
        println!("| {} | {} |", ASKED[at].0, cells.join(" | "));
    }
}

/// Asks everything, mixed, and says what the program takes.
fn measure(service: &Arc<Service>, known: &[String], name: &str, idle: u64) -> Vec<(usize, String)> {
    let times = Arc::new(Mutex::new(BTreeMap::<usize, Vec<Duration>>::new()));
    let begin = Instant::now();
    let mut asked = Vec::new();
    let mut number = 0;
    for round in 0..ROUNDS {
        for (at, (_, method, path)) in ASKED.iter().enumerate() {
            let due = begin + Duration::from_secs(1) * number / RATE;
            number += 1;
            let one = &known[round as usize % known.len()];
            let path = if path.contains("name=") {
                path.replace("{}", &round.to_string())
            } else {
                path.replace("{}", one)
            };
            std::thread::sleep(due.saturating_duration_since(Instant::now()));
            let (service, times, method) = (service.clone(), times.clone(), (*method).to_owned());
            asked.push(std::thread::spawn(move || {
                match method.as_str() {
                    "POST" => drop(service.order(&format!("more{round}"))),
                    _ => drop(service.get(&path)),
                }
                times.lock().expect("no panic").entry(at).or_default().push(due.elapsed());
            }));
        }
    }
    asked.into_iter().for_each(|one| one.join().expect("an answer"));
    println!("{name}: {idle} MB when nothing happens, {} MB after {number} requests", service.memory_mb());
    let mut times = times.lock().expect("no panic");
    let row = |(at, times): (&usize, &mut Vec<Duration>)| {
        times.sort();
        let part = |part: usize| times[(times.len() - 1) * part / 100].as_secs_f64() * 1_000.0;
        (*at, format!("{:.1} / {:.1}", part(50), part(99)))
    };
    times.iter_mut().map(row).collect()
}
