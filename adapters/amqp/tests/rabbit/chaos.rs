//! Kills of everything, at random.

use std::collections::HashMap;
use std::time::{Duration, Instant};

use nix::sys::signal::Signal;
use serde_json::json;

use crate::broker::Broker;
use crate::cable::{Cable, Cut};
use crate::death::{Served, serve};
use crate::stage::{Engine, workitem};

/// Numbers from a seed that is shown, so that a failure can be looked at again.
struct Dice(u64);

impl Dice {
    fn below(&mut self, limit: u64) -> u64 {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        self.0 % limit
    }
}

/// `IMG_TEST_AMQP_WORKITEMS=500` for a longer one (`make soak`).
#[tokio::test(flavor = "multi_thread")]
async fn no_workitem_is_lost_or_answered_wrongly_whatever_is_killed() {
    let many = std::env::var("IMG_TEST_AMQP_WORKITEMS").map_or(60, |many| many.parse().expect("a number"));
    let seed = std::time::UNIX_EPOCH.elapsed().unwrap().as_nanos() as u64 | 1;
    let mut dice = Dice(seed);
    println!("seed {seed}, {many} workitems");
    let mut broker = Broker::start("", "", None).await;
    let folder = tempfile::tempdir().unwrap();
    let log = folder.path().join("log");
    let cable = Cable::to(format!("127.0.0.1:{}", broker.port)).await;
    let url = broker.url().replace(&format!(":{}/", broker.port), &format!(":{}/", cable.address.port()));
    let start = || Served(serve(&url, Duration::from_millis(900), "p", "replies", &log));
    {
        let engine = Engine::at(&broker.url()).await;
        for queue in ["p", "replies"] {
            engine.declare(queue).await;
        }
        for number in 0..many {
            let ms = [0, 0, 20, 400, 1200][dice.below(5) as usize];
            engine.send("p", &workitem(number, &json!({ "ms": ms })), "", true).await;
        }
    }
    let mut instances = [(); 3].map(|()| start());
    let mut answers: HashMap<u64, u32> = HashMap::new();
    let (mut kills, begun) = ([0_u32; 4], Instant::now());
    while answers.len() < many as usize {
        assert!(begun.elapsed() < Duration::from_secs(30 + u64::from(many)), "{} answered", answers.len());
        tokio::time::sleep(Duration::from_millis(200 + dice.below(1200))).await;
        match dice.below(10) {
            0..5 => {
                let victim = dice.below(3) as usize;
                instances[victim].kill();
                instances[victim] = start();
                kills[0] += 1;
            }
            5..7 => {
                broker.signal(Signal::SIGSTOP);
                tokio::time::sleep(Duration::from_millis(dice.below(6000))).await;
                broker.signal(Signal::SIGCONT);
                kills[1] += 1;
            }
            7..9 => {
                cable.cut(if dice.below(2) == 0 { Cut::Silent } else { Cut::Closed });
                kills[3] += 1;
            }
            _ => {
                broker.end(if dice.below(2) == 0 { Signal::SIGKILL } else { Signal::SIGTERM });
                broker.start_again().await;
                kills[2] += 1;
            }
        }
        let engine = Engine::at(&broker.url()).await;
        for answer in engine.drain("replies", Duration::from_millis(100)).await {
            let number = answer["fields"]["number"].as_u64().expect("an answer");
            assert_eq!(answer["fields"]["answer"], number * 2);
            assert_eq!(answer["fields"]["__result__"], true);
            *answers.entry(number).or_default() += 1;
        }
    }
    let more: u32 = answers.values().map(|times| times - 1).sum();
    // what was answered when something broke may be answered again, and nothing else
    let broken: u32 = kills.iter().sum();
    assert!(answers.values().all(|times| *times <= 1 + broken), "{answers:?} with {kills:?}");
    let [died, hung, restarted, cut] = kills;
    println!(
        "{many} workitems answered in {:?}: {died} instances killed, broker hung {hung} and restarted {restarted} times, \
         connections cut {cut} times, {more} answered more than once",
        begun.elapsed()
    );
}
