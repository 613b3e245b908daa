//! What `img up` takes when nothing happens, and how long programs wait for it at 50 requests a second.
//!
//! `.ci/with-services cargo bench -p wiring --bench up`, on both databases. Its jobs are launched on a BOSS that is away, so that
//! no build is measured. Requests come at fixed times, whether the one before was answered or not, and a request's time counts
//! from when it should have come. Behind it are a million jobs (`IMG_BENCH_JOBS` for other numbers). How the store alone does
//! with them is measured by the bench of job-store-sql.

#[path = "../../tests/boss/database.rs"]
mod database;
mod service;
#[path = "../../../job-store-sql/benches/store/years.rs"]
mod years;

use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

use service::Service;

const RATE: u32 = 50;
/// Requests of each kind.
const ROUNDS: u32 = 200;
/// How long it is left alone before its memory is read.
const IDLE: Duration = Duration::from_secs(20);

/// What programs ask for; `{}` is a number or a job.
const PROGRAMS: [(&str, Asked); 6] = [
    ("list, newest 30", Asked::Api("jobs?limit=30")),
    ("list of a user's ERROR", Asked::Api("jobs?user=ana&status=ERROR")),
    ("search for a name", Asked::Api("jobs?name=first{}")),
    ("one job", Asked::Api("jobs/{}")),
    ("its history", Asked::Api("jobs/{}/history")),
    ("creation, kickstart of 20 kB", Asked::Order),
];

/// What people look at; `{}` is a job of the first half.
const PEOPLE: [(&str, Asked); 9] = [
    ("start page", Asked::Page("/")),
    ("queue", Asked::Page("/queue")),
    ("queue, a user's ERROR", Asked::Page("/queue?user=user7&status=ERROR")),
    ("queue, a tag", Asked::Page("/queue?tag=release")),
    ("search for a name", Asked::Page("/search?q=n77+devel")),
    ("images of a type", Asked::Page("/images?type=vdi")),
    ("a job", Asked::Page("/job/bench-{}")),
    ("its kickstart", Asked::Page("/job/bench-{}/kickstart")),
    ("form", Asked::Page("/submit")),
];

#[derive(Clone, Copy)]
enum Asked {
    Api(&'static str),
    Order,
    Page(&'static str),
}

fn main() {
    let size = std::env::var("IMG_BENCH_JOBS").unwrap_or_else(|_| "1000000".into());
    let size: i64 = size.parse().expect("a number of jobs");
    let mut tables = [(&PROGRAMS[..], Vec::new()), (&PEOPLE[..], Vec::new())];
    let mut head = String::from("| median / 99 % in ms |");
    let databases = [("SQLite", None), ("PostgreSQL", Some(database::Database::new()))];
    for (name, server) in &databases {
        let section = server.as_ref().map_or_else(String::new, database::Database::section);
        let service = Arc::new(Service::start(&section));
        std::thread::sleep(IDLE);
        println!("{name}: {} MB when nothing happens", service.memory_mb());
        fill(&service, server.as_ref(), size);
        let known: Vec<_> = (0..50).map(|number| service.order(&format!("first{number}"))).collect();
        tables[0].1.push(measure(&service, "", &known, &PROGRAMS));
        println!("{name}: {} MB after what programs asked", service.memory_mb());
        let cookie = service.log_in();
        let known: Vec<_> = (0..50).map(|number| (size / 100 * number + 1).to_string()).collect();
        tables[1].1.push(measure(&service, &cookie, &known, &PEOPLE));
        println!("{name}: {} MB after what people looked at", service.memory_mb());
        head += &format!(" {name} |");
    }
    for (asked, columns) in tables {
        println!("\n{head}\n|---|---|---|");
        for (at, (name, _)) in asked.iter().enumerate() {
            let cells: Vec<_> = columns.iter().map(|column| column[at].as_str()).collect();
            println!("| {name} | {} |", cells.join(" | "));
        }
    }
}

/// Gives the service the jobs of years, before it has any of its own.
fn fill(service: &Service, server: Option<&database::Database>, size: i64) {
    for part in years::years(server.is_some(), size) {
        match server {
            Some(server) => server.write(&part),
            None => service.write(&part),
        }
    }
    if let Some(server) = server {
        server.write("VACUUM ANALYZE"); // as the server does by itself, later
    }
}

/// Asks everything, mixed, and returns the times of each kind.
fn measure(service: &Arc<Service>, cookie: &str, known: &[String], asked: &[(&str, Asked)]) -> Vec<String> {
    let times = Arc::new(Mutex::new(vec![Vec::<Duration>::new(); asked.len()]));
    let begin = Instant::now();
    let mut threads = Vec::new();
    let mut number = 0;
    for round in 0..ROUNDS {
        for (at, (_, asked)) in asked.iter().enumerate() {
            let due = begin + Duration::from_secs(1) * number / RATE;
            number += 1;
            let one = known[round as usize % known.len()].clone();
            std::thread::sleep(due.saturating_duration_since(Instant::now()));
            let (service, times, asked, cookie) = (service.clone(), times.clone(), *asked, cookie.to_owned());
            threads.push(std::thread::spawn(move || {
                match asked {
                    Asked::Order => drop(service.order(&format!("more{round}"))),
                    Asked::Page(path) => drop(service.page(&cookie, &path.replace("{}", &one))),
                    Asked::Api(path) if path.contains("name=") => {
                        drop(service.get(&path.replace("{}", &round.to_string())));
                    }
                    Asked::Api(path) => drop(service.get(&path.replace("{}", &one))),
                }
                times.lock().expect("no panic")[at].push(due.elapsed());
            }));
        }
    }
    threads.into_iter().for_each(|one| one.join().expect("an answer"));
    let mut times = times.lock().expect("no panic");
    let row = |times: &mut Vec<Duration>| {
        times.sort();
        let part = |part: usize| times[(times.len() - 1) * part / 100].as_secs_f64() * 1_000.0;
        format!("{:.1} / {:.1}", part(50), part(99))
    };
    times.iter_mut().map(row).collect()
}
