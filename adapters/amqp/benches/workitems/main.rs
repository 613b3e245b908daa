//! How fast a participant works off a queue of RabbitMQ, what that costs, and how it compares with what one would write
//! by hand.
//!
//! `make bench`, or `.ci/with-services cargo bench -p skynet-amqp`. Three contenders take turns on one broker, each a
//! process of its own that takes the same workitems and sets the same two fields: a bare loop on lapin (`raw_loop`), a
//! participant of ours (`ours`), a participant in Python written like SkyNET's (`participant.py`).
//! `IMG_BENCH_ROUNDS=1` is enough for a first look.

mod broker;
mod contender;
mod load;
mod measure;
mod ours;
mod python;
mod raw_loop;
mod table;

use contender::Kind;

fn main() {
    let Ok(url) = std::env::var("IMG_TEST_AMQP_URL") else {
        eprintln!("IMG_TEST_AMQP_URL names no RabbitMQ: run `make bench` or `.ci/with-services cargo bench`");
        std::process::exit(2);
    };
    // one thread for everybody, as in examples/minimal.rs: a participant waits for others most of the time
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().expect("a runtime");
    let arguments: Vec<String> = std::env::args().collect();
    if let [_, Kind::FLAG, name, queue] = arguments.iter().map(String::as_str).collect::<Vec<_>>()[..] {
        match Kind::named(name) {
            Kind::Raw => runtime.block_on(raw_loop::run(&url, queue)),
            Kind::Ours => runtime.block_on(ours::run(&url, queue)),
            Kind::Python => unreachable!("it has a program of its own"),
        }
    } else {
        let rounds = std::env::var("IMG_BENCH_ROUNDS").map_or(3, |rounds| rounds.parse().expect("a number"));
        let python = python::with_amqp();
        runtime.block_on(measure::all(&url, &python, rounds));
    }
}
