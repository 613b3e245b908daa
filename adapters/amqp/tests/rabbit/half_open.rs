//! A connection whose other end is gone without a word: no packet comes, nothing is closed.

use std::net::SocketAddr;
use std::time::Duration;

use serde_json::json;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::tcp::{OwnedReadHalf, OwnedWriteHalf};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::watch;

use crate::stage::{Engine, Instance, eventually, shared_url, unique, workitem};

const SOON: Duration = Duration::from_secs(15);

/// Stands between a client and a broker; connections that exist when it cuts the cable stay open and say nothing.
struct Cable {
    address: SocketAddr,
    cuts: watch::Sender<u32>,
}

impl Cable {
    async fn to(broker: String) -> Cable {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let (cuts, cut) = watch::channel(0);
        let cable = Cable { address: listener.local_addr().unwrap(), cuts };
        tokio::spawn(async move {
            while let Ok((client, _)) = listener.accept().await {
                let (from_client, to_client) = client.into_split();
                let (from_broker, to_broker) = TcpStream::connect(&broker).await.unwrap().into_split();
                tokio::spawn(carry(from_client, to_broker, cut.clone()));
                tokio::spawn(carry(from_broker, to_client, cut.clone()));
            }
        });
        cable
    }
}

/// Carries bytes until the cable is cut; from then on the ends are held and nothing moves.
async fn carry(mut from: OwnedReadHalf, mut to: OwnedWriteHalf, mut cut: watch::Receiver<u32>) {
    cut.mark_unchanged();
    let mut bytes = vec![0; 64 << 10];
    loop {
        tokio::select! {
            read = from.read(&mut bytes) => match read {
                Ok(read @ 1..) => if to.write_all(&bytes[..read]).await.is_err() { return },
                _ => return,
            },
            _ = cut.changed() => {
                tokio::time::sleep(Duration::from_secs(600)).await;
                return;
            }
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_silent_connection_is_given_up_and_the_job_answered_on_another() {
    let url = shared_url();
    let broker = url.rsplit('@').next().unwrap().split('/').next().unwrap().to_owned();
    let cable = Cable::to(broker.clone()).await;
    let settings =
        skynet_amqp::Settings::from_url(&url.replace(&broker, &cable.address.to_string())).unwrap();
    let settings = settings.heartbeat(Duration::from_secs(1)).retry_at_most(Duration::from_secs(1));
    let engine = Engine::at(&shared_url()).await;
    let (queue, replies) = (unique("p"), unique("replies"));
    engine.declare(&replies).await;
    let instance = Instance::start(settings, &queue, &replies);
    engine.declare(&queue).await;
    engine.send(&queue, &workitem(1, &json!({ "ms": 6000 })), "", false).await;
    eventually("the job runs", SOON, || instance.count("started", Some(1)) == 1).await;

    cable.cuts.send_modify(|cuts| *cuts += 1);

    let noticed = eventually("it is noticed", SOON, || instance.rabbit.trouble().is_some()).await;
    println!("noticed after {noticed:?}");
    eventually("it is connected again", SOON, || instance.rabbit.trouble().is_none()).await;
    let answers = engine.take(&replies, 1, SOON).await;
    assert_eq!(answers.len(), 1, "the job is answered");
    assert_eq!(answers[0]["fields"]["answer"], 2);
    assert_eq!(engine.drain(&replies, Duration::from_secs(3)).await.len(), 0, "and not again");
    assert_eq!(instance.count("started", Some(1)), 1, "it was not started twice");
    engine.comes_to(0, &[&queue, &format!("{queue}.work")]).await;
    instance.end().await;
}
