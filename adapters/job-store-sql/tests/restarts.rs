//! PostgreSQL goes away in the middle, and comes back.

mod common;

use std::sync::Arc;
use std::time::Duration;

use imaging::{ImageId, JobAttempt, JobFilter, JobSearch, JobStatus, JobStore, NewJob, Push};
use job_store_sql::SqlJobStore;
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::Semaphore;
use tokio::task::JoinSet;

/// Stands between the store and the server, so that the server can be away for this test alone.
struct Gate {
    address: std::net::SocketAddr,
    server: String,
    open: Option<tokio::task::JoinHandle<()>>,
}

impl Gate {
    async fn new(server: String) -> Gate {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let mut gate = Gate { address: listener.local_addr().unwrap(), server, open: None };
        gate.serve(listener);
        gate
    }

    fn serve(&mut self, listener: TcpListener) {
        let server = self.server.clone();
        self.open = Some(tokio::spawn(async move {
            let mut connections = JoinSet::new(); // they end with this task
            loop {
                let (mut client, _) = listener.accept().await.unwrap();
                let server = server.clone();
                connections.spawn(async move {
                    let mut server = TcpStream::connect(server).await.unwrap();
                    let _ = tokio::io::copy_bidirectional(&mut client, &mut server).await;
                });
            }
        }));
    }

    /// Cuts all connections, refuses others for a while, and comes back.
    async fn restart(&mut self, away: Duration) {
        let open = self.open.take().unwrap();
        open.abort();
        let _ = open.await;
        tokio::time::sleep(away).await;
        let listener = TcpListener::bind(self.address).await.unwrap();
        self.serve(listener);
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_server_that_restarts_under_work_loses_and_doubles_nothing() {
    let url = common::new_database().await;
    let (login, place) = url.rsplit_once('@').unwrap();
    let (server, database) = place.split_once('/').unwrap();
    let mut gate = Gate::new(server.to_owned()).await;
    let store = SqlJobStore::server(&format!("{login}@{}/{database}", gate.address)).await.unwrap();
    let begun = Arc::new(Semaphore::new(0));
    let mut work = JoinSet::new();
    for worker in 0..4 {
        let (store, begun) = (store.clone(), begun.clone());
        work.spawn(async move {
            for number in 0..60 {
                let name = format!("w{worker}-{number}");
                let asked = NewJob { request: name.clone(), queue: "web".into(), ..NewJob::default() };
                let id = ImageId::reduce(&name).unwrap();
                assert_eq!(store.record(&id, &asked, number).await.unwrap(), Some(id.clone()));
                for status in [JobStatus::Building, JobStatus::Done] {
                    store.push(&id, &Push::new(status, JobAttempt::default()), number).await.unwrap();
                }
                assert_eq!(store.job(&id).await.unwrap().unwrap().status, JobStatus::Done);
                begun.add_permits(1);
            }
        });
    }
    for away in [0, 300, 0] {
        begun.acquire_many(20).await.unwrap().forget();
        gate.restart(Duration::from_millis(away)).await;
    }
    while let Some(worker) = work.join_next().await {
        worker.unwrap();
    }
    let page = store.list(&JobFilter::default(), None, 1_000).await.unwrap();
    assert_eq!(page.jobs.len(), 240);
    assert!(page.jobs.iter().all(|job| job.status == JobStatus::Done));
}
